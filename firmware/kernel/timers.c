/* Timers of modules. Who may have how many stands in the manifests, so each timer is one module's for ever, and nobody can
 * take another's. The call-back is a call like any other, made by the thread `worker`: it waits until nobody else is in the
 * module, runs in its bounds, and may take as long as the handler of an interrupt.
 */

#include "timers.h"
#include "csr.h"
#include "module.h"
#include "section.h"
#include "thread.h"
#include "timer.h"
#include <errno.h>
#include <kernel.h>

/* Ticks from one round of call-backs to the next: between them the other threads run, whatever modules ask for. */
#define PAUSE_TICKS 2

/* The first tick of the next round. */
static LIVE_DATA uint32_t next_round;

/* gate.S */
long gate_callback(long argument, const void *function, uint32_t target);

static bool is_due(const struct timer *timer)
{
	return timer->function && (int32_t)(csr_read(CSR_MCYCLE) - timer->due) >= 0;
}

void timers_run(void)
{
	for (uint32_t number = 0; number < timer_count; number++) {
		struct timer *timer = &timers[number];
		if (is_due(timer)) {
			const void *function = timer->function;
			timer->due += timer->period;
			if (is_due(timer)) {
				/* It is late; what it has missed is lost. */
				timer->due = csr_read(CSR_MCYCLE);
			}
			if (!timer->period) {
				timer->function = NULL;
			}
			next_round = timer_ticks() + PAUSE_TICKS;
			gate_callback(timer->argument, function, TARGET_TIMER | TARGET(timer_owners[number], number));
		}
	}
}

void timers_tick(void)
{
	for (uint32_t number = 0; number < timer_count; number++) {
		if (is_due(&timers[number]) && (int32_t)(timer_ticks() - next_round) >= 0) {
			thread_wake(&threads[THREAD_WORKER]);
		}
	}
}

void timers_forget(uint32_t id)
{
	for (uint32_t number = 0; number < timer_count; number++) {
		if (timer_owners[number] == id) {
			timers[number].function = NULL;
		}
	}
}

int timers_set(const void *function, long argument, uint32_t cycles, uint32_t period, uint32_t id)
{
	/* Cycles are compared by their difference. */
	if (!function || (int32_t)(cycles | period) < 0) {
		return -EINVAL;
	}
	const uint32_t status = interrupts_mask();
	uint32_t number = 0;
	while (number < timer_count && (timer_owners[number] != id || timers[number].function)) {
		number++;
	}
	if (number < timer_count) {
		timers[number] = (struct timer){function, argument, csr_read(CSR_MCYCLE) + cycles, period};
	}
	interrupts_restore(status);
	return number < timer_count ? (int)number : -EAGAIN;
}

int timers_cancel(uint32_t number, uint32_t id)
{
	if (number >= timer_count || timer_owners[number] != id || !timers[number].function) {
		return -EINVAL;
	}
	timers[number].function = NULL;
	return 0;
}
