#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(O_PATH == 010000000, "clinux_o_path() is this");

int clinux_open_beneath(int folder, const char *path, int flags, unsigned mode, int follow_links) {
  struct open_how how = {.flags = (unsigned)flags, .mode = mode};
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (follow_links ? 0 : RESOLVE_NO_SYMLINKS);
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

int clinux_rename_new(int folder, const char *from, int target, const char *to) {
  return renameat2(folder, from, target, to, RENAME_NOREPLACE);
}
