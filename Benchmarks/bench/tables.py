"""Results as Markdown. A peer that is missing has its row, and the row says why."""

from .build import OURS, REFERENCE


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 1)]
    return "\n".join(lines + ["| " + " | ".join(cells) + " |" for cells in rows])


def shown(name: str) -> str:
    return f"**{name}**" if name == OURS else name


def peer_rows(peers: dict, cells) -> list[list[str]]:
    """One row a peer, from `cells(figures)`."""
    width = None
    rows = []
    for name, figures in peers.items():
        if "missing" in figures:
            rows.append((name, None, figures["missing"]))
            continue
        values = cells(figures)
        if figures.get("failed_rounds"):
            values[-1] += f" ({figures['failed_rounds']:.0f} rounds failed)"
        width = len(values)
        rows.append((name, values, ""))
    blank = (width or 1) - 1
    return [[shown(name), *(values or [f"MISSING: {reason}".replace("|", "\\|"), *[""] * blank])]
            for name, values, reason in rows]


def number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def cost_cells(figures: dict) -> list[str]:
    return [number(figures["cpu_us"]), number(figures["ratios"].get(REFERENCE)),
            f"{figures['user_share']:.0%}", number(figures["per_second"], 0),
            number(figures["p50_us"], 0), number(figures["p99_us"], 0)]


def cost_heads(unit: str) -> list[str]:
    return ["peer", f"CPU µs/{unit}", "beside C", "outside the kernel", f"{unit}s/s", "p50 µs", "p99 µs"]


def echo(results: dict) -> str:
    parts = []
    for count, peers in results.items():
        title = f"### Echo, {int(count):,} connection{'s' if count != '1' else ''}"
        parts += [title, table(cost_heads("request"), peer_rows(peers, cost_cells))]
    return "\n\n".join(parts)


def idle(results: dict) -> str:
    def cells(figures: dict) -> list[str]:
        return [number(figures["kib"]), number(figures["before_kib"], 0),
                number(figures["after_kib"], 0)]

    return "\n\n".join([
        f"### Memory of an idle connection, {results['connections']:,} of them",
        table(["peer", "KiB/connection", "before, KiB", "with all, KiB"],
              peer_rows(results["peers"], cells))])


def accept(results: dict) -> str:
    parts = []
    for close, peers in results.items():
        how = {"reset": "closed by reset", "orderly": "closed in order"}[close]
        parts += [f"### Accept, one echo, end ({how})",
                  table(cost_heads("connection"), peer_rows(peers, cost_cells))]
    return "\n\n".join(parts)


def allocations(results: dict) -> str:
    parts = []
    for count, peers in results.items():
        title = f"### Heap allocations an echo, {count} connection{'s' if count != '1' else ''}"
        parts += [title, table(
            ["peer", "an echo", "in all", "echoes"],
            peer_rows(peers, lambda f: [number(f["per_echo"], 4), number(f["allocations"], 0),
                                        number(f["echoes"], 0)]))]
    return "\n\n".join(parts)


def bulk(results: dict) -> str:
    parts = []
    for kind in ("file", "pipe"):
        parts += [f"### Bulk, {results['bytes'] / 2**30:.1f} GiB from a {kind}",
                  table(["tool, both ends", "GB/s", "GB per CPU second"],
                        peer_rows(results[kind], lambda f: [
                            number(f["bytes_per_second"] / 1e9),
                            number(f["bytes_per_cpu_second"] / 1e9)]))]
    return "\n\n".join(parts)


def datagrams(results: dict) -> str:
    parts = []
    for count, echo in results["echo"].items():
        many = count != "1"
        title = f"{int(count):,} sockets, {echo['window']} under way for each" if many else "1 under way"
        parts += [f"### Datagrams: echo, {title}",
                  table([*cost_heads("datagram"), "lost"], peer_rows(
                      echo["peers"], lambda f: [*cost_cells(f), number(f["lost"], 0)]))]
    for mode, title in (("receive", "a flood received"), ("send", "a flood sent")):
        parts += [f"### Datagrams: {title}", one_way(results[mode], mode)]
    for mode, title in (("receive", "received (UDP_GRO)"), ("send", "sent (UDP_SEGMENT)")):
        parts += [f"### Datagrams of 1,200 bytes with offload, {title}",
                  table(["program", "GB per CPU second", "beside itself without"],
                        peer_rows(results["offload"][mode], offload_cells(results["offload"][mode])))]
    return "\n\n".join([*parts, "### Datagrams: heap allocations",
                        datagram_allocations(results["allocations"])])


def one_way(peers: dict, mode: str) -> str:
    heads = cost_heads("datagram")[:5]
    if mode == "send":
        return table(heads, peer_rows(peers, lambda f: cost_cells(f)[:4]))
    return table([*heads, "dropped"], peer_rows(
        peers, lambda f: [*cost_cells(f)[:4], f"{f['lost_share']:.0%}"]))


def offload_cells(peers: dict):
    """A row with offload is compared with the same program's without."""
    def cells(figures: dict) -> list[str]:
        name = next(name for name, other in peers.items() if other is figures)
        beside = figures["ratios"].get(name.replace("offload", "without"))
        return [number(figures["bytes_per_cpu_second"] / 1e9), number(beside)]

    return cells


def datagram_allocations(results: dict) -> str:
    rows = [[shown(name), *(allocation_cell(results[mode][name]) for mode in results)]
            for name in results["echo"]]
    return table(["peer", "an echo", "a datagram received", "a datagram sent"], rows)


