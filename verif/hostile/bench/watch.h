// The judge. It follows what retires and keeps its own idea of who is active, of the call stack, of every register and of
// what each module may touch: nothing here is read from the core's CSRs, table or windows.
#pragma once

#include <vector>

#include "coverage.h"
#include "registers.h"
#include "services.h"

class Watch {
public:
    Watch(Model& model, const Target& target)
        : memory(model, target.ram_base),
          coverage(target),
          model_(model),
          target_(target),
          services_(target, memory),
          public_(target.ranges.at("public")),
          tick_(target.name("tick_cycles")),
          slack_(target.name("service_cycles")),
          trap_entry_(target.name("trap_entry")),
          // Of the software, the timer and the external interrupt.
          vectors_{trap_entry_ + 4 * 3, trap_entry_ + 4 * 7, trap_entry_ + 4 * 11},
          idle_(target.name("idle")),
          starts_{target.name("thread_begin"), idle_},
          refused_(target.name("gate_refused")),
          service_entry_(target.name("service_entry")),
          module_entry_(target.name("module_entry")),
          csr_top_(target.name("csr_pd_top")),
          csr_slice_(target.name("csr_pd_slice")),
          next_pc_(target.ram_base) {}

    Memory memory;
    Coverage coverage;
    uint64_t hostile_instructions = 0, honest_instructions = 0, calls = 0, asked = 0, interrupts = 0;
    std::map<uint32_t, uint64_t> traps;

    // A cycle has passed.
    void cycle() {
        const uint64_t now = model_.cycle();
        memory.observe();
        // The judge looks for itself first.
        if (model_.monitor() && !alarm_) alarm_ = now;
        if (alarm_ && now - alarm_ > kAlarmCycles) escape("the monitor has counted an escape, and nobody else");
        if (id_ != 0 && now - entered_ > tick_ + kTrapCycles) {
            escape("id %u has the processor for %llu cycles on end", id_, (unsigned long long)(now - entered_));
        }
        if (!frames_.empty() && now > late_) escape("the call of id %u is %u cycles over its time", top_id_, slack_);
        // The idle thread waits for the tick.
        const uint64_t silence = kSilence + (id_ == 0 && next_pc_ == idle_ ? tick_ : 0);
        if (now - last_retired_ > silence) escape("nothing retires any more, pc %08x, id %u", next_pc_, id_);
    }

    void retire(const Record& r) {
        last_retired_ = model_.cycle();
        if (r.intr) handler(r);
        if (r.pc != next_pc_) escape("pc %08x, expected %08x, id %u", r.pc, next_pc_, id_);
        if (r.id != id_) escape("pc %08x runs as id %u, expected %u", r.pc, r.id, id_);
        if (!r.trap) registers(r);
        const uint32_t operation = Coverage::operation(r.insn);
        if (id_ != 0) {
            (target_.modules.at(id_).hostile ? hostile_instructions : honest_instructions)++;
            module_instruction(r, operation);
        } else if (!r.trap && !frames_.empty() && r.write_mask) {
            kernel_store(r);
        }
        memory.retire(r);
        next_pc_ = r.next_pc;
        previous_ = operation;
        if (r.trap) {
            // The kernel's own are those of a refused pd.enter, and end nothing.
            if (id_ != 0) {
                traps[r.cause]++;
                cause_ = int(r.cause);
            }
            enter_handler();
        } else {
            flow(r);
        }
        if (!r.trap && r.rd) x_[r.rd] = r.rd_value;
        if (back_ != Back::NOWHERE) arrived();
    }

    bool in_call() const { return !frames_.empty(); }

private:
    static constexpr uint64_t kAlarmCycles = 20;  // longer than a request may go without its instruction
    static constexpr uint64_t kSilence = 400;     // a division takes a tenth of it
    static constexpr uint64_t kTrapCycles = 100;  // from a tick to the first instruction of its handler, and retirement
    static constexpr uint32_t kSliceBase = 0x1ff; // pd_slice.base
    static constexpr int kTick = -1;              // stands for the timer among the causes of exceptions

    struct Frame {
        uint32_t pc, id, value;
        Grant grant;  // of the module that asked for a service
        bool service;
        Asked asked;
    };
    // A thread that does not run.
    struct Other {
        std::vector<Frame> frames;
        uint64_t left = 0;  // cycles until its call is over its time
        int cause = kTick;
    };
    enum class Back { NOWHERE, FROM_SERVICE, FROM_TRAP, UNWOUND, CALLED };

    void set_id(uint32_t id) {
        if (id != 0) entered_ = model_.cycle();
        id_ = id;
    }

