// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
//
// A network that is slower than this machine's own: everything is passed on, each way half a round trip later.

#include "BenchmarkFloor.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 // SO_NOSIGPIPE, where there is that instead
#endif

enum { CHUNK_BYTES = 65536, MOST_CHUNKS = 1024 };

struct kinship_network {
    int listener;
    int64_t delay;
    char path[104];
    char target[104];
    int target_port;
    pthread_t thread;
};

typedef struct chunk {
    struct chunk *next;
    int64_t due;
    size_t length;
    char bytes[CHUNK_BYTES];
} chunk;

/// One way of a connection.
typedef struct {
    int from, to;
    int64_t delay;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    chunk *first, **last;
    int count;
    int ended;
} lane;

/// A connection; the last of its two lanes to end frees it.
typedef struct {
    lane lanes[2];
    atomic_int open;
} pipe_pair;

typedef struct {
    pipe_pair *pair;
    lane *lane;
} lane_task;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void wait_until(int64_t due)
{
#ifdef __linux__
    struct timespec t = { .tv_sec = due / 1000000000, .tv_nsec = due % 1000000000 };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) continue;
#else
    int64_t left = due - now();
    if (left <= 0) return;
    struct timespec t = { .tv_sec = left / 1000000000, .tv_nsec = left % 1000000000 };
    nanosleep(&t, NULL);
#endif
}

