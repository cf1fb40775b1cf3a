/* The registry of modules, and calls into them. */
#ifndef KERNEL_MODULE_H
#define KERNEL_MODULE_H

#include "assembly.h"

/* A target: which module, and which of its operations. */
#define TARGET(id, operation) ((operation) << 8 | (id))
#define TARGET_ID_MASK 0xff
/* In an activation only. The sign: its time is used up. */
#define TARGET_OVERRUN 0x80000000
/* Not an operation, but the handler of the interrupt line `target >> 8 & 0xff`. */
#define TARGET_INTERRUPT 0x40000000
/* Nor this, but the call-back of timer `target >> 8 & 0xff`. */
#define TARGET_TIMER 0x20000000

#ifdef __ASSEMBLER__
#include <errno.h>
#include <services.h>
#else
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
	long (*call)(long a0, long a1, long a2, long a3, long a4, long a5); /* the kernel's stub */
	const char *function;   /* where it is in the module */
	uint8_t lend;           /* enum access; ACCESS_NONE: nothing is lent */
	uint8_t pointer_index;  /* argument that points to the buffer */
	uint8_t length_index;   /* argument with its length in bytes */
};

/* What becomes of a module after a fault. */
enum policy {
	POLICY_KEEP,
	POLICY_SILENCE, /* keep, too; but it has interrupt lines or timers, which fall silent */
	POLICY_RESTART,
	POLICY_QUARANTINE,
	POLICY_PANIC,
};
#define NO_OPERATION 0xff

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
	uint32_t interrupt_budget; /* and the handler of an interrupt */
	uint32_t lines;          /* bit n: it handles interrupt line n */
	uint8_t policy;          /* enum policy */
	uint8_t retries;         /* restarts before it is left alone */
	uint8_t init;            /* operation that sets it up, or NO_OPERATION */
	uint8_t notify;          /* operation that is told of the restart of one that it may call, or NO_OPERATION */
	uint32_t callers;        /* bit n: module n may call */
	uint32_t services;       /* bit n: it may ask for service n */
	uint32_t operation_count;
	const struct operation *operations;
};

extern const struct module_info module_table[];
extern const uint32_t module_count; /* entries of module_table, the kernel's included */

/* How a module is. It can be entered while it is ready and no suspended thread is in it; else pd_flags.valid is 0, and
 * whoever calls it ends in module_refused.
 */
enum condition { MODULE_READY, MODULE_FAILED, MODULE_STARTING, MODULE_QUARANTINED };

struct thread;
struct module_state {
	struct thread *owner; /* the suspended thread that is in it; NULL: none */
	uint8_t condition;    /* enum condition */
	uint8_t restarts;     /* since it was last revived */
	uint16_t faults;      /* since power-up */
	uint32_t misuses;     /* refused kfrees, since power-up */
	uint32_t unused;      /* an index is quicker and shorter code */
};

/* Most modules that the kernel has room for, id 0 included. */
#define MODULE_IDS 32
extern struct module_state module_states[MODULE_IDS];

/* A call into a module that has not returned; lies on the kernel's stack, which ends there while the module runs. Most
 * of it is written by gate.S.
 */
struct activation {
	uintptr_t sp;            /* the module's stack pointer when it last entered the kernel; claimed by it */
	struct activation *outer;
	uint32_t target;         /* and TARGET_OVERRUN */
	uint32_t start;          /* when it began: cycles, low word */
	struct range grant;      /* set if the operation is lent a buffer */
	uint32_t saved[6];       /* the caller's ra, s0, s1 */
};

/* The call that the kernel runs for; NULL if there is none. Forms the chain of callers. */
static inline struct activation *activation_current(void)
{
	struct activation *current;

	__asm__("andi %0, tp, -2" : "=r"(current)); /* tp is 1 in the idle thread */
	return current;
}

/* Bring every module into its initial state, and fill the hardware's table. */
void module_start(void);
/* Bring a module into its initial state: pristine data, empty heap. */
void module_load(uint32_t id);
/* The operation of a target; NULL if there is none. */
const struct operation *module_operation(uint32_t target);
/* May the module that `call` runs access all of these bytes now? Counts its arena, the grant of the call, and the
 * public window.
 */
bool module_may_access(const struct activation *call, uintptr_t address, uintptr_t size, enum access access);
/* Call operation `target >> 8` of module `target & 0xff`. What the operation returns, or a negative error number. */
long module_call(long a0, long a1, long a2, long a3, long a4, long a5, uint32_t target);

/* Set pd_flags.valid as the state demands. */
void module_update(uint32_t id);
/* Let nobody's new activation land on what is in use of the stack of the module that `call` runs: pd_sp becomes `sp`.
 * Returns what it was, for module_resume.
 */
uintptr_t module_suspend(uint32_t id, uintptr_t sp);
void module_resume(uint32_t id, uintptr_t sp);
/* `id` has had a fault: what its manifest wants is done now, or will be. Returns `error`. */
long module_failed(uint32_t id, long error);
/* Bring back a module that has failed: pristine data, empty heap, set up again. 0 or an error. */
long module_restart(uint32_t id);
/* The same for one in any condition, with all its retries. */
long module_revive(uint32_t id);
/* Restart all that wait for it; true: some still do, as a call is in them. */
bool module_recover(void);
/* At boot, when calls work: have every module set itself up. */
void module_begin_all(void);

/* Is module `id` in the chain of calls? */
bool activation_includes(const struct activation *call, uint32_t id);
/* Marks `call` and those that it is made from, each if its time is used up at cycle `now`. All that are late are, as each
 * looks at its own mark only, when its service is done; else a chain of them would be late by a tick for each. True: some are.
 */
bool activation_mark_late(struct activation *call, uint32_t now);

/* gate.S: where services start. */
void service_entry(void);
/* entry.S: where every module starts. */
void module_entry(void);
#endif

ASSEMBLY_SIZE(module_info, 88);
ASSEMBLY_OFFSET(module_info, services, 76);
ASSEMBLY_SIZE(operation, 16);
ASSEMBLY_OFFSET(operation, call, 4);
ASSEMBLY_SIZE(activation, 48);
ASSEMBLY_OFFSET(activation, sp, 0);
ASSEMBLY_OFFSET(activation, outer, 4);
ASSEMBLY_OFFSET(activation, target, 8);
ASSEMBLY_OFFSET(activation, start, 12);
#ifdef __ASSEMBLER__
.equ activation_lower, 16
.equ activation_upper, 20
.equ activation_ra, 24
.equ activation_s0, 28
.equ activation_s1, 32
#else
_Static_assert(offsetof(struct activation, grant) == 16 && offsetof(struct activation, saved) == 24, "activation");
#endif

#endif
