#!/usr/bin/env python3
"""Switchboard sessions for Python: connections in which every message is accounted for.

One file, standard library only, Python 3.11 or later. The protocol is docs/session-protocol.md; the
section numbers below are its. `Core` is the protocol without I/O: bytes and the time go in, bytes and
events come out. `Session` and `Channel` drive it with asyncio:

    async with await switchboard.connect("tcp://127.0.0.1:7000") as session:
        log = session.log("greetings")
        print(await log.send(b"hi", timeout=5))             # Receipt(delivered)
        print(await session.call("add", b"[1, 2]", timeout=1))
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import enum
import errno
import hashlib
import heapq
import hmac
import logging
import os
import random
import secrets
import socket
import ssl
import stat
import struct
import sys
import time
import urllib.parse
import zlib
from collections import OrderedDict, deque
from pathlib import Path
from typing import Any, AsyncIterator, Awaitable, Callable, NamedTuple

__all__ = [
    "CallFailed", "Channel", "Code", "Core", "Entry", "Gap", "Kind", "Message", "Outcome", "Receipt",
    "Session", "SessionEnded", "Subscribers", "TopicStart", "Violation", "connect",
]
logger = logging.getLogger("switchboard")

HELLO = b"\xd3SB\x01"
FRAME_LIMIT = 16_383
HANDOVER = 65_536           # what is handed to a transport at a time (§7)
TURN = 16_384               # what one stream writes before it is the next one's turn (§7)
UNACKED_LIMIT = 4 << 20     # then no further MESSAGE is written (§2)
ANSWERS_LIMIT = 1 << 20     # answers beyond that (§9)
QUEUE_SIZE_LIMIT = 1 << 20  # of one stream, before `send` waits (§9)
QUEUE_COUNT_LIMIT = 4_096
DATAGRAM_LIMIT = 64         # kept for a stream (§6)
ACK_DELAY = 50_000          # µs (§2, §6)
ACK_SIZE = 32_768
CREDENTIALS_LIMIT, NAME_LIMIT, TEXT_LIMIT = 4_096, 255, 1_024
COST = 32                   # of a message, a GAP or an END, besides its payload (§6)
UNANSWERED_LIMIT = 15_000_000  # µs: heartbeat + silence, as long as no ACCEPT has said them (§4)


class Code(enum.IntEnum):
    """Why something ended (§8); numbers from 1,024 on are the application's."""

    OK, CANCELLED, DEADLINE, CLOSED, REFUSED, UNKNOWN_SESSION, WRONG_TICKET, STALE_EPOCH = range(8)
    UNSUPPORTED_VERSION, OVERLOADED, MALFORMED, LIMIT, UNKNOWN_FRAME, WRONG_STATE = range(8, 14)
    FAILED, UNKNOWN_NAME, DRAINING, DROPPED, TRIMMED, SUPERSEDED = range(14, 20)
    EXPIRED, UNACKNOWLEDGED = 20, 21

    @classmethod
    def read(cls, value: int) -> int:
        """A code as it came: one that nobody knows counts as `FAILED`."""
        return cls(value) if value < 22 else value if value >= 1024 else cls.FAILED


class Kind(enum.IntEnum):
    """The kinds of stream (§6)."""

    LOG, STATE, DATAGRAM, CALL = range(4)


class Outcome(enum.Enum):
    """How a send ended."""

    DELIVERED = "delivered"          # the other application took it
    NOT_DELIVERED = "not delivered"  # it never will
    UNKNOWN = "unknown"              # nobody can say


class Receipt(NamedTuple):
    """The one end of one send: what happened, and why if it was not delivered."""

    outcome: Outcome
    cause: int = Code.OK

    def __repr__(self) -> str:
        return f"Receipt({self.outcome.value}{f', {self.cause!r}' if self.cause else ''})"


DELIVERED = Receipt(Outcome.DELIVERED)


class Message(NamedTuple):
    """A message that was taken; `key` and `skipped` (older values never seen) are of state streams."""

    payload: bytes
    number: int
    key: bytes = b""
    skipped: int = 0


class Gap(NamedTuple):
    """Numbers `first` to `last` stand here without a message; `where` says how to fetch them."""

    first: int
    last: int
    cause: int
    where: bytes = b""

    @property
    def count(self) -> int:
        return self.last - self.first + 1


class End(NamedTuple):
    """The flow ended here."""

    status: int = 0
    detail: bytes = b""


class Violation(Exception):
    """The other end broke a rule of the protocol."""

    def __init__(self, code: Code, text: str):
        super().__init__(f"{code.name.lower()}: {text}")
        self.code, self.text = code, text


class SessionEnded(Exception):
    """The session is over: `code` says why."""

    def __init__(self, code: int, text: str = ""):
        super().__init__(f"{code!r} {text}".strip())
        self.code, self.text = code, text


class CallFailed(Exception):
    """A call, or another stream, ended with a code other than 0. Handlers raise it to answer with one.

    `receipt` says what became of the request of a call: whether it ran.
    """

    def __init__(self, code: int, detail: bytes | str = b"", receipt: Receipt | None = None):
        self.code, self.receipt = code, receipt
        self.detail = detail.encode() if isinstance(detail, str) else detail
        super().__init__(" ".join(filter(None, [repr(code), self.detail.decode(errors="replace"),
                                                f"({receipt!r})" if receipt else ""])))


# Numbers and fields (§1) -----------------------------------------------------------------------

def number(value: int) -> bytes:
    """A number in its shortest form."""
    if value < 64:
        return value.to_bytes(1)
    if value < 16_384:
        return (value | 0x4000).to_bytes(2)
    if value < 1 << 30:
        return (value | 2 << 30).to_bytes(4)
    return (value | 3 << 62).to_bytes(8)


def field(data: bytes) -> bytes:
    """A bytes field."""
    return number(len(data)) + data


def file_name(name: str | bytes) -> bytes:
    """A file's name by its bytes: those that are not UTF-8 are surrogates in a str (PEP 383)."""
    return name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")


def frame(kind: int, *fields: int | bytes) -> bytes:
    """A frame: numbers as numbers, bytes as they are."""
    body = bytes([kind]) + b"".join(number(f) if isinstance(f, int) else f for f in fields)
    return number(len(body)) + body


class Fields:
    """Reads the fields of one frame."""

    def __init__(self, data: bytes, position: int = 0):
        self.data, self.position = data, position

    def number(self) -> int:
        head = self.rest_of(1)[0]
        size = 1 << (head >> 6)
        value = int.from_bytes(bytes([head & 63]) + self.rest_of(size - 1))
        if size > 1 and value < 1 << (4 * size - 2):  # 6, 14 and 30 bits fit the next shorter form
            raise Violation(Code.MALFORMED, f"{value} in {size} bytes")
        return value

    def rest_of(self, size: int) -> bytes:
        """So many bytes."""
        data = self.data[self.position:self.position + size]
        if len(data) < size:
            raise Violation(Code.MALFORMED, "a field runs past the end of its frame")
        self.position += size
        return data

    def bytes(self, limit: int = TEXT_LIMIT) -> bytes:
        size = self.number()
        if size > limit:
            raise Violation(Code.MALFORMED, f"a field of {size} bytes where {limit} are allowed")
        return self.rest_of(size)

    def text(self, limit: int = TEXT_LIMIT) -> str:
        return self.bytes(limit).decode(errors="replace")

    def rest(self) -> bytes:
        data, self.position = self.data[self.position:], len(self.data)
        return data

    def end(self) -> None:
        if self.position != len(self.data):
            raise Violation(Code.MALFORMED, "bytes behind the last field")


# What a stream is made of (§6) ------------------------------------------------------------------

class Send:
    """One message on its way. `receipt` is None until it is known."""

    numbers = 1

    def __init__(self, stream: Stream, payload: bytes, expiry: int, ends: bool, key: bytes):
        self.stream, self.payload, self.expiry, self.ends, self.key = stream, payload, expiry, ends, key
        self.replaced = 0               # values of the same key that this one took the place of
        self.first = -1                 # its number, given when its first frame is written
        self.written = 0
        self.hash = 0
        self.void = False               # withdrawn after its first frame was written
        self.skipped = False            # SKIPPED came: not delivered, but TAKEN has yet to count it
        self.receipt: Receipt | None = None
        self.waiter: Any = None         # the driver's

    @property
    def cost(self) -> int:
        return len(self.payload) + COST


class Marker:
    """A GAP or an END in its place among the messages."""

    cost, void = COST, False

    def __init__(self, kind: int, numbers: int, *fields: int | bytes):
        self.kind, self.numbers, self.fields = kind, numbers, fields
        self.first = -1


class Outflow:
    """The flow of messages to the other end."""

    def __init__(self) -> None:
        self.queue: OrderedDict[Any, Send | Marker] = OrderedDict()  # nothing of them is written yet
        self.held: dict[bytes, Send] = {}      # state: values whose key has one that is not settled
        self.unsettled: OrderedDict[int, Send | Marker] = OrderedDict()
        self.current: Send | None = None       # written in part
        self.final: Marker | None = None       # the END, behind all of these
        self.busy: set[bytes] = set()          # those keys
        self.next = self.settled = self.credit = self.size = 0
        self.finished = self.ended = False     # by the application; on the wire

    @property
    def waiting(self) -> int:
        return len(self.queue) + len(self.held)


class Arrival:
    """A message, a GAP or an END that came and was not taken yet."""

    def __init__(self, first: int, numbers: int = 1, expiry: int = 0, event: Gap | End | None = None):
        self.first, self.numbers, self.expiry, self.event = first, numbers, expiry, event
        self.payload = bytearray()
        self.cost, self.void = COST, False


