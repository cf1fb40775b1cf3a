/* DO NOT EDIT: made from the tables in rtl/paddock by `make gen`.
 * CSRs, their fields, causes and kinds, for C and assembler.
 */
#ifndef PADDOCK_ISA_H
#define PADDOCK_ISA_H

#define CSR_MVENDORID 0xf11
#define CSR_MARCHID 0xf12
#define CSR_MIMPID 0xf13
#define CSR_MHARTID 0xf14
#define CSR_MCONFIGPTR 0xf15
#define CSR_MSTATUS 0x300
#define MSTATUS_MIE_LSB 3
#define MSTATUS_MIE_WIDTH 1
#define MSTATUS_MIE_MASK 0x8
#define MSTATUS_MPIE_LSB 7
#define MSTATUS_MPIE_WIDTH 1
#define MSTATUS_MPIE_MASK 0x80
#define MSTATUS_MPP_LSB 11
#define MSTATUS_MPP_WIDTH 2
#define MSTATUS_MPP_MASK 0x1800
#define CSR_MISA 0x301
#define MISA_I_LSB 8
#define MISA_I_WIDTH 1
#define MISA_I_MASK 0x100
#define MISA_M_LSB 12
#define MISA_M_WIDTH 1
#define MISA_M_MASK 0x1000
#define MISA_X_LSB 23
#define MISA_X_WIDTH 1
#define MISA_X_MASK 0x800000
#define MISA_MXL_LSB 30
#define MISA_MXL_WIDTH 2
#define MISA_MXL_MASK 0xc0000000
#define CSR_MIE 0x304
#define MIE_MSI_LSB 3
#define MIE_MSI_WIDTH 1
#define MIE_MSI_MASK 0x8
#define MIE_MTI_LSB 7
#define MIE_MTI_WIDTH 1
#define MIE_MTI_MASK 0x80
#define MIE_MEI_LSB 11
#define MIE_MEI_WIDTH 1
#define MIE_MEI_MASK 0x800
#define CSR_MTVEC 0x305
#define MTVEC_MODE_LSB 0
#define MTVEC_MODE_WIDTH 1
#define MTVEC_MODE_MASK 0x1
#define MTVEC_BASE_LSB 2
#define MTVEC_BASE_WIDTH 30
#define MTVEC_BASE_MASK 0xfffffffc
#define CSR_MSTATUSH 0x310
#define CSR_MCOUNTINHIBIT 0x320
#define CSR_MHPMEVENT3 0x323
#define CSR_MSCRATCH 0x340
#define CSR_MEPC 0x341
#define CSR_MCAUSE 0x342
#define MCAUSE_CODE_LSB 0
#define MCAUSE_CODE_WIDTH 5
#define MCAUSE_CODE_MASK 0x1f
#define MCAUSE_INTERRUPT_LSB 31
#define MCAUSE_INTERRUPT_WIDTH 1
#define MCAUSE_INTERRUPT_MASK 0x80000000
#define CSR_MTVAL 0x343
#define CSR_MIP 0x344
#define MIP_MSI_LSB 3
#define MIP_MSI_WIDTH 1
#define MIP_MSI_MASK 0x8
#define MIP_MTI_LSB 7
#define MIP_MTI_WIDTH 1
#define MIP_MTI_MASK 0x80
#define MIP_MEI_LSB 11
#define MIP_MEI_WIDTH 1
#define MIP_MEI_MASK 0x800
#define CSR_MCYCLE 0xb00
#define CSR_MINSTRET 0xb02
#define CSR_MHPMCOUNTER3 0xb03
#define CSR_MCYCLEH 0xb80
#define CSR_MINSTRETH 0xb82
#define CSR_MHPMCOUNTER3H 0xb83
#define CSR_CYCLE 0xc00
#define CSR_TIME 0xc01
#define CSR_INSTRET 0xc02
#define CSR_CYCLEH 0xc80
#define CSR_TIMEH 0xc81
#define CSR_INSTRETH 0xc82
#define CSR_PD_STATUS 0x7e0
#define PD_STATUS_PID_LSB 0
#define PD_STATUS_PID_WIDTH 8
#define PD_STATUS_PID_MASK 0xff
#define PD_STATUS_ARM_LSB 8
#define PD_STATUS_ARM_WIDTH 1
#define PD_STATUS_ARM_MASK 0x100
#define PD_STATUS_PARM_LSB 9
#define PD_STATUS_PARM_WIDTH 1
#define PD_STATUS_PARM_MASK 0x200
#define CSR_PD_SELECT 0x7e1
#define PD_SELECT_ID_LSB 0
#define PD_SELECT_ID_WIDTH 8
#define PD_SELECT_ID_MASK 0xff
#define CSR_PD_ALOWER 0x7e2
#define CSR_PD_AUPPER 0x7e3
#define CSR_PD_DLOWER 0x7e4
#define CSR_PD_DUPPER 0x7e5
#define CSR_PD_ENTRY 0x7e6
#define CSR_PD_SP 0x7e7
#define CSR_PD_FLAGS 0x7e8
#define PD_FLAGS_VALID_LSB 0
#define PD_FLAGS_VALID_WIDTH 1
#define PD_FLAGS_VALID_MASK 0x1
#define PD_FLAGS_CALLABLE_LSB 1
#define PD_FLAGS_CALLABLE_WIDTH 1
#define PD_FLAGS_CALLABLE_MASK 0x2
#define PD_FLAGS_DREAD_LSB 2
#define PD_FLAGS_DREAD_WIDTH 1
#define PD_FLAGS_DREAD_MASK 0x4
#define PD_FLAGS_DWRITE_LSB 3
#define PD_FLAGS_DWRITE_WIDTH 1
#define PD_FLAGS_DWRITE_MASK 0x8
#define CSR_PD_GLOWER 0x7e9
#define CSR_PD_GUPPER 0x7ea
#define CSR_PD_GPERM 0x7eb
#define PD_GPERM_READ_LSB 0
#define PD_GPERM_READ_WIDTH 1
#define PD_GPERM_READ_MASK 0x1
#define PD_GPERM_WRITE_LSB 1
#define PD_GPERM_WRITE_WIDTH 1
#define PD_GPERM_WRITE_MASK 0x2
#define CSR_PD_PLOWER 0x7ec
#define CSR_PD_PUPPER 0x7ed
#define CSR_PD_SLICE 0x7ee
#define PD_SLICE_BASE_LSB 0
#define PD_SLICE_BASE_WIDTH 9
#define PD_SLICE_BASE_MASK 0x1ff
#define PD_SLICE_LIMIT_LSB 16
#define PD_SLICE_LIMIT_WIDTH 9
#define PD_SLICE_LIMIT_MASK 0x1ff0000
#define CSR_PD_TOP 0x7ef
#define PD_TOP_TOP_LSB 0
#define PD_TOP_TOP_WIDTH 9
#define PD_TOP_TOP_MASK 0x1ff
#define CSR_PD_CONFIG 0xfd0
#define PD_CONFIG_MODULES_LSB 0
#define PD_CONFIG_MODULES_WIDTH 9
#define PD_CONFIG_MODULES_MASK 0x1ff
#define PD_CONFIG_FRAMES_LSB 9
#define PD_CONFIG_FRAMES_WIDTH 9
#define PD_CONFIG_FRAMES_MASK 0x3fe00
#define PD_CONFIG_ARENA_LSB 18
#define PD_CONFIG_ARENA_WIDTH 1
#define PD_CONFIG_ARENA_MASK 0x40000
#define PD_CONFIG_DEVICE_LSB 19
#define PD_CONFIG_DEVICE_WIDTH 1
#define PD_CONFIG_DEVICE_MASK 0x80000
#define PD_CONFIG_GRANT_LSB 20
#define PD_CONFIG_GRANT_WIDTH 1
#define PD_CONFIG_GRANT_MASK 0x100000
#define PD_CONFIG_PUBLIC_LSB 21
#define PD_CONFIG_PUBLIC_WIDTH 1
#define PD_CONFIG_PUBLIC_MASK 0x200000
#define PD_CONFIG_VERSION_LSB 28
#define PD_CONFIG_VERSION_WIDTH 4
#define PD_CONFIG_VERSION_MASK 0xf0000000
#define CSR_PD_FAULT 0xfd1
#define PD_FAULT_KIND_LSB 0
#define PD_FAULT_KIND_WIDTH 3
#define PD_FAULT_KIND_MASK 0x7
#define PD_FAULT_ID_LSB 8
#define PD_FAULT_ID_WIDTH 8
#define PD_FAULT_ID_MASK 0xff00
#define CSR_PD_ID 0xcc0
#define PD_ID_ID_LSB 0
#define PD_ID_ID_WIDTH 8
#define PD_ID_ID_MASK 0xff
#define CSR_PD_CALLER 0xcc1
#define PD_CALLER_ID_LSB 0
#define PD_CALLER_ID_WIDTH 8
#define PD_CALLER_ID_MASK 0xff
#define CAUSE_INSN_MISALIGNED 0x0
#define CAUSE_FETCH_FAULT 0x1
#define CAUSE_ILLEGAL 0x2
#define CAUSE_BREAKPOINT 0x3
#define CAUSE_LOAD_MISALIGNED 0x4
#define CAUSE_LOAD_FAULT 0x5
#define CAUSE_STORE_MISALIGNED 0x6
#define CAUSE_STORE_FAULT 0x7
#define CAUSE_ECALL_MODULE 0x8
#define CAUSE_ECALL_KERNEL 0xb
#define CAUSE_GATE_FAULT 0x18
#define IRQ_SOFTWARE 0x3
#define IRQ_TIMER 0x7
#define IRQ_EXTERNAL 0xb
#define KIND_NONE 0x0
#define KIND_BOUNDS 0x1
#define KIND_BAD_ID 0x2
#define KIND_NOT_VALID 0x3
#define KIND_NOT_CALLABLE 0x4
#define KIND_OVERFLOW 0x5
#define KIND_UNDERFLOW 0x6

#ifndef __ASSEMBLER__

/* `csr` is one of the CSR_ constants. No load or store is moved across an access. */
#define csr_read(csr)                                                                    \
	({                                                                               \
		unsigned int csr_value_;                                                 \
		__asm__ volatile("csrr %0, %1" : "=r"(csr_value_) : "i"(csr) : "memory"); \
		csr_value_;                                                              \
	})
#define csr_write(csr, value) __asm__ volatile("csrw %0, %1" : : "i"(csr), "rK"(value) : "memory")
#define csr_set(csr, bits) __asm__ volatile("csrs %0, %1" : : "i"(csr), "rK"(bits) : "memory")
#define csr_clear(csr, bits) __asm__ volatile("csrc %0, %1" : : "i"(csr), "rK"(bits) : "memory")

#endif /* !__ASSEMBLER__ */

#endif /* PADDOCK_ISA_H */
