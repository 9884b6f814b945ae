"""Table (a): what one 64-byte echo costs the server, at 1, 64 and 1,000 connections."""

from . import load
from .build import Peer
from .rounds import interleave, with_ratios
from .server import RunFailed, serving

CONNECTIONS = [1, 64, 1000]
WARM_UP_SECONDS = 0.5  # steady after some 10,000 requests on every peer; arbitrary


def sample(result: dict) -> dict:
    """Per request, in microseconds."""
    count = result["count"]
    if count == 0:
        raise RunFailed("nothing was counted in the measured window")
    sampled = result["user_ns"] + result["system_ns"]
    return {
        "cpu_us": result["cpu_ns"] / count / 1e3,
        # The kernel samples this split at each tick, so it is steady only over seconds.
        "user_share": result["user_ns"] / sampled if sampled else 0.0,
        "per_second": count / result["seconds"],
        "p50_us": result["p50_us"],
        "p99_us": result["p99_us"],
    }


def run(peers: list[Peer], rounds: int, seconds: float, connections: list[int] = CONNECTIONS) -> dict:
    results = {}
    for count in connections:
        def once(peer: Peer) -> dict:
            with serving(peer) as (process, port):
                return sample(load.measure(
                    "echo", port, seconds + 60, connections=count, warm_up=WARM_UP_SECONDS,
                    seconds=seconds, server_pid=process.pid))

        samples = interleave(f"echo, {count} connections", peers, rounds, once)
        results[str(count)] = with_ratios(samples, "cpu_us")
    return results
