// Where the cycles go: each one either lets an instruction leave X, or is charged to what X waits for.
//
// If X holds an instruction, that is its own reason to wait or M's. If X is empty, it is what has kept D from handing
// one over: D's reason, a jump or a trap (which throw away what D has), or an instruction that has not arrived yet.
// Charged is the instruction that makes the others wait: the load for `d_wait_operand`, the branch for `jump`.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include "insn_names.h"
#include "stall_names.h"

#define STALLS_HAZARD(soc, name) ((soc).rootp->sim__DOT__soc__DOT__core__DOT__hazard__DOT__##name)
#define STALLS_DECODE(soc, name) ((soc).rootp->sim__DOT__soc__DOT__core__DOT__decode__DOT__##name)

class Stalls {
public:
    // Counted is from the instruction at `from` to the one at `to`, as they leave X; all, if both are 0.
    Stalls(uint32_t from, uint32_t to) : from_(from), to_(to), counting_(from == to) {}

    // A cycle, with all signals as they are before the clock edge that ends it.
    template <class Soc>
    void step(const Soc& soc) {
        const bool fire = STALLS_HAZARD(soc, x_fire);
        if (counting_) counts_[{fire ? "issued" : reason(soc), x_insn_}]++;
        if (fire && from_ != to_) counting_ = (counting_ || x_pc_ == from_) && x_pc_ != to_;
        if (!STALLS_HAZARD(soc, x_advance) && !STALLS_HAZARD(soc, m_trap)) return;
        if (STALLS_HAZARD(soc, d_advance)) {
            x_insn_ = STALLS_DECODE(soc, d_insn);
            x_pc_ = STALLS_DECODE(soc, d_pc);
            return;
        }
        bubble_ = STALLS_HAZARD(soc, m_trap)     ? "trap"
                  : STALLS_HAZARD(soc, x_redirect) ? "jump"
                  : STALLS_HAZARD(soc, d_valid)  ? waits(soc, 'd')
                                                 : "fetch";
    }

    // {"issued": {"lw": 12, ...}, "d_wait_operand": {...}, ...}
    void write(FILE* file) const {
        std::map<std::string, std::map<std::string, uint64_t>> named;
        for (const auto& [key, count] : counts_) named[key.first][insn_name(key.second)] += count;
        const char* comma = "";
        fputc('{', file);
        for (const auto& [reason, by_insn] : named) {
            fprintf(file, "%s\"%s\": {", comma, reason.c_str());
            comma = "";
            for (const auto& [insn, count] : by_insn) {
                fprintf(file, "%s\"%s\": %" PRIu64, comma, insn.c_str(), count);
                comma = ", ";
            }
            fputc('}', file);
            comma = ", ";
        }
        fputc('}', file);
    }

private:
    template <class Soc>
    const char* reason(const Soc& soc) const {
        if (!STALLS_HAZARD(soc, m_advance)) return waits(soc, 'm');
        if (!STALLS_HAZARD(soc, x_valid)) return bubble_;
        return STALLS_HAZARD(soc, m_trap) ? "trap" : waits(soc, 'x');
    }

    // The name of what the stage waits for.
    template <class Soc>
    const char* waits(const Soc& soc, char stage) const {
#define STALLS_CHECK(name) \
    if (#name[0] == stage && STALLS_HAZARD(soc, name)) return #name;
        STALLS_NAMES(STALLS_CHECK)
#undef STALLS_CHECK
        return "unknown";
    }

    const uint32_t from_, to_;
    bool counting_;
    const char* bubble_ = "fetch";
    uint32_t x_insn_ = 0, x_pc_ = 0;
    std::map<std::pair<const char*, uint32_t>, uint64_t> counts_;
};
