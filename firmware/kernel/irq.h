/* External interrupts: from the interrupt controller to the drivers. */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H

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

extern const struct irq irq_table[IRQ_LINES];

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

#endif
