// Two entry points of the Swift concurrency runtime, as its own headers declare them
// (swift/Runtime/Concurrency.h). The standard library's wrappers retain and release the task at
// each call, twice an operation; comparing an address and reading a flag needs neither.
#pragma once

#include <stdbool.h>

__attribute__((swiftcall)) void *swift_task_getCurrent(void);
__attribute__((swiftcall)) bool swift_task_isCancelled(void *task);
