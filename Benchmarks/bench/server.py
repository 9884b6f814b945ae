"""Starts one process on one core, waits until it listens, ends it by its own id."""

import os
import re
import socket
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_listening(process: subprocess.Popen, port: int, name: str) -> None:
    """From the kernel's table: a connection made to find out would be the one it accepts."""
    wanted = re.compile(rf":{port:04X} \S+ 0A ")  # 0A: TCP_LISTEN
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if wanted.search(Path("/proc/net/tcp").read_text()):
            return
        if process.poll() is not None:
            raise RunFailed(f"{name} ended with {process.returncode} instead of listening")
        time.sleep(0.01)
    raise RunFailed(f"{name} does not listen")


@contextmanager
def serving(peer: Peer, environment: dict[str, str] | None = None, arguments: list[str] = []):
    """(process, port) of a fresh server: no measurement inherits another's heap."""
    logs = paths.BUILT / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{peer.name}.log"
    port = 0 if peer.announces else free_port()
    with log.open("wb") as output:
        process = start(
            [*peer.command, *arguments, str(port)], SERVER_CORE, {**peer.environment, **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        if peer.announces:
            port = wait_for_port(process, log, peer.name)
        else:
            wait_until_listening(process, port, peer.name)
        yield process, port
        if process.poll() is not None:
            raise RunFailed(f"{peer.name} ended by itself with {process.returncode}")
    finally:
        end(process)
