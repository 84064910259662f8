// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#include "BenchmarkFloor.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

int64_t kinship_floor_cpu_nanoseconds(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t)) return 0;
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t kinship_floor_peak_bytes(void)
{
#ifdef __linux__
    // Not getrusage: Linux hands a process's ru_maxrss on to the program it starts.
    FILE *status = fopen("/proc/self/status", "re");
    if (!status) return 0;
    char line[128];
    long long kilobytes = 0;
    while (fgets(line, sizeof line, status)) {
        if (sscanf(line, "VmHWM: %lld", &kilobytes) == 1) break;
    }
    fclose(status);
    return (int64_t)kilobytes * 1024;
#else
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) ? 0 : (int64_t)usage.ru_maxrss;
#endif
}
