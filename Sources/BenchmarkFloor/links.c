// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#include "links.h"

#include <stdlib.h>

static int grow(void **memory, size_t *capacity, size_t bytes)
{
    if (*capacity >= bytes) return 0;
    void *larger = realloc(*memory, bytes * 2);
    if (!larger) return -1;
    *memory = larger;
    *capacity = bytes * 2;
    return 0;
}

// An open-addressed map from key to position: slots[i] is the position + 1, 0 for none; keys[i] its key.
static size_t table_size(int count)
{
    size_t size = 16;
    while (size < (size_t)count * 2) size *= 2;
    return size;
}

static inline size_t place(int32_t key, size_t mask) { return ((uint32_t)key * 2654435769u >> 7) & mask; }

static int clear_table(links *links, size_t size)
{
    if (grow((void **)&links->slots, &links->capacity[3], size * sizeof(int))) return -1;
    if (grow((void **)&links->keys, &links->capacity[4], size * sizeof(int32_t))) return -1;
    memset(links->slots, 0, size * sizeof(int));
    return 0;
}

/// Where the key is, or the free place it would go to.
static inline size_t find(const links *links, int32_t key, size_t mask)
{
    size_t at = place(key, mask);
    while (links->slots[at] && links->keys[at] != key) at = (at + 1) & mask;
    return at;
}

static inline void write_i32(char *p, int32_t v)
{
    uint32_t big = __builtin_bswap32((uint32_t)v);
    memcpy(p, &big, 4);
}

int links_keys(links *links, const rows *rows, int column, char **bytes, size_t *capacity)
{
    size_t size = table_size(rows->count), mask = size - 1;
    if (grow((void **)bytes, capacity, 20 + 8 * (size_t)rows->count) || clear_table(links, size)) return -1;
    char *p = *bytes + 20;
    int32_t count = 0;
    for (int row = 0; row < rows->count; row++) {
        if (rows_null(rows, row, column)) continue;
        int32_t key = rows_int4(rows, row, column);
        size_t at = find(links, key, mask);
        if (links->slots[at]) continue;
        links->slots[at] = 1;
        links->keys[at] = key;
        write_i32(p, 4);
        write_i32(p + 4, key);
        p += 8;
        count++;
    }
    // Dimensions, no NULLs, the element type int4, length, lower bound. An empty array has no dimension.
    write_i32(*bytes, count > 0);
    write_i32(*bytes + 4, 0);
    write_i32(*bytes + 8, 23);
    write_i32(*bytes + 12, count);
    write_i32(*bytes + 16, 1);
    return count ? (int)(p - *bytes) : 12;
}

int links_match(links *links, const rows *parents, int parent_key, const rows *children, int child_key, int to_one)
{
    // The side whose key is unique goes into the map: parents of many, or the one target.
    const rows *unique = to_one ? children : parents;
    int unique_key = to_one ? child_key : parent_key;
    size_t size = table_size(unique->count), mask = size - 1;
    size_t parent_count = (size_t)parents->count, edges = (size_t)(to_one ? parents->count : children->count);
    if (clear_table(links, size) || grow((void **)&links->offsets, &links->capacity[0], (parent_count + 2) * sizeof(int))
        || grow((void **)&links->children, &links->capacity[1], edges * sizeof(int))
        || grow((void **)&links->parents, &links->capacity[2], edges * sizeof(int)))
        return -1;
    for (int row = 0; row < unique->count; row++) {
        if (rows_null(unique, row, unique_key)) continue;
        int32_t key = rows_int4(unique, row, unique_key);
        size_t at = find(links, key, mask);
        links->slots[at] = row + 1;
        links->keys[at] = key;
    }
    if (to_one) {
        int end = 0;
        for (int row = 0; row < parents->count; row++) {
            links->offsets[row] = end;
            if (rows_null(parents, row, parent_key)) continue;
            int slot = links->slots[find(links, rows_int4(parents, row, parent_key), mask)];
            if (slot) links->children[end++] = slot - 1;
        }
        links->offsets[parents->count] = end;
        return 0;
    }
    // Counting sort, which keeps the order in which the children came.
    int *counts = links->offsets + 1;
    memset(links->offsets, 0, (parent_count + 2) * sizeof(int));
    for (int row = 0; row < children->count; row++) {
        int parent = rows_null(children, row, child_key)
            ? -1
            : links->slots[find(links, rows_int4(children, row, child_key), mask)] - 1;
        links->parents[row] = parent;
        if (parent >= 0) counts[parent + 1]++;
    }
    for (int i = 0; i < parents->count; i++) counts[i + 1] += counts[i];
    for (int row = 0; row < children->count; row++) {
        int parent = links->parents[row];
        if (parent >= 0) links->children[counts[parent]++] = row;
    }
    return 0;
}

int links_join(links *links, const rows *parents, const rows *children, int child_key)
{
    size_t count = (size_t)parents->count;
    if (grow((void **)&links->offsets, &links->capacity[0], (count + 1) * sizeof(int))
        || grow((void **)&links->children, &links->capacity[1], count * sizeof(int)))
        return -1;
    int end = 0;
    for (int row = 0; row < parents->count; row++) {
        links->offsets[row] = end;
        if (!rows_null(children, row, child_key)) links->children[end++] = row;
    }
    links->offsets[parents->count] = end;
    return 0;
}

void links_free(links *links)
{
    free(links->offsets);
    free(links->children);
    free(links->parents);
    free(links->slots);
    free(links->keys);
}
