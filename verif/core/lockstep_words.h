// Instruction words as the judge (lockstep_unicorn.cpp) tells them apart. Typed in from the unprivileged and
// privileged specifications, not taken from our tables: the judge is to be independent of them.
#pragma once

#include <unicorn/riscv.h>

#include <cstdint>

#include "records.h"

enum : uint32_t { LOAD = 0x03, MISC_MEM = 0x0F, OP_IMM = 0x13, AUIPC = 0x17, STORE = 0x23, OP = 0x33 };
enum : uint32_t { LUI = 0x37, BRANCH = 0x63, JALR = 0x67, JAL = 0x6F, SYSTEM = 0x73, CUSTOM_0 = 0x0B };
enum : uint32_t { ECALL = 0x00000073, EBREAK = 0x00100073, MRET = 0x30200073, WFI = 0x10500073, FENCE_I = 0x0000100F };
enum : uint32_t { MSTATUS = 0x300, MIE = 0x304, MTVEC = 0x305, MSCRATCH = 0x340, MEPC = 0x341, MCAUSE = 0x342 };
enum : uint32_t { MTVAL = 0x343 };

inline bool is_csr(uint32_t word) { return (word & 0x7F) == SYSTEM && (word >> 12 & 3) != 0; }

inline bool is_gate(uint32_t word) {
    return (word & 0xFE00707F) == CUSTOM_0 || (word & 0xFFFFF07F) == (CUSTOM_0 | 1 << 12);
}

// What Unicorn may execute: it has more extensions than the core, so these opcodes only.
inline bool is_base(uint32_t word) {
    switch (word & 0x7F) {
        case LOAD: case MISC_MEM: case OP_IMM: case AUIPC: case STORE: case OP: case LUI: case BRANCH: case JALR:
        case JAL: return true;
        default: return word == ECALL || word == EBREAK || word == MRET;
    }
}

// It may go on right behind these, without anybody setting things right.
inline bool streamable(uint32_t word) { return is_base(word) && (word & 0x7F) != SYSTEM && (word & 0x707F) != FENCE_I; }

inline unsigned destination(uint32_t word) {
    switch (word & 0x7F) {
        case STORE: case BRANCH: case MISC_MEM: return 0;
        default: return word >> 7 & 31;
    }
}

// Unicorn's register for a CSR that it judges; 0 for the others.
inline int csr_register(uint32_t number) {
    switch (number) {
        case MSTATUS: return UC_RISCV_REG_MSTATUS;
        case MIE: return UC_RISCV_REG_MIE;
        case MTVEC: return UC_RISCV_REG_MTVEC;
        case MSCRATCH: return UC_RISCV_REG_MSCRATCH;
        case MEPC: return UC_RISCV_REG_MEPC;
        case MCAUSE: return UC_RISCV_REG_MCAUSE;
        case MTVAL: return UC_RISCV_REG_MTVAL;
        default: return 0;
    }
}

// For the counters: what the instruction was.
inline const char* kind(const Record& r) {
    if (r.flags & 1) return "trap";
    if (is_gate(r.insn)) return "gate";
    if (is_csr(r.insn)) return "csr";
    switch (r.insn & 0x7F) {
        case LOAD: return "load";
        case STORE: return "store";
        case JAL: case JALR: return "jump";
        case BRANCH: return r.pc_wdata == r.pc_rdata + 4 ? "untaken_branch" : "taken_branch";
        case OP: return r.insn >> 25 != 1 ? "alu" : r.insn >> 14 & 1 ? "div" : "mul";
        case MISC_MEM: return "fence";
        case SYSTEM: return r.insn == MRET ? "mret" : "wfi";
        default: return "alu";
    }
}
