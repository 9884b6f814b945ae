// What Swift's importer cannot see of Linux's socket interface: macros, GNU-only declarations,
// thread-locals, structures newer than the C library's. One line of C each, no logic.
#pragma once

#include "CSwiftRuntime.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netdb.h>
#include <signal.h>
#include <time.h>

// The event loop whose thread this is, or null. Initial-exec: one load from the thread's own block.
extern _Thread_local void *clinux_current_loop __attribute__((tls_model("initial-exec")));

static inline void *clinux_loop_of_this_thread(void) { return clinux_current_loop; }
static inline void clinux_set_loop_of_this_thread(void *loop) { clinux_current_loop = loop; }

// recvfrom(2), sendto(2) and epoll_wait(2) without the C library's thread cancellation points, which
// cost two atomic operations a call in every process with threads. errno is set as ever. They never
// wait (MSG_DONTWAIT), though another process that shares the open socket takes O_NONBLOCK away.
ptrdiff_t clinux_receive(int fd, void *memory, size_t size, int flags);
ptrdiff_t clinux_send(int fd, const void *memory, size_t size);
int clinux_epoll_wait(int epfd, struct epoll_event *events, int count, int timeout);

// struct mmsghdr of recvmmsg(2) and sendmmsg(2), which is a GNU declaration.
struct clinux_message {
  struct msghdr header;
  unsigned size; // what was received into or sent from it
};
_Static_assert(sizeof(struct clinux_message) == 64, "the layout of struct mmsghdr");

// recvmsg(2), sendmsg(2) and their many-message forms, without cancellation points.
ptrdiff_t clinux_receive_message(int fd, struct msghdr *message, int flags);
ptrdiff_t clinux_send_message(int fd, const struct msghdr *message);
int clinux_receive_messages(int fd, struct clinux_message *messages, unsigned count, int flags);
int clinux_send_messages(int fd, struct clinux_message *messages, unsigned count);

// GNU declarations.
int clinux_accept4(int fd, struct sockaddr_storage *address, socklen_t *size);
int clinux_epoll_pwait2(int epfd, struct epoll_event *events, int count, const struct timespec *timeout);
ptrdiff_t clinux_splice(int in, int out, size_t count, unsigned flags);
int clinux_pipe2(int fds[2], int flags);
const char *clinux_error_name(int error);
int clinux_usable_cpus(void);
void clinux_name_thread(const char *name);

// malloc_trim(3): gives free memory back to the kernel, wherever in the heap it is. <malloc.h> is not
// in the importer's map.
void clinux_malloc_trim(void);

// Flags the importer drops because they are enum constants, casts or GNU-only.
static inline uint32_t clinux_epoll_interest(void) {
  return (uint32_t)EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | (uint32_t)EPOLLET;
}
static inline uint32_t clinux_epoll_edge(void) { return (uint32_t)EPOLLET; }
static inline uint32_t clinux_epollin(void) { return EPOLLIN; }
static inline uint32_t clinux_epollout(void) { return EPOLLOUT; }
static inline uint32_t clinux_epollpri(void) { return EPOLLPRI; }
static inline uint32_t clinux_epollhup(void) { return EPOLLHUP; }
static inline uint32_t clinux_epollrdhup(void) { return EPOLLRDHUP; }
static inline uint32_t clinux_epollerr(void) { return EPOLLERR; }
static inline int clinux_stream_type(void) { return SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC; }
static inline int clinux_datagram_type(void) { return SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC; }
static inline int clinux_raw_type(void) { return SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC; }
static inline int clinux_msg_truncated(void) { return MSG_TRUNC; }
static inline int clinux_msg_close_on_exec(void) { return MSG_CMSG_CLOEXEC; }
static inline int clinux_msg_control_truncated(void) { return MSG_CTRUNC; }
static inline int clinux_msg_error_queue(void) { return MSG_ERRQUEUE; }
static inline int clinux_seqpacket_type(void) { return SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC; }
static inline short clinux_pollrdhup(void) { return 0x2000; } // POLLRDHUP, GNU-only
static inline int clinux_msg_peek(void) { return MSG_PEEK; }
static inline int clinux_send_flags(void) { return MSG_NOSIGNAL | MSG_DONTWAIT; }
static inline unsigned clinux_splice_flags(void) { return 0x01 | 0x02; } // SPLICE_F_MOVE | SPLICE_F_NONBLOCK
static inline unsigned clinux_splice_flags_blocking(void) { return 0x01; } // SPLICE_F_MOVE
static inline unsigned long clinux_siocinq(void) { return 0x541B; }  // SIOCINQ, linux/sockios.h
static inline unsigned long clinux_siocoutq(void) { return 0x5411; } // SIOCOUTQ, linux/sockios.h

