#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

ptrdiff_t clinux_receive(int fd, void *memory, size_t size, int flags) {
  return syscall(SYS_recvfrom, fd, memory, size, flags | MSG_DONTWAIT, NULL, NULL);
}

ptrdiff_t clinux_send(int fd, const void *memory, size_t size) {
  return syscall(SYS_sendto, fd, memory, size, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
}

ptrdiff_t clinux_receive_message(int fd, struct msghdr *message, int flags) {
  return syscall(SYS_recvmsg, fd, message, flags);
}

ptrdiff_t clinux_send_message(int fd, const struct msghdr *message) {
  return syscall(SYS_sendmsg, fd, message, MSG_NOSIGNAL);
}

int clinux_receive_messages(int fd, struct clinux_message *messages, unsigned count, int flags) {
  return (int)syscall(SYS_recvmmsg, fd, messages, count, flags, NULL);
}

int clinux_send_messages(int fd, struct clinux_message *messages, unsigned count) {
  return (int)syscall(SYS_sendmmsg, fd, messages, count, MSG_NOSIGNAL);
}

int clinux_epoll_wait(int epfd, struct epoll_event *events, int count, int timeout) {
  return (int)syscall(SYS_epoll_pwait, epfd, events, count, timeout, NULL, 0);
}

int clinux_accept4(int fd, struct sockaddr_storage *address, socklen_t *size) {
  return accept4(fd, (struct sockaddr *)address, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_epoll_pwait2(int epfd, struct epoll_event *events, int count, const struct timespec *timeout) {
  return epoll_pwait2(epfd, events, count, timeout, NULL);
}

ptrdiff_t clinux_splice(int in, int out, size_t count, unsigned flags) {
  return splice(in, NULL, out, NULL, count, flags);
}

int clinux_pipe2(int fds[2], int flags) { return pipe2(fds, flags); }

const char *clinux_error_name(int error) { return strerrorname_np(error); }

const char *clinux_error_words(int error) { return strerrordesc_np(error); }

int clinux_usable_cpus(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return CPU_COUNT(&set);
}

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void clinux_malloc_trim(void) { malloc_trim(0); }

int clinux_ioctl_int(int fd, unsigned long request, int *value) { return ioctl(fd, request, value); }
