/* The registry of modules, and calls into them. */
#ifndef KERNEL_MODULE_H
#define KERNEL_MODULE_H

#include "assembly.h"

/* A target: which module, and which of its operations. Stubs made by the build step pass it in a6. */
#define TARGET(id, operation) ((operation) << 8 | (id))

#ifndef __ASSEMBLER__
#include "alloc.h"
#include <stdbool.h>
#include <stdint.h>

/* Half-open byte range. */
struct range {
	uintptr_t lower;
	uintptr_t upper;
};

/* Permissions of a window, as in pd_gperm. */
enum access { ACCESS_NONE = 0, ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_BOTH = 3 };

/* An operation that a module exports, and which of its arguments is a buffer lent for the time of the call. */
struct operation {
	const char *name;
	uint8_t lend;           /* enum access; ACCESS_NONE: nothing is lent */
	uint8_t pointer_index;  /* argument that points to the buffer */
	uint8_t length_index;   /* argument with its length in bytes */
};

/* What the manifests say; one constant entry per id, made by the build step. */
struct module_info {
	const char *name; /* NULL: no such module */
	struct range arena;
	struct range device; /* empty: none */
	uint32_t flags;      /* for pd_flags */
	uintptr_t stack_top;
	struct range stack;
	struct range data;       /* filled from image, then zeroes up to data.upper */
	struct range image;      /* copy of the initial data, for module_load */
	struct heap *heap;
	uint32_t budget;         /* cycles that a call may take */
	uint32_t callers;        /* bit n: module n may call */
	uint32_t services;       /* bit n: it may ask for service n */
	uint32_t operation_count;
	const struct operation *operations;
};

extern const struct module_info module_table[];
extern const uint32_t module_count; /* entries of module_table, the kernel's included */

/* A call into a module that has not returned; lives on the kernel's stack. Forms the chain of callers. */
struct activation {
	uintptr_t sp;            /* the module's stack pointer when it last entered the kernel; claimed by it */
	struct activation *outer;
	uint32_t id;
	bool reentered;          /* pd_sp of the module was lowered for this call */
	uint32_t deadline;       /* in cycles, low word */
	struct range grant;
	uint32_t grant_access;   /* enum access */
};

extern struct activation *activation_current;

/* Bring every module into its initial state and fill the hardware's table. */
void module_start(void);
/* Bring a module into its initial state: pristine data, empty heap. */
void module_load(uint32_t id);
/* The entry of `id`; NULL if there is no such module. */
const struct module_info *module_find(uint32_t id);
/* May `id` access all of these bytes now? Counts its arena, the grant of its running call, and the public window. */
bool module_may_access(uint32_t id, uintptr_t address, uintptr_t size, enum access access);
/* The running call has used up its time. */
bool activation_overrun(void);

/* Call operation `target >> 8` of module `target & 0xff`. What the operation returns, or a negative error number. */
long module_call(long a0, long a1, long a2, long a3, long a4, long a5, uint32_t target);
/* The same, on a call stack of its own with room for `frames` frames; the operation ends by a fault, as a return
 * from it goes nowhere.
 */
long module_run_thread(uint32_t target, uint32_t frames, long a0, long a1);

/* gate.S: the way into a module and back. */
long gate_enter(long a0, long a1, long a2, long a3, long a4, long a5, uint32_t target);
long gate_launch(long a0, long a1, long a2, long a3, long a4, long a5, uint32_t target, uint32_t slice);
/* gate.S: from inside a service, end the call of the module that asked; its caller gets `error`. */
_Noreturn void gate_abandon(long error);
/* gate.S: where services start. */
void service_entry(void);
/* entry.S: where every module starts. */
void module_entry(void);
#endif

ASSEMBLY_OFFSET(activation, sp, 0);

#endif
