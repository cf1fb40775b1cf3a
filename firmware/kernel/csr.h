/* CSRs in C: csr_read(CSR_PD_ID) and its relatives come from isa.h. */
#ifndef KERNEL_CSR_H
#define KERNEL_CSR_H

#include <isa.h>
#include <stdint.h>

/* The value of a field: csr_field(status, PD_STATUS_PID). */
#define csr_field(value, field) (((value) & field##_MASK) >> field##_LSB)

/* Mask interrupts; returns what interrupts_restore wants. */
static inline uint32_t interrupts_mask(void)
{
	uint32_t status;

	__asm__ volatile("csrrci %0, %1, %2" : "=r"(status) : "i"(CSR_MSTATUS), "i"(MSTATUS_MIE_MASK) : "memory");
	return status;
}

/* As they were. What else is set in mstatus has not changed meanwhile. */
static inline void interrupts_restore(uint32_t status)
{
	csr_set(CSR_MSTATUS, status);
}

/* A build without Xpaddock, for comparison: what takes the place of its CSRs. */
#ifdef KERNEL_PORT
#include <port.h>
#endif

#endif
