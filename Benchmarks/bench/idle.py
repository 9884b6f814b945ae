"""Table (b): the memory a server keeps for a connection that said one thing and fell silent."""

import resource
import time

from . import load
from .build import Peer, say
from .rounds import interleave, medians
from .server import RunFailed, serving

CONNECTIONS = 10_000
SPARE_DESCRIPTORS = 200  # listener, epoll, the runtime's own
SOURCES = 2              # a loopback address has about 28,000 ports
ROUNDS_LIMIT = 3         # memory hardly differs between rounds
SETTLE_SECONDS = 5       # arbitrary


def private_kib(pid: int) -> int:
    """What this process alone has written to. Kernel memory of its sockets is not in it: that is the
    same for every peer."""
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        for line in lines:
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1])
    raise RunFailed("smaps_rollup has no Private_Dirty")


def settled_kib(pid: int) -> int:
    """Read when it has stopped moving (a collector may still be at work), or the last reading."""
    last = private_kib(pid)
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        time.sleep(0.5)
        now = private_kib(pid)
        if now == last:
            break
        last = now
    return last


def affordable(wanted: int) -> int:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    count = min(wanted, limit - SPARE_DESCRIPTORS)
    if count < wanted:
        say(f"idle: {count} connections instead of {wanted}: {limit} descriptors a process")
    return count


def run(peers: list[Peer], rounds: int, connections: int = CONNECTIONS) -> dict:
    connections = affordable(connections)

    def once(peer: Peer) -> dict:
        with serving(peer) as (process, port):
            # What the first connection costs once is not what each costs.
            with load.holding(port, 1, SOURCES):
                pass
            before = settled_kib(process.pid)
            with load.holding(port, connections, SOURCES):
                after = settled_kib(process.pid)
            return {"kib": (after - before) / connections, "before_kib": before, "after_kib": after}

    samples = interleave(f"idle, {connections} connections", peers, min(rounds, ROUNDS_LIMIT), once)
    return {"connections": connections, "peers": medians(samples)}
