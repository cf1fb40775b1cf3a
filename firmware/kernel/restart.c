/* What becomes of modules that have had a fault: kept, restarted, left alone, or the end of everything. */

#include "console.h"
#include "csr.h"
#include "fault.h"
#include "irq.h"
#include "module.h"
#include "section.h"
#include "thread.h"
#include "timers.h"
#include <errno.h>

/* Words are there only in an image that prints. */
void __attribute__((weak)) fault_print(const struct fault *fault);

/* Modules that wait for a restart: bit n is module n. */
static LIVE_DATA uint32_t waiting;

static bool is_active(uint32_t id)
{
	return activation_includes(activation_current(), id) || module_states[id].owner;
}

static void set_condition(uint32_t id, enum condition condition)
{
	module_states[id].condition = condition;
	module_update(id);
}

static _Noreturn void panic_failed(const struct module_info *info)
{
	if (fault_print) {
		fault_print(fault_last(0));
	}
	panic_begin("module ");
	console_text(info->name);
	console_text(" must not fail\n");
	finish(1);
}

/* What the manifest wants. */
static __attribute__((noinline)) long apply_policy(uint32_t id, long error)
{
	const struct module_info *info = &module_table[id];
	struct module_state *state = &module_states[id];

	irq_disable(info->lines);
	timers_forget(id);
	/* One that fails while it starts is dealt with by who starts it. */
	if (info->policy == POLICY_SILENCE || state->condition == MODULE_STARTING) {
		return error;
	}
	if (info->policy == POLICY_PANIC) {
		panic_failed(info);
	}
	if (info->policy == POLICY_QUARANTINE || state->restarts >= info->retries) {
		set_condition(id, MODULE_QUARANTINED);
		return error;
	}
	set_condition(id, MODULE_FAILED);
	waiting |= 1u << id;
	thread_wake(&threads[THREAD_WORKER]);
	return error;
}

/* On the way from a fault to the caller: short if there is nothing to do. */
long module_failed(uint32_t id, long error)
{
	module_states[id].faults++;
	return module_table[id].policy != POLICY_KEEP ? apply_policy(id, error) : error;
}

/* Tell those that may call it. What they answer is their business, and so are their faults. */
static void tell(uint32_t id)
{
	for (uint32_t other = 1; other < module_count; other++) {
		const struct module_info *info = &module_table[other];
		if (info->notify != NO_OPERATION && module_table[id].callers >> other & 1) {
			module_call(id, 0, 0, 0, 0, 0, TARGET(other, info->notify));
		}
	}
}

/* Pristine, and set up if it wants that. */
static long begin(uint32_t id)
{
	const struct module_info *info = &module_table[id];
	const uint32_t faults = module_states[id].faults;
	long result = 0;

	set_condition(id, MODULE_STARTING);
	timers_forget(id);
	module_load(id);
	if (info->init != NO_OPERATION) {
		result = module_call(0, 0, 0, 0, 0, 0, TARGET(id, info->init));
	}
	if (module_states[id].faults != faults || result < 0) {
		return result < 0 ? result : -EFAULT;
	}
	set_condition(id, MODULE_READY);
	if (info->lines) {
		irq_enable_fresh(info->lines);
	}
	return 0;
}

/* Of several threads that find out that a module waits, one restarts it. */
static bool claim(uint32_t id)
{
	const uint32_t status = interrupts_mask();
	const bool mine = waiting >> id & 1;

	waiting &= ~(1u << id);
	interrupts_restore(status);
	return mine;
}

long module_restart(uint32_t id)
{
	struct module_state *state = &module_states[id];

	/* Its memory is not taken from under a call that is still in it. */
	if (is_active(id)) {
		return -EBUSY;
	}
	if (!claim(id)) {
		/* Somebody else is at it, or it is over, whatever has come of it. */
		return state->condition == MODULE_FAILED ? -EBUSY : 0;
	}
	while (state->restarts < module_table[id].retries) {
		state->restarts++;
		if (begin(id) == 0) {
			tell(id);
			return 0;
		}
	}
	set_condition(id, MODULE_QUARANTINED);
	return -ENODEV;
}

long module_revive(uint32_t id)
{
	if (is_active(id)) {
		return -EBUSY;
	}
	claim(id);
	module_states[id].restarts = 0;
	irq_disable(module_table[id].lines);
	if (begin(id) == 0) {
		tell(id);
		return 0;
	}
	set_condition(id, MODULE_QUARANTINED);
	return -ENODEV;
}

bool module_recover(void)
{
	for (uint32_t id = 1; id < module_count; id++) {
		if (waiting >> id & 1) {
			module_restart(id);
		}
	}
	return waiting != 0;
}

/* Called by gate_refused in gate.S, in the thread that calls: the module of `call` could not be entered. 0: try again;
 * else what the caller gets.
 */
long module_refused(struct activation *call, uint32_t fault)
{
	const uint32_t id = call->target & TARGET_ID_MASK;
	const struct operation *operation = module_operation(call->target);
	long result = 0;

	if (csr_field(fault, PD_FAULT_KIND) == KIND_OVERFLOW) {
		return -ELOOP;
	}
	if (module_states[id].owner && module_states[id].owner != thread_current) {
		if (call->target & TARGET_INTERRUPT) {
			irq_open(call);
		} else {
			result = thread_wait_for_module(id);
		}
	} else if (module_states[id].condition == MODULE_FAILED) {
		result = call->target & TARGET_INTERRUPT ? -ENODEV : module_restart(id);
	} else if (module_states[id].condition == MODULE_QUARANTINED) {
		result = -ENODEV;
	}
	if (result == 0 && operation && operation->lend != ACCESS_NONE) {
		/* What the stub has written there is gone by now. */
		csr_write(CSR_PD_GLOWER, call->grant.lower);
		csr_write(CSR_PD_GUPPER, call->grant.upper);
		csr_write(CSR_PD_GPERM, operation->lend);
	}
	return result;
}

/* At boot, when interrupts and calls work. */
void module_begin_all(void)
{
	for (uint32_t id = 1; id < module_count; id++) {
		if (begin(id) != 0) {
			set_condition(id, MODULE_QUARANTINED);
		}
	}
}
