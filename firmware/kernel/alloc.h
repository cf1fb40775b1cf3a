/* Heaps: one per module inside its arena, one for the kernel.
 *
 * Two-level segregated fit (TLSF): a free list for every class of sizes, eight classes to a power of two. So both allocating
 * and freeing take a fixed number of steps at most. Unlike in its model, nothing is written into the heap itself, and the next
 * list that is not empty is found by looking, not by a bit map: this core has no instruction that finds a bit.
 */
#ifndef KERNEL_ALLOC_H
#define KERNEL_ALLOC_H

#include <stddef.h>
#include <stdint.h>

/* Blocks are aligned to this, whatever the heap's granule. */
#define HEAP_ALIGNMENT 16
/* More granules than a heap can have: indices take 14 bits, the last two of which mean something else. */
#define HEAP_MAX_GRANULES 16382
/* Classes of sizes that a heap of so many granules needs: eight for every power of two. */
#define HEAP_CLASSES(granules) ((30 - __builtin_clz((granules) | 8)) * 8)

/* What is known of a granule, see alloc.c. */
struct granule {
	uint16_t tag;  /* what begins or ends here */
	uint16_t link; /* the free lists */
};

/* The bookkeeping of a heap. It lies in the kernel's memory, so no module can touch it. */
struct heap {
	uintptr_t base;     /* first granule */
	struct granule *row; /* and one more, which stays 0 */
	uint16_t *heads;    /* first block of each class */
	uint32_t classes;   /* HEAP_CLASSES(limit) */
	uint32_t shift;     /* a granule has 1 << shift bytes, 16 or more */
	uint32_t initial;   /* granules after a reset */
	uint32_t limit;     /* granules that it may grow to */
	uint32_t quota;     /* granules that may be in use at the same time */
	uint32_t granules;  /* granules there are */
	/* Statistics; the first two are of now, the others since the reset. */
	uint32_t used;      /* granules */
	uint32_t blocks;
	uint32_t peak;      /* most granules in use */
	uint32_t allocations;
	uint32_t failures;  /* allocations that got NULL */
};

/* Room for the bookkeeping of a heap of at most so many granules. */
#define HEAP_ROOM(name, most)                                                                                          \
	static struct granule name##_row[(most) + 1];                                                                  \
	static uint16_t name##_heads[HEAP_CLASSES(most)]

/* What a pointer is to a heap. */
enum heap_pointer {
	HEAP_BLOCK,   /* the start of a block in use */
	HEAP_FOREIGN, /* outside the heap */
	HEAP_FREED,   /* where a block was that has been freed */
	HEAP_INSIDE,  /* the inside of something, or not aligned: a pointer that has been changed */
};

/* Forget every block; back to the initial size. */
void heap_reset(struct heap *heap);
/* See kmalloc. */
void *heap_allocate(struct heap *heap, size_t size);
/* See kfree. */
int heap_free(struct heap *heap, void *block);
/* What is at `address`? Needs no block that is still there, and does not trust the address. */
enum heap_pointer heap_look(const struct heap *heap, uintptr_t address);
/* Bytes of a block, at least what was asked for; 0 if it is none. */
size_t heap_size(const struct heap *heap, const void *block);
/* Make room for a block of `size` by adding to the end of the heap no more than it takes. Bytes added; 0: there is room
 * already, the heap may not grow so far, or the quota forbids the block anyway.
 */
uint32_t heap_grow(struct heap *heap, size_t size);
/* First byte behind the heap. */
uintptr_t heap_end(const struct heap *heap);

extern struct heap kernel_heap;

#endif
