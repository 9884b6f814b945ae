"""Tests of switchboard.py: `python3 -m unittest` in this folder. Nothing but the standard library.

The examples are those of docs/session-protocol.md §13. `ServerCore` is the other end for tests of the
core's logic; that both ends are right is shown against the Swift server (Tests/ClientsTests).
"""

import asyncio
import contextlib
import hashlib
import io
import os
import random
import tempfile
import unittest
from pathlib import Path

import switchboard
from switchboard import (
    HELLO, Attached, Channel, Code, Core, End, Entry, Fields, Gap, Kind, Message, Opened, Outcome,
    Receipt, Refused, Session, SessionEnded, Silent, Violation, field, frame, number,
)

SESSION, SECRET = bytes(range(16)), bytes(range(16, 32))
LIMITS = (262_144, 128, 196_608)


def unhex(text):
    return bytes.fromhex(text.replace(" ", ""))


class ServerCore(Core):
    """A server's end: what a client does, but that it is asked to attach."""

    parity = 1

    def connect(self, now):
        self.state, self._greeted = "attaching", False
        self._input.clear()
        self._life = now
        self._head += HELLO

    def _frame(self, fields, size, now):
        if self.state != "attaching":
            return super()._frame(fields, size, now)
        assert fields.number() == 1
        ticket = fields.rest_of(16), fields.rest_of(16)
        self.session, self.secret = self.session or ticket[0], self.secret or ticket[1]
        assert ticket == (self.session, self.secret)
        self.epoch, resuming, received, clock = (fields.number() for _ in range(4))
        self.peer = (fields.number(), fields.number(), fields.number())
        assert fields.bytes() == self.credentials
        fields.end()
        assert resuming <= self.begun  # an ACCEPT may have been lost
        self._acknowledge(received)
        self._asked = now
        self._heard_clock(clock, now)
        self._answered = False
        self.state, self.begun = "attached", True
        self._head += frame(2, self.epoch, self.received, now, *self.limits, 5_000, 10_000, 300_000, 0,
                            field(b""))
        for item in self.unacked:
            if item.send and item.send.void:
                item.data[1 + (item.data[0] >> 6)] |= 8
                item.data[item.payload_at:] = bytes(len(item.data) - item.payload_at)
        self._resend.extend(self.unacked)
        self._told_all()
        self.events.append(Attached(False))


def pair(**options):
    """Two ends that are attached, at 0."""
    client, server = Core(SESSION, SECRET, **options), ServerCore(SESSION, SECRET, **options)
    client.connect(0)
    server.connect(0)
    exchange(client, server)
    client.events.clear()
    server.events.clear()
    return client, server


def exchange(client, server, now=0):
    """Carries bytes until nothing is left to say."""
    while True:
        there, back = client.output(now), server.output(now)
        server.receive(there, now)
        client.receive(back, now)
        if not there and not back:
            return


def attached(credentials=b""):
    """A client whose attachment was accepted by the bytes of §13."""
    core = Core(SESSION, SECRET, credentials)
    core.connect(1_000)
    core.output(1_000)
    core.receive(HELLO + unhex("1b 02 01 00 8001e240 80040000 4080 80030000 5388 6710 800493e0 00 00"),
                 2_000)
    return core


class Numbers(unittest.TestCase):
    def test_the_examples_of_section_1(self):
        for value, text in [(37, "25"), (64, "4040"), (16_384, "80004000"), (2**62 - 1, "ff" * 8)]:
            self.assertEqual(number(value), unhex(text))
            self.assertEqual(Fields(unhex(text)).number(), value)

    def test_only_the_shortest_form_is_allowed(self):
        for text in ["4025", "80000040", "8000003f", "80003fff", "c00000003fffffff", "c0000000000000ff"]:
            with self.assertRaises(Violation, msg=text):
                Fields(unhex(text)).number()

    def test_every_size_comes_back(self):
        for bits in range(62):
            for value in (1 << bits, (1 << bits) - 1, (1 << bits) + 1):
                self.assertEqual(Fields(number(value)).number(), value)

    def test_numbers_cut_anywhere_are_violations(self):
        for size in range(8):
            with self.assertRaises(Violation):
                Fields(number(2**61)[:size]).number()


