// What the judge says about CSRs, exceptions and interrupts.

#include "lockstep_judge.h"
#include "lockstep_words.h"

void Judge::csr(const Record& r) {
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
void Judge::resolve(const Record& r, bool& open, int reg, bool overwritten, uint32_t Candidate::*field) {
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

// What Unicorn would do here. Nothing changes.
Judge::Probe Judge::probe() {
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
void Judge::trap(const Record& r) {
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

void Judge::reasons(const Record& r, uint32_t word) {
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

void Judge::enter_interrupt(const Record& r) {
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

void Judge::enter_trap() {
    set(UC_RISCV_REG_PRIV, 3);
    const uint32_t status = get(UC_RISCV_REG_MSTATUS);
    set(UC_RISCV_REG_MSTATUS, (status & kMie ? kMpie : 0) | kMpp);
    set(UC_RISCV_REG_MEPC, pc_);
    set(UC_RISCV_REG_MCAUSE, candidates_[0].cause);
    set(UC_RISCV_REG_MTVAL, candidates_[0].tval);
    cause_open_ = tval_open_ = false;
    pc_ = get(UC_RISCV_REG_MTVEC) & ~3u;
}
