// What Verilator's FST writer calls of LZ4, so that LZ4 need not be installed: a plain greedy compressor.
#pragma once

#include <cstdint>
#include <cstring>

inline int LZ4_compressBound(int size) { return size + size / 255 + 16; }

namespace lz4 {

inline uint32_t read32(const char* at) {
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

// The part of a length that does not fit into its half of the token.
inline char* put_rest(char* to, int length) {
    if (length < 15) return to;
    for (length -= 15; length >= 255; length -= 255) *to++ = static_cast<char>(255);
    *to++ = static_cast<char>(length);
    return to;
}

// One sequence: literals, then a match of at least 4 bytes (none at the end of the block: length 0).
inline char* put_sequence(char* to, const char* literals, int count, int offset, int length) {
    const int extra = length ? length - 4 : 0;
    *to++ = static_cast<char>((count < 15 ? count : 15) << 4 | (extra < 15 ? extra : 15));
    to = put_rest(to, count);
    memcpy(to, literals, count);
    to += count;
    if (length == 0) return to;
    *to++ = static_cast<char>(offset);
    *to++ = static_cast<char>(offset >> 8);
    return put_rest(to, extra);
}

}  // namespace lz4

inline int LZ4_compress_default(const char* source, char* target, int size, int /*capacity*/) {
    int32_t seen[4096];  // hash of four bytes -> where they were last
    memset(seen, -1, sizeof seen);
    char* to = target;
    int at = 0, first_literal = 0;
    // The format wants the last match to start 12 bytes before the end, and the last 5 bytes to be literals.
    while (at + 12 < size) {
        const uint32_t four = lz4::read32(source + at);
        int32_t& slot = seen[(four * 2654435761u) >> 20];
        const int32_t earlier = slot;
        slot = at;
        if (earlier < 0 || at - earlier > 0xffff || lz4::read32(source + earlier) != four) {
            at++;
            continue;
        }
        int length = 4;
        while (at + length + 5 < size && source[earlier + length] == source[at + length]) length++;
        to = lz4::put_sequence(to, source + first_literal, at - first_literal, at - earlier, length);
        at += length;
        first_literal = at;
    }
    to = lz4::put_sequence(to, source + first_literal, size - first_literal, 0, 0);
    return static_cast<int>(to - target);
}
