// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#include "readiness.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

enum { BATCH = 64 };

#ifdef __linux__
#include <sys/epoll.h>

int readiness_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int readiness_add(int readiness, int socket, int index)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = (uint32_t)index}};
    return epoll_ctl(readiness, EPOLL_CTL_ADD, socket, &event);
}

int readiness_wait(int readiness, int *indexes, int capacity)
{
    struct epoll_event events[BATCH];
    int count;
    do count = epoll_wait(readiness, events, capacity < BATCH ? capacity : BATCH, -1);
    while (count < 0 && errno == EINTR);
    for (int i = 0; i < count; i++) indexes[i] = (int)events[i].data.u32;
    return count;
}

#else
#include <sys/event.h>

int readiness_open(void) { return kqueue(); }

int readiness_add(int readiness, int socket, int index)
{
    struct kevent change;
    EV_SET(&change, (uintptr_t)socket, EVFILT_READ, EV_ADD, 0, 0, (void *)(intptr_t)index);
    return kevent(readiness, &change, 1, NULL, 0, NULL);
}

int readiness_wait(int readiness, int *indexes, int capacity)
{
    struct kevent events[BATCH];
    int count;
    do count = kevent(readiness, NULL, 0, events, capacity < BATCH ? capacity : BATCH, NULL);
    while (count < 0 && errno == EINTR);
    for (int i = 0; i < count; i++) indexes[i] = (int)(intptr_t)events[i].udata;
    return count;
}

#endif

void readiness_close(int readiness)
{
    if (readiness >= 0) close(readiness);
}
