// Judges the records of the core by Unicorn, the RV32 of QEMU as a library: somebody else's reading of the base ISA.
// What Unicorn has no say in is taken from the record, and left to our own model: docs/reference/fuzz.md has the table.
//
// Reads one job per line from stdin: image, records, 1 if the core has the extension. Answers each with a line:
// "agree" or "differ", the number of records judged, then counters as name=value; for "differ" a tab and what differs.

#include <unicorn/unicorn.h>

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "lockstep_words.h"
#include "records.h"

namespace {

struct Difference : std::runtime_error {
    using std::runtime_error::runtime_error;
};

__attribute__((format(printf, 1, 2))) std::string text(const char* format, ...) {
    char buffer[256];
    va_list list;
    va_start(list, format);
    vsnprintf(buffer, sizeof buffer, format, list);
    va_end(list);
    return buffer;
}

void check(uc_err error, const char* what) {
    if (error != UC_ERR_OK) throw std::runtime_error(std::string(what) + ": " + uc_strerror(error));
}

// What an exception may have left in mcause and mtval. More than one where Unicorn cannot tell.
struct Candidate {
    uint32_t cause, tval;
};

class Judge {
public:
    Judge() : ram_(RAM_BYTES / 4), storage_(1024), clint_(CLINT_SIZE / 4), finisher_(1024) {
        check(uc_open(UC_ARCH_RISCV, UC_MODE_RISCV32, &uc_), "uc_open");
        map(RAM_BASE, ram_, UC_PROT_ALL);
        map(STORAGE_BASE, storage_, UC_PROT_READ | UC_PROT_WRITE);
        map(CLINT_BASE, clint_, UC_PROT_READ | UC_PROT_WRITE);
        map(FINISHER_BASE, finisher_, UC_PROT_READ | UC_PROT_WRITE);
        hook(UC_HOOK_CODE, reinterpret_cast<void*>(on_code));
        hook(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, reinterpret_cast<void*>(on_access));
        hook(UC_HOOK_MEM_INVALID, reinterpret_cast<void*>(on_invalid));
        hook(UC_HOOK_INTR, reinterpret_cast<void*>(on_exception));
    }
    ~Judge() { uc_close(uc_); }
    Judge(const Judge&) = delete;

    void run(const std::string& image, const std::string& trace, bool paddock) {
        reset(image, paddock);
        read_records(trace);
        for (index_ = 0; index_ < records_.size();) {
            const Record& r = records_[index_];
            enter_interrupt(r);
            if (r.pc_rdata != pc_) throw Difference(text("pc: core %08x, Unicorn %08x", r.pc_rdata, pc_));
            set(UC_RISCV_REG_PRIV, r.pd_id != 0 ? 0 : 3);
            if (r.flags & 1) {
                trap(r);
                continue;
            }
            if (pc_ - RAM_BASE >= RAM_BYTES) throw Difference("the core retires what cannot be fetched");
            if (r.insn != word(pc_)) throw Difference(text("insn: core %08x, memory %08x", r.insn, word(pc_)));
            if (is_csr(r.insn)) csr(r);
            else if (is_gate(r.insn) || r.insn == WFI) adopt(r);
            else if (!is_base(r.insn)) throw Difference(text("the core retires %08x, no instruction", r.insn));
            else step(streamable(r.insn) ? records_.size() : index_ + 1);
        }
    }

    size_t judged() const { return index_; }
    std::map<std::string, uint64_t> counters;

private:
    // Set-up

    void map(uint64_t base, std::vector<uint32_t>& words, uint32_t permissions) {
        check(uc_mem_map_ptr(uc_, base, words.size() * 4, permissions, words.data()), "uc_mem_map_ptr");
    }

    void hook(int type, void* callback) {
        uc_hook handle;
        check(uc_hook_add(uc_, &handle, type, callback, this, 1, 0), "uc_hook_add");
    }