    void registers(const Record& r) const {
        if (r.rs1 && r.rs1_value != x_[r.rs1]) escape("pc %08x: x%u is %08x, was %08x", r.pc, r.rs1, r.rs1_value, x_[r.rs1]);
        if (r.rs2 && r.rs2_value != x_[r.rs2]) escape("pc %08x: x%u is %08x, was %08x", r.pc, r.rs2, r.rs2_value, x_[r.rs2]);
    }

    // --- Traps ------------------------------------------------------------------------------------------------------
    void enter_handler() {
        trapped_ = true;
        interrupted_ = {id_, next_pc_, x_, grant_, base_, cause_};
        set_id(0);
    }

    // The first instruction of a handler.
    void handler(const Record& r) {
        const bool known = trapped_ ? r.pc == trap_entry_ : vectors_.count(r.pc) != 0;
        if (!trapped_) {
            interrupts++;
            if (id_ != 0) {
                cause_ = kTick;
                coverage.hit(Point::INTERRUPTED, previous_);
            }
            enter_handler();
        }
        trapped_ = false;
        if (!known) escape("a trap leads to %08x", r.pc);
        next_pc_ = r.pc;
    }

    // --- Modules ----------------------------------------------------------------------------------------------------
    void module_instruction(const Record& r, uint32_t operation) {
        const Module& m = target_.modules.at(id_);
        const uint32_t mask = r.read_mask | r.write_mask;
        if (m.hostile) coverage.hit(Point::PAIR, previous_ << 11 | operation << 1 | r.trap);
        if (r.trap) {
            if (m.hostile) refused(r, operation);
            return;
        }
        if (!public_.holds(r.pc, 4)) escape("id %u executes %08x", id_, r.pc);
        if (operation >> 4 == 0x1c && !r.csr_valid) escape("pc %08x: id %u executes %08x", r.pc, id_, r.insn);
        if (r.csr_valid) {
            if ((r.csr >> 8 & 3) != 0 || r.csr_write) escape("pc %08x: id %u reaches CSR %03x", r.pc, id_, r.csr);
            coverage.hit(Point::CSR, r.csr << 1);
        }
        if (mask) {
            uint32_t address = r.address + __builtin_ctz(mask), size = __builtin_popcount(mask);
            check_access(m, r, address, size, r.write_mask ? WRITE : READ);
        }
    }

    void check_access(const Module& m, const Record& r, uint32_t address, uint32_t size, uint32_t access) {
        const Range* windows[] = {&m.arena, &m.device, &grant_.range, &public_};
        const uint32_t permissions[] = {READ | WRITE, m.device_access, grant_.access, READ};
        bool allowed = false;
        for (uint32_t i = 0; i < 4; i++) {
            bool through = (permissions[i] & access) && windows[i]->holds(address, size);
            allowed |= through;
            if (through && m.hostile) coverage.hit(Point::ACCESS, i << 8 | size << 4 | access);
            if (m.hostile) coverage.edges(i, *windows[i], address, size, access == WRITE, false);
        }
        if (!allowed) {
            escape("pc %08x: id %u (%s) %s %u bytes at %08x", r.pc, id_, m.name.c_str(),
                   access == WRITE ? "writes" : "reads", size, address);
        }
    }

    // An instruction of a hostile module that ended in an exception: what it tried, for the coverage only.
    void refused(const Record& r, uint32_t operation) {
        const Module& m = target_.modules.at(id_);
        coverage.hit(Point::TRAP, operation << 5 | r.cause);
        if (operation >> 4 == 0x1c && (operation & 7)) coverage.hit(Point::CSR, (r.insn >> 20) << 1 | 1);
        const bool load = (r.insn & 0x7f) == 0x03, store = (r.insn & 0x7f) == 0x23;
        uint32_t address = r.pc;
        if (load || store) {
            int32_t offset = int32_t(r.insn) >> 20;
            if (store) offset = (offset & ~31) | (r.insn >> 7 & 31);
            address = x_[r.insn >> 15 & 31] + offset;
            const Range* windows[] = {&m.arena, &m.device, &grant_.range, &public_};
            for (uint32_t i = 0; i < 4; i++) coverage.edges(i, *windows[i], address, 1u << (r.insn >> 12 & 3), store, true);
        }
        coverage.hit(Point::TRAP_AT, coverage.place(address) << 14 | operation << 5 | r.cause);
    }

