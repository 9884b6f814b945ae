// The reference, 1.0: a TCP echo server as a careful C programmer writes it for one core.
//
// Edge-triggered epoll, each socket registered once for both directions, one receive buffer for all.
// What keeps it fast is said where it happens; what keeps it correct too.
//
// usage: c-epoll [PORT]      0 or nothing: the kernel chooses

#define _GNU_SOURCE // accept4
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RECEIVE_SIZE = 64 * 1024, // one receive; the messages measured have 64 bytes
    EVENT_LIMIT = 512,        // events taken from the kernel at once; arbitrary
    BACKLOG = 4096,           // the kernel's own default ceiling (net.core.somaxconn)
    DESCRIPTOR_LIMIT = 65536, // the table below: 24 bytes each, touched only where used
    TURN_LIMIT = 16,          // receives for one connection before the others have a turn
};

// What one connection still has to send: only a peer that does not read has any.
struct unsent {
    char *bytes;
    size_t start, end;
};

static struct unsent unsent[DESCRIPTOR_LIMIT];
static char buffer[RECEIVE_SIZE];

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void drop(int fd) {
    free(unsent[fd].bytes);
    unsent[fd] = (struct unsent){0};
    close(fd); // leaves the epoll set by itself: no other descriptor shares this socket
}

// Sends all of it, or keeps what the socket does not take. False: the connection is gone.
static int send_or_keep(int fd, const char *bytes, size_t count) {
    ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN && errno != EINTR) return 0;
        sent = 0;
    }
    if ((size_t)sent == count) return 1;
    struct unsent *rest = &unsent[fd];
    rest->bytes = malloc(count - (size_t)sent);
    if (!rest->bytes) return 0;
    memcpy(rest->bytes, bytes + sent, count - (size_t)sent);
    rest->start = 0;
    rest->end = count - (size_t)sent;
    return 1;
}

// Sends what was kept. False: the connection is gone.
static int send_kept(int fd) {
    struct unsent *rest = &unsent[fd];
    while (rest->start < rest->end) {
        ssize_t sent = send(fd, rest->bytes + rest->start, rest->end - rest->start, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == EINTR;
        rest->start += (size_t)sent;
    }
    free(rest->bytes);
    *rest = (struct unsent){0};
    return 1;
}

// Echoes until there is nothing more to receive, or the peer stops reading.
// True: more may be waiting, though no further event will say so.
static int echo(int fd, int ending) {
    for (int turn = 0; turn < TURN_LIMIT; turn++) {
        if (unsent[fd].bytes) return 0; // no more is received before this is sent
        ssize_t count = recv(fd, buffer, sizeof buffer, 0);
        if (count < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN) drop(fd);
            return 0;
        }
        if (count == 0 || !send_or_keep(fd, buffer, (size_t)count)) {
            drop(fd);
            return 0;
        }
        // A receive shorter than its buffer has emptied the socket, and what arrives later is a new
        // edge: no second call only to be told EAGAIN. Unless the end came with the same edge.
        if ((size_t)count < sizeof buffer && !ending) return 0;
    }
    return 1;
}

static void accept_all(int listener, int epoll) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN) return;
            if (errno == EINTR || errno == ECONNABORTED) continue;
            die("accept4");
        }
        if (fd >= DESCRIPTOR_LIMIT) {
            close(fd);
            continue;
        }
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                    .data.fd = fd};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
    }
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
    if (listen(fd, BACKLOG) < 0) die("listen");
    socklen_t size = sizeof address;
    getsockname(fd, (struct sockaddr *)&address, &size);
    fprintf(stderr, "listening on tcp://127.0.0.1:%d\n", ntohs(address.sin_port));
    return fd;
}

// One event. True: the connection used up its turn and wants another.
static int serve(int fd, unsigned events) {
    if (unsent[fd].bytes && !send_kept(fd)) {
        drop(fd);
        return 0;
    }
    return echo(fd, (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event interest = {.events = EPOLLIN | EPOLLET, .data.fd = listener};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &interest) < 0) die("epoll_ctl");

    static struct epoll_event events[EVENT_LIMIT];
    for (;;) {
        int count = epoll_wait(epoll, events, EVENT_LIMIT, -1);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                accept_all(listener, epoll);
            } else if (serve(fd, events[i].events)) {
                // Its edge is spent. Setting the interest again makes the kernel look once more.
                struct epoll_event again = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                            .data.fd = fd};
                epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &again);
            }
        }
    }
}
