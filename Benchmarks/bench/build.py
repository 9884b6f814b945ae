"""Builds the load and every peer. A peer that cannot be built is kept, with the reason: the tables
say so aloud, because a comparison that silently lost its fastest peer reads as a win."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from . import paths

OURS = "switchboard"
REFERENCE = "c-epoll"
# Static, as `make chat` builds and as servers are usually shipped: the Swift runtime is then called
# directly. The same for every Swift peer. A plan that was kept would not see files that this package
# has gained since.
SWIFT_FLAGS = ["-c", "release", "--static-swift-stdlib", "--disable-build-manifest-caching"]
C_FLAGS = ["-O2", "-Wall", "-Wextra", "-Werror"]
TLS_FLAGS = ["-lssl", "-lcrypto"]


@dataclass
class Peer:
    """A server to measure: how to start it, or why it is missing."""

    name: str
    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    missing: str = ""
    # Whether it chooses its port, and says it; otherwise it is told one.
    announces: bool = True
    # What malloc-count cannot see in it, if anything.
    allocations_unseen: str = ""
    # What it needs for its allocations to be counted.
    counting_environment: dict[str, str] = field(default_factory=dict)


class BuildFailed(Exception):
    pass


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(command: list, directory: Path = paths.BENCHMARKS, environment: dict | None = None) -> None:
    """Runs a build step; its last words become the reason if it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=directory, env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    except OSError as error:
        raise BuildFailed(str(error)) from error
    if done.returncode != 0:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        errors = [line for line in lines if "error:" in line.lower()]
        reason = (errors or lines or ["no output"])[0 if errors else -1]
        raise BuildFailed(reason.replace(f"{paths.REPOSITORY}/", ""))


def c_program(name: str, sources: list[Path], flags: list[str] = []) -> Path:
    paths.BUILT.mkdir(parents=True, exist_ok=True)
    target = paths.BUILT / name
    run(["gcc", *C_FLAGS, "-o", target, *sources, *flags])
    return target


def build_load() -> None:
    """The tools every table needs. Not a peer: without them there is nothing to run."""
    alone = {"malloc-count.c", "pour.c"}
    c_program("echo-load", sorted(p for p in paths.LOAD.glob("*.c") if p.name not in alone), TLS_FLAGS)
    c_program("malloc-count.so", [paths.LOAD / "malloc-count.c"], ["-fPIC", "-shared"])
    c_program("pour", [paths.LOAD / "pour.c"])


def swift_program(product: str) -> list[str]:
    run(["swift", "build", *SWIFT_FLAGS, "--product", product])
    return [str(paths.SWIFT_BUILT / product)]


def install_from_pypi() -> None:
    """Go and uvloop: Debian's Go is years old."""
    python = paths.VENV / "bin" / "python"
    wanted = (paths.BENCHMARKS / "requirements.txt").read_text()
    stamp = paths.VENV / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    run([sys.executable, "-m", "venv", paths.VENV])
    run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "-r", "requirements.txt"])
    stamp.write_text(wanted)


def go_program(name: str, source: str) -> list[str]:
    install_from_pypi()
    target = paths.BUILT / name
    # CGO_ENABLED=0 and a cache of our own: the same binary, whatever is set up on the machine.
    run([paths.VENV / "bin" / "go", "build", "-o", target, "."], paths.PEERS / source,
        {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod",
         "GOCACHE": str(paths.BUILT / "go-cache"), "GOPATH": str(paths.BUILT / "go-path")})
    return [str(target)]


def uvloop_program() -> list[str]:
    install_from_pypi()
    return [str(paths.VENV / "bin" / "python"), str(paths.PEERS / "uvloop" / "main.py")]


def go_peer() -> Peer:
    return Peer("go", environment={"GOMAXPROCS": os.environ.get("GOMAXPROCS", "1")},
                allocations_unseen="Go's heap does not use malloc")


