/* The allocator: two-level segregated fit, as by Masmano, Ripoll, Crespo and Real (2004), with its tags beside the heap and
 * not in it. The heap holds nothing but the blocks; a module can destroy those, not the bookkeeping.
 *
 * A heap is a row of granules. Every granule has a tag, whose two highest bits say what is there:
 *	USED	first granule of a block in use; the rest is its size
 *	FREE	first granule of a free block of two or more; the rest is its size
 *	SINGLE	a free block of one granule; the rest is the block before it in its list
 *	INSIDE	no first granule. In the last one of a block the rest is the block's size, so that the block behind it
 *		finds its neighbour; MARK says that a block once began here and was freed
 * and a link: of the first granule of a free block to the next one in its list, of its last one to the one before.
 */

#include "alloc.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define KERNEL_HEAP_GRANULES 256

#define KIND 0xc000u
#define INSIDE 0x0000u
#define SINGLE 0x4000u
#define USED 0x8000u
#define FREE 0xc000u
#define REST 0x3fffu
#define MARK REST
/* No block: ends a list. */
#define NONE REST

static _Alignas(HEAP_ALIGNMENT) unsigned char kernel_memory[KERNEL_HEAP_GRANULES * HEAP_ALIGNMENT];
HEAP_ROOM(kernel, KERNEL_HEAP_GRANULES);

struct heap kernel_heap = {
	.base = (uintptr_t)kernel_memory,
	.row = kernel_row,
	.heads = kernel_heads,
	.classes = HEAP_CLASSES(KERNEL_HEAP_GRANULES),
	.shift = 4,
	.initial = KERNEL_HEAP_GRANULES,
	.limit = KERNEL_HEAP_GRANULES,
	.quota = KERNEL_HEAP_GRANULES,
};

/* Every size below 16 granules is a class of its own; above, each power of two has eight. Larger sizes never have smaller
 * classes.
 */
static uint32_t class_of(uint32_t size)
{
	uint32_t class = 0;

	for (; size >= 16; size >>= 1) {
		class += 8;
	}
	return class + size;
}

/* Size of the free block that begins at `index`; 0 if none does. */
static uint32_t free_size(const struct heap *heap, uint32_t index)
{
	const uint32_t tag = heap->row[index].tag;

	if (tag >= FREE) {
		return tag & REST;
	}
	return (tag & KIND) == SINGLE;
}

/* Let the free block at `index`, if it is one, know which one is before it. */
static void set_before(struct heap *heap, uint32_t index, uint32_t before)
{
	if (index != NONE) {
		const uint32_t size = free_size(heap, index);
		if (size == 1) {
			heap->row[index].tag = SINGLE | before;
		} else {
			heap->row[index + size - 1].link = before;
		}
	}
}

static void list_add(struct heap *heap, uint32_t index, uint32_t size)
{
	uint16_t *head = &heap->heads[class_of(size)];
	struct granule *first = &heap->row[index], *last = first + size - 1;

	last->tag = INSIDE | size;
	first->tag = size > 1 ? FREE | size : SINGLE;
	first->link = *head;
	set_before(heap, *head, index);
	set_before(heap, index, NONE);
	*head = index;
}

/* Takes the free block at `index` from its list; its size. */
static uint32_t list_remove(struct heap *heap, uint32_t index)
{
	const uint32_t size = free_size(heap, index);
	const struct granule *first = &heap->row[index];
	const uint32_t before = size == 1 ? first->tag & REST : first[size - 1].link;

	set_before(heap, first->link, before);
	if (before != NONE) {
		heap->row[before].link = first->link;
	} else {
		heap->heads[class_of(size)] = first->link;
	}
	return size;
}

/* Size of the free block that ends right below `index`; 0 if none does. */
static uint32_t free_below(const struct heap *heap, uint32_t index)
{
	if (index == 0) {
		return 0;
	}
	const uint32_t tag = heap->row[index - 1].tag;
	const uint32_t size = (tag & KIND) == INSIDE ? tag & REST : 1;
	return free_size(heap, index - size) ? size : 0;
}

/* These granules, in no list, become a free block, one with its free neighbours. */
static void release(struct heap *heap, uint32_t index, uint32_t size)
{
	const uint32_t end = index + size, below = free_below(heap, index);

	/* No block begins behind the last granule. */
	if (free_size(heap, end)) {
		size += list_remove(heap, end);
		heap->row[end].tag = INSIDE | MARK;
	}
	if (below) {
		heap->row[index].tag = INSIDE | MARK;
		index -= below;
		size += list_remove(heap, index);
	}
	list_add(heap, index, size);
}

