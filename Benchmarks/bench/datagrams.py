"""Datagram tables: echo, a flood in, a flood out, offload, and the allocations of each."""

from dataclasses import replace

from . import load, paths
from .build import Peer
from .echo import WARM_UP_SECONDS, sample
from .rounds import interleave, medians, with_ratios
from .server import serving

ECHOES = [(1, 1), (64, 4)]  # sockets, and datagrams under way for each
SMALL, LARGE = 64, 1200  # bytes; the larger is what QUIC sends at least, below any path's MTU
WITH_OFFLOAD = ["switchboard", "c-epoll"]
COUNTED = 100_000  # datagrams whose allocations are counted


def measure(peer: Peer, mode: str, size: int, seconds: float, variant: str = "plain",
            environment: dict | None = None, **options) -> dict:
    """One run of one peer in a mode: `echo`, `receive` or `send`."""
    # Only the receiving load must be told the size; the sender is told by the server's arguments.
    if mode == "receive":
        options["size"] = size
    with serving(peer, environment, [mode, str(size), variant]) as (process, port):
        return load.measure(f"datagram-{mode}", port, seconds + 60, seconds=seconds,
                            server_pid=process.pid, **options)


def one_way(peers: list[Peer], rounds: int, seconds: float, mode: str) -> dict:
    def once(peer: Peer) -> dict:
        result = measure(peer, mode, SMALL, seconds, warm_up=WARM_UP_SECONDS)
        return {**sample(result), "lost_share": result["lost"] / (result["lost"] + result["count"])}

    return with_ratios(interleave(f"datagrams, {mode}", peers, rounds, once), "cpu_us")


def echo(peers: list[Peer], rounds: int, seconds: float) -> dict:
    results = {}
    for sockets, window in ECHOES:
        def once(peer: Peer) -> dict:
            result = measure(peer, "echo", SMALL, seconds, warm_up=WARM_UP_SECONDS,
                             connections=sockets, window=window)
            return {**sample(result), "lost": result["lost"]}

        samples = interleave(f"datagrams, echo, {sockets} sockets", peers, rounds, once)
        results[str(sockets)] = {"window": window, "peers": with_ratios(samples, "cpu_us")}
    return results


def offload(peers: list[Peer], rounds: int, seconds: float) -> dict:
    """Each peer with and without, side by side: what is compared is the program with itself."""
    variants = {f"{peer.name}, {variant}": (peer, variant)
                for peer in peers if peer.name in WITH_OFFLOAD for variant in ("without", "offload")}
    results = {}
    for mode in ("receive", "send"):
        def once(named: Peer) -> dict:
            peer, variant = variants[named.name]
            result = measure(peer, mode, LARGE, seconds, variant, warm_up=WARM_UP_SECONDS)
            return {"bytes_per_cpu_second": result["count"] * LARGE / result["cpu_ns"] * 1e9}

        named = [replace(peer, name=name) for name, (peer, _) in variants.items()]
        samples = interleave(f"datagrams, {mode} with offload", named, rounds, once)
        results[mode] = with_ratios(samples, "bytes_per_cpu_second")
    return results


def allocations(peers: list[Peer]) -> dict:
    """One round, as for the echoes of streams."""
    seen = [replace(peer, missing=peer.missing or peer.allocations_unseen) for peer in peers]
    counter = paths.BUILT / "allocations"
    how = {
        "echo": {"connections": 64, "window": 4, "requests": COUNTED, "warm_up_requests": COUNTED},
        "receive": {"warm_up": WARM_UP_SECONDS},
        "send": {"requests": COUNTED},
    }
    results = {}
    for mode, options in how.items():
        def once(peer: Peer) -> dict:
            counter.unlink(missing_ok=True)
            counting = {"LD_PRELOAD": str(paths.BUILT / "malloc-count.so"),
                        "MALLOC_COUNT_FILE": str(counter)}
            result = measure(peer, mode, SMALL, 1.0, environment=counting, counter=counter, **options)
            return {"per_datagram": result["allocations"] / result["count"],
                    "allocations": result["allocations"], "datagrams": result["count"]}

        results[mode] = medians(interleave(f"datagrams, allocations, {mode}", seen, 1, once))
    return results


def run(peers: list[Peer], rounds: int, seconds: float) -> dict:
    return {
        "echo": echo(peers, rounds, seconds),
        "receive": one_way(peers, rounds, seconds, "receive"),
        "send": one_way(peers, rounds, seconds, "send"),
        "offload": offload(peers, rounds, seconds),
        "allocations": allocations(peers),
    }
