// HTTP/1.1 as a client: a GET, its answer, the next GET. Status, length and body are compared.

#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// As large as a socket's receive buffer tends to become: a file comes in few calls.
enum { RECEIVE_SIZE = 1 << 18 };

struct body {
    const char *bytes;
    size_t size;
};

static struct body wanted_body(const struct options *options) {
    static struct body body;
    if (body.bytes) return body;
    int fd = open(options->body, O_RDONLY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) fail(options->body);
    body.size = (size_t)status.st_size;
    body.bytes = mmap(NULL, body.size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (body.bytes == MAP_FAILED) fail(options->body);
    close(fd);
    return body;
}

size_t take_head(struct connection *connection, const char *bytes, size_t size, const char *status) {
    size_t before = connection->head_size, room = sizeof connection->head - 1 - before;
    size_t count = size < room ? size : room;
    memcpy(connection->head + before, bytes, count);
    connection->head_size = before + count;
    connection->head[connection->head_size] = 0;
    // The end may have begun in what came before.
    size_t overlap = before < 3 ? before : 3;
    const char *end = strstr(connection->head + before - overlap, "\r\n\r\n");
    if (!end) {
        if (count < size) fail_because("an answer's head of more than %zu bytes", connection->head_size);
        return count;
    }
    if (strncmp(connection->head, "HTTP/1.", 7) != 0 || strncmp(connection->head + 8, status, 4) != 0)
        fail_because("connection %u: not%s: %.60s", connection->number, status, connection->head);
    connection->has_head = true;
    size_t used = (size_t)(end + 4 - connection->head);
    connection->head[used] = 0;
    return used - before;
}

static void check_length(const struct connection *connection, size_t size) {
    const char *length = strcasestr(connection->head, "\r\nContent-Length:");
    if (length && strtoull(length + 17, NULL, 10) != size)
        fail_because("an answer of %llu bytes instead of %zu", strtoull(length + 17, NULL, 10), size);
}

bool take_answer(const struct options *options, struct connection *connection, const char *bytes,
                 size_t size) {
    struct body body = wanted_body(options);
    if (!connection->has_head) {
        size_t used = take_head(connection, bytes, size, " 200");
        bytes += used;
        size -= used;
        if (!connection->has_head) return false;
        check_length(connection, body.size);
    }
    if (size > body.size - connection->echoed ||
        memcmp(body.bytes + connection->echoed, bytes, size) != 0)
        fail_because("connection %u: another body than %s", connection->number, options->body);
    connection->echoed += size;
    return connection->echoed == body.size;
}

size_t http_request(const struct options *options, char *request, size_t size) {
    int length = snprintf(request, size, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", options->path,
                          options->port);
    if (length < 0 || (size_t)length >= size) fail_because("a path of that length");
    return (size_t)length;
}

static void send_request(const struct options *options, struct connection *connection) {
    static char request[512];
    static size_t size;
    if (size == 0) size = http_request(options, request, sizeof request);
    connection->sequence++;
    connection->has_head = false;
    connection->head_size = 0;
    send_whole(connection, request, size);
}

static bool receive_answer(const struct options *options, struct connection *connection) {
    static char bytes[RECEIVE_SIZE];
    ssize_t count = recv(connection->fd, bytes, sizeof bytes, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (count < 0) fail("receive");
    if (count == 0) fail_because("the server ended connection %u", connection->number);
    return take_answer(options, connection, bytes, (size_t)count);
}

const struct dialogue http_dialogue = {"http", send_request, receive_answer};
