// The judge's machine: memories and devices that it shares with Unicorn, registers, records.

#include <algorithm>
#include <cstdarg>
#include <fstream>

#include "lockstep_judge.h"

std::string text(const char* format, ...) {
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

Judge::Judge() : ram_(RAM_BYTES / 4), storage_(1024), clint_(CLINT_SIZE / 4), finisher_(1024) {
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

void Judge::map(uint64_t base, std::vector<uint32_t>& words, uint32_t permissions) {
    check(uc_mem_map_ptr(uc_, base, words.size() * 4, permissions, words.data()), "uc_mem_map_ptr");
}

void Judge::hook(int type, void* callback) {
    uc_hook handle;
    check(uc_hook_add(uc_, &handle, type, callback, this, 1, 0), "uc_hook_add");
}

void Judge::reset(const std::string& image, bool paddock) {
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

void Judge::read_records(const std::string& trace) {
    std::ifstream file(trace, std::ios::binary | std::ios::ate);
    if (!file) throw std::runtime_error("cannot read " + trace);
    records_.resize(file.tellg() / sizeof(Record));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(records_.data()), records_.size() * sizeof(Record));
}

uint32_t Judge::get(int reg) {
    uint32_t value = 0;
    check(uc_reg_read(uc_, reg, &value), "uc_reg_read");
    return value;
}

uint32_t* Judge::memory(uint32_t address) {
    if (address - RAM_BASE < RAM_BYTES) return &ram_[(address - RAM_BASE) / 4];
    if (address - STORAGE_BASE < STORAGE_BYTES) return &storage_[(address - STORAGE_BASE) / 4];
    if (address - CLINT_BASE < CLINT_SIZE) return &clint_[(address - CLINT_BASE) / 4];
    if (address - FINISHER_BASE < 4) return &finisher_[0];
    return nullptr;
}
