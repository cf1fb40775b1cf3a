// What a program has tried, as numbers: programs that bring new ones are bred from. programs/coverage names the kinds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_set>

#include "memory.h"
#include "target.h"

enum class Point : uint32_t { TRAP = 1, TRAP_AT, ACCESS, EDGE, SERVICE, CALL_END, DEPTH, CSR, PAIR, INTERRUPTED, LENGTH };

class Coverage {
public:
    explicit Coverage(const Target& target) : target_(target) {}

    void hit(Point kind, uint32_t value) { points_.insert(uint32_t(kind) << 24 | (value & 0xffffff)); }
    const std::unordered_set<uint32_t>& points() const { return points_; }
    void clear() { points_.clear(); }

    // Opcode and minor opcode; for SYSTEM and the gates what tells them apart.
    static uint32_t operation(uint32_t insn) {
        uint32_t opcode = insn >> 2 & 31, minor = insn >> 12 & 7;
        if (opcode == 0x1c && minor == 0) return opcode << 4 | 8 | (insn >> 20 & 7);
        if ((insn & 3) != 3) return 0x1ff;
        if (opcode == 0x0d || opcode == 0x05 || opcode == 0x1b) minor = 0;
        return opcode << 4 | minor;
    }

    // Which part of the machine: a coarse number.
    uint32_t place(uint32_t address) const {
        uint32_t number = 1;
        for (const auto& [name, range] : target_.ranges) {
            if (range.holds(address, 1)) return number;
            number++;
        }
        for (const auto& [id, m] : target_.modules) {
            if (m.arena.holds(address, 1)) return number;
            number++;
        }
        return address < 4096 ? number : address >= target_.ram_base ? number + 1 : number + 2 + (address >> 28);
    }

    // How an access lies to a window: -4 .. 4 bytes off its lower and its upper end, else far.
    void edges(uint32_t window, const Range& range, uint32_t address, uint32_t size, bool write, bool refused) {
        for (uint32_t upper : {0u, 1u}) {
            int64_t distance = int64_t(address) - int64_t(upper ? range.upper : range.lower);
            if (distance < -4 || distance > 4) continue;
            hit(Point::EDGE, window << 12 | upper << 11 | uint32_t(distance + 4) << 7 | size << 4 | write << 1 | refused);
        }
    }

private:
    const Target& target_;
    std::unordered_set<uint32_t> points_;
};
