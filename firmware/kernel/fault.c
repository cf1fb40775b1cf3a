/* Faults of modules: recorded when they happen, put into words later (report.c). */

#include "fault.h"
#include "csr.h"
#include "module.h"
#include "trap.h"
#include <errno.h>

#define SEAL 0x4c4f4721u

/* Outlasts a restart of the kernel, if the memory does; `seal` tells whether it has. */
static __attribute__((section(".keep"))) struct {
	uint32_t seal; /* count ^ SEAL */
	uint32_t count;
	struct fault ring[FAULTS_KEPT];
} log;

void fault_start(void)
{
	if (log.seal != (log.count ^ SEAL)) {
		log.count = 0;
		log.seal = SEAL;
	}
}

uint32_t fault_count(void)
{
	return log.count;
}

const struct fault *fault_last(uint32_t back)
{
	static const struct fault none;

	return back < log.count && back < FAULTS_KEPT ? &log.ring[(log.count - 1 - back) % FAULTS_KEPT] : &none;
}

/* What a caller gets, by cause. */
static const int8_t errors[] = {
	[CAUSE_INSN_MISALIGNED] = -EFAULT, [CAUSE_FETCH_FAULT] = -EFAULT,      [CAUSE_ILLEGAL] = -EPERM,
	[CAUSE_BREAKPOINT] = -EPERM,       [CAUSE_LOAD_MISALIGNED] = -EFAULT,  [CAUSE_LOAD_FAULT] = -EFAULT,
	[CAUSE_STORE_FAULT] = -EFAULT,     [CAUSE_STORE_MISALIGNED] = -EFAULT, [CAUSE_ECALL_MODULE] = -EPERM,
	[CAUSE_GATE_FAULT] = -EACCES,
};

/* The next entry, with what is known of the call. */
static inline struct fault *begin(const struct activation *call, uint32_t cause, uint32_t cycle)
{
	struct fault *fault = &log.ring[log.count % FAULTS_KEPT];

	log.count++;
	log.seal = log.count ^ SEAL;
	fault->number = log.count;
	fault->target = call->target & ~TARGET_OVERRUN;
	fault->cause = cause;
	fault->cycle = cycle;
	fault->grant = call->grant;
	uint32_t *caller = fault->callers;
	while ((call = call->outer) && caller < fault->callers + FAULT_CALLERS - 1) {
		*caller++ = call->target & ~TARGET_OVERRUN;
	}
	*caller = 0;
	return fault;
}

/* This is the way from a fault to an error at the caller: short. What can be found out later is left to report.c. */
long fault_trap(struct activation *call, uintptr_t sp, uint32_t cycle, uint32_t t6)
{
	const uint32_t cause = csr_read(CSR_MCAUSE);
	struct fault *fault = begin(call, cause, cycle);

	fault->pc = csr_read(CSR_MEPC);
	fault->address = csr_read(CSR_MTVAL);
	fault->kind = csr_field(csr_read(CSR_PD_FAULT), PD_FAULT_KIND);
	fault->sp = sp;
	fault->t6 = t6;
	fault->error = errors[cause];
	module_failed(call->target & TARGET_ID_MASK);
	return errors[cause];
}

static void __attribute__((noinline)) record(struct activation *call, uint32_t cause, uint32_t pc, uintptr_t sp,
					     long error)
{
	struct fault *fault = begin(call, cause, csr_read(CSR_MCYCLE));

	fault->pc = pc;
	fault->address = 0;
	fault->kind = KIND_NONE;
	fault->sp = sp;
	fault->t6 = 0;
	fault->error = error;
	module_failed(call->target & TARGET_ID_MASK);
}

long fault_time(struct activation *call, uint32_t pc, uintptr_t sp)
{
	record(call, FAULT_TIME, pc, sp, -ETIMEDOUT);
	return -ETIMEDOUT;
}

/* Called by service_entry in gate.S, when a service is done and the time of the call that asked is used up. */
long fault_overrun(void)
{
	struct activation *call = activation_current();

	return fault_time(call, FAULT_IN_SERVICE, call->sp);
}

void fault_storm(uint32_t line, uint32_t id)
{
	struct activation call = {.target = TARGET_INTERRUPT | line << 8 | id};

	record(&call, FAULT_STORM, FAULT_IN_SERVICE, 0, 0);
}