void heap_reset(struct heap *heap)
{
	memset(heap->row, 0, heap->limit * sizeof heap->row[0]);
	for (uint32_t class = 0; class < heap->classes; class++) {
		heap->heads[class] = NONE;
	}
	heap->granules = heap->initial;
	heap->used = heap->blocks = heap->peak = heap->allocations = heap->failures = 0;
	if (heap->granules) {
		list_add(heap, 0, heap->granules);
	}
}

/* Not (size + granule - 1) >> shift, which wraps for sizes near the top. */
static uint32_t granules_for(const struct heap *heap, size_t size)
{
	return (size >> heap->shift) + ((size & (((size_t)1 << heap->shift) - 1)) != 0);
}

/* A free block of `count` granules or more; NONE. The blocks of its own class may be too small, of which only the first is
 * looked at; those of any higher class are large enough.
 */
static uint32_t find_free(const struct heap *heap, uint32_t count)
{
	for (uint32_t class = class_of(count); class < heap->classes; class++) {
		const uint32_t index = heap->heads[class];
		if (index != NONE && free_size(heap, index) >= count) {
			return index;
		}
	}
	return NONE;
}

void *heap_allocate(struct heap *heap, size_t size)
{
	uint32_t count = granules_for(heap, size);
	uint32_t index = count && count <= heap->quota - heap->used ? find_free(heap, count) : NONE;

	if (index == NONE) {
		heap->failures++;
		return NULL;
	}
	uint32_t found = list_remove(heap, index);
	if (found > count) {
		list_add(heap, index + count, found - count);
	}
	heap->row[index + count - 1].tag = INSIDE | count;
	heap->row[index].tag = USED | count;
	heap->allocations++;
	heap->blocks++;
	heap->used += count;
	heap->peak = heap->used > heap->peak ? heap->used : heap->peak;
	return (void *)(heap->base + ((uintptr_t)index << heap->shift));
}

enum heap_pointer heap_look(const struct heap *heap, uintptr_t address)
{
	/* One comparison for both ends: below the base, the offset is huge. */
	uintptr_t offset = address - heap->base;

	if (offset >> heap->shift >= heap->granules) {
		return HEAP_FOREIGN;
	}
	if (offset & (((uintptr_t)1 << heap->shift) - 1)) {
		return HEAP_INSIDE;
	}
	uint32_t tag = heap->row[offset >> heap->shift].tag;
	if ((tag & KIND) == INSIDE) {
		return tag == (INSIDE | MARK) ? HEAP_FREED : HEAP_INSIDE;
	}
	return (tag & KIND) == USED ? HEAP_BLOCK : HEAP_FREED;
}

/* First granule of the block in use that starts at `block`; NULL if none does. */
static struct granule *find_block(const struct heap *heap, const void *block)
{
	const uintptr_t address = (uintptr_t)block;

	return heap_look(heap, address) == HEAP_BLOCK ? &heap->row[(address - heap->base) >> heap->shift] : NULL;
}

int heap_free(struct heap *heap, void *block)
{
	if (block == NULL) {
		return 0;
	}
	const struct granule *first = find_block(heap, block);
	if (!first) {
		return -EINVAL;
	}
	const uint32_t size = first->tag & REST;
	heap->blocks--;
	heap->used -= size;
	release(heap, first - heap->row, size);
	return 0;
}

size_t heap_size(const struct heap *heap, const void *block)
{
	const struct granule *first = find_block(heap, block);

	return first ? (size_t)(first->tag & REST) << heap->shift : 0;
}

uint32_t heap_grow(struct heap *heap, size_t size)
{
	uint32_t count = granules_for(heap, size);
	uint32_t have = free_below(heap, heap->granules);

	if (count <= have || count > heap->quota - heap->used || count - have > heap->limit - heap->granules ||
	    find_free(heap, count) != NONE) {
		return 0;
	}
	uint32_t index = heap->granules;
	heap->granules += count - have;
	release(heap, index, count - have);
	return (count - have) << heap->shift;
}

uintptr_t heap_end(const struct heap *heap)
{
	return heap->base + ((uintptr_t)heap->granules << heap->shift);
}
