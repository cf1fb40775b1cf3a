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
	.tags = kernel_tags,
	.links = kernel_links,
	.heads = kernel_heads,
	.shift = 4,
	.initial = KERNEL_HEAP_GRANULES,
	.limit = KERNEL_HEAP_GRANULES,
	.quota = KERNEL_HEAP_GRANULES,
};

/* Position of the highest bit. Not the compiler's builtin, which calls a library on this core. */
static __attribute__((noinline)) uint32_t log2_of(uint32_t value)
{
	uint32_t log = 0;

	for (uint32_t step = 16; step; step /= 2) {
		if (value >> step) {
			value >>= step;
			log += step;
		}
	}
	return log;
}

/* Every size below 16 granules is a class of its own; above, each power of two has eight. Larger sizes never have smaller
 * classes.
 */
static uint32_t class_of(uint32_t size)
{
	uint32_t log = log2_of(size);

	return log < 3 ? size : (log - 2) << 3 | (size >> (log - 3) & 7);
}

static bool is_filled(const struct heap *heap, uint32_t class)
{
	return heap->filled[class / 32] >> (class % 32) & 1;
}

/* The smallest class from `class` on that has a free block; HEAP_MAP_WORDS * 32 if there is none. */
static uint32_t filled_from(const struct heap *heap, uint32_t class)
{
	uint32_t mask = ~0u << (class % 32);

	for (uint32_t word = class / 32; word < HEAP_MAP_WORDS; word++) {
		uint32_t bits = heap->filled[word] & mask;
		if (bits) {
			return word * 32 + log2_of(bits & -bits);
		}
		mask = ~0u;
	}
	return HEAP_MAP_WORDS * 32;
}

static uint32_t kind_at(const struct heap *heap, uint32_t index)
{
	return heap->tags[index] & KIND;
}

/* Size of the free block that begins at `index`; 0 if none does. */
static uint32_t free_size(const struct heap *heap, uint32_t index)
{
	switch (kind_at(heap, index)) {
	case SINGLE:
		return 1;
	case FREE:
		return heap->tags[index] & REST;
	default:
		return 0;
	}
}

static __attribute__((noinline)) void set_before(struct heap *heap, uint32_t index, uint32_t before)
{
	uint32_t size = free_size(heap, index);

	if (size == 1) {
		heap->tags[index] = SINGLE | before;
	} else {
		heap->links[index + size - 1] = before;
	}
}

static void list_add(struct heap *heap, uint32_t index, uint32_t size)
{
	uint32_t class = class_of(size);
	uint32_t next = is_filled(heap, class) ? heap->heads[class] : NONE;

	if (size > 1) {
		heap->tags[index] = FREE | size;
		heap->tags[index + size - 1] = INSIDE | size;
	} else {
		heap->tags[index] = SINGLE;
	}
	heap->links[index] = next;
	set_before(heap, index, NONE);
	if (next != NONE) {
		set_before(heap, next, index);
	}
	heap->heads[class] = index;
	heap->filled[class / 32] |= 1u << (class % 32);
}

static void list_remove(struct heap *heap, uint32_t index, uint32_t size)
{
	uint32_t class = class_of(size);
	uint32_t next = heap->links[index];
	uint32_t before = size == 1 ? heap->tags[index] & REST : heap->links[index + size - 1];

	if (next != NONE) {
		set_before(heap, next, before);
	}
	if (before != NONE) {
		heap->links[before] = next;
	} else if (next != NONE) {
		heap->heads[class] = next;
	} else {
		heap->filled[class / 32] &= ~(1u << (class % 32));
	}
}

/* Size of the free block that ends right below `index`; 0 if none does. */
static uint32_t free_below(const struct heap *heap, uint32_t index)
{
	if (index == 0) {
		return 0;
	}
	uint32_t size = kind_at(heap, index - 1) == INSIDE ? heap->tags[index - 1] & REST : 1;
	return free_size(heap, index - size) ? size : 0;
}

/* These granules, in no list, become a free block, one with its free neighbours. */
static void release(struct heap *heap, uint32_t index, uint32_t size)
{
	uint32_t above = index + size < heap->granules ? free_size(heap, index + size) : 0;
	uint32_t below = free_below(heap, index);

	if (above) {
		list_remove(heap, index + size, above);
		heap->tags[index + size] = INSIDE | MARK;
	}
	if (below) {
		list_remove(heap, index - below, below);
		heap->tags[index] = INSIDE | MARK;
	}
	list_add(heap, index - below, below + size + above);
}

void heap_reset(struct heap *heap)
{
	memset(heap->tags, 0, heap->limit * sizeof heap->tags[0]);
	memset(heap->filled, 0, sizeof heap->filled);
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
	uint32_t class = class_of(count);

	if (is_filled(heap, class) && free_size(heap, heap->heads[class]) >= count) {
		return heap->heads[class];
	}
	class = filled_from(heap, class + 1);
	return class < HEAP_MAP_WORDS * 32 ? heap->heads[class] : NONE;
}

void *heap_allocate(struct heap *heap, size_t size)
{
	uint32_t count = granules_for(heap, size);
	uint32_t index = count && count <= heap->quota - heap->used ? find_free(heap, count) : NONE;

	if (index == NONE) {
		heap->failures++;
		return NULL;
	}
	uint32_t found = free_size(heap, index);
	list_remove(heap, index, found);
	if (found > count) {
		list_add(heap, index + count, found - count);
	}
	heap->tags[index + count - 1] = INSIDE | count;
	heap->tags[index] = USED | count;
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
	uint32_t tag = heap->tags[offset >> heap->shift];
	if ((tag & KIND) == INSIDE) {
		return tag == (INSIDE | MARK) ? HEAP_FREED : HEAP_INSIDE;
	}
	return (tag & KIND) == USED ? HEAP_BLOCK : HEAP_FREED;
}

int heap_free(struct heap *heap, void *block)
{
	if (block == NULL) {
		return 0;
	}
	if (heap_look(heap, (uintptr_t)block) != HEAP_BLOCK) {
		return -EINVAL;
	}
	uint32_t index = ((uintptr_t)block - heap->base) >> heap->shift;
	uint32_t size = heap->tags[index] & REST;
	heap->blocks--;
	heap->used -= size;
	release(heap, index, size);
	return 0;
}

size_t heap_size(const struct heap *heap, const void *block)
{
	if (heap_look(heap, (uintptr_t)block) != HEAP_BLOCK) {
		return 0;
	}
	return (size_t)(heap->tags[((uintptr_t)block - heap->base) >> heap->shift] & REST) << heap->shift;
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