    void reset(const std::string& image, bool paddock) {
        for (auto* words : {&ram_, &storage_, &clint_, &finisher_}) std::fill(words->begin(), words->end(), 0);
        std::ifstream file(image, std::ios::binary);
        file.read(reinterpret_cast<char*>(ram_.data()), RAM_BYTES);
        if (!file && !file.eof()) throw std::runtime_error("cannot read " + image);
        check(uc_ctl_flush_tb(uc_), "uc_ctl_flush_tb");
        set(UC_RISCV_REG_PRIV, 3);
        for (int i = 1; i < 32; i++) set(UC_RISCV_REG_X0 + i, x_[i] = 0);
        for (int reg : {UC_RISCV_REG_MSCRATCH, UC_RISCV_REG_MEPC, UC_RISCV_REG_MCAUSE, UC_RISCV_REG_MTVAL,
                        UC_RISCV_REG_MTVEC, UC_RISCV_REG_MIE}) {
            set(reg, 0);
        }
        set(UC_RISCV_REG_MSTATUS, kMpp);
        pc_ = RAM_BASE;
        paddock_ = paddock;
        in_handler_ = cause_open_ = tval_open_ = false;
        written_.assign(RAM_BYTES / 4, 0);
        previous_ = nullptr;
        counters.clear();
    }

    void read_records(const std::string& trace) {
        std::ifstream file(trace, std::ios::binary | std::ios::ate);
        if (!file) throw std::runtime_error("cannot read " + trace);
        records_.resize(file.tellg() / sizeof(Record));
        file.seekg(0);
        file.read(reinterpret_cast<char*>(records_.data()), records_.size() * sizeof(Record));
    }

    uint32_t get(int reg) {
        uint32_t value = 0;
        check(uc_reg_read(uc_, reg, &value), "uc_reg_read");
        return value;
    }

    void set(int reg, uint32_t value) { check(uc_reg_write(uc_, reg, &value), "uc_reg_write"); }

    // Unicorn runs

    // From the current record on, up to a record that it must not simply execute, or up to `end`.
    void step(size_t end) {
        end_ = end;
        first_ = index_;
        running_ = open_ = false;
        problem_.clear();
        const uc_err error = uc_emu_start(uc_, pc_, ~0ull, 0, 0);
        if (!problem_.empty()) throw Difference(problem_);
        if (error == UC_ERR_FETCH_UNMAPPED || error == UC_ERR_FETCH_PROT) finish(get(UC_RISCV_REG_PC));
        else if (error != UC_ERR_OK) throw Difference(text("Unicorn: %s; the core goes on", uc_strerror(error)));
        if (!problem_.empty()) throw Difference(problem_);
        if (index_ == first_) throw Difference("the core retires what Unicorn does not execute");
        for (int i = 1; i < 32; i++) {
            const uint32_t value = get(UC_RISCV_REG_X0 + i);
            if (value != x_[i]) throw Difference(text("x%d: records say %08x, Unicorn %08x", i, x_[i], value));
        }
    }

    static void on_code(uc_engine* uc, uint64_t address, uint32_t, void* self) {
        Judge& judge = *static_cast<Judge*>(self);
        if (!judge.before(address)) uc_emu_stop(uc);
    }

    static void on_access(uc_engine* uc, uc_mem_type type, uint64_t address, int size, int64_t value, void* self) {
        Judge& judge = *static_cast<Judge*>(self);
        judge.access(type == UC_MEM_WRITE, address, size, value);
        if (!judge.problem_.empty()) uc_emu_stop(uc);
    }

    static bool on_invalid(uc_engine*, uc_mem_type type, uint64_t address, int size, int64_t value, void* self) {
        Judge& judge = *static_cast<Judge*>(self);
        if (type == UC_MEM_READ_UNMAPPED || type == UC_MEM_WRITE_UNMAPPED) {
            judge.access(type == UC_MEM_WRITE_UNMAPPED, address, size, value);
        }
        return false;
    }

    static void on_exception(uc_engine* uc, uint32_t number, void* self) {
        Judge& judge = *static_cast<Judge*>(self);
        if (judge.probing_) judge.probe_.cause = number;
        else judge.fail(text("Unicorn: exception %u; the core retires it", number));
        uc_emu_stop(uc);
    }

    void fail(const std::string& what) {
        if (problem_.empty()) problem_ = what;
    }

