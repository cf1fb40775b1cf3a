/* The kernel on a core with PMP and user mode instead of Xpaddock, for comparison: what is a CSR there is a word of memory
 * here. Included by csr.h, so that the kernel's C is the same in both builds.
 *
 * A module's record has its PMP entries ready to be written. Which entries there are:
 *	0, 1	TOR	public: read, execute
 *	2	NAPOT	device of the module
 *	3, 4	TOR	what is lent to the call
 *	5, 6	TOR	arena: read, write
 * Their kinds never change, as that is what a write waits for; what is closed has no permission, or no bytes.
 */
#ifndef KERNEL_PMP_PORT_H
#define KERNEL_PMP_PORT_H

#include "../assembly.h"

#define PMP_PUBLIC_CONFIG 0x0d00   /* of pmpcfg0 */
#define PMP_DEVICE_CONFIG 0x180000 /* of pmpcfg0: without its permissions */
#define PMP_DEVICE_LSB 16
#define PMP_CONFIG1 0xb0008 /* pmpcfg1: nothing lent */
#define PMP_GRANT_RIGHTS 3  /* of pmpcfg1 */

#ifndef __ASSEMBLER__
#include "../module.h"
#include <isa.h>
#include <stdint.h>

struct pmp_module {
	uint32_t arena_lower; /* pmpaddr5 */
	uint32_t arena_upper; /* pmpaddr6 */
	uint32_t device;      /* pmpaddr2 */
	uint32_t config;      /* pmpcfg0 */
	uintptr_t sp;         /* where its stack begins */
	uint32_t open;        /* it can be entered */
	uintptr_t device_lower;
	uint32_t unused;
};

/* What the PMP entries are just now. Read and written with interrupts masked. */
struct pmp_now {
	uint32_t record;                     /* whose arena and device: offset in pmp_modules */
	const struct activation *activation; /* of which call, and so what is lent */
};

extern struct pmp_module pmp_modules[MODULE_IDS];
extern struct pmp_now pmp_now;
/* What pd_select and pd_slice are there. */
extern uint32_t pmp_select, pmp_slice;

/* pmp.c: the writes that are rare. */
void pmp_set_device(uintptr_t upper);
void pmp_set_flags(uint32_t flags);
void pmp_set_arena_upper(uintptr_t upper);
void pmp_start(uintptr_t public_upper);
/* Does not exist: the kernel uses a CSR that this port has not thought of. */
uint32_t port_unknown_csr(void);

/* As pd_top: calls that have not returned, each of which would have a frame. */
static inline uint32_t pmp_top(void)
{
	uint32_t top = pmp_slice & PD_SLICE_BASE_MASK;

	for (const struct activation *call = activation_current(); call; call = call->outer) {
		top++;
	}
	return top;
}

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
	case CSR_PD_SELECT:
		return pmp_select;
	case CSR_PD_SLICE:
		return pmp_slice;
	case CSR_PD_TOP:
		return pmp_top();
	case CSR_PD_SP:
		return pmp_modules[pmp_select].sp;
	case CSR_PD_ALOWER:
		return pmp_modules[pmp_select].arena_lower << 2;
	case CSR_PD_AUPPER:
		return pmp_modules[pmp_select].arena_upper << 2;
	case CSR_PD_FAULT:
	case CSR_PD_GLOWER:
	case CSR_PD_GUPPER:
	case CSR_PD_GPERM:
		/* What is lent stands in the activation: nothing to save by thread. */
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
		pmp_select = value;
		break;
	case CSR_PD_SLICE:
		pmp_slice = value;
		break;
	case CSR_PD_SP:
		pmp_modules[pmp_select].sp = value;
		break;
	case CSR_PD_ALOWER:
		/* A word that is the arena's in part only is left to nobody. */
		pmp_modules[pmp_select].arena_lower = (value + 3) >> 2;
		break;
	case CSR_PD_AUPPER:
		pmp_set_arena_upper(value);
		break;
	case CSR_PD_DLOWER:
		pmp_modules[pmp_select].device_lower = value;
		break;
	case CSR_PD_DUPPER:
		pmp_set_device(value);
		break;
	case CSR_PD_FLAGS:
		pmp_set_flags(value);
		break;
	case CSR_PD_PLOWER:
		csr_write(CSR_PMPADDR0, value >> 2);
		break;
	case CSR_PD_PUPPER:
		pmp_start(value);
		break;
	case CSR_PD_ENTRY: /* the operation itself is entered */
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

ASSEMBLY_SIZE(pmp_module, 32);
ASSEMBLY_OFFSET(pmp_module, arena_lower, 0);
ASSEMBLY_OFFSET(pmp_module, arena_upper, 4);
ASSEMBLY_OFFSET(pmp_module, device, 8);
ASSEMBLY_OFFSET(pmp_module, config, 12);
ASSEMBLY_OFFSET(pmp_module, sp, 16);
ASSEMBLY_OFFSET(pmp_module, open, 20);
ASSEMBLY_OFFSET(pmp_now, record, 0);
ASSEMBLY_OFFSET(pmp_now, activation, 4);

#ifdef __ASSEMBLER__
/* Of an activation, in what gate.S has left there: pmpcfg1 while the call runs, 0 if nothing is lent; mstatus when it
 * began; where a service returns to.
 */
.equ activation_grant, 36
.equ activation_status, 40
.equ activation_back, 44
.if activation_size < 48 || activation_s1 > 32
.error "the activation has no room for three words of the PMP build"
.endif
#endif

#endif
