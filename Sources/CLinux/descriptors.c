#define _GNU_SOURCE
#include "CLinux.h"
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// SCM_PIDFD of linux/socket.h, newer than the C library's headers.
enum { scm_pidfd = 4 };

// A control message of descriptors, and on the way in room beside it for what another process may
// have asked the shared socket to add: credentials, a security label, a pidfd, a time.
enum { rights_space = CMSG_SPACE(CLINUX_SCM_MAX_FD * sizeof(int)), other_space = 1024 };

ptrdiff_t clinux_send_descriptors(int fd, const void *memory, size_t size, const int *descriptors, size_t count) {
  union { struct cmsghdr header; char bytes[rights_space]; } control;
  struct iovec vector = {.iov_base = (void *)memory, .iov_len = size};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
  if (count > 0) {
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  }
  return syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ptrdiff_t clinux_receive_to_border(int fd, void *memory, size_t size, int *said) {
  struct iovec vector = {.iov_base = memory, .iov_len = size};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
  ptrdiff_t result = syscall(SYS_recvmsg, fd, &message, MSG_DONTWAIT);
  *said = message.msg_flags;
  return result;
}

ptrdiff_t clinux_receive_descriptors(int fd, void *memory, size_t size, int flags, int *said,
                                     int descriptors[CLINUX_SCM_MAX_FD], size_t *count) {
  union { struct cmsghdr header; char bytes[rights_space + other_space]; } control;
  struct iovec vector = {.iov_base = memory, .iov_len = size};
  struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ptrdiff_t result = syscall(SYS_recvmsg, fd, &message, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  *said = message.msg_flags;
  *count = 0;
  if (result < 0) return result;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    int is_rights = part->cmsg_type == SCM_RIGHTS;
    if (part->cmsg_level != SOL_SOCKET || (!is_rights && part->cmsg_type != scm_pidfd)) continue;
    size_t end = part->cmsg_len - CMSG_LEN(0);
    for (size_t offset = 0; offset + sizeof(int) <= end; offset += sizeof(int)) {
      int descriptor;
      memcpy(&descriptor, CMSG_DATA(part) + offset, sizeof descriptor);
      if (is_rights && *count < CLINUX_SCM_MAX_FD) {
        descriptors[(*count)++] = descriptor;
      } else if (descriptor >= 0) {
        close(descriptor); // Nobody here asked for it, so nobody else would.
      }
    }
  }
  return result;
}

int clinux_peer_credentials(int fd, pid_t *pid, uid_t *uid, gid_t *gid) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return -1;
  *pid = credentials.pid;
  *uid = credentials.uid;
  *gid = credentials.gid;
  return 0;
}
