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

static LIVE_DATA uint32_t counts[IRQ_LINES];
static LIVE_DATA uint32_t ended[IRQ_LINES]; /* cycle in which the last handler was done */
static LIVE_DATA uint32_t at_once[IRQ_LINES]; /* interrupts in a row that came at once */
static LIVE_DATA uint32_t deferred; /* lines that wait for the tick, as there was no room on the call stack */

/* gate.S */
long gate_interrupt(uint32_t line, const char *function, uint32_t target);

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
	uint32_t enabled = csr_read(CSR_MSTATUS) & MSTATUS_MIE_MASK;

	if (!(clear | set)) {
		return;
	}
	csr_clear(CSR_MSTATUS, MSTATUS_MIE_MASK);
	REGISTER(PLIC_ENABLE) = (REGISTER(PLIC_ENABLE) & ~clear) | set;
	csr_set(CSR_MSTATUS, enabled);
}

void irq_enable(uint32_t lines)
{
	change(0, lines);
}

void irq_enable_fresh(uint32_t lines)
{
	const uint32_t status = csr_read(CSR_MSTATUS) & MSTATUS_MIE_MASK;
	uint32_t line;

	if (!lines) {
		return;
	}
	csr_clear(CSR_MSTATUS, MSTATUS_MIE_MASK);
	const uint32_t enabled = REGISTER(PLIC_ENABLE);
	REGISTER(PLIC_ENABLE) = lines;
	/* One that never falls silent comes back at once, and is dealt with then. */
	for (uint32_t turn = 0; turn < IRQ_LINES && (line = REGISTER(PLIC_CLAIM)) != 0; turn++) {
		at_once[line] = 0;
		REGISTER(PLIC_CLAIM) = line;
	}
	REGISTER(PLIC_ENABLE) = enabled | lines;
	csr_set(CSR_MSTATUS, status);
}

void irq_disable(uint32_t lines)
{
	change(lines, 0);
}

uint32_t irq_count(uint32_t line)
{
	return counts[line];
}

void irq_tick(void)
{
	if (deferred) {
		irq_enable(deferred);
		deferred = 0;
	}
}

/* The handler of `line`, which began at cycle `start`, is done, whatever has become of it. */
static void finish_line(uint32_t line, uint32_t id, uint32_t start)
{
	const uint32_t enabled = REGISTER(PLIC_ENABLE);

	counts[line]++;
	at_once[line] = start - ended[line] < IRQ_PAUSE_CYCLES ? at_once[line] + 1 : 0;
	ended[line] = csr_read(CSR_MCYCLE);
	/* The controller ignores the completion of a line that is not enabled, as that of a driver that has failed. */
	REGISTER(PLIC_ENABLE) = enabled | 1u << line;
	REGISTER(PLIC_CLAIM) = line;
	REGISTER(PLIC_ENABLE) = enabled;
	if (module_states[id].condition == MODULE_READY && at_once[line] >= IRQ_STORM) {
		fault_storm(line, id);
	}
}

void irq_done(struct activation *call)
{
	const uint32_t line = call->grant.lower;

	if (irq_table[line].function) {
		finish_line(line, call->target & TARGET_ID_MASK, call->start);
	} else {
		REGISTER(PLIC_CLAIM) = line;
		irq_disable(1u << line);
	}
}

void irq_trap(const struct trap_frame *frame)
{
	const uint32_t start = csr_read(CSR_MCYCLE);
	const uint32_t line = REGISTER(PLIC_CLAIM);
	const struct irq *irq = &irq_table[line];
	const uint32_t id = irq->target & TARGET_ID_MASK;
	const struct activation *call = activation_current();
	const uint32_t select = csr_read(CSR_PD_SELECT);
	const uint32_t pc = csr_read(CSR_MEPC), status = csr_read(CSR_MSTATUS), pd_status = csr_read(CSR_PD_STATUS);
	uint32_t interrupted = 0;
	uintptr_t module_sp = 0;

	if (!irq->function) {
		REGISTER(PLIC_CLAIM) = line;
		irq_disable(1u << line);
		return;
	}
	if (csr_field(csr_read(CSR_PD_SLICE), PD_SLICE_LIMIT) - csr_read(CSR_PD_TOP) < 2) {
		REGISTER(PLIC_CLAIM) = line;
		irq_disable(1u << line);
		deferred |= 1u << line;
		return;
	}
	if (call) {
		/* The driver, or one that it calls, could be the module that is interrupted. */
		const uintptr_t sp = csr_field(pd_status, PD_STATUS_PID) ? frame->x[1] : call->sp;
		if (sp) {
			interrupted = call->target & TARGET_ID_MASK;
			module_sp = module_suspend(interrupted, sp);
		}
	}
	struct thread *owner = module_states[id].owner;
	if (owner) {
		module_states[id].owner = NULL;
		module_update(id);
	}
	csr_set(CSR_MSTATUS, MSTATUS_MIE_MASK);
	gate_interrupt(line, irq->function, irq->target);
	csr_clear(CSR_MSTATUS, MSTATUS_MIE_MASK);
	if (owner) {
		module_states[id].owner = owner;
		module_update(id);
	}
	if (interrupted) {
		module_resume(interrupted, module_sp);
	}
	finish_line(line, id, start);
	csr_write(CSR_PD_SELECT, select);
	csr_write(CSR_MEPC, pc);
	csr_write(CSR_MSTATUS, status);
	csr_write(CSR_PD_STATUS, pd_status);
}
