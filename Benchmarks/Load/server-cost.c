// Reads what the server has spent so far, at the two ends of the measured window, from inside the
// load: asking from a third process would blur the window by that process's own scheduling.

#include "load.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

// The kernel's own nanosecond account of the process, threads that ended included
// (/proc/PID/task/*/schedstat forgets those). It may lag by one tick for a thread running now.
static uint64_t cpu_ns(pid_t server) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(server, &clock) != 0 || clock_gettime(clock, &time) < 0)
        fail("the server's CPU clock");
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// Fields 14 and 15 of /proc/PID/stat (proc(5)); the name before them may hold spaces, so count from
// its closing parenthesis.
static void split(pid_t server, uint64_t *user, uint64_t *system) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)server);
    int fd = open(path, O_RDONLY);
    ssize_t count = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (count <= 0) fail(path);
    close(fd);
    text[count] = 0;
    char *rest = strrchr(text, ')');
    unsigned long u, s;
    if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s) != 2)
        fail_because("%s has another shape", path);
    *user = u;
    *system = s;
}

static uint64_t allocations(const char *path) {
    static const uint64_t *count;
    if (!count) {
        int fd = open(path, O_RDONLY);
        if (fd < 0) fail(path);
        void *page = mmap(NULL, sizeof *count, PROT_READ, MAP_SHARED, fd, 0);
        if (page == MAP_FAILED) fail(path);
        close(fd);
        count = page;
    }
    return __atomic_load_n(count, __ATOMIC_RELAXED);
}

struct cost server_cost(const struct options *options) {
    struct cost cost = {0};
    if (options->server) {
        split(options->server, &cost.user_ticks, &cost.system_ticks);
        cost.cpu_ns = cpu_ns(options->server);
    }
    if (options->counter[0]) cost.allocations = allocations(options->counter);
    return cost;
}
