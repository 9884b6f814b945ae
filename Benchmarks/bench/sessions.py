"""Session tables: calls beside gRPC's and beside a plain echo, logs one way, what an idle session takes,
and what goes over the wire when one is resumed."""

import json
import subprocess
from contextlib import contextmanager

from . import load, paths
from .build import OURS, Peer
from .echo import WARM_UP_SECONDS
from .idle import ROUNDS_LIMIT, SOURCES, affordable, settled_kib
from .relay import CountingRelay
from .rounds import interleave, medians, with_ratios
from .server import LOAD_CORE, RunFailed, end, serving, start

GRPC = "grpc-swift"
TCP = f"{OURS}, TCP"
BATCHED = f"{OURS}, TCP in batches"
UNDER_WAY = [1, 64]
RATE = 100_000  # messages a second at which latency is looked at; arbitrary
LIMIT_SECONDS = 60
IDLE_LIMIT = 4_000  # a session's client is a process of Swift, with as many descriptors

PROGRAM = str(paths.SWIFT_BUILT / "sessions-switchboard")
CLIENTS = {
    OURS: [PROGRAM, "calls"],
    GRPC: [str(paths.SWIFT_BUILT / "calls-grpc"), "calls"],
    TCP: [PROGRAM, "raw"],
    BATCHED: [PROGRAM, "raw"],
}


def client(words: list, **streams) -> subprocess.Popen:
    return start([str(word) for word in words], LOAD_CORE, stdout=subprocess.PIPE,
                 stderr=subprocess.PIPE, text=True, **streams)


def answer(words: list, seconds: float) -> dict:
    """What a client printed; the limit only catches a hang."""
    process = client(words, stdin=subprocess.DEVNULL)
    try:
        output, errors = process.communicate(timeout=seconds + LIMIT_SECONDS)
    except subprocess.TimeoutExpired as expired:
        raise RunFailed(f"no result after {seconds + LIMIT_SECONDS:.0f} s") from expired
    finally:
        end(process)
    if process.returncode != 0:
        raise RunFailed(errors.strip()[-200:] or f"the client ended with {process.returncode}")
    return json.loads(output)


def said(process: subprocess.Popen, word: str) -> None:
    if process.stdout.readline().strip() != word:
        end(process)
        raise RunFailed(process.stderr.read().strip()[-200:] or f"the client does not say {word!r}")


def cost(result: dict) -> dict:
    """Of one, in microseconds of both ends together."""
    count = result["count"]
    if count == 0:
        raise RunFailed("nothing was counted in the measured window")
    client_us, server_us = (result[key] / count / 1e3 for key in ("client_ns", "server_ns"))
    return {"cpu_us": client_us + server_us, "client_us": client_us, "server_us": server_us,
            "per_second": count / result["seconds"]}


def calls(peers: list[Peer], rounds: int, seconds: float) -> dict:
    results = {}
    for count in UNDER_WAY:
        def once(peer: Peer) -> dict:
            how = ["batched"] if peer.name == BATCHED else []
            with serving(peer) as (process, port):
                result = answer([*CLIENTS[peer.name], count, *how, WARM_UP_SECONDS, seconds,
                                 process.pid, port], seconds)
            return {**cost(result), "p50_us": result["p50_us"], "p99_us": result["p99_us"]}

        # With one under way there is nothing to batch.
        chosen = [peer for peer in peers if count > 1 or peer.name != BATCHED]
        samples = interleave(f"sessions, calls, {count} under way", chosen, rounds, once)
        results[str(count)] = with_ratios(samples, "cpu_us")
    return results


def logs(peers: list[Peer], rounds: int, seconds: float) -> dict:
    def once(peer: Peer) -> dict:
        with serving(peer) as (process, port):
            result = answer([PROGRAM, "log", WARM_UP_SECONDS, seconds, process.pid, port], seconds)
        with serving(peer) as (_, port):
            paced = answer([PROGRAM, "latency", RATE, seconds, port], seconds)
        sample = cost(result)
        return {"per_second": sample["per_second"],
                "sent_per_cpu_second": 1e6 / sample["client_us"],
                "received_per_cpu_second": 1e6 / sample["server_us"],
                "p50_us": paced["p50_us"], "p99_us": paced["p99_us"]}

    return medians(interleave("sessions, log", peers, rounds, once))


@contextmanager
def holding(port: int, sessions: int):
    """Idle sessions, each of which has had one answer, for the time of the block."""
    process = client([PROGRAM, "hold", sessions, port], stdin=subprocess.PIPE)
    try:
        said(process, "held")
        yield
    finally:
        end(process)


def idle(peers: list[Peer], rounds: int, wanted: int) -> dict:
    count = min(affordable(wanted), IDLE_LIMIT)

    def once(peer: Peer) -> dict:
        def held(number: int):
            return holding(port, number) if peer.name == OURS else load.holding(port, number, SOURCES)

        with serving(peer) as (process, port):
            # What the first one costs once is not what each costs.
            with held(1):
                pass
            before = settled_kib(process.pid)
            with held(count):
                after = settled_kib(process.pid)
            return {"kib": (after - before) / count, "before_kib": before, "after_kib": after}

    samples = interleave(f"sessions, {count} idle", peers, min(rounds, ROUNDS_LIMIT), once)
    return {"sessions": count, "peers": medians(samples)}


def resume(peer: Peer) -> dict:
    """One resume: what went over the new connection, in order, until the message that had waited had
    its receipt."""
    try:
        with serving(peer) as (_, port), CountingRelay(port) as relay:
            process = client([PROGRAM, "resume", relay.port], stdin=subprocess.PIPE)
            try:
                said(process, "ready")
                relay.cut()
                times = json.loads(process.stdout.readline())
                flights = relay.flights()
            finally:
                end(process)
    except (RunFailed, ValueError) as failure:
        return {"missing": f"failed: {failure}"}
    accepted = next(n for n, flight in enumerate(flights) if "ACCEPT" in flight["frames"])
    # The connection's own handshake is the transport's and not counted.
    return {"flights": flights, "round_trips": (accepted + 1) / 2, **times}


def run(peers: list[Peer], rounds: int, seconds: float, idle_sessions: int) -> dict:
    ours = [peer for peer in peers if peer.name == OURS]
    return {
        "calls": calls(peers, rounds, seconds),
        "logs": logs(ours, rounds, seconds),
        "idle": idle([peer for peer in peers if peer.name in (OURS, TCP)], rounds, idle_sessions),
        "resume": resume(ours[0]) if ours and not ours[0].missing else
            {"missing": ours[0].missing if ours else "not chosen"},
    }
