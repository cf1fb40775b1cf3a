/* Faults of modules: what was caught. */
#ifndef KERNEL_FAULT_H
#define KERNEL_FAULT_H

#include "module.h"

/* Faults that are remembered, and callers of each. */
#define FAULTS_KEPT 8
#define FAULT_CALLERS 4
/* Causes beside those of the hardware. The call was ended because its time was used up. */
#define FAULT_TIME 25
/* The interrupt line is never quiet. */
#define FAULT_STORM 26
/* kfree was given what was none of the module's blocks; and heap_look's answer, which see. The call goes on. */
#define FAULT_MISUSE 26
#define FAULT_FOREIGN (FAULT_MISUSE + HEAP_FOREIGN)
#define FAULT_FREED (FAULT_MISUSE + HEAP_FREED)
#define FAULT_INSIDE (FAULT_MISUSE + HEAP_INSIDE)
/* In place of a pc: it was found in a service. */
#define FAULT_IN_SERVICE 1

#ifndef __ASSEMBLER__
#include <isa.h>
#include <stdint.h>

/* One fault, as it was found. */
struct fault {
	uint32_t number;  /* counts from 1; 0: no fault */
	uint32_t target;  /* module and operation, as in the activation */
	uint32_t cause;   /* mcause, or one of those above */
	uint32_t kind;    /* pd_fault.kind */
	uint32_t pc;      /* or FAULT_IN_SERVICE */
	uint32_t address; /* mtval, or the pointer that was freed */
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
/* The last fault but `back`, which is less than FAULTS_KEPT; number 0: there is none. */
const struct fault *fault_last(uint32_t back);
/* A fault that was found in a service, or by an interrupt. What the caller gets, if the call ends by it. */
long fault_found(struct activation *call, uint32_t cause, uint32_t pc, uint32_t address);

/* words/report.c: print it: who, what, where, and which window was missed. */
void fault_print(const struct fault *fault);
/* words/report.c: name of an error number. */
const char *error_name(long error);
#endif

#endif
