"""Table (e): bytes through a connecting and a listening program, both ends the same tool.

The sender reads a file or a pipe, the receiver writes to /dev/null. First each tool moves a small
random file into a file, which is compared: a tool that loses bytes is not timed.
"""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from . import paths
from .build import OURS, BuildFailed, Peer, build_sock, say
from .rounds import interleave, with_ratios
from .server import (LOAD_CORE, SERVER_CORE, RunFailed, end, free_port, start, wait_for_port,
                     wait_until_listening)

CHECKED_SIZE = 16 * 1024 * 1024  # larger than any socket buffer
LIMIT_SECONDS = 300              # a transfer that takes longer is stuck
# socat's own block is 8 KiB. Of the powers of two from there to 1 MiB these two were its best when
# tried, the first from a pipe and the second from a file.
SOCAT_BLOCKS = [262_144, 1_048_576]


@dataclass
class Tool(Peer):
    """How to listen on a port and how to send to one."""

    listen: Callable[[int], list[str]] = field(default=lambda port: [])
    connect: Callable[[int], list[str]] = field(default=lambda port: [])
    announces: bool = False


def installed(name: str) -> str:
    """Why this Debian package's program cannot run, or nothing."""
    program = {"socat": "socat", "ncat": "ncat", "netcat-openbsd": "nc.openbsd"}[name]
    found = any((Path(d) / program).exists() for d in os.environ["PATH"].split(":"))
    return "" if found else f"not installed: apt-get install {name}"


def socat(name: str, host: str, options: list[str]) -> Tool:
    return Tool(
        name, missing=installed("socat"),
        listen=lambda port: ["socat", *options, "-u", f"TCP-LISTEN:{port},bind={host}", "STDOUT"],
        connect=lambda port: ["socat", *options, "-u", "STDIN", f"TCP:{host}:{port}"])


def tools() -> list[Tool]:
    try:
        sock, missing = build_sock(), ""
    except BuildFailed as failure:
        sock, missing = "sock", f"does not build: {failure}"
    host = "127.0.0.1"
    return [
        Tool(OURS, missing=missing, announces=True,
             listen=lambda port: [sock, "listen", f"tcp://{host}:0"],
             connect=lambda port: [sock, "connect", f"{host}:{port}"]),
        socat("socat", host, []),
        *[socat(f"socat -b {block}", host, ["-b", str(block)]) for block in SOCAT_BLOCKS],
        Tool("ncat", missing=installed("ncat"),
             listen=lambda port: ["ncat", "-l", "--recv-only", host, str(port)],
             connect=lambda port: ["ncat", "--send-only", host, str(port)]),
        Tool("nc (OpenBSD)", missing=installed("netcat-openbsd"),
             listen=lambda port: ["nc.openbsd", "-l", host, str(port)],
             connect=lambda port: ["nc.openbsd", "-N", host, str(port)]),
    ]


def finish(process: subprocess.Popen, deadline: float, what: str) -> float:
    """Waits for its end; the CPU seconds it took."""
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                raise RunFailed(f"{what} ended with {process.returncode}")
            return usage.ru_utime + usage.ru_stime
        if time.monotonic() > deadline:
            raise RunFailed(f"{what} is still running after {LIMIT_SECONDS} s")
        time.sleep(0.001)


def transfer(tool: Tool, source, sink) -> dict:
    """One transfer from an open input to an open output: seconds, and CPU seconds of both ends."""
    logs = paths.BUILT / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / "bulk.log"
    running = []
    port = 0 if tool.announces else free_port()
    try:
        with log.open("wb") as errors:
            receiver = start(tool.listen(port), SERVER_CORE, stdin=subprocess.DEVNULL, stdout=sink,
                             stderr=errors)
            running.append(receiver)
            if tool.announces:
                port = wait_for_port(receiver, log, tool.name)
            else:
                wait_until_listening(receiver, port, tool.name)
            began = time.monotonic()
            sender = start(tool.connect(port), LOAD_CORE, stdin=source, stdout=subprocess.DEVNULL,
                           stderr=errors)
            running.append(sender)
            deadline = began + LIMIT_SECONDS
            cpu = finish(receiver, deadline, f"{tool.name}'s receiver")
            seconds = time.monotonic() - began
            cpu += finish(sender, deadline, f"{tool.name}'s sender")
            return {"seconds": seconds, "cpu_seconds": cpu}
    finally:
        for process in running:
            end(process)


def check_bytes(tool: Tool) -> None:
    """Moves random bytes, and compares them."""
    wanted = os.urandom(CHECKED_SIZE)
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as sink:
        source.write(wanted)
        source.seek(0)
        transfer(tool, source, sink)
        sink.seek(0)
        if sink.read() != wanted:
            raise RunFailed("the bytes that arrived differ from those sent")


def input_file(size: int) -> Path:
    """A file of holes, read once: its pages are in the cache and no disk is in the measurement."""
    path = paths.BUILT / "input"
    with path.open("wb") as file:
        file.truncate(size)
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass
    return path


def from_file(tool: Tool, path: Path) -> dict:
    with path.open("rb") as source:
        return transfer(tool, source, subprocess.DEVNULL)


def from_pipe(tool: Tool, size: int) -> dict:
    """The writer at the head of the pipe shares the sender's core, for every tool alike; its own CPU
    time is not counted."""
    pour = start([str(paths.BUILT / "pour"), str(size)], LOAD_CORE, stdin=subprocess.DEVNULL,
                 stdout=subprocess.PIPE)
    try:
        return transfer(tool, pour.stdout, subprocess.DEVNULL)
    finally:
        pour.stdout.close()
        end(pour)


def run(rounds: int, size: int) -> dict:
    candidates = tools()
    for tool in candidates:
        if tool.missing:
            continue
        try:
            check_bytes(tool)
        except RunFailed as failure:
            tool.missing = f"failed: {failure}"
        say(f"bulk: checked {tool.name} {tool.missing}")

    path = input_file(size)
    results = {"bytes": size}
    try:
        for kind in ("file", "pipe"):
            def once(tool: Tool) -> dict:
                took = from_file(tool, path) if kind == "file" else from_pipe(tool, size)
                return {"bytes_per_second": size / took["seconds"],
                        "bytes_per_cpu_second": size / took["cpu_seconds"]}

            samples = interleave(f"bulk from a {kind}", candidates, rounds, once)
            results[kind] = with_ratios(samples, "bytes_per_second")
    finally:
        path.unlink()
    return results
