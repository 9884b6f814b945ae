// Connections that said one thing and then nothing: what does the server keep for each?

#include "load.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

// Holds them until standard input ends. "held N" on standard output says that all have had their answer.
void run_idle(const struct options *options) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) fail("epoll_create1");
    if (options->speaks)
        open_connections(options, epoll, options->connections);
    else
        open_tls_connections(options, options->connections);
    printf("held %d\n", options->connections);
    fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) continue;
}
