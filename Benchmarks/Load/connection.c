// One connection of the load: connect, send a message nobody else sends, verify its echo.

#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

// So many connections are opened at once: fewer than the shortest backlog among the peers (128), so
// no SYN is dropped and no second is lost to its retry.
enum { WAVE = 64 };

// A loopback address has some 28,000 ports to connect from; further ones come from 127.0.0.3 and up.
static void choose_source(int fd, int sources, uint64_t number) {
    if (sources == 0) return;
    struct sockaddr_in source = {.sin_family = AF_INET,
                                 .sin_addr.s_addr =
                                     htonl(0x7f000002u + (uint32_t)(number % (uint64_t)sources))};
    int on = 1; // or bind would pick a port at once, and need it to be free for every destination
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&source, sizeof source) < 0) fail("bind");
}

int start_connecting(const struct options *options, uint64_t number) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    choose_source(fd, options->sources, number);
    struct sockaddr_in server = {.sin_family = AF_INET,
                                 .sin_port = htons((unsigned short)options->port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS)
        fail("connect");
    return fd;
}

// Differs for every connection and every message, so that neither a stale nor a misdirected echo
// passes for the right one.
void compose_message(struct connection *connection, char *message) {
    connection->sequence++;
    memset(message, 'a' + (int)(connection->sequence % 26), MESSAGE_SIZE);
    memcpy(message, &connection->number, sizeof connection->number);
    memcpy(message + 8, &connection->sequence, sizeof connection->sequence);
}

void send_whole(struct connection *connection, const void *bytes, size_t size) {
    connection->echoed = 0;
    connection->sent_at = now_ns();
    ssize_t sent = send(connection->fd, bytes, size, MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    // Only ever one message is under way, so the socket has room.
    if (sent != (ssize_t)size) fail_because("sent %zd bytes of %zu", sent, size);
}

void send_message(struct connection *connection) {
    compose_message(connection, connection->expected);
    connection->expected_size = MESSAGE_SIZE;
    send_whole(connection, connection->expected, MESSAGE_SIZE);
}

bool receive_echo(struct connection *connection) {
    char bytes[sizeof connection->expected + 1]; // one more, to notice a server that says too much
    ssize_t count = recv(connection->fd, bytes, sizeof bytes, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (count < 0) fail("receive");
    if (count == 0) fail_because("the server ended connection %u", connection->number);
    size_t end = connection->echoed + (size_t)count;
    if (end > connection->expected_size ||
        memcmp(connection->expected + connection->echoed, bytes, (size_t)count) != 0)
        fail_because("connection %u: the echo differs from what was sent", connection->number);
    connection->echoed = end;
    return end == connection->expected_size;
}

static void send_tcp(const struct options *options, struct connection *connection) {
    (void)options;
    send_message(connection);
}

static bool receive_tcp(const struct options *options, struct connection *connection) {
    (void)options;
    return receive_echo(connection);
}

const struct dialogue tcp_dialogue = {"tcp", send_tcp, receive_tcp};

// Waits until each of the wave is connected and has had one answer.
static void finish_wave(const struct options *options, int epoll, int count) {
    struct epoll_event events[WAVE];
    for (int done = 0; done < count;) {
        int ready = epoll_wait(epoll, events, WAVE, PATIENCE_SECONDS * 1000);
        if (ready < 0 && errno != EINTR) fail("epoll_wait");
        if (ready == 0) fail_because("no answer for %d s while connecting", PATIENCE_SECONDS);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection->sequence == 0) {
                options->speaks->send(options, connection); // connected; a refusal fails here
                struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
                epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
            } else if (options->speaks->receive(options, connection)) {
                done++;
            }
        }
    }
}

struct connection *open_connections(const struct options *options, int epoll, int count) {
    struct connection *all = calloc((size_t)count, sizeof *all);
    if (!all) fail("calloc");
    for (int first = 0; first < count; first += WAVE) {
        int size = count - first < WAVE ? count - first : WAVE;
        for (int i = 0; i < size; i++) {
            struct connection *connection = &all[first + i];
            connection->number = (uint32_t)(first + i);
            connection->fd = start_connecting(options, connection->number);
            struct epoll_event event = {.events = EPOLLOUT, .data.ptr = connection};
            if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) < 0) fail("epoll_ctl");
        }
        finish_wave(options, epoll, size);
    }
    return all;
}
