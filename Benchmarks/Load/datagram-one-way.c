// Datagrams in one direction. Both counts are the server's own, asked for while it is quiet, so CPU time
// and count are of exactly the same datagrams.

#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BATCH = 16,              // messages a call, each of several datagrams
    LARGEST_PAYLOAD = 65507, // of UDP over IPv4
    SEGMENT_LIMIT = 64,      // UDP_MAX_SEGMENTS of older kernels
    QUESTION_SIZE = 8,       // a datagram that asks for the counts
    ASK_AGAIN_MS = 50,       // a question can be lost in a full queue
    UNIT = 1728,             // every peer's batch of datagrams of 64 or 1,200 bytes divides it
    WARM_UP_UNITS = 100,
};

struct counts {
    uint64_t datagrams, bytes;
};

static int least(int a, int b) { return a < b ? a : b; }

static bool readable(int fd, int milliseconds) {
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    int count = poll(&waiting, 1, milliseconds);
    if (count < 0 && errno != EINTR) fail("poll");
    return count > 0;
}

// What the server has received so far. Its queue is in order: the answer comes after all that was sent.
static struct counts ask(int fd) {
    struct counts counts;
    char question[QUESTION_SIZE] = {0};
    // An answer to a question asked twice may still be on its way.
    while (readable(fd, 0)) recv(fd, &counts, sizeof counts, 0);
    for (int tries = 0; tries < PATIENCE_SECONDS * 1000 / ASK_AGAIN_MS; tries++) {
        if (send(fd, question, sizeof question, 0) < 0) fail("send");
        if (!readable(fd, ASK_AGAIN_MS)) continue;
        if (recv(fd, &counts, sizeof counts, 0) != sizeof counts) fail_because("an answer of another shape");
        return counts;
    }
    fail_because("no answer for %d s", PATIENCE_SECONDS);
}

// Sends as fast as it can for so long, by UDP_SEGMENT, which lets one core outrun any receiver.
// The number of datagrams sent.
static uint64_t flood(int fd, int size, double seconds) {
    static char payload[LARGEST_PAYLOAD];
    int segments = least(LARGEST_PAYLOAD / size, SEGMENT_LIMIT);
    if (setsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, sizeof size) < 0) fail("UDP_SEGMENT");
    struct iovec vector = {payload, (size_t)(size * segments)};
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) messages[i].msg_hdr = (struct msghdr){.msg_iov = &vector, .msg_iovlen = 1};
    uint64_t sent = 0;
    for (uint64_t start = now_ns(); (double)(now_ns() - start) / 1e9 < seconds;) {
        int count = sendmmsg(fd, messages, BATCH, 0);
        if (count < 0 && errno != EAGAIN && errno != EINTR) fail("sendmmsg");
        if (count > 0) sent += (uint64_t)(count * segments);
    }
    size = 0;
    if (setsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, sizeof size) < 0) fail("UDP_SEGMENT");
    return sent;
}

void run_datagram_receive(const struct options *options) {
    if (options->size <= QUESTION_SIZE || options->size > LARGEST_PAYLOAD)
        fail_because("--size is %d to %d", QUESTION_SIZE + 1, LARGEST_PAYLOAD);
    int fd = connect_datagrams(options->port);
    flood(fd, options->size, options->warm_up);
    struct counts first = ask(fd);
    struct cost before = server_cost(options);
    uint64_t started = now_ns();
    uint64_t sent = flood(fd, options->size, options->seconds);
    struct counts last = ask(fd);
    struct cost after = server_cost(options);
    uint64_t received = last.datagrams - first.datagrams;
    if (received > sent || last.bytes - first.bytes != received * (uint64_t)options->size)
        fail_because("the server counted what was never sent");
    print_result(options, received, sent - received, now_ns() - started, &before, &after);
}

// A socket that nobody reads, its queue full: each datagram is dropped at its end, always at the same
// cost. With UDP_GRO, so that cutting is left to a real receiver's network card.
static int open_sink(void) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, least_buffer = 1;
    if (fd < 0) fail("socket");
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least_buffer, sizeof least_buffer);
    if (setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on) < 0) fail("UDP_GRO");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(fd, (struct sockaddr *)&address, size) < 0) fail("bind");
    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0) fail("getsockname");
    return ntohs(address.sin_port);
}

// Has the server send so many datagrams. The nanoseconds until it says that it has.
static uint64_t request(int fd, uint64_t count, uint64_t sink) {
    uint64_t asked[2] = {count, sink}, answer[2];
    uint64_t started = now_ns();
    if (send(fd, asked, sizeof asked, 0) < 0) fail("send");
    if (!readable(fd, PATIENCE_SECONDS * 1000)) fail_because("not done after %d s", PATIENCE_SECONDS);
    if (recv(fd, answer, sizeof answer, 0) != sizeof answer || memcmp(asked, answer, sizeof asked) != 0)
        fail_because("an answer of another shape");
    return now_ns() - started;
}

void run_datagram_send(const struct options *options) {
    int fd = connect_datagrams(options->port);
    uint64_t sink = (uint64_t)open_sink();
    uint64_t warm_up = request(fd, WARM_UP_UNITS * UNIT, sink);
    double units = options->requests ? (double)options->requests / UNIT
                                     : options->seconds * 1e9 / (double)warm_up * WARM_UP_UNITS;
    uint64_t count = (uint64_t)(units + 1) * UNIT;
    struct cost before = server_cost(options);
    uint64_t elapsed = request(fd, count, sink);
    struct cost after = server_cost(options);
    print_result(options, count, 0, elapsed, &before, &after);
}
