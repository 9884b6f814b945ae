// OpenSSL's own: one thread, an SSL object a connection and nothing else, released buffers. What a
// connection over TLS costs beyond this is its server's doing.
//
// usage: tls-c CERTIFICATE KEY PORT
//
// Answers anything that ends a request with the same response. Not a web server.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, EVENT_LIMIT = 512 };

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!";

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int listener_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        fail("listen");
    fprintf(stderr, "listening on tcp://127.0.0.1:%d\n", ntohs(address.sin_port));
    return fd;
}

static SSL_CTX *context_of(const char *certificate, const char *key) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context || SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        ERR_print_errors_fp(stderr);
        exit(1);
    }
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    return context;
}

// False: the connection has ended.
static int serve(SSL *ssl) {
    char bytes[4096];
    for (;;) {
        int count = SSL_read(ssl, bytes, sizeof bytes); // makes the handshake as well
        if (count <= 0) return SSL_get_error(ssl, count) == SSL_ERROR_WANT_READ;
        if (count >= 4 && memcmp(bytes + count - 4, "\r\n\r\n", 4) == 0 &&
            SSL_write(ssl, answer, sizeof answer - 1) <= 0)
            return 0;
    }
}

int main(int argc, char **argv) {
    if (argc != 4) return fputs("usage: tls-c CERTIFICATE KEY PORT\n", stderr), 64;
    SSL_CTX *context = context_of(argv[1], argv[2]);
    int listener = listener_on(atoi(argv[3]));
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll");
    for (;;) {
        static struct epoll_event events[EVENT_LIMIT];
        int ready = epoll_wait(epoll, events, EVENT_LIMIT, -1);
        for (int i = 0; i < ready; i++) {
            SSL *ssl = events[i].data.ptr;
            if (!ssl) {
                int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd < 0) fail("accept");
                // Behind the tickets, an answer would otherwise wait for the client's acknowledgement.
                static const int on = 1;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                ssl = SSL_new(context);
                if (!ssl || !SSL_set_fd(ssl, fd)) fail("SSL_new");
                SSL_set_accept_state(ssl);
                event = (struct epoll_event){.events = EPOLLIN, .data.ptr = ssl};
                if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
            } else if (!serve(ssl)) {
                int fd = SSL_get_fd(ssl);
                SSL_free(ssl);
                close(fd);
            }
        }
    }
}
