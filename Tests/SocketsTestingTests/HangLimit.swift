import Glibc

/// How long a step of a broken stream may take before it counts as hung: nothing here waits for a
/// network.
///
/// A sanitizer makes every step slower.
let hangLimit: Duration = unsafe getenv("SOCK_TEST_SANITIZER") == nil ? .seconds(3) : .seconds(20)
