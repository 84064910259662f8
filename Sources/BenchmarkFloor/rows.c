// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#include "rows.h"

#include <stdio.h>

const char *const row_columns[4][KINSHIP_FLOOR_MAX_COLUMNS] = {
    {"id", "name", "email", "age", "vip", "created_at"},
    {"id", "customer_id", "total", "tax", "status", "description", "created_at"},
    {"id", "order_id", "product_id", "quantity", "price"},
    {"id", "name", "sku", "price", "description"},
};

int floor_fail(char *error, size_t error_size, const char *what, const char *why)
{
    if (error_size) snprintf(error, error_size, "%s: %s", what, why);
    return -1;
}

int rows_bind(rows *rows, PGresult *result, const kinship_floor_level *level, char *error, size_t error_size)
{
    rows->result = result;
    rows->count = PQntuples(result);
    int i = 0;
    for (; i < KINSHIP_FLOOR_MAX_COLUMNS && row_columns[level->table][i]; i++) {
        int place = level->columns[i] >= 0 ? level->columns[i] : PQfnumber(result, row_columns[level->table][i]);
        if (place < 0 || place >= PQnfields(result) || PQfformat(result, place) != 1)
            return floor_fail(error, error_size, "the result lacks a binary column", row_columns[level->table][i]);
        rows->places[i] = place;
    }
    rows->column_count = i;
    return 0;
}

// What is written between the cells, and the cells' bounds, are known: one check for room per row.
enum { ROW_ROOM = 512 };

#define CELL(column) PQgetvalue(r->result, row, r->places[column])
#define LENGTH(column) (size_t) PQgetlength(r->result, row, r->places[column])

static uint8_t *write_customer(const rows *r, int row, json_buffer *buffer)
{
    size_t name = LENGTH(1), email = LENGTH(2);
    uint8_t *p = json_reserve(buffer, ROW_ROOM + 6 * (name + email));
    if (!p) return NULL;
    p = json_integer(JSON_LITERAL(p, "{\"id\":"), read_i32(CELL(0)));
    p = json_string(JSON_LITERAL(p, ",\"name\":"), CELL(1), name);
    p = json_string(JSON_LITERAL(p, ",\"email\":"), CELL(2), email);
    p = json_integer(JSON_LITERAL(p, ",\"age\":"), read_i32(CELL(3)));
    p = json_bool(JSON_LITERAL(p, ",\"vip\":"), *CELL(4));
    return json_timestamp(JSON_LITERAL(p, ",\"createdAt\":"), read_i64(CELL(5)));
}

static uint8_t *write_order(const rows *r, int row, json_buffer *buffer)
{
    size_t tax = LENGTH(3), status = LENGTH(4), description = LENGTH(5);
    uint8_t *p = json_reserve(buffer, ROW_ROOM + 6 * (status + description));
    if (!p) return NULL;
    p = json_integer(JSON_LITERAL(p, "{\"id\":"), read_i32(CELL(0)));
    p = json_integer(JSON_LITERAL(p, ",\"customerId\":"), read_i32(CELL(1)));
    p = json_double(JSON_LITERAL(p, ",\"total\":"), read_double(CELL(2)));
    p = json_numeric(JSON_LITERAL(p, ",\"tax\":"), CELL(3), (int)tax);
    p = json_string(JSON_LITERAL(p, ",\"status\":"), CELL(4), status);
    p = json_string(JSON_LITERAL(p, ",\"description\":"), CELL(5), description);
    return json_timestamp(JSON_LITERAL(p, ",\"createdAt\":"), read_i64(CELL(6)));
}

static uint8_t *write_item(const rows *r, int row, json_buffer *buffer)
{
    uint8_t *p = json_reserve(buffer, ROW_ROOM);
    if (!p) return NULL;
    p = json_integer(JSON_LITERAL(p, "{\"id\":"), read_i32(CELL(0)));
    p = json_integer(JSON_LITERAL(p, ",\"orderId\":"), read_i32(CELL(1)));
    p = json_integer(JSON_LITERAL(p, ",\"productId\":"), read_i32(CELL(2)));
    p = json_integer(JSON_LITERAL(p, ",\"quantity\":"), read_i32(CELL(3)));
    return json_double(JSON_LITERAL(p, ",\"price\":"), read_double(CELL(4)));
}

static uint8_t *write_product(const rows *r, int row, json_buffer *buffer)
{
    size_t name = LENGTH(1), sku = LENGTH(2), description = LENGTH(4);
    uint8_t *p = json_reserve(buffer, ROW_ROOM + 6 * (name + sku + description));
    if (!p) return NULL;
    p = json_integer(JSON_LITERAL(p, "{\"id\":"), read_i32(CELL(0)));
    p = json_string(JSON_LITERAL(p, ",\"name\":"), CELL(1), name);
    p = json_string(JSON_LITERAL(p, ",\"sku\":"), CELL(2), sku);
    p = json_double(JSON_LITERAL(p, ",\"price\":"), read_double(CELL(3)));
    return json_string(JSON_LITERAL(p, ",\"description\":"), CELL(4), description);
}

uint8_t *rows_write(const rows *rows, kinship_floor_table table, int row, json_buffer *buffer)
{
    switch (table) {
    case KINSHIP_FLOOR_CUSTOMERS: return write_customer(rows, row, buffer);
    case KINSHIP_FLOOR_ORDERS: return write_order(rows, row, buffer);
    case KINSHIP_FLOOR_ITEMS: return write_item(rows, row, buffer);
    case KINSHIP_FLOOR_PRODUCTS: return write_product(rows, row, buffer);
    }
    return NULL;
}
