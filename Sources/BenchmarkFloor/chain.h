// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
//
// A chain of levels while it is answered on one connection: results, links, and the walk over them.

#ifndef KINSHIP_BENCHMARK_CHAIN_H
#define KINSHIP_BENCHMARK_CHAIN_H

#include "links.h"

typedef struct {
    const kinship_floor_level *levels;
    int count;
    rows rows[KINSHIP_FLOOR_MAX_LEVELS];
    links links[KINSHIP_FLOOR_MAX_LEVELS];
    json_buffer json;
    char *keys;
    size_t keys_capacity;
    // The parameters of the statement about to be sent.
    const char *values[KINSHIP_FLOOR_MAX_PARAMETERS];
    int lengths[KINSHIP_FLOOR_MAX_PARAMETERS];
} chain;

extern const int chain_formats[KINSHIP_FLOOR_MAX_PARAMETERS];
extern const char *const chain_names[KINSHIP_FLOOR_MAX_LEVELS];

/// The next level with a statement of its own.
int chain_next(const chain *chain, int level);

/// Prepares every level's statement under its name in `chain_names`.
int chain_prepare(PGconn *connection, const kinship_floor_level *levels, int count, char *error, size_t error_size);

/// Fills `values` and `lengths` for a level: the root's as given, a child's with the keys of the level above.
int chain_parameters(chain *chain, int level, char *error, size_t error_size);

/// Takes a level's result and attaches it to the level above, and to it the levels joined in. The result is owned from here on, also on failure.
int chain_take(chain *chain, int level, PGresult *result, char *error, size_t error_size);

/// Walks the whole tree and adds to `outcome`. 0, or -1 when memory has run out.
int chain_walk(chain *chain, kinship_floor_form form, kinship_floor_outcome *outcome);

/// Clears the results, keeps the memory.
void chain_clear(chain *chain);

void chain_free(chain *chain);

#endif
