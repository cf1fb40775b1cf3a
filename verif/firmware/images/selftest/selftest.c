/* The kernel's contracts, one line of output for each: "ok NAME" or "FAILED NAME". */

#include "arena.h"
#include "console.h"
#include "csr.h"
#include "fault.h"
#include "module.h"
#include "grower/grower.h"
#include "ping/ping.h"
#include "probe/probe.h"
#include <errno.h>
#include <kernel.h>
#include <memmap.h>
#include <modules.h>
#include <services.h>
#include <string.h>

/* saved.S */
int saved_survive(long (*call)(long));

static int failures;

static void check(const char *name, bool holds)
{
	console_print("%s %s\n", holds ? "ok" : "FAILED", name);
	failures += !holds;
}

/* Free heap of this many granules, bookkeeping in place; the memory is never touched. */
HEAP_ROOM(test, 120);
static struct heap heap = {
	.base = 0x1000, .row = test_row, .heads = test_heads, .classes = HEAP_CLASSES(120), .shift = 4, .initial = 100, .limit = 120,
	.quota = 100,
};

static void allocator_basics(void)
{
	heap_reset(&heap);
	char *a = heap_allocate(&heap, 1);
	char *b = heap_allocate(&heap, 17);
	char *c = heap_allocate(&heap, 16);

	check("blocks_are_aligned_and_apart", a == (char *)0x1000 && b == a + 16 && c == b + 32);
	check("size_0_is_null", heap_allocate(&heap, 0) == NULL);
	check("size_that_would_wrap_is_null", heap_allocate(&heap, SIZE_MAX) == NULL);
	check("size_beyond_the_heap_is_null", heap_allocate(&heap, 100 * 16) == NULL);
	check("null_can_be_freed", heap_free(&heap, NULL) == 0);
	check("size_of_a_block", heap_size(&heap, b) == 32 && heap_size(&heap, b + 16) == 0 && heap_size(&heap, NULL) == 0);
	check("inside_of_a_block_is_refused", heap_free(&heap, b + 16) == -EINVAL);
	check("odd_pointer_is_refused", heap_free(&heap, b + 1) == -EINVAL);
	check("pointer_below_the_heap_is_refused", heap_free(&heap, a - 16) == -EINVAL);
	check("bad_pointers_are_told_apart", heap_look(&heap, (uintptr_t)b) == HEAP_BLOCK &&
						     heap_look(&heap, (uintptr_t)b + 16) == HEAP_INSIDE &&
						     heap_look(&heap, (uintptr_t)b + 1) == HEAP_INSIDE &&
						     heap_look(&heap, (uintptr_t)a - 16) == HEAP_FOREIGN);
	check("pointer_behind_the_heap_is_refused", heap_free(&heap, a + 100 * 16) == -EINVAL);
	check("refusals_change_nothing", heap.used == 4);
	check("free_block_is_used_again", heap_free(&heap, b) == 0 && heap_allocate(&heap, 32) == b);
	check("double_free_is_refused", heap_free(&heap, a) == 0 && heap_free(&heap, a) == -EINVAL &&
						heap_look(&heap, (uintptr_t)a) == HEAP_FREED);
	check("neighbours_survive_a_free", heap_free(&heap, b) == 0 && heap.used == 1 && heap_free(&heap, c) == 0);
	check("all_can_be_one_block_again", heap.used == 0 && heap_allocate(&heap, 100 * 16) == (void *)0x1000);
	check("full_heap_is_null", heap_allocate(&heap, 1) == NULL);
	heap_reset(&heap);
	heap.quota = 3;
	check("quota_is_kept", heap_allocate(&heap, 49) == NULL && heap_allocate(&heap, 48) != NULL &&
				       heap_allocate(&heap, 1) == NULL);
	heap.quota = 120;
	heap_reset(&heap);
	check("heap_grows_by_what_it_takes", heap_grow(&heap, 1600) == 0 && heap_allocate(&heap, 1504) == (void *)0x1000 &&
						     heap_grow(&heap, 160) == 64 &&
						     heap_allocate(&heap, 160) == (void *)0x15e0);
	check("heap_grows_no_further_than_it_may", heap_grow(&heap, 17 * 16) == 0 && heap_grow(&heap, 16 * 16) == 256 &&
							   heap_end(&heap) == 0x1780);
	heap_reset(&heap);
	check("reset_takes_back_what_it_has_grown_by", heap_end(&heap) == 0x1640);
}

