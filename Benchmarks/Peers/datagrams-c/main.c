// The reference, 1.0, for datagrams: epoll, recvmmsg and sendmmsg, as a careful C programmer writes it
// for one socket and one core.
//
// usage: datagrams-c MODE SIZE plain|offload|without [PORT]
//   echo     sends every datagram back to where it came from
//   receive  counts datagrams and bytes; one of 8 bytes is answered with both counts
//   send     one of 16 bytes asks for so many datagrams of SIZE to that port, and comes back afterwards
//   offload  UDP_GRO when receiving, UDP_SEGMENT when sending
//   without  neither, also where a library uses it unasked

#define _GNU_SOURCE // recvmmsg, sendmmsg
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PLAIN_BATCH = 64,        // datagrams a call, as every peer here
    OFFLOAD_BATCH = 16,      // of up to 64 KiB each
    PLAIN_SIZE = 2048,       // any datagram of an Ethernet
    OFFLOAD_SIZE = 65535,    // any datagram
    LARGEST_PAYLOAD = 65507, // of UDP over IPv4
    SEGMENT_LIMIT = 64,      // UDP_MAX_SEGMENTS of older kernels
    RECEIVE_BUFFER = 4 << 20,
    CONTROL_SIZE = 64,
};

static struct mmsghdr messages[PLAIN_BATCH];
static struct iovec vectors[PLAIN_BATCH];
static struct sockaddr_in names[PLAIN_BATCH];
static _Alignas(8) char controls[PLAIN_BATCH][CONTROL_SIZE];
static char *bytes;
static int batch = PLAIN_BATCH, room = PLAIN_SIZE;
static bool offload;
static int fd, epoll;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void prepare_messages(void) {
    if (offload) batch = OFFLOAD_BATCH, room = OFFLOAD_SIZE;
    bytes = malloc((size_t)batch * (size_t)room);
    if (!bytes) die("malloc");
    for (int i = 0; i < batch; i++) {
        vectors[i] = (struct iovec){bytes + i * room, (size_t)room};
        messages[i].msg_hdr = (struct msghdr){
            .msg_name = &names[i], .msg_namelen = sizeof names[i], .msg_iov = &vectors[i], .msg_iovlen = 1};
    }
}

// Edge-triggered: a call that returned fewer than asked for has emptied the queue, and what comes
// later is a new edge.
static void wait_until_readable(void) {
    struct epoll_event event;
    if (epoll_wait(epoll, &event, 1, -1) < 0 && errno != EINTR) die("epoll_wait");
}

// By poll(2), because it is rare. In the epoll set EPOLLOUT would be an event for every datagram that
// has left the machine or reached its receiver.
static void wait_until_writable(void) {
    struct pollfd waiting = {.fd = fd, .events = POLLOUT};
    if (poll(&waiting, 1, -1) < 0 && errno != EINTR) die("poll");
}

// Makes what was used ready to receive into, and receives at least one.
static int receive(void) {
    static int used;
    static bool emptied;
    for (;;) {
        if (emptied) wait_until_readable();
        for (int i = 0; i < used; i++) {
            vectors[i].iov_len = (size_t)room;
            messages[i].msg_hdr.msg_namelen = sizeof names[i];
            if (!offload) continue;
            messages[i].msg_hdr.msg_control = controls[i];
            messages[i].msg_hdr.msg_controllen = CONTROL_SIZE;
        }
        used = 0;
        int count = recvmmsg(fd, messages, (unsigned)batch, 0, NULL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) die("recvmmsg");
        emptied = count < batch;
        if (count > 0) return used = count;
    }
}

static void send_all(int count) {
    for (int sent = 0; sent < count;) {
        int now = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
        if (now > 0) sent += now;
        else if (errno == EAGAIN) wait_until_writable();
        else if (errno != EINTR) die("sendmmsg");
    }
}

static void echo(void) {
    for (;;) {
        int count = receive();
        for (int i = 0; i < count; i++) vectors[i].iov_len = messages[i].msg_len;
        send_all(count);
    }
}

