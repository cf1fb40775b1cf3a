/* Faults of modules: what was caught, in words. */
#ifndef KERNEL_FAULT_H
#define KERNEL_FAULT_H

#include "module.h"
#include "trap.h"
#include <stdbool.h>

/* One fault, as the trap found it. */
struct fault {
	uint32_t number; /* counts from 1 */
	uint32_t id;
	uint32_t cause;  /* mcause */
	uint32_t kind;   /* pd_fault.kind */
	bool in_service; /* found by a service, not by a trap: pc, address and cycle are not known */
	uint32_t pc;
	uint32_t address;
	uint32_t size;   /* bytes of the access; 0 if it was none */
	uint32_t cycle;  /* when the handler began */
	uint32_t t6;     /* the module's register t6 */
	long error;      /* what the caller got */
	struct range grant;
	uint32_t grant_access;
};

/* The last fault; number 0: there was none. */
extern struct fault fault_last;

/* Record the fault in `frame`. Returns what the caller gets. */
long fault_record(const struct trap_frame *frame, uint32_t id);
/* Record that a service ended the call of `id` because its time was used up. Returns what the caller gets. */
long fault_record_overrun(uint32_t id);
/* Print it: who, what, where, and which window was missed. */
void fault_print(const struct fault *fault);
/* Name of an error number. */
const char *error_name(long error);

#endif
