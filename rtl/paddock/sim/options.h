// Options of the simulator. `paddock sim` writes them, so they are checked for their form only.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

struct Options {
    std::string image;     // what RAM holds at the start
    std::string result;    // JSON file to write at the end
    std::string trace;     // "-": stderr
    std::string rvfi_bin;
    std::string wave;
    uint64_t max_cycles = 0;
    uint32_t bit_cycles = 0;
    uint32_t tohost = 0;   // 0: not watched
    uint32_t stalls_from = 0, stalls_to = 0;  // counted if the simulator was built to
    bool pty = false;

    Options(int argc, char** argv) {
        for (int i = 1; i < argc; i++) {
            std::string argument = argv[i];
            size_t equals = argument.find('=');
            std::string name = argument.substr(0, equals);
            std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
            if (name == "--image") image = value;
            else if (name == "--result") result = value;
            else if (name == "--trace") trace = value;
            else if (name == "--rvfi-bin") rvfi_bin = value;
            else if (name == "--wave") wave = value;
            else if (name == "--max-cycles") max_cycles = strtoull(value.c_str(), nullptr, 0);
            else if (name == "--bit-cycles") bit_cycles = strtoul(value.c_str(), nullptr, 0);
            else if (name == "--tohost") tohost = strtoul(value.c_str(), nullptr, 0);
            else if (name == "--stalls-from") stalls_from = strtoul(value.c_str(), nullptr, 0);
            else if (name == "--stalls-to") stalls_to = strtoul(value.c_str(), nullptr, 0);
            else if (name == "--pty") pty = true;
            else throw std::invalid_argument("unknown option " + argument);
        }
    }
};
