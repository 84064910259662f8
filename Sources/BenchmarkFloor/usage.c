// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Kinship authors

#include "BenchmarkFloor.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#ifdef __APPLE__
#include <mach/mach.h>
#endif

int64_t kinship_floor_cpu_nanoseconds(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t)) return 0;
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

#ifdef __linux__
/// A line of the kernel's account of this process, in bytes; 0 where there is none.
static int64_t status_bytes(const char *name)
{
    FILE *status = fopen("/proc/self/status", "re");
    if (!status) return 0;
    char line[128];
    long long kilobytes = 0;
    size_t length = strlen(name);
    while (fgets(line, sizeof line, status)) {
        if (!strncmp(line, name, length) && sscanf(line + length, ": %lld", &kilobytes) == 1) break;
    }
    fclose(status);
    return (int64_t)kilobytes * 1024;
}
#endif

int64_t kinship_floor_peak_bytes(void)
{
#ifdef __linux__
    // Not getrusage: Linux hands a process's ru_maxrss on to the program it starts.
    return status_bytes("VmHWM");
#else
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) ? 0 : (int64_t)usage.ru_maxrss;
#endif
}

int64_t kinship_floor_resident_bytes(void)
{
#if defined(__linux__)
    return status_bytes("VmRSS");
#elif defined(__APPLE__)
    mach_task_basic_info_data_t info;
    mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
    if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO, (task_info_t)&info, &count) != KERN_SUCCESS) return 0;
    return (int64_t)info.resident_size;
#else
    return 0;
#endif
}
