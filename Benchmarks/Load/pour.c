// Writes so many bytes to standard output: the plain program at the head of a pipe.
//
// usage: pour BYTES

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 }; // what a pipe holds

int main(int argc, char **argv) {
    static char chunk[CHUNK];
    memset(chunk, 'x', sizeof chunk);
    long long left = argc > 1 ? atoll(argv[1]) : 0;
    while (left > 0) {
        ssize_t count = write(STDOUT_FILENO, chunk, left < CHUNK ? (size_t)left : CHUNK);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            perror("pour");
            return 1;
        }
        left -= count;
    }
    return 0;
}
