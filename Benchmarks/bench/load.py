"""Runs echo-load on the load's core."""

import json
import subprocess
from contextlib import contextmanager

from . import paths
from .server import LOAD_CORE, RunFailed, end, start

ECHO_LOAD = str(paths.BUILT / "echo-load")


def arguments(mode: str, port: int, options: dict) -> list[str]:
    words = [ECHO_LOAD, mode, "--port", str(port)]
    for name, value in options.items():
        words += ["--" + name.replace("_", "-"), str(value)]
    return words


def measure(mode: str, port: int, limit_seconds: float, **options) -> dict:
    """What echo-load printed. The limit only catches a hang: the load has its own patience."""
    process = start(arguments(mode, port, options), LOAD_CORE, stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        output, errors = process.communicate(timeout=limit_seconds)
    except subprocess.TimeoutExpired as expired:
        raise RunFailed(f"no result after {limit_seconds:.0f} s") from expired
    finally:
        end(process)
    if process.returncode != 0:
        raise RunFailed(errors.strip()[-200:] or f"echo-load ended with {process.returncode}")
    return json.loads(output)


@contextmanager
def holding(port: int, connections: int, sources: int, **options):
    """Idle connections, each of which has had one answer, for the time of the block."""
    options |= {"connections": connections, "sources": sources}
    process = start(arguments("idle", port, options),
                    LOAD_CORE, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True)
    try:
        if not process.stdout.readline().startswith("held"):
            raise RunFailed(process.stderr.read().strip()[-200:])
        yield
    finally:
        process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            pass
        end(process)
