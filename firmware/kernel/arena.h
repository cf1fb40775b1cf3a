/* Arenas: where a module may read and write. The heap is the arena's upper end, so an arena grows with its heap. */
#ifndef KERNEL_ARENA_H
#define KERNEL_ARENA_H

#include "module.h"

/* What a module has asked the allocator for that it had no right to. */
struct arena_misuse {
	uint32_t count;
	enum heap_pointer last;
	uintptr_t address;
};

/* One for each id, made by the build step. */
extern struct arena_misuse arena_misuses[];

/* The arena of module `id` as it is now. */
struct range arena_window(uint32_t id);
/* Empty the heap of module `id`, and give the memory that its arena has grown by back to the pool. */
void arena_reset(uint32_t id);
/* kmalloc for module `id`: its arena grows if that is what it takes and there is room. */
void *arena_allocate(uint32_t id, size_t size);
/* kfree for module `id`; what it had no right to free is its fault, and reported. */
int arena_free(uint32_t id, void *block);
/* Bytes of RAM that arenas could still grow by, all together. */
size_t arena_pool_free(void);

/* The fault log's way to learn of a misuse, `misuse` being the last of module `id`; the one here does nothing. */
void arena_misuse_report(uint32_t id, const struct arena_misuse *misuse);

#endif
