// Runs a program on the Verilated SoC. Started by `paddock sim`, which checks the program and explains the result.
//
// The exit status is 0 if the simulation ran, whatever its result; the result file says how it ended.

#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <memory>

#include "Vsoc.h"
#include "Vsoc___024root.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

#include "options.h"
#include "records.h"
#include "serial.h"
#include "soc_names.h"
#if SOC_STALLS
#include "stalls.h"
#endif

namespace {

volatile std::sig_atomic_t interrupted = 0;

struct File {
    FILE* handle;
    File(const std::string& name, const char* mode) : handle(name == "-" ? stderr : fopen(name.c_str(), mode)) {
        if (handle == nullptr) throw std::runtime_error("cannot write " + name + ": " + strerror(errno));
    }
    ~File() {
        if (handle != stderr) fclose(handle);
    }
};

struct Result {
    const char* end = "max_cycles";
    uint32_t code = 0;
    uint64_t cycles = 0;
    uint64_t instructions = 0;
    double seconds = 0;
    uint32_t escapes = 0;
};

class Simulation {
public:
    explicit Simulation(const Options& options) : options_(options), soc_(&context_) {
        load();
        if (!options.trace.empty()) trace_ = std::make_unique<File>(options.trace, "w");
        if (!options.rvfi_bin.empty()) records_ = std::make_unique<File>(options.rvfi_bin, "wb");
#if VM_TRACE
        context_.traceEverOn(true);
        soc_.trace(&wave_, 99);
        wave_.open(options.wave.c_str());
#endif
        soc_.SOC_RX = 1;
    }

#if SOC_STALLS
    void write_stalls(FILE* file) const {
        fprintf(file, ", \"stalls\": ");
        stalls_.write(file);
    }
#else
    void write_stalls(FILE*) const {}
#endif

    Result run() {
        int input = STDIN_FILENO, output = STDOUT_FILENO;
        if (options_.pty) {
            std::string name;
            input = output = Serial::open_pty(name);
            fprintf(stderr, "serial line: %s\n", name.c_str());
        }
        Serial serial(options_.bit_cycles, input, output);
        RawTerminal raw;
        const bool watch = trace_ || records_ || options_.tohost != 0;
        Result result;
        const auto started = std::chrono::steady_clock::now();
        uint64_t cycle = 0;
        while (cycle < options_.max_cycles) {
            tick();
            cycle++;
#if SOC_STALLS
            stalls_.step(soc_);
#endif
            soc_.SOC_RX = serial.step(cycle, soc_.SOC_TX);
            if (soc_.SOC_RVFI(valid)) {
                result.instructions++;
                if (watch && retired(cycle, result)) break;
            }
            if (soc_.SOC_FINISH) {
                result.end = "finisher";
                result.code = soc_.SOC_FINISH_CODE;
                break;
            }
            if (interrupted) {
                result.end = "interrupted";
                break;
            }
        }
        result.cycles = cycle;
        result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
        result.escapes = SOC_ESCAPES(soc_);
#if VM_TRACE
        wave_.close();
#endif
        soc_.final();
        return result;
    }

private:
    void load() {
        std::ifstream file(options_.image, std::ios::binary);
        auto& words = SOC_RAM(soc_);
        file.read(reinterpret_cast<char*>(&words[0]), sizeof words);
        if (!file && !file.eof()) throw std::runtime_error("cannot read " + options_.image);
    }

    void tick() {
        soc_.clk = 1;
        soc_.eval();
#if VM_TRACE
        wave_.dump(time_++);
#endif
        soc_.clk = 0;
        soc_.eval();
#if VM_TRACE
        wave_.dump(time_++);
#endif
    }

    // An instruction has retired; true if it has ended the simulation.
    bool retired(uint64_t cycle, Result& result) {
        Record r{};
        r.cycle = cycle;
        r.order = soc_.SOC_RVFI(order);
        r.insn = soc_.SOC_RVFI(insn);
        r.pc_rdata = soc_.SOC_RVFI(pc_rdata);
        r.pc_wdata = soc_.SOC_RVFI(pc_wdata);
        r.rs1_rdata = soc_.SOC_RVFI(rs1_rdata);
        r.rs2_rdata = soc_.SOC_RVFI(rs2_rdata);
        r.rd_wdata = soc_.SOC_RVFI(rd_wdata);
        r.mem_addr = soc_.SOC_RVFI(mem_addr);
        r.mem_rdata = soc_.SOC_RVFI(mem_rdata);
        r.mem_wdata = soc_.SOC_RVFI(mem_wdata);
        r.rs1_addr = soc_.SOC_RVFI(rs1_addr);
        r.rs2_addr = soc_.SOC_RVFI(rs2_addr);
        r.rd_addr = soc_.SOC_RVFI(rd_addr);
        r.mem_rmask = soc_.SOC_RVFI(mem_rmask);
        r.mem_wmask = soc_.SOC_RVFI(mem_wmask);
        r.flags = soc_.SOC_RVFI(trap) | soc_.SOC_RVFI(intr) << 1 | (soc_.SOC_RVFI(mode) == 0) << 2;
        r.pd_id = soc_.SOC_RVFI(pd_id);
        if (trace_) print_record(trace_->handle, r);
        if (records_) fwrite(&r, sizeof r, 1, records_->handle);
        if (r.mem_wmask == 0xf && r.mem_addr == options_.tohost && r.mem_wdata != 0) {
            result.end = "tohost";
            result.code = r.mem_wdata;
            return true;
        }
        return false;
    }

    const Options& options_;
    VerilatedContext context_;
    Vsoc soc_;
    std::unique_ptr<File> trace_, records_;
#if SOC_STALLS
    Stalls stalls_{options_.stalls_from, options_.stalls_to};
#endif
#if VM_TRACE
    VerilatedFstC wave_;
    uint64_t time_ = 0;
#endif
};

void write_result(const std::string& name, const Result& r, const Simulation& simulation) {
    File file(name, "w");
    fprintf(file.handle,
            "{\"end\": \"%s\", \"code\": %u, \"cycles\": %" PRIu64 ", \"instructions\": %" PRIu64
            ", \"seconds\": %.6f, \"escapes\": %u",
            r.end, r.code, r.cycles, r.instructions, r.seconds, r.escapes);
    simulation.write_stalls(file.handle);
    fprintf(file.handle, "}\n");
}

}  // namespace

int main(int argc, char** argv) {
    try {
        Options options(argc, argv);
        std::signal(SIGINT, [](int) { interrupted = 1; });
        std::signal(SIGTERM, [](int) { interrupted = 1; });
        auto simulation = std::make_unique<Simulation>(options);
        const Result result = simulation->run();
        write_result(options.result, result, *simulation);
    } catch (const std::exception& error) {
        fprintf(stderr, "simulator: %s\n", error.what());
        return 1;
    }
    return 0;
}
