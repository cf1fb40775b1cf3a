/* CSRs in C: csr_read(CSR_PD_ID) and its relatives come from isa.h. */
#ifndef KERNEL_CSR_H
#define KERNEL_CSR_H

#include <isa.h>
#include <stdint.h>

/* The value of a field: csr_field(status, PD_STATUS_PID). */
#define csr_field(value, field) (((value) & field##_MASK) >> field##_LSB)

/* A build without Xpaddock, for comparison: what takes the place of its CSRs. */
#ifdef KERNEL_PORT
#include <port.h>
#endif

#endif
