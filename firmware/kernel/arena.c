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

static void set_upper(uint32_t id, uintptr_t upper)
{
	csr_write(CSR_PD_SELECT, id);
	csr_write(CSR_PD_AUPPER, upper);
}

void arena_reset(uint32_t id)
{
	const uint32_t status = interrupts_mask();

	heap_reset(module_table[id].heap);
	set_upper(id, module_table[id].arena.upper);
	interrupts_restore(status);
}

void *arena_allocate(size_t size, uint32_t id)
{
	struct heap *heap = module_table[id].heap;
	const uint32_t status = interrupts_mask();

	if (heap_grow(heap, size)) {
		set_upper(id, heap_end(heap));
	}
	void *block = heap_allocate(heap, size);
	interrupts_restore(status);
	return block;
}

int arena_free(void *block, uint32_t id)
{
	struct heap *heap = module_table[id].heap;
	const uint32_t status = interrupts_mask();
	int result = heap_free(heap, block);

	if (result != 0) {
		const struct fault *last = fault_last(0);
		module_states[id].misuses++;
		if (last->cause <= FAULT_MISUSE || (last->target & TARGET_ID_MASK) != id) {
			fault_found(activation_current(), FAULT_MISUSE + heap_look(heap, (uintptr_t)block),
				    FAULT_IN_SERVICE, (uintptr_t)block);
		}
	}
	interrupts_restore(status);
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
	const uint32_t status = interrupts_mask();
	void *block = heap_allocate(&kernel_heap, size);

	interrupts_restore(status);
	return block;
}

int kfree(void *block)
{
	const uint32_t status = interrupts_mask();
	int result = heap_free(&kernel_heap, block);

	interrupts_restore(status);
	return result;
}

size_t ksize(const void *block)
{
	return heap_size(&kernel_heap, block);
}