class Examples(unittest.TestCase):
    """Every example of §13, made by the core or understood by it."""

    def test_attach(self):
        core = Core(SESSION, SECRET, b"hi")
        core.connect(1_000)
        self.assertEqual(core.output(1_000), HELLO + unhex(
            "33 01 000102030405060708090a0b0c0d0e0f 101112131415161718191a1b1c1d1e1f"
            "01 00 00 43e8 80040000 4080 80030000 02 6869"))

    def test_accept(self):
        core = attached()
        self.assertEqual((core.epoch, core.acked, core.peer), (1, 0, LIMITS))
        self.assertEqual((core.heartbeat, core.silence, core.keep, core.slot), (5_000, 10_000, 300_000, 0))
        self.assertEqual(list(core.events), [Attached(False)])
        self.assertEqual(core._latest(core._estimate, 2_000), 123_456 + 1_000 + 1 + 1)

    def test_refuse(self):
        core = Core(SESSION, SECRET)
        core.connect(0)
        core.receive(HELLO + unhex("0a 03 09 43e8 05 6c61746572"), 0)
        self.assertEqual(list(core.events), [Refused(Code.OVERLOADED, 1_000, "later")])
        self.assertTrue(core.closes)
        self.assertEqual(core.state, "detached")

    def test_ack(self):
        core = attached()
        core.output(2_000)
        core.sent, core.acked = 100, 0
        core.unacked.extend([switchboard.Frame(bytearray())] * 100)
        core.receive(unhex("03 04 4064"), 2_000)
        self.assertEqual(core.acked, 100)

    def test_ping_and_pong(self):
        core = attached()
        self.assertEqual(core.output(2_000), unhex("07 06 8001e240 47d0"))
        core.receive(unhex("05 05 8001e240"), 2_000)
        self.assertEqual(core.output(2_000), unhex("07 06 8001e240 47d0"))
        core._asked, core._answered = 123_456, False
        core.receive(unhex("07 06 8001e240 47d0"), 123_556)
        self.assertTrue(core._answered)

    def test_drain(self):
        core = attached()
        core.receive(unhex("06 07 43e8 5388 00"), 0)
        self.assertEqual(core.events[-1], switchboard.Draining(1_000, 5_000, ""))

    def test_fault(self):
        core = attached()
        core.receive(unhex("05 08 0a 02 6e6f"), 0)
        self.assertEqual(core.state, "ended")
        self.assertEqual(core.events[-1].code, Code.MALFORMED)
        self.assertEqual(core.output(0), b"")
        other = attached()
        other.output(2_000)
        other.fault(Violation(Code.MALFORMED, "no"))
        self.assertEqual(other.output(0), unhex("05 08 0a 02 6e6f"))

    def open_by_server(self, text):
        core = attached()
        core.output(2_000)
        core.receive(unhex(text), 2_000)
        self.assertIsInstance(core.events[-1], Opened)
        return core, core.events[-1].stream

    def test_datagram(self):
        core, server = pair()
        stream = core.open(Kind.DATAGRAM, "d")
        exchange(core, server)
        stream.id, stream.datagram = 4, 7
        core.send(stream, unhex("cafe"))
        self.assertEqual(core.output(0), unhex("05 09 04 07 cafe"))

    def test_open_log_and_messages(self):
        core = attached()
        core.output(2_000)
        log = core.open(Kind.LOG, "log")
        self.assertEqual(core.output(2_000), unhex("08 20 00 00 00 03 6c6f67"))
        core.send(log, b"hi")
        self.assertEqual(core.output(2_000), unhex("04 40 00 6869"))
        core.send(log, b"hi", expiry=1_200)
        self.assertEqual(core.output(2_000), unhex("06 44 00 44b0 6869"))

    def test_open_call(self):
        core = attached()
        core.output(2_000)
        core._opened[0] = 1
        call = core.open(Kind.CALL, "add", expiry=1_200)
        self.assertEqual(core.output(2_000), unhex("09 20 02 03 44b0 03 616464"))
        core.send(call, unhex("0102"), ends=True)
        self.assertEqual(core.output(2_000), unhex("04 42 02 0102"))

    def test_pieces_and_withdrawn(self):
        core, stream = self.open_by_server("08 20 01 00 00 03 6c6f67")
        core.receive(unhex("03 41 01 68"), 2_000)
        self.assertIsNone(core.take(stream, 2_000))
        core.receive(unhex("04 40 01 6869"), 2_000)
        self.assertEqual(core.take(stream, 2_000), Message(b"hhi", 0))
        core.receive(unhex("04 48 01 0000"), 2_000)
        self.assertEqual(core.take(stream, 2_000), Gap(1, 1, Code.CANCELLED))
        self.assertIn(unhex("04 22 01 01 01"), core.output(2_000))

    def test_taken_and_skipped(self):
        core, server = pair()
        log = core.open(Kind.LOG, "log")
        sends = [core.send(log, b"%d" % i) for i in range(17)]
        core.output(0)
        core.receive(unhex("04 22 00 10 02"), 0)
        core.receive(unhex("03 21 00 11"), 0)
        self.assertEqual([s.receipt for s in sends],
                         [switchboard.DELIVERED] * 16 + [Receipt(Outcome.NOT_DELIVERED, Code.DEADLINE)])

    def test_taken_is_written(self):
        core, stream = self.open_by_server("08 20 01 00 00 03 6c6f67")
        for i in range(17):
            core.receive(unhex("04 40 01 6869"), 2_000)
        while core.take(stream, 2_000):
            pass
        self.assertEqual(core.output(2_000), unhex("02 04 12 03 21 01 11"))

    def test_cancel(self):
        core, server = pair()
        log = core.open(Kind.LOG, "log")
        sends = [core.send(log, b"") for _ in range(17)]
        core.output(0)
        core.withdraw(sends[16])
        self.assertEqual(core.output(0), unhex("03 23 00 10"))

    def test_gap(self):
        core, stream = self.open_by_server("08 20 01 00 00 03 6c6f67")
        core.receive(unhex("06 24 01 03 12 01 2a"), 2_000)
        self.assertEqual(core.take(stream, 2_000), Gap(0, 2, Code.TRIMMED, b"\x2a"))

    def test_end_reset_and_bye(self):
        core, server = pair()
        core._opened[0] = 1
        call = core.open(Kind.CALL, "add")
        core.output(0)
        core.receive(unhex("04 25 02 0e 00"), 0)
        self.assertEqual(core.take(call, 0), End(Code.FAILED, b""))
        core.advance(60_000)
        core.output(60_000)
        core.reset(call)
        self.assertEqual(core.output(0), unhex("04 26 02 01 01"))  # its END was taken
        core.bye()
        self.assertEqual(core.output(0), unhex("03 27 03 00"))

    def test_a_whole_session(self):
        core = Core(SESSION, SECRET)
        core.connect(1_000)
        self.assertEqual(core.output(1_000)[:6], unhex("d3534201 31 01"))
        core.receive(HELLO + unhex("1b 02 01 00 8001e240 80040000 4080 80030000 5388 6710 800493e0 00 00"),
                     2_000)
        self.assertEqual(core.output(2_000), unhex("07 06 8001e240 47d0"))
        log = core.open(Kind.LOG, "log")
        hi = core.send(log, b"hi")
        self.assertEqual(core.output(2_000), unhex("08 20 00 00 00 03 6c6f67 04 40 00 6869"))
        core.receive(unhex("03 21 00 01") + unhex("02 04 02"), 3_000)
        self.assertEqual(hi.receipt, switchboard.DELIVERED)
        self.assertEqual(core.output(4_000), b"")
        core.advance(53_000)
        self.assertEqual(core.output(53_000), unhex("02 04 01"))
        self.assertFalse(core.unacked)


