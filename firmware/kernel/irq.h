/* External interrupts: from the interrupt controller to the drivers. */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H

#include "assembly.h"
#include "module.h"

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Lines of the interrupt controller, line 0 included, which does not exist. */
#define IRQ_LINES 16
/* A line that interrupts again within so many cycles, so often in a row, is a fault of its driver. */
#define IRQ_PAUSE_CYCLES 200
#define IRQ_STORM 32

/* A driver's handler, void handler(uint32_t line); made by the build step from the manifests. */
struct irq {
	const char *function; /* NULL: nobody's line */
	uint32_t target;      /* module, line, TARGET_INTERRUPT */
};

/* Aligned, as trap.S wants both words of an entry within reach of one address. */
extern _Alignas(8) const struct irq irq_table[IRQ_LINES];

/* What is to be put right when the handler is done; lies behind the handler's activation, written by trap.S. */
struct interrupt {
	uint32_t line;
	uint32_t start;       /* cycle */
	struct thread *owner; /* suspended in the driver, which was opened all the same; else NULL */
	uintptr_t module_sp;  /* pd_sp of the interrupted module, as it was; 0: as it is */
};

/* At boot: no line is let through. */
void irq_start(void);
/* Let the lines through, or not: bit n is line n. */
void irq_enable(uint32_t lines);
void irq_disable(uint32_t lines);
/* Let them through again, but for what was asked before their driver was set up anew. */
void irq_enable_fresh(uint32_t lines);
/* Interrupts of a line since the start. */
uint32_t irq_count(uint32_t line);
/* A tick has passed. */
void irq_tick(void);
/* Open the module of the handler `call`, though a suspended thread is in it, until irq_done. */
void irq_open(struct activation *call);

_Static_assert(offsetof(struct interrupt, line) == 0 && offsetof(struct interrupt, start) == 4 &&
		       offsetof(struct interrupt, owner) == 8 && offsetof(struct interrupt, module_sp) == 12,
	       "interrupt");
#else
.equ interrupt_line, activation_size
.equ interrupt_start, activation_size + 4
.equ interrupt_owner, activation_size + 8
.equ interrupt_module_sp, activation_size + 12
#endif

ASSEMBLY_SIZE(interrupt, 16);

#endif
