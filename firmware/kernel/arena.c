/* Arenas: carved from one pool, the RAM behind the kernel. The build step gives each its place, side by side; behind those
 * that may grow it leaves what the manifest says. An arena is one window, so it can grow at its end only.
 */

#include "arena.h"
#include "csr.h"
#include "fault.h"
#include <kernel.h>

/* A heap is changed by one at a time: with interrupts masked, as they could bring another thread, or a driver's handler.
 * That is bearable because the allocator's steps are few and do not grow with the heap.
 */
static uint32_t lock(void)
{
	const uint32_t enabled = csr_read(CSR_MSTATUS) & MSTATUS_MIE_MASK;

	csr_clear(CSR_MSTATUS, MSTATUS_MIE_MASK);
	return enabled;
}

static void unlock(uint32_t enabled)
{
	csr_set(CSR_MSTATUS, enabled);
}

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
	const uint32_t enabled = lock();

	heap_reset(module_table[id].heap);
	install_window(id);
	unlock(enabled);
}

void *arena_allocate(uint32_t id, size_t size)
{
	struct heap *heap = module_table[id].heap;
	const uint32_t enabled = lock();

	if (heap_grow(heap, size)) {
		install_window(id);
	}
	void *block = heap_allocate(heap, size);
	unlock(enabled);
	return block;
}

int arena_free(uint32_t id, void *block)
{
	struct heap *heap = module_table[id].heap;
	const uint32_t enabled = lock();
	int result = heap_free(heap, block);

	if (result != 0) {
		const struct fault *last = fault_last(0);
		module_states[id].misuses++;
		if (last->cause <= FAULT_MISUSE || (last->target & TARGET_ID_MASK) != id) {
			fault_found(activation_current(), FAULT_MISUSE + heap_look(heap, (uintptr_t)block),
				    FAULT_IN_SERVICE, (uintptr_t)block);
		}
	}
	unlock(enabled);
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

/* The kernel's own heap. */

void *kmalloc(size_t size)
{
	const uint32_t enabled = lock();
	void *block = heap_allocate(&kernel_heap, size);

	unlock(enabled);
	return block;
}

int kfree(void *block)
{
	const uint32_t enabled = lock();
	int result = heap_free(&kernel_heap, block);

	unlock(enabled);
	return result;
}

size_t ksize(const void *block)
{
	return heap_size(&kernel_heap, block);
}