class Violations(unittest.TestCase):
    CASES = {
        "00": Code.MALFORMED, "80": Code.MALFORMED, "ff": Code.MALFORMED, "4001": Code.MALFORMED,
        "01 0a": Code.UNKNOWN_FRAME, "01 28": Code.UNKNOWN_FRAME, "01 7f": Code.UNKNOWN_FRAME,
        "03 04 4064": Code.MALFORMED, "04 06 00 00 00": Code.MALFORMED, "03 06 00 00": Code.MALFORMED,
        "01 02": Code.UNKNOWN_FRAME, "03 40 00 00": Code.WRONG_STATE, "03 21 00 00": Code.WRONG_STATE,
        "08 20 03 00 00 03 6c6f67": Code.WRONG_STATE, "08 20 00 00 00 03 6c6f67": Code.WRONG_STATE,
        "08 20 01 04 00 03 6c6f67": Code.MALFORMED, "07 20 01 00 00 03 6c6f": Code.MALFORMED,
        "08 20 01 00 00 00 27 03 00": Code.MALFORMED,
        "05 20 01 00 00 00 04 25 01 00 00 04 25 01 00 00": Code.WRONG_STATE,
        "05 20 01 00 00 00 03 41 01 68 04 25 01 00 00": Code.WRONG_STATE,
        "05 20 01 00 00 00 03 41 01 68 04 44 01 05 00": Code.MALFORMED,
        "05 20 01 00 00 00 05 24 01 00 11 00": Code.MALFORMED,
        "05 20 01 01 00 00 03 40 01 05": Code.MALFORMED,
        "05 20 01 01 00 00 04 40 01 00 05": Code.MALFORMED,
        "05 20 01 02 00 00 03 40 01 05": Code.WRONG_STATE,
        "05 20 01 00 00 00 03 21 01 01": Code.MALFORMED, "05 20 01 00 00 00 04 26 01 01 01": Code.MALFORMED,
    }

    def test_each_is_told_once_and_ends_the_session(self):
        for text, code in self.CASES.items():
            with self.subTest(text):
                core = attached()
                core.output(2_000)
                core.receive(unhex(text), 2_000)
                self.assertEqual(core.state, "ended")
                self.assertEqual(core.events[-1].code, code)
                said = core.output(2_000)
                self.assertEqual(said[1:3], bytes([8, code]))
                self.assertTrue(core.closes)
                core.receive(unhex(text), 2_000)
                self.assertEqual(core.output(2_000), b"")

    def test_frames_before_accept(self):
        for text in ["05 05 8001e240", "03 40 00 00", "06 07 43e8 5388 00"]:
            core = Core(SESSION, SECRET)
            core.connect(0)
            core.receive(HELLO + unhex(text), 0)
            self.assertEqual(core.events[-1].code, Code.WRONG_STATE)

    def test_who_is_no_session_and_who_is_older(self):
        core = Core(SESSION, SECRET)
        core.connect(0)
        core.receive(b"HTTP/1.1 400 Bad Request\r\n", 0)
        self.assertEqual(core.events[-1].code, Code.MALFORMED)
        core = Core(SESSION, SECRET)
        core.connect(0)
        core.receive(unhex("d3534200"), 0)
        self.assertEqual(core.events[-1].code, Code.UNSUPPORTED_VERSION)

    def test_more_than_the_window_and_more_streams_than_agreed(self):
        core, server = pair()
        core.receive(unhex("05 20 01 00 00 00") + (unhex("7fff 41 01") + bytes(16_381)) * 17, 0)
        self.assertEqual(core.events[-1].code, Code.LIMIT)
        core, server = pair()
        core.receive(b"".join(frame(0x20, 2 * i + 1, 0, 0, field(b"")) for i in range(129)), 0)
        self.assertEqual(core.events[-1].code, Code.LIMIT)

    def test_extensions_are_passed_over(self):
        core = attached()
        core.output(2_000)
        core.receive(unhex("03 80 01 02  03 bf 01 02  02 c0 01  02 ff 01"), 2_000)
        self.assertEqual(core.state, "attached")
        self.assertEqual(core.received, 2)

    def test_random_bytes_never_raise(self):
        rng = random.Random(7)
        kinds = [2, 3, 4, 5, 6, 7, 8, 9, *range(0x20, 0x28), *range(0x40, 0x50), 0x90, 0xd0]
        for _ in range(3_000):
            core = attached()
            core.send(core.open(Kind.LOG, "l"), b"x")
            core.output(2_000)
            for _ in range(6):
                body = bytes([rng.choice(kinds)]) + bytes(rng.choice((0, 0, 1, 1, 2, 3, rng.randrange(256)))
                                                          for _ in range(rng.randrange(9)))
                core.receive(number(len(body)) + body, 2_000)
                for event in core.events:
                    if isinstance(event, Opened):
                        core.take(event.stream, 2_000)
                core.output(3_000)


