// Boots the kernel once, and then runs each program that comes on stdin in a copy of the process, so that all of them
// start from the same state. A line of JSON on stdout says what each has done; --trace: a line on stderr for every
// instruction.
//
// A program is a sequence of little-endian words: their number; a limit in cycles; the number of pokes, and of each address,
// number of words, words; the number of expectations, and of each address and word.

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>

#include "watch.h"

namespace {

using Words = std::vector<uint32_t>;

constexpr uint64_t kBootCycles = 1000000;

bool read_exactly(void* to, size_t size) {
    char* at = static_cast<char*>(to);
    while (size > 0) {
        ssize_t got = read(STDIN_FILENO, at, size);
        if (got <= 0) return false;
        at += got;
        size -= size_t(got);
    }
    return true;
}

bool read_program(Words& words) {
    uint32_t count;
    if (!read_exactly(&count, 4)) return false;
    words.resize(count);
    return read_exactly(words.data(), 4 * size_t(count));
}

class Run {
public:
    Run(Model& model, Watch& watch, bool trace) : model_(model), watch_(watch), trace_(trace) {}

    // Until the instruction at `pc` has retired under the kernel's id.
    void until(uint32_t pc, uint64_t limit) {
        const uint64_t end = model_.cycle() + limit;
        while (model_.cycle() < end) {
            if (step(pc)) return;
        }
        escape("the kernel has not come back in %llu cycles", (unsigned long long)limit);
    }

    // Until no store is on its way.
    void drain() {
        do step(0);
        while (!watch_.memory.settled());
    }

private:
    bool step(uint32_t pc) {
        model_.tick();
        Record r;
        bool there = false;
        if (model_.record(r)) {
            if (trace_) print(r);
            watch_.retire(r);
            there = r.pc == pc && r.id == 0;
        }
        watch_.cycle();
        if (model_.finished()) escape("the kernel gave up");
        return there;
    }

    void print(const Record& r) const {
        fprintf(stderr, "%10llu  id %-2u %08x  %08x", (unsigned long long)model_.cycle(), r.id, r.pc, r.insn);
        if (r.rd) fprintf(stderr, "  x%u=%08x", r.rd, r.rd_value);
        if (r.read_mask) fprintf(stderr, "  [%08x]/%x", r.address, r.read_mask);
        if (r.write_mask) fprintf(stderr, "  [%08x]/%x=%08x", r.address, r.write_mask, r.store_value);
        if (r.trap) fprintf(stderr, "  trap %u", r.cause);
        fprintf(stderr, "%s\n", r.intr ? "  handler" : "");
    }

    Model& model_;
    Watch& watch_;
    const bool trace_;
};

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (char c : text) out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return out + "\"";
}

std::string report(const Watch& watch, uint64_t cycles, const std::string& escaped) {
    std::string line = "{\"escape\": " + (escaped.empty() ? "null" : quoted(escaped));
    auto number = [&](const char* name, uint64_t value) {
        line += std::string(", \"") + name + "\": " + std::to_string(value);
    };
    number("cycles", cycles);
    number("instructions", watch.hostile_instructions);
    number("honest_instructions", watch.honest_instructions);
    number("calls", watch.calls);
    number("services", watch.asked);
    number("interrupts", watch.interrupts);
    line += ", \"traps\": {";
    const char* comma = "";
    for (const auto& [cause, count] : watch.traps) {
        line += std::string(comma) + "\"" + std::to_string(cause) + "\": " + std::to_string(count);
        comma = ", ";
    }
    line += "}, \"points\": [";
    comma = "";
    for (uint32_t point : watch.coverage.points()) {
        line += comma + std::to_string(point);
        comma = ",";
    }
    return line + "]}\n";
}

void write_all(const std::string& text) {
    for (size_t at = 0; at < text.size();) {
        ssize_t done = write(STDOUT_FILENO, text.data() + at, text.size() - at);
        if (done <= 0) _exit(1);
        at += size_t(done);
    }
}

void run_program(Model& model, Watch& watch, const Target& target, const Words& words, bool trace) {
    const uint64_t start = model.cycle();
    std::string escaped;
    try {
        size_t at = 0;
        auto next = [&] { return words.at(at++); };
        const uint32_t limit = next();
        for (uint32_t pokes = next(); pokes > 0; pokes--) {
            uint32_t address = next();
            for (uint32_t count = next(); count > 0; count--, address += 4) watch.memory.poke(address, next());
        }
        const uint64_t devices = model.kernel_devices();
        Run run(model, watch, trace);
        run.until(target.name("program_done"), limit);
        run.drain();
        watch.memory.compare();
        if (model.monitor()) escape("the monitor has counted an escape, and nobody else");
        if (watch.in_call()) escape("the program is done inside a call");
        if (model.kernel_devices() != devices) escape("a device of the kernel is set up differently");
        for (uint32_t expectations = next(); expectations > 0; expectations--) {
            const uint32_t address = next(), wanted = next(), there = watch.memory.word(address);
            if (there != wanted) {
                escape("an honest call is disturbed: result at %08x is %08x, not %08x", address, there, wanted);
            }
        }
    } catch (const Escape& error) {
        escaped = error.what();
    }
    const uint64_t instructions = watch.hostile_instructions;
    watch.coverage.hit(Point::LENGTH, instructions ? 64 - __builtin_clzll(instructions) : 0);
    write_all(report(watch, model.cycle() - start, escaped));
}

int serve(const char* image, const char* description, bool trace) {
    const Target target{description};
    auto model = std::make_unique<Model>(image);
    auto watch = std::make_unique<Watch>(*model, target);
    std::string trouble;
    try {
        Run(*model, *watch, false).until(target.name("program_await"), kBootCycles);
    } catch (const Escape& error) {
        trouble = error.what();
    }
    watch->hostile_instructions = watch->honest_instructions = watch->interrupts = 0;
    watch->coverage.clear();
    for (Words words; read_program(words);) {
        if (!trouble.empty()) {
            write_all(report(*watch, 0, "while the kernel starts: " + trouble));
            continue;
        }
        const pid_t child = fork();
        if (child < 0) throw std::runtime_error(std::string("fork: ") + strerror(errno));
        if (child == 0) {
            try {
                run_program(*model, *watch, target, words, trace);
            } catch (const std::exception& error) {
                fprintf(stderr, "bench: %s\n", error.what());
                _exit(1);
            }
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (status != 0) throw std::runtime_error("a program's process ended with status " + std::to_string(status));
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const bool trace = argc == 4 && !strcmp(argv[3], "--trace");
    if (argc != 3 && !trace) {
        fprintf(stderr, "usage: bench IMAGE TARGET [--trace] < programs\n");
        return 2;
    }
    try {
        std::signal(SIGINT, SIG_IGN);  // who has started this decides
        return serve(argv[1], argv[2], trace);
    } catch (const std::exception& error) {
        fprintf(stderr, "bench: %s\n", error.what());
        return 1;
    }
}