/* Random use against a model that knows the owner of each granule. */
static bool allocator_random(void)
{
	enum { SLOTS = 12 };
	static uint8_t owner[100];
	struct { char *block; uint32_t granules; } slots[SLOTS] = {0};
	uint32_t seed = 1;

	heap_reset(&heap);
	for (int step = 0; step < 300; step++) {
		seed = seed * 1103515245 + 12345;
		uint32_t slot = (seed >> 16) % SLOTS;
		if (slots[slot].block) {
			uint32_t start = ((uintptr_t)slots[slot].block - heap.base) / 16;
			for (uint32_t index = start; index < start + slots[slot].granules; index++) {
				if (owner[index] != slot + 1) {
					return false;
				}
				owner[index] = 0;
			}
			if (heap_free(&heap, slots[slot].block) != 0) {
				return false;
			}
			slots[slot].block = NULL;
			continue;
		}
		uint32_t granules = 1 + (seed >> 24) % 20;
		char *block = heap_allocate(&heap, granules * 16);
		uint32_t run = 0, longest = 0;
		for (uint32_t index = 0; index < 100; index++) {
			run = owner[index] ? 0 : run + 1;
			longest = run > longest ? run : longest;
		}
		/* It may miss a run that is hardly longer than what is asked for, see kernel.md. */
		if (block ? longest < granules : longest >= granules + granules / 8 + 1) {
			return false;
		}
		if (block) {
			uint32_t start = ((uintptr_t)block - heap.base) / 16;
			for (uint32_t index = start; index < start + granules; index++) {
				if (owner[index]) {
					return false;
				}
				owner[index] = slot + 1;
			}
			slots[slot].block = block;
			slots[slot].granules = granules;
		}
	}
	return true;
}

static void allocator_by_caller(void)
{
	const struct module_info *probe = &module_table[MODULE_PROBE];
	char *block = probe_alloc(100);
	char *own = kmalloc(100);

	check("module_gets_memory_of_its_arena", (uintptr_t)block >= probe->data.upper &&
							 (uintptr_t)block + 100 <= probe->arena.upper);
	check("kernel_gets_memory_outside_every_arena",
	      own && ((uintptr_t)own + 100 <= module_table[1].arena.lower));
	check("module_cannot_free_the_kernels", probe_free(own) == -EINVAL);
	check("kernel_does_not_free_a_modules", kfree(block) == -EINVAL);
	check("modules_quota_is_kept", probe_alloc(256) == NULL && probe->heap->used == 7);
	check("module_frees_its_own", probe_free(block) == 0 && probe->heap->used == 0);
	check("bookkeeping_lies_outside_the_arena",
	      (uintptr_t)probe->heap->row < module_table[1].arena.lower &&
		      (uintptr_t)probe->heap < module_table[1].arena.lower);
	kfree(own);
}

/* The last entry of the fault log is this misuse by probe, the `count`th one. */
static bool told(uint32_t cause, const void *pointer, uint32_t count)
{
	const struct fault *fault = fault_last(0);

	return fault->cause == cause && fault->address == (uintptr_t)pointer && fault->number == fault_count() &&
	       (fault->target & TARGET_ID_MASK) == MODULE_PROBE && fault->pc == FAULT_IN_SERVICE &&
	       module_states[MODULE_PROBE].misuses == count;
}

static void misuse(void)
{
	const uint32_t before = module_states[MODULE_PROBE].misuses, faults = module_states[MODULE_PROBE].faults;
	char *block = probe_alloc(40), *own = kmalloc(16);

	check("misuse_ends_no_call", probe_free(own) == -EINVAL && module_states[MODULE_PROBE].faults == faults);
	check("misuse_of_a_foreign_pointer_is_told", told(FAULT_FOREIGN, own, before + 1));
	const uint32_t number = fault_count();
	probe_free(block + 8);
	check("misuses_in_a_row_are_one_entry_of_the_log",
	      fault_count() == number && told(FAULT_FOREIGN, own, before + 2));
	probe_clobber_and_fault(0);
	probe_free(block + 8);
	check("misuse_of_a_changed_pointer_is_told", told(FAULT_INSIDE, block + 8, before + 3));
	probe_free(block);
	check("good_free_is_no_misuse", module_states[MODULE_PROBE].misuses == before + 3);
	probe_clobber_and_fault(0);
	probe_free(block);
	check("misuse_of_a_freed_block_is_told", told(FAULT_FREED, block, before + 4));
	check("misuse_is_the_modules_own", module_states[MODULE_PING].misuses == 0);
	check("kernels_own_mistake_is_no_modules", kfree(own + 1) == -EINVAL && fault_count() == number + 4);
	kfree(own);
}

