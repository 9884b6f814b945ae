// Puts a server under load from one thread, and says what it took: one JSON object on standard output.
//
// usage: echo-load MODE --port PORT [option value]…
//   MODE             echo: closed loop of 64-byte messages · idle: one message each, then hold until
//                    standard input ends · accept: connect, one message, close, again
//                    datagram-echo: a window of 64-byte datagrams a socket · datagram-receive: a flood
//                    · datagram-send: a flood of the server's · download: one GET over TLS after another,
//                    each on a new connection; bytes are counted
//   --connections N  held at once (1; accept: 32 is sensible)
//   --warm-up S --seconds S              before counting, and counted (0.5, 3)
//   --requests N --warm-up-requests N    echo: so many instead of so long
//   --server-pid PID the process whose CPU time is read at both ends of the window
//   --counter FILE   malloc-count's file, read at both ends of the window
//   --close reset|orderly                accept: how a connection ends (reset)
//   --sources N      connect from N loopback addresses, 127.0.0.2 and up (0: the kernel chooses)
//   --window N       datagram-echo: datagrams under way for each socket (1)
//   --size N         datagram-receive: bytes of a datagram (64)
//   --speaks WHAT    echo, idle: tcp, http (a GET, and its answer), websocket (an echo within), and idle
//                    also https (tcp)
//   --path PATH      http, websocket, download: what is asked for (/)
//   --body FILE      http, download: the bytes of a right answer
//
// Every echo is compared byte for byte. Anything unexpected ends the run with exit status 1.

#include "load.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void fail(const char *what) {
    fprintf(stderr, "echo-load: %s: %s\n", what, strerror(errno));
    exit(1);
}

void fail_because(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("echo-load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
    exit(1);
}

uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void print_result(const struct options *options, uint64_t count, uint64_t lost, uint64_t elapsed_ns,
                  const struct cost *before, const struct cost *after) {
    double tick_ns = 1e9 / (double)sysconf(_SC_CLK_TCK);
    printf("{\"mode\": \"%s\", \"connections\": %d, \"count\": %llu, \"lost\": %llu, "
           "\"seconds\": %.6f, "
           "\"p50_us\": %.2f, \"p99_us\": %.2f, \"cpu_ns\": %llu, \"user_ns\": %.0f, "
           "\"system_ns\": %.0f, \"allocations\": %llu}\n",
           options->mode, options->connections, (unsigned long long)count, (unsigned long long)lost,
           (double)elapsed_ns / 1e9,
           (double)histogram_percentile(50) / 1e3, (double)histogram_percentile(99) / 1e3,
           (unsigned long long)(after->cpu_ns - before->cpu_ns),
           (double)(after->user_ticks - before->user_ticks) * tick_ns,
           (double)(after->system_ticks - before->system_ticks) * tick_ns,
           (unsigned long long)(after->allocations - before->allocations));
}

static const struct dialogue *dialogue_named(const char *name) {
    const struct dialogue *all[] = {&tcp_dialogue, &http_dialogue, &websocket_dialogue};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(name, all[i]->name) == 0) return all[i];
    if (strcmp(name, "https") == 0) return NULL;
    fail_because("\"%s\" is nothing to speak", name);
}

static void set_option(struct options *options, const char *name, const char *value) {
    if (strcmp(name, "--port") == 0) options->port = atoi(value);
    else if (strcmp(name, "--connections") == 0) options->connections = atoi(value);
    else if (strcmp(name, "--warm-up") == 0) options->warm_up = atof(value);
    else if (strcmp(name, "--seconds") == 0) options->seconds = atof(value);
    else if (strcmp(name, "--requests") == 0) options->requests = strtoull(value, NULL, 10);
    else if (strcmp(name, "--warm-up-requests") == 0)
        options->warm_up_requests = strtoull(value, NULL, 10);
    else if (strcmp(name, "--server-pid") == 0) options->server = atoi(value);
    else if (strcmp(name, "--counter") == 0) options->counter = value;
    else if (strcmp(name, "--close") == 0) options->orderly_close = strcmp(value, "orderly") == 0;
    else if (strcmp(name, "--sources") == 0) options->sources = atoi(value);
    else if (strcmp(name, "--window") == 0) options->window = atoi(value);
    else if (strcmp(name, "--size") == 0) options->size = atoi(value);
    else if (strcmp(name, "--speaks") == 0) options->speaks = dialogue_named(value);
    else if (strcmp(name, "--path") == 0) options->path = value;
    else if (strcmp(name, "--body") == 0) options->body = value;
    else fail_because("unknown option %s", name);
}

static const struct {
    const char *name;
    void (*run)(const struct options *options);
} modes[] = {
    {"echo", run_echo},
    {"idle", run_idle},
    {"accept", run_accept},
    {"datagram-echo", run_datagram_echo},
    {"datagram-receive", run_datagram_receive},
    {"datagram-send", run_datagram_send},
    {"download", run_download},
};

int main(int argc, char **argv) {
    struct options options = {
        .mode = argc > 1 ? argv[1] : "", .connections = 1, .warm_up = 0.5, .seconds = 3, .counter = "",
        .window = 1, .size = MESSAGE_SIZE, .speaks = &tcp_dialogue, .path = "/", .body = ""};
    for (int i = 2; i < argc; i += 2) {
        if (i + 1 == argc) fail_because("%s needs a value", argv[i]);
        set_option(&options, argv[i], argv[i + 1]);
    }
    if (options.port <= 0 || options.connections <= 0)
        fail_because("--port and --connections must be positive");
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(options.mode, modes[i].name) != 0) continue;
        if (!options.speaks && strcmp(options.mode, "idle") != 0)
            fail_because("https is for idle connections; downloads have a mode");
        modes[i].run(&options);
        return 0;
    }
    fail_because("\"%s\" is no mode", options.mode);
}