    // Unicorn is about to execute what stands at `address`: may it?
    bool before(uint32_t address) {
        if (probing_) {
            if (running_) probe_.next_pc = address;
            return !std::exchange(running_, true);
        }
        finish(address);
        if (!problem_.empty() || index_ == end_) return false;
        const Record& r = records_[index_];
        if (index_ != first_ && (r.flags != 0 || !streamable(r.insn) || r.pc_rdata != address)) return false;
        if (r.insn != word(address)) fail(text("insn: core %08x, memory %08x", r.insn, word(address)));
        if (r.pd_id != records_[first_].pd_id) fail("the id changes without reason");
        if (r.rs1_rdata != x_[r.rs1_addr]) fail(text("rs1: core %08x, Unicorn %08x", r.rs1_rdata, x_[r.rs1_addr]));
        if (r.rs2_rdata != x_[r.rs2_addr]) fail(text("rs2: core %08x, Unicorn %08x", r.rs2_rdata, x_[r.rs2_addr]));
        accessed_ = false;
        open_ = true;
        return problem_.empty();
    }

    // The current record's instruction has been executed, and `next` is where Unicorn goes on.
    void finish(uint32_t next) {
        if (!std::exchange(open_, false)) return;
        const Record& r = records_[index_];
        const unsigned rd = destination(r.insn);
        const uint32_t value = rd != 0 ? get(UC_RISCV_REG_X0 + rd) : 0;
        if (r.rd_addr != rd) fail(text("rd: core x%u, Unicorn x%u", r.rd_addr, rd));
        if (r.rd_wdata != value) fail(text("rd_wdata: core %08x, Unicorn %08x", r.rd_wdata, value));
        if (r.pc_wdata != next) fail(text("pc_wdata: core %08x, Unicorn %08x", r.pc_wdata, next));
        if (next & 3) fail(text("the core retires a jump to %08x", next));
        if (!accessed_ && (r.mem_rmask | r.mem_wmask) != 0) fail("the core accesses memory, Unicorn does not");
        if (!problem_.empty()) return;
        x_[rd] = value;
        x_[0] = 0;
        retired(r, next);
        counters["by_unicorn"]++;
    }

    void access(bool write, uint32_t address, unsigned size, uint32_t value) {
        if (probing_) {
            if (probe_.accesses++ != 0) return;  // the second half of a misaligned access
            probe_.write = write;
            probe_.address = address;
            probe_.size = size;
            return;
        }
        if (!open_) return;
        const Record& r = records_[index_];
        accessed_ = true;
        const unsigned lane = address & 3, mask = ((1u << size) - 1) << lane;
        const uint32_t bits = size == 4 ? ~0u : ((1u << 8 * size) - 1) << 8 * lane;
        if (address & (size - 1)) return fail(text("the core retires a misaligned access to %08x", address));
        uint32_t* word = memory(address);
        if (word == nullptr) return fail(text("the core retires an access to %08x, where nothing is", address));
        if (r.mem_addr != (address & ~3u)) fail(text("mem_addr: core %08x, Unicorn %08x", r.mem_addr, address & ~3u));
        if (r.mem_rmask != (write ? 0 : mask)) fail(text("mem_rmask: core %x, Unicorn %x", r.mem_rmask, mask));
        if (r.mem_wmask != (write ? mask : 0)) fail(text("mem_wmask: core %x, Unicorn %x", r.mem_wmask, mask));
        if (!problem_.empty()) return;
        if (write) {
            const uint32_t stored = value << 8 * lane;
            if ((r.mem_wdata ^ stored) & bits) fail(text("mem_wdata: core %08x, Unicorn %08x", r.mem_wdata, stored));
            if (address >= RAM_BASE) written_[(address - RAM_BASE) / 4] = kWritten;
        } else {
            if (address - CLINT_BASE < CLINT_SIZE) *word = r.mem_rdata;  // only the device knows
            if ((r.mem_rdata ^ *word) & bits) fail(text("mem_rdata: core %08x, memory %08x", r.mem_rdata, *word));
        }
    }

    uint32_t word(uint32_t pc) const { return ram_[(pc - RAM_BASE) / 4]; }

    // The word of a memory or device, null where nothing is.
    uint32_t* memory(uint32_t address) {
        if (address - RAM_BASE < RAM_BYTES) return &ram_[(address - RAM_BASE) / 4];
        if (address - STORAGE_BASE < STORAGE_BYTES) return &storage_[(address - STORAGE_BASE) / 4];
        if (address - CLINT_BASE < CLINT_SIZE) return &clint_[(address - CLINT_BASE) / 4];
        if (address - FINISHER_BASE < 4) return &finisher_[0];
        return nullptr;
    }

