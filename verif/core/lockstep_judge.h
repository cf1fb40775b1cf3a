// The judge of the core's records: Unicorn's machine, and what is known about the core beside it.
#pragma once

#include <unicorn/unicorn.h>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "records.h"

// What the core and Unicorn do not agree on.
struct Difference : std::runtime_error {
    using std::runtime_error::runtime_error;
};

__attribute__((format(printf, 1, 2))) std::string text(const char* format, ...);

// Throws runtime_error, with the name of Unicorn's function that has failed.
void check(uc_err error, const char* what);

class Judge {
public:
    Judge();
    ~Judge() { uc_close(uc_); }
    Judge(const Judge&) = delete;

    // Throws Difference, with `judged()` as the index of the record.
    void run(const std::string& image, const std::string& trace, bool paddock);

    size_t judged() const { return index_; }
    std::map<std::string, uint64_t> counters;

private:
    // What an exception may have left in mcause and mtval. More than one where Unicorn cannot tell.
    struct Candidate {
        uint32_t cause, tval;
    };

    // What Unicorn does with an instruction that has trapped in the core.
    struct Probe {
        uint32_t next_pc = 0, cause = ~0u, address = 0;
        unsigned size = 0, accesses = 0;
        bool write = false;
    };

    // The machine (lockstep_machine.cpp)
    void map(uint64_t base, std::vector<uint32_t>& words, uint32_t permissions);
    void hook(int type, void* callback);
    void reset(const std::string& image, bool paddock);
    void read_records(const std::string& trace);
    // The word of a memory or device, null where nothing is.
    uint32_t* memory(uint32_t address);
    uint32_t word(uint32_t pc) const { return ram_[(pc - RAM_BASE) / 4]; }
    uint32_t get(int reg);
    void set(int reg, uint32_t value) { check(uc_reg_write(uc_, reg, &value), "uc_reg_write"); }

    // Instructions (lockstep_unicorn.cpp)
    void step(size_t end);
    static void on_code(uc_engine* uc, uint64_t address, uint32_t, void* self);
    static void on_access(uc_engine* uc, uc_mem_type type, uint64_t address, int size, int64_t value, void* self);
    static bool on_invalid(uc_engine*, uc_mem_type type, uint64_t address, int size, int64_t value, void* self);
    static void on_exception(uc_engine* uc, uint32_t number, void* self);
    void fail(const std::string& what);
    bool before(uint32_t address);
    void finish(uint32_t next);
    void access(bool write, uint32_t address, unsigned size, uint32_t value);
    void adopt(const Record& r);
    void retired(const Record& r, uint32_t next);
    void follow(const Record& r, const char* what);

    // CSRs and traps (lockstep_traps.cpp)
    void csr(const Record& r);
    void resolve(const Record& r, bool& open, int reg, bool overwritten, uint32_t Candidate::*field);
    Probe probe();
    void trap(const Record& r);
    void reasons(const Record& r, uint32_t word);
    void enter_interrupt(const Record& r);
    void enter_trap();

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
