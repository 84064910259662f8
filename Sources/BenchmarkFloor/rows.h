// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
//
// The benchmark's tables: their columns, and one hand-written JSON writer each.

#ifndef KINSHIP_BENCHMARK_ROWS_H
#define KINSHIP_BENCHMARK_ROWS_H

#include "BenchmarkFloor.h"
#include "json.h"

#include <libpq-fe.h>

/// One level's result with the places of its columns.
typedef struct {
    PGresult *result;
    int count;
    int column_count;
    int places[KINSHIP_FLOOR_MAX_COLUMNS];
} rows;

extern const char *const row_columns[4][KINSHIP_FLOOR_MAX_COLUMNS];

/// Finds the columns; 0 when all are there.
int rows_bind(rows *rows, PGresult *result, const kinship_floor_level *level, char *error, size_t error_size);

static inline int32_t rows_int4(const rows *rows, int row, int column)
{
    return read_i32(PQgetvalue(rows->result, row, rows->places[column]));
}

static inline int rows_null(const rows *rows, int row, int column)
{
    return PQgetisnull(rows->result, row, rows->places[column]);
}

/// Length and first byte of each cell of a row.
static inline uint64_t rows_touch(const rows *rows, int row)
{
    uint64_t sum = 0;
    for (int i = 0; i < rows->column_count; i++) {
        int place = rows->places[i];
        if (PQgetisnull(rows->result, row, place)) continue;
        int length = PQgetlength(rows->result, row, place);
        sum += (uint64_t)length;
        if (length) sum += (uint8_t)PQgetvalue(rows->result, row, place)[0];
    }
    return sum;
}

/// Writes a row's members without the closing brace; NULL when memory has run out. There is room for 64 bytes more.
uint8_t *rows_write(const rows *rows, kinship_floor_table table, int row, json_buffer *buffer);

/// Sets an error message and gives back -1.
int floor_fail(char *error, size_t error_size, const char *what, const char *why);

#endif