static void growth(void)
{
	const struct heap *state = module_table[MODULE_GROWER].heap;
	const size_t pool = arena_pool_free();
	const struct range arena = arena_window(MODULE_GROWER);
	unsigned char *above = (unsigned char *)arena.upper;

	check("arena_ends_where_the_manifest_says", grower_poke(above - 1) == 0 && grower_poke(above) == -EFAULT);
	check("small_block_needs_no_growth", grower_alloc(16) && arena_window(MODULE_GROWER).upper == arena.upper);
	unsigned char *block = grower_alloc(100);
	check("arena_grows_by_what_it_takes", block && heap_end(state) == (uintptr_t)block + 112 &&
						      arena_window(MODULE_GROWER).upper == heap_end(state));
	check("module_reaches_what_it_has_grown_by", grower_poke(block + 111) == 0 && grower_poke(block + 112) == -EFAULT);
	check("pool_has_less_by_that", arena_pool_free() == pool - (block + 112 - (unsigned char *)state->base) + 64);
	check("no_growth_beyond_heap_max", grower_alloc(200) == NULL && grower_alloc(160) && heap_end(state) - state->base == 288);
	module_load(MODULE_GROWER);
	check("restart_gives_the_growth_back", arena_window(MODULE_GROWER).upper == arena.upper && arena_pool_free() == pool &&
						       grower_poke(above) == -EFAULT && grower_poke(above - 1) == 0);
}

static void services(void)
{
	check("imported_service_can_be_asked_for",
	      heap_look(module_table[MODULE_GROWER].heap, grower_ask(16, SERVICE_KMALLOC)) == HEAP_BLOCK);
	check("other_services_are_refused",
	      grower_ask(0, SERVICE_KFREE) == -EACCES && grower_ask(0, SERVICE_CONSOLE_WRITE) == -EACCES &&
		      grower_ask(0, SERVICE_TIME_CYCLES) == -EACCES && grower_ask(0, SERVICE_MODULE_CALL) == -EACCES &&
		      grower_ask(0, SERVICE_KSIZE) == 0);
	check("no_such_service", grower_ask(0, SERVICE_COUNT) == -ENOSYS && grower_ask(0, -1) == -ENOSYS);
}

static void calls(void)
{
	static const char text[] = "printed by probe\n";

	check("six_arguments", probe_sum(1, 2, 3, 4, 5, 6) == 91);
	check("no_such_module", module_call(0, 0, 0, 0, 0, 0, TARGET(9, 0)) == -ENOENT);
	check("kernel_is_no_module", module_call(0, 0, 0, 0, 0, 0, TARGET(0, 0)) == -ENOENT);
	check("no_such_operation", module_call(0, 0, 0, 0, 0, 0, TARGET(MODULE_PROBE, 99)) == -ENOENT);
	check("module_sees_no_register_of_the_kernel", probe_registers() == 0);
	check("registers_survive_a_call", saved_survive(probe_clobber));
	check("registers_survive_a_fault", saved_survive(probe_clobber_and_fault));
	check("interrupts_are_on_after_a_fault", csr_read(CSR_MSTATUS) & MSTATUS_MIE_MASK);
	csr_clear(CSR_MSTATUS, MSTATUS_MIE_MASK);
	check("fault_is_an_error_with_interrupts_masked", probe_clobber_and_fault(0) == -EFAULT);
	check("interrupts_stay_masked_after_a_fault", !(csr_read(CSR_MSTATUS) & MSTATUS_MIE_MASK));
	csr_set(CSR_MSTATUS, MSTATUS_MIE_MASK);
	check("module_cannot_print_kernel_text", probe_print(text, sizeof text - 1) == -EFAULT);
	check("empty_print_is_fine", probe_print((const char *)module_table[MODULE_PROBE].arena.upper, 0) == 0);
	check("no_print_beyond_its_arena", probe_print((const char *)module_table[MODULE_PROBE].arena.upper - 1, 2) ==
						-EFAULT);
	check("no_print_that_wraps", probe_print((const char *)module_table[MODULE_PROBE].arena.lower, SIZE_MAX) ==
					  -EFAULT);
	uint32_t start = csr_read(CSR_MCYCLE);
	check("endless_loop_is_ended", probe_spin() == -ETIMEDOUT);
	check("not_before_its_time", csr_read(CSR_MCYCLE) - start >= 10000);
	check("interrupts_are_on_after_a_timeout", csr_read(CSR_MSTATUS) & MSTATUS_MIE_MASK);
}

