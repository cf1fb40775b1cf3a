/* Arenas: where a module may read and write. The heap is the arena's upper end, so an arena grows with its heap. */
#ifndef KERNEL_ARENA_H
#define KERNEL_ARENA_H

#include "csr.h"
#include "module.h"

/* The arena of module `id` as it is now: what the hardware says. */
static inline struct range arena_window(uint32_t id)
{
	csr_write(CSR_PD_SELECT, id);
	return (struct range){csr_read(CSR_PD_ALOWER), csr_read(CSR_PD_AUPPER)};
}
/* Empty the heap of module `id`, and give the memory that its arena has grown by back to the pool. */
void arena_reset(uint32_t id);
/* kmalloc for module `id`: its arena grows if that is what it takes and there is room. */
void *arena_allocate(size_t size, uint32_t id);
/* kfree for module `id`, which asks; what it had no right to free is its fault: counted, and of several in a row the first
 * is in the fault log.
 */
int arena_free(void *block, uint32_t id);
/* Bytes of RAM that arenas could still grow by, all together. */
size_t arena_pool_free(void);

#endif
