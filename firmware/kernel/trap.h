/* What trap.S saves and what the C part answers. */
#ifndef KERNEL_TRAP_H
#define KERNEL_TRAP_H

#include "assembly.h"

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Interrupted registers, and the cycle in which the handler began. */
struct trap_frame {
	uint32_t x[32]; /* x[0] is not used */
	uint32_t cycle; /* mcycle, read by the handler's third instruction */
	uint32_t padding[3];
};

/* How trap.S leaves. */
enum trap_exit {
	TRAP_RESUME, /* mret: go on where it was */
	TRAP_UNWIND, /* leave the interrupted call; its caller gets x[10] */
};

/* Chosen by trap.S on every trap. */
enum trap_exit trap_handle(struct trap_frame *frame);

/* The frame of a trap taken inside a trap handler: nothing can be saved after that. */
extern struct trap_frame trap_frame_nested;
/* The frame of every other trap; mscratch points to it while no trap is handled. */
extern struct trap_frame trap_frame_first;
#endif

ASSEMBLY_SIZE(trap_frame, 144);
ASSEMBLY_OFFSET(trap_frame, cycle, 128);

#endif
