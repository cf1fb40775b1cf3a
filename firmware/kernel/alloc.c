/* The allocator. First fit over two bit maps per heap; the maps lie in the kernel's memory, the heap in the module's
 * arena holds nothing but the blocks themselves. A module can destroy what it has allocated, not the bookkeeping.
 */

#include "alloc.h"
#include <errno.h>
#include <kernel.h>
#include <stdbool.h>
#include <string.h>

#define KERNEL_HEAP_BYTES 4096

static _Alignas(HEAP_GRANULE) unsigned char kernel_memory[KERNEL_HEAP_BYTES];
static uint32_t kernel_busy[HEAP_MAP_WORDS(KERNEL_HEAP_BYTES)];
static uint32_t kernel_first[HEAP_MAP_WORDS(KERNEL_HEAP_BYTES)];

struct heap kernel_heap = {
	.base = (uintptr_t)kernel_memory,
	.granules = KERNEL_HEAP_BYTES / HEAP_GRANULE,
	.quota = KERNEL_HEAP_BYTES / HEAP_GRANULE,
	.busy = kernel_busy,
	.first = kernel_first,
};

static bool get(const uint32_t *map, uint32_t index)
{
	return map[index / 32] >> (index % 32) & 1;
}

static void set(uint32_t *map, uint32_t index, bool value)
{
	uint32_t bit = 1u << (index % 32);

	map[index / 32] = value ? map[index / 32] | bit : map[index / 32] & ~bit;
}

void heap_reset(struct heap *heap)
{
	uint32_t words = (heap->granules + 31) / 32;

	memset(heap->busy, 0, words * sizeof(uint32_t));
	memset(heap->first, 0, words * sizeof(uint32_t));
	heap->used = 0;
}

/* First of `count` free granules in a row; heap->granules if there are none. */
static uint32_t find_free(const struct heap *heap, uint32_t count)
{
	uint32_t run = 0;

	for (uint32_t index = 0; index < heap->granules; index++) {
		run = get(heap->busy, index) ? 0 : run + 1;
		if (run == count) {
			return index + 1 - count;
		}
	}
	return heap->granules;
}

void *heap_allocate(struct heap *heap, size_t size)
{
	/* Not (size + 15) / 16, which wraps for sizes near the top. */
	uint32_t count = size / HEAP_GRANULE + (size % HEAP_GRANULE != 0);

	if (count == 0 || count > heap->quota - heap->used) {
		return NULL;
	}
	uint32_t start = find_free(heap, count);
	if (start == heap->granules) {
		return NULL;
	}
	set(heap->first, start, true);
	for (uint32_t index = start; index < start + count; index++) {
		set(heap->busy, index, true);
	}
	heap->used += count;
	return (void *)(heap->base + start * HEAP_GRANULE);
}

int heap_free(struct heap *heap, void *block)
{
	uintptr_t offset = (uintptr_t)block - heap->base;
	uint32_t start = offset / HEAP_GRANULE;

	if (block == NULL) {
		return 0;
	}
	/* One comparison for both ends: below the base, offset is huge. */
	if (offset % HEAP_GRANULE || start >= heap->granules || !get(heap->first, start)) {
		return -EINVAL;
	}
	set(heap->first, start, false);
	uint32_t index = start;
	do {
		set(heap->busy, index++, false);
	} while (index < heap->granules && get(heap->busy, index) && !get(heap->first, index));
	heap->used -= index - start;
	return 0;
}

void *kmalloc(size_t size)
{
	return heap_allocate(&kernel_heap, size);
}

int kfree(void *block)
{
	return heap_free(&kernel_heap, block);
}
