/* External interrupts. A driver's handler runs inside the driver's bounds, with interrupts enabled, on the kernel's stack of
 * whoever was interrupted. Its line stays claimed meanwhile, so it is not interrupted by itself.
 */

#include "irq.h"
#include "csr.h"
#include "fault.h"
#include "module.h"
#include "section.h"
#include "trap.h"
#include <memmap.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* How a line has behaved. */
static LIVE_DATA struct line {
	uint32_t count;
	uint32_t ended;   /* cycle in which the last handler was done */
	uint32_t at_once; /* interrupts in a row that came at once, the first one included */
	uint32_t unused;  /* an index is quicker and shorter code */
} states[IRQ_LINES];
static LIVE_DATA uint32_t deferred; /* lines that wait for the tick, as there was no room on the call stack */

/* Does any module of the image have interrupts? If not, the controller is left alone: the chip may have none. */
static bool used(void)
{
	for (uint32_t line = 1; line < IRQ_LINES; line++) {
		if (irq_table[line].function) {
			return true;
		}
	}
	return false;
}

void irq_start(void)
{
	if (!used()) {
		return;
	}
	REGISTER(PLIC_ENABLE) = 0;
	REGISTER(PLIC_THRESHOLD) = 0;
	for (uint32_t line = 1; line < IRQ_LINES; line++) {
		REGISTER(PLIC_PRIORITY + 4 * line) = irq_table[line].function != NULL;
	}
	csr_set(CSR_MIE, MIE_MEI_MASK);
}

/* Read, change, write: not to be interrupted. */
static void change(uint32_t clear, uint32_t set)
{
	const uint32_t status = interrupts_mask();

	/* Only if it is used at all. */
	if (clear | set) {
		REGISTER(PLIC_ENABLE) = (REGISTER(PLIC_ENABLE) & ~clear) | set;
	}
	interrupts_restore(status);
}

void irq_enable(uint32_t lines)
{
	change(0, lines);
}

void irq_enable_fresh(uint32_t lines)
{
	uint32_t line;

	if (!lines) {
		return;
	}
	const uint32_t status = interrupts_mask();
	const uint32_t enabled = REGISTER(PLIC_ENABLE);
	REGISTER(PLIC_ENABLE) = lines;
	/* One that never falls silent comes back at once, and is dealt with then. */
	for (uint32_t turn = 0; turn < IRQ_LINES && (line = REGISTER(PLIC_CLAIM)) != 0; turn++) {
		states[line].at_once = 0;
		REGISTER(PLIC_CLAIM) = line;
	}
	REGISTER(PLIC_ENABLE) = enabled | lines;
	interrupts_restore(status);
}

void irq_disable(uint32_t lines)
{
	change(lines, 0);
}

uint32_t irq_count(uint32_t line)
{
	return states[line].count;
}

void irq_tick(void)
{
	if (deferred) {
		irq_enable(deferred);
		deferred = 0;
	}
}

/* Called by trap.S: no driver for the line, or no room on the call stack. */
void irq_refuse(uint32_t line)
{
	REGISTER(PLIC_CLAIM) = line;
	irq_disable(1u << line);
	if (irq_table[line].function) {
		deferred |= 1u << line;
	}
}

void irq_open(struct activation *call)
{
	const uint32_t id = call->target & TARGET_ID_MASK;

	((struct interrupt *)(call + 1))->owner = module_states[id].owner;
	module_states[id].owner = NULL;
	module_update(id);
}

/* Called by trap.S: the handler is done, whatever has become of it. */
void irq_done(const struct interrupt *interrupt)
{
	const uint32_t line = interrupt->line, bit = 1u << line;
	const uint32_t id = irq_table[line].target & TARGET_ID_MASK;
	const uint32_t enabled = REGISTER(PLIC_ENABLE);

	if (interrupt->owner) {
		module_states[id].owner = interrupt->owner;
		module_update(id);
	}
	if (interrupt->module_sp) {
		module_resume(activation_current()->target & TARGET_ID_MASK, interrupt->module_sp);
	}
	struct line *state = &states[line];
	state->count++;
	if (interrupt->start - state->ended >= IRQ_PAUSE_CYCLES) {
		state->at_once = 0;
	}
	state->ended = csr_read(CSR_MCYCLE);
	/* The controller ignores the completion of a line that is not enabled, as that of a driver that has failed. */
	REGISTER(PLIC_ENABLE) = enabled | bit;
	REGISTER(PLIC_CLAIM) = line;
	REGISTER(PLIC_ENABLE) = enabled;
	if (++state->at_once > IRQ_STORM && module_states[id].condition == MODULE_READY) {
		static LIVE_DATA struct activation handler;
		handler.target = irq_table[line].target;
		fault_found(&handler, FAULT_STORM, FAULT_IN_SERVICE, 0);
	}
}
