"""Table (d): heap allocations per echo on connections that already exist."""

from . import load, paths
from .build import Peer
from .rounds import interleave, medians
from .server import serving

CONNECTIONS = [1, 64]
WARM_UP_REQUESTS = 20_000  # what grows once has grown; arbitrary
REQUESTS = 100_000
LIMIT_SECONDS = 120


def run(peers: list[Peer]) -> dict:
    """One round: the counts repeat exactly, or differ by a handful in 100,000 requests."""
    seen = [Peer(**{**vars(peer), "missing": peer.missing or peer.allocations_unseen})
            for peer in peers]
    counter = paths.BUILT / "allocations"
    results = {}
    for count in CONNECTIONS:
        def once(peer: Peer) -> dict:
            counter.unlink(missing_ok=True)
            counting = {"LD_PRELOAD": str(paths.BUILT / "malloc-count.so"),
                        "MALLOC_COUNT_FILE": str(counter), **peer.counting_environment}
            with serving(peer, counting) as (_, port):
                result = load.measure(
                    "echo", port, LIMIT_SECONDS, connections=count, requests=REQUESTS,
                    warm_up_requests=WARM_UP_REQUESTS, counter=counter)
                return {"per_echo": result["allocations"] / result["count"],
                        "allocations": result["allocations"], "echoes": result["count"]}

        results[str(count)] = medians(interleave(f"allocations, {count} connections", seen, 1, once))
    return results
