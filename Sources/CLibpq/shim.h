// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#ifndef KINSHIP_CLIBPQ_SHIM_H
#define KINSHIP_CLIBPQ_SHIM_H

#include <dlfcn.h>
#include <stdint.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/ioctl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline void kinship_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// The kernel's number of this thread.
static inline int kinship_thread_id(void) { return (int)syscall(SYS_gettid); }

// Lets a thread run only where no other wants to; for Linux a thread is what others call a process here. There is no way back.
static inline void kinship_lower_thread(int id) { setpriority(PRIO_PROCESS, (id_t)id, 19); }
#else
static inline void kinship_name_thread(const char *name) { (void)name; }
static inline int kinship_thread_id(void) { return 0; }
static inline void kinship_lower_thread(int id) { (void)id; }
#endif

// How many bytes a socket holds that nobody has read; 0 where the system doesn't tell. `ioctl` is variadic, which Swift
// can't call.
static inline long kinship_waiting_bytes(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 ? count : 0;
}

// How long it takes here to look for a name among so many that each have memory of their own, as libpq keeps settings: the least of
// some tries, in nanoseconds; 0 where it can't be found out.
static inline uint64_t kinship_look_time(int count) {
    struct kinship_name { struct kinship_name *next; char *text; } *first = NULL, *name;
    const char *volatile wanted = "\1";
    uint64_t least = UINT64_MAX;
    char text[24];
    int found = 0, made = 0, turn;
    for (; made < count; made++) {
        if ((name = malloc(sizeof *name)) == NULL) break;
        snprintf(text, sizeof text, "z%d", made);
        name->text = strdup(text);
        name->next = first;
        first = name;
        if (name->text == NULL) break;
    }
    for (turn = 0; made == count && turn < 8; turn++) {
        struct timespec begun, ended;
        clock_gettime(CLOCK_MONOTONIC, &begun);
        for (name = first; name != NULL; name = name->next) found += strcmp(name->text, wanted) == 0;
        clock_gettime(CLOCK_MONOTONIC, &ended);
        uint64_t time = (uint64_t)(ended.tv_sec - begun.tv_sec) * 1000000000u + (uint64_t)ended.tv_nsec - (uint64_t)begun.tv_nsec;
        if (time < least) least = time;
    }
    while ((name = first) != NULL) {
        first = name->next;
        free(name->text);
        free(name);
    }
    return least == UINT64_MAX || found != 0 ? 0 : least;
}

// How long a message and its acknowledgement were under way at least, in nanoseconds, as the kernel has measured it; 0 for a Unix socket,
// and where the system doesn't tell. Its struct differs between the headers, and has never been changed but at its end:
// tcpi_min_rtt, 32 bits of microseconds, is at 148.
static inline int64_t kinship_round_trip(int descriptor) {
#ifdef __linux__
    unsigned char info[256];
    socklen_t length = sizeof info;
    uint32_t microseconds;
    if (getsockopt(descriptor, IPPROTO_TCP, 11 /* TCP_INFO */, info, &length) != 0 || length < 152) return 0;
    memcpy(&microseconds, info + 148, sizeof microseconds);
    return microseconds == UINT32_MAX ? 0 : (int64_t)microseconds * 1000;
#else
    (void)descriptor;
    return 0;
#endif
}

// What newer versions of libpq add is looked up at run time, so that a program built against an old header uses it
// where it is there. RTLD_DEFAULT is spelled out because glibc hides it without _GNU_SOURCE.
static inline void *kinship_symbol(const char *name) {
#ifdef __linux__
    return dlsym((void *)0, name);
#else
    return dlsym(RTLD_DEFAULT, name);
#endif
}

// libpq 17, "Canceling Queries in Progress": PQcancelCreate and the functions around it.
typedef void *(*kinship_cancel_create)(PGconn *);
typedef int (*kinship_cancel_start)(void *);
typedef PostgresPollingStatusType (*kinship_cancel_poll)(void *);
typedef int (*kinship_cancel_socket)(const void *);
typedef char *(*kinship_cancel_error_message)(const void *);
typedef void (*kinship_cancel_finish)(void *);
// libpq 17, "Asynchronous Command Processing": PQsendClosePrepared.
typedef int (*kinship_send_close_prepared)(PGconn *, const char *);
// OpenSSL, "SSL_pending": decrypted bytes that no poll will announce.
typedef int (*kinship_ssl_pending)(const void *);

static inline kinship_cancel_create kinship_as_cancel_create(void *p) { return (kinship_cancel_create)p; }
static inline kinship_cancel_start kinship_as_cancel_start(void *p) { return (kinship_cancel_start)p; }
static inline kinship_cancel_poll kinship_as_cancel_poll(void *p) { return (kinship_cancel_poll)p; }
static inline kinship_cancel_socket kinship_as_cancel_socket(void *p) { return (kinship_cancel_socket)p; }
static inline kinship_cancel_error_message kinship_as_cancel_error_message(void *p) {
    return (kinship_cancel_error_message)p;
}
static inline kinship_cancel_finish kinship_as_cancel_finish(void *p) { return (kinship_cancel_finish)p; }
static inline kinship_send_close_prepared kinship_as_send_close_prepared(void *p) {
    return (kinship_send_close_prepared)p;
}
static inline kinship_ssl_pending kinship_as_ssl_pending(void *p) { return (kinship_ssl_pending)p; }

#endif
