/* Faults of modules: recorded when they happen, put into words later (report.c). */

#include "fault.h"
#include "csr.h"
#include "module.h"
#include "trap.h"
#include <errno.h>
#include <string.h>

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
		memset(&log, 0, sizeof log);
		log.seal = SEAL;
	}
}

uint32_t fault_count(void)
{
	return log.count;
}

const struct fault *fault_last(uint32_t back)
{
	return &log.ring[(log.count - 1 - back) % FAULTS_KEPT];
}

/* What a caller gets, by cause. */
static const int8_t errors[] = {
	[CAUSE_INSN_MISALIGNED] = -EFAULT, [CAUSE_FETCH_FAULT] = -EFAULT,      [CAUSE_ILLEGAL] = -EPERM,
	[CAUSE_BREAKPOINT] = -EPERM,       [CAUSE_LOAD_MISALIGNED] = -EFAULT,  [CAUSE_LOAD_FAULT] = -EFAULT,
	[CAUSE_STORE_FAULT] = -EFAULT,     [CAUSE_STORE_MISALIGNED] = -EFAULT, [CAUSE_ECALL_MODULE] = -EPERM,
	[CAUSE_GATE_FAULT] = -EACCES,      [FAULT_TIME] = -ETIMEDOUT,          [FAULT_INSIDE] = 0,
};

/* This is the way from a fault to an error at the caller: short. What can be found out later is left to words/report.c.
 * trap.S calls it for exceptions, with what the registers and CSRs of these names held.
 */
long fault_record(const struct activation *call, uint32_t cause, uint32_t pc, uint32_t address, uint32_t fault_csr,
		  uintptr_t sp, uint32_t t6, uint32_t cycle)
{
	const uint32_t target = call->target & ~TARGET_OVERRUN;
	struct fault *fault = &log.ring[log.count++ % FAULTS_KEPT];

	log.seal = log.count ^ SEAL;
	*fault = (struct fault){
		.number = log.count,
		.target = target,
		.cause = cause,
		.kind = csr_field(fault_csr, PD_FAULT_KIND),
		.pc = pc,
		.address = address,
		.cycle = cycle,
		.sp = sp,
		.t6 = t6,
		.error = errors[cause],
		.grant = call->grant,
	};
	for (unsigned index = 0; index < FAULT_CALLERS && (call = call->outer); index++) {
		fault->callers[index] = call->target & ~TARGET_OVERRUN;
	}
	if (cause > FAULT_STORM) {
		return 0;
	}
	return module_failed(target & TARGET_ID_MASK, errors[cause]);
}

long fault_found(struct activation *call, uint32_t cause, uint32_t pc, uint32_t address)
{
	return fault_record(call, cause, pc, address, 0, call->sp, 0, csr_read(CSR_MCYCLE));
}