    // What Unicorn is not asked about

    void adopt(const Record& r) {
        if (r.insn == WFI && (r.rd_addr != 0 || r.pc_wdata != r.pc_rdata + 4)) throw Difference("wfi has an effect");
        if (r.rd_addr != 0) set(UC_RISCV_REG_X0 + r.rd_addr, x_[r.rd_addr] = r.rd_wdata);
        if (is_gate(r.insn)) {
            const std::string what = r.insn >> 12 & 7 ? "leave" : "enter";
            counters[what + (r.pd_id != 0 ? "_by_module" : "_by_kernel")]++;
        }
        counters[is_csr(r.insn) ? "csr_by_model" : r.insn == WFI ? "wfi_by_model" : "gates_by_model"]++;
        retired(r, r.pc_wdata);
    }

    void csr(const Record& r) {
        const uint32_t number = r.insn >> 20, operation = r.insn >> 12 & 3;
        const int reg = csr_register(number);
        const bool machine = (number >> 8 & 3) != 0;
        if (machine && r.pd_id != 0) throw Difference(text("a module accesses CSR %03x", number));
        if (reg == 0) {
            if (r.rd_addr != (r.insn >> 7 & 31)) throw Difference("rd of a CSR instruction");
            if (r.pc_wdata != r.pc_rdata + 4) throw Difference("pc_wdata of a CSR instruction");
            return adopt(r);
        }
        if (number == MCAUSE) resolve(r, cause_open_, reg, operation == 1, &Candidate::cause);
        if (number == MTVAL) resolve(r, tval_open_, reg, operation == 1, &Candidate::tval);
        const uint32_t operand = r.insn >> 14 & 1 ? r.insn >> 15 & 31 : x_[r.insn >> 15 & 31];
        step(index_ + 1);
        // The bits that the core has: what a register keeps of a write is the implementation's choice.
        uint32_t value = get(reg);
        if (number == MTVEC && operation == 1) value = operand;  // Unicorn drops a write with a reserved mode
        if (number == MSTATUS) value = (value & (kMie | kMpie)) | kMpp;
        if (number == MIE) value &= 0x888;
        if (number == MEPC) value &= ~3u;
        if (number == MCAUSE) value &= 0x8000001F;
        if (number == MTVEC) value &= value & 1 ? 0xFFFFFF81 : 0xFFFFFFFC;
        set(reg, value);
        counters["csr_by_unicorn"]++;
    }

    // A register that Unicorn does not know for sure: it must show one of the candidates, and is known then.
    void resolve(const Record& r, bool& open, int reg, bool overwritten, uint32_t Candidate::*field) {
        if (!open) return;
        if (r.rd_addr != 0) {
            std::vector<Candidate> fitting;
            for (const Candidate& candidate : candidates_) {
                if (candidate.*field == r.rd_wdata) fitting.push_back(candidate);
            }
            if (fitting.empty()) {
                std::string may;
                for (const Candidate& candidate : candidates_) may += text(" %08x", candidate.*field);
                throw Difference(text("%s: core %08x, may be%s", reg == UC_RISCV_REG_MCAUSE ? "mcause" : "mtval",
                                      r.rd_wdata, may.c_str()));
            }
            candidates_ = fitting;
            set(reg, r.rd_wdata);
            open = false;
        } else if (overwritten) {
            open = false;
        } else if ((r.insn >> 15 & 31) != 0) {  // some bits change of a value that nobody has seen
            throw std::runtime_error("a program changes bits of an mcause or mtval that it has not read");
        }
    }

    // Traps

    struct Probe {
        uint32_t next_pc = 0, cause = ~0u, address = 0;
        unsigned size = 0, accesses = 0;
        bool write = false, refused = false;
    };

