// Runs the netlist of a board: clock at its pin, the serial line on a pseudo-terminal.
// Arguments: result file, cycles per bit of the line, most cycles.

#include <chrono>
#include <cinttypes>
#include <csignal>
#include <cstdlib>
#include <memory>

#include "Vboard.h"
#include "verilated.h"

#include "serial.h"

namespace {

volatile std::sig_atomic_t interrupted = 0;

struct Result {
    const char* end = "max_cycles";
    uint64_t cycles = 0;
    double seconds = 0;
};

Result run(Vboard& top, uint32_t bit_cycles, uint64_t max_cycles) {
    std::string name;
    int line = Serial::open_pty(name);
    fprintf(stderr, "serial line: %s\n", name.c_str());
    Serial serial(bit_cycles, line, line);
    Result result;
    const auto started = std::chrono::steady_clock::now();
    top.rx = 1;
    top.button = 1;  // low is pressed
    // A cycle of the core is two of the PLL's faster output, which the model derives from both edges at the pin.
    while (result.cycles < max_cycles && !interrupted) {
        for (int edge = 0; edge < 4; edge++) {
            top.clk = !(edge & 1);
            top.eval();
        }
        result.cycles++;
        top.rx = serial.step(result.cycles, top.tx);
        // Either LED, low is lit, is the program's verdict.
        if (!top.led_g || !top.led_r) {
            result.end = !top.led_g ? "passed" : "failed";
            break;
        }
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        fprintf(stderr, "needs three arguments\n");
        return 2;
    }
    std::signal(SIGINT, [](int) { interrupted = 1; });
    std::signal(SIGTERM, [](int) { interrupted = 1; });
    try {
        VerilatedContext context;
        auto top = std::make_unique<Vboard>(&context);
        const Result result = run(*top, strtoul(argv[2], nullptr, 0), strtoull(argv[3], nullptr, 0));
        FILE* file = fopen(argv[1], "w");
        if (file == nullptr) throw std::runtime_error(std::string("cannot write ") + argv[1]);
        fprintf(file, "{\"end\": \"%s\", \"cycles\": %" PRIu64 ", \"seconds\": %.3f}\n", result.end, result.cycles,
                result.seconds);
        fclose(file);
    } catch (const std::exception& error) {
        fprintf(stderr, "netlist: %s\n", error.what());
        return 1;
    }
    return 0;
}
