// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
//
// Writes: what the library sends, by hand. Values go in binary, many rows as arrays, a million in a binary COPY.

#include "readiness.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDER_COLUMNS "\"id\", \"customer_id\", \"total\", \"tax\", \"status\", \"description\", \"created_at\""
#define ITEM_COLUMNS "\"id\", \"order_id\", \"product_id\", \"quantity\", \"price\""

enum { INT4 = 23, TEXT = 25, FLOAT8 = 701, TIMESTAMPTZ = 1184, NUMERIC = 1700 };
enum { ORDER_FIELDS = 7, ITEM_FIELDS = 5, MOST_CONNECTIONS = 64 };

struct kinship_floor_writes {
    PGconn *connections[MOST_CONNECTIONS];
    int count;
    int readiness;
    /// For arrays, and for rows of a COPY.
    char *space;
    size_t capacity;
};

static const Oid order_types[ORDER_FIELDS] = { INT4, INT4, FLOAT8, NUMERIC, TEXT, TEXT, TIMESTAMPTZ };
static const Oid item_types[ITEM_FIELDS] = { INT4, INT4, INT4, INT4, FLOAT8 };
static const int formats[16] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

// MARK: Binary forms

static char *put_16(char *p, uint16_t v)
{
    *p++ = (char)(v >> 8);
    *p++ = (char)v;
    return p;
}

static char *put_32(char *p, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8) *p++ = (char)(v >> shift);
    return p;
}

static char *put_64(char *p, uint64_t v)
{
    for (int shift = 56; shift >= 0; shift -= 8) *p++ = (char)(v >> shift);
    return p;
}

static char *put_double(char *p, double d)
{
    uint64_t v;
    memcpy(&v, &d, sizeof v);
    return put_64(p, v);
}

/// A numeric of whole hundredths, without zeros at the end.
static char *put_cents(char *p, int64_t cents)
{
    uint16_t digits[6];
    int count = 0, scale = cents % 10 ? 2 : cents % 100 ? 1 : 0;
    uint16_t fraction = (uint16_t)(cents % 100 * 100);
    int64_t whole = cents / 100;
    int weight = -1;
    uint16_t groups[5];
    int group_count = 0;
    for (; whole; whole /= 10000) groups[group_count++] = (uint16_t)(whole % 10000);
    weight = group_count - 1;
    while (group_count) digits[count++] = groups[--group_count];
    if (fraction) digits[count++] = fraction;
    while (count && !digits[count - 1]) count--;
    p = put_16(p, (uint16_t)count);
    p = put_16(p, (uint16_t)(count ? weight : 0));
    p = put_16(p, 0);
    p = put_16(p, (uint16_t)scale);
    for (int i = 0; i < count; i++) p = put_16(p, digits[i]);
    return p;
}

// MARK: The rows

static const char *const statuses[4] = { "open", "paid", "shipped", "closed" };

static double order_total(int32_t g) { return (double)((int64_t)g * 104729 % 100003) / 100.0; }
static int64_t order_tax(int32_t g) { return (int64_t)g * 7907 % 20011; }
/// From 2022-01-01, which is 8,036 days after 2000-01-01.
static int64_t order_time(int32_t g) { return 8036LL * 86400000000LL + (int64_t)(g % 700000) * 180000000LL; }
static int order_text(int32_t g, char *text) { return sprintf(text, "Order %d %08x", g, (uint32_t)g * 2654435761u); }
static double item_price(int32_t g) { return (double)((int64_t)g * 15485863 % 10007) / 100.0; }

/// Appends a field of an order, without its length.
static char *put_order(char *p, int32_t g, int32_t customer, int field)
{
    switch (field) {
    case 0: return put_32(p, (uint32_t)g);
    case 1: return put_32(p, (uint32_t)customer);
    case 2: return put_double(p, order_total(g));
    case 3: return put_cents(p, order_tax(g));
    case 4: return stpcpy(p, statuses[g % 4]);
    case 5: return p + order_text(g, p);
    default: return put_64(p, (uint64_t)order_time(g));
    }
}

