// The far end of the SoC's serial line: 8 data bits, no parity, one stop bit, on pins sampled once per cycle.
#pragma once

#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

// Puts the terminal that is our stdin into a state in which keys arrive at once, and back again at the end.
class RawTerminal {
public:
    RawTerminal() {
        if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) != getpgrp() || tcgetattr(STDIN_FILENO, &saved_) != 0) return;
        termios raw = saved_;
        raw.c_lflag &= ~(ICANON | ECHO);  // ISIG stays: Ctrl-C ends the simulation
        active_ = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    }
    ~RawTerminal() {
        if (active_) tcsetattr(STDIN_FILENO, TCSANOW, &saved_);
    }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

private:
    termios saved_{};
    bool active_ = false;
};

class Serial {
public:
    // `bit_cycles`: cycles per bit on the line. `input`, `output`: file descriptors; input -1: nothing is ever sent.
    Serial(uint32_t bit_cycles, int input, int output) : bit_(bit_cycles), input_(input), output_(output) {}
    ~Serial() {
        flush();
        wait_for_reader();
    }

    // A pseudo-terminal for both directions; returns its descriptor and stores its name.
    static int open_pty(std::string& name) {
        int fd = posix_openpt(O_RDWR | O_NOCTTY);
        if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0) throw std::runtime_error("cannot open a pseudo-terminal");
        name = ptsname(fd);
        // Held open, so that bytes can be written before anyone has opened the other end.
        int held = open(name.c_str(), O_RDWR | O_NOCTTY);
        termios raw;
        if (held < 0 || tcgetattr(held, &raw) != 0) throw std::runtime_error("cannot set up " + name);
        cfmakeraw(&raw);
        tcsetattr(held, TCSANOW, &raw);
        fcntl(fd, F_SETFL, O_NONBLOCK);  // nobody reads: bytes are dropped, the simulation goes on
        return fd;
    }

    // One cycle: the SoC's tx pin is `tx`; returns the level of its rx pin.
    bool step(uint64_t cycle, bool tx) {
        if (receiving_) {
            if (cycle >= sample_at_) sample(tx);
        } else if (!tx) {
            receiving_ = true;
            bits_ = 0;
            sample_at_ = cycle + bit_ + bit_ / 2;
        }
        if (cycle >= next_edge_) next_bit(cycle);
        return rx_;
    }

    void flush() {
        const char* at = buffer_.data();
        size_t left = buffer_.size();
        while (left > 0) {
            ssize_t n = write(output_, at, left);
            if (n <= 0) break;
            at += n;
            left -= n;
        }
        buffer_.clear();
    }

private:
    // What nobody has read when a pseudo-terminal is closed is lost: wait up to five seconds.
    void wait_for_reader() {
        const char* name = ptsname(output_);
        int other_end = name == nullptr ? -1 : open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
        if (other_end < 0) return;
        for (int unread = 1, tries = 0; unread > 0 && tries < 500; tries++) {
            usleep(10'000);  // first, as it takes a moment until the other end has the last bytes
            if (ioctl(other_end, FIONREAD, &unread) != 0) break;
        }
        close(other_end);
    }

    static constexpr uint32_t kPollCycles = 4096;  // a system call costs as much as a thousand cycles

    void sample(bool tx) {
        sample_at_ += bit_;
        if (bits_ < 8) {
            byte_ = byte_ >> 1 | (tx ? 0x80 : 0);
            bits_++;
            return;
        }
        receiving_ = false;  // this was the stop bit
        if (!tx) return;     // framing error: a break, or another speed
        buffer_.push_back(char(byte_));
        if (byte_ == '\n' || buffer_.size() >= 4096) flush();
    }

    void next_bit(uint64_t cycle) {
        if (frame_ != 0) {
            rx_ = frame_ & 1;
            frame_ >>= 1;
            next_edge_ = cycle + bit_;
            return;
        }
        rx_ = true;
        next_edge_ = cycle + kPollCycles;
        flush();  // a prompt has no newline
        uint8_t byte;
        if (input_ >= 0 && readable() && read_byte(byte)) {
            // From bit 0: start, data, two stop bits, which also keep the frame from being 0 before its end.
            frame_ = uint32_t(byte) << 1 | 0x3u << 9;
            next_edge_ = cycle + bit_;
        }
    }

    bool readable() {
        pollfd request{input_, POLLIN, 0};
        return poll(&request, 1, 0) > 0 && (request.revents & (POLLIN | POLLHUP));
    }

    bool read_byte(uint8_t& byte) {
        ssize_t n = read(input_, &byte, 1);
        if (n == 0) input_ = -1;  // end of file
        return n == 1;
    }

    const uint32_t bit_;
    int input_;
    const int output_;
    std::string buffer_;
    bool receiving_ = false;
    uint8_t byte_ = 0;
    int bits_ = 0;
    uint64_t sample_at_ = 0;
    bool rx_ = true;
    uint32_t frame_ = 0;
    uint64_t next_edge_ = 0;
};
