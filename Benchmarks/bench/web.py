"""Web tables: a small response, a file, a WebSocket, TLS, and what idle connections take."""

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from . import load, paths
from .build import OURS, Peer
from .echo import WARM_UP_SECONDS, sample
from .idle import ROUNDS_LIMIT, SOURCES, affordable, settled_kib
from .rounds import interleave, medians, with_ratios
from .server import serving

TCP = f"{OURS}, TCP"
SMALL_CONNECTIONS = [1, 64]
FILE_CONNECTIONS = 4   # so that the server is never idle; arbitrary
ECHO_CONNECTIONS = 64
FILE_SIZE = 2**20
LARGE_SIZE = 2**28     # beside it a handshake does not count
WARM_UP_REQUESTS, REQUESTS = 20_000, 100_000  # as for the echoes of streams
LIMIT_SECONDS = 120

SMALL_PEERS = [OURS, "nginx", "hummingbird", "go"]
FILE_PEERS = [OURS, "nginx"]
TLS_PEERS = [OURS, "nginx", "s_server"]
IDLE_PEERS = {"http": SMALL_PEERS, "websocket": [OURS], "https": [OURS, "nginx", "tls-c"]}
COUNTED_PEERS = {"http": [OURS, "nginx", "hummingbird", "go"], "websocket": [OURS]}


@dataclass
class Site:
    """What the servers serve, and who they are over TLS."""

    folder: Path
    hello: Path       # what /hello answers
    certificate: Path
    key: Path