    // What Unicorn would do here. Nothing changes.
    Probe probe() {
        probing_ = true;
        running_ = false;
        probe_ = Probe();
        const std::vector<uint32_t> storage(storage_), finisher(finisher_);
        std::vector<uint32_t> ram;
        const bool store = (records_[index_].insn & 0x7F) == STORE;
        if (store) ram = ram_;
        const uc_err error = uc_emu_start(uc_, pc_, ~0ull, 0, 0);
        probing_ = false;
        if (error == UC_ERR_INSN_INVALID) probe_.cause = 3;  // so it reports ebreak
        else if (error == UC_ERR_FETCH_UNMAPPED || error == UC_ERR_FETCH_PROT) probe_.next_pc = get(UC_RISCV_REG_PC);
        else if (error != UC_ERR_OK && probe_.accesses == 0) throw Difference(text("Unicorn: %s", uc_strerror(error)));
        for (int i = 1; i < 32; i++) set(UC_RISCV_REG_X0 + i, x_[i]);
        if (store) {
            ram_ = ram;
            storage_ = storage;
            finisher_ = finisher;
            check(uc_ctl_flush_tb(uc_), "uc_ctl_flush_tb");
        }
        return probe_;
    }

    // The core has raised an exception. Is there a reason, and which?
    void trap(const Record& r) {
        if (r.rd_addr != 0 || r.mem_rmask != 0 || r.mem_wmask != 0) throw Difference("an exception with an effect");
        candidates_.clear();
        std::string retires;
        if (pc_ - RAM_BASE >= RAM_BYTES) {
            candidates_ = {{1, pc_}};
        } else {
            if (r.pd_id != 0) candidates_ = {{1, pc_}};  // maybe it lies outside the public window
            else if (r.insn != word(pc_)) throw Difference(text("insn: core %08x", r.insn));
            reasons(r, word(pc_));
        }
        if (candidates_.empty()) throw Difference("an exception of the core, none of Unicorn");
        counters[candidates_.size() == 1 && candidates_[0].cause != 24 ? "traps_by_unicorn" : "traps_by_model"]++;
        enter_trap();
        cause_open_ = tval_open_ = candidates_.size() > 1;
        if (r.pc_wdata != pc_) throw Difference(text("trap vector: core %08x, mtvec says %08x", r.pc_wdata, pc_));
        in_handler_ = true;
        follow(r, "trap");
        index_++;
    }

    void reasons(const Record& r, uint32_t word) {
        const uint32_t rs1 = x_[word >> 15 & 31];
        if (is_gate(word)) {
            if (paddock_) candidates_.push_back({24, word >> 12 & 7 ? 0 : rs1});
            else candidates_.push_back({2, 0});
        } else if (is_csr(word)) {
            // Which numbers exist is for the model to say, but these do.
            if (r.pd_id != 0 || csr_register(word >> 20) == 0) candidates_.push_back({2, 0});
        } else if (word == WFI) {
            if (r.pd_id != 0) candidates_.push_back({2, 0});
        } else if (!is_base(word)) {
            candidates_.push_back({2, 0});
        } else {
            const Probe seen = probe();
            const uint32_t fault = seen.write ? 7 : 5;
            if (seen.accesses != 0 && seen.address & (seen.size - 1)) candidates_.push_back({fault - 1, seen.address});
            else if (seen.accesses != 0 && (r.pd_id != 0 || memory(seen.address) == nullptr))
                candidates_.push_back({fault, seen.address});
            else if (seen.cause == 8) candidates_.push_back({r.pd_id != 0 ? 8u : 11u, 0});
            else if (seen.cause != ~0u) candidates_.push_back({seen.cause, 0});
            else if (seen.accesses == 0 && seen.next_pc & 2) candidates_.push_back({0, 0});
        }
    }

    void enter_interrupt(const Record& r) {
        if (!(r.flags & 2) || in_handler_) {
            in_handler_ = false;
            return;
        }
        set(UC_RISCV_REG_PRIV, 3);
        // Which one, and whether it may, is for the model to say; not what it does.
        const uint32_t enabled = get(UC_RISCV_REG_MIE), vector = get(UC_RISCV_REG_MTVEC);
        if (!(get(UC_RISCV_REG_MSTATUS) & kMie)) throw Difference("an interrupt, but mstatus.MIE is clear");
        candidates_.clear();
        for (uint32_t code : {11, 3, 7}) {
            const uint32_t target = (vector & ~3u) + (vector & 1 ? 4 * code : 0);
            if (enabled >> code & 1 && target == r.pc_rdata) candidates_.push_back({1u << 31 | code, 0});
        }
        if (candidates_.empty()) throw Difference(text("an interrupt at %08x, not enabled or not there", r.pc_rdata));
        enter_trap();
        cause_open_ = candidates_.size() > 1;
        pc_ = r.pc_rdata;
        follow(r, "interrupt");
    }

