/* Faults of modules: what was caught. */
#ifndef KERNEL_FAULT_H
#define KERNEL_FAULT_H

#include "module.h"
#include <isa.h>
#include <stdint.h>

/* Faults that are remembered, and callers of each. */
#define FAULTS_KEPT 8
#define FAULT_CALLERS 4
/* Among the causes: the call was ended because its time was used up. */
#define FAULT_TIME (MCAUSE_INTERRUPT_MASK | IRQ_TIMER)

/* ... its interrupt line is never quiet. */
#define FAULT_STORM (MCAUSE_INTERRUPT_MASK | IRQ_EXTERNAL)
/* In place of a pc: it was found in a service. */
#define FAULT_IN_SERVICE 1

/* One fault, as it was found. */
struct fault {
	uint32_t number;  /* counts from 1; 0: no fault */
	uint32_t target;  /* module and operation, as in the activation */
	uint32_t cause;   /* mcause, or FAULT_TIME */
	uint32_t kind;    /* pd_fault.kind */
	uint32_t pc;      /* or FAULT_IN_SERVICE */
	uint32_t address; /* mtval */
	uint32_t cycle;   /* when the handler began */
	uint32_t sp;      /* the module's registers sp and t6 */
	uint32_t t6;
	int32_t error;    /* what the caller got */
	struct range grant; /* if the operation is lent a buffer */
	uint32_t callers[FAULT_CALLERS]; /* targets, the innermost first; 0 ends them */
};

/* At boot: keep what an earlier run has left, if it is whole. */
void fault_start(void);
/* Faults since power-up. */
uint32_t fault_count(void);
/* The last fault but `back`; number 0: it is not there, or no longer. */
const struct fault *fault_last(uint32_t back);
/* The call has used up its time, at `pc` of the module, or FAULT_IN_SERVICE. What its caller gets. */
long fault_time(struct activation *call, uint32_t pc, uintptr_t sp);
/* The module's interrupt line is never quiet. */
void fault_storm(uint32_t line, uint32_t id);

/* words/report.c: print it: who, what, where, and which window was missed. */
void fault_print(const struct fault *fault);
/* words/report.c: name of an error number. */
const char *error_name(long error);

#endif