class Inflow:
    """The flow of messages from the other end."""

    def __init__(self) -> None:
        self.items: OrderedDict[int, Arrival] = OrderedDict()  # by number
        self.partial: Arrival | None = None    # its last piece has not come
        self.next = self.taken = self.told = self.credit = self.untold = 0
        self.ended = self.finished = False     # the end has come; it was taken
        self.discards: int | None = None       # nobody takes what still comes: why it is skipped


class Stream:
    """A stream: its two flows, of which one or both may be missing."""

    def __init__(self, kind: Kind, name: str, expiry: int, ours: bool):
        self.kind, self.name, self.expiry, self.ours = kind, name, expiry, ours
        self.id = -1                           # given when OPEN is written
        self.outgoing = Outflow() if ours or kind == Kind.CALL else None
        self.incoming = Inflow() if not ours or kind == Kind.CALL else None
        self.shots: deque[Send] = deque()      # datagrams to be written
        self.datagrams: deque[tuple[int, bytes]] = deque()  # that came
        self.datagram = 0                      # the next one's number
        self.over: End | None = None           # reset, or its session has ended: nothing more comes
        self.reset_code: int | None = None     # ours, when we have decided to send RESET
        self.reset_heard = False
        self.user: Any = None                  # the driver's

    @property
    def is_answered(self) -> bool:
        """A call of ours whose callee has ended its answers: it takes no more of the request (§6)."""
        return bool(self.ours and self.kind == Kind.CALL and self.incoming and self.incoming.ended)

    @property
    def is_complete(self) -> bool:
        """Nothing is left for the application to do here."""
        return (not self.outgoing or self.outgoing.finished) and (
            not self.incoming or self.incoming.finished)


class Attached(NamedTuple):
    resumed: bool
class Refused(NamedTuple):
    code: int
    retry_after: int
    text: str
class Draining(NamedTuple):
    delay: int
    within: int
    endpoint: str
class Opened(NamedTuple):
    stream: Stream
class Readable(NamedTuple):   # `take` may give something, or the stream is over
    stream: Stream
class Room(NamedTuple):       # its queue has shrunk
    stream: Stream
class Settled(NamedTuple):    # `send.receipt` is there
    send: Send
class Silent(NamedTuple):     # the connection is to be closed: no sign of life
    pass
class Ended(NamedTuple):
    code: int
    text: str


class Frame(NamedTuple):
    """A numbered frame that may have to be sent again."""

    data: bytearray
    payload_at: int = 0
    send: Send | None = None
    answer: str = ""          # its line in the ledger


