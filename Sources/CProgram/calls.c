#define _GNU_SOURCE
#include "CProgram.h"
#include <fcntl.h>
#include <malloc.h>
#include <sys/syscall.h>
#include <unistd.h>

int cprogram_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
void cprogram_limit_arenas(int count) { (void)mallopt(M_ARENA_MAX, count); }
int cprogram_open_process(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
