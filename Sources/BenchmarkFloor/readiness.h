// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
//
// Waiting for several sockets to become readable: epoll on Linux, kqueue elsewhere.

#ifndef KINSHIP_BENCHMARK_READINESS_H
#define KINSHIP_BENCHMARK_READINESS_H

/// A descriptor to wait on, or -1.
int readiness_open(void);

/// Watches a socket; `index` comes back from readiness_wait. 0 when it went well.
int readiness_add(int readiness, int socket, int index);

/// Waits until a watched socket is readable; how many indexes were written, or -1.
int readiness_wait(int readiness, int *indexes, int capacity);

void readiness_close(int readiness);

#endif
