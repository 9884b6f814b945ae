"""Starts one process on one core, waits until it listens, ends it by its own id."""

import os
import re
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from . import paths
from .build import Peer

# Long enough for an interpreter to start on a busy machine; arbitrary.
START_SECONDS = 20
END_SECONDS = 5


class RunFailed(Exception):
    """One measurement went wrong. The round goes on without it, and the table says so."""


def cores() -> tuple[int, int]:
    """The server's core and the load's. With one core there is nothing honest to measure."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        raise SystemExit("bench: needs two cores, one for the server and one for the load")
    return usable[0], usable[1]


SERVER_CORE, LOAD_CORE = cores()


def pinned(core: int):
    """For preexec_fn: before exec, so that every thread the program starts inherits it."""
    return lambda: os.sched_setaffinity(0, {core})


def start(command: list[str], core: int, environment: dict[str, str] | None = None, **streams):
    return subprocess.Popen(
        command, env={**os.environ, **(environment or {})}, preexec_fn=pinned(core), **streams)


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def wait_for_port(process: subprocess.Popen, log: Path, name: str) -> int:
    """The port in `listening on tcp://127.0.0.1:PORT`, as every server here says it."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        said = log.read_text(errors="replace")
        if found := re.search(r"listening on (?:tcp|udp)://127\.0\.0\.1:(\d+)\n", said):
            return int(found.group(1))
        if process.poll() is not None:
            raise RunFailed(f"{name} ended with {process.returncode}: {said.strip()[-200:]}")
        time.sleep(0.01)
    raise RunFailed(f"{name} does not listen after {START_SECONDS} s")


@contextmanager
def serving(peer: Peer, environment: dict[str, str] | None = None, arguments: list[str] = []):
    """(process, port) of a fresh server: no measurement inherits another's heap."""
    logs = paths.BUILT / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{peer.name}.log"
    with log.open("wb") as output:
        process = start(
            [*peer.command, *arguments, "0"], SERVER_CORE, {**peer.environment, **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        port = wait_for_port(process, log, peer.name)
        yield process, port
        if process.poll() is not None:
            raise RunFailed(f"{peer.name} ended by itself with {process.returncode}")
    finally:
        end(process)
