/* Timers of modules. */

#include "check.h"
#include "csr.h"
#include "fault.h"
#include "module.h"
#include "thief/thief.h"
#include "thread.h"
#include "timer.h"
#include "timers.h"
#include "waker/waker.h"
#include <errno.h>
#include <modules.h>

#define FAR 1000000

/* Timers that are set. */
static unsigned active(void)
{
	unsigned count = 0;

	for (uint32_t number = 0; number < timer_count; number++) {
		count += timers[number].function != NULL;
	}
	return count;
}

static void times(void)
{
	const uint32_t start = csr_read(CSR_MCYCLE);

	check("timer_is_set", waker_set(6000, 0, WAKER_COUNT) >= 0 && active() == 1);
	thread_sleep(6);
	check("call_back_comes_once", waker_count() == 1 && active() == 0);
	check("call_back_comes_in_time",
	      waker_when() - start >= 6000 && waker_when() - start < 6000 + 2 * TIMER_TICK_CYCLES);
	const int timer = waker_set(10000, 10000, WAKER_COUNT);
	thread_sleep(51);
	check("timer_is_cancelled", waker_cancel(timer) == 0 && waker_cancel(timer) == -EINVAL);
	const long count = waker_count();
	/* 51 ticks and the one that comes before are about 20 periods; and one call-back is that from before. */
	check("call_backs_come_again_and_again_without_drift", count >= 20 && count <= 22);
	thread_sleep(6);
	check("no_call_back_after_that", waker_count() == count);
	waker_set(0, 0, WAKER_AGAIN);
	thread_sleep(8);
	check("call_back_can_ask_for_the_next", waker_count() == count + 2 && active() == 0);
}

static void quota(void)
{
	const int first = waker_set(FAR, 0, WAKER_COUNT), second = waker_set(FAR, 0, WAKER_COUNT);

	check("quota_of_timers_is_kept", first >= 0 && second >= 0 && waker_set(FAR, 0, WAKER_COUNT) == -EAGAIN);
	check("others_have_theirs_all_the_same", thief_set(FAR) >= 0 && thief_set(FAR) == -EAGAIN);
	check("timers_of_others_are_out_of_reach", thief_cancel(first) == -EINVAL && thief_cancel(second) == -EINVAL);
	check("no_such_timer", waker_cancel(-1) == -EINVAL && waker_cancel(1000) == -EINVAL);
	check("cancelled_timer_can_be_had_again", waker_cancel(first) == 0 && waker_set(FAR, 0, WAKER_COUNT) == first);
	check("bad_times_are_refused", waker_cancel(first) == 0 && waker_set(1u << 31, 0, WAKER_COUNT) == -EINVAL &&
					       waker_set(0, 1u << 31, WAKER_COUNT) == -EINVAL &&
					       waker_set_wild(0) == -EINVAL);
	check("restart_takes_back_the_timers", module_revive(MODULE_WAKER) == 0 && active() == 1);
	module_revive(MODULE_THIEF);
}

/* A call-back ends by a fault; the other timer of the module is gone, too. */
static bool bad(enum waker_mode mode, uintptr_t wild, uint32_t cause)
{
	const uint32_t before = fault_count();

	waker_set(FAR, 0, WAKER_COUNT);
	if (wild) {
		waker_set_wild(wild);
	} else {
		waker_set(0, 5000, mode);
	}
	thread_sleep(6);
	return fault_count() == before + 1 && fault_last(0)->cause == cause && active() == 0 &&
	       (fault_last(0)->target & TARGET_ID_MASK) == MODULE_WAKER && fault_last(0)->target & TARGET_TIMER &&
	       module_states[MODULE_WAKER].condition == MODULE_READY && waker_count() == 0;
}

static bool others_run(void)
{
	volatile uint32_t turns = 0;

	waker_set(0, 1, WAKER_GREEDY);
	waker_set(0, 1, WAKER_GREEDY);
	const uint32_t start = csr_read(CSR_MCYCLE);
	while (csr_read(CSR_MCYCLE) - start < 40 * TIMER_TICK_CYCLES) {
		turns++;
	}
	/* A turn takes 12 cycles at most: a fifth of the time, in spite of two that want all of it. */
	const bool some = turns > 40 * TIMER_TICK_CYCLES / 5 / 12 && waker_count() > 10;
	module_revive(MODULE_WAKER);
	return some;
}

static bool thousand(void)
{
	for (int round = 0; round < 1000; round++) {
		if (waker_set(FAR, 0, WAKER_COUNT) < 0 || waker_set(FAR, FAR, WAKER_COUNT) < 0 ||
		    module_revive(MODULE_WAKER) != 0) {
			return false;
		}
	}
	return active() == 0;
}

void callbacks(void)
{
	times();
	quota();
	check("faulting_call_back", bad(WAKER_FAULT, 0, CAUSE_STORE_FAULT));
	check("hanging_call_back", bad(WAKER_HANG, 0, FAULT_TIME));
	check("call_back_into_the_kernel", bad(WAKER_COUNT, (uintptr_t)module_call, CAUSE_FETCH_FAULT));
	waker_set(0, 1, WAKER_COUNT);
	check("call_back_waits_until_the_module_is_free", waker_work(10000) >= 0);
	thread_sleep(6);
	check("and_comes_then", waker_count() > 0);
	module_revive(MODULE_WAKER);
	check("others_run_between_call_backs", others_run());
	check("thousand_restarts_leak_no_timer", thousand());
	check("call_stack_is_clean_after_call_backs", clean());
}
