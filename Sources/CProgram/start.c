#define _GNU_SOURCE
#include "CProgram.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

int cprogram_argument_count(void) { return argument_count; }
const char *cprogram_argument(int index) { return arguments[index]; }

// Takes the number of a standard descriptor that the parent closed, so that no socket, file or pipe of
// ours gets it: what is meant for a person would go to a peer, and what a peer sends would be read as
// the input. Like nothing at all: the input is at its end, writing to the output is EBADF, and words
// for the standard error vanish, ours and those of children.
static void reserve(int number, int flags) {
  if (fcntl(number, F_GETFD) != -1 || errno != EBADF) return;
  if (open("/dev/null", flags) == number) return;
  // Where there is no /dev: the reading end of a pipe that nobody writes is as empty as /dev/null, and
  // refuses to be written. The lowest free numbers are taken, so it is `number`.
  int ends[2];
  if (pipe(ends) == 0 && ends[0] == number) {
    close(ends[1]);
    return;
  }
  static const char words[] = "sock: the closed standard descriptors cannot be replaced\n";
  (void)!write(STDERR_FILENO, words, sizeof words - 1);
  _exit(EXIT_FAILURE);
}

// glibc gives constructors what it gives main. Before all others of this program (101 is the first
// that is ours to take), because those may open something; not before those of preloaded libraries.
// Swift's own way to the arguments goes by `environ`, which a preloaded library moves by setenv(3).
__attribute__((constructor(101))) static void start(int count, char **values) {
  argument_count = count;
  arguments = values;
  reserve(STDIN_FILENO, O_RDONLY);
  reserve(STDOUT_FILENO, O_RDONLY);
  reserve(STDERR_FILENO, O_WRONLY);
}