    // --- Kernel, while a module's call is not finished ----------------------------------------------------------------
    void kernel_store(const Record& r) {
        const uint32_t address = r.address + __builtin_ctz(r.write_mask), size = __builtin_popcount(r.write_mask);
        for (const Range& range : target_.live) {
            if (range.holds(address, size)) return;
        }
        Frame& frame = frames_.back();
        if (frame.service && services_.uses_heap(frame.asked)) {
            for (const Range& range : target_.modules.at(frame.asked.caller).bookkeeping) {
                if (range.holds(address, size)) return;
            }
        }
        if (frame.service && address == target_.name("uart_thr")) {
            services_.print(frame.asked, r.store_value);
            return;
        }
        if (target_.ranges.at("clint").holds(address, size) && address != target_.ranges.at("clint").lower) return;
        escape("pc %08x: the kernel writes %08x to %08x on behalf of id %u", r.pc, r.store_value, address, frame.id);
    }

    // --- Gates, returns, mret -----------------------------------------------------------------------------------------
    void flow(const Record& r) {
        const uint32_t insn = r.insn;
        if ((insn & 0xfe00707f) == 0x0000000b) {
            enter(r);
        } else if ((insn & 0xfffff07f) == 0x0000100b) {
            leave(r);
        } else if (insn == 0x30200073) {
            if (interrupted_.id == 0 && r.next_pc == refused_) {
                // The kernel's own pd.enter was refused: another thread is in the module. It waits.
            } else if (r.next_pc == interrupted_.pc && interrupted_.base == base_) {
                back_ = Back::FROM_TRAP;
            } else {
                other_thread(r.next_pc);
            }
            set_id(interrupted_.id);
            interrupted_.id = 0;
        } else if (r.csr_valid && r.csr_write && r.csr == csr_top_ && id_ == 0) {
            const uint32_t count = r.csr_value - base_;
            if (count > frames_.size()) escape("pc %08x: pd_top becomes %u, is %zu", r.pc, r.csr_value, base_ + frames_.size());
            if (count < frames_.size()) cause_ = kTick;
            while (frames_.size() > count) {
                if (frames_.back().service) services_.abandoned(frames_.back().asked);
                frames_.pop_back();
            }
        } else if (r.csr_valid && r.csr_write && r.csr == csr_slice_ && id_ == 0) {
            // Another thread's frames, and what is left of its call's time.
            const uint64_t now = model_.cycle();
            others_[base_] = {frames_, late_ - now, cause_};
            base_ = r.csr_value & kSliceBase;
            const Other& other = others_[base_];
            frames_ = other.frames;
            late_ = now + other.left;
            cause_ = other.cause;
        }
    }

    // The kernel goes on with another thread than the one that it has interrupted: one that it has interrupted before, or
    // a new one.
    void other_thread(uint32_t pc) {
        const Interrupted from = interrupted_;
        auto found = suspended_.begin();
        while (found != suspended_.end() && (found->pc != pc || found->base != base_)) ++found;
        if (found != suspended_.end()) {
            interrupted_ = *found;
            suspended_.erase(found);
            grant_ = interrupted_.grant;
            back_ = Back::FROM_TRAP;
        } else if (starts_.count(pc)) {
            interrupted_ = {};
            grant_ = {};
        } else {
            escape("mret goes to %08x, interrupted at %08x", pc, from.pc);
        }
        suspended_.push_back(from);
    }

    void enter(const Record& r) {
        const uint32_t target = r.rs1_value;
        Frame frame{r.pc + 4, id_, r.rs2_value, grant_, id_ != 0, {}};
        if (id_ != 0) {
            if (target != 0) escape("pc %08x: id %u enters id %u without the kernel", r.pc, id_, target);
            if (r.next_pc != service_entry_) escape("pc %08x: a service begins at %08x", r.pc, r.next_pc);
            frame.asked = {id_, grant_, x_};
            if (r.rd) frame.asked.x[r.rd] = r.rd_value;  // perhaps one of the arguments
            services_.asked(frame.asked);
            asked++;
            coverage.hit(Point::SERVICE, std::min(x_[17], 15u) << 8 | 0xff);
        } else {
            if (!target_.modules.count(target)) escape("pc %08x: the kernel enters id %u", r.pc, target);
            if (r.next_pc != module_entry_) escape("pc %08x: module %u begins at %08x", r.pc, target, r.next_pc);
            grant_ = lend(target);
            if (frames_.empty()) {
                top_id_ = target;
                late_ = model_.cycle() + target_.modules.at(target).budget + tick_ + slack_;
                calls += target_.modules.at(target).hostile;
            }
            back_ = Back::CALLED;
        }
        frames_.push_back(frame);
        coverage.hit(Point::DEPTH, uint32_t(frames_.size()));
        if (id_ == 0) set_id(target); else set_id(0);
    }

