/* Faults of modules: recorded when they happen, put into words later (report.c). */

#include "fault.h"
#include "csr.h"
#include "module.h"
#include "trap.h"
#include <errno.h>

#define OPCODE_LOAD 0x03
#define OPCODE_STORE 0x23
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

/* The next entry, with what is known of the call. */
static struct fault *begin(const struct activation *call, uint32_t cause, uint32_t cycle)
{
	struct fault *fault = &log.ring[log.count % FAULTS_KEPT];
	const uint32_t target = call->target & ~TARGET_OVERRUN;
	const struct operation *operation = module_operation(target);

	log.count++;
	log.seal = log.count ^ SEAL;
	fault->number = log.count;
	fault->target = target;
	fault->cause = cause;
	fault->cycle = cycle;
	fault->kind = KIND_NONE;
	fault->size = 0;
	fault->grant_access = operation ? operation->lend : ACCESS_NONE;
	fault->grant = call->grant;
	for (uint32_t index = 0; index < FAULT_CALLERS; index++) {
		call = call ? call->outer : NULL;
		fault->callers[index] = call ? call->target & ~TARGET_OVERRUN : 0;
	}
	return fault;
}

/* Bytes that the load or store at `pc` moves; 0: it is none. */
static uint32_t access_size(uint32_t pc)
{
	uint32_t instruction = *(const uint32_t *)pc;
	uint32_t opcode = instruction & 0x7f;

	return opcode == OPCODE_LOAD || opcode == OPCODE_STORE ? 1u << (instruction >> 12 & 3) : 0;
}

static long error_for(uint32_t cause)
{
	switch (cause) {
	case CAUSE_ILLEGAL:
	case CAUSE_BREAKPOINT:
	case CAUSE_ECALL_MODULE:
		return -EPERM;
	case CAUSE_GATE_FAULT:
		return -EACCES;
	default:
		return -EFAULT;
	}
}

long fault_trap(struct activation *call, uintptr_t sp, uint32_t cycle, uint32_t t6)
{
	const uint32_t cause = csr_read(CSR_MCAUSE);
	struct fault *fault = begin(call, cause, cycle);

	fault->pc = csr_read(CSR_MEPC);
	fault->address = csr_read(CSR_MTVAL);
	fault->kind = csr_field(csr_read(CSR_PD_FAULT), PD_FAULT_KIND);
	if (cause >= CAUSE_LOAD_MISALIGNED && cause <= CAUSE_STORE_FAULT) {
		fault->size = access_size(fault->pc);
	}
	fault->sp = sp;
	fault->t6 = t6;
	fault->error = error_for(cause);
	return fault->error;
}

long fault_time(struct activation *call, uint32_t pc, uintptr_t sp)
{
	struct fault *fault = begin(call, FAULT_TIME, csr_read(CSR_MCYCLE));

	fault->pc = pc;
	fault->address = 0;
	fault->sp = sp;
	fault->error = -ETIMEDOUT;
	return fault->error;
}

/* Called by service_entry in gate.S, when a service is done and the time of the call that asked is used up. */
long fault_overrun(void)
{
	struct activation *call = activation_current();

	return fault_time(call, FAULT_IN_SERVICE, call->sp);
}