static void nesting(void)
{
	char buffer[8] = {0};
	uint32_t top = csr_read(CSR_PD_TOP);

	check("module_entered_again_keeps_its_frames", ping_nest(4) == 3);
	check("nesting_is_limited", ping_nest(100) == 2);
	check("call_stack_is_as_before", csr_read(CSR_PD_TOP) == top && activation_current() == NULL);
	check("module_survives_the_fault_of_another", ping_survive() == 1);
	check("modules_registers_survive_a_call", ping_saved(0) == 1);
	check("modules_registers_survive_the_fault_of_another", ping_saved(1) == 1);
	check("grant_can_be_passed_on", ping_pass_on(buffer, 7) == 0 && buffer[0] == 0x5a && buffer[6] == 0x5a &&
						buffer[7] == 0);
	check("foreign_memory_cannot_be_lent", ping_lend_foreign(buffer, 8) == -EFAULT && buffer[7] == 0);
	check("call_stack_is_as_before_after_faults", csr_read(CSR_PD_TOP) == top && activation_current() == NULL);
}

/* Have the timer interrupt `delay` cycles from now, wherever that is. */
static void tick_after(uint32_t delay)
{
	*(volatile uint32_t *)CLINT_MTIMECMPH = 0;
	*(volatile uint32_t *)CLINT_MTIMECMP = csr_read(CSR_TIME) + delay;
}

static bool call_with_ticks(void)
{
	for (uint32_t delay = 0; delay < 300; delay++) {
		tick_after(delay);
		if (probe_sum(1, 2, 3, 4, 5, 6) != 91) {
			return false;
		}
	}
	return true;
}

static bool fault_with_ticks(void)
{
	for (uint32_t delay = 0; delay < 450; delay++) {
		tick_after(delay);
		if (probe_clobber_and_fault(0) != -EFAULT || !(csr_read(CSR_MSTATUS) & MSTATUS_MIE_MASK)) {
			return false;
		}
	}
	return true;
}

static bool grant_with_ticks(void)
{
	for (uint32_t delay = 0; delay < 1000; delay += 3) {
		char buffer[8] = {0};
		tick_after(delay);
		if (ping_pass_on(buffer, 7) != 0 || buffer[0] != 0x5a || buffer[6] != 0x5a || buffer[7] != 0) {
			return false;
		}
	}
	return true;
}

/* An interrupt at every instruction of the ways in and out. */
static void interrupts(void)
{
	uint32_t top = csr_read(CSR_PD_TOP);
	uint32_t slice = csr_read(CSR_PD_SLICE);

	check("tick_anywhere_in_a_call", call_with_ticks());
	check("tick_anywhere_in_a_fault", fault_with_ticks());
	check("tick_anywhere_in_a_nested_call_with_a_grant", grant_with_ticks());
	check("call_stack_is_as_before_the_ticks", csr_read(CSR_PD_TOP) == top && csr_read(CSR_PD_SLICE) == slice &&
							   activation_current() == NULL);
}

static void restart(void)
{
	check("data_starts_initialised", probe_count() == 102 && probe_count() == 104);
	probe_alloc(100);
	module_load(MODULE_PROBE);
	check("restart_brings_back_the_data", probe_count() == 102);
	check("restart_empties_the_heap", module_table[MODULE_PROBE].heap->used == 0);
}

int image_main(void)
{
	allocator_basics();
	check("random_use_agrees_with_a_model", allocator_random());
	allocator_by_caller();
	misuse();
	growth();
	services();
	calls();
	nesting();
	interrupts();
	restart();
	check("no_escapes", *(volatile uint32_t *)MONITOR_ESCAPES == 0);
	console_print("end, %d failures\n", failures);
	return failures != 0;
}
