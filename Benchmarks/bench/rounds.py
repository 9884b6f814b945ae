"""Interleaving: every round runs every peer once, in an order that rotates, so that a machine that
slows down half-way slows all of them."""

from statistics import median
from typing import Callable

from .build import Peer, say
from .server import RunFailed


def rotated(peers: list[Peer], round_number: int) -> list[Peer]:
    shift = round_number % len(peers) if peers else 0
    return peers[shift:] + peers[:shift]


def interleave(title: str, peers: list[Peer], rounds: int, once: Callable[[Peer], dict]) -> dict:
    """{peer: {"rounds": [sample or None]} or {"missing": reason}}."""
    samples = {peer.name: {"missing": peer.missing} if peer.missing else {"rounds": [None] * rounds}
               for peer in peers}
    present = [peer for peer in peers if not peer.missing]
    for number in range(rounds):
        for peer in rotated(present, number):
            try:
                samples[peer.name]["rounds"][number] = once(peer)
            except RunFailed as failure:
                samples[peer.name]["failure"] = str(failure)
                say(f"{title}, round {number + 1}: {peer.name} failed: {failure}")
        say(f"{title}: round {number + 1} of {rounds}")
    for entry in samples.values():
        if not any(entry.get("rounds", [None])) and "missing" not in entry:
            entry["missing"] = f"failed: {entry['failure']}"
    return samples


def medians(samples: dict) -> dict:
    """Each figure's median over the rounds that have one; a missing peer stays missing."""
    result = {}
    for name, entry in samples.items():
        if "missing" in entry:
            result[name] = {"missing": entry["missing"]}
            continue
        good = [sample for sample in entry["rounds"] if sample]
        result[name] = {key: median(sample[key] for sample in good) for key in good[0]}
        if len(good) < len(entry["rounds"]):
            result[name]["failed_rounds"] = len(entry["rounds"]) - len(good)
    return result


def ratio(samples: dict, name: str, other: str, key: str) -> float | None:
    """The median of the rounds' own ratios: what a round has in common cancels."""
    pairs = zip(samples.get(name, {}).get("rounds", []), samples.get(other, {}).get("rounds", []))
    ratios = [ours[key] / theirs[key] for ours, theirs in pairs if ours and theirs and theirs[key]]
    return median(ratios) if ratios else None


def with_ratios(samples: dict, key: str) -> dict:
    """The medians, each with one figure's ratio to every peer."""
    result = medians(samples)
    for name, figures in result.items():
        if "missing" not in figures:
            figures["ratios"] = {other: ratio(samples, name, other, key) for other in samples}
    return result
