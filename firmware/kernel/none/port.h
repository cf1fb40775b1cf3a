/* The kernel without protection, for comparison: modules are functions that are called. Included by csr.h, so that the
 * kernel's C is the same in all builds: what Xpaddock has in CSRs is constant, or nowhere.
 */
#ifndef KERNEL_NONE_PORT_H
#define KERNEL_NONE_PORT_H

#ifndef __ASSEMBLER__
#include "../module.h"
#include <isa.h>
#include <stdint.h>

/* How far arenas have grown, and whose is looked at. */
extern uint32_t none_select;
extern uintptr_t none_arena_upper[MODULE_IDS];

/* Does not exist: the kernel uses a CSR that this port has not thought of. */
uint32_t port_unknown_csr(void);

static inline __attribute__((always_inline)) uint32_t port_read(uint32_t csr)
{
	switch (csr) {
	case CSR_MSTATUS:
		return csr_read(CSR_MSTATUS);
	case CSR_MIE:
		return csr_read(CSR_MIE);
	case CSR_MCYCLE:
		return csr_read(CSR_MCYCLE);
	case CSR_MEPC:
		return csr_read(CSR_MEPC);
	case CSR_MCAUSE:
		return csr_read(CSR_MCAUSE);
	case CSR_MTVAL:
		return csr_read(CSR_MTVAL);
	case CSR_PD_CONFIG:
		return MODULE_IDS | PD_CONFIG_PUBLIC_MASK;
	case CSR_PD_ALOWER:
		return module_table[none_select].arena.lower;
	case CSR_PD_AUPPER:
		return none_arena_upper[none_select];
	case CSR_PD_SLICE:
		/* Room for as many calls as one likes. */
		return PD_SLICE_LIMIT_MASK;
	case CSR_PD_SELECT:
	case CSR_PD_TOP:
	case CSR_PD_SP:
	case CSR_PD_FAULT:
	case CSR_PD_GLOWER:
	case CSR_PD_GUPPER:
	case CSR_PD_GPERM:
		return 0;
	default:
		return port_unknown_csr();
	}
}

static inline __attribute__((always_inline)) void port_write(uint32_t csr, uint32_t value)
{
	switch (csr) {
	case CSR_MSTATUS:
		csr_write(CSR_MSTATUS, value);
		break;
	case CSR_MIE:
		csr_write(CSR_MIE, value);
		break;
	case CSR_MEPC:
		csr_write(CSR_MEPC, value);
		break;
	case CSR_PD_SELECT:
		none_select = value;
		break;
	case CSR_PD_AUPPER:
		none_arena_upper[none_select] = value;
		break;
	case CSR_PD_ALOWER:
	case CSR_PD_DLOWER:
	case CSR_PD_DUPPER:
	case CSR_PD_ENTRY:
	case CSR_PD_SP:
	case CSR_PD_FLAGS:
	case CSR_PD_PLOWER:
	case CSR_PD_PUPPER:
	case CSR_PD_SLICE:
	case CSR_PD_TOP:
	case CSR_PD_GLOWER:
	case CSR_PD_GUPPER:
	case CSR_PD_GPERM:
		break;
	default:
		port_unknown_csr();
	}
}

#undef csr_read
#define csr_read(csr) port_read(csr)
#undef csr_write
#define csr_write(csr, value) port_write(csr, value)
#endif

#endif
