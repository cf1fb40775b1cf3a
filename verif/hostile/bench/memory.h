// What RAM should hold, and which requests an instruction still has to answer for.
#pragma once

#include <cstdarg>
#include <cstdio>
#include <deque>
#include <stdexcept>
#include <vector>

#include "model.h"

// Something that must never happen has happened.
struct Escape : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[noreturn]] __attribute__((format(printf, 1, 2))) inline void escape(const char* format, ...) {
    char text[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    throw Escape(text);
}

inline uint32_t lanes(uint32_t mask) {
    uint32_t bits = 0;
    for (int lane = 0; lane < 4; lane++) bits |= (mask >> lane & 1) * 0xffu << 8 * lane;
    return bits;
}

// Requests on their way: each must be that of an instruction which retires within a few cycles, in the same order. An
// instruction that traps has none, so a request that got out although its instruction was refused stays behind here.
class Requests {
public:
    explicit Requests(const char* what) : what_(what) {}
    bool empty() const { return waiting_.empty(); }
    void add(const Request& q) { waiting_.push_back(q); }
    void check(uint64_t cycle) const {
        if (!waiting_.empty() && cycle - waiting_.front().cycle > kPatience) {
            const Request& q = waiting_.front();
            escape("%s %s of [%08x]/%x=%08x by no instruction", what_, q.write ? "write" : "read", q.address, q.mask,
                   q.data);
        }
    }
    void answer_for(const Record& r, bool write) {
        uint32_t mask = write ? r.write_mask : r.read_mask;
        if (waiting_.empty()) escape("pc %08x: retired, but its %s was not seen at [%08x]", r.pc, what_, r.address);
        Request q = waiting_.front();
        waiting_.pop_front();
        if (q.address != r.address || q.mask != mask || q.write != write) {
            escape("pc %08x: %s of [%08x]/%x, but the instruction's is [%08x]/%x", r.pc, what_, q.address, q.mask,
                   r.address, mask);
        }
        if (write && ((q.data ^ r.store_value) & lanes(mask))) {
            escape("pc %08x: %s of %08x, but the instruction's data are %08x", r.pc, what_, q.data, r.store_value);
        }
    }

private:
    static constexpr uint64_t kPatience = 12;
    const char* what_;
    std::deque<Request> waiting_;
};

class Memory {
public:
    Memory(Model& model, uint32_t base) : model_(model), base_(base) {
        shadow_.assign(model.ram(), model.ram() + model.ram_bytes() / 4);
    }

    bool holds(uint32_t address) const { return address >= base_ && address - base_ < model_.ram_bytes(); }
    uint32_t word(uint32_t address) const { return shadow_[(address - base_) / 4]; }
    uint8_t byte(uint32_t address) const { return word(address) >> 8 * (address & 3); }

    // From outside: into the RAM as well.
    void poke(uint32_t address, uint32_t value) {
        if (!holds(address) || address & 3) throw std::runtime_error("poke: bad address " + std::to_string(address));
        shadow_[(address - base_) / 4] = model_.ram()[(address - base_) / 4] = value;
    }

    // Once per cycle.
    void observe() {
        Request q;
        if (model_.ram_store(q)) stores_.add(q);
        if (model_.device_access(q)) accesses_.add(q);
        stores_.check(model_.cycle());
        accesses_.check(model_.cycle());
    }

    // Of every instruction that has retired.
    void retire(const Record& r) {
        if (r.trap || !(r.read_mask | r.write_mask)) return;
        if (!holds(r.address)) {
            accesses_.answer_for(r, r.write_mask != 0);
        } else if (r.write_mask) {
            stores_.answer_for(r, true);
            uint32_t& word = shadow_[(r.address - base_) / 4];
            word = (word & ~lanes(r.write_mask)) | (r.store_value & lanes(r.write_mask));
        } else if ((r.load_value ^ word(r.address)) & lanes(r.read_mask)) {
            escape("pc %08x: loaded %08x from [%08x], which holds %08x", r.pc, r.load_value, r.address,
                   word(r.address));
        }
    }

    bool settled() const { return stores_.empty(); }

    // All of RAM; if it is settled.
    void compare() const {
        const uint32_t* ram = model_.ram();
        if (!memcmp(ram, shadow_.data(), model_.ram_bytes())) return;
        for (uint32_t i = 0; i < shadow_.size(); i++) {
            if (ram[i] != shadow_[i]) {
                escape("memory at %08x is %08x, and by all stores that retired should be %08x", base_ + 4 * i, ram[i],
                       shadow_[i]);
            }
        }
    }

private:
    Model& model_;
    const uint32_t base_;
    std::vector<uint32_t> shadow_;
    Requests stores_{"store"}, accesses_{"device access"};
};
