// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#include "chain.h"
#include "readiness.h"

#include <stdlib.h>
#include <time.h>

typedef struct {
    PGconn *connection;
    chain chain;
    int request; // the request being answered, -1 when idle
    int level;
    char id[4];
} lane;

struct kinship_floor_requests {
    int readiness;
    int lane_count;
    lane *lanes;
};

typedef struct {
    kinship_floor_form form;
    const int32_t *ids;
    int count;
    int64_t *nanoseconds;
    int next; // the first request no caller has asked for yet
    int done;
    int *waiting; // a ring of the requests whose callers wait for a connection
    int waiting_start;
    int waiting_count;
    kinship_floor_outcome *outcome;
    char *error;
    size_t error_size;
} run;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int send_level(lane *lane, run *run)
{
    chain *chain = &lane->chain;
    const kinship_floor_level *level = &chain->levels[lane->level];
    if (chain_parameters(chain, lane->level, run->error, run->error_size)) return -1;
    if (lane->level == 0) {
        uint32_t big = __builtin_bswap32((uint32_t)run->ids[lane->request]);
        memcpy(lane->id, &big, 4);
        chain->values[level->key_parameter] = lane->id;
        chain->lengths[level->key_parameter] = 4;
    }
    // A request of a few hundred bytes always fits into an idle socket's buffer: PQflush sends all of it.
    if (!PQsendQueryPrepared(
            lane->connection, chain_names[lane->level], level->parameter_count, chain->values, chain->lengths,
            chain_formats, 1)
        || PQflush(lane->connection) != 0)
        return floor_fail(run->error, run->error_size, "sending failed", PQerrorMessage(lane->connection));
    run->outcome->statements++;
    run->outcome->round_trips++;
    return 0;
}

/// A caller asks for request `next`: it waits for a connection from now on.
static void ask(run *run)
{
    if (run->next == run->count) return;
    run->nanoseconds[run->next] = now();
    run->waiting[(run->waiting_start + run->waiting_count++) % run->count] = run->next++;
}

static int start(lane *lane, run *run)
{
    lane->request = -1;
    if (run->waiting_count == 0) return 0;
    lane->request = run->waiting[run->waiting_start];
    run->waiting_start = (run->waiting_start + 1) % run->count;
    run->waiting_count--;
    lane->level = 0;
    return send_level(lane, run);
}

/// Reads what has come; when a statement is done, goes on with the next level or the next request.
static int advance(lane *lane, run *run)
{
    if (!PQconsumeInput(lane->connection))
        return floor_fail(run->error, run->error_size, "receiving failed", PQerrorMessage(lane->connection));
    PGresult *result = NULL;
    while (!PQisBusy(lane->connection)) {
        PGresult *more = PQgetResult(lane->connection);
        if (more) {
            PQclear(result);
            result = more;
            // Kept with the lane at once: the end of the statement may come with a later packet.
            if (chain_take(&lane->chain, lane->level, result, run->error, run->error_size)) return -1;
            result = NULL;
            continue;
        }
        lane->level = chain_next(&lane->chain, lane->level);
        if (lane->level < lane->chain.count) return send_level(lane, run);
        if (chain_walk(&lane->chain, run->form, run->outcome))
            return floor_fail(run->error, run->error_size, "walking", "out of memory");
        chain_clear(&lane->chain);
        run->nanoseconds[lane->request] = now() - run->nanoseconds[lane->request];
        run->done++;
        ask(run);
        return start(lane, run);
    }
    return 0;
}

kinship_floor_requests *kinship_floor_requests_open(
    const char *const *keywords, const char *const *values, int connection_count, const kinship_floor_level *levels,
    int level_count, char *error, size_t error_size)
{
    kinship_floor_requests *requests = calloc(1, sizeof *requests);
    if (!requests) return NULL;
    requests->readiness = readiness_open();
    requests->lanes = calloc((size_t)connection_count, sizeof(lane));
    if (!requests->lanes || requests->readiness < 0) {
        floor_fail(error, error_size, "opening", "out of memory or descriptors");
        kinship_floor_requests_close(requests);
        return NULL;
    }
    for (int i = 0; i < connection_count; i++) {
        lane *lane = &requests->lanes[i];
        requests->lane_count++;
        lane->request = -1;
        lane->chain.levels = levels;
        lane->chain.count = level_count;
        lane->connection = PQconnectdbParams(keywords, values, 0);
        int failed = 0;
        if (PQstatus(lane->connection) != CONNECTION_OK)
            failed = floor_fail(error, error_size, "connecting failed", PQerrorMessage(lane->connection));
        else
            failed = chain_prepare(lane->connection, levels, level_count, error, error_size);
        if (!failed && (PQsetnonblocking(lane->connection, 1)
                || readiness_add(requests->readiness, PQsocket(lane->connection), i)))
            failed = floor_fail(error, error_size, "watching a socket failed", PQerrorMessage(lane->connection));
        if (failed) {
            kinship_floor_requests_close(requests);
            return NULL;
        }
    }
    return requests;
}

int kinship_floor_requests_run(
    kinship_floor_requests *requests, kinship_floor_form form, int tasks, const int32_t *ids, int count,
    int64_t *nanoseconds, kinship_floor_outcome *outcome, char *error, size_t error_size)
{
    *outcome = (kinship_floor_outcome){0};
    run run = {
        .form = form, .ids = ids, .count = count, .nanoseconds = nanoseconds, .outcome = outcome, .error = error,
        .error_size = error_size, .waiting = malloc((size_t)count * sizeof(int)),
    };
    if (!run.waiting) return floor_fail(error, error_size, "starting", "out of memory");
    int failed = 0;
    for (int i = 0; i < tasks; i++) ask(&run);
    for (int i = 0; i < requests->lane_count && !failed; i++) failed = start(&requests->lanes[i], &run);
    while (!failed && run.done < count) {
        int ready[64];
        int ready_count = readiness_wait(requests->readiness, ready, 64);
        if (ready_count < 0) failed = floor_fail(error, error_size, "waiting failed", "epoll_wait or kevent");
        for (int i = 0; i < ready_count && !failed; i++) {
            lane *lane = &requests->lanes[ready[i]];
            if (lane->request >= 0) failed = advance(lane, &run);
            else if (!PQconsumeInput(lane->connection))
                failed = floor_fail(error, error_size, "a connection broke", PQerrorMessage(lane->connection));
        }
    }
    free(run.waiting);
    return failed;
}

void kinship_floor_requests_close(kinship_floor_requests *requests)
{
    if (!requests) return;
    for (int i = 0; i < requests->lane_count; i++) {
        PQfinish(requests->lanes[i].connection);
        chain_free(&requests->lanes[i].chain);
    }
    free(requests->lanes);
    readiness_close(requests->readiness);
    free(requests);
}
