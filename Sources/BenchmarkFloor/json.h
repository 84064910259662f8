// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
//
// Writing JSON from binary cells. Every function takes the place to write at and gives back the place after it; the
// caller has made sure that there is room.

#ifndef KINSHIP_BENCHMARK_JSON_H
#define KINSHIP_BENCHMARK_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    uint8_t *bytes;
    size_t length;
    size_t capacity;
} json_buffer;

/// Room for `extra` more bytes; NULL when memory has run out.
uint8_t *json_reserve(json_buffer *buffer, size_t extra);

extern const char json_pairs[201];

static inline uint16_t read_u16(const char *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap16(v);
}

static inline int32_t read_i32(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return (int32_t)__builtin_bswap32(v);
}

static inline int64_t read_i64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return (int64_t)__builtin_bswap64(v);
}

static inline double read_double(const char *p)
{
    int64_t bits = read_i64(p);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

#define JSON_LITERAL(p, text) (memcpy((p), (text), sizeof(text) - 1), (p) + sizeof(text) - 1)

static inline uint8_t *json_pair(uint8_t *p, uint32_t v)
{
    memcpy(p, json_pairs + 2 * v, 2);
    return p + 2;
}

static inline uint8_t *json_unsigned(uint8_t *p, uint64_t v)
{
    uint8_t digits[20];
    uint8_t *start = digits + sizeof digits;
    while (v >= 100) {
        start -= 2;
        memcpy(start, json_pairs + 2 * (v % 100), 2);
        v /= 100;
    }
    if (v >= 10) {
        start -= 2;
        memcpy(start, json_pairs + 2 * v, 2);
    } else {
        *--start = (uint8_t)('0' + v);
    }
    size_t length = (size_t)(digits + sizeof digits - start);
    memcpy(p, start, length);
    return p + length;
}

static inline uint8_t *json_integer(uint8_t *p, int64_t v)
{
    if (v >= 0) return json_unsigned(p, (uint64_t)v);
    *p = '-';
    return json_unsigned(p + 1, 0 - (uint64_t)v);
}

/// At most 32 bytes.
uint8_t *json_double(uint8_t *p, double v);

/// A numeric with as many digits as the server keeps; at most `length` × 2 + 32768 bytes, 48 for numeric(12,2).
uint8_t *json_numeric(uint8_t *p, const char *cell, int length);

/// 26 bytes: "2022-01-01T00:00:00.000Z" with its quotes.
uint8_t *json_timestamp(uint8_t *p, int64_t microseconds);

/// At most 6 × length + 2 bytes.
uint8_t *json_string(uint8_t *p, const char *text, size_t length);

static inline uint8_t *json_bool(uint8_t *p, char v) { return v ? JSON_LITERAL(p, "true") : JSON_LITERAL(p, "false"); }

#endif