// How many datagrams a message is made of.
static uint64_t datagrams_in(struct mmsghdr *message) {
    struct cmsghdr *control = offload ? CMSG_FIRSTHDR(&message->msg_hdr) : NULL;
    for (; control; control = CMSG_NXTHDR(&message->msg_hdr, control)) {
        if (control->cmsg_level != SOL_UDP || control->cmsg_type != UDP_GRO) continue;
        int segment;
        memcpy(&segment, CMSG_DATA(control), sizeof segment);
        return (message->msg_len + (unsigned)segment - 1) / (unsigned)segment;
    }
    return 1;
}

static void count_received(void) {
    uint64_t counts[2] = {0}; // datagrams, bytes
    for (;;) {
        int count = receive();
        for (int i = 0; i < count; i++) {
            if (messages[i].msg_len == 8) {
                sendto(fd, counts, sizeof counts, 0, messages[i].msg_hdr.msg_name,
                       messages[i].msg_hdr.msg_namelen);
            } else {
                counts[0] += datagrams_in(&messages[i]);
                counts[1] += messages[i].msg_len;
            }
        }
    }
}

// Makes the messages such that each is `segments` datagrams of `size`.
static void prepare_sending(struct sockaddr_in *to, int size, int segments) {
    for (int i = 0; i < batch; i++) {
        struct msghdr *header = &messages[i].msg_hdr;
        header->msg_name = to;
        header->msg_namelen = sizeof *to;
        vectors[i].iov_len = (size_t)(size * segments);
        if (!offload) continue;
        header->msg_control = controls[i];
        header->msg_controllen = CMSG_SPACE(sizeof(uint16_t));
        struct cmsghdr *control = CMSG_FIRSTHDR(header);
        *control = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(uint16_t)), .cmsg_level = SOL_UDP,
                                    .cmsg_type = UDP_SEGMENT};
        uint16_t segment = (uint16_t)size;
        memcpy(CMSG_DATA(control), &segment, sizeof segment);
    }
}

static void send_as_asked(int size) {
    int segments = !offload ? 1 : LARGEST_PAYLOAD / size < SEGMENT_LIMIT ? LARGEST_PAYLOAD / size : SEGMENT_LIMIT;
    char *payload = calloc(1, (size_t)(size * segments));
    for (;;) {
        uint64_t asked[2]; // datagrams, port
        struct sockaddr_in from;
        socklen_t from_size = sizeof from;
        ssize_t count = recvfrom(fd, asked, sizeof asked, 0, (struct sockaddr *)&from, &from_size);
        if (count < 0) {
            wait_until_readable();
            continue;
        }
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)asked[1]),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        prepare_sending(&to, size, segments);
        for (uint64_t left = asked[0] / (uint64_t)segments; left > 0;) {
            int now = left < (uint64_t)batch ? (int)left : batch;
            for (int i = 0; i < now; i++)
                memcpy(vectors[i].iov_base, payload, (size_t)(size * segments));
            send_all(now);
            left -= (uint64_t)now;
        }
        sendto(fd, asked, sizeof asked, 0, (struct sockaddr *)&from, from_size);
    }
}

static void bind_to(int port) {
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int size = RECEIVE_BUFFER, on = 1;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (offload && setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on) < 0) die("UDP_GRO");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
    socklen_t address_size = sizeof address;
    getsockname(fd, (struct sockaddr *)&address, &address_size);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event interest = {.events = EPOLLIN | EPOLLET};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest) < 0) die("epoll_ctl");
    fprintf(stderr, "listening on udp://127.0.0.1:%d\n", ntohs(address.sin_port));
}

int main(int argc, char **argv) {
    if (argc < 4) return fprintf(stderr, "usage: datagrams-c MODE SIZE plain|offload|without [PORT]\n"), 64;
    offload = strcmp(argv[3], "offload") == 0;
    prepare_messages();
    bind_to(argc > 4 ? atoi(argv[4]) : 0);
    if (strcmp(argv[1], "echo") == 0) echo();
    if (strcmp(argv[1], "receive") == 0) count_received();
    if (strcmp(argv[1], "send") == 0) send_as_asked(atoi(argv[2]));
    fprintf(stderr, "the mode is echo, receive or send\n");
    return 64;
}