static char *put_item(char *p, int32_t g, int32_t order, int field)
{
    switch (field) {
    case 0: return put_32(p, (uint32_t)g);
    case 1: return put_32(p, (uint32_t)order);
    case 2: return put_32(p, (uint32_t)(1 + g % 1000));
    case 3: return put_32(p, (uint32_t)(1 + g % 5));
    default: return put_double(p, item_price(g));
    }
}

static int32_t customer_of(int32_t g) { return (g - 1) % 10000 + 1; }

// MARK: Opening

static int room(kinship_floor_writes *writes, size_t size)
{
    if (writes->capacity >= size) return 0;
    free(writes->space);
    writes->space = malloc(size);
    writes->capacity = writes->space ? size : 0;
    return writes->space ? 0 : -1;
}

static int prepare(PGconn *c, const char *name, const char *text, int count, const Oid *types, char *error, size_t size)
{
    PGresult *result = PQprepare(c, name, text, count, types);
    int failed = PQresultStatus(result) != PGRES_COMMAND_OK
        && floor_fail(error, size, "preparing failed", PQresultErrorMessage(result));
    PQclear(result);
    return failed ? -1 : 0;
}

static int prepare_all(PGconn *c, char *error, size_t size)
{
    static const Oid arrays[ORDER_FIELDS] = { 1007, 1007, 1022, 1231, 1009, 1009, 1185 };
    static const Oid item_arrays[ITEM_FIELDS] = { 1007, 1007, 1007, 1007, 1022 };
    static const Oid customer[2] = { INT4, TEXT };
    static const Oid keys[1] = { 1007 };
    return prepare(c, "one", "INSERT INTO kinship_write_orders (" ORDER_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING "
            ORDER_COLUMNS, ORDER_FIELDS, order_types, error, size)
        || prepare(c, "many", "INSERT INTO kinship_write_orders (" ORDER_COLUMNS ") SELECT c1, c2, c3, c4, c5, c6, c7 FROM "
            "unnest($1, $2, $3, $4, $5, $6, $7) WITH ORDINALITY AS v(c1, c2, c3, c4, c5, c6, c7, place) ORDER BY place RETURNING "
            ORDER_COLUMNS, ORDER_FIELDS, arrays, error, size)
        || prepare(c, "items", "INSERT INTO kinship_write_items (" ITEM_COLUMNS ") SELECT c1, c2, c3, c4, c5 FROM "
            "unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS v(c1, c2, c3, c4, c5, place) ORDER BY place RETURNING "
            ITEM_COLUMNS, ITEM_FIELDS, item_arrays, error, size)
        || prepare(c, "customer", "INSERT INTO kinship_write_customers (id, name) VALUES ($1, $2) RETURNING id, name", 2, customer,
            error, size)
        || prepare(c, "read_customer", "SELECT id, name FROM kinship_write_customers WHERE id = ANY ($1)", 1, keys, error, size)
        || prepare(c, "read_orders", "SELECT " ORDER_COLUMNS " FROM kinship_write_orders WHERE customer_id = ANY ($1) ORDER BY id", 1,
            keys, error, size)
        || prepare(c, "read_items", "SELECT " ITEM_COLUMNS " FROM kinship_write_items WHERE order_id = ANY ($1) ORDER BY id", 1, keys,
            error, size);
}

kinship_floor_writes *kinship_floor_writes_open(
    const char *const *keywords, const char *const *values, int connection_count, char *error, size_t error_size)
{
    kinship_floor_writes *writes = calloc(1, sizeof *writes);
    if (!writes) return NULL;
    writes->readiness = readiness_open();
    int failed = connection_count > MOST_CONNECTIONS || writes->readiness < 0;
    for (int i = 0; i < connection_count && !failed; i++) {
        PGconn *c = writes->connections[writes->count++] = PQconnectdbParams(keywords, values, 0);
        if (PQstatus(c) != CONNECTION_OK)
            failed = floor_fail(error, error_size, "connecting failed", PQerrorMessage(c));
        else
            failed = prepare_all(c, error, error_size) || readiness_add(writes->readiness, PQsocket(c), i);
    }
    if (!failed) return writes;
    kinship_floor_writes_close(writes);
    return NULL;
}

