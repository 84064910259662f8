// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#include "chain.h"

#include <stdlib.h>

struct kinship_floor_tree {
    PGconn *connection;
    chain chain;
};

kinship_floor_tree *kinship_floor_tree_open(
    const char *const *keywords, const char *const *values, const kinship_floor_level *levels, int level_count,
    char *error, size_t error_size)
{
    kinship_floor_tree *tree = calloc(1, sizeof *tree);
    if (!tree) return NULL;
    tree->connection = PQconnectdbParams(keywords, values, 0);
    tree->chain.levels = levels;
    tree->chain.count = level_count;
    if (PQstatus(tree->connection) != CONNECTION_OK) {
        floor_fail(error, error_size, "connecting failed", PQerrorMessage(tree->connection));
        kinship_floor_tree_close(tree);
        return NULL;
    }
    if (chain_prepare(tree->connection, levels, level_count, error, error_size)) {
        kinship_floor_tree_close(tree);
        return NULL;
    }
    return tree;
}

int kinship_floor_tree_run(
    kinship_floor_tree *tree, kinship_floor_form form, kinship_floor_outcome *outcome, char *error, size_t error_size)
{
    chain *chain = &tree->chain;
    *outcome = (kinship_floor_outcome){0};
    for (int level = 0; level < chain->count; level = chain_next(chain, level)) {
        if (chain_parameters(chain, level, error, error_size)) return -1;
        PGresult *result = PQexecPrepared(
            tree->connection, chain_names[level], chain->levels[level].parameter_count, chain->values, chain->lengths,
            chain_formats, 1);
        outcome->statements++;
        outcome->round_trips++;
        if (chain_take(chain, level, result, error, error_size)) return -1;
    }
    int failed = chain_walk(chain, form, outcome) && floor_fail(error, error_size, "walking", "out of memory");
    chain_clear(chain);
    return failed ? -1 : 0;
}

void kinship_floor_tree_close(kinship_floor_tree *tree)
{
    if (!tree) return;
    PQfinish(tree->connection);
    chain_free(&tree->chain);
    free(tree);
}