def make_site() -> Site:
    folder = paths.BUILT / "site"
    folder.mkdir(parents=True, exist_ok=True)
    site = Site(folder, paths.BUILT / "hello", paths.BUILT / "certificate.pem", paths.BUILT / "key.pem")
    site.hello.write_bytes(b"Hello, World!")
    # Each line is another, so that a piece at the wrong place is noticed.
    (folder / "file").write_bytes(b"".join(b"%015d\n" % n for n in range(FILE_SIZE // 16)))
    (folder / "large").write_bytes(bytes(LARGE_SIZE))  # and in the page cache by that
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", site.key, "-out", site.certificate, "-days", "30", "-subj", "/CN=localhost"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return site


def chosen(peers: list[Peer], names: list[str]) -> list[Peer]:
    return [peer for peer in peers if peer.name in names]


@contextmanager
def serving_site(peer: Peer, site: Site, environment: dict | None = None, tls: bool = False):
    """Each peer with the arguments it takes."""
    identity = [str(site.certificate), str(site.key)]
    takes = {"tls-c": identity, TCP: [], "hummingbird": [], "go": []}
    arguments = takes.get(peer.name, [str(site.folder)] + (identity if tls else []))
    with serving(peer, environment, arguments) as (process, port):
        yield process, port


def spoken(peer: Peer, site: Site, protocol: str) -> dict:
    """The load's options for one request and its answer."""
    if peer.name == TCP:
        return {"speaks": "tcp"}
    if protocol == "websocket":
        return {"speaks": "websocket", "path": "/echo"}
    return {"speaks": protocol, "path": "/hello", "body": site.hello}


def small(peers: list[Peer], site: Site, rounds: int, seconds: float) -> dict:
    results = {}
    for count in SMALL_CONNECTIONS:
        def once(peer: Peer) -> dict:
            with serving_site(peer, site) as (process, port):
                return sample(load.measure(
                    "echo", port, seconds + 60, connections=count, warm_up=WARM_UP_SECONDS,
                    seconds=seconds, server_pid=process.pid, **spoken(peer, site, "http")))

        samples = interleave(f"web, small response, {count} connections",
                             chosen(peers, SMALL_PEERS), rounds, once)
        results[str(count)] = with_ratios(samples, "cpu_us")
    return results


def rates(result: dict, size: int) -> dict:
    """Of a run that counted pieces of so many bytes."""
    moved = result["count"] * size
    return {"bytes_per_second": moved / result["seconds"],
            "bytes_per_cpu_second": moved / result["cpu_ns"] * 1e9}


def files(peers: list[Peer], site: Site, rounds: int, seconds: float) -> dict:
    def once(peer: Peer) -> dict:
        with serving_site(peer, site) as (process, port):
            return rates(load.measure(
                "echo", port, seconds + 60, connections=FILE_CONNECTIONS, warm_up=WARM_UP_SECONDS,
                seconds=seconds, server_pid=process.pid, speaks="http", path="/file",
                body=site.folder / "file"), FILE_SIZE)

    samples = interleave("web, file", chosen(peers, FILE_PEERS), rounds, once)
    return with_ratios(samples, "bytes_per_cpu_second")


def websocket(peers: list[Peer], site: Site, rounds: int, seconds: float) -> dict:
    def once(peer: Peer) -> dict:
        with serving_site(peer, site) as (process, port):
            return sample(load.measure(
                "echo", port, seconds + 60, connections=ECHO_CONNECTIONS, warm_up=WARM_UP_SECONDS,
                seconds=seconds, server_pid=process.pid, **spoken(peer, site, "websocket")))

    samples = interleave("web, WebSocket echo", chosen(peers, [OURS, TCP]), rounds, once)
    return with_ratios(samples, "cpu_us")


def tls(peers: list[Peer], site: Site, rounds: int, seconds: float) -> dict:
    def once(peer: Peer) -> dict:
        with serving_site(peer, site, tls=True) as (process, port):
            return rates(load.measure(
                "download", port, seconds + 60, warm_up=WARM_UP_SECONDS, seconds=seconds,
                server_pid=process.pid, path="/large", body=site.folder / "large"), 1)

    samples = interleave("web, TLS", chosen(peers, TLS_PEERS), rounds, once)
    return with_ratios(samples, "bytes_per_cpu_second")


def idle(peers: list[Peer], site: Site, rounds: int, wanted: int) -> dict:
    connections = affordable(wanted)
    results = {"connections": connections}
    for protocol, names in IDLE_PEERS.items():
        def once(peer: Peer) -> dict:
            options = spoken(peer, site, protocol)
            with serving_site(peer, site, tls=protocol == "https") as (process, port):
                # What the first connection costs once is not what each costs.
                with load.holding(port, 1, SOURCES, **options):
                    pass
                before = settled_kib(process.pid)
                with load.holding(port, connections, SOURCES, **options):
                    after = settled_kib(process.pid)
                return {"kib": (after - before) / connections, "before_kib": before,
                        "after_kib": after}

        samples = interleave(f"web, idle {protocol}", chosen(peers, names),
                             min(rounds, ROUNDS_LIMIT), once)
        results[protocol] = medians(samples)
    return results


def allocations(peers: list[Peer], site: Site) -> dict:
    counter = paths.BUILT / "allocations"
    results = {}
    for protocol, names in COUNTED_PEERS.items():
        def once(peer: Peer) -> dict:
            counter.unlink(missing_ok=True)
            counting = {"LD_PRELOAD": str(paths.BUILT / "malloc-count.so"),
                        "MALLOC_COUNT_FILE": str(counter), **peer.counting_environment}
            with serving_site(peer, site, counting) as (_, port):
                result = load.measure(
                    "echo", port, LIMIT_SECONDS, connections=ECHO_CONNECTIONS, requests=REQUESTS,
                    warm_up_requests=WARM_UP_REQUESTS, counter=counter,
                    **spoken(peer, site, protocol))
                return {"per_request": result["allocations"] / result["count"],
                        "allocations": result["allocations"], "requests": result["count"]}

        seen = [replace(peer, missing=peer.missing or peer.allocations_unseen)
                for peer in chosen(peers, names)]
        results[protocol] = medians(interleave(f"web, allocations, {protocol}", seen, 1, once))
    return results


def run(peers: list[Peer], rounds: int, seconds: float, idle_connections: int) -> dict:
    site = make_site()
    return {
        "small": small(peers, site, rounds, seconds),
        "files": files(peers, site, rounds, seconds),
        "websocket": websocket(peers, site, rounds, seconds),
        "tls": tls(peers, site, rounds, seconds),
        "idle": idle(peers, site, rounds, idle_connections),
        "allocations": allocations(peers, site),
    }