    void enter_trap() {
        set(UC_RISCV_REG_PRIV, 3);
        const uint32_t status = get(UC_RISCV_REG_MSTATUS);
        set(UC_RISCV_REG_MSTATUS, (status & kMie ? kMpie : 0) | kMpp);
        set(UC_RISCV_REG_MEPC, pc_);
        set(UC_RISCV_REG_MCAUSE, candidates_[0].cause);
        set(UC_RISCV_REG_MTVAL, candidates_[0].tval);
        cause_open_ = tval_open_ = false;
        pc_ = get(UC_RISCV_REG_MTVEC) & ~3u;
    }

    // Bookkeeping

    void retired(const Record& r, uint32_t next) {
        const uint32_t offset = pc_ - RAM_BASE;
        if (written_[offset / 4] == kWritten) counters["executed_without_fence_i"]++;
        else if (written_[offset / 4] == kFenced) counters["executed_after_fence_i"]++;
        if (r.insn == MRET) set(UC_RISCV_REG_MSTATUS, (get(UC_RISCV_REG_MSTATUS) & (kMie | kMpie)) | kMpp);
        if ((r.insn & 0x707F) == FENCE_I) {
            check(uc_ctl_flush_tb(uc_), "uc_ctl_flush_tb");
            for (uint8_t& state : written_) state = state != 0 ? kFenced : 0;
        }
        if (previous_ != nullptr && !(previous_->flags & 1) && previous_->rd_addr != 0 &&
            (r.rs1_addr == previous_->rd_addr || r.rs2_addr == previous_->rd_addr)) {
            follow(r, "use");
        }
        previous_ = &r;
        in_handler_ = false;
        pc_ = next;
        index_++;
    }

    // Counts what came right behind what.
    void follow(const Record& r, const char* what) {
        if (previous_ != nullptr) counters[std::string(what) + "_after_" + kind(*previous_)]++;
        if (r.flags & 1) previous_ = &r;
    }

    static constexpr uint32_t kMie = 1 << 3, kMpie = 1 << 7, kMpp = 3 << 11;
    static constexpr uint8_t kWritten = 1, kFenced = 2;

    uc_engine* uc_ = nullptr;
    std::vector<uint32_t> ram_, storage_, clint_, finisher_;
    std::vector<Record> records_;
    size_t index_ = 0, first_ = 0, end_ = 0;
    uint32_t pc_ = 0;
    uint32_t x_[32] = {};
    bool paddock_ = false;
    bool in_handler_ = false;  // the record before has trapped: `intr` says so, and is no interrupt
    bool running_ = false, open_ = false, accessed_ = false, probing_ = false;
    bool cause_open_ = false, tval_open_ = false;
    Probe probe_;
    std::vector<Candidate> candidates_;
    std::vector<uint8_t> written_;  // words of the RAM that were stored to
    const Record* previous_ = nullptr;
    std::string problem_;
};

}  // namespace

int main() {
    Judge judge;
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream job(line);
        std::string image, trace, difference;
        bool paddock;
        if (!(job >> image >> trace >> paddock)) {
            fprintf(stderr, "judge: bad job: %s\n", line.c_str());
            return 1;
        }
        try {
            judge.run(image, trace, paddock);
        } catch (const Difference& seen) {
            difference = seen.what();
        } catch (const std::exception& error) {
            fprintf(stderr, "judge: record %zu of %s: %s\n", judge.judged(), trace.c_str(), error.what());
            return 1;
        }
        printf("%s %zu", difference.empty() ? "agree" : "differ", judge.judged());
        for (const auto& [name, count] : judge.counters) printf(" %s=%llu", name.c_str(), (unsigned long long)count);
        if (!difference.empty()) printf("\t%s", difference.c_str());
        printf("\n");
        fflush(stdout);
    }
    return 0;
}
