// What the kernel's services owe their caller, and what they must refuse: computed from manifests and from the arguments
// in the caller's registers.
#pragma once

#include <map>
#include <set>

#include "registers.h"
#include "target.h"

struct Grant {
    Range range;
    uint32_t access = 0;
};

// A service that has been asked for and has not returned.
struct Asked {
    uint32_t caller = 0;
    Grant grant;  // what was lent to the caller's call
    Registers x{};
    uint32_t printed = 0;

    uint32_t number() const { return x[17]; }
    uint32_t target() const { return x[16]; }
    uint32_t argument(int i) const { return x[10 + i]; }
};

class Services {
public:
    Services(const Target& target, const Memory& memory)
        : target_(target), memory_(memory), public_(target.ranges.at("public")) {
        for (const char* name : {"kmalloc", "kfree", "console_write", "time_cycles", "module_call", "ksize", "timer_set",
                                 "timer_cancel"}) {
            numbers_[target.name(std::string("service_") + name)] = name;
        }
    }

    // May the module touch these bytes? Its device is left out: the kernel takes no pointer into one.
    bool may_access(uint32_t id, const Grant& grant, uint32_t address, uint32_t size, uint32_t access) const {
        return size == 0 || target_.modules.at(id).arena.holds(address, size) ||
               (access == READ && public_.holds(address, size)) ||
               ((grant.access & access) == access && grant.range.holds(address, size));
    }

    // The kernel calls `id` because a module has asked for it. May it?
    void check_call(const Asked& s, uint32_t id, uint32_t number) const {
        const Module& m = target_.modules.at(id);
        if (name(s) != "module_call") escape("service %s of id %u calls a module", name(s).c_str(), s.caller);
        if (s.target() != (number << 8 | id)) escape("asked for %x, called %x", s.target(), number << 8 | id);
        if (!(m.callers >> s.caller & 1)) escape("id %u may not call id %u, and did", s.caller, id);
        const Operation& op = m.operations.at(number);
        if (op.lend && !may_access(s.caller, s.grant, s.argument(op.pointer), s.argument(op.length), op.lend)) {
            escape("id %u lends [%08x + %x] to id %u, which is not its own to lend", s.caller, s.argument(op.pointer),
                   s.argument(op.length), id);
        }
    }

    // A service is asked for.
    void asked(const Asked& s) {
        if (name(s) == "timer_set") call_backs_.insert({s.caller, s.argument(0)});
    }

    // The kernel calls `function` of `id`, which is no operation. Has the module asked for it?
    bool may_call_back(uint32_t id, uint32_t function) const { return call_backs_.count({id, function}) != 0; }

    // The kernel prints a character during a service.
    void print(Asked& s, uint8_t character) const {
        uint32_t at = s.argument(0) + s.printed++;
        if (name(s) != "console_write" || s.printed > s.argument(1)) escape("a service prints what nobody has asked for");
        if (!may_access(s.caller, s.grant, s.argument(0), s.argument(1), READ)) {
            escape("the kernel prints [%08x] for id %u, which may not read it", at, s.caller);
        }
        if (memory_.byte(at) != character) escape("printed %02x, but [%08x] is %02x", character, at, memory_.byte(at));
    }

    // The service returns `result`: is it what it must be?
    void returned(const Asked& s, int32_t result) {
        const Module& m = target_.modules.at(s.caller);
        const std::string what = name(s);
        auto& held = held_[s.caller];
        const bool known = !unsure_.count(s.caller);
        if (what == "kmalloc") {
            if (result == 0) return;
            Range block{uint32_t(result), uint32_t(result) + (s.argument(0) + 15 & ~15u)};
            uint32_t used = block.upper - block.lower;
            for (const auto& [start, end] : held) {
                used += end - start;
                if (known && start < block.upper && block.lower < end) escape("kmalloc(%u) gives %08x twice", s.argument(0), result);
            }
            if (s.argument(0) == 0 || s.argument(0) > m.quota || (known && used > m.quota) || result % 16 ||
                !m.heap.holds(block.lower, block.upper - block.lower)) {
                escape("kmalloc(%u) of id %u gives %08x", s.argument(0), s.caller, result);
            }
            held[block.lower] = block.upper;
        } else if (what == "kfree") {
            bool mine = held.count(s.argument(0)) != 0;
            bool right = mine || s.argument(0) == 0;
            if (known && result != (right ? 0 : -error("EINVAL"))) {
                escape("kfree(%08x) of id %u, %s: %d", s.argument(0), s.caller, mine ? "held" : "not held", result);
            }
            held.erase(s.argument(0));
        } else if (what == "ksize") {
            auto block = held.find(s.argument(0));
            uint32_t size = block == held.end() ? 0 : block->second - block->first;
            if (known && result != int32_t(size)) escape("ksize(%08x) of id %u, %u bytes: %d", s.argument(0), s.caller, size, result);
        } else if (what == "console_write") {
            bool right = may_access(s.caller, s.grant, s.argument(0), s.argument(1), READ);
            if (result != (right ? 0 : -error("EFAULT")) || (right && s.printed != s.argument(1))) {
                escape("console_write(%08x, %u) of id %u: %d, %u printed", s.argument(0), s.argument(1), s.caller,
                       result, s.printed);
            }
        } else if (what == "module_call") {
            auto found = target_.modules.find(s.target() & 0xff);
            if (found == target_.modules.end() || s.target() >> 8 >= found->second.operations.size()) {
                if (result != -error("ENOENT")) escape("call of %x, which does not exist: %d", s.target(), result);
            } else if (!(found->second.callers >> s.caller & 1) && result != -error("EACCES")) {
                escape("call of %x by id %u, which may not: %d", s.target(), s.caller, result);
            }
        } else if (what == "timer_set") {
            const bool right = s.argument(0) != 0 && int32_t(s.argument(2) | s.argument(3)) >= 0;
            if (right ? (result < 0 || result > 255) && result != -error("EAGAIN") : result != -error("EINVAL")) {
                escape("timer_set(%08x, ..., %u, %u) of id %u: %d", s.argument(0), s.argument(2), s.argument(3), s.caller, result);
            }
            if (result >= 0) timers_[result] = s.caller;
        } else if (what == "timer_cancel") {
            const auto owner = timers_.find(s.argument(0));
            if (result == 0 ? owner == timers_.end() || owner->second != s.caller : result != -error("EINVAL")) {
                escape("timer_cancel(%u) of id %u: %d", s.argument(0), s.caller, result);
            }
        } else if (what != "time_cycles" && result != -error("ENOSYS")) {
            escape("service %u does not exist, and gives %d", s.number(), result);
        }
    }

    // The service was ended in its middle, as time is up: the caller never learns what has become of its heap.
    void abandoned(const Asked& s) {
        if (name(s) == "kmalloc" || name(s) == "kfree") unsure_.insert(s.caller);
    }

    bool uses_heap(const Asked& s) const { return name(s) == "kmalloc" || name(s) == "kfree"; }

    int32_t error(const char* name) const { return int32_t(target_.name(name)); }

private:
    std::string name(const Asked& s) const {
        auto found = numbers_.find(s.number());
        return found == numbers_.end() ? "" : found->second;
    }

    const Target& target_;
    const Memory& memory_;
    const Range public_;
    std::map<uint32_t, std::string> numbers_;
    std::set<std::pair<uint32_t, uint32_t>> call_backs_;  // id, function
    std::map<uint32_t, uint32_t> timers_;                 // whose each number was
    std::set<uint32_t> unsure_;
    std::map<uint32_t, std::map<uint32_t, uint32_t>> held_;  // blocks by module: start, end
};