class Logic(unittest.TestCase):
    def take_all(self, core, now=0):
        """What the application of an end takes of every stream."""
        streams = [e.stream for e in core.events if isinstance(e, Opened)]
        events = []
        for stream in streams:
            while event := core.take(stream, now):
                events.append(event)
        return events

    def test_a_lost_connection_loses_and_repeats_nothing(self):
        client, server = pair()
        log = client.open(Kind.LOG, "log")
        sends = [client.send(log, b"%d" % i) for i in range(5)]
        server.receive(client.output(0)[:20], 0)   # the rest of it is lost
        client.lost()
        server.lost()
        sends.append(client.send(log, b"5"))
        client.connect(1)
        server.connect(1)
        exchange(client, server, 1)
        taken = self.take_all(server)
        exchange(client, server, 1)
        self.assertEqual(taken, [Message(b"%d" % i, i) for i in range(6)])
        self.assertTrue(all(s.receipt == switchboard.DELIVERED for s in sends))

    def test_a_deadline_before_writing_is_not_delivered_and_has_no_number(self):
        client, server = pair()
        log = client.open(Kind.LOG, "log")
        client.lost()
        late = client.send(log, b"late", expiry=10)
        good = client.send(log, b"good")
        client.advance(10)
        self.assertEqual(late.receipt, Receipt(Outcome.NOT_DELIVERED, Code.DEADLINE))
        server.lost()
        client.connect(20)
        server.connect(20)
        exchange(client, server, 20)
        self.assertEqual(self.take_all(server), [Message(b"good", 0)])
        self.assertIsNone(good.receipt)

    def test_a_deadline_after_writing_is_unknown_and_never_runs(self):
        client, server = pair()
        log = client.open(Kind.LOG, "log")
        late = client.send(log, b"late", expiry=1_000)
        exchange(client, server, 0)
        client.advance(1_000)
        self.assertEqual(late.receipt, Receipt(Outcome.UNKNOWN, Code.DEADLINE))
        self.assertEqual(self.take_all(server, 999), [Gap(0, 0, Code.DEADLINE)])
        exchange(client, server, 1_000)
        self.assertIn("sent 1 delivered 0 refused 1", client.ledger())

    def test_withdrawn_while_detached(self):
        client, server = pair()
        log = client.open(Kind.LOG, "log")
        send, end = client.send(log, b"secret"), client.send(log, b"kept")
        client.output(0)
        client.lost()
        server.lost()
        client.withdraw(send)
        client.connect(1)
        server.connect(1)
        server.receive(client.output(1), 1)
        client.receive(server.output(1), 1)
        resent = client.output(1)
        self.assertNotIn(b"secret", resent)
        self.assertIn(unhex("08 48 00 000000000000"), resent)
        server.receive(resent, 1)
        self.assertEqual(self.take_all(server), [Gap(0, 0, Code.CANCELLED), Message(b"kept", 1)])
        exchange(client, server, 1)
        self.assertEqual(send.receipt, Receipt(Outcome.NOT_DELIVERED, Code.CANCELLED))

    def test_a_long_message_is_cut_and_can_be_withdrawn_between(self):
        client, server = pair()
        log = client.open(Kind.LOG, "log")
        send = client.send(log, bytes(150_000))
        server.receive(client.output(0, 20_000), 0)
        client.withdraw(send)
        self.assertEqual(client.output(0), unhex("02 48 00"))
        server.receive(unhex("02 48 00"), 0)
        self.assertEqual(self.take_all(server), [Gap(0, 0, Code.CANCELLED)])

    def test_a_withdrawn_last_message_leaves_an_end(self):
        client, server = pair()
        call = client.open(Kind.CALL, "c")
        send = client.send(call, b"x", ends=True)
        client.withdraw(send)
        self.assertEqual(client.output(0), frame(0x20, 0, 3, 0, field(b"c")) + unhex("04 25 00 00 00"))

    def test_state_conflates(self):
        client, server = pair()
        state = client.open(Kind.STATE, "s")
        first = client.send(state, b"1", key=b"k")
        exchange(client, server)
        values = [client.send(state, b"%d" % i, key=b"k") for i in range(2, 6)]
        other = client.send(state, b"o", key=b"j")
        exchange(client, server)
        events = self.take_all(server)
        self.assertEqual(events, [Message(b"1", 0, b"k", 0), Message(b"o", 1, b"j", 0)])
        exchange(client, server)
        self.assertEqual(self.take_all(server), [Message(b"5", 2, b"k", 3)])
        exchange(client, server)
        self.assertEqual([s.receipt.outcome for s in values],
                         [Outcome.NOT_DELIVERED] * 3 + [Outcome.DELIVERED])
        self.assertEqual(values[0].receipt.cause, Code.SUPERSEDED)
        self.assertEqual((first.receipt, other.receipt), (switchboard.DELIVERED,) * 2)

    def test_credit_holds_a_sender(self):
        client, server = pair(window=1_000, message_limit=500)
        log = client.open(Kind.LOG, "log")
        for i in range(10):
            client.send(log, bytes(300))
        exchange(client, server)
        self.assertEqual(len(log.outgoing.unsettled), 3)
        self.assertEqual(len(self.take_all(server)), 3)
        exchange(client, server)
        self.assertEqual(len(log.outgoing.queue), 4)

    def test_streams_take_turns_and_answers_go_first(self):
        client, server = pair()
        big, small = client.open(Kind.LOG, "big"), client.open(Kind.LOG, "small")
        for _ in range(2):
            client.send(big, bytes(100_000))
        client.send(small, b"small")
        self.assertIn(b"small", client.output(0, 40_000))

    def test_datagrams_jump_and_report_it(self):
        client, server = pair()
        stream = client.open(Kind.DATAGRAM, "d")
        exchange(client, server)
        sends = [client.send(stream, b"%d" % i) for i in range(100)]
        self.assertEqual(sends[0].receipt, Receipt(Outcome.NOT_DELIVERED, Code.DROPPED))
        exchange(client, server)
        self.assertEqual(sends[99].receipt, Receipt(Outcome.UNKNOWN, Code.UNACKNOWLEDGED))
        events = self.take_all(server)
        self.assertEqual(events[0], Gap(0, 35, Code.DROPPED))
        self.assertEqual(events[1], Message(b"36", 36))
        self.assertEqual(len(events), 65)

    def test_reset_tells_both_what_was_taken(self):
        client, server = pair()
        call = client.open(Kind.CALL, "c")
        sends = [client.send(call, b"%d" % i) for i in range(3)]
        exchange(client, server)
        stream = server.events[0].stream
        server.take(stream, 0)
        client.reset(call)
        exchange(client, server)
        self.assertEqual([s.receipt for s in sends], [switchboard.DELIVERED] + [
            Receipt(Outcome.NOT_DELIVERED, Code.CANCELLED)] * 2)
        self.assertEqual((client.streams, server.streams), ({}, {}))
        self.assertEqual(stream.over.status, Code.CANCELLED)

    def test_a_callee_that_ends_early_passes_over_the_rest(self):
        for loses in (False, True):
            client, server = pair(window=3_000, message_limit=2_000)
            call = client.open(Kind.CALL, "c")
            sends = [client.send(call, b"%d" % i + bytes(999)) for i in range(10)]
            exchange(client, server)
            stream = server.events[0].stream
            server.take(stream, 0)
            server.end(stream, Code.LIMIT, b"full")
            server.discard(stream, 0)
            if loses:
                client.output(0), server.output(0)
                for end in (client, server):
                    end.lost()
                    end.connect(0)
            for now in range(0, 2_000_000, 100_000):
                client.advance(now)
                server.advance(now)
                exchange(client, server, now)
            self.assertEqual([s.receipt for s in sends], [switchboard.DELIVERED] + [
                Receipt(Outcome.NOT_DELIVERED, Code.CLOSED)] * 9)
            late = client.send(call, b"late", ends=True)
            self.assertEqual(late.receipt, Receipt(Outcome.NOT_DELIVERED, Code.CLOSED))
            self.assertEqual(client.take(call, 0), End(Code.LIMIT, b"full"))
            for now in range(2_000_000, 3_000_000, 100_000):
                client.advance(now)
                server.advance(now)
                exchange(client, server, now)
            self.assertEqual((client.streams, server.streams), ({}, {}))
            self.assertEqual((client._delivered, client._digest_out), (server._taken, server._digest_in))

    def test_a_call_reset_before_it_is_opened_leaves_no_trace(self):
        client, server = pair()
        call = client.open(Kind.CALL, "c")
        send = client.send(call, b"x", ends=True)
        client.reset(call)
        self.assertEqual(client.output(0), b"")
        self.assertEqual(send.receipt, Receipt(Outcome.NOT_DELIVERED, Code.CANCELLED))

    def test_a_call_whose_time_is_over_is_refused_by_the_callee_too(self):
        client, server = pair()
        client.send(client.open(Kind.CALL, "c", expiry=1_000), b"x", ends=True)
        server.receive(client.output(0), 0)
        stream = server.events[0].stream
        self.assertIsNone(server.take(stream, 999))   # certain only to 998: the drift
        self.assertEqual(server.output(999), unhex("02 04 02") + unhex("04 26 00 02 00"))

    def test_streams_are_forgotten(self):
        client, server = pair(stream_limit=4)
        for round in range(20):
            call = client.open(Kind.CALL, "c")
            client.send(call, b"q", ends=True)
            exchange(client, server, round * 100_000)
            stream = next(e.stream for e in server.events if isinstance(e, Opened))
            server.events.clear()
            self.assertEqual(server.take(stream, round * 100_000).payload, b"q")
            server.send(stream, b"a", ends=True)
            exchange(client, server, round * 100_000)
            self.assertEqual(client.take(call, round * 100_000).payload, b"a")
            exchange(client, server, round * 100_000)
        client.advance(4_000_000)
        server.advance(4_000_000)
        exchange(client, server, 4_000_000)
        self.assertEqual((client.streams, server.streams), ({}, {}))

    def test_goodbye(self):
        client, server = pair()
        log = client.open(Kind.LOG, "log")
        sends = [client.send(log, b"%d" % i) for i in range(3)]
        exchange(client, server)
        server.take(server.events[0].stream, 0)
        server.bye()
        exchange(client, server)
        self.assertEqual((client.state, server.state), ("ended", "ended"))
        self.assertEqual([s.receipt.outcome for s in sends],
                         [Outcome.DELIVERED, Outcome.NOT_DELIVERED, Outcome.NOT_DELIVERED])

    def test_silence(self):
        client, server = pair()
        client.advance(5_000_000)
        self.assertEqual(client.output(5_000_000), frame(5, 5_000_000))
        client.advance(14_999_999)
        self.assertFalse(client.events)
        client.advance(15_000_000)
        self.assertEqual(list(client.events), [Silent()])

    def test_an_unknown_session_leaves_what_was_handed_over_unknown(self):
        client, server = pair()
        log = client.open(Kind.LOG, "log")
        handed = client.send(log, b"1")
        client.output(0)
        client.lost()
        kept = client.send(log, b"2")
        client.connect(1)
        client.receive(HELLO + unhex("04 03 05 00 00"), 1)
        self.assertEqual(handed.receipt, Receipt(Outcome.UNKNOWN, Code.UNKNOWN_SESSION))
        self.assertEqual(kept.receipt, Receipt(Outcome.NOT_DELIVERED, Code.UNKNOWN_SESSION))


