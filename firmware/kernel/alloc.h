/* Heaps: one per module inside its arena, one for the kernel. */
#ifndef KERNEL_ALLOC_H
#define KERNEL_ALLOC_H

#include <stddef.h>
#include <stdint.h>

/* Blocks are multiples of this, and aligned to it. */
#define HEAP_GRANULE 16

/* The bookkeeping of a heap. It lies in the kernel's memory, so no module can touch it: bit maps with one bit per
 * granule, least significant bit first.
 */
struct heap {
	uintptr_t base;      /* first granule */
	uint32_t granules;
	uint32_t quota;      /* granules that may be in use at the same time */
	uint32_t used;       /* granules in use */
	uint32_t *busy;      /* granule is part of a block */
	uint32_t *first;     /* granule is the first of a block */
};

/* Words of a bit map for a heap of `bytes`. */
#define HEAP_MAP_WORDS(bytes) (((bytes) / HEAP_GRANULE + 31) / 32)

/* Forget every block. */
void heap_reset(struct heap *heap);
/* See kmalloc. */
void *heap_allocate(struct heap *heap, size_t size);
/* See kfree. */
int heap_free(struct heap *heap, void *block);

extern struct heap kernel_heap;

#endif
