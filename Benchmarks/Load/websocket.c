// A WebSocket (RFC 6455) as a client: the handshake, then one masked message after another, each of
// which must come back.

#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
    FINAL_BINARY = 0x82, // the only frame of a binary message
    MASKED = 0x80,
    HEADER_SIZE = 2, // of a frame with up to 125 bytes, without a masking key
    KEY_SIZE = 4,
};

static void send_handshake(const struct options *options, struct connection *connection) {
    char request[512];
    int size = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
                        options->path, options->port);
    send_whole(connection, request, (size_t)size);
    connection->sequence++; // it is no longer the beginning
}

static void send_frame(struct connection *connection) {
    unsigned char frame[HEADER_SIZE + KEY_SIZE + MESSAGE_SIZE] = {FINAL_BINARY, MASKED | MESSAGE_SIZE};
    char *message = connection->expected + HEADER_SIZE;
    connection->expected[0] = (char)FINAL_BINARY;
    connection->expected[1] = MESSAGE_SIZE;
    connection->expected_size = HEADER_SIZE + MESSAGE_SIZE;
    compose_message(connection, message);
    uint32_t key = (uint32_t)connection->sequence * 2654435761u; // another one each time, none is zero
    memcpy(frame + HEADER_SIZE, &key, KEY_SIZE);
    for (int i = 0; i < MESSAGE_SIZE; i++)
        frame[HEADER_SIZE + KEY_SIZE + i] = (unsigned char)message[i] ^ frame[HEADER_SIZE + i % KEY_SIZE];
    send_whole(connection, frame, sizeof frame);
}

static void send_next(const struct options *options, struct connection *connection) {
    if (connection->sequence == 0)
        send_handshake(options, connection);
    else
        send_frame(connection);
}

// The handshake's answer is followed by the first message, and its echo is what counts as the first.
static bool receive_next(const struct options *options, struct connection *connection) {
    (void)options;
    if (connection->has_head) return receive_echo(connection);
    char bytes[512];
    ssize_t count = recv(connection->fd, bytes, sizeof bytes, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (count < 0) fail("receive");
    if (count == 0) fail_because("the server ended connection %u", connection->number);
    size_t used = take_head(connection, bytes, (size_t)count, " 101");
    if (used < (size_t)count) fail_because("the server speaks before it is spoken to");
    if (connection->has_head) send_frame(connection);
    return false;
}

const struct dialogue websocket_dialogue = {"websocket", send_next, receive_next};