static int write_all(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = send(socket, bytes, length, MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

static void *write_lane(void *argument)
{
    lane *lane = argument;
#ifdef __linux__
    // Sleeps end when they should, not up to 50 µs later.
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
#endif
    for (;;) {
        pthread_mutex_lock(&lane->lock);
        while (!lane->first && !lane->ended) pthread_cond_wait(&lane->changed, &lane->lock);
        chunk *chunk = lane->first;
        if (chunk) {
            lane->first = chunk->next;
            if (!lane->first) lane->last = &lane->first;
            lane->count--;
            pthread_cond_signal(&lane->changed);
        }
        pthread_mutex_unlock(&lane->lock);
        if (!chunk) break;
        wait_until(chunk->due);
        int failed = write_all(lane->to, chunk->bytes, chunk->length);
        free(chunk);
        if (failed) {
            // Nobody listens: who talks is told by a socket that is shut.
            shutdown(lane->from, SHUT_RDWR);
        }
    }
    shutdown(lane->to, SHUT_WR);
    return NULL;
}

static void end_lane(pipe_pair *pair)
{
    if (atomic_fetch_sub(&pair->open, 1) != 1) return;
    close(pair->lanes[0].from);
    close(pair->lanes[0].to);
    for (int i = 0; i < 2; i++) {
        pthread_mutex_destroy(&pair->lanes[i].lock);
        pthread_cond_destroy(&pair->lanes[i].changed);
    }
    free(pair);
}

static void *read_lane(void *argument)
{
    lane_task task = *(lane_task *)argument;
    free(argument);
    lane *lane = task.lane;
    pthread_t writer;
    int has_writer = !pthread_create(&writer, NULL, write_lane, lane);
    while (has_writer) {
        chunk *chunk = malloc(sizeof *chunk);
        if (!chunk) break;
        ssize_t count = recv(lane->from, chunk->bytes, CHUNK_BYTES, 0);
        if (count < 0 && errno == EINTR) {
            free(chunk);
            continue;
        }
        if (count <= 0) {
            free(chunk);
            break;
        }
        chunk->next = NULL;
        chunk->length = (size_t)count;
        chunk->due = now() + lane->delay;
        pthread_mutex_lock(&lane->lock);
        while (lane->count >= MOST_CHUNKS) pthread_cond_wait(&lane->changed, &lane->lock);
        *lane->last = chunk;
        lane->last = &chunk->next;
        lane->count++;
        pthread_cond_signal(&lane->changed);
        pthread_mutex_unlock(&lane->lock);
    }
    pthread_mutex_lock(&lane->lock);
    lane->ended = 1;
    pthread_cond_signal(&lane->changed);
    pthread_mutex_unlock(&lane->lock);
    if (has_writer) pthread_join(writer, NULL);
    end_lane(task.pair);
    return NULL;
}

static int start_lane(pipe_pair *pair, lane *lane)
{
    lane_task *task = malloc(sizeof *task);
    if (!task) return -1;
    *task = (lane_task) { pair, lane };
    pthread_t thread;
    if (pthread_create(&thread, NULL, read_lane, task)) {
        free(task);
        return -1;
    }
    pthread_detach(thread);
    return 0;
}

static int connect_socket(const char *host, int port)
{
    if (host[0] == '/') {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        if (snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.%d", host, port)
            >= (int)sizeof address.sun_path)
            return -1;
        int s = socket(AF_UNIX, SOCK_STREAM, 0);
        if (s >= 0 && !connect(s, (struct sockaddr *)&address, sizeof address)) return s;
        if (s >= 0) close(s);
        return -1;
    }
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
    if (getaddrinfo(host, service, &hints, &found)) return -1;
    int s = -1;
    for (struct addrinfo *one = found; one && s < 0; one = one->ai_next) {
        s = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
        if (s < 0) continue;
        int on = 1;
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(s, one->ai_addr, one->ai_addrlen)) {
            close(s);
            s = -1;
        }
    }
    freeaddrinfo(found);
    return s;
}

static void serve(kinship_network *network, int client)
{
    int server = connect_socket(network->target, network->target_port);
    pipe_pair *pair = server < 0 ? NULL : calloc(1, sizeof *pair);
    if (!pair) {
        if (server >= 0) close(server);
        close(client);
        return;
    }
    atomic_init(&pair->open, 2);
    for (int i = 0; i < 2; i++) {
        lane *lane = &pair->lanes[i];
        lane->from = i ? server : client;
        lane->to = i ? client : server;
        lane->delay = network->delay;
        lane->last = &lane->first;
        pthread_mutex_init(&lane->lock, NULL);
        pthread_cond_init(&lane->changed, NULL);
#ifdef SO_NOSIGPIPE
        int on = 1;
        setsockopt(lane->to, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    }
    int started = 0;
    while (started < 2 && !start_lane(pair, &pair->lanes[started])) started++;
    if (started == 2) return;
    // No threads left. The lane that runs, if any, ends with the sockets.
    shutdown(client, SHUT_RDWR);
    shutdown(server, SHUT_RDWR);
    for (; started < 2; started++) end_lane(pair);
}

static void *accept_connections(void *argument)
{
    kinship_network *network = argument;
    for (;;) {
        int client = accept(network->listener, NULL, NULL);
        if (client < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        if (client < 0) return NULL;
        serve(network, client);
    }
}

kinship_network *kinship_network_open(
    const char *directory, int port, const char *target, int target_port, int64_t round_trip_nanoseconds)
{
    kinship_network *network = calloc(1, sizeof *network);
    if (!network) return NULL;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    network->delay = round_trip_nanoseconds / 2;
    network->target_port = target_port;
    int length = snprintf(network->path, sizeof network->path, "%s/.s.PGSQL.%d", directory, port);
    int target_length = snprintf(network->target, sizeof network->target, "%s", target);
    if (length >= (int)sizeof network->path || length >= (int)sizeof address.sun_path
        || target_length >= (int)sizeof network->target) {
        free(network);
        return NULL;
    }
    memcpy(address.sun_path, network->path, (size_t)length + 1);
    network->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (network->listener < 0 || bind(network->listener, (struct sockaddr *)&address, sizeof address)
        || listen(network->listener, 64)
        || pthread_create(&network->thread, NULL, accept_connections, network)) {
        if (network->listener >= 0) close(network->listener);
        free(network);
        return NULL;
    }
    return network;
}

void kinship_network_close(kinship_network *network)
{
    if (!network) return;
    shutdown(network->listener, SHUT_RDWR);
    pthread_join(network->thread, NULL);
    close(network->listener);
    unlink(network->path);
    free(network);
}
