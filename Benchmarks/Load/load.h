// What the parts of echo-load share.
#pragma once

#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// One message. 64 bytes: the size most echo comparisons use, far below any buffer of any peer.
enum { MESSAGE_SIZE = 64 };

struct connection;
struct options;

// How a connection talks: what it sends next, and what answers it.
struct dialogue {
    const char *name;
    void (*send)(const struct options *options, struct connection *connection);
    // Takes what has come. True: the whole answer, verified.
    bool (*receive)(const struct options *options, struct connection *connection);
};
extern const struct dialogue tcp_dialogue, http_dialogue, websocket_dialogue;

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
    const struct dialogue *speaks; // echo, idle (NULL: HTTP over TLS)
    const char *path;   // HTTP, WebSocket: what is asked for
    const char *body;   // HTTP: the file whose bytes every answer must have
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
void run_download(const struct options *options);

// --- connections ---------------------------------------------------------------------------------
struct connection {
    int fd;
    uint32_t number;
    uint64_t sequence; // of the message now on its way
    uint64_t sent_at;  // ns
    size_t echoed;     // bytes of it that have come back
    size_t expected_size;
    char expected[MESSAGE_SIZE + 2]; // a WebSocket's has a header of two bytes
    // HTTP, and a WebSocket's handshake:
    bool has_head;     // of the answer that is under way
    size_t head_size;
    char head[1024];   // far more than any peer's
};

int start_connecting(const struct options *options, uint64_t number); // non-blocking
// The next message's bytes, which no other connection or time sends.
void compose_message(struct connection *connection, char *message);
void send_whole(struct connection *connection, const void *bytes, size_t size);
void send_message(struct connection *connection);
// Takes what has come back. True: the whole message, verified.
bool receive_echo(struct connection *connection);
// Opens `count` connections, a few at a time, one verified message each, all in `epoll`.
struct connection *open_connections(const struct options *options, int epoll, int count);

// --- HTTP ----------------------------------------------------------------------------------------
// Takes bytes of an answer's head; returns how many. `has_head` is set at its end.
size_t take_head(struct connection *connection, const char *bytes, size_t size, const char *status);
size_t http_request(const struct options *options, char *request, size_t size);
// Takes bytes of an answer. True: the whole of it, verified.
bool take_answer(const struct options *options, struct connection *connection, const char *bytes,
                 size_t size);
// Opens `count` connections over TLS, one verified answer each, and leaves their sockets open.
void open_tls_connections(const struct options *options, int count);

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
