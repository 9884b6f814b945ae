// What the parts of echo-load share.
#pragma once

#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// One message. 64 bytes: the size most echo comparisons use, far below any buffer of any peer.
enum { MESSAGE_SIZE = 64 };

struct options {
    const char *mode;   // one of those below
    int port;           // the server's, on 127.0.0.1
    int connections;    // held at once (echo, idle)
    double warm_up;     // seconds before anything is counted
    double seconds;     // counted for so long,
    uint64_t requests;  // or for so many (when not 0)
    uint64_t warm_up_requests; // and this many before (when requests is given)
    pid_t server;       // whose CPU time is read (0: nobody's)
    const char *counter; // malloc-count's file ("": none)
    bool orderly_close; // accept: end with FIN instead of RST
    int sources;        // accept, idle: from so many loopback addresses, 127.0.0.2 and up
    int window;         // datagram-echo: under way for each socket
    int size;           // datagram-receive: bytes of a datagram
};

// Nothing answered for so long: the server is broken, and the run with it. Arbitrary, but longer than
// a lost SYN's third attempt.
enum { PATIENCE_SECONDS = 10 };

_Noreturn void fail(const char *what);               // with errno's text
_Noreturn void fail_because(const char *format, ...); // without
uint64_t now_ns(void);                                // CLOCK_MONOTONIC

// --- the modes -----------------------------------------------------------------------------------
void run_echo(const struct options *options);
void run_idle(const struct options *options);
void run_accept(const struct options *options);
void run_datagram_echo(const struct options *options);
void run_datagram_receive(const struct options *options);
void run_datagram_send(const struct options *options);

// --- connections ---------------------------------------------------------------------------------
struct connection {
    int fd;
    uint32_t number;
    uint64_t sequence; // of the message now on its way
    uint64_t sent_at;  // ns
    size_t echoed;     // bytes of it that have come back
    char expected[MESSAGE_SIZE];
};

int start_connecting(const struct options *options, uint64_t number); // non-blocking
void send_message(struct connection *connection);
// Takes what has come back. True: the whole message, verified.
bool receive_echo(struct connection *connection);
// Opens `count` connections, a few at a time, one verified message each, all in `epoll`.
struct connection *open_connections(const struct options *options, int epoll, int count);

// --- datagrams -----------------------------------------------------------------------------------
int connect_datagrams(int port); // a non-blocking UDP socket to the server

// --- what the server spent -----------------------------------------------------------------------
struct cost {
    uint64_t cpu_ns;          // all threads, also those that ended
    uint64_t user_ticks, system_ticks; // the kernel's sampled split of it
    uint64_t allocations;     // calls so far that malloc-count saw
};
struct cost server_cost(const struct options *options);

// --- latencies -----------------------------------------------------------------------------------
void histogram_clear(void);
void histogram_add(uint64_t ns);
uint64_t histogram_percentile(double percent); // ns, at most 1.6 % too high

// --- the answer ----------------------------------------------------------------------------------
void print_result(const struct options *options, uint64_t count, uint64_t lost, uint64_t elapsed_ns,
                  const struct cost *before, const struct cost *after);