void kinship_floor_writes_close(kinship_floor_writes *writes)
{
    if (!writes) return;
    for (int i = 0; i < writes->count; i++) PQfinish(writes->connections[i]);
    if (writes->readiness >= 0) readiness_close(writes->readiness);
    free(writes->space);
    free(writes);
}

// MARK: Single rows

static int send_single(PGconn *c, int32_t g, char *error, size_t size)
{
    char fields[ORDER_FIELDS][64];
    const char *values[ORDER_FIELDS];
    int lengths[ORDER_FIELDS];
    for (int i = 0; i < ORDER_FIELDS; i++) {
        values[i] = fields[i];
        lengths[i] = (int)(put_order(fields[i], g, customer_of(g), i) - fields[i]);
    }
    if (PQsendQueryPrepared(c, "one", ORDER_FIELDS, values, lengths, formats, 1)) return 0;
    return floor_fail(error, size, "sending failed", PQerrorMessage(c));
}

int kinship_floor_writes_singles(kinship_floor_writes *writes, int32_t first, int count, char *error, size_t size)
{
    int sent = 0, done = 0;
    for (int i = 0; i < writes->count && sent < count; i++)
        if (send_single(writes->connections[i], first + sent++, error, size)) return -1;
    while (done < count) {
        int ready[MOST_CONNECTIONS];
        int ready_count = readiness_wait(writes->readiness, ready, MOST_CONNECTIONS);
        if (ready_count < 0) return floor_fail(error, size, "waiting failed", "epoll_wait or kevent");
        for (int i = 0; i < ready_count; i++) {
            PGconn *c = writes->connections[ready[i]];
            if (!PQconsumeInput(c)) return floor_fail(error, size, "receiving failed", PQerrorMessage(c));
            while (!PQisBusy(c)) {
                PGresult *result = PQgetResult(c);
                if (result) {
                    int is_stored = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
                    if (!is_stored) floor_fail(error, size, "a row was not stored", PQresultErrorMessage(result));
                    PQclear(result);
                    if (!is_stored) return -1;
                    continue;
                }
                done++;
                if (sent < count && send_single(c, first + sent++, error, size)) return -1;
                if (PQtransactionStatus(c) != PQTRANS_ACTIVE) break;
            }
        }
    }
    return 0;
}

// MARK: Many rows

typedef char *(*put_field)(char *p, int32_t g, int32_t parent, int field);

/// Runs an INSERT of arrays. `per_parent` is how many rows each parent has, from `parent` on; 0: as orders have their customers.
static int insert_many(
    kinship_floor_writes *writes, const char *name, int fields, const Oid *types, put_field put, int32_t first, int count,
    int32_t parent, int per_parent, char *error, size_t size)
{
    if (room(writes, (size_t)count * 256 + 4096)) return floor_fail(error, size, "arrays", "out of memory");
    const char *values[ORDER_FIELDS];
    int lengths[ORDER_FIELDS];
    char *p = writes->space;
    for (int field = 0; field < fields; field++) {
        char *start = p;
        p = put_32(put_32(put_32(p, 1), 0), types[field]);
        p = put_32(put_32(p, (uint32_t)count), 1);
        for (int i = 0; i < count; i++) {
            char *length = p;
            p = put(p + 4, first + i, per_parent ? parent + i / per_parent : customer_of(first + i), field);
            put_32(length, (uint32_t)(p - length - 4));
        }
        values[field] = start;
        lengths[field] = (int)(p - start);
    }
    PGresult *result = PQexecPrepared(writes->connections[0], name, fields, values, lengths, formats, 1);
    int failed = PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != count;
    if (failed) floor_fail(error, size, "rows were not stored", PQresultErrorMessage(result));
    PQclear(result);
    return failed ? -1 : 0;
}

