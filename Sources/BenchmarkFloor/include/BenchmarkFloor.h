// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
//
// The floor: what a good C programmer gets out of libpq for the benchmark's workloads, with the statements given.

#ifndef KINSHIP_BENCHMARK_FLOOR_H
#define KINSHIP_BENCHMARK_FLOOR_H

#include <stddef.h>
#include <stdint.h>

/// The tables of the benchmark, each with its columns in the order of `KINSHIP_FLOOR_COLUMNS`.
typedef enum {
    KINSHIP_FLOOR_CUSTOMERS, // id, name, email, age, vip, created_at
    KINSHIP_FLOOR_ORDERS, // id, customer_id, total, tax, status, description, created_at
    KINSHIP_FLOOR_ITEMS, // id, order_id, product_id, quantity, price
    KINSHIP_FLOOR_PRODUCTS, // id, name, sku, price, description
} kinship_floor_table;

/// What is done with the rows once they are there.
typedef enum {
    KINSHIP_FLOOR_TOUCH, // walk the tree, add each cell's length and first byte to the checksum
    KINSHIP_FLOOR_JSON, // write the tree as JSON
} kinship_floor_form;

/// How a level hangs on the one before it.
typedef enum {
    KINSHIP_FLOOR_ROOT,
    KINSHIP_FLOOR_TO_MANY, // the parent's id = the child's foreign key
    KINSHIP_FLOOR_TO_ONE, // the parent's foreign key = the child's id
    KINSHIP_FLOOR_JOINED, // the child stands in the parent's row, unless its id is NULL: no statement of its own
} kinship_floor_link;

enum { KINSHIP_FLOOR_MAX_COLUMNS = 8, KINSHIP_FLOOR_MAX_LEVELS = 4, KINSHIP_FLOOR_MAX_PARAMETERS = 8 };

/// One statement with its parameters in binary form.
typedef struct {
    kinship_floor_table table;
    kinship_floor_link link;
    /// The statement; the memory must stay as long as the floor that was opened with it.
    const char *text;
    /// The relation's name in the parent's JSON object.
    const char *relation;
    /// Which column of the parent's table holds the key, and which of this table (positions as in the enumeration).
    int parent_key;
    int child_key;
    /// Where the statement's result (of a joined level, the parent's) has the table's columns; -1: found by the column's
    /// name.
    int columns[KINSHIP_FLOOR_MAX_COLUMNS];
    /// Parameters; `key_parameter` is the one that takes the parents' keys (the id, for the root of a point request),
    /// -1 when there is none.
    int parameter_count;
    int key_parameter;
    uint32_t types[KINSHIP_FLOOR_MAX_PARAMETERS];
    const char *values[KINSHIP_FLOOR_MAX_PARAMETERS];
    int lengths[KINSHIP_FLOOR_MAX_PARAMETERS];
} kinship_floor_level;

/// What one run did.
typedef struct {
    uint64_t checksum;
    uint64_t rows;
    uint64_t statements;
    uint64_t round_trips;
    /// The JSON of the last run: the floor's own memory, valid until the next run.
    const uint8_t *json;
    size_t json_length;
} kinship_floor_outcome;

/// One connection and a chain of levels: customers with their orders with their items ….
typedef struct kinship_floor_tree kinship_floor_tree;

/// Connects and prepares. `keywords` and `values` as for PQconnectdbParams. NULL, and a message in `error`, on failure.
kinship_floor_tree *kinship_floor_tree_open(
    const char *const *keywords, const char *const *values, const kinship_floor_level *levels, int level_count,
    char *error, size_t error_size);

/// Runs the statements level by level, matches children with parents, and walks the tree in the form asked for.
/// 0 when it went well.
int kinship_floor_tree_run(
    kinship_floor_tree *tree, kinship_floor_form form, kinship_floor_outcome *outcome, char *error, size_t error_size);

void kinship_floor_tree_close(kinship_floor_tree *tree);

/// Point requests: several connections served by one thread.
typedef struct kinship_floor_requests kinship_floor_requests;

kinship_floor_requests *kinship_floor_requests_open(
    const char *const *keywords, const char *const *values, int connection_count, const kinship_floor_level *levels,
    int level_count, char *error, size_t error_size);

/// `count` requests in a closed loop of `tasks` callers who wait in turn for a connection; `ids[i]` is the key of the
/// i-th, `nanoseconds[i]` receives how long its caller waited for it. 0 when it went well.
int kinship_floor_requests_run(
    kinship_floor_requests *requests, kinship_floor_form form, int tasks, const int32_t *ids, int count,
    int64_t *nanoseconds, kinship_floor_outcome *outcome, char *error, size_t error_size);

void kinship_floor_requests_close(kinship_floor_requests *requests);

/// Writes: several connections, the first of which is used for what needs one. The rows are those of workload w, made of
/// their numbers; the tables are `kinship_write_customers`, `kinship_write_orders` and `kinship_write_items`.
typedef struct kinship_floor_writes kinship_floor_writes;

kinship_floor_writes *kinship_floor_writes_open(
    const char *const *keywords, const char *const *values, int connection_count, char *error, size_t error_size);

/// Makes orders one by one, each in a transaction of its own, on all connections at once; what was stored comes back.
int kinship_floor_writes_singles(
    kinship_floor_writes *writes, int32_t first, int count, char *error, size_t error_size);

/// Makes orders in one statement; they come back.
int kinship_floor_writes_many(kinship_floor_writes *writes, int32_t first, int count, char *error, size_t error_size);

/// Makes a customer with orders that have items, in a transaction, and reads all of it.
int kinship_floor_writes_graph(
    kinship_floor_writes *writes, int32_t customer, int orders, int items, char *error, size_t error_size);

/// Makes orders of lines of JSON, whose members are in the order of the columns, with a binary COPY.
int kinship_floor_writes_copy(
    kinship_floor_writes *writes, const char *json, size_t length, char *error, size_t error_size);

void kinship_floor_writes_close(kinship_floor_writes *writes);

/// A network between a client and a server of this machine: a server on the socket `directory/.s.PGSQL.port` that passes
/// everything on to `target` (a host, or a directory with a socket), each way half of `round_trip_nanoseconds` later.
typedef struct kinship_network kinship_network;

/// NULL when it could not be made.
kinship_network *kinship_network_open(
    const char *directory, int port, const char *target, int target_port, int64_t round_trip_nanoseconds);

/// Takes no more connections; those that are open end when one of their sides does.
void kinship_network_close(kinship_network *network);

/// This process's CPU time, user and system, of all threads.
int64_t kinship_floor_cpu_nanoseconds(void);

/// The most memory this process has had resident, in bytes.
int64_t kinship_floor_peak_bytes(void);

/// The memory this process has resident now, in bytes.
int64_t kinship_floor_resident_bytes(void);

/// Answers a request of a bare server with `kinship_bare_send`; the path is gone afterwards.
typedef void (*kinship_bare_answer)(void *context, int socket, const char *path);

/// As little of an HTTP server as a load generator can be content with: at a free port of this machine, a thread for each
/// connection, which reads a head and has it answered. Nothing of the head but the path is looked at. It is there until the
/// process ends.
///
/// The port; -1 when there could be none.
int kinship_bare_serve(kinship_bare_answer answer, void *context);

/// Sends an answer: its head, and some bytes of JSON. 0 when it went well.
int kinship_bare_send(int socket, int status, const uint8_t *bytes, size_t length);

#endif
