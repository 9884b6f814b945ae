#!/usr/bin/env python3
"""Compares the times that `sock ping` reports with those of the system's ping, on the same hosts.

    Benchmarks/ping.py                        builds sock in release; five rounds of 40 replies
    Benchmarks/ping.py --sock PATH --rounds 3
    Benchmarks/ping.py --check                exit status 1 if the medians are over 20 µs apart

Hosts: loopback and, as root, another network namespace behind a veth pair, over IPv4 and IPv6. The two
programs take turns in every round, and which goes first changes: what slows a round slows both. The
figure is the median of all replies; the distance is the median over the rounds of the distance between
the two medians of a round.
"""

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_US = 20  # what we promise
INTERVAL = "0.02"
TIME = re.compile(r"icmp_seq=\d+ .*time=([\d.]+) ms$", re.MULTILINE)


def build() -> str:
    subprocess.run(["swift", "build", "-c", "release", "--product", "sock"], cwd=ROOT, check=True,
                   stdout=sys.stderr)
    return str(ROOT / ".build/release/sock")


@contextlib.contextmanager
def another_host():
    """A namespace behind a veth pair: the command to be in front of each, and its hosts."""
    if os.geteuid() != 0:
        print("ping: not root, so loopback only", file=sys.stderr)
        yield []
        return
    near, far = f"sb-ping-a-{os.getpid()}", f"sb-ping-b-{os.getpid()}"
    run = lambda *words: subprocess.run(words, check=True)
    try:
        for name in (near, far):
            run("ip", "netns", "add", name)
        run("ip", "link", "add", "eth0", "netns", near, "type", "veth",
            "peer", "name", "eth0", "netns", far)
        for name, number in ((near, 1), (far, 2)):
            run("ip", "-n", name, "addr", "add", f"10.0.0.{number}/24", "dev", "eth0")
            run("ip", "-n", name, "addr", "add", f"fd00::{number}/64", "dev", "eth0", "nodad")
            run("ip", "-n", name, "link", "set", "eth0", "up")
        inside = ["ip", "netns", "exec", near]
        yield [("namespace IPv4", inside, "10.0.0.2"), ("namespace IPv6", inside, "fd00::2")]
    finally:
        for name in (near, far):
            subprocess.run(["ip", "netns", "del", name], check=False)


def times_us(command: list[str]) -> list[float]:
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # The first reply pays for what is looked up and loaded once.
    return [float(text) * 1000 for text in TIME.findall(output)][1:]


def measure(prefix: list[str], host: str, sock: str, rounds: int, count: int) -> dict:
    programs = {
        "ping": prefix + ["ping", "-n", "-c", str(count), "-i", INTERVAL, host],
        "sock": prefix + [sock, "ping", "-c", str(count), "-i", INTERVAL, host],
    }
    samples = {name: [] for name in programs}
    distances = []
    for number in range(rounds):
        order = list(programs) if number % 2 == 0 else list(programs)[::-1]
        medians = {}
        for name in order:
            times = times_us(programs[name])
            samples[name] += times
            medians[name] = statistics.median(times)
        distances.append(medians["sock"] - medians["ping"])
    return {"ping": statistics.median(samples["ping"]), "sock": statistics.median(samples["sock"]),
            "distance": statistics.median(distances)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sock", help="the program to measure; built in release if not given")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=40, help="requests a round")
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    sock = chosen.sock or build()
    missed = False
    print("| host | ping: median µs | sock ping: median µs | distance µs | ≤ 20 µs |")
    print("|---|---:|---:|---:|---|")
    with another_host() as others:
        for name, prefix, host in [("loopback IPv4", [], "127.0.0.1"), ("loopback IPv6", [], "::1")] + others:
            row = measure(prefix, host, sock, chosen.rounds, chosen.count)
            met = abs(row["distance"]) <= LIMIT_US
            missed = missed or not met
            print(f"| {name} | {row['ping']:.1f} | {row['sock']:.1f} | {row['distance']:+.1f} | "
                  f"{'met' if met else 'missed'} |")
    return 1 if chosen.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
