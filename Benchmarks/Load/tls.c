// HTTP over TLS as a client: downloads one after another, and idle connections.
//
// Always TLS 1.3 with AES-128-GCM, so that every server does the same arithmetic. Whose certificate it
// is is not asked: the server was started by whoever started this.

#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 1 << 16 };

_Noreturn static void fail_in_tls(const char *what) {
    unsigned long error = ERR_peek_error();
    fail_because("%s: %s", what, error ? ERR_reason_error_string(error) : strerror(errno));
}

static SSL_CTX *context(void) {
    static SSL_CTX *shared;
    if (shared) return shared;
    shared = SSL_CTX_new(TLS_client_method());
    if (!shared || !SSL_CTX_set_min_proto_version(shared, TLS1_3_VERSION) ||
        !SSL_CTX_set_ciphersuites(shared, "TLS_AES_128_GCM_SHA256"))
        fail_in_tls("SSL_CTX");
    // Many records a call: the load must not be what limits.
    SSL_CTX_set_read_ahead(shared, 1);
    SSL_CTX_set_default_read_buffer_len(shared, READ_SIZE);
    return shared;
}

// A connection whose handshake is done, and whose calls block from now on.
static SSL *open_connection(const struct options *options, struct connection *connection) {
    connection->fd = start_connecting(options, connection->number);
    struct pollfd writable = {.fd = connection->fd, .events = POLLOUT};
    if (poll(&writable, 1, PATIENCE_SECONDS * 1000) != 1) fail_because("no connection");
    if (fcntl(connection->fd, F_SETFL, 0) < 0) fail("fcntl");
    SSL *ssl = SSL_new(context());
    if (!ssl || !SSL_set_fd(ssl, connection->fd) || SSL_connect(ssl) != 1) fail_in_tls("handshake");
    return ssl;
}

static void ask(const struct options *options, SSL *ssl) {
    char request[512];
    size_t size = http_request(options, request, sizeof request);
    if (SSL_write(ssl, request, (int)size) != (int)size) fail_in_tls("SSL_write");
}

void open_tls_connections(const struct options *options, int count) {
    static char bytes[READ_SIZE];
    for (int i = 0; i < count; i++) {
        struct connection connection = {.number = (uint32_t)i};
        SSL *ssl = open_connection(options, &connection);
        ask(options, ssl);
        for (bool whole = false; !whole;) {
            int size = SSL_read(ssl, bytes, sizeof bytes);
            if (size <= 0) fail_in_tls("SSL_read");
            whole = take_answer(options, &connection, bytes, (size_t)size);
        }
        SSL_free(ssl); // the socket stays open, and nobody tells the server
    }
}

void run_download(const struct options *options) {
    static char bytes[READ_SIZE];
    bool measuring = false;
    uint64_t count = 0, started = now_ns();
    struct cost before = {0}, after = {0};
    for (uint32_t number = 0;; number++) {
        struct connection connection = {.number = number};
        SSL *ssl = open_connection(options, &connection);
        ask(options, ssl);
        for (bool whole = false; !whole;) {
            int size = SSL_read(ssl, bytes, sizeof bytes);
            if (size <= 0) fail_in_tls("SSL_read");
            whole = take_answer(options, &connection, bytes, (size_t)size);
            count += (uint64_t)size;
            uint64_t now = now_ns();
            if ((double)(now - started) / 1e9 < (measuring ? options->seconds : options->warm_up))
                continue;
            if (measuring) {
                after = server_cost(options);
                print_result(options, count, 0, now - started, &before, &after);
                return;
            }
            measuring = true;
            count = 0;
            before = server_cost(options);
            started = now_ns();
        }
        SSL_free(ssl);
        close(connection.fd);
    }
}
