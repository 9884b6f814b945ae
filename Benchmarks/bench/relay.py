"""A relay between a session's two ends that counts what goes through it, and cuts the line when told."""

import socket
import struct
import threading

from .server import RunFailed

# docs/session-protocol.md §1
FRAMES = {0x01: "ATTACH", 0x02: "ACCEPT", 0x03: "REFUSE", 0x04: "ACK", 0x05: "PING", 0x06: "PONG",
          0x07: "DRAIN", 0x08: "FAULT", 0x09: "DATAGRAM", 0x20: "OPEN", 0x21: "TAKEN",
          0x22: "SKIPPED", 0x23: "CANCEL", 0x24: "GAP", 0x25: "END", 0x26: "RESET", 0x27: "BYE"}
HELLO_SIZE = 4
# Where data_segs_in and data_segs_out are in struct tcp_info (linux/tcp.h).
SEGMENTS_OFFSET = 152


def frames(data: bytes) -> list[str]:
    """The names of whole frames; a segment holds nothing else here."""
    names = []
    place = HELLO_SIZE if data[:3] == b"\xd3SB" else 0
    while place < len(data):
        size = data[place]
        place += 1
        if size >= 0x40:
            size = (size & 0x3F) << 8 | data[place]
            place += 1
        kind = data[place]
        names.append("MESSAGE" if kind & 0xF0 == 0x40 else FRAMES.get(kind, f"{kind:02x}"))
        place += size
    return names


def segments(connection: socket.socket) -> int:
    """Segments with payload that the kernel has received and sent on a connection."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    if len(info) < SEGMENTS_OFFSET + 8:
        raise RunFailed("this kernel does not count segments")
    return sum(struct.unpack_from("=II", info, SEGMENTS_OFFSET))


class CountingRelay:
    """One connection at a time, from a port of its own to a server's."""

    def __init__(self, server_port: int):
        self.server_port = server_port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pair: list[socket.socket] = []
        self.seen: list[dict] = []
        self.lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.cut()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.server_port))
            except OSError:
                return
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.pair, self.seen = [client, server], []
                seen = self.seen
            for source, target, name in ((client, server, "client"), (server, client, "server")):
                threading.Thread(target=self.carry, args=(source, target, name, seen),
                                 daemon=True).start()

    def carry(self, source: socket.socket, target: socket.socket, name: str, seen: list) -> None:
        try:
            while data := source.recv(65_536):
                with self.lock:
                    seen.append({"from": name, "size": len(data), "frames": frames(data)})
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the line is cut

    def cut(self) -> None:
        """Both connections end at once, by a reset."""
        with self.lock:
            pair, self.pair = self.pair, []
        for end in pair:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            try:
                end.shutdown(socket.SHUT_RDWR)  # whoever receives there returns
            except OSError:
                pass
            end.close()

    def flights(self) -> list[dict]:
        """What went through the present connection so far, one entry a segment with payload."""
        with self.lock:
            seen, counted = list(self.seen), segments(self.pair[0])
        if counted != len(seen):
            raise RunFailed(f"{len(seen)} pieces were relayed in {counted} segments")
        return seen