def all_peers() -> list[tuple[Peer, object]]:
    """Every peer with what builds it, in the order of the tables."""
    return [
        (Peer(OURS), lambda: swift_program("echo-switchboard")),
        (Peer(REFERENCE), lambda: [str(c_program("c-epoll", [paths.PEERS / "c-epoll" / "main.c"]))]),
        (Peer("nio-handlers"), lambda: swift_program("nio-handlers")),
        (Peer("nio-async"), lambda: swift_program("nio-async")),
        (Peer("flying-socks"), lambda: swift_program("flying-socks")),
        (go_peer(), lambda: go_program("echo-go", "go")),
        # CPython keeps small objects in arenas of its own unless told to ask malloc each time.
        (Peer("uvloop", counting_environment={"PYTHONMALLOC": "malloc"}), uvloop_program),
    ]


def datagram_peers() -> list[tuple[Peer, object]]:
    """Those that do datagrams, by the same names."""
    c_source = paths.PEERS / "datagrams-c" / "main.c"
    return [
        (Peer(OURS), lambda: swift_program("datagrams-switchboard")),
        (Peer(REFERENCE), lambda: [str(c_program("datagrams-c", [c_source]))]),
        (Peer("nio-handlers"), lambda: swift_program("datagrams-nio")),
        (go_peer(), lambda: go_program("datagrams-go", "datagrams-go")),
    ]


def installed_program(name: str) -> Path:
    """A program of the distribution's, also where only root looks for programs."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not found:
        raise BuildFailed(f"{name} is not installed: scripts/setup bench")
    return Path(found)


def nginx() -> list[str]:
    installed_program("nginx")
    return [sys.executable, str(paths.PEERS / "nginx" / "main.py")]


def s_server() -> list[str]:
    """It serves its working directory, and is told everything by options."""
    how = 'cd "$1" && exec "$0" s_server -quiet -WWW -cert "$2" -key "$3" -accept "127.0.0.1:$4"'
    return ["sh", "-c", how, str(installed_program("openssl"))]


def web_peers() -> list[tuple[Peer, object]]:
    """Web servers; what each is for is web.py's to say."""
    return [
        (Peer(OURS), lambda: swift_program("web-switchboard")),
        (Peer("switchboard, TCP"), lambda: swift_program("echo-switchboard")),
        (Peer("nginx", announces=False), nginx),
        (Peer("hummingbird"), lambda: swift_program("web-hummingbird")),
        (go_peer(), lambda: go_program("web-go", "web-go")),
        (Peer("s_server", announces=False), s_server),
        (Peer("tls-c"), lambda: [
            str(c_program("tls-c", [paths.PEERS / "tls-c" / "main.c"], TLS_FLAGS))]),
    ]


def session_peers() -> list[tuple[Peer, object]]:
    """Servers of calls, and of the plain echo they are measured beside; sessions.py has their clients."""
    def ours() -> list[str]:
        return [*swift_program("sessions-switchboard"), "server"]

    def echo() -> list[str]:
        swift_program("sessions-switchboard")  # the client is in it
        return swift_program("echo-switchboard")

    return [
        (Peer(OURS), ours),
        (Peer("grpc-swift"), lambda: [*swift_program("calls-grpc"), "server"]),
        (Peer("switchboard, TCP"), echo),
        (Peer("switchboard, TCP in batches"), echo),
    ]


PEER_NAMES = list(dict.fromkeys(
    peer.name for peer, _ in all_peers() + web_peers() + session_peers()))


def build_peers(wanted: list[str], known: Callable = all_peers) -> list[Peer]:
    peers = []
    for peer, build in known():
        if peer.name not in wanted:
            continue
        say(f"building {peer.name}")
        try:
            peer.command = build()
        except BuildFailed as failure:
            peer.missing = f"does not build: {failure}"
            say(f"  {peer.name} {peer.missing}")
        peers.append(peer)
    return peers


def build_sock() -> str:
    """The path of `sock`, for the bulk table; raises BuildFailed."""
    run(["swift", "build", *SWIFT_FLAGS, "--product", "sock"], paths.REPOSITORY)
    return str(paths.REPOSITORY / ".build" / "release" / "sock")
