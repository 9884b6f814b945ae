// Datagram echo: every socket keeps a window of datagrams under way, verifies each that comes back, and
// sends another for it. Datagrams may be lost: a gap in a socket's numbers is counted, and so is a
// window that nothing came back from.

#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WINDOW_LIMIT = 64,
    EVENT_LIMIT = 64,
    SILENCE_MS = 200, // after which what is under way counts as lost; far longer than any answer takes
};

struct client {
    int fd;
    uint32_t number;
    uint64_t next_sent, next_expected; // numbers of datagrams
    uint64_t sent_at[WINDOW_LIMIT];    // ns, by number modulo the limit
};

struct run {
    const struct options *options;
    struct client *clients;
    bool measuring;
    uint64_t started; // ns, this phase
    uint64_t answered, lost;
};

static char received[WINDOW_LIMIT][MESSAGE_SIZE + 1]; // one more, to notice a server that says too much
static char to_send[WINDOW_LIMIT][MESSAGE_SIZE];
static struct mmsghdr reading[WINDOW_LIMIT], writing[WINDOW_LIMIT];
static struct iovec reading_vectors[WINDOW_LIMIT], writing_vectors[WINDOW_LIMIT];

static void prepare_messages(void) {
    for (int i = 0; i < WINDOW_LIMIT; i++) {
        reading_vectors[i] = (struct iovec){received[i], MESSAGE_SIZE + 1};
        writing_vectors[i] = (struct iovec){to_send[i], MESSAGE_SIZE};
        reading[i].msg_hdr = (struct msghdr){.msg_iov = &reading_vectors[i], .msg_iovlen = 1};
        writing[i].msg_hdr = (struct msghdr){.msg_iov = &writing_vectors[i], .msg_iovlen = 1};
    }
}

// Differs for every socket and every datagram, so that neither a stale nor a misdirected one passes.
static void compose(char *bytes, uint32_t socket, uint64_t number) {
    memset(bytes, 'a' + (int)(number % 26), MESSAGE_SIZE);
    memcpy(bytes, &socket, sizeof socket);
    memcpy(bytes + 8, &number, sizeof number);
}

static void fill_window(struct client *client, int window) {
    uint64_t now = now_ns();
    int count = 0;
    for (; client->next_sent < client->next_expected + (uint64_t)window; count++) {
        compose(to_send[count], client->number, client->next_sent);
        client->sent_at[client->next_sent++ % WINDOW_LIMIT] = now;
    }
    for (int sent = 0; sent < count;) {
        int step = sendmmsg(client->fd, writing + sent, (unsigned)(count - sent), 0);
        if (step < 0 && errno != EINTR) fail("sendmmsg");
        if (step > 0) sent += step;
    }
}

static void verify(struct run *run, struct client *client, const char *bytes, unsigned size, uint64_t now) {
    uint64_t number;
    char expected[MESSAGE_SIZE];
    memcpy(&number, bytes + 8, sizeof number);
    compose(expected, client->number, number);
    if (size != MESSAGE_SIZE || memcmp(bytes, expected, MESSAGE_SIZE) != 0)
        fail_because("socket %u: the echo differs from what was sent", client->number);
    if (number >= client->next_sent) fail_because("socket %u: an echo of nothing", client->number);
    if (number < client->next_expected) return; // so late that it counted as lost
    run->lost += number - client->next_expected;
    client->next_expected = number + 1;
    histogram_add(now - client->sent_at[number % WINDOW_LIMIT]);
    run->answered++;
}

static void answer(struct run *run, struct client *client) {
    int count = recvmmsg(client->fd, reading, WINDOW_LIMIT, 0, NULL);
    if (count < 0 && errno != EAGAIN && errno != EINTR) fail("recvmmsg");
    uint64_t now = now_ns();
    for (int i = 0; i < count; i++) verify(run, client, received[i], reading[i].msg_len, now);
    fill_window(client, run->options->window);
}

// The windows that nothing came back from are sent anew.
static void give_up_silent(struct run *run) {
    uint64_t now = now_ns();
    for (int i = 0; i < run->options->connections; i++) {
        struct client *client = &run->clients[i];
        uint64_t newest = client->sent_at[(client->next_sent - 1) % WINDOW_LIMIT];
        if (now - newest < SILENCE_MS * 1000000ull) continue;
        run->lost += client->next_sent - client->next_expected;
        client->next_expected = client->next_sent;
        fill_window(client, run->options->window);
    }
}

static bool phase_is_over(const struct run *run, uint64_t now) {
    const struct options *options = run->options;
    if (options->requests)
        return run->answered >= (run->measuring ? options->requests : options->warm_up_requests);
    return (double)(now - run->started) / 1e9 >= (run->measuring ? options->seconds : options->warm_up);
}

static void open_clients(struct run *run, int epoll) {
    run->clients = calloc((size_t)run->options->connections, sizeof *run->clients);
    if (!run->clients) fail("calloc");
    for (int i = 0; i < run->options->connections; i++) {
        struct client *client = &run->clients[i];
        *client = (struct client){.fd = connect_datagrams(run->options->port), .number = (uint32_t)i};
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) < 0) fail("epoll_ctl");
    }
}

int connect_datagrams(int port) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    struct sockaddr_in server = {.sin_family = AF_INET,
                                 .sin_port = htons((unsigned short)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0) fail("connect");
    return fd;
}

void run_datagram_echo(const struct options *options) {
    if (options->window < 1 || options->window > WINDOW_LIMIT)
        fail_because("--window is 1 to %d", WINDOW_LIMIT);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) fail("epoll_create1");
    struct run run = {.options = options, .started = now_ns()};
    struct cost before = {0};
    prepare_messages();
    open_clients(&run, epoll);
    for (int i = 0; i < options->connections; i++) fill_window(&run.clients[i], options->window);
    uint64_t last_answer = now_ns();
    for (;;) {
        struct epoll_event events[EVENT_LIMIT];
        int count = epoll_wait(epoll, events, EVENT_LIMIT, SILENCE_MS);
        if (count < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < count; i++) answer(&run, events[i].data.ptr);
        uint64_t now = now_ns();
        if (count > 0) last_answer = now;
        else give_up_silent(&run);
        if (now - last_answer > PATIENCE_SECONDS * 1000000000ull)
            fail_because("no echo for %d s", PATIENCE_SECONDS);
        if (!phase_is_over(&run, now)) continue;
        if (run.measuring) {
            struct cost after = server_cost(options);
            print_result(options, run.answered, run.lost, now - run.started, &before, &after);
            return;
        }
        histogram_clear();
        before = server_cost(options);
        run.measuring = true;
        run.started = now_ns();
        run.answered = run.lost = 0;
    }
}
