// What the program under test consists of, as verif/hostile/target.py has read it from manifests and symbols. The core's
// own idea of the windows, its CSRs, is never looked at.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

struct Range {
    uint32_t lower = 0, upper = 0;
    bool holds(uint32_t address, uint32_t size) const {
        return lower <= address && uint64_t(address) + size <= upper;
    }
    bool empty() const { return lower >= upper; }
};

enum Access : uint32_t { READ = 1, WRITE = 2 };

struct Operation {
    uint32_t lend, pointer, length, function;
};

struct Module {
    std::string name;
    Range arena, device, heap;
    uint32_t device_access, quota, budget, callers;
    bool hostile;
    std::vector<Operation> operations;
    std::vector<Range> bookkeeping;  // of its heap, in the kernel's memory
};

struct Target {
    uint32_t ram_base = 0;
    std::map<uint32_t, Module> modules;
    std::map<std::string, uint32_t> names;  // addresses, and numbers of services, CSRs and times
    std::map<std::string, Range> ranges;
    std::vector<Range> live;  // what the kernel may write at any time while a module is active

    explicit Target(const std::string& file) {
        std::ifstream in(file);
        if (!in) throw std::runtime_error("cannot read " + file);
        for (std::string line; std::getline(in, line);) {
            std::istringstream words(line);
            words >> std::hex;
            std::string kind, name;
            uint32_t id;
            words >> kind;
            if (kind == "name") {
                words >> name;
                words >> names[name];
            } else if (kind == "range") {
                words >> name;
                words >> ranges[name].lower >> ranges[name].upper;
            } else if (kind == "live") {
                Range range;
                words >> range.lower >> range.upper;
                live.push_back(range);
            } else if (kind == "module") {
                words >> id;
                Module& m = modules[id];
                words >> m.name >> m.arena.lower >> m.arena.upper >> m.device.lower >> m.device.upper >>
                    m.device_access >> m.heap.lower >> m.heap.upper >> m.quota >> m.budget >> m.callers >> m.hostile;
            } else if (kind == "operation") {
                Operation operation;
                words >> id >> operation.lend >> operation.pointer >> operation.length >> operation.function;
                modules.at(id).operations.push_back(operation);
            } else if (kind == "bookkeeping") {
                Range range;
                words >> id >> range.lower >> range.upper;
                modules.at(id).bookkeeping.push_back(range);
            } else {
                throw std::runtime_error("target: what is " + kind + "?");
            }
            if (!words) throw std::runtime_error("target: cannot read: " + line);
        }
        ram_base = name("ram_base");
    }

    uint32_t name(const std::string& key) const {
        auto found = names.find(key);
        if (found == names.end()) throw std::runtime_error("target: no name " + key);
        return found->second;
    }
};