int kinship_floor_writes_many(kinship_floor_writes *writes, int32_t first, int count, char *error, size_t size)
{
    return insert_many(writes, "many", ORDER_FIELDS, order_types, put_order, first, count, 0, 0, error, size);
}

// MARK: A graph

static int command(PGconn *c, const char *text, char *error, size_t size)
{
    PGresult *result = PQexec(c, text);
    int failed = PQresultStatus(result) != PGRES_COMMAND_OK;
    if (failed) floor_fail(error, size, text, PQresultErrorMessage(result));
    PQclear(result);
    return failed ? -1 : 0;
}

/// Reads the rows of some parents, whose keys follow each other.
static int read_rows(
    kinship_floor_writes *writes, const char *name, int32_t first, int count, int expected, char *error, size_t size)
{
    if (room(writes, (size_t)count * 8 + 64)) return floor_fail(error, size, "keys", "out of memory");
    char *p = put_32(put_32(put_32(writes->space, 1), 0), INT4);
    p = put_32(put_32(p, (uint32_t)count), 1);
    for (int i = 0; i < count; i++) p = put_32(put_32(p, 4), (uint32_t)(first + i));
    const char *values[1] = { writes->space };
    int lengths[1] = { (int)(p - writes->space) };
    PGresult *result = PQexecPrepared(writes->connections[0], name, 1, values, lengths, formats, 1);
    int failed = PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != expected;
    if (failed) floor_fail(error, size, "reading failed", PQresultErrorMessage(result));
    PQclear(result);
    return failed ? -1 : 0;
}

int kinship_floor_writes_graph(
    kinship_floor_writes *writes, int32_t customer, int orders, int items, char *error, size_t size)
{
    PGconn *c = writes->connections[0];
    if (command(c, "BEGIN", error, size)) return -1;
    char id[4], name[32];
    put_32(id, (uint32_t)customer);
    const char *values[2] = { id, name };
    int lengths[2] = { 4, sprintf(name, "Customer %d", customer) };
    PGresult *result = PQexecPrepared(c, "customer", 2, values, lengths, formats, 1);
    int failed = PQresultStatus(result) != PGRES_TUPLES_OK;
    if (failed) floor_fail(error, size, "the customer was not stored", PQresultErrorMessage(result));
    PQclear(result);
    int32_t first = customer * 1000;
    if (failed
        || insert_many(
            writes, "many", ORDER_FIELDS, order_types, put_order, first, orders, customer, orders, error, size)
        || insert_many(
            writes, "items", ITEM_FIELDS, item_types, put_item, first * 10, orders * items, first, items, error, size)
        || read_rows(writes, "read_customer", customer, 1, 1, error, size)
        || read_rows(writes, "read_orders", customer, 1, orders, error, size)
        || read_rows(writes, "read_items", first, orders, orders * items, error, size))
        return -1;
    return command(c, "COMMIT", error, size);
}

// MARK: COPY

/// Where reading has come to; `p` is NULL once something was not as it should be.
typedef struct {
    const char *p, *end;
} text;

static void expect(text *t, const char *word)
{
    size_t length = strlen(word);
    if (!t->p || (size_t)(t->end - t->p) < length || memcmp(t->p, word, length)) t->p = NULL;
    else t->p += length;
}

/// Digits with or without a point, as whole 10^-scale.
static int64_t decimal(text *t, int *scale)
{
    int64_t value = 0;
    int is_behind = 0;
    *scale = 0;
    if (!t->p) return 0;
    for (; t->p < t->end; t->p++) {
        if (*t->p == '.') is_behind = 1;
        else if (*t->p >= '0' && *t->p <= '9') {
            value = value * 10 + (*t->p - '0');
            *scale += is_behind;
        } else break;
    }
    return value;
}

static char *copy_string(text *t, char *p)
{
    char *length = p;
    p += 4;
    if (!t->p) return p;
    const char *end = memchr(t->p, '"', (size_t)(t->end - t->p));
    if (!end || end - t->p > 2048 || memchr(t->p, '\\', (size_t)(end - t->p))) {
        t->p = NULL;
        return p;
    }
    memcpy(p, t->p, (size_t)(end - t->p));
    p += end - t->p;
    put_32(length, (uint32_t)(p - length - 4));
    t->p = end;
    return p;
}

