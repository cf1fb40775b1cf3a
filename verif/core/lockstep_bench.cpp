// Runs programs on the bare core, with a memory and devices that answer as slowly as they may, and interrupts at
// any time. Reads one job per line from stdin: image, file for the records, seed, wait states and interrupts (both in
// percent), limit of cycles. Answers each with a line: how it ended ("finished", "timeout" or "error"), its cycles, and
// how many answers to fetches, to accesses of the RAM and of devices came late. The first job that does not finish is
// the last.

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "Vpaddock_core.h"
#include "verilated.h"

#include "records.h"

// A port of Amaranth's, `bus.name`, as Verilator calls it.
#define PORT(bus, name) bus##___05F##name

namespace {

constexpr uint32_t kRamBase = RAM_BASE;
constexpr uint32_t kRamBytes = RAM_BYTES;

class Random {
public:
    explicit Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
    uint32_t next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_ >> 16;
    }
    bool percent(unsigned chance) { return chance != 0 && next() % 100 < chance; }

private:
    uint64_t state_;
};

// One port of the RAM: the request of a cycle, its answer in the next or later (rtl/paddock/bus.py).
struct RamPort {
    bool due = false;  // the answer is due, and not given before `delay` is 0
    unsigned delay = 0;
    uint32_t word = 0;
    bool err = false;
    uint64_t waits = 0;

    void request(uint32_t value, bool refused, unsigned wait) {
        waits += wait != 0;
        due = true;
        delay = wait;
        word = value;
        err = refused;
    }
    bool ready() const { return !due || delay == 0; }
    void tick() {
        if (delay != 0) delay--;
        else due = false;
    }
};

class Bench {
public:
    Bench(uint64_t seed, unsigned waits, unsigned interrupts)
        : core_(&context_), random_(seed), waits_(waits), interrupts_(interrupts), ram_(kRamBytes / 4) {
        core_.rst = 1;
        step_clock();
        step_clock();
        core_.rst = 0;
    }

    void load(const std::string& name) {
        std::ifstream file(name, std::ios::binary);
        file.read(reinterpret_cast<char*>(ram_.data()), kRamBytes);
        if (!file && !file.eof()) throw std::runtime_error("cannot read " + name);
    }

    bool run(uint64_t limit, FILE* records) {
        for (; cycle_ < limit && !finished_; cycle_++) cycle(records);
        // The store to the finisher is on its way to the trace.
        for (int i = 0; i < 4; i++) cycle(records);
        return finished_;
    }

    std::string figures() const {
        std::ostringstream line;
        line << cycle_ << ' ' << ibus_.waits << ' ' << dbus_.waits << ' ' << device_waits_;
        return line.str();
    }

private:
    void cycle(FILE* records) {
        drive_ram();
        drive_interrupts();
        core_.clk = 0;
        core_.eval();
        drive_wishbone();
        core_.eval();
        if (core_.PORT(rvfi, valid)) record(records);
        sample();
        step_clock();
    }

    void step_clock() {
        core_.clk = 1;
        core_.eval();
        core_.clk = 0;
        core_.eval();
    }

    unsigned wait() { return random_.percent(waits_) ? 1 + random_.next() % 3 : 0; }

    // What is not valid is noise: the core must not look at it.
    void drive_ram() {
        core_.PORT(ibus, ready) = ibus_.ready();
        core_.PORT(ibus, rdata) = ibus_.ready() ? ibus_.word : random_.next();
        core_.PORT(ibus, err) = ibus_.ready() ? ibus_.err : random_.next() & 1;
        const bool data_valid = dbus_.due && dbus_.ready();
        core_.PORT(dbus, ready) = dbus_.ready();
        core_.PORT(dbus, rdata) = data_valid ? dbus_.word : random_.next();
        core_.PORT(dbus, err) = data_valid ? dbus_.err : random_.next() & 1;
    }

    void drive_interrupts() {
        if (interrupts_ != 0) {
            if (random_.percent(interrupts_)) noise_ ^= 1u << random_.next() % 3;
        }
        core_.irq_software = (msip_ & 1) | (noise_ & 1);
        core_.irq_timer = (cycle_ >= mtimecmp_) | (noise_ >> 1 & 1);
        core_.irq_external = noise_ >> 2 & 1;
        core_.time = cycle_;
    }

    void drive_wishbone() {
        const bool request = core_.PORT(wb, cyc) && core_.PORT(wb, stb);
        if (request && !requested_) device_waits_ += (delay_ = wait()) != 0;
        requested_ = request;
        answering_ = request && delay_ == 0;
        bool ack = false, err = false;
        uint32_t data = random_.next();
        if (answering_) {
            ack = device_read(core_.PORT(wb, adr) << 2, data);
            err = !ack;
        }
        core_.PORT(wb, ack) = ack;
        core_.PORT(wb, err) = err;
        core_.PORT(wb, dat_r) = data;
    }

