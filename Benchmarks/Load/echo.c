// Closed loop: every connection sends, waits for its whole answer, verifies it, sends again.

#include "load.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENT_LIMIT = 512 }; // as the C peer's

enum phase { WARMING, MEASURING };

struct run {
    enum phase phase;
    uint64_t phase_started; // ns
    uint64_t answered;      // in this phase
};

static bool phase_is_over(const struct run *run, const struct options *options, uint64_t now) {
    double elapsed = (double)(now - run->phase_started) / 1e9;
    if (options->requests)
        return run->answered >= (run->phase == WARMING ? options->warm_up_requests : options->requests);
    return elapsed >= (run->phase == WARMING ? options->warm_up : options->seconds);
}

// One batch of events: each whole answer is timed, and answered with the next message.
static void answer(struct run *run, const struct options *options, const struct epoll_event *events,
                   int count) {
    for (int i = 0; i < count; i++) {
        struct connection *connection = events[i].data.ptr;
        if (!options->speaks->receive(options, connection)) continue;
        uint64_t sent_at = connection->sent_at;
        options->speaks->send(options, connection);
        histogram_add(connection->sent_at - sent_at); // its sending is this one's arrival
        run->answered++;
    }
}

void run_echo(const struct options *options) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) fail("epoll_create1");
    struct connection *all = open_connections(options, epoll, options->connections);

    struct run run = {.phase = WARMING, .phase_started = now_ns()};
    struct cost before = {0}, after = {0};
    for (int i = 0; i < options->connections; i++) options->speaks->send(options, &all[i]);
    static struct epoll_event events[EVENT_LIMIT];
    for (;;) {
        int count = epoll_wait(epoll, events, EVENT_LIMIT, PATIENCE_SECONDS * 1000);
        if (count < 0 && errno != EINTR) fail("epoll_wait");
        if (count == 0) fail_because("no answer for %d s", PATIENCE_SECONDS);
        answer(&run, options, events, count);
        uint64_t now = now_ns();
        if (!phase_is_over(&run, options, now)) continue;
        if (run.phase == MEASURING) {
            after = server_cost(options);
            print_result(options, run.answered, 0, now - run.phase_started, &before, &after);
            return;
        }
        histogram_clear();
        before = server_cost(options);
        run = (struct run){.phase = MEASURING, .phase_started = now_ns()};
    }
}
