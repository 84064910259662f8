// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#include "json.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

const char json_pairs[201] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
                             "4950515253545556575859606162636465666768697071727374757677787980818283848586878889909192939495969798"
                             "99";

uint8_t *json_reserve(json_buffer *buffer, size_t extra)
{
    if (buffer->capacity - buffer->length < extra) {
        size_t capacity = buffer->capacity ? buffer->capacity * 2 : 1 << 16;
        while (capacity - buffer->length < extra) capacity *= 2;
        uint8_t *bytes = realloc(buffer->bytes, capacity);
        if (!bytes) return NULL;
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    return buffer->bytes + buffer->length;
}

uint8_t *json_double(uint8_t *p, double v)
{
    // Amounts of money: n hundredths for a whole n, checked to be the very same double. Up to 15 digits a decimal with
    // its zeros cut off is also the shortest one.
    double magnitude = v < 0 ? -v : v;
    if (magnitude < 1e12) {
        uint64_t hundredths = (uint64_t)(magnitude * 100.0 + 0.5);
        if ((double)hundredths / 100.0 == magnitude) {
            if (v < 0) *p++ = '-';
            p = json_unsigned(p, hundredths / 100);
            uint32_t rest = (uint32_t)(hundredths % 100);
            if (rest) {
                *p++ = '.';
                p = json_pair(p, rest);
                if (rest % 10 == 0) p--;
            }
            return p;
        }
    }
    if (v != v || magnitude > 1.7976931348623157e308) return JSON_LITERAL(p, "null");
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        int length = snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) {
            memcpy(p, text, (size_t)length);
            return p + length;
        }
    }
    return p;
}

uint8_t *json_numeric(uint8_t *p, const char *cell, int length)
{
    int count = read_u16(cell);
    int weight = (int16_t)read_u16(cell + 2);
    uint16_t sign = read_u16(cell + 4);
    int scale = read_u16(cell + 6);
    if (length < 8 + 2 * count || (sign != 0 && sign != 0x4000)) return JSON_LITERAL(p, "null");
    if (sign) *p++ = '-';
    if (weight < 0) {
        *p++ = '0';
    } else {
        for (int i = 0; i <= weight; i++) {
            uint32_t digit = i < count ? read_u16(cell + 8 + 2 * i) : 0;
            if (i == 0) {
                p = json_unsigned(p, digit);
            } else {
                p = json_pair(p, digit / 100);
                p = json_pair(p, digit % 100);
            }
        }
    }
    if (scale > 0) {
        *p++ = '.';
        uint8_t *end = p + scale;
        for (int i = weight + 1; p < end; i++) {
            uint32_t digit = i >= 0 && i < count ? read_u16(cell + 8 + 2 * i) : 0;
            p = json_pair(p, digit / 100);
            p = json_pair(p, digit % 100);
        }
        p = end;
    }
    return p;
}

uint8_t *json_timestamp(uint8_t *p, int64_t microseconds)
{
    int64_t milliseconds = microseconds / 1000 - (microseconds % 1000 < 0);
    int64_t days = milliseconds / 86400000 - (milliseconds % 86400000 < 0);
    uint32_t rest = (uint32_t)(milliseconds - days * 86400000);
    // Years that begin in March, counted from 0000-03-01, 400 of which are 146,097 days.
    int64_t shifted = days + 730425;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    uint32_t day = (uint32_t)(shifted - era * 146097);
    uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    uint32_t dayOfYear = day - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * dayOfYear + 2) / 153;
    uint32_t dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    uint32_t fullYear = (uint32_t)((int64_t)year + era * 400 + (month <= 2));
    *p++ = '"';
    p = json_pair(p, fullYear / 100);
    p = json_pair(p, fullYear % 100);
    *p++ = '-';
    p = json_pair(p, month);
    *p++ = '-';
    p = json_pair(p, dayOfMonth);
    *p++ = 'T';
    p = json_pair(p, rest / 3600000);
    *p++ = ':';
    p = json_pair(p, rest / 60000 % 60);
    *p++ = ':';
    p = json_pair(p, rest / 1000 % 60);
    *p++ = '.';
    uint32_t thousandths = rest % 1000;
    *p++ = (uint8_t)('0' + thousandths / 100);
    p = json_pair(p, thousandths % 100);
    return JSON_LITERAL(p, "Z\"");
}

static inline bool plain(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
    // A byte below 0x20, a quote or a backslash sets the high bit of its place; bytes from 0x80 on are taken out.
    return ((((word - ones * 0x20) | (quote - ones) | (backslash - ones)) & ~word) & high) == 0;
}

uint8_t *json_string(uint8_t *p, const char *text, size_t length)
{
    static const char hex[] = "0123456789abcdef";
    *p++ = '"';
    size_t i = 0;
    while (i < length) {
        while (i + 8 <= length) {
            uint64_t word;
            memcpy(&word, text + i, 8);
            if (!plain(word)) break;
            memcpy(p, &word, 8);
            p += 8;
            i += 8;
        }
        size_t stop = i + 8 < length ? i + 8 : length;
        for (; i < stop; i++) {
            uint8_t c = (uint8_t)text[i];
            if (c >= 0x20 && c != '"' && c != '\\') {
                *p++ = c;
                continue;
            }
            *p++ = '\\';
            switch (c) {
            case '"': case '\\': *p++ = c; break;
            case '\b': *p++ = 'b'; break;
            case '\f': *p++ = 'f'; break;
            case '\n': *p++ = 'n'; break;
            case '\r': *p++ = 'r'; break;
            case '\t': *p++ = 't'; break;
            default:
                p = JSON_LITERAL(p, "u00");
                *p++ = (uint8_t)hex[c >> 4];
                *p++ = (uint8_t)hex[c & 15];
            }
        }
    }
    *p++ = '"';
    return p;
}
