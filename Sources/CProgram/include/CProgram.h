// What has to be done of a program before any other code of it runs, and in C for that reason.
#pragma once

// The command line as the kernel gave it, the program's own name first.
int cprogram_argument_count(void);
const char *cprogram_argument(int index);
