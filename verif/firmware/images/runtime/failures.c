/* What becomes of modules that fail. */

#include "check.h"
#include "csr.h"
#include "fault.h"
#include "fragile/fragile.h"
#include "frail/frail.h"
#include "keeper/keeper.h"
#include "module.h"
#include "stubborn/stubborn.h"
#include "thread.h"
#include <errno.h>
#include <kernel.h>
#include <modules.h>

static bool pristine(void)
{
	return frail_value() == 42 && module_table[MODULE_FRAIL].heap->used == 0;
}

/* With the call's record at so many places of the kernel's stack, one behind the other. */
static bool ended_in_time(uint32_t places)
{
	while (places--) {
		volatile char *room = __builtin_alloca(16);
		*room = 0;
		if (frail_spin() != -ETIMEDOUT || module_revive(MODULE_FRAIL) != 0) {
			return false;
		}
	}
	return true;
}

static void restart(void)
{
	check("module_sets_itself_up", frail_value() == 42);
	check("fault_is_an_error", frail_set(7) == 0 && frail_value() == 7 && frail_fault() == -EFAULT);
	check("called_again_it_is_pristine", pristine());
	check("dependants_are_told", keeper_last() == (1 << 8 | MODULE_FRAIL));
	frail_set(7);
	check("time_used_up_is_a_failure", frail_spin() == -ETIMEDOUT && pristine());
	frail_set(7);
	check("stack_overrun_is_a_failure", frail_overrun(0) == -EFAULT && pristine());
	check("retries_used_up", frail_fault() == -EFAULT && frail_value() == -ENODEV);
	check("left_alone_it_stays_so", frail_fault() == -ENODEV);
	check("revived_it_works", module_revive(MODULE_FRAIL) == 0 && pristine());
	check("time_used_up_wherever_the_stack_is", ended_in_time(16));
	frail_set(7);
	frail_fault();
	thread_sleep(2);
	check("restarted_without_a_call", module_states[MODULE_FRAIL].condition == MODULE_READY && pristine());
}

static void others(void)
{
	check("quarantine", fragile_run(0) == 1 && fragile_run(1) == -EPERM && fragile_run(0) == -ENODEV);
	check("quarantine_can_be_ended", module_revive(MODULE_FRAGILE) == 0 && fragile_run(0) == 1);
	check("fault_in_recovery_is_an_error", stubborn_run() == -EFAULT && stubborn_run() == -ENODEV);
	check("faults_in_recovery_are_counted", module_states[MODULE_STUBBORN].faults == 3);
	check("call_stack_is_clean_after_recovery", clean());
}

static void log(void)
{
	char buffer[4];
	const uint32_t before = fault_count();

	check("grant_is_in_the_log", frail_fault_lent(buffer, 4) == -EFAULT &&
					     fault_last(0)->grant.lower == (uintptr_t)buffer &&
					     fault_last(0)->address == (uintptr_t)buffer + 4);
	check("fault_is_counted_and_told", fault_count() == before + 1 && fault_last(0)->number == before + 1 &&
						   fault_last(0)->cause == CAUSE_STORE_FAULT);
	check("older_faults_are_kept", fault_last(1)->number == before && fault_last(FAULTS_KEPT - 1)->number != 0);
	check("no_more_than_the_ring_holds", fault_last(FAULTS_KEPT - 1)->number == fault_count() - FAULTS_KEPT + 1);
}

static void thousand(void)
{
	const uint32_t before = fault_count();
	const uint32_t used = kernel_heap.used;
	uintptr_t sp_before, sp_after;
	bool right = true;

	__asm__ volatile("mv %0, sp" : "=r"(sp_before));
	for (int round = 0; round < 1000; round++) {
		if (module_states[MODULE_FRAIL].restarts == module_table[MODULE_FRAIL].retries) {
			right &= module_revive(MODULE_FRAIL) == 0;
		}
		right &= frail_set(round) == 0 && frail_fault() == -EFAULT;
	}
	__asm__ volatile("mv %0, sp" : "=r"(sp_after));
	right &= module_revive(MODULE_FRAIL) == 0;
	check("thousand_faults", right && fault_count() == before + 1000);
	check("thousand_faults_leak_nothing", clean() && sp_before == sp_after && kernel_heap.used == used && pristine());
}

void failures(void)
{
	restart();
	others();
	module_revive(MODULE_FRAIL);
	log();
	thousand();
}
