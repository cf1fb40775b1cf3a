/* Arenas: carved from one pool, the RAM behind the kernel. The build step gives each its place, side by side; behind those
 * that may grow it leaves what the manifest says. An arena is one window, so it can grow at its end only.
 */

#include "arena.h"
#include "csr.h"

struct range arena_window(uint32_t id)
{
	const struct heap *heap = module_table[id].heap;
	struct range window = module_table[id].arena;

	/* At first a few bytes may follow the last granule. */
	if (heap->granules > heap->initial) {
		window.upper = heap_end(heap);
	}
	return window;
}

/* Let the hardware's upper bound be what arena_window says. */
static void install_window(uint32_t id)
{
	csr_write(CSR_PD_SELECT, id);
	csr_write(CSR_PD_AUPPER, arena_window(id).upper);
	csr_write(CSR_PD_SELECT, 0);
}

void arena_reset(uint32_t id)
{
	heap_reset(module_table[id].heap);
	install_window(id);
}

void *arena_allocate(uint32_t id, size_t size)
{
	struct heap *heap = module_table[id].heap;

	if (heap_grow(heap, size)) {
		install_window(id);
	}
	return heap_allocate(heap, size);
}

__attribute__((weak)) void arena_misuse_report(uint32_t id, const struct arena_misuse *misuse)
{
	(void)id;
	(void)misuse;
}

int arena_free(uint32_t id, void *block)
{
	struct heap *heap = module_table[id].heap;
	int result = heap_free(heap, block);

	if (result != 0) {
		struct arena_misuse *misuse = &arena_misuses[id];
		misuse->count++;
		misuse->last = heap_look(heap, (uintptr_t)block);
		misuse->address = (uintptr_t)block;
		arena_misuse_report(id, misuse);
	}
	return result;
}

size_t arena_pool_free(void)
{
	size_t bytes = 0;

	for (uint32_t id = 1; id < module_count; id++) {
		const struct heap *heap = module_table[id].heap;
		bytes += (size_t)(heap->limit - heap->granules) << heap->shift;
	}
	return bytes;
}
