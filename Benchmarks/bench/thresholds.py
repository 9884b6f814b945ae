"""Compares what was measured with thresholds.json."""

import json

from . import paths
from .build import OURS

# 100,000 echoes are counted; this forgives a list that grew once somewhere, not an allocation that
# comes with the echoes.
ALLOCATION_NOISE = 0.0005


def row(what: str, measured: float | None, limit: float, at_most: bool, digits: int = 2) -> dict:
    if measured is None:
        return {"what": what, "limit": limit, "at_most": at_most, "measured": None,
                "verdict": "not measured"}
    met = measured <= limit if at_most else measured >= limit
    return {"what": what, "limit": limit, "at_most": at_most, "measured": round(measured, digits),
            "verdict": "met" if met else "missed"}


def echo_rows(results: dict, limits: dict) -> list[dict]:
    rows = []
    for count, peers in results.items():
        ours = peers.get(OURS, {})
        for other, limit in limits["cpu_ratio_at_most"].items():
            rows.append(row(f"echo at {count}: CPU beside {other}",
                            ours.get("ratios", {}).get(other), limit, True))
    return rows


def idle_rows(results: dict, limits: dict) -> list[dict]:
    ours = results["peers"].get(OURS, {})
    return [row("idle connection: KiB", ours.get("kib"), limits["kib_at_most"], True)]


def allocation_rows(results: dict, limits: dict) -> list[dict]:
    rows = []
    for count, peers in results.items():
        rows.append(allocation_row(f"allocations an echo, at {count}",
                                   peers.get(OURS, {}).get("per_echo"), limits["per_echo_at_most"]))
    return rows


def allocation_row(what: str, measured: float | None, limit: float) -> dict:
    if measured is not None and measured <= ALLOCATION_NOISE:
        measured = 0.0
    return row(what, measured, limit, True, 4)


def bulk_rows(results: dict, limits: dict) -> list[dict]:
    rows = []
    for kind in ("file", "pipe"):
        rates = {name: figures["bytes_per_second"] for name, figures in results[kind].items()
                 if name != OURS and "missing" not in figures}
        best = max(rates, key=rates.get) if rates else None
        measured = results[kind].get(OURS, {}).get("ratios", {}).get(best)
        rows.append(row(f"bulk from a {kind}: throughput beside the best ({best})", measured,
                        limits["times_the_best_at_least"], False))
    return rows


def datagram_rows(results: dict, limits: dict) -> list[dict]:
    tables = {f"echo at {count}": echo["peers"] for count, echo in results["echo"].items()}
    tables |= {mode: results[mode] for mode in ("receive", "send")}
    rows = []
    for what, peers in tables.items():
        for other, limit in limits["cpu_ratio_at_most"].items():
            rows.append(row(f"datagrams, {what}: CPU beside {other}",
                            peers.get(OURS, {}).get("ratios", {}).get(other), limit, True))
    for mode, peers in results["offload"].items():
        with_it, without = (peers.get(f"{OURS}, {variant}", {}) for variant in ("offload", "without"))
        measured = with_it.get("ratios", {}).get(f"{OURS}, without") if "missing" not in without else None
        rows.append(row(f"datagrams, {mode} with offload: bytes per CPU second beside without",
                        measured, limits["offload_at_least"], False))
    for mode, peers in results["allocations"].items():
        rows.append(allocation_row(f"datagrams, {mode}: allocations each",
                                   peers.get(OURS, {}).get("per_datagram"),
                                   limits["allocations_at_most"]))
    return rows


def web_rows(results: dict, limits: dict) -> list[dict]:
    def ratio_to(peers: dict, other: str) -> float | None:
        return peers.get(OURS, {}).get("ratios", {}).get(other)

    rows = [row(f"web, small response at 64: CPU beside {other}",
                ratio_to(results["small"]["64"], other), limit, True)
            for other, limit in limits["small_cpu_ratio_at_most"].items()]
    rows.append(row("web, file: bytes per CPU second beside nginx", ratio_to(results["files"], "nginx"),
                    limits["file_at_least"], False))
    rows.append(row("web, WebSocket echo: CPU beside our own TCP echo",
                    ratio_to(results["websocket"], f"{OURS}, TCP"),
                    limits["websocket_beside_tcp_at_most"], True))
    others = {name: figures["bytes_per_cpu_second"] for name, figures in results["tls"].items()
              if name != OURS and "missing" not in figures}
    best = max(others, key=others.get) if others else None
    rows.append(row(f"web, TLS: bytes per CPU second beside the best ({best})",
                    ratio_to(results["tls"], best), limits["tls_at_least"], False))
    rows += [row(f"web, idle {protocol}: KiB", results["idle"][protocol].get(OURS, {}).get("kib"),
                 limit, True)
             for protocol, limit in limits["idle_kib_at_most"].items()]
    ours, openssl = (results["idle"]["https"].get(name, {}).get("kib") for name in (OURS, "tls-c"))
    beyond = None if ours is None or openssl is None else ours - openssl
    rows.append(row("web, idle over TLS: KiB beyond OpenSSL's own", beyond,
                    limits["idle_tls_kib_beyond_openssl_at_most"], True))
    return rows


def session_rows(results: dict, limits: dict) -> list[dict]:
    rows = []
    for count, peers in results["calls"].items():
        for other, limit in limits["calls_cpu_ratio_at_most"].items():
            rows.append(row(f"sessions, calls, {count} under way: CPU beside {other}",
                            peers.get(OURS, {}).get("ratios", {}).get(other), limit, True))
    ours = results["logs"].get(OURS, {})
    for key, what in (("sent_per_cpu_second", "sent"), ("received_per_cpu_second", "received")):
        rows.append(row(f"sessions, log: messages {what} per CPU second", ours.get(key),
                        limits["log_per_cpu_second_at_least"], False, 0))
    session, tcp = (results["idle"]["peers"].get(name, {}).get("kib")
                    for name in (OURS, f"{OURS}, TCP"))
    beyond = None if session is None or tcp is None else session - tcp
    rows.append(row("sessions, idle: KiB beyond its TCP connection", beyond,
                    limits["idle_kib_beyond_tcp_at_most"], True))
    rows.append(row("sessions, resume: round trips", results["resume"].get("round_trips"),
                    limits["resume_round_trips_at_most"], True))
    return rows


def compare(results: dict) -> list[dict]:
    limits = json.loads(paths.THRESHOLDS.read_text())
    parts = {"echo": echo_rows, "idle": idle_rows, "allocations": allocation_rows, "bulk": bulk_rows,
             "datagrams": datagram_rows, "web": web_rows, "sessions": session_rows}
    return [line for part, rows in parts.items() if part in results
            for line in rows(results[part], limits[part])]
