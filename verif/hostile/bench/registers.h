// What a module may find in its registers when it gets the processor: nothing of the kernel's, and its own as they were.
#pragma once

#include <array>

#include "memory.h"

using Registers = std::array<uint32_t, 32>;

// A call begins: arguments are in a0-a5, the operation's function and the module's id in t0 and t1.
inline void check_at_call(const Registers& x) {
    for (int i : {1, 3, 4, 7, 8, 9, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}) {
        if (x[i]) escape("a call begins with x%d = %08x, which is the kernel's", i, x[i]);
    }
}

// A service returns: a0 is its result, s0-s11 are kept.
inline void check_after_service(const Registers& x, const Registers& before) {
    for (int i : {8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27}) {
        if (x[i] != before[i]) escape("a service changes x%d from %08x to %08x", i, before[i], x[i]);
    }
    for (int i : {1, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31}) {
        if (x[i]) escape("a service returns with x%d = %08x, which is the kernel's", i, x[i]);
    }
}

// An interrupt returns.
inline void check_after_interrupt(const Registers& x, const Registers& before) {
    for (int i = 1; i < 32; i++) {
        if (x[i] != before[i]) escape("an interrupt changes x%d from %08x to %08x", i, before[i], x[i]);
    }
}
