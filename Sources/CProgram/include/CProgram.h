// What has to be done of a program before any other code of it runs, and in C for that reason.
#pragma once

// The command line as the kernel gave it, the program's own name first.
int cprogram_argument_count(void);
const char *cprogram_argument(int index);

// pipe2(2) with O_CLOEXEC, and pidfd_open(2): GNU declarations, the second newer than some C libraries.
int cprogram_pipe(int ends[2]);
int cprogram_open_process(int pid);

// mallopt(3) with M_ARENA_MAX: <malloc.h> is not in the importer's map.
void cprogram_limit_arenas(int count);
