// Judges the records of the core by Unicorn, the RV32 of QEMU as a library: somebody else's reading of the base ISA.
// What Unicorn has no say in is taken from the record, and left to our own model: docs/reference/fuzz.md has the table.
//
// Reads one job per line from stdin: image, records, 1 if the core has the extension. Answers each with a line:
// "agree" or "differ", the number of records judged, then counters as name=value; for "differ" a tab and what differs.

#include <cstdio>
#include <iostream>
#include <sstream>
#include <utility>

#include "lockstep_judge.h"
#include "lockstep_words.h"

void Judge::run(const std::string& image, const std::string& trace, bool paddock) {
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

// From the current record on, up to a record that it must not simply execute, or up to `end`.
void Judge::step(size_t end) {
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

void Judge::on_code(uc_engine* uc, uint64_t address, uint32_t, void* self) {
    Judge& judge = *static_cast<Judge*>(self);
    if (!judge.before(address)) uc_emu_stop(uc);
}

void Judge::on_access(uc_engine* uc, uc_mem_type type, uint64_t address, int size, int64_t value, void* self) {
    Judge& judge = *static_cast<Judge*>(self);
    judge.access(type == UC_MEM_WRITE, address, size, value);
    if (!judge.problem_.empty()) uc_emu_stop(uc);
}

bool Judge::on_invalid(uc_engine*, uc_mem_type type, uint64_t address, int size, int64_t value, void* self) {
    Judge& judge = *static_cast<Judge*>(self);
    if (type == UC_MEM_READ_UNMAPPED || type == UC_MEM_WRITE_UNMAPPED) {
        judge.access(type == UC_MEM_WRITE_UNMAPPED, address, size, value);
    }
    return false;
}

void Judge::on_exception(uc_engine* uc, uint32_t number, void* self) {
    Judge& judge = *static_cast<Judge*>(self);
    if (judge.probing_) judge.probe_.cause = number;
    else judge.fail(text("Unicorn: exception %u; the core retires it", number));
    uc_emu_stop(uc);
}

void Judge::fail(const std::string& what) {
    if (problem_.empty()) problem_ = what;
}

// Unicorn is about to execute what stands at `address`: may it?
bool Judge::before(uint32_t address) {
    if (probing_) {
        if (running_) probe_.next_pc = address;
        return !std::exchange(running_, true);
    }
    finish(address);
    if (!problem_.empty() || index_ == end_) return false;
    const Record& r = records_[index_];
    if (index_ != first_ && ((r.flags & 3) != 0 || !streamable(r.insn) || r.pc_rdata != address)) return false;
    if (r.insn != word(address)) fail(text("insn: core %08x, memory %08x", r.insn, word(address)));
    if (r.pd_id != records_[first_].pd_id) fail("the id changes without reason");
    if (r.rs1_rdata != x_[r.rs1_addr]) fail(text("rs1: core %08x, Unicorn %08x", r.rs1_rdata, x_[r.rs1_addr]));
    if (r.rs2_rdata != x_[r.rs2_addr]) fail(text("rs2: core %08x, Unicorn %08x", r.rs2_rdata, x_[r.rs2_addr]));
    accessed_ = false;
    open_ = true;
    return problem_.empty();
}

// The current record's instruction has been executed, and `next` is where Unicorn goes on.
void Judge::finish(uint32_t next) {
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

void Judge::access(bool write, uint32_t address, unsigned size, uint32_t value) {
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

// What Unicorn is not asked about is taken from the record.
void Judge::adopt(const Record& r) {
    if (r.insn == WFI && (r.rd_addr != 0 || r.pc_wdata != r.pc_rdata + 4)) throw Difference("wfi has an effect");
    if (r.rd_addr != 0) set(UC_RISCV_REG_X0 + r.rd_addr, x_[r.rd_addr] = r.rd_wdata);
    if (is_gate(r.insn)) {
        const std::string what = r.insn >> 12 & 7 ? "leave" : "enter";
        counters[what + (r.pd_id != 0 ? "_by_module" : "_by_kernel")]++;
    }
    counters[is_csr(r.insn) ? "csr_by_model" : r.insn == WFI ? "wfi_by_model" : "gates_by_model"]++;
    retired(r, r.pc_wdata);
}

void Judge::retired(const Record& r, uint32_t next) {
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
void Judge::follow(const Record& r, const char* what) {
    if (previous_ != nullptr) counters[std::string(what) + "_after_" + kind(*previous_)]++;
    if (r.flags & 1) previous_ = &r;
}

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