    // What the call that begins is lent, by the manifest.
    Grant lend(uint32_t id) const {
        const Module& m = target_.modules.at(id);
        uint32_t number = 0;
        while (number < m.operations.size() && m.operations[number].function != x_[5]) number++;
        if (number == m.operations.size() && frames_.empty() && services_.may_call_back(id, x_[5])) return {};
        if (number == m.operations.size()) escape("the kernel calls %08x of id %u, which is no operation", x_[5], id);
        if (!frames_.empty()) services_.check_call(frames_.back().asked, id, number);
        const Operation& op = m.operations[number];
        const uint32_t lower = x_[10 + op.pointer];
        return op.lend ? Grant{{lower, lower + x_[10 + op.length]}, op.lend} : Grant{};
    }

    void leave(const Record& r) {
        if (frames_.empty()) escape("pc %08x: pd.leave without a call", r.pc);
        const Frame frame = frames_.back();
        frames_.pop_back();
        if (r.next_pc != frame.pc) escape("pc %08x: pd.leave to %08x, called from %08x", r.pc, r.next_pc, frame.pc);
        if (r.rd_value != frame.value && r.rd) escape("pc %08x: pd.leave gives %08x, %08x was saved", r.pc, r.rd_value, frame.value);
        if (frame.service) {
            services_.returned(frame.asked, int32_t(x_[10]));
            coverage.hit(Point::SERVICE, std::min(frame.asked.number(), 15u) << 8 | result_class(x_[10]));
            asked_ = frame.asked;
            back_ = Back::FROM_SERVICE;
            grant_ = frame.grant;
        } else {
            if (id_ == 0) back_ = Back::UNWOUND;
            coverage.hit(Point::CALL_END, (id_ == 0 ? uint32_t(cause_ + 2) : 0) << 4 | std::min<size_t>(frames_.size(), 15));
        }
        set_id(frame.id);
    }

    static uint32_t result_class(uint32_t value) {
        int32_t number = int32_t(value);
        return number < 0 && number >= -127 ? uint32_t(-number) : number == 0 ? 0 : 0x80;
    }

    // The first moment on the other side, with the registers as they are there.
    void arrived() {
        switch (back_) {
        case Back::CALLED:
            check_at_call(x_);
            break;
        case Back::FROM_SERVICE:
            check_after_service(x_, asked_.x);
            break;
        case Back::FROM_TRAP:
            if (id_ != 0 && interrupted_.cause != kTick) {
                escape("the kernel resumes id %u, which had trap %d", id_, interrupted_.cause);
            }
            check_after_interrupt(x_, interrupted_.x);
            break;
        case Back::UNWOUND:
            if (int32_t(x_[10]) != -expected_error()) {
                escape("a call that ended by trap %d returns %d, not %d", cause_, int32_t(x_[10]), -expected_error());
            }
            break;
        case Back::NOWHERE:
            break;
        }
        back_ = Back::NOWHERE;
    }

    int32_t expected_error() const {
        switch (cause_) {
        case kTick: return services_.error("ETIMEDOUT");
        case 2: case 3: case 8: return services_.error("EPERM");
        case 24: return services_.error("EACCES");
        default: return services_.error("EFAULT");
        }
    }

    struct Interrupted {
        uint32_t id = 0, pc = 0;
        Registers x{};
        Grant grant;
        uint32_t base = 0;  // of its slice of the call stack: which thread
        int cause = kTick;
    };

    Model& model_;
    const Target& target_;
    Services services_;
    const Range public_;
    const uint32_t tick_, slack_, trap_entry_;
    const std::set<uint32_t> vectors_;
    const uint32_t idle_;
    const std::set<uint32_t> starts_;
    const uint32_t refused_, service_entry_, module_entry_, csr_top_, csr_slice_;
    uint32_t next_pc_;
    uint32_t id_ = 0, top_id_ = 0, previous_ = 0;
    uint64_t entered_ = 0, late_ = 0, last_retired_ = 0, alarm_ = 0;
    Registers x_{};
    Grant grant_;  // of the module that is active
    uint32_t base_ = 0;  // of the running thread's slice of the call stack
    std::vector<Frame> frames_;
    std::map<uint32_t, Other> others_;  // threads, by base
    std::vector<Interrupted> suspended_;
    Interrupted interrupted_;
    Asked asked_;
    bool trapped_ = false;
    int cause_ = kTick;  // what has last ended or interrupted a module of the running thread
    Back back_ = Back::NOWHERE;
};