def allocation_cell(figures: dict) -> str:
    if "missing" in figures:
        return f"MISSING: {figures['missing']}".replace("|", "\\|")
    return number(figures["per_datagram"], 4)


def web(results: dict) -> str:
    parts = []
    for count, peers in results["small"].items():
        title = f"### Web: a response of 13 bytes, {count} connection{'s' if count != '1' else ''}"
        parts += [title, web_costs("request", "nginx", peers)]
    parts += ["### Web: a file of 1 MiB", web_rates(results["files"]),
              "### Web: WebSocket echo, 64 connections",
              web_costs("message", f"{OURS}, TCP", results["websocket"]),
              "### Web: download over TLS 1.3, AES-128-GCM", web_rates(results["tls"])]
    idle = results["idle"]
    for protocol, title in (("http", "HTTP"), ("websocket", "WebSocket"), ("https", "HTTP over TLS")):
        parts += [f"### Web: an idle connection, {title}, {idle['connections']:,} of them",
                  table(["peer", "KiB/connection", "before, KiB", "with all, KiB"],
                        peer_rows(idle[protocol], lambda f: [
                            number(f["kib"]), number(f["before_kib"], 0), number(f["after_kib"], 0)]))]
    for protocol, title in (("http", "an HTTP request"), ("websocket", "a WebSocket echo")):
        parts += [f"### Web: heap allocations of {title}, 64 connections",
                  table(["peer", "each", "in all", "requests"],
                        peer_rows(results["allocations"][protocol], lambda f: [
                            number(f["per_request"], 4), number(f["allocations"], 0),
                            number(f["requests"], 0)]))]
    return "\n\n".join(parts)


def web_costs(unit: str, other: str, peers: dict) -> str:
    heads = [f"beside {other}" if head == "beside C" else head for head in cost_heads(unit)]
    return table(heads, peer_rows(peers, lambda f: [
        number(f["cpu_us"]), number(f["ratios"].get(other)), *cost_cells(f)[2:]]))


def web_rates(peers: dict) -> str:
    return table(["peer", "GB per CPU second", "beside nginx", "GB/s"],
                 peer_rows(peers, lambda f: [
                     number(f["bytes_per_cpu_second"] / 1e9), number(f["ratios"].get("nginx")),
                     number(f["bytes_per_second"] / 1e9)]))


def sessions(results: dict) -> str:
    parts = []
    for count, peers in results["calls"].items():
        parts += [
            f"### Sessions: calls of 64 bytes, {count} under way on one connection",
            table(["peer", "CPU µs/call, both ends", "client", "server", "beside grpc-swift",
                   f"beside {OURS}, TCP", "calls/s", "p50 µs", "p99 µs"],
                  peer_rows(peers, session_cost_cells))]
    parts += [
        "### Sessions: log messages of 64 bytes, one way",
        table(["peer", "sent per CPU second", "received per CPU second", "messages/s",
               "p50 µs at 100,000 messages/s", "p99 µs"],
              peer_rows(results["logs"], lambda f: [
                  number(f["sent_per_cpu_second"], 0), number(f["received_per_cpu_second"], 0),
                  number(f["per_second"], 0), number(f["p50_us"], 0), number(f["p99_us"], 0)])),
        f"### Sessions: memory of an idle one, {results['idle']['sessions']:,} of them",
        table(["peer", "KiB/connection", "before, KiB", "with all, KiB"],
              peer_rows(results["idle"]["peers"], lambda f: [
                  number(f["kib"]), number(f["before_kib"], 0), number(f["after_kib"], 0)])),
        "Begun a hundred at a time. Of those that are begun all at once, 1 to 3 KiB more each stay behind as free\n"
        "memory of the heap: what they took while they were busy.",
        "### Sessions: a resume, every segment with payload", resume(results["resume"])]
    return "\n\n".join(parts)


def session_cost_cells(figures: dict) -> list[str]:
    ratios = figures["ratios"]
    return [number(figures["cpu_us"]), number(figures["client_us"]), number(figures["server_us"]),
            number(ratios.get("grpc-swift")), number(ratios.get(f"{OURS}, TCP")),
            number(figures["per_second"], 0), number(figures["p50_us"], 0),
            number(figures["p99_us"], 0)]


def resume(figures: dict) -> str:
    if "missing" in figures:
        return f"MISSING: {figures['missing']}"
    rows = [[str(place), flight["from"], str(flight["size"]), ", ".join(flight["frames"])]
            for place, flight in enumerate(figures["flights"], 1)]
    return "\n\n".join([
        table(["segment", "from", "bytes", "frames"], rows),
        f"Round trips until the session is attached: {figures['round_trips']:g}. Since the loss: "
        f"{figures['attached_us']:,.0f} µs until then, {figures['delivered_us']:,.0f} µs until the message "
        "that had waited had its receipt."])


def thresholds(rows: list[dict]) -> str:
    return "### Thresholds\n\n" + table(
        ["figure", "wanted", "measured", "verdict"],
        [[row["what"], f"{'≤' if row['at_most'] else '≥'} {row['limit']}",
          "–" if row["measured"] is None else str(row["measured"]), row["verdict"]]
         for row in rows])


def setting(about: dict) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in about.items())


TABLES = {"echo": echo, "idle": idle, "accept": accept, "allocations": allocations, "bulk": bulk,
          "datagrams": datagrams, "web": web, "sessions": sessions}


def everything(about: dict, results: dict, compared: list[dict]) -> str:
    parts = [setting(about), *(TABLES[name](part) for name, part in results.items())]
    return "\n\n".join(parts + ([thresholds(compared)] if compared else []))
