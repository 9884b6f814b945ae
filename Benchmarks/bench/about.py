"""What a number needs beside it: the machine, the versions, what else was running."""

import json
import os
import platform
import shlex
import subprocess
import sys
import time

from . import paths
from .build import OURS, Peer


def first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return "not installed"
    return ((done.stdout + done.stderr).strip().splitlines() or ["?"])[0].strip()


def cpu_model() -> str:
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.machine()


def package_versions() -> dict[str, str]:
    """From what the package manager resolved, not from what was asked for."""
    try:
        pins = json.loads((paths.BENCHMARKS / "Package.resolved").read_text())["pins"]
    except (OSError, KeyError, ValueError):
        return {}
    return {pin["identity"]: pin["state"].get("version", "?") for pin in pins}


def distribution_version(name: str) -> str:
    """The Debian package's: socat and nc have no short answer of their own."""
    version = first_line(["dpkg-query", "-W", "-f", "${Version}", name])
    return version if version[:1].isdigit() else "not installed"


def versions(peers: list[Peer], parts: list[str]) -> str:
    packages = package_versions()
    python = str(paths.VENV / "bin" / "python")
    uvloop = ["-c", "import sys, uvloop; print(uvloop.__version__, 'on Python', sys.version.split()[0])"]
    found = {
        OURS: lambda: first_line(
            ["git", "-C", str(paths.REPOSITORY), "describe", "--always", "--dirty"]),
        "c-epoll": lambda: first_line(["gcc", "--version"]),
        "nio-handlers": lambda: "swift-nio " + packages.get("swift-nio", "?"),
        "nio-async": lambda: "swift-nio " + packages.get("swift-nio", "?"),
        "flying-socks": lambda: "FlyingFox " + packages.get("flyingfox", "?"),
        "go": lambda: first_line([str(paths.VENV / "bin" / "go"), "version"]),
        "uvloop": lambda: first_line([python, *uvloop]),
        "nginx": lambda: distribution_version("nginx-light"),
        "hummingbird": lambda: packages.get("hummingbird", "?"),
        "s_server": lambda: first_line(["openssl", "version"]),
        "grpc-swift": lambda: " ".join(
            f"{name} {packages.get(name, '?')}" for name in ("grpc-swift-2", "grpc-swift-nio-transport")),
    }
    names = [peer.name for peer in peers] or [OURS]
    words = [f"{name} ({found[name]()})" for name in names if name in found]
    if "bulk" in parts:
        words += [f"{name} ({distribution_version(name)})"
                  for name in ("socat", "ncat", "netcat-openbsd")]
    return ", ".join(words)


def about(peers: list[Peer], parts: list[str], rounds: int, seconds: float) -> dict:
    return {
        "command": "`" + shlex.join(["scripts/bench", *sys.argv[1:]]) + "`",
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{cpu_model()}, Linux {platform.release()}",
        "compiler": first_line(["swift", "--version"]),
        "rounds": f"{rounds}, {seconds:g} s each, medians",
        "load average when it began": f"{os.getloadavg()[0]:.2f}",
        "versions": versions(peers, parts),
    }
