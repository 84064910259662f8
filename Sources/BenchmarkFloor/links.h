// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
//
// Matching children with parents, and the key arrays that fetch them.

#ifndef KINSHIP_BENCHMARK_LINKS_H
#define KINSHIP_BENCHMARK_LINKS_H

#include "rows.h"

/// The children of parent i are `children[offsets[i]]` to `children[offsets[i + 1] - 1]`, in the order they came in.
typedef struct {
    int *offsets;
    int *children;
    int *parents;
    int *slots;
    int32_t *keys;
    size_t capacity[5];
} links;

/// The distinct non-null keys of a column as the binary form of an int4[]; its length, or -1 when memory has run out.
int links_keys(links *links, const rows *rows, int column, char **bytes, size_t *capacity);

/// Attaches children to parents. 0, or -1 when memory has run out.
int links_match(links *links, const rows *parents, int parent_key, const rows *children, int child_key, int to_one);

/// Attaches to each parent the child that stands in its row, if there is one. 0, or -1 when memory has run out.
int links_join(links *links, const rows *parents, const rows *children, int child_key);

void links_free(links *links);

#endif
