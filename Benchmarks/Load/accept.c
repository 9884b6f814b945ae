// Connect, one message and its echo, close, again: a fixed number of connections under way at once.
//
// The side that closes first is left with a TIME_WAIT for a minute, 28,000 of which use up an
// address. Two ways around it:
//   reset    SO_LINGER with zero seconds: close sends RST and leaves nothing behind. The default, since
//            rounds then do not inherit each other's TIME_WAIT timers. The server sees ECONNRESET.
//   orderly  half-close, wait for the server's end, close. The server sees a clean end. Its TIME_WAITs
//            are spread over many source addresses (--sources, 127.0.0.2 and up).

#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENT_LIMIT = 512 };

static uint64_t opened;

static void open_one(const struct options *options, struct connection *connection, int epoll) {
    connection->number = (uint32_t)opened;
    connection->fd = start_connecting(options, opened++);
    connection->sequence = 0;
    connection->echoed = 0;
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = connection};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) < 0) fail("epoll_ctl");
}

static void reset(struct connection *connection) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(connection->fd);
}

// True: the server's end has come, and the connection is closed.
static bool close_at_end(struct connection *connection) {
    char byte;
    ssize_t count = recv(connection->fd, &byte, 1, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (count != 0) fail_because("connection %u: more than its echo", connection->number);
    close(connection->fd);
    return true;
}

// One event of one connection. True: it has been opened, used and closed.
static bool advance(const struct options *options, struct connection *connection, int epoll) {
    if (connection->sequence == 0) {
        send_message(connection);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
        return false;
    }
    if (connection->echoed == MESSAGE_SIZE) return close_at_end(connection);
    if (!receive_echo(connection)) return false;
    histogram_add(now_ns() - connection->sent_at);
    if (options->orderly_close) {
        shutdown(connection->fd, SHUT_WR);
        return false;
    }
    reset(connection);
    return true;
}

void run_accept(const struct options *options) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) fail("epoll_create1");
    struct connection *all = calloc((size_t)options->connections, sizeof *all);
    if (!all) fail("calloc");
    for (int i = 0; i < options->connections; i++) open_one(options, &all[i], epoll);

    bool measuring = false;
    uint64_t started = now_ns(), finished = 0;
    struct cost before = {0}, after = {0};
    static struct epoll_event events[EVENT_LIMIT];
    for (;;) {
        int count = epoll_wait(epoll, events, EVENT_LIMIT, PATIENCE_SECONDS * 1000);
        if (count < 0 && errno != EINTR) fail("epoll_wait");
        if (count == 0) fail_because("no connection finished for %d s", PATIENCE_SECONDS);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!advance(options, connection, epoll)) continue;
            finished++;
            open_one(options, connection, epoll);
        }
        uint64_t now = now_ns();
        double elapsed = (double)(now - started) / 1e9;
        if (elapsed < (measuring ? options->seconds : options->warm_up)) continue;
        if (measuring) {
            after = server_cost(options);
            print_result(options, finished, 0, now - started, &before, &after);
            return;
        }
        measuring = true;
        histogram_clear();
        finished = 0;
        before = server_cost(options);
        started = now_ns();
    }
}