class Core:
    """The client's end of a session, without I/O. Times are µs of one clock that never stops.

    The driver calls `connect` when there is a transport, `receive` with what came, `output` until it
    gives nothing, `advance` at `deadline`, `lost` when the transport is gone; after each it drains
    `events`, and closes the transport when `closes` says so.
    """

    parity = 0                # of the numbers of our streams: a client's are even

    def __init__(self, session: bytes, secret: bytes, credentials: bytes = b"", *,
                 window: int = 262_144, stream_limit: int = 128, message_limit: int = 196_608):
        if len(credentials) > CREDENTIALS_LIMIT:
            raise ValueError(f"credentials may have {CREDENTIALS_LIMIT:,} bytes")
        if message_limit > window - COST:
            raise ValueError("a message must fit the window")
        self.session, self.secret, self.credentials = session, secret, credentials
        self.limits = self.peer = (window, stream_limit, message_limit)
        self.state = "detached"                # attaching, attached, ended
        self.begun = False                     # an ACCEPT has come
        self.closes = False                    # when what `output` gives is written
        self.epoch = self.sent = self.acked = self.received = self.told = 0
        self.heartbeat, self.silence, self.keep, self.slot = 5_000, 10_000, 300_000, 0  # ms
        self.answer = b""
        self.events: deque[Any] = deque()
        self.streams: dict[int, Stream] = {}
        self.pending = 0                       # sends without a receipt
        self.unacked: deque[Frame] = deque()
        self.unacked_size = 0
        self.ending: tuple[int, str] | None = None  # the BYE we send
        self.bye_sent = self.bye_heard = False
        self._resend: deque[Frame] = deque()
        self._answers: OrderedDict[tuple[Any, ...], Any] = OrderedDict()  # frames about to be written
        self._lazy: dict[Stream, None] = {}    # TAKEN that may wait for company
        self._opening: deque[Stream] = deque()
        self._ready: OrderedDict[Stream, None] = OrderedDict()
        self._shooting: dict[Stream, None] = {}  # with datagrams to write
        self._opened = [0, 0]                  # streams ever opened, by parity
        self._open = [0, 0]                    # and not forgotten
        self._head = bytearray()
        self._input = bytearray()
        self._greeted = False
        self._pong: int | None = None
        self._lazy_due = self._ack_due = 0     # when a TAKEN, an ACK may wait no longer; 0: none does
        self._lazy_owed = self._ack_owed = False  # that moment has passed: it is the output's turn
        self._unanswered_size = 0              # bytes of numbered frames since our last ACK
        self._asked = self._life = 0
        self._answered = False
        self._estimate: tuple[int, int] | None = None  # the other clock, when we asked
        self._expiries: list[tuple[int, int, Send | Stream]] = []
        self._serial = 0
        self._sent_count = self._delivered = self._refused = self._taken = 0
        self._digest_out = self._digest_in = 0

    # The connection ---------------------------------------------------------------------------

    def connect(self, now: int) -> None:
        """A transport is there: asks to attach."""
        if self.state == "ended":
            return
        self.state, self._greeted, self.epoch = "attaching", False, self.epoch + 1
        self._input.clear()
        self._asked = self._life = now
        self._answered = False
        self._head += HELLO + frame(1, self.session, self.secret, self.epoch, int(self.begun),
                                    self.received, now, *self.limits, field(self.credentials))

    def lost(self) -> None:
        """The transport is gone."""
        self._head.clear()
        self._resend.clear()
        self._pong = None
        self._ack_due, self._ack_owed = 0, False
        for stream in self._shooting:
            while stream.shots:
                self._give(stream.shots.popleft(), Receipt(Outcome.NOT_DELIVERED, Code.DROPPED))
        self._shooting.clear()
        self.closes = self.state == "ended"
        if self.state != "ended":
            self.state = "detached"

    def receive(self, data: bytes, now: int) -> None:
        """Bytes have come."""
        if self.state in ("ended", "detached"):
            return
        self._life = now
        self._input += data
        position = 0
        try:
            if not self._greeted:
                if not HELLO.startswith(self._input[:3]):
                    raise Violation(Code.MALFORMED, "this is no session")
                if len(self._input) < 4:
                    return
                if self._input[3] != HELLO[3]:
                    return self._end(Code.UNSUPPORTED_VERSION, f"version {self._input[3]}")
                self._greeted, position = True, 4
            while self.state in ("attaching", "attached") and position < len(self._input):
                start = position + 1 + (self._input[position] >> 6)
                if self._input[position] > 0x7f:
                    raise Violation(Code.MALFORMED, "a frame above 16,383 bytes")
                if start > len(self._input):
                    break
                size = Fields(self._input[position:start]).number()
                if size == 0:
                    raise Violation(Code.MALFORMED, "an empty frame")
                if start + size > len(self._input):
                    break
                position = start + size
                self._frame(Fields(bytes(self._input[start:position])), size, now)
        except Violation as violation:
            self.fault(violation)
        del self._input[:position]

    def fault(self, violation: Violation) -> None:
        """The other end broke a rule: it is told once, and the session is over."""
        self._head.clear()
        text = violation.text.encode()[:TEXT_LIMIT]
        self._head += frame(8, violation.code, field(text))
        self._end(violation.code, f"the other end broke a rule: {violation.text}")

    def alive(self, moment: int) -> None:
        """A sign of life (§4) that is not bytes: the other system acknowledged some, or we were busy
        and could not look."""
        self._life = max(self._life, moment)

    @property
    def unanswered(self) -> bool:
        """A question of ours is on its way: silence counts."""
        return self.state in ("attaching", "attached") and not self._answered

    def deadline(self) -> int | None:
        """When to call `advance`, at the latest."""
        times = [self._expiries[0][0]] if self._expiries else []
        times += [due for due in (self._lazy_due, self._ack_due) if due]
        if self.state in ("attaching", "attached"):
            times.append(self._life + self.patience)
            if self._answered:
                times.append(self._asked + self.heartbeat * 1_000)
        return min(times, default=None)

    @property
    def patience(self) -> int:
        """How long no sign of life is borne, in µs (§4)."""
        return (self.heartbeat + self.silence) * 1_000 if self.begun else UNANSWERED_LIMIT

    def advance(self, now: int) -> None:
        """Does what is due: heartbeats, deadlines."""
        while self._expiries and self._expiries[0][0] <= now:
            due = heapq.heappop(self._expiries)[2]
            if isinstance(due, Send):
                self.withdraw(due, Code.DEADLINE)
            elif not due.is_complete:
                self.reset(due, Code.DEADLINE)
        if self._ack_due and self._ack_due <= now:
            self._ack_due, self._ack_owed = 0, True
        if self._lazy_due and self._lazy_due <= now:
            self._lazy_due, self._lazy_owed = 0, True
        if self.state in ("attaching", "attached") and now >= self._life + self.patience:
            self.events.append(Silent())
        elif self.state == "attached" and self._answered \
                and now >= self._asked + self.heartbeat * 1_000:
            self._asked, self._answered = now, False
            self._head += frame(5, now)

    def output(self, now: int, limit: int = HANDOVER) -> bytes:
        """The next bytes for the transport; they count as handed over."""
        body = bytearray()
        if self.state == "attached":
            self._write_datagrams(body, limit)
            while self._resend and len(body) < limit:
                body += self._resend.popleft().data
            if not self._resend:
                self._write_answers(body)
                self._write_opens(body)
                self._write_messages(body, limit)
                if self._lazy and (body or self._lazy_owed):
                    self._answers.update({("taken", s): None for s in self._lazy})
                    self._lazy.clear()
                    self._lazy_due, self._lazy_owed = 0, False
                    self._write_answers(body)
            if self._pong is not None:
                self._head += frame(6, self._pong, now)
                self._pong = None
            if self.received > self.told and (body or self._head or self._ack_owed
                                              or self._unanswered_size >= ACK_SIZE):
                self._told_all()
                self._head += frame(4, self.received)
        data = bytes(self._head + body)
        self._head.clear()
        return data

    def _told_all(self) -> None:
        self.told, self._ack_due, self._unanswered_size = self.received, 0, 0
        self._ack_owed = False

    # Frames -----------------------------------------------------------------------------------

    def _frame(self, fields: Fields, size: int, now: int) -> None:
        kind = fields.rest_of(1)[0]
        if self.state == "attaching":
            if kind == 2:
                return self._accept(fields, now)
            if kind == 3:
                code, retry, text = Code.read(fields.number()), fields.number(), fields.text()
                if code in (Code.OVERLOADED, Code.DRAINING, Code.REFUSED):
                    self.state, self.closes = "detached", True
                    self.events.append(Refused(code, retry, text))
                    return None
                return self._end(code, text)
            if kind != 8:
                raise Violation(Code.WRONG_STATE, f"frame {kind:02x} before ACCEPT")
        if 0x20 <= kind < 0x80 or kind >= 0xc0:
            if self.bye_heard:
                raise Violation(Code.WRONG_STATE, "a frame behind BYE")
            self.received += 1
            self._unanswered_size += size
            self._ack_due = self._ack_due or (0 if self._ack_owed else now + ACK_DELAY)
        if 0x40 <= kind <= 0x4f:
            return self._message(kind, fields, now)
        handler = self._handlers.get(kind)
        if handler:
            handler(self, fields, now)
            if kind != 7:
                fields.end()
        elif kind < 0x80:
            raise Violation(Code.UNKNOWN_FRAME, f"frame {kind:02x}")
        if len(self._answers) * 16 + self.unacked_size > UNACKED_LIMIT + ANSWERS_LIMIT:
            raise Violation(Code.LIMIT, "answers are not acknowledged")

    def _accept(self, f: Fields, now: int) -> None:
        epoch, received, clock = f.number(), f.number(), f.number()
        peer = (f.number(), f.number(), f.number())
        times = [f.number() for _ in range(4)]
        answer = f.bytes(CREDENTIALS_LIMIT)
        if epoch != self.epoch or peer[2] > peer[0] - COST or 0 in times[:2]:
            raise Violation(Code.MALFORMED, "an ACCEPT that does not fit")
        self._acknowledge(received)
        resumed, self.begun = self.begun, True
        if not resumed:
            self.peer = peer
        self.heartbeat, self.silence, self.keep, self.slot = times
        self.answer, self.state = answer, "attached"
        self._heard_clock(clock, now)
        self._head += frame(6, clock, now)
        for item in self.unacked:  # what was withdrawn must not run, and need not be sent (§6)
            if item.send and item.send.void:
                item.data[1 + (item.data[0] >> 6)] |= 8
                item.data[item.payload_at:] = bytes(len(item.data) - item.payload_at)
        self._resend = deque(self.unacked)
        self._told_all()  # ATTACH said it
        self.events.append(Attached(resumed))

    def _ack(self, f: Fields, now: int) -> None:
        self._acknowledge(f.number())

    def _acknowledge(self, count: int) -> None:
        if not self.acked <= count <= self.sent:
            raise Violation(Code.MALFORMED, f"{count} received of {self.sent} sent")
        while self.acked < count:
            self.acked += 1
            self.unacked_size -= len(self.unacked.popleft().data)

    def _ping(self, f: Fields, now: int) -> None:
        self._pong = f.number()

    def _pong_(self, f: Fields, now: int) -> None:
        echo, clock = f.number(), f.number()
        if self._answered or echo != self._asked:
            raise Violation(Code.MALFORMED, "a PONG without question")
        self._heard_clock(clock, now)

    def _drain(self, f: Fields, now: int) -> None:
        self.events.append(Draining(f.number(), f.number(), f.text()))

    def _fault(self, f: Fields, now: int) -> None:
        code, text = Code.read(f.number()), f.text()
        self._head.clear()
        self._end(code, f"the other end says that we broke a rule: {text}")

    def _heard_clock(self, clock: int, now: int) -> None:
        """The other clock said `clock` after we had asked. The smallest estimate holds (§5)."""
        self._answered = True
        new = (clock, self._asked)
        if self._estimate is None or self._latest(new, now) < self._latest(self._estimate, now):
            self._estimate = new

    @staticmethod
    def _latest(estimate: tuple[int, int], now: int) -> int:
        passed = now - estimate[1]
        return estimate[0] + passed + passed // 1_000 + 1

    def _is_late(self, expiry: int, now: int) -> bool:
        """Whether the sender's clock may have reached `expiry`."""
        return expiry > 0 and (self._estimate is None or self._latest(self._estimate, now) >= expiry)

    def _stream(self, f: Fields) -> tuple[int, Stream | None]:
        """The stream of a frame; None if it is forgotten already."""
        stream = f.number()
        if stream // 2 >= self._opened[stream % 2]:
            raise Violation(Code.WRONG_STATE, f"stream {stream} was never opened")
        return stream, self.streams.get(stream)

    def _datagram(self, f: Fields, now: int) -> None:
        # It may come before its OPEN: then it is ignored.
        stream, count, payload = self.streams.get(f.number()), f.number(), f.rest()
        if stream and stream.kind == Kind.DATAGRAM and stream.incoming \
                and not stream.incoming.ended and stream.reset_code is None:
            stream.datagrams.append((count, payload))
            if len(stream.datagrams) > DATAGRAM_LIMIT:
                stream.datagrams.popleft()
            self.events.append(Readable(stream))

    def _opened_(self, f: Fields, now: int) -> None:
        stream, kind, expiry, name = f.number(), f.number(), f.number(), f.text(NAME_LIMIT)
        theirs = 1 - self.parity
        if stream != self._opened[theirs] * 2 + theirs:
            raise Violation(Code.WRONG_STATE, f"OPEN of {stream} skips a number")
        if kind > Kind.CALL:
            raise Violation(Code.MALFORMED, f"kind {kind}")
        if self._open[theirs] >= self.limits[1]:
            raise Violation(Code.LIMIT, f"more than {self.limits[1]} streams")
        new = Stream(Kind(kind), name, expiry, ours=False)
        new.id = stream
        self._opened[theirs] += 1
        self._open[theirs] += 1
        self.streams[stream] = new
        self.events.append(Opened(new))

    def _message(self, kind: int, f: Fields, now: int) -> None:
        _, stream = self._stream(f)
        expiry = f.number() if kind & 4 else 0
        piece = f.rest()
        flow = self._flow(stream)
        if not stream or not flow:
            return
        if stream.kind == Kind.DATAGRAM:
            raise Violation(Code.WRONG_STATE, "a MESSAGE among datagrams")
        item = flow.partial
        if item and kind & 4:
            raise Violation(Code.MALFORMED, "an expiry behind the first piece of a message")
        if not item:
            item = Arrival(flow.next, expiry=expiry)
            flow.next += 1
            flow.items[item.first] = item
            flow.credit += COST
        item.void = item.void or kind >= 0x48
        if not item.void and flow.discards is None:
            item.payload += piece
        item.cost += len(piece)
        flow.credit += len(piece)
        flow.partial = item if kind & 1 else None
        if flow.credit > self.limits[0] or item.cost - COST > self.limits[2]:
            raise Violation(Code.LIMIT, f"stream {stream.id}: more than the window")
        if kind & 1:
            return
        flow.ended = bool(kind & 2)
        if flow.discards is not None:
            return self._discard(stream, flow, now)
        if stream.kind == Kind.STATE and not item.void:
            state = Fields(bytes(item.payload))
            state.number(), state.bytes(NAME_LIMIT)
        if flow.ended:
            flow.items[flow.next] = last = Arrival(flow.next, 0, event=End())
            last.cost = 0
        self.events.append(Readable(stream))

    def _flow(self, stream: Stream | None) -> Inflow | None:
        """The flow a MESSAGE, GAP or END came for; None if it is of no interest any more."""
        if not stream or stream.reset_code is not None:
            return None
        if not stream.incoming or stream.incoming.ended:
            raise Violation(Code.WRONG_STATE, f"stream {stream.id} has no such flow, or it has ended")
        return stream.incoming

    def _marker(self, stream: Stream | None, numbers: int, event: Gap | End, now: int) -> None:
        flow = self._flow(stream)
        if not stream or not flow:
            return
        if flow.partial:
            raise Violation(Code.WRONG_STATE, "a GAP or END within a message")
        if isinstance(event, Gap):
            if stream.kind == Kind.DATAGRAM:
                raise Violation(Code.WRONG_STATE, "a GAP among datagrams")
            event = event._replace(first=flow.next, last=flow.next + numbers - 1)
        flow.ended = isinstance(event, End)
        flow.items[flow.next] = Arrival(flow.next, numbers, event=event)
        flow.next += numbers
        flow.credit += COST
        if flow.credit > self.limits[0]:
            raise Violation(Code.LIMIT, f"stream {stream.id}: more than the window")
        if flow.discards is not None:
            return self._discard(stream, flow, now)
        self.events.append(Readable(stream))

    def _gap(self, f: Fields, now: int) -> None:
        _, stream = self._stream(f)
        count, cause, where = f.number(), Code.read(f.number()), f.bytes()
        if not 0 < count <= 1 << 32:
            raise Violation(Code.MALFORMED, f"a GAP of {count}")
        self._marker(stream, count, Gap(0, 0, cause, where), now)

    def _ended(self, f: Fields, now: int) -> None:
        _, stream = self._stream(f)
        self._marker(stream, 1, End(Code.read(f.number()), f.bytes()), now)

    def _cancelled(self, f: Fields, now: int) -> None:
        (_, stream), count = self._stream(f), f.number()
        flow = stream.incoming if stream else None
        item = flow.items.get(count) if flow else None
        if flow and item and not item.event and item is not flow.partial:
            item.void = True
            item.payload.clear()

    def _taken_(self, f: Fields, now: int) -> None:
        (stream, known), count = self._stream(f), f.number()
        if known:
            self._settle(known, count)
            self._forget(known)

    def _settle(self, stream: Stream, count: int) -> None:
        flow = stream.outgoing
        complete = flow.current.first if flow and flow.current else flow.next if flow else 0
        if not flow or not flow.settled <= count <= complete:
            raise Violation(Code.MALFORMED, f"stream {stream.id}: {count} taken")
        flow.settled = count
        while flow.unsettled:
            item = next(iter(flow.unsettled.values()))
            if item.first >= count:
                break
            if item.first + item.numbers > count:
                raise Violation(Code.MALFORMED, f"stream {stream.id}: TAKEN ends within a GAP")
            self._settled(stream, item, DELIVERED)

    def _skipped(self, f: Fields, now: int) -> None:
        (_, stream), count, cause = self._stream(f), f.number(), Code.read(f.number())
        if stream:
            item = stream.outgoing.unsettled.get(count) if stream.outgoing else None
            if not isinstance(item, Send) or item.skipped:
                raise Violation(Code.MALFORMED, f"SKIPPED {count}, which is settled or never was")
            item.skipped = True  # its credit comes back with TAKEN
            self._refused += 1
            self._give(item, Receipt(Outcome.NOT_DELIVERED, cause))

    def _settled(self, stream: Stream, item: Send | Marker, receipt: Receipt) -> None:
        """The other end has said what became of a number."""
        flow = stream.outgoing
        assert flow
        del flow.unsettled[item.first]
        flow.credit -= item.cost
        self._ready[stream] = None
        if isinstance(item, Send):
            if receipt is DELIVERED and not item.skipped:
                self._delivered += 1
                self._digest_out += item.hash
            elif not item.skipped:
                self._refused += 1
            self._give(item, receipt)
            flow.busy.discard(item.key)
            if item.key in flow.held:
                flow.queue[item.key] = flow.held.pop(item.key)

    def _reset(self, f: Fields, now: int) -> None:
        (_, stream), code, taken = self._stream(f), Code.read(f.number()), f.number()
        if not stream:
            return
        stream.reset_heard = True
        if stream.outgoing:
            self._settle(stream, taken)
            for item in list(stream.outgoing.unsettled.values()):
                self._settled(stream, item, Receipt(Outcome.NOT_DELIVERED, code))
        elif taken:
            raise Violation(Code.MALFORMED, f"stream {stream.id} has no flow to take from")
        if stream.reset_code is None:
            self.reset(stream, code)
        self._forget(stream)

    def _bye(self, f: Fields, now: int) -> None:
        code, text = Code.read(f.number()), f.text()
        self.bye_heard = True
        if not self.bye_sent:  # answered behind everything that is numbered before it
            self.bye(code)
            for item in self._resend:
                self._head += item.data
            self._write_answers(self._head)
        self._end(code, text, bye=True)

    _handlers: dict[int, Callable[[Core, Fields, int], None]] = {
        4: _ack, 5: _ping, 6: _pong_, 7: _drain, 8: _fault, 9: _datagram, 0x20: _opened_,
        0x21: _taken_, 0x22: _skipped, 0x23: _cancelled, 0x24: _gap, 0x25: _ended, 0x26: _reset,
        0x27: _bye,
    }

    # Writing ----------------------------------------------------------------------------------

    def _number(self, kind: int, *fields: int | bytes, send: Send | None = None, payload: int = 0,
                answer: str = "") -> bytearray:
        """A numbered frame, kept until it is acknowledged."""
        data = bytearray(frame(kind, *fields))
        self.unacked.append(Frame(data, len(data) - payload, send, answer))
        self.unacked_size += len(data)
        self.sent += 1
        return data

    def _write_answers(self, body: bytearray) -> None:
        while self._answers:
            (what, stream, *count), value = self._answers.popitem(last=False)
            if what == "bye":
                self.bye_sent = True
                body += self._number(0x27, value[0], field(value[1].encode()[:TEXT_LIMIT]))
            elif what == "cancel":
                body += self._number(0x23, stream.id, *count)
            elif what == "skipped":
                body += self._number(0x22, stream.id, *count, value,
                                     answer=f"skipped {stream.id} {count[0]}")
            else:
                flow = stream.incoming
                taken = flow.taken if flow else 0
                if flow:
                    flow.told, flow.untold = taken, 0
                if what == "taken":
                    body += self._number(0x21, stream.id, taken, answer=f"taken {stream.id} {taken}")
                else:
                    body += self._number(0x26, stream.id, value, taken,
                                         answer=f"reset {stream.id} {taken}")
                self._forget(stream)

    def _write_opens(self, body: bytearray) -> None:
        while self._opening and self._open[self.parity] < self.peer[1] and not self.ending:
            stream = self._opening.popleft()
            stream.id = self._opened[self.parity] * 2 + self.parity
            self._opened[self.parity] += 1
            self._open[self.parity] += 1
            self.streams[stream.id] = stream
            self._ready[stream] = None
            body += self._number(0x20, stream.id, stream.kind, stream.expiry,
                                 field(stream.name.encode()))

    def _write_datagrams(self, body: bytearray, limit: int) -> None:
        """Those whose OPEN has gone out on this connection; before it they would be ignored."""
        for stream in [s for s in self._shooting if s.id >= 0 and not self._resend]:
            while stream.shots and len(body) < limit:
                send = stream.shots.popleft()
                body += frame(9, stream.id, send.first, send.payload)
                self._give(send, Receipt(Outcome.UNKNOWN, Code.UNACKNOWLEDGED))
            if not stream.shots:
                del self._shooting[stream]

    def _write_messages(self, body: bytearray, limit: int) -> None:
        while self._ready and len(body) < limit and self.unacked_size < UNACKED_LIMIT:
            stream, _ = self._ready.popitem(last=False)
            if self._turn(stream, body):
                self._ready[stream] = None

    def _turn(self, stream: Stream, body: bytearray) -> bool:
        """What one stream may write before the next one's turn; whether it has more."""
        flow, start = stream.outgoing, len(body)
        if not flow or stream.id < 0 or stream.reset_code is not None or self.ending:
            return False
        while not flow.ended:
            used = len(body) - start
            if used > TURN - 64:
                return True
            item = flow.current or self._next(stream, flow)
            if not item:
                return False
            if isinstance(item, Marker):
                flow.ended = item is flow.final
                body += self._number(item.kind, stream.id, *item.fields)
                continue
            head, flags = number(stream.id), 0
            if item.expiry and not item.written:
                head, flags = head + number(item.expiry), 4
            size = min(TURN - used, FRAME_LIMIT + 2) - 3 - len(head)
            piece = b"" if item.void else item.payload[item.written:item.written + size]
            item.written += len(piece)
            if item.written < len(item.payload) and not item.void:
                flow.current, flags = item, flags | 1
            else:
                flow.current, flow.ended = None, item.ends
                flags |= 2 if item.ends else 0
            body += self._number(0x48 + flags if item.void else 0x40 + flags, head, piece,
                                 send=item, payload=len(piece))
        return False

    def _next(self, stream: Stream, flow: Outflow) -> Send | Marker | None:
        """Gives the flow's next message, GAP or END its number, if there is one and credit for it."""
        while flow.queue or (flow.final and not flow.held):
            key, item = next(iter(flow.queue.items()), (None, flow.final))
            payload = getattr(item, "payload", b"")
            if isinstance(item, Send) and stream.kind == Kind.STATE:
                payload = number(item.replaced) + field(item.key) + payload
            if len(payload) <= self.peer[2] and flow.credit + len(payload) + COST > self.peer[0]:
                return None
            if isinstance(item, Send):
                self._unqueue(stream, flow, key)
                if len(payload) > self.peer[2]:
                    self._refuse(item, Code.LIMIT)
                    continue
                item.payload = payload
                item.hash = zlib.crc32(struct.pack(">QQ", stream.id, flow.next) + payload)
                self._sent_count += 1
                if stream.kind == Kind.STATE:
                    flow.busy.add(item.key)
            elif item is not flow.final:
                del flow.queue[key]
            assert item
            item.first = flow.next
            flow.next += item.numbers
            flow.credit += item.cost
            flow.unsettled[item.first] = item
            return item
        return None

    def _unqueue(self, stream: Stream, flow: Outflow, key: Any) -> None:
        item = flow.queue.pop(key)
        flow.size -= len(item.payload)  # type: ignore[union-attr]
        self.events.append(Room(stream))

    def _refuse(self, send: Send, code: int) -> None:
        """It has no number and gets none."""
        if send.ends and send.stream.outgoing:
            send.stream.outgoing.final = Marker(0x25, 1, 0, field(b""))
            self._ready[send.stream] = None
        self._give(send, Receipt(Outcome.NOT_DELIVERED, code))

    def _give(self, send: Send, receipt: Receipt) -> None:
        if send.receipt is None:
            send.receipt = receipt
            self.pending -= 1
            self.events.append(Settled(send))

    def _forget(self, stream: Stream) -> None:
        out, into = stream.outgoing, stream.incoming
        is_done = (not out or out.ended and out.settled == out.next) and (
            not into or into.finished and into.told == into.next)
        if stream.reset_heard or is_done:
            if self.streams.pop(stream.id, None):
                self._open[stream.id % 2] -= 1
            if not stream.reset_heard:  # which is always answered
                self._answers.pop(("reset", stream), None)

    def _end(self, code: int, text: str, bye: bool = False) -> None:
        if self.state == "ended":
            return
        self.state, self.closes = "ended", True
        for stream in [*self.streams.values(), *self._opening]:
            for item in list(stream.outgoing.unsettled.values()) if stream.outgoing else []:
                if bye:
                    self._settled(stream, item, Receipt(Outcome.NOT_DELIVERED, code))
                elif isinstance(item, Send):
                    self._give(item, Receipt(Outcome.UNKNOWN, code))
            self._drop(stream, code)
        self.events.append(Ended(code, text))

    def _drop(self, stream: Stream, code: int) -> None:
        """Nothing more comes or goes: gives receipts to what has no number."""
        flow = stream.outgoing
        for send in [*flow.queue.values(), *flow.held.values()] if flow else []:
            if isinstance(send, Send):
                self._give(send, Receipt(Outcome.NOT_DELIVERED, code))
        if flow:
            flow.queue.clear()
            flow.held.clear()
            flow.size = 0
            while stream.shots:
                self._give(stream.shots.popleft(), Receipt(Outcome.NOT_DELIVERED, Code.DROPPED))
            self.events.append(Room(stream))
        if stream.incoming:
            stream.incoming.items.clear()
        stream.datagrams.clear()
        self._lazy.pop(stream, None)
        stream.over = stream.over or End(code)
        self.events.append(Readable(stream))

    # The application ---------------------------------------------------------------------------

    def open(self, kind: Kind, name: str, expiry: int = 0) -> Stream:
        """Opens a stream; for a call, `expiry` is its deadline."""
        if len(name.encode()) > NAME_LIMIT:
            raise ValueError(f"a name may have {NAME_LIMIT} bytes")
        if self.state == "ended" or self.ending:
            raise SessionEnded(Code.CLOSED, "no stream can be opened any more")
        stream = Stream(kind, name, expiry, ours=True)
        self._opening.append(stream)
        self._expire(stream, expiry)
        if self._lazy:  # what they tell may be the room this stream waits for
            self._lazy_due, self._lazy_owed = 0, True
        return stream

    def send(self, stream: Stream, payload: bytes, expiry: int = 0, *, ends: bool = False,
             key: bytes = b"") -> Send:
        """Queues a message. What cannot be sent any more has its receipt at once."""
        flow = stream.outgoing
        if not flow or flow.finished:
            raise ValueError("this stream has no flow to send into, or it has ended")
        if len(key) > NAME_LIMIT or len(payload) > (
                FRAME_LIMIT - 17 if stream.kind == Kind.DATAGRAM else self.peer[2]):
            raise ValueError(f"{len(payload):,} bytes, or {len(key)} of the key: more than allowed")
        if ends and (stream.kind != Kind.CALL or stream.is_answered):  # the END comes behind all
            self.end(stream)
            ends = False
        send = Send(stream, bytes(payload), expiry, ends, key)
        flow.finished = flow.finished or ends
        self.pending += 1
        if stream.over or self.ending or stream.is_answered:
            self._give(send, Receipt(Outcome.NOT_DELIVERED, (stream.over or End(Code.CLOSED)).status))
        elif stream.kind == Kind.DATAGRAM:
            send.first, stream.datagram = stream.datagram, stream.datagram + 1
            stream.shots.append(send)
            self._shooting[stream] = None
            if len(stream.shots) > DATAGRAM_LIMIT or self.state != "attached":
                self._give(stream.shots.popleft(), Receipt(Outcome.NOT_DELIVERED, Code.DROPPED))
        else:
            place, mark = flow.queue, key if stream.kind == Kind.STATE else send
            if key in flow.busy:
                place = flow.held  # type: ignore[assignment]
            elder = place.get(mark) if stream.kind == Kind.STATE else None
            if isinstance(elder, Send):
                send.replaced = elder.replaced + 1
                flow.size -= len(elder.payload)
                self._give(elder, Receipt(Outcome.NOT_DELIVERED, Code.SUPERSEDED))
            place[mark] = send
            flow.size += len(payload)
            self._ready[stream] = None
            self._expire(send, expiry)
        return send

    def end(self, stream: Stream, status: int = 0, detail: bytes = b"") -> None:
        """Ends our flow behind what is queued."""
        flow = stream.outgoing
        if flow and not flow.finished:
            flow.finished, flow.final = True, Marker(0x25, 1, status, field(detail[:TEXT_LIMIT]))
            self._ready[stream] = None

    def reset(self, stream: Stream, code: int = Code.CANCELLED) -> None:
        """Ends both flows at once."""
        if stream.over or stream.reset_code is not None or self.state == "ended" or self.ending:
            return
        stream.reset_code = code
        if stream.id < 0:
            self._opening.remove(stream)
        elif stream.id in self.streams:
            self._answers.pop(("taken", stream), None)  # RESET says it
            self._answers["reset", stream] = code
        else:
            return
        for item in stream.outgoing.unsettled.values() if stream.outgoing else []:
            if code == Code.DEADLINE and isinstance(item, Send):
                self._give(item, Receipt(Outcome.UNKNOWN, code))
        self._drop(stream, code)

    def withdraw(self, send: Send, code: Code = Code.CANCELLED) -> None:
        """Cancels a message, or acts upon its deadline (§6, Withdrawing)."""
        stream, flow = send.stream, send.stream.outgoing
        if send.receipt or not flow or stream.kind == Kind.DATAGRAM:
            return
        if send.first < 0:
            mark = send.key if stream.kind == Kind.STATE else send
            if flow.held.get(send.key) is send:
                del flow.held[send.key]
                flow.size -= len(send.payload)
            else:
                self._unqueue(stream, flow, mark)
            return self._refuse(send, code)
        if not send.void and send.first in flow.unsettled:
            send.void = True
            if flow.current is not send:
                self._answers["cancel", stream, send.first] = None
            self._ready[stream] = None
        if code == Code.DEADLINE:
            self._give(send, Receipt(Outcome.UNKNOWN, code))

    def _expire(self, what: Send | Stream, expiry: int) -> None:
        if expiry:
            self._serial += 1
            heapq.heappush(self._expiries, (expiry, self._serial, what))

    def take(self, stream: Stream, now: int) -> Message | Gap | End | None:
        """Gives the application what comes next, and tells the other end that it was taken."""
        flow = stream.incoming
        if not flow or stream.over or self.ending:
            return None
        if stream.datagrams:
            count, payload = stream.datagrams[0]
            if count > stream.datagram:
                gap = Gap(stream.datagram, count - 1, Code.DROPPED)
                stream.datagram = count
                return gap
            stream.datagrams.popleft()
            if count < stream.datagram:
                return self.take(stream, now)
            stream.datagram = count + 1
            return Message(payload, count)
        item = next(iter(flow.items.values()), None)
        if not item or item is flow.partial:
            return None
        if not stream.ours and self._is_late(stream.expiry, now):
            self.reset(stream, Code.DEADLINE)
            return None
        flow.items.popitem(last=False)
        event: Message | Gap | End | None = item.event
        cause = Code.CANCELLED if item.void else Code.DEADLINE
        if not event and (item.void or self._is_late(item.expiry, now)):
            event = Gap(item.first, item.first, cause)
            self._skip(stream, item, cause)
        self._pass(stream, flow, item, now)
        return event or self._message_of(stream, item)

    def _skip(self, stream: Stream, item: Arrival, cause: int) -> None:
        """Says that a message was not taken."""
        self._answers.pop(("taken", stream), None)  # it must come behind SKIPPED
        self._answers["skipped", stream, item.first] = cause

    def _pass(self, stream: Stream, flow: Inflow, item: Arrival, now: int) -> None:
        """Its place in the flow is settled."""
        flow.credit -= item.cost
        flow.untold += item.cost
        flow.taken = item.first + item.numbers
        flow.finished = flow.ended and flow.taken == flow.next
        if item.numbers:
            self._tell(stream, flow, now)

    def discard(self, stream: Stream, now: int, cause: int = Code.CLOSED) -> None:
        """A callee that has ended its answers takes no more of the request: what came of it and what
        still comes is passed over, so that its caller does not wait, and hears that it was not taken (§6)."""
        flow = stream.incoming
        if stream.ours or stream.kind != Kind.CALL or not flow or flow.finished or stream.over or self.ending \
                or not stream.outgoing or not stream.outgoing.finished or flow.discards is not None:
            return
        flow.discards = cause
        if flow.partial:
            flow.partial.payload.clear()
        self._discard(stream, flow, now)

    def _discard(self, stream: Stream, flow: Inflow, now: int) -> None:
        assert flow.discards is not None
        while (item := next(iter(flow.items.values()), None)) and item is not flow.partial:
            flow.items.popitem(last=False)
            if not item.event:
                self._skip(stream, item, Code.CANCELLED if item.void else flow.discards)
            self._pass(stream, flow, item, now)

    def _message_of(self, stream: Stream, item: Arrival) -> Message:
        payload = bytes(item.payload)
        self._taken += 1
        self._digest_in += zlib.crc32(struct.pack(">QQ", stream.id, item.first) + payload)
        if stream.kind != Kind.STATE:
            return Message(payload, item.first)
        fields = Fields(payload)
        skipped, key = fields.number(), fields.bytes(NAME_LIMIT)
        return Message(fields.rest(), item.first, key, skipped)

    def _tell(self, stream: Stream, flow: Inflow, now: int) -> None:
        """TAKEN goes out at once, but for calls, where it waits a little for company (§6)."""
        half = flow.untold >= self.limits[0] // 2 or self._opening \
            or len(self._lazy) >= min(self.limits[1], self.peer[1]) // 2
        if stream.kind != Kind.CALL or half or ("taken", stream) in self._answers:
            self._lazy.pop(stream, None)
            self._answers["taken", stream] = None
        elif stream not in self._lazy:
            if not self._lazy:
                self._lazy_due, self._lazy_owed = now + ACK_DELAY, False
            self._lazy[stream] = None

    def bye(self, code: int = Code.CLOSED, text: str = "") -> None:
        """Ends the session in good order. What is not settled when it has ended is not delivered."""
        if self.ending or self.state == "ended":
            return
        if not self.begun:
            return self._end(code, text)
        self._answers.update({("taken", s): None for s in self._lazy})
        self.ending = (code, text)
        for stream in [*self.streams.values(), *self._opening]:
            self._drop(stream, code)
        self._answers["bye", None] = self.ending

    def abandon(self, code: int, text: str) -> None:
        """Ends the session at this end alone."""
        self._end(code, text)

    def ledger(self) -> str:
        """What this end can swear to (§12)."""
        answers = [item.answer for item in self.unacked if item.answer]
        for (what, stream, *count), _ in [*self._answers.items(), *((("taken", s), 0) for s in self._lazy)]:
            if what in ("taken", "reset"):
                count = [stream.incoming.taken if stream.incoming else 0]
            if what in ("taken", "reset", "skipped"):
                answers.append(f"{what} {stream.id} {count[0]}")
        return "\n".join([
            "switchboard-ledger 1",
            f"session {self.session.hex()} client",
            f"sent {self._sent_count} delivered {self._delivered} refused {self._refused}"
            f" digest {self._digest_out % 2**32:08x}",
            f"taken {self._taken} digest {self._digest_in % 2**32:08x}",
            *(f"unsettled {s.id} {i.first} {i.hash:08x}" for s in self.streams.values() if s.outgoing
              for i in s.outgoing.unsettled.values() if isinstance(i, Send) and not i.skipped),
            *(f"answer {line}" for line in answers), "end\n",
        ])


