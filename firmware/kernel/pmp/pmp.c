/* PMP entries of modules: what is worked out once, at boot and when an arena grows. */

#include "../console.h"
#include "../csr.h"
#include "../section.h"

_Alignas(sizeof(struct pmp_module)) LIVE_DATA struct pmp_module pmp_modules[MODULE_IDS];
_Alignas(sizeof(struct pmp_now)) LIVE_DATA struct pmp_now pmp_now;
LIVE_DATA uint32_t pmp_select;
/* Frames that all threads have together, as on the core with Xpaddock: it is what limits how deep calls nest. */
uint32_t pmp_slice = 16 << PD_SLICE_LIMIT_LSB;

#undef csr_write
#define csr_write(csr, value) __asm__ volatile("csrw %0, %1" : : "i"(csr), "r"(value) : "memory")

void pmp_set_arena_upper(uintptr_t upper)
{
	struct pmp_module *module = &pmp_modules[pmp_select];

	module->arena_upper = upper >> 2;
	if (pmp_now.record == pmp_select * sizeof *module) {
		csr_write(CSR_PMPADDR6, module->arena_upper);
	}
}

void pmp_set_device(uintptr_t upper)
{
	struct pmp_module *module = &pmp_modules[pmp_select];
	const uintptr_t size = upper - module->device_lower;

	if (size & (size - 1) || module->device_lower & (size - 1)) {
		panic("device is no NAPOT range");
	}
	/* Without a device: the null page, with no permission. */
	module->device = size ? module->device_lower >> 2 | (size / 8 - 1) : 0;
}

void pmp_set_flags(uint32_t flags)
{
	struct pmp_module *module = &pmp_modules[pmp_select];
	uint32_t rights = 0;

	/* What may be written may be read, too: W without R is reserved. */
	if (flags & PD_FLAGS_DWRITE_MASK) {
		rights = ACCESS_BOTH;
	} else if (flags & PD_FLAGS_DREAD_MASK) {
		rights = ACCESS_READ;
	}
	module->config = PMP_PUBLIC_CONFIG | PMP_DEVICE_CONFIG | rights << PMP_DEVICE_LSB;
	module->open = flags & PD_FLAGS_VALID_MASK;
}

void pmp_start(uintptr_t public_upper)
{
	csr_write(CSR_PMPADDR1, public_upper >> 2);
	csr_write(CSR_PMPCFG0, PMP_PUBLIC_CONFIG | PMP_DEVICE_CONFIG);
	csr_write(CSR_PMPCFG1, PMP_CONFIG1);
	/* Counters are for modules, too; wfi is not. */
	csr_write(CSR_MCOUNTEREN, 7);
	csr_set(CSR_MSTATUS, MSTATUS_TW_MASK);
	/* Outside of trap handlers it is user mode, as mret leaves it. */
	csr_clear(CSR_MSTATUS, MSTATUS_MPP_MASK);
}
