#include "CLinux.h"

_Thread_local void *clinux_current_loop __attribute__((tls_model("initial-exec"))) = NULL;
