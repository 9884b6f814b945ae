"""Table (c): what a connection costs from its accept to its end, one echo included."""

from . import load
from .build import Peer
from .echo import WARM_UP_SECONDS, sample
from .rounds import interleave, with_ratios
from .server import serving

AT_ONCE = 32   # under way at any time: enough to keep the server's core busy; arbitrary
SOURCES = 32   # addresses an orderly close's TIME_WAITs are spread over: 32 × 28,000


def run(peers: list[Peer], rounds: int, seconds: float) -> dict:
    results = {}
    for close in ("reset", "orderly"):
        def once(peer: Peer) -> dict:
            with serving(peer) as (process, port):
                return sample(load.measure(
                    "accept", port, seconds + 60, connections=AT_ONCE, warm_up=WARM_UP_SECONDS,
                    seconds=seconds, close=close, sources=SOURCES, server_pid=process.pid))

        samples = interleave(f"accept, {close} close", peers, rounds, once)
        results[close] = with_ratios(samples, "cpu_us")
    return results