class Simulation(unittest.TestCase):
    """Two ends over a line that breaks at any byte: every receipt is true."""

    def play(self, seed):
        rng, now = random.Random(seed), 0
        client, server = (kind(SESSION, SECRET, window=3_000, message_limit=2_000, stream_limit=4)
                          for kind in (Core, ServerCore))
        ends = (client, server)
        wires = [bytearray(), bytearray()]      # to the server, to the client
        sent, taken, streams, incoming = [], {}, ([], []), ([], [])
        connected, serial = False, 0
        for step in range(rng.randrange(100, 500)):
            calm = step > 400
            now += rng.choice((0, 10, 1_000, 60_000))
            if not connected:
                for wire in wires:
                    wire.clear()
                client.connect(now)
                server.connect(now)
                connected = True
            elif rng.random() < 0.03 and not calm:
                client.lost()
                server.lost()
                connected = False
                continue
            for side, end in enumerate(ends):
                if rng.random() < 0.1 and client.begun:
                    streams[side].append(end.open(Kind(rng.choice((0, 1, 3))), "s",
                                                  rng.choice((0, 0, now + 100_000))))
                if streams[side] and rng.random() < 0.6:
                    stream = rng.choice(streams[side] + incoming[side])
                    if stream.outgoing and not stream.outgoing.finished:
                        serial += 1
                        payload = b"%d" % serial + bytes(rng.choice((0, 10, 500, 1_500)))
                        send = end.send(stream, payload, rng.choice((0, 0, now + rng.randrange(1, 300_000))),
                                        ends=rng.random() < 0.1, key=rng.choice((b"a", b"b")))
                        sent.append((serial, send))
                        if rng.random() < 0.2:
                            end.withdraw(send)
                if sent and rng.random() < 0.05:
                    send = rng.choice(sent)[1]
                    (client if send.stream in streams[0] + incoming[0] else server).withdraw(send)
                if streams[side] and rng.random() < 0.02:
                    end.reset(rng.choice(streams[side] + incoming[side]))
                if incoming[side] and rng.random() < 0.05:  # a callee that answers early
                    stream = rng.choice(incoming[side])
                    end.end(stream)
                    end.discard(stream, now)
                if rng.random() < 0.5:
                    wires[side] += end.output(now)
                size = rng.randrange(len(wires[side]) + 1)
                ends[1 - side].receive(bytes(wires[side][:size]), now)
                del wires[side][:size]
                end.advance(now)
                for event in end.events:
                    if isinstance(event, Opened):
                        incoming[side].append(event.stream)
                end.events.clear()
                for stream in streams[side] + incoming[side]:
                    if rng.random() < 0.5 and (event := end.take(stream, now)):
                        if isinstance(event, Message):
                            text = int(event.payload.rstrip(b"\0"))
                            self.assertNotIn(text, taken, "twice")
                            taken[text] = now
            self.assertEqual((client.state == "ended", server.state == "ended"), (False, False),
                             (client.events, server.events))
        self.settle(client, server, streams, incoming, taken, connected, now)
        for text, send in sent:
            receipt = send.receipt
            self.assertIsNotNone(receipt)
            if receipt == switchboard.DELIVERED:
                self.assertIn(text, taken)
            elif receipt and receipt.outcome == Outcome.NOT_DELIVERED:
                self.assertNotIn(text, taken)
        return len(sent), len(taken)

    def settle(self, client, server, streams, incoming, taken, connected, now):
        """Lets all end in good order; then nothing may be left, and the ledgers balance."""
        ends = (client, server)
        if connected:
            client.lost()
            server.lost()
        client.connect(now)
        server.connect(now)
        for _ in range(200):
            now += 60_000
            exchange(client, server, now)
            for side, end in enumerate(ends):
                end.advance(now)
                incoming[side].extend(e.stream for e in end.events if isinstance(e, Opened))
                end.events.clear()
                for stream in streams[side] + incoming[side]:
                    end.end(stream)
                    while event := end.take(stream, now):
                        if isinstance(event, Message):
                            text = int(event.payload.rstrip(b"\0"))
                            self.assertNotIn(text, taken, "twice")
                            taken[text] = now
            if not client.streams and not server.streams:
                break
        exchange(client, server, now + 60_000)
        self.assertEqual((client.streams, server.streams), ({}, {}))
        self.assertEqual((client.pending, server.pending), (0, 0))
        for one, other in (ends, ends[::-1]):
            self.assertEqual(one._sent_count, one._delivered + one._refused)
            self.assertEqual((one._delivered, one._digest_out), (other._taken, other._digest_in))
            self.assertNotIn("unsettled", one.ledger())

    def test_seeds(self):
        sent = taken = 0
        for seed in range(int(os.environ.get("SEEDS", "300"))):
            with self.subTest(seed=seed):
                one, other = self.play(seed)
                sent, taken = sent + one, taken + other
        self.assertGreater(taken, sent // 10)


class LineServer:
    """One session's other end over real sockets, whose connections can be cut."""

    async def __aenter__(self):
        self.session = Session(core=ServerCore(b"", b""))
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.endpoint = "tcp://127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.session._stop()

    async def serve(self, reader, writer):
        self.cut()
        transport = self.session._transport = switchboard.Transport(reader, writer)
        await self.session._converse(transport)

    def cut(self):
        if self.session._transport:
            self.session._transport.abort()


class Sessions(unittest.IsolatedAsyncioTestCase):
    """The asyncio half, over TCP."""

    async def asyncSetUp(self):
        self.server = await self.enterAsyncContext(LineServer())
        self.session = await self.enterAsyncContext(await switchboard.connect(self.server.endpoint))

    async def test_a_log_has_receipts_across_cut_connections(self):
        taken = []

        async def handler(channel):
            async for event in channel:
                taken.append(event.payload)
        self.server.session.handle("numbers", handler)
        log = self.session.log("numbers")
        pending = [await log.post(b"%d" % i) for i in range(2_000)]
        for i, one in enumerate(pending):
            self.assertEqual(await one, switchboard.DELIVERED)
            if i % 500 == 0:
                self.server.cut()
        self.assertEqual(taken, [b"%d" % i for i in range(2_000)])

    async def test_calls_both_ways(self):
        async def double(request):
            if request == b"no":
                raise switchboard.CallFailed(1_024, "not this")
            return request * 2
        for one, other in [(self.session, self.server.session), (self.server.session, self.session)]:
            other.answer("double", double)
            answers = await asyncio.gather(*(one.call("double", b"%d" % i, 5) for i in range(200)))
            self.assertEqual(answers, [b"%d" % i * 2 for i in range(200)])
            with self.assertRaises(switchboard.CallFailed) as failure:
                await one.call("double", b"no")
            self.assertEqual((failure.exception.code, failure.exception.detail), (1_024, b"not this"))
            with self.assertRaises(switchboard.CallFailed) as failure:
                await one.call("nobody")
            self.assertEqual(failure.exception.code, Code.UNKNOWN_NAME)
            self.assertEqual(failure.exception.receipt.outcome, Outcome.NOT_DELIVERED)
        self.assertEqual(self.session.core.pending, 0)

    async def test_a_deadline_and_a_cancellation_reach_the_handler(self):
        cancelled = asyncio.Queue()

        async def sleeper(channel):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.put_nowait(channel.stream.over.status)
                raise
        self.server.session.handle("sleep", sleeper)
        with self.assertRaises(switchboard.CallFailed) as failure:
            await self.session.call("sleep", timeout=0.1)
        self.assertEqual(failure.exception.code, Code.DEADLINE)
        self.assertEqual(await cancelled.get(), Code.DEADLINE)
        call = asyncio.create_task(self.session.call("sleep"))
        while not self.server.session.core.streams:
            await asyncio.sleep(0)
        call.cancel()
        self.assertEqual(await cancelled.get(), Code.CANCELLED)

    async def test_a_call_that_streams_both_ways(self):
        async def echo(channel):
            async for event in channel:
                await channel.post(event.payload)
        self.server.session.handle("echo", echo)
        async with self.session.open(Kind.CALL, "echo") as call:
            big = [os.urandom(150_000) for _ in range(20)]
            async def speak():
                for one in big:
                    await call.post(one)
                call.finish()
            speaker = asyncio.create_task(speak())
            self.assertEqual([e.payload async for e in call], big)
            await speaker

    async def test_a_callee_that_ends_early_holds_nobody_up(self):
        async def refuse(channel):
            await channel.receive()
            raise switchboard.CallFailed(Code.LIMIT, b"no room on the disk")

        async def enough(channel):
            await channel.receive()

        async def broken(channel):
            await channel.receive()
            raise ValueError("of the test")

        async def give_up(channel):
            await channel.receive()
            channel.reset(Code.SUPERSEDED)
        handlers = {"refuse": (refuse, Code.LIMIT), "enough": (enough, 0), "broken": (broken, Code.FAILED),
                    "give up": (give_up, Code.SUPERSEDED)}
        switchboard.logger.disabled = True
        self.addCleanup(setattr, switchboard.logger, "disabled", False)
        for name, (handler, code) in handlers.items():
            self.server.session.handle(name, handler)
            for cuts in (False, True):
                with self.subTest(name=name, cuts=cuts):
                    async with asyncio.timeout(20), self.session.open(Kind.CALL, name) as call:
                        for i in range(100):  # 10 MB: far more than queue and window
                            last = await call.post(bytes(100_000))
                            if cuts and i == 3:
                                self.server.cut()
                        self.assertEqual((await last).outcome, Outcome.NOT_DELIVERED)
                        with contextlib.suppress(StopAsyncIteration):
                            with self.assertRaises(switchboard.CallFailed) as failure:
                                await anext(call)
                            self.assertEqual(failure.exception.code, code)
                            continue
                        self.assertEqual(code, 0)

    async def test_a_disk_that_is_full_in_the_middle_ends_the_sender(self):
        async def put(channel):
            await channel.receive()
            await channel.post(number(0))
            await channel.receive()
            raise switchboard.CallFailed(Code.LIMIT, b"no room on the disk")
        self.server.session.handle("$put", put)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "file")
            path.write_bytes(bytes(10_000_000))
            async with asyncio.timeout(20):
                with self.assertRaises(switchboard.CallFailed) as failure:
                    await self.session.put(path)
        self.assertEqual((failure.exception.code, failure.exception.detail), (Code.LIMIT, b"no room on the disk"))

    async def test_files_go_both_ways_and_continue(self):
        content = os.urandom(3_000_000)
        stored = {"half": content[:1_000_000]}

        async def put(channel):
            fields = Fields((await channel.receive()).payload)
            name, size, digest = fields.text(), fields.number(), fields.rest_of(32)
            data = bytearray(stored.get(name, b""))
            await channel.post(number(len(data)))
            async for event in channel:
                data += event.payload
            if hashlib.sha256(data).digest() != digest or len(data) != size:
                raise switchboard.CallFailed(Code.FAILED)
            stored[name] = bytes(data)

        async def get(channel):
            fields = Fields((await channel.receive()).payload)
            data, offset = stored[fields.text()], fields.number()
            await channel.post(number(len(data)) + hashlib.sha256(data).digest())
            for start in range(offset, len(data), 50_000):
                await channel.post(data[start:start + 50_000])
        self.server.session.handle("$put", put)
        self.server.session.handle("$get", get)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "half")
            path.write_bytes(content)
            seen = []
            await self.session.put(path, progress=lambda done, size: seen.append(done))
            self.assertEqual(stored["half"], content)
            self.assertEqual((seen[0], seen[-1]), (1_065_536, 3_000_000))
            back = Path(folder, "back")
            part = Path(folder, ".back.switchboard-part")
            part.write_bytes(content[:70_000])
            # Another program's, whatever it is called.
            Path(folder, "back.part").write_bytes(b"of somebody else")
            await self.session.get("half", back)
            self.assertEqual(back.read_bytes(), content)
            part.write_bytes(b"of something else")
            with self.assertRaises(switchboard.CallFailed):
                await self.session.get("half", back)
            await self.session.get("half", back)
            self.assertEqual(Path(folder, "back.part").read_bytes(), b"of somebody else")
            # What is there is kept as it is: a mode, a link, what is no file.
            back.write_bytes(b"old")
            back.chmod(0o600)
            link = Path(folder, "link")
            link.symlink_to(back)
            await self.session.get("half", link)
            self.assertTrue(link.is_symlink())
            self.assertEqual((back.read_bytes(), back.stat().st_mode & 0o777), (content, 0o600))
            os.mkfifo(Path(folder, "pipe"))
            with self.assertRaises(OSError):
                await self.session.get("half", Path(folder, "pipe"))
            self.assertTrue(Path(folder, "pipe").is_fifo())

    async def test_topics(self):
        async def subscribe(channel):
            await channel.receive()
            for payload in [b"\x00\x07\x02", b"\x02\x01kept", b"\x01\x02new", b"\x03\x05"]:
                await channel.post(payload)
        self.server.session.handle("$subscribe", subscribe)
        events = [e async for e in self.session.subscribe("t", last=2)]
        self.assertEqual(events, [switchboard.TopicStart(7, 2), Entry(1, b"kept", True), Entry(2, b"new"),
                                  switchboard.Subscribers(5)])

    async def test_goodbye_waits_for_receipts_and_ends_both(self):
        async def handler(channel):
            async for _ in channel:
                pass
        self.server.session.handle("log", handler)
        pending = [await self.session.log("log").post(b"x") for _ in range(100)]
        await self.session.close()
        self.assertEqual({await one for one in pending}, {switchboard.DELIVERED})
        self.assertEqual((await self.server.session.ended).code, Code.CLOSED)

    async def test_the_command(self):
        async def double(request):
            if not request:
                raise switchboard.CallFailed(1_024, "nothing to double")
            return request * 2
        for words, status, said in [(["double", "a", "b"], 0, "a ba b\n"), (["double"], 1, "")]:
            async with LineServer() as server:
                server.session.answer("double", double)
                with contextlib.redirect_stdout(io.StringIO()) as output, \
                        contextlib.redirect_stderr(io.StringIO()) as errors:
                    self.assertEqual(await switchboard._main(["call", server.endpoint, *words]), status)
                self.assertEqual(output.getvalue(), said)
                self.assertEqual("nothing to double" in errors.getvalue(), status == 1)

    async def test_nobody_there(self):
        with self.assertRaises(TimeoutError):
            await switchboard.connect("tcp://127.0.0.1:1", timeout=0.3)


if __name__ == "__main__":
    unittest.main()
