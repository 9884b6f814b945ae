#!/usr/bin/env python3
"""Builds every peer, measures them side by side, prints the tables. README.md has the method.

    Benchmarks/run.py                           everything, five rounds (about forty minutes)
    Benchmarks/run.py --only echo --rounds 3 --seconds 1 --peers switchboard,c-epoll
    Benchmarks/run.py --write                   also into RESULTS.md, between its markers
    Benchmarks/run.py --check                   exit status 1 if a threshold is missed
"""

import argparse
import json
import re
import resource
import signal
import sys

from bench import (about, accept, allocations, build, bulk, datagrams, echo, idle, paths, sessions,
                   tables, thresholds, web)

OF_STREAMS = ["echo", "idle", "accept", "allocations"]
PARTS = [*OF_STREAMS, "bulk", "datagrams", "web", "sessions"]
BEGIN, END = "<!-- results of {}: written by run.py --write -->", "<!-- results end -->"
PLACE = re.compile(BEGIN.format("[a-z ]+") + ".*?" + END, re.S)


def one_of(known: list[str]):
    """A comma-separated choice, complete unless given."""
    def parse(text: str) -> list[str]:
        words = text.split(",")
        for word in words:
            if word not in known:
                raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(known)}")
        return [word for word in known if word in words]
    return parse


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", type=one_of(PARTS), default=PARTS, metavar="PART,…",
                        help=", ".join(PARTS))
    parser.add_argument("--peers", type=one_of(build.PEER_NAMES), default=build.PEER_NAMES,
                        metavar="PEER,…", help=", ".join(build.PEER_NAMES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="measured, each time")
    parser.add_argument("--connections", default="1,64,1000", help="for the echo table")
    parser.add_argument("--idle-connections", type=int, default=idle.CONNECTIONS)
    parser.add_argument("--bulk-gib", type=float, default=4.0)
    parser.add_argument("--json", action="store_true", help="one object instead of tables")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    parser.add_argument("--check", action="store_true", help="fail when a threshold is missed")
    return parser.parse_args()


def raise_descriptor_limit() -> None:
    """Every child inherits it; 10,000 connections need it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def end_children_when_terminated() -> None:
    """SIGTERM would otherwise leave a pinned server behind; as an exception it closes every `with`."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def measure(chosen: argparse.Namespace, peers: list[build.Peer],
            datagram_peers: list[build.Peer], web_peers: list[build.Peer],
            session_peers: list[build.Peer]) -> dict:
    connections = [int(word) for word in chosen.connections.split(",")]
    runs = {
        "echo": lambda: echo.run(peers, chosen.rounds, chosen.seconds, connections),
        "idle": lambda: idle.run(peers, chosen.rounds, chosen.idle_connections),
        "accept": lambda: accept.run(peers, chosen.rounds, chosen.seconds),
        "allocations": lambda: allocations.run(peers),
        "bulk": lambda: bulk.run(chosen.rounds, int(chosen.bulk_gib * 2**30)),
        "datagrams": lambda: datagrams.run(datagram_peers, chosen.rounds, chosen.seconds),
        "web": lambda: web.run(web_peers, chosen.rounds, chosen.seconds, chosen.idle_connections),
        "sessions": lambda: sessions.run(session_peers, chosen.rounds, chosen.seconds,
                                         chosen.idle_connections),
    }
    return {part: runs[part]() for part in chosen.only}


def write_results(text: str, parts: list[str]) -> None:
    """Each choice of parts has a place of its own; a run of everything takes all places."""
    begin = BEGIN.format(" ".join(parts))
    old = paths.RESULTS.read_text()
    places = PLACE if parts == PARTS else re.compile(re.escape(begin) + ".*?" + re.escape(END), re.S)
    new = f"{begin}\n\n{text}\n\n{END}"
    first = places.search(old)
    if first is None:
        paths.RESULTS.write_text(f"{old.rstrip()}\n\n{new}\n")
        return
    rest = places.sub("", old[first.end():])
    paths.RESULTS.write_text(f"{old[:first.start()]}{new}{rest}")


def main() -> int:
    chosen = parse_arguments()
    raise_descriptor_limit()
    end_children_when_terminated()
    try:
        build.build_load()
    except build.BuildFailed as failure:
        raise SystemExit(f"bench: the load does not build: {failure}") from failure
    of_streams = any(part in OF_STREAMS for part in chosen.only)
    peers = build.build_peers(chosen.peers) if of_streams else []
    datagram_peers = (build.build_peers(chosen.peers, build.datagram_peers)
                      if "datagrams" in chosen.only else [])
    web_peers = build.build_peers(chosen.peers, build.web_peers) if "web" in chosen.only else []
    session_peers = (build.build_peers(chosen.peers, build.session_peers)
                     if "sessions" in chosen.only else [])
    all_peers = {peer.name: peer
                 for peer in [*session_peers, *web_peers, *datagram_peers, *peers]}
    setting = about.about(list(all_peers.values()), chosen.only, chosen.rounds, chosen.seconds)
    results = measure(chosen, peers, datagram_peers, web_peers, session_peers)
    compared = thresholds.compare(results)
    text = tables.everything(setting, results, compared)
    if chosen.write:
        write_results(text, chosen.only)
    if chosen.json:
        print(json.dumps({"about": setting, "results": results, "thresholds": compared}, indent=1))
    else:
        print(text)
    missed = [row for row in compared if row["verdict"] != "met"]
    return 1 if chosen.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
