// What is written for every instruction: text for people (--trace), fixed structs for programs (--rvfi-bin).
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>

#include "insn_names.h"

// One instruction, as the RVFI port shows it. Little-endian, 64 bytes, no holes: `paddock.sim.records` reads it.
struct Record {
    uint64_t cycle;  // since reset
    uint64_t order;
    uint32_t insn;
    uint32_t pc_rdata;
    uint32_t pc_wdata;
    uint32_t rs1_rdata;
    uint32_t rs2_rdata;
    uint32_t rd_wdata;
    uint32_t mem_addr;
    uint32_t mem_rdata;
    uint32_t mem_wdata;
    uint8_t rs1_addr;
    uint8_t rs2_addr;
    uint8_t rd_addr;
    uint8_t mem_rmask;
    uint8_t mem_wmask;
    uint8_t flags;  // bit 0: trap, bit 1: intr, bit 2: with the rights of user mode
    uint8_t pd_id;
    uint8_t zero[5];
};
static_assert(sizeof(Record) == 64, "records are 64 bytes");

inline const char* insn_name(uint32_t insn) {
    for (const InsnName& entry : kInsnNames) {
        if ((insn & entry.mask) == entry.match) return entry.name;
    }
    return "?";
}

inline void print_record(FILE* file, const Record& r) {
    fprintf(file, "%10" PRIu64 "  id %-3u %08x  %08x %-9s", r.cycle, r.pd_id, r.pc_rdata, r.insn, insn_name(r.insn));
    if (r.rd_addr != 0) fprintf(file, " x%u=%08x", r.rd_addr, r.rd_wdata);
    if (r.mem_rmask != 0) fprintf(file, " load [%08x]/%x=%08x", r.mem_addr, r.mem_rmask, r.mem_rdata);
    if (r.mem_wmask != 0) fprintf(file, " store [%08x]/%x=%08x", r.mem_addr, r.mem_wmask, r.mem_wdata);
    if (r.pc_wdata != r.pc_rdata + 4) fprintf(file, " -> %08x", r.pc_wdata);
    fprintf(file, "%s%s\n", r.flags & 1 ? " TRAP" : "", r.flags & 2 ? " (handler)" : "");
}