static inline int clinux_eai_addrfamily(void) { return -9; } // EAI_ADDRFAMILY, GNU-only
static inline int clinux_eai_nodata(void) { return -5; } // EAI_NODATA, GNU-only

// The most descriptors one message carries: SCM_MAX_FD of the kernel's net/scm.h.
#define CLINUX_SCM_MAX_FD 253

// sendmsg(2) with descriptors (SCM_RIGHTS, at most CLINUX_SCM_MAX_FD). recvmsg(2), with the msg_flags
// it leaves and the descriptors that came, close-on-exec. Control messages are built on the stack.
ptrdiff_t clinux_send_descriptors(int fd, const void *memory, size_t size, const int *descriptors, size_t count);
ptrdiff_t clinux_receive_to_border(int fd, void *memory, size_t size, int *said);
ptrdiff_t clinux_receive_descriptors(int fd, void *memory, size_t size, int flags, int *said,
                                     int descriptors[CLINUX_SCM_MAX_FD], size_t *count);

// SO_PEERCRED, whose structure is GNU-only.
int clinux_peer_credentials(int fd, pid_t *pid, uid_t *uid, gid_t *gid);

// Gives up every capability of this thread, and every way to get one back: capset(2), which the C
// library does not wrap, and before it PR_SET_NO_NEW_PRIVS, an empty bounding set and SECBIT_NOROOT, as
// far as that is allowed (prctl(2), capabilities(7)). Zero, or an errno.
int clinux_drop_capabilities(void);

// Holds a terminal in raw mode (cfmakeraw(3)) until it is released. A signal that stops or ends the
// process meanwhile gives the terminal back as it was, and one that continues it takes it again, as far
// as nobody else has a handler for that signal. `enter` and `leave` are written to it then: they must
// stay there for ever. Returns an eventfd that counts how often it was taken again, or a negated errno.
int clinux_terminal_hold(int in, int out, const char *enter, const char *leave);
void clinux_terminal_release(void);
// Takes it again; from the background this stops the process until it is in the foreground (SIGTTOU).
int clinux_terminal_resume(void);
int clinux_terminal_is_foreground(void);

// openat2(2), which the C library does not wrap; with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS, and
// RESOLVE_NO_SYMLINKS too if links are not followed.
int clinux_open_beneath(int folder, const char *path, int flags, unsigned mode, int follow_links);

// renameat2(2) with RENAME_NOREPLACE, which is a GNU declaration: EEXIST if there is something.
int clinux_rename_new(int folder, const char *from, int target, const char *to);

static inline int clinux_o_path(void) { return 010000000; } // O_PATH, GNU-only (x86 and ARM alike)

int clinux_ioctl_int(int fd, unsigned long request, int *value);

// The fields of the kernel's struct tcp_info (linux/tcp.h), which is longer than the C library's.
struct clinux_tcp_info {
  uint8_t state, congestion_state, retransmits;
  uint32_t rto_us, send_mss, receive_mss, unacked, sacked, lost, retransmitted;
  uint32_t last_data_sent_ms, last_data_received_ms, last_ack_received_ms;
  uint32_t path_mtu, rtt_us, rtt_variance_us, min_rtt_us, send_cwnd, send_ssthresh;
  uint32_t receive_rtt_us, receive_space, total_retransmits, not_sent_bytes, reordering;
  uint64_t pacing_rate, delivery_rate, bytes_acked, bytes_received, bytes_sent, bytes_retransmitted;
  uint32_t segments_out, segments_in;
};
int clinux_read_tcp_info(int fd, struct clinux_tcp_info *info);
