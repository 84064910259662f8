// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#include "chain.h"

#include <stdlib.h>

const int chain_formats[KINSHIP_FLOOR_MAX_PARAMETERS] = {1, 1, 1, 1, 1, 1, 1, 1};
const char *const chain_names[KINSHIP_FLOOR_MAX_LEVELS] = {"floor_0", "floor_1", "floor_2", "floor_3"};

int chain_prepare(PGconn *connection, const kinship_floor_level *levels, int count, char *error, size_t error_size)
{
    for (int i = 0; i < count; i++) {
        if (levels[i].link == KINSHIP_FLOOR_JOINED) continue;
        Oid types[KINSHIP_FLOOR_MAX_PARAMETERS];
        for (int j = 0; j < levels[i].parameter_count; j++) types[j] = levels[i].types[j];
        PGresult *result = PQprepare(connection, chain_names[i], levels[i].text, levels[i].parameter_count, types);
        int failed = PQresultStatus(result) != PGRES_COMMAND_OK
            && floor_fail(error, error_size, "preparing failed", PQresultErrorMessage(result));
        PQclear(result);
        if (failed) return -1;
    }
    return 0;
}

int chain_next(const chain *chain, int level)
{
    do level++;
    while (level < chain->count && chain->levels[level].link == KINSHIP_FLOOR_JOINED);
    return level;
}

int chain_parameters(chain *chain, int level, char *error, size_t error_size)
{
    const kinship_floor_level *l = &chain->levels[level];
    for (int i = 0; i < l->parameter_count; i++) {
        chain->values[i] = l->values[i];
        chain->lengths[i] = l->lengths[i];
    }
    if (level == 0) return 0;
    int length = links_keys(
        &chain->links[level], &chain->rows[level - 1], l->parent_key, &chain->keys, &chain->keys_capacity);
    if (length < 0) return floor_fail(error, error_size, "the keys", "out of memory");
    chain->values[l->key_parameter] = chain->keys;
    chain->lengths[l->key_parameter] = length;
    return 0;
}

int chain_take(chain *chain, int level, PGresult *result, char *error, size_t error_size)
{
    const kinship_floor_level *l = &chain->levels[level];
    rows *rows = &chain->rows[level];
    PQclear(rows->result);
    rows->result = result;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return floor_fail(error, error_size, "a statement failed", PQresultErrorMessage(result));
    if (rows_bind(rows, result, l, error, error_size)) return -1;
    if (level > 0
        && links_match(
            &chain->links[level], rows - 1, l->parent_key, rows, l->child_key, l->link == KINSHIP_FLOOR_TO_ONE))
        return floor_fail(error, error_size, "matching", "out of memory");
    for (int next = level + 1; next < chain_next(chain, level); next++) {
        const kinship_floor_level *joined = &chain->levels[next];
        if (rows_bind(&chain->rows[next], result, joined, error, error_size)) return -1;
        if (links_join(&chain->links[next], &chain->rows[next - 1], &chain->rows[next], joined->child_key))
            return floor_fail(error, error_size, "matching", "out of memory");
    }
    return 0;
}

static uint64_t touch(const chain *chain, int level, int row)
{
    uint64_t sum = rows_touch(&chain->rows[level], row);
    if (++level == chain->count) return sum;
    const links *links = &chain->links[level];
    for (int i = links->offsets[row]; i < links->offsets[row + 1]; i++) sum += touch(chain, level, links->children[i]);
    return sum;
}

static int write_row(chain *chain, int level, int row)
{
    json_buffer *json = &chain->json;
    uint8_t *p = rows_write(&chain->rows[level], chain->levels[level].table, row, json);
    if (!p) return -1;
    if (++level < chain->count) {
        const kinship_floor_level *l = &chain->levels[level];
        size_t length = strlen(l->relation);
        p = JSON_LITERAL(p, ",\"");
        memcpy(p, l->relation, length);
        p = JSON_LITERAL(p + length, "\":");
        const links *links = &chain->links[level];
        int start = links->offsets[row], end = links->offsets[row + 1];
        int many = l->link == KINSHIP_FLOOR_TO_MANY;
        if (many) *p++ = '[';
        else if (start == end) p = JSON_LITERAL(p, "null");
        json->length = (size_t)(p - json->bytes);
        for (int i = start; i < end; i++) {
            if (write_row(chain, level, links->children[i])) return -1;
            if (i + 1 < end) json->bytes[json->length++] = ',';
        }
        if (many) json->bytes[json->length++] = ']';
        p = json->bytes + json->length;
    }
    *p++ = '}';
    json->length = (size_t)(p - json->bytes);
    return 0;
}

int chain_walk(chain *chain, kinship_floor_form form, kinship_floor_outcome *outcome)
{
    for (int i = 0; i < chain->count; i = chain_next(chain, i)) outcome->rows += (uint64_t)chain->rows[i].count;
    int roots = chain->rows[0].count;
    if (form == KINSHIP_FLOOR_TOUCH) {
        for (int row = 0; row < roots; row++) outcome->checksum += touch(chain, 0, row);
        return 0;
    }
    chain->json.length = 0;
    uint8_t *p = json_reserve(&chain->json, 64);
    if (!p) return -1;
    *p = '[';
    chain->json.length = 1;
    for (int row = 0; row < roots; row++) {
        if (write_row(chain, 0, row)) return -1;
        if (row + 1 < roots) chain->json.bytes[chain->json.length++] = ',';
    }
    chain->json.bytes[chain->json.length++] = ']';
    outcome->json = chain->json.bytes;
    outcome->json_length = chain->json.length;
    for (size_t i = 0; i < chain->json.length; i += 4096) outcome->checksum += chain->json.bytes[i];
    return 0;
}

void chain_clear(chain *chain)
{
    for (int i = 0; i < chain->count; i++) {
        // A joined level has its parent's.
        if (chain->levels[i].link != KINSHIP_FLOOR_JOINED) PQclear(chain->rows[i].result);
        chain->rows[i].result = NULL;
    }
}

void chain_free(chain *chain)
{
    chain_clear(chain);
    for (int i = 0; i < chain->count; i++) links_free(&chain->links[i]);
    free(chain->json.bytes);
    free(chain->keys);
}