    // Takes the requests of this cycle.
    void sample() {
        if (answering_) {
            if (core_.PORT(wb, we)) {
                device_write(core_.PORT(wb, adr) << 2, core_.PORT(wb, sel), core_.PORT(wb, dat_w));
            }
            requested_ = false;
        } else if (delay_ != 0) {
            delay_--;
        }
        const bool fetch = core_.PORT(ibus, en), access = core_.PORT(dbus, en);
        if ((fetch && !ibus_.ready()) || (access && !dbus_.ready())) {
            throw std::runtime_error("the core makes a request while an answer is due");
        }
        ibus_.tick();
        dbus_.tick();
        if (fetch) {
            const uint32_t offset = core_.PORT(ibus, addr) - kRamBase;
            const bool inside = offset < kRamBytes;
            ibus_.request(inside ? ram_[offset / 4] : random_.next(), !inside, wait());
        }
        if (access) {
            const uint32_t offset = core_.PORT(dbus, addr) - kRamBase;
            const bool inside = offset < kRamBytes;
            dbus_.request(inside ? ram_[offset / 4] : random_.next(), !inside, wait());
            if (inside) ram_[offset / 4] = merge(ram_[offset / 4], core_.PORT(dbus, we), core_.PORT(dbus, wdata));
        }
    }

    static uint32_t merge(uint32_t old, unsigned lanes, uint32_t data) {
        uint32_t mask = 0;
        for (int lane = 0; lane < 4; lane++) mask |= (lanes >> lane & 1) * 0xFFu << 8 * lane;
        return (old & ~mask) | (data & mask);
    }

    bool device_read(uint32_t address, uint32_t& data) {
        if (address - STORAGE_BASE < sizeof storage_) data = storage_[(address - STORAGE_BASE) / 4];
        else if (address - CLINT_BASE < CLINT_SIZE) data = cycle_;
        else if (address - FINISHER_BASE < 4) data = 0;
        else return false;
        return true;
    }

    void device_write(uint32_t address, unsigned lanes, uint32_t data) {
        if (address - STORAGE_BASE < sizeof storage_) {
            uint32_t& word = storage_[(address - STORAGE_BASE) / 4];
            word = merge(word, lanes, data);
        } else if (address == CLINT_BASE + CLINT_MSIP) {
            msip_ = merge(msip_, lanes, data);
        } else if (address == CLINT_BASE + CLINT_MTIMECMP) {
            mtimecmp_ = (mtimecmp_ & ~0xFFFFFFFFull) | merge(mtimecmp_, lanes, data);
        } else if (address == CLINT_BASE + CLINT_MTIMECMPH) {
            mtimecmp_ = (mtimecmp_ & 0xFFFFFFFFull) | static_cast<uint64_t>(merge(mtimecmp_ >> 32, lanes, data)) << 32;
        } else if (address == FINISHER_BASE) {
            finished_ = true;
        }
    }

    void record(FILE* records) {
        Record r{};
        r.cycle = cycle_;
        r.order = core_.PORT(rvfi, order);
        r.insn = core_.PORT(rvfi, insn);
        r.pc_rdata = core_.PORT(rvfi, pc_rdata);
        r.pc_wdata = core_.PORT(rvfi, pc_wdata);
        r.rs1_rdata = core_.PORT(rvfi, rs1_rdata);
        r.rs2_rdata = core_.PORT(rvfi, rs2_rdata);
        r.rd_wdata = core_.PORT(rvfi, rd_wdata);
        r.mem_addr = core_.PORT(rvfi, mem_addr);
        r.mem_rdata = core_.PORT(rvfi, mem_rdata);
        r.mem_wdata = core_.PORT(rvfi, mem_wdata);
        r.rs1_addr = core_.PORT(rvfi, rs1_addr);
        r.rs2_addr = core_.PORT(rvfi, rs2_addr);
        r.rd_addr = core_.PORT(rvfi, rd_addr);
        r.mem_rmask = core_.PORT(rvfi, mem_rmask);
        r.mem_wmask = core_.PORT(rvfi, mem_wmask);
        r.flags = core_.PORT(rvfi, trap) | core_.PORT(rvfi, intr) << 1 | (core_.PORT(rvfi, mode) == 0) << 2;
        r.pd_id = core_.PORT(rvfi, pd_id);
        fwrite(&r, sizeof r, 1, records);
    }

    VerilatedContext context_;
    Vpaddock_core core_;
    Random random_;
    const unsigned waits_, interrupts_;
    std::vector<uint32_t> ram_;
    RamPort ibus_, dbus_;
    uint32_t storage_[STORAGE_BYTES / 4] = {};
    uint32_t msip_ = 0;
    uint64_t mtimecmp_ = ~0ull;
    unsigned noise_ = 0;  // interrupt lines that are high for no reason
    unsigned delay_ = 0;
    bool requested_ = false, answering_ = false;
    uint64_t cycle_ = 0, device_waits_ = 0;
    bool finished_ = false;
};

}  // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream job(line);
        std::string image, output;
        uint64_t seed, limit;
        unsigned waits, interrupts;
        if (!(job >> image >> output >> seed >> waits >> interrupts >> limit)) {
            fprintf(stderr, "bench: bad job: %s\n", line.c_str());
            return 1;
        }
        FILE* records = fopen(output.c_str(), "wb");
        if (records == nullptr) {
            fprintf(stderr, "bench: cannot write %s\n", output.c_str());
            return 1;
        }
        bool finished = false;
        try {
            Bench bench(seed, waits, interrupts);
            bench.load(image);
            finished = bench.run(limit, records);
            printf("%s %s\n", finished ? "finished" : "timeout", bench.figures().c_str());
        } catch (const std::exception& error) {
            printf("error %s\n", error.what());
        }
        fclose(records);
        fflush(stdout);
        if (!finished) break;
    }
    return 0;
}
