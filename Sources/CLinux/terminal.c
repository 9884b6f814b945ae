#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

// A terminal that is held in raw mode, and what signals do to it. Everything here may run in a signal
// handler, so only what signal-safety(7) allows is called: that is why it is C.

// Written before `held` says that they are.
static struct termios usual;
static int input = -1, output = -1, resumed = -1;
static const char *entering = "", *leaving = "";
static volatile sig_atomic_t held;

int clinux_terminal_is_foreground(void) {
  pid_t group = tcgetpgrp(input);
  // No controlling terminal, or one of another PID namespace: then nobody moves us to the background.
  return group <= 0 || group == getpgrp();
}

static void say(const char *text) {
  // What does not get there is only a mark to a terminal that is gone or full.
  ssize_t ignored = write(output, text, strlen(text));
  (void)ignored;
}

static int make_raw(void) {
  struct termios mode;
  if (tcgetattr(input, &mode) != 0) return errno;
  // As the shell or stty(1) left it meanwhile. One that has no lines is our own.
  if (mode.c_lflag & ICANON) usual = mode;
  cfmakeraw(&mode);
  mode.c_oflag |= OPOST; // what others print here keeps its line ends
  return tcsetattr(input, TCSANOW, &mode) == 0 ? 0 : errno;
}

static void leave(void) {
  // From the background the kernel would stop us for it (SIGTTOU), and the terminal is another's.
  if (!clinux_terminal_is_foreground()) return;
  say(leaving);
  tcsetattr(input, TCSANOW, &usual);
}

int clinux_terminal_resume(void) {
  if (!held) return 0;
  int error = make_raw();
  if (error == 0) say(entering);
  return error;
}

static void on_continue(int number) {
  (void)number;
  int before = errno;
  if (held) {
    // In the background the reader of the keys does it, which may be stopped for it.
    if (clinux_terminal_is_foreground()) clinux_terminal_resume();
    uint64_t one = 1;
    ssize_t ignored = write(resumed, &one, sizeof one);
    (void)ignored;
  }
  errno = before;
}

static void on_stop(int number) {
  int before = errno;
  if (held) leave();
  struct sigaction ours, standard = {.sa_handler = SIG_DFL};
  sigset_t set, mask;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigaction(number, &standard, &ours);
  pthread_sigmask(SIG_UNBLOCK, &set, &mask);
  // To this thread: it does not go on before all of them have stopped.
  raise(number);
  // Continued; or not stopped at all, in a process group that no shell would ever continue.
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  sigaction(number, &ours, NULL);
  on_continue(number);
  errno = before;
}

static void on_end(int number) {
  if (held) {
    held = 0;
    leave();
  }
  raise(number); // SA_RESETHAND: by now it means what it meant before
}

// Takes a signal over, unless somebody else has: ignored ones stay so.
static void take(int number, void (*handler)(int), int flags) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) != 0 || action.sa_handler != SIG_DFL) return;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

int clinux_terminal_hold(int in, int out, const char *enter, const char *leave_with) {
  // What ends a process by itself; SIGKILL and SIGSTOP cannot be taken.
  static const int ends[] = {SIGHUP, SIGINT,  SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,
                             SIGUSR1, SIGSEGV, SIGUSR2, SIGALRM, SIGTERM, SIGXCPU, SIGSYS};
  input = in, output = out, entering = enter, leaving = leave_with;
  // Begun in the background: the mode that is found there is the shell's own, for its own editor.
  // Bounded: in a group without a shell the signal stops nobody.
  for (int tries = 0; tries < 8 && !clinux_terminal_is_foreground(); tries++) {
    sigset_t set, mask;
    sigemptyset(&set);
    sigaddset(&set, SIGTTIN);
    pthread_sigmask(SIG_UNBLOCK, &set, &mask);
    kill(0, SIGTTIN);
    // This thread, too: the other may go to another one, and this one not wait for it.
    if (!clinux_terminal_is_foreground()) raise(SIGTTIN);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
  }
  if (tcgetattr(input, &usual) != 0) return -errno;
  if (resumed < 0) resumed = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (resumed < 0) return -errno;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) take(ends[i], on_end, SA_RESETHAND | SA_NODEFER);
  take(SIGTSTP, on_stop, SA_RESTART);
  take(SIGCONT, on_continue, SA_RESTART);
  held = 1;
  int error = make_raw();
  if (error == 0) return resumed;
  held = 0;
  return -error;
}

void clinux_terminal_release(void) {
  if (!held) return;
  held = 0;
  if (clinux_terminal_is_foreground()) tcsetattr(input, TCSADRAIN, &usual);
}