static int64_t digits(text *t, int count)
{
    int64_t value = 0;
    for (int i = 0; t->p && i < count; i++) {
        if (t->p == t->end || *t->p < '0' || *t->p > '9') t->p = NULL;
        else value = value * 10 + (*t->p++ - '0');
    }
    return value;
}

/// `2022-01-01T00:03:00.000Z`
static int64_t instant(text *t)
{
    int64_t year = digits(t, 4);
    expect(t, "-");
    int64_t month = digits(t, 2);
    expect(t, "-");
    int64_t day = digits(t, 2);
    expect(t, "T");
    int64_t hour = digits(t, 2);
    expect(t, ":");
    int64_t minute = digits(t, 2);
    expect(t, ":");
    int64_t second = digits(t, 2);
    expect(t, ".");
    int64_t milliseconds = digits(t, 3);
    expect(t, "Z");
    // Days after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 730425;
    return days * 86400000000LL + ((hour * 3600 + minute * 60 + second) * 1000 + milliseconds) * 1000;
}

static char *copy_order(text *t, char *p)
{
    static const double powers[4] = { 1, 10, 100, 1000 };
    int scale;
    p = put_16(p, ORDER_FIELDS);
    expect(t, "{\"id\":");
    p = put_32(put_32(p, 4), (uint32_t)decimal(t, &scale));
    expect(t, ",\"customerId\":");
    p = put_32(put_32(p, 4), (uint32_t)decimal(t, &scale));
    expect(t, ",\"total\":");
    int64_t total = decimal(t, &scale);
    p = put_double(put_32(p, 8), (double)total / powers[scale & 3]);
    expect(t, ",\"tax\":");
    int64_t tax = decimal(t, &scale);
    for (; scale < 2; scale++) tax *= 10;
    char *length = p;
    p = put_cents(p + 4, tax);
    put_32(length, (uint32_t)(p - length - 4));
    expect(t, ",\"status\":\"");
    p = copy_string(t, p);
    expect(t, "\",\"description\":\"");
    p = copy_string(t, p);
    expect(t, "\",\"createdAt\":\"");
    p = put_64(put_32(p, 8), (uint64_t)instant(t));
    expect(t, "\"}\n");
    return p;
}

int kinship_floor_writes_copy(
    kinship_floor_writes *writes, const char *json, size_t length, char *error, size_t size)
{
    enum { PIECE = 65536, LONGEST = 4096 };
    PGconn *c = writes->connections[0];
    if (room(writes, PIECE + LONGEST)) return floor_fail(error, size, "rows", "out of memory");
    PGresult *result = PQexec(c, "COPY kinship_write_orders (" ORDER_COLUMNS ") FROM STDIN (FORMAT binary)");
    int failed = PQresultStatus(result) != PGRES_COPY_IN;
    if (failed) floor_fail(error, size, "COPY was refused", PQresultErrorMessage(result));
    PQclear(result);
    if (failed) return -1;
    memcpy(writes->space, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    char *p = writes->space + 19;
    text t = { json, json + length };
    while (t.p && t.p < t.end) {
        p = copy_order(&t, p);
        if (p - writes->space < PIECE) continue;
        if (PQputCopyData(c, writes->space, (int)(p - writes->space)) != 1)
            return floor_fail(error, size, "sending failed", PQerrorMessage(c));
        p = writes->space;
    }
    p = put_16(p, 0xFFFF);
    if (PQputCopyData(c, writes->space, (int)(p - writes->space)) != 1 || PQputCopyEnd(c, t.p ? NULL : "not as it should be") != 1)
        return floor_fail(error, size, "sending failed", PQerrorMessage(c));
    while ((result = PQgetResult(c))) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            failed = floor_fail(error, size, "rows were not stored", PQresultErrorMessage(result));
        PQclear(result);
    }
    return failed;
}
