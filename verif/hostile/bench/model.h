// The Verilated SoC, reduced to what is watched: what retires, what leaves for RAM and devices, what the pins say.
#pragma once

#include <cstdint>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>

#include "Vsoc.h"
#include "Vsoc___024root.h"
#include "soc_names.h"
#include "verilated.h"

#define SOC_WIRE(name) soc_.rootp->sim__DOT__soc__DOT__##name

// An instruction that has retired, or ended in an exception.
struct Record {
    uint32_t insn, pc, next_pc, rs1_value, rs2_value, rd_value, address, load_value, store_value, csr_value;
    uint32_t rs1, rs2, rd, read_mask, write_mask, cause, csr, id;
    bool trap, intr, csr_valid, csr_write;
};

// Something that a memory or a device has been asked to do.
struct Request {
    uint64_t cycle;
    uint32_t address;  // of the word
    uint32_t mask;
    uint32_t data;
    bool write;
};

class Model {
public:
    explicit Model(const std::string& image) {
        std::ifstream file(image, std::ios::binary);
        file.read(reinterpret_cast<char*>(ram()), ram_bytes());
        if (!file && !file.eof()) throw std::runtime_error("cannot read " + image);
        soc_.SOC_RX = 1;
    }

    void tick() {
        soc_.clk = 1;
        soc_.eval();
        soc_.clk = 0;
        soc_.eval();
        cycle_++;
    }

    uint64_t cycle() const { return cycle_; }
    uint32_t* ram() { return &SOC_RAM(soc_)[0]; }
    static constexpr uint32_t ram_bytes() { return sizeof(SOC_RAM(std::declval<Vsoc&>())); }
    bool finished() const { return soc_.SOC_FINISH; }
    uint32_t monitor() const { return SOC_ESCAPES(soc_); }

    bool record(Record& r) const {
        if (!soc_.SOC_RVFI(valid)) return false;
        r.insn = soc_.SOC_RVFI(insn);
        r.pc = soc_.SOC_RVFI(pc_rdata);
        r.next_pc = soc_.SOC_RVFI(pc_wdata);
        r.rs1 = soc_.SOC_RVFI(rs1_addr);
        r.rs2 = soc_.SOC_RVFI(rs2_addr);
        r.rd = soc_.SOC_RVFI(rd_addr);
        r.rs1_value = soc_.SOC_RVFI(rs1_rdata);
        r.rs2_value = soc_.SOC_RVFI(rs2_rdata);
        r.rd_value = soc_.SOC_RVFI(rd_wdata);
        r.address = soc_.SOC_RVFI(mem_addr);
        r.read_mask = soc_.SOC_RVFI(mem_rmask);
        r.write_mask = soc_.SOC_RVFI(mem_wmask);
        r.load_value = soc_.SOC_RVFI(mem_rdata);
        r.store_value = soc_.SOC_RVFI(mem_wdata);
        r.trap = soc_.SOC_RVFI(trap);
        r.intr = soc_.SOC_RVFI(intr);
        r.cause = soc_.SOC_RVFI(cause);
        r.csr_valid = soc_.SOC_RVFI(csr_valid);
        r.csr = soc_.SOC_RVFI(csr_number);
        r.csr_write = soc_.SOC_RVFI(csr_write);
        r.csr_value = soc_.SOC_RVFI(csr_wdata);
        r.id = soc_.SOC_RVFI(pd_id);
        return true;
    }

    // A store that the RAM carries out at the end of this cycle.
    bool ram_store(Request& q) const {
        if (!SOC_WIRE(dbus___05Fen) || !SOC_WIRE(dbus___05Fwe)) return false;
        q = {cycle_, SOC_WIRE(dbus___05Faddr) & ~3u, SOC_WIRE(dbus___05Fwe), SOC_WIRE(dbus___05Fwdata), true};
        return true;
    }

    // A device is asked in this cycle, for the first time: that is when it acts. Once per cycle.
    bool device_access(Request& q) {
        const bool asked = SOC_WIRE(wb___05Fcyc) && SOC_WIRE(wb___05Fstb);
        const bool first = asked && !device_busy_;
        device_busy_ = asked && !SOC_WIRE(wb___05Fack);
        if (!first) return false;
        q = {cycle_, uint32_t(SOC_WIRE(wb___05Fadr)) << 2, SOC_WIRE(wb___05Fsel), SOC_WIRE(wb___05Fdat_w),
             bool(SOC_WIRE(wb___05Fwe))};
        return true;
    }

    // What no driver here has any business with: configuration of the kernel's devices.
    uint64_t kernel_devices() const {
        uint64_t hash = 0;
        for (uint64_t value : {uint64_t(SOC_WIRE(plic__DOT__enable)), uint64_t(SOC_WIRE(plic__DOT__threshold)),
                               uint64_t(SOC_WIRE(clint__DOT__software)), uint64_t(SOC_WIRE(uart__DOT__line)),
                               uint64_t(SOC_WIRE(uart__DOT__interrupt_enable)),
                               uint64_t(SOC_WIRE(uart__DOT__modem_control)), uint64_t(SOC_WIRE(uart__DOT__divisor)),
                               uint64_t(SOC_WIRE(uart__DOT__scratch)), uint64_t(SOC_WIRE(timer__DOT__control))}) {
            hash = (hash ^ value) * 0x100000001b3;
        }
        return hash;
    }

private:
    VerilatedContext context_;
    mutable Vsoc soc_{&context_};
    uint64_t cycle_ = 0;
    bool device_busy_ = false;
};
