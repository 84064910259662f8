// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors
//
// A server that does nothing but pass paths in and bytes out: what a library's answers take when next to no server is around it.

#include "BenchmarkFloor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 // SO_NOSIGPIPE, where there is that instead
#endif

enum { HEAD_BYTES = 16384 };

typedef struct {
    int socket;
    kinship_bare_answer answer;
    void *context;
} bare_task;

int kinship_bare_send(int socket, int status, const uint8_t *bytes, size_t length)
{
    char head[160];
    int written = snprintf(
        head, sizeof head, "HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", status, length);
    if (written < 0 || (size_t)written >= sizeof head) return -1;
    struct iovec parts[2] = {
        { .iov_base = head, .iov_len = (size_t)written },
        { .iov_base = (void *)(uintptr_t)bytes, .iov_len = length },
    };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = length ? 2 : 1 };
    while (message.msg_iovlen > 0) {
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        size_t rest = (size_t)sent;
        while (message.msg_iovlen > 0 && rest >= message.msg_iov->iov_len) {
            rest -= message.msg_iov->iov_len;
            message.msg_iov++;
            message.msg_iovlen--;
        }
        if (message.msg_iovlen > 0) {
            message.msg_iov->iov_base = (char *)message.msg_iov->iov_base + rest;
            message.msg_iov->iov_len -= rest;
        }
    }
    return 0;
}

/// The path of a head, which is cut behind it; NULL where there is none.
static char *path_of(char *head)
{
    char *path = strchr(head, ' ');
    if (!path) return NULL;
    path++;
    char *end = strchr(path, ' ');
    if (!end) return NULL;
    *end = 0;
    return path;
}

static void *serve(void *argument)
{
    bare_task task = *(bare_task *)argument;
    free(argument);
    char *head = malloc(HEAD_BYTES);
    size_t length = 0;
    while (head && length < HEAD_BYTES - 1) {
        ssize_t count = recv(task.socket, head + length, HEAD_BYTES - 1 - length, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        length += (size_t)count;
        head[length] = 0;
        // One request at a time: who asks waits for the answer.
        if (!strstr(head, "\r\n\r\n")) continue;
        char *path = path_of(head);
        if (!path) break;
        task.answer(task.context, task.socket, path);
        length = 0;
    }
    free(head);
    close(task.socket);
    return NULL;
}

static void *accept_all(void *argument)
{
    bare_task *listening = argument;
    for (;;) {
        int socket = accept(listening->socket, NULL, NULL);
        if (socket < 0) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            break;
        }
        int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
        setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
        bare_task *task = malloc(sizeof *task);
        pthread_t thread;
        if (!task) {
            close(socket);
            continue;
        }
        *task = *listening;
        task->socket = socket;
        if (pthread_create(&thread, NULL, serve, task)) {
            free(task);
            close(socket);
            continue;
        }
        pthread_detach(thread);
    }
    close(listening->socket);
    free(listening);
    return NULL;
}

int kinship_bare_serve(kinship_bare_answer answer, void *context)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    pthread_t thread;
    bare_task *listening = malloc(sizeof *listening);
    int socket_number = socket(AF_INET, SOCK_STREAM, 0);
    if (!listening || socket_number < 0 || bind(socket_number, (struct sockaddr *)&address, size)
        || listen(socket_number, 1024) || getsockname(socket_number, (struct sockaddr *)&address, &size))
        goto failed;
    *listening = (bare_task) { .socket = socket_number, .answer = answer, .context = context };
    if (pthread_create(&thread, NULL, accept_all, listening)) goto failed;
    pthread_detach(thread);
    return ntohs(address.sin_port);
failed:
    if (socket_number >= 0) close(socket_number);
    free(listening);
    return -1;
}