# Transports (§1) --------------------------------------------------------------------------------

def clock() -> int:
    """µs of a clock that goes on while the machine sleeps, where there is one."""
    kind = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(kind) // 1_000


class Transport:
    """Bytes both ways, in order: TCP, TLS or a Unix socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader, self.writer = reader, writer
        self.confirmed = 0
        writer.transport.set_write_buffer_limits(HANDOVER)
        self.socket: socket.socket = writer.get_extra_info("socket")
        self.is_tcp = self.socket.family in (socket.AF_INET, socket.AF_INET6)
        if self.is_tcp and sys.platform == "linux":
            self.socket.setsockopt(socket.IPPROTO_TCP, 25, HANDOVER)  # TCP_NOTSENT_LOWAT
            self.set_timeout(UNANSWERED_LIMIT // 1_000)

    def set_timeout(self, milliseconds: int) -> None:
        """After which the kernel gives up by itself (§4)."""
        if self.is_tcp and sys.platform == "linux":
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)

    def has_progressed(self) -> bool:
        """Whether the other system acknowledged bytes since the last question (§4)."""
        if not self.is_tcp or sys.platform != "linux" or self.writer.is_closing():
            return False
        info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 128)
        if len(info) < 128:
            return False
        before, self.confirmed = self.confirmed, int.from_bytes(info[120:128], sys.byteorder)
        return self.confirmed > before  # tcpi_bytes_acked

    async def read(self) -> bytes:
        return await self.reader.read(HANDOVER)

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def abort(self) -> None:
        self.writer.transport.abort()


class WebSocket(Transport):
    """The payloads of binary messages (RFC 6455)."""

    left = 0  # of the message's frame that is being read

    async def greet(self, host: str, path: str) -> None:
        """The handshake (RFC 6455 §4.1)."""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:])}
        magic = f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()
        expected = base64.b64encode(hashlib.sha1(magic).digest()).decode()
        if " 101 " not in head[0] or fields.get("sec-websocket-accept") != expected:
            raise ConnectionError(f"no WebSocket: {head[0]}")

    async def read(self) -> bytes:
        while not self.left:
            kind, size = await self.reader.readexactly(2)
            if size > 125:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8))
            if kind & 15 == 1:
                raise Violation(Code.MALFORMED, "a text message")
            if kind & 15 < 3:
                self.left = size
            else:
                payload = await self.reader.readexactly(min(size, 125))
                if kind & 15 == 8:
                    return b""
                if kind & 15 == 9:
                    await self._write(0x8a, payload)
        data = await self.reader.read(min(self.left, HANDOVER))
        self.left -= len(data)
        return data

    async def write(self, data: bytes) -> None:
        await self._write(0x82, data)

    async def _write(self, kind: int, data: bytes) -> None:
        size = len(data)
        head = struct.pack(">BB", kind, 128 | size) if size < 126 \
            else struct.pack(">BBH", kind, 254, size) if size < 65_536 \
            else struct.pack(">BBQ", kind, 255, size)
        mask = secrets.token_bytes(4)
        whole = int.from_bytes(mask * (size // 4 + 1)) >> (8 * (4 - size % 4))
        await super().write(head + mask + (int.from_bytes(data) ^ whole).to_bytes(size))


def parse(endpoint: str) -> tuple[str, str, int, str]:
    """`host:port`, `tcp://`, `tls://`, `ws://host/path`, `wss://`, `unix:/path`, `unix:@abstract`, as
    scheme, host, port and path."""
    if endpoint.startswith("unix:"):
        path = endpoint[5:].removeprefix("//")
        return "unix", "", 0, "\0" + path[1:] if path[:1] == "@" else path
    url = urllib.parse.urlsplit(endpoint if "://" in endpoint else f"tcp://{endpoint}")
    port = url.port or {"ws": 80, "wss": 443}.get(url.scheme)
    if url.scheme not in ("tcp", "tls", "ws", "wss") or not url.hostname or not port:
        raise ValueError(f"no endpoint: {endpoint}")
    return url.scheme, url.hostname, port, (url.path or "/") + (f"?{url.query}" if url.query else "")


async def dial(endpoint: str, tls: ssl.SSLContext | None) -> Transport:
    """A transport to an endpoint."""
    scheme, host, port, path = parse(endpoint)
    if scheme == "unix":
        return Transport(*await asyncio.open_unix_connection(path))
    context = (tls or ssl.create_default_context()) if scheme in ("tls", "wss") else None
    streams = await asyncio.open_connection(host, port, ssl=context)
    if scheme in ("tcp", "tls"):
        return Transport(*streams)
    web = WebSocket(*streams)
    await web.greet(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", path)
    return web


# The session ------------------------------------------------------------------------------------

async def connect(*endpoints: str, timeout: float = 30, **options: Any) -> Session:
    """A session with the first of `endpoints` that answers; `options` are those of `Session`.

    Raises `SessionEnded` when the server refuses, `TimeoutError` when nobody answers in time.
    """
    session = Session(*endpoints, **options)
    session._runner = asyncio.create_task(session._run())
    try:
        async with asyncio.timeout(timeout):
            await asyncio.shield(session._first)
    except BaseException as error:
        await session._stop()
        if isinstance(error, TimeoutError) and session.failure:
            raise TimeoutError(f"{timeout} s: {session.failure}") from session.failure
        raise
    return session


class Session:
    """A session over connections that come and go. Made by `connect`; belongs to one event loop."""

    def __init__(self, *endpoints: str, credentials: bytes = b"", tls: ssl.SSLContext | None = None,
                 ledger: str | os.PathLike[str] | None = None,
                 on_change: Callable[[str], None] | None = None, core: Core | None = None):
        """`ledger`: the file for the ledger, written at the end. `on_change` hears "attached",
        "resumed", "detached" and "ended"."""
        self.core = core or Core(secrets.token_bytes(16), secrets.token_bytes(16), credentials)
        self.endpoints = list(endpoints)
        self._secure = all(parse(e)[0] not in ("tcp", "ws") for e in endpoints)
        self.tls, self.ledger_path, self.on_change = tls, ledger, on_change
        self.failure: Exception | None = None   # why there is no connection
        self.ended: asyncio.Future[SessionEnded] = asyncio.get_running_loop().create_future()
        self._first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._handlers: dict[str, Callable[[Channel], Awaitable[None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None
        self._kick, self._idle = asyncio.Event(), asyncio.Event()
        self._transport: Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0                # when it fires, µs
        self._pause = 0.0            # before the next attempt
        self._attempt = 0
        self._leaving = False

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def is_attached(self) -> bool:
        """Whether there is a connection right now."""
        return self.core.state == "attached"

    async def close(self, code: int = Code.CLOSED, text: str = "", timeout: float = 5) -> None:
        """Ends the session in good order: waits for the receipts of what was sent, then for the other
        end's goodbye; for each `timeout` seconds at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.core.pending and not self.ended.done():
                    self._idle.clear()
                    await self._idle.wait()
        self.core.bye(code, text)
        self._step()
        if self._runner:
            await asyncio.wait([self._runner], timeout=timeout)
        await self._stop()

    async def _stop(self) -> None:
        self.core.abandon(Code.CANCELLED, "closed")
        self._step()
        tasks = [*self._tasks, *([self._runner] if self._runner else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.ledger_path and self.core.begun:
            Path(self.ledger_path).write_text(self.core.ledger(), "ascii")

    def ledger(self) -> str:
        """What this end can swear to, in the form that `sock verify` reads (§12)."""
        return self.core.ledger()

    # Streams

    def open(self, kind: Kind, name: str, timeout: float | None = None) -> Channel:
        """Opens a stream of any kind; `timeout` is the deadline of a call."""
        stream = self.core.open(kind, name, _expiry(timeout))
        self._step()
        return Channel(self, stream)

    def log(self, name: str) -> Channel:
        """Every message, in order, once."""
        return self.open(Kind.LOG, name)

    def state(self, name: str) -> Channel:
        """The latest value of each key: `send(value, key=b"…")`."""
        return self.open(Kind.STATE, name)

    def datagrams(self, name: str) -> Channel:
        """Best effort, never behind anything else."""
        return self.open(Kind.DATAGRAM, name)

    def handle(self, name: str, handler: Callable[[Channel], Awaitable[None]]) -> None:
        """Runs `handler` for each stream of this name that the other end opens, of whatever kind."""
        self._handlers[name] = handler

    def answer(self, name: str, function: Callable[[bytes], Awaitable[bytes]]) -> None:
        """Answers the one-shot calls of this name. `CallFailed` becomes the call's outcome."""
        async def handler(channel: Channel) -> None:
            async for request in channel:
                if isinstance(request, Message):
                    await channel.post(await function(request.payload), end=True)
        self.handle(name, handler)

    async def call(self, name: str, request: bytes = b"", timeout: float | None = None) -> bytes:
        """One request, one answer. Raises `CallFailed`; its `receipt` says whether the call ran.
        Cancelling the task cancels the call."""
        async with self.open(Kind.CALL, name, timeout) as channel:
            sent = await channel.post(request, end=True)
            try:
                answer = await anext(channel, None)
                if isinstance(answer, Gap):
                    raise CallFailed(answer.cause, b"the answer is missing")
                if not answer or await anext(channel, None):
                    raise CallFailed(Code.FAILED, b"not one answer")
                return answer.payload
            except CallFailed as failure:
                failure.receipt = sent.send.receipt or Receipt(Outcome.UNKNOWN, failure.code)
                raise CallFailed(failure.code, failure.detail, failure.receipt) from None

    # Topics (§10)

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False,
                      timeout: float | None = None) -> tuple[int, int]:
        """Adds an entry to a topic; its epoch and offset."""
        request = field(topic.encode()) + number(retain) + payload
        fields = Fields(await self.call("$publish", request, timeout))
        return fields.number(), fields.number()

    async def subscribe(self, topic: str, *, last: int | None = None, offset: int | None = None,
                        epoch: int = 0) -> AsyncIterator[Entry | Gap | Subscribers | TopicStart]:
        """A topic from now on, with its `last` entries, or from an `offset` of an `epoch` on."""
        how = (2, last) if last is not None else (1, offset) if offset is not None else (0, 0)
        request = field(topic.encode()) + number(how[0]) + number(how[1]) + number(epoch)
        async with self.open(Kind.CALL, "$subscribe") as channel:
            await channel.post(request, end=True)
            async for event in channel:
                yield event if isinstance(event, Gap) else _topic_event(event.payload)

    # Files (§11)

    async def put(self, path: str | bytes | os.PathLike[str], name: str | bytes | None = None,
                  progress: Callable[[int, int], None] | None = None) -> None:
        """Sends a file, its permissions and its time; what the other end already has of this content is
        not sent again. Names are bytes: those that are not UTF-8 may be given so."""
        with open(path, "rb") as file:
            digest = await asyncio.to_thread(hashlib.file_digest, file, "sha256")
            size, status = file.tell(), os.fstat(file.fileno())
            async with self.open(Kind.CALL, "$put") as channel:
                await channel.post(field(file_name(name or os.path.basename(path))) + number(size)
                                   + digest.digest() + number(status.st_mode & 0o777)
                                   + number(min(max(0, status.st_mtime_ns), (1 << 62) - 1)))
                answer = await anext(channel)
                if not isinstance(answer, Message):
                    raise CallFailed(Code.FAILED, b"no offset came")
                done = file.seek(Fields(answer.payload).number())
                while not channel.has_news and (chunk := file.read(HANDOVER)):
                    await channel.post(chunk)
                    done += len(chunk)
                    if progress:
                        progress(done, size)
                channel.finish()
                async for _ in channel:
                    pass

    async def get(self, name: str | bytes, path: str | os.PathLike[str],
                  progress: Callable[[int, int], None] | None = None) -> None:
        """Fetches a file. Until it is complete and its hash is right it is `.NAME.switchboard-part` beside
        `path`, for its owner alone, from which a later `get` goes on. A link stays, and what it leads to is
        replaced; a file that is replaced keeps its mode; what is no file is left alone."""
        target = os.path.realpath(os.fspath(path))
        try:
            mode = os.stat(target).st_mode
        except FileNotFoundError:
            mask = os.umask(0o077)
            os.umask(mask)
            mode = stat.S_IFREG | 0o666 & ~mask
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not a regular file", target)
        folder, base = os.path.split(target)
        part = Path(folder, f".{base}.switchboard-part")
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(part, flags, 0o600), "a+b") as file:
            async with self.open(Kind.CALL, "$get") as channel:
                done = file.tell()
                await channel.post(field(file_name(name)) + number(done), end=True)
                size, expected = -1, b""
                async for event in channel:
                    if isinstance(event, Gap):
                        raise CallFailed(event.cause, b"a part is missing")
                    if not expected:
                        fields = Fields(event.payload)
                        size, expected = fields.number(), fields.rest_of(32)
                        continue
                    done += file.write(event.payload)
                    if progress:
                        progress(done, size)
            file.seek(0)
            digest = await asyncio.to_thread(hashlib.file_digest, file, "sha256")
        if not hmac.compare_digest(digest.digest(), expected) or done != size:
            part.unlink()  # of another content: the next attempt begins anew
            raise CallFailed(Code.FAILED, f"{name} is not what it was: try again")
        part.chmod(stat.S_IMODE(mode) & 0o777)
        part.replace(target)

    # Driving

    async def _run(self) -> None:
        try:
            while self.core.state != "ended":
                await asyncio.sleep(self._pause)
                endpoint = self.endpoints[self._attempt % len(self.endpoints)]
                self._attempt += 1
                self._pause = random.uniform(0, min(30, 0.25 * 2 ** min(self._attempt, 10)))
                try:
                    async with asyncio.timeout(UNANSWERED_LIMIT / 1e6):
                        self._transport = await dial(endpoint, self.tls)
                except (OSError, EOFError, asyncio.LimitOverrunError) as error:
                    self.failure = error
                    logger.info("%s: %s", endpoint, error)
                    continue
                await self._converse(self._transport)
        except Exception as error:
            self.failure = error
            self.core.abandon(Code.FAILED, repr(error))
            raise
        finally:
            self._step()

    async def _converse(self, transport: Transport) -> None:
        """One connection, to its end."""
        self._leaving = False
        self.core.connect(clock())
        reader = asyncio.create_task(self._read(transport))
        try:
            while True:
                while data := self.core.output(clock()):
                    self._step()
                    await transport.write(data)
                self._step()
                if self.core.closes or self._leaving or reader.done():
                    break
                self._kick.clear()
                await self._kick.wait()
        except (OSError, EOFError) as error:
            self.failure = error
        finally:
            reader.cancel()
            if self.core.closes or self._leaving:  # what was written goes out
                transport.writer.close()
                await asyncio.wait([asyncio.ensure_future(transport.writer.wait_closed())], timeout=1)
            transport.abort()
            self._transport = None
            was_attached = self.is_attached
            self.core.lost()
            self._step()
            if was_attached:
                self._changed("detached")

    async def _read(self, transport: Transport) -> None:
        try:
            while data := await transport.read():
                self.core.receive(data, clock())
                self._step()
        except Violation as violation:
            self.core.fault(violation)
        except (OSError, EOFError) as error:
            self.failure = error
        finally:
            if not self.core.closes:  # writing would only wait
                transport.abort()
            self._kick.set()

    def _tick(self) -> None:
        """The core's deadline, or a look at what TCP says while a question is not answered."""
        now = clock()
        if self._transport and self._transport.has_progressed() and self.core.unanswered:
            self.core.alive(now)
        if now > self._due + 1_000_000:  # the loop was blocked: first what has come meanwhile
            self.core.alive(now - self.core.patience + 1_000_000)
        self.core.advance(now)
        self._step()

    def _step(self) -> None:
        """Hands out the events, and sees to what the core wants next."""
        while self.core.events:
            self._handle(self.core.events.popleft())
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if (due := self.core.deadline()) is not None:
            now = clock()
            self._due = max(now, min(due, now + 1_000_000) if self.core.unanswered else due)
            self._timer = asyncio.get_running_loop().call_later((self._due - now) / 1e6, self._tick)
        self._kick.set()

    def _handle(self, event: Any) -> None:
        match event:
            case Settled(send):
                if send.waiter and not send.waiter.done():
                    send.waiter.set_result(send.receipt)
                self._idle.set()
            case Readable(stream) | Room(stream):
                if stream.user:
                    stream.user.wake()
            case Opened(stream):
                task = asyncio.create_task(self._serve(Channel(self, stream)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
                stream.user.task = task
            case Attached(resumed):
                self._attempt, self._pause = 0, self.core.slot / 1e3
                if self._transport:
                    self._transport.set_timeout(self.core.heartbeat + self.core.silence)
                if not self._first.done():
                    self._first.set_result(None)
                self._changed("resumed" if resumed else "attached")
            case Refused(code, retry_after, text):
                self.failure = SessionEnded(code, text)
                self._pause = max(self._pause, retry_after / 1e3)
                if code == Code.REFUSED and not self.core.begun:
                    self.core.abandon(code, text)
            case Draining(delay, _, endpoint):
                if self._may_follow(endpoint):  # the first to try from now on
                    self.endpoints = [endpoint, *(e for e in self.endpoints if e != endpoint)]
                self._pause, self._leaving = delay / 1e3, True
            case Silent():
                self.failure = TimeoutError("no sign of life")
                if self._transport:
                    self._transport.abort()
            case Ended(code, text):
                error = SessionEnded(code, text)
                if not self._first.done():
                    self._first.set_exception(error)
                    self._first.exception()  # seen, should nobody wait for it any more
                if not self.ended.done():
                    self.ended.set_result(error)
                self._idle.set()
                self._changed("ended")

    def _may_follow(self, endpoint: str) -> bool:
        """Whether a server may send us there: never from encryption to plain text."""
        try:
            return bool(endpoint) and not (self._secure and parse(endpoint)[0] in ("tcp", "ws"))
        except ValueError:
            return False

    def _changed(self, what: str) -> None:
        logger.info("session %s: %s", self.core.session.hex()[:8], what)
        if self.on_change:
            self.on_change(what)

    async def _serve(self, channel: Channel) -> None:
        handler = self._handlers.get(channel.name)
        if not handler:
            return channel.reset(Code.UNKNOWN_NAME)
        try:
            if channel.kind == Kind.CALL:  # runs when the first message is taken, not before (§5)
                first = await channel.receive()
                if isinstance(first, Gap):
                    return channel.reset(first.cause)
                channel.returned = first
            await handler(channel)
            channel.finish()
        except CallFailed as failure:
            channel.finish(failure.code, failure.detail)
        except asyncio.CancelledError:
            channel.reset()
            raise
        except Exception:  # what goes wrong inside is not told
            logger.exception("the handler of %s failed", channel.name)
            channel.finish(Code.FAILED)
        if channel.kind != Kind.CALL and not channel.stream.is_complete:
            return channel.reset()
        self.core.discard(channel.stream, clock())
        self._step()


def _expiry(timeout: float | None) -> int:
    return 0 if timeout is None else clock() + max(1, int(timeout * 1e6))


class Pending:
    """A message that is queued; awaiting it gives its `Receipt`."""

    def __init__(self, session: Session, send: Send):
        self.session, self.send = session, send

    def __await__(self) -> Any:
        if self.send.receipt is None and self.send.waiter is None:
            self.send.waiter = asyncio.get_running_loop().create_future()
        return (asyncio.shield(self.send.waiter) if self.send.receipt is None
                else asyncio.sleep(0, self.send.receipt)).__await__()

    def cancel(self) -> None:
        """Withdraws it if it can be. The receipt says whether it could."""
        self.session.core.withdraw(self.send)
        self.session._step()


class Channel:
    """One stream. Iterating it gives its messages and gaps, to its end."""

    def __init__(self, session: Session, stream: Stream):
        self.session, self.stream, stream.user = session, stream, self
        self.name, self.kind = stream.name, stream.kind
        self.task: asyncio.Task[None] | None = None   # of the handler
        self.returned: Message | End | None = None    # taken already
        self._woken = asyncio.Event()
        self._served = 0

    async def __aenter__(self) -> Channel:
        return self

    async def __aexit__(self, kind: type | None, *_: object) -> None:
        if self.stream.is_complete:
            return
        if self.kind == Kind.CALL or kind:
            self.reset()
        else:
            self.finish()

    async def send(self, payload: bytes, *, key: bytes = b"", timeout: float | None = None,
                   end: bool = False) -> Receipt:
        """Sends a message and waits for its receipt. Cancelled, it withdraws the message."""
        pending = await self.post(payload, key=key, timeout=timeout, end=end)
        try:
            return await pending
        except asyncio.CancelledError:
            pending.cancel()
            raise

    async def post(self, payload: bytes, *, key: bytes = b"", timeout: float | None = None,
                   end: bool = False) -> Pending:
        """Queues a message, when there is room. A wait for room does not prolong `timeout`. When the other
        end has ended a call of ours, nothing more is sent: the receipt says *not delivered* at once, and
        what it said is there to be received."""
        expiry, flow = _expiry(timeout), self.stream.outgoing
        while flow and not self.stream.over and not self.stream.is_answered and key not in flow.queue and (
                flow.waiting >= QUEUE_COUNT_LIMIT or flow.size + len(payload) > QUEUE_SIZE_LIMIT):
            self._woken.clear()
            if not await self._wait(expiry):
                break
        pending = Pending(self.session, self.session.core.send(self.stream, payload, expiry, ends=end,
                                                               key=key))
        self.session._step()
        return pending

    async def _wait(self, expiry: int = 0) -> bool:
        """Until the stream has changed; False if `expiry` came first."""
        try:
            async with asyncio.timeout(max(0, expiry - clock()) / 1e6 if expiry else None):
                await self._woken.wait()
            return True
        except TimeoutError:
            return False

    @property
    def has_news(self) -> bool:
        """Whether something can be received at once, or the stream is over."""
        flow = self.stream.incoming
        return bool(self.returned or self.stream.over or self.stream.datagrams or flow and (
            flow.finished or flow.items and next(iter(flow.items.values())) is not flow.partial))

    def finish(self, status: int = 0, detail: bytes = b"") -> None:
        """Ends our flow behind what was sent; a call's callee says its outcome with `status`."""
        self.session.core.end(self.stream, status, detail)
        self.session._step()

    def reset(self, code: int = Code.CANCELLED) -> None:
        """Ends both flows at once. What was sent and is not taken is not delivered."""
        self.session.core.reset(self.stream, code)
        self.session._step()

    async def receive(self) -> Message | Gap | End:
        """The next event. Raises `CallFailed` when the stream was reset or the session has ended."""
        if self.returned:
            event, self.returned = self.returned, None
            return event
        self._served += 1
        if self._served % 64 == 0:  # a full stream must not keep the loop from the others
            await asyncio.sleep(0)
        while True:
            event = self.session.core.take(self.stream, clock())
            if event:
                self.session._step()
                return event
            if self.stream.over:
                raise CallFailed(self.stream.over.status, self.stream.over.detail)
            if self.stream.incoming and self.stream.incoming.finished or not self.stream.incoming:
                return End()
            if self.stream.incoming.discards is not None:
                raise CallFailed(Code.CLOSED, b"the handler has returned")
            self._woken.clear()
            self.session._step()
            await self._woken.wait()

    def __aiter__(self) -> Channel:
        return self

    async def __anext__(self) -> Message | Gap:
        event = await self.receive()
        if not isinstance(event, End):
            return event
        if event.status:
            raise CallFailed(event.status, event.detail)
        raise StopAsyncIteration

    def wake(self) -> None:
        """The session's: there may be something to take, room to send, or the end."""
        self._woken.set()
        if self.task and (self.stream.reset_heard or self.session.core.state == "ended"):
            self.task.cancel()


class TopicStart(NamedTuple):
    """Where a topic stands: the first answer, and again when its offsets begin anew."""

    epoch: int
    next_offset: int


class Entry(NamedTuple):
    """An entry of a topic; `retained`: the kept value, which comes before the first entry."""

    offset: int
    payload: bytes
    retained: bool = False


class Subscribers(NamedTuple):
    """How many subscribe to the topic now."""

    count: int


def _topic_event(payload: bytes) -> Entry | Subscribers | TopicStart:
    fields = Fields(payload)
    kind, value = fields.number(), fields.number()
    if kind == 0:
        return TopicStart(value, fields.number())
    return Subscribers(value) if kind == 3 else Entry(value, fields.rest(), retained=kind == 2)


# The command ------------------------------------------------------------------------------------

async def _main(arguments: list[str]) -> int:
    command, endpoint, *rest = arguments
    async with await connect(endpoint) as session:
        try:
            if command == "call":
                answer = await session.call(rest[0], " ".join(rest[1:]).encode(), timeout=30)
                print(answer.decode(errors="replace"))
            elif command == "publish":
                print(*await session.publish(rest[0], " ".join(rest[1:]).encode(), timeout=30))
            elif command == "subscribe":
                offset = int(rest[1]) if rest[1:] else None
                async for event in session.subscribe(rest[0], offset=offset):
                    print(event, flush=True)
            else:
                for path in rest:
                    await session.put(path)
                    print(path)
        except CallFailed as failure:
            print(f"{command}: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("call", "publish", "subscribe", "send"):
        sys.exit("usage: switchboard.py call ENDPOINT METHOD [REQUEST] | publish ENDPOINT TOPIC [VALUE]"
                 " | subscribe ENDPOINT TOPIC [OFFSET] | send ENDPOINT PATH…")
    try:
        sys.exit(asyncio.run(_main(sys.argv[1:])))
    except (OSError, SessionEnded, ValueError) as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    except KeyboardInterrupt:
        pass
