"""The Python client's core against the Swift machine: simulate.py FOLDER SEEDS.

The machine is at the other end of stdin and stdout, and does what lines say (MachineConsole.swift).
What breaks, and when, comes from the seed. The last line says `verdict well`, or what was wrong.
"""

import random
import re
import sys

sys.path.insert(0, sys.argv[1])

from switchboard import (  # noqa: E402
    DELIVERED, Core, End, Ended, Gap, Kind, Message, Opened, Outcome, Receipt,
)

LIMITS = {"window": 3_000, "stream_limit": 4, "message_limit": 2_000}


class MachineStream:
    def __init__(self, number, kind, ours):
        self.id, self.kind, self.ours, self.finished = number, Kind(kind), ours, False
        self.outgoing = self if ours or kind == Kind.CALL else None


class MachineSend:
    def __init__(self, stream, receipt=None):
        self.stream, self.receipt = stream, receipt


class Machine:
    """The server's end, with as much of `Core` as a simulation needs."""

    def __init__(self):
        self.begun, self.state, self.pending, self.now = False, "detached", 0, 0
        self.streams, self.sends, self.events = {}, {}, []
        self.tell("limits", *LIMITS.values())

    def tell(self, *words):
        sys.stdout.write(" ".join(map(str, words)) + "\n")

    def ask(self, *words):
        self.tell(*words)
        sys.stdout.flush()
        return sys.stdin.readline().rstrip("\n")

    def hear(self):
        line = self.ask("events")
        while line != "done":
            what, *words = line.split(" ")
            if what == "opened":
                stream = MachineStream(int(words[0]), int(words[1]), ours=False)
                self.streams[stream.id] = stream
                self.events.append(Opened(stream))
            elif what == "receipt":
                text = " ".join(words[1:])
                outcome = next(o for o in (Outcome.NOT_DELIVERED, Outcome.UNKNOWN, Outcome.DELIVERED)
                               if text.replace("D", " d").startswith(o.value))
                send = self.sends[int(words[0])]
                send.receipt = DELIVERED if outcome is Outcome.DELIVERED else Receipt(outcome)
                self.pending -= 1
            elif what == "closed":
                self.streams.pop(int(words[0]), None)
            else:
                self.events.append(Ended(0, line))
            line = sys.stdin.readline().rstrip("\n")

    def connect(self, now):
        self.tell("connect")

    def lost(self):
        self.tell("cut", self.now)

    def receive(self, data, now):
        if data:
            self.begun = True
            self.tell("bytes", data.hex(), now)
        self.hear()

    def output(self, now):
        self.now = now
        data = bytes.fromhex(self.ask("output", now))
        self.hear()
        return data

    def advance(self, now):
        self.now = now
        self.tell("advance", now)
        self.hear()

    def open(self, kind, name, expiry):
        answer = self.ask("open", int(kind), expiry)
        if answer.startswith("error"):
            return None
        stream = self.streams[int(answer)] = MachineStream(int(answer), kind, ours=True)
        return stream

    def send(self, stream, payload, expiry=0, ends=False, key=b""):
        key, ends = (key, False) if stream.kind == Kind.STATE else (b"", ends)
        answer = self.ask("send", stream.id, expiry, payload.hex(), key.hex(), int(ends))
        if answer.startswith("error"):
            return MachineSend(stream, Receipt(Outcome.NOT_DELIVERED))
        send = self.sends[int(answer)] = MachineSend(stream)
        send.number = int(answer)
        stream.finished = stream.finished or ends
        self.pending += 1
        return send

    def withdraw(self, send):
        if not send.receipt:
            self.tell("cancel", send.stream.id, send.number)

    def end(self, stream):
        if not stream.finished:
            stream.finished = True
            self.tell("finish", stream.id)

    def reset(self, stream):
        self.tell("reset", stream.id)

    def discard(self, stream, now):
        self.tell("discard", stream.id, now)

    def take(self, stream, now):
        what, *words = self.ask("take", stream.id, now).split(" ")
        if what == "message":
            return Message(bytes.fromhex(words[1]), int(words[0]))
        return {"gap": Gap(0, 0, 0), "end": End(), "nothing": None}[what]

    def ledger(self):
        lines = [self.ask("ledger")]
        while lines[-1] != "done":
            lines.append(sys.stdin.readline().rstrip("\n"))
        return "\n".join(lines)


class History:
    """Two ends and the line between them."""

    def __init__(self, seed):
        self.rng, self.now, self.connected = random.Random(seed), 0, False
        self.ends = (Core(bytes(16), bytes(range(16)), **LIMITS), Machine())
        self.wires = [bytearray(), bytearray()]
        self.streams = ([], [])
        self.sent, self.taken = [], set()

    def connect(self, connected):
        for end in self.ends:
            end.connect(self.now) if connected else end.lost()
        self.connected = connected
        self.wires = [bytearray(), bytearray()]

    def hear(self, side):
        for event in self.ends[side].events:
            assert not isinstance(event, Ended), event
            if isinstance(event, Opened):
                self.streams[side].append(event.stream)
        self.ends[side].events.clear()

    def take(self, side, stream):
        event = self.ends[side].take(stream, self.now)
        if isinstance(event, Message):
            which = int(event.payload.rstrip(b"\0"))
            assert which not in self.taken, f"{which} twice"
            self.taken.add(which)
        return event

    def act(self, side):
        rng, end, streams = self.rng, self.ends[side], self.streams[side]
        if rng.random() < 0.1 and all(e.begun for e in self.ends):
            new = end.open(rng.choice((Kind.LOG, Kind.STATE, Kind.CALL)), "s",
                           rng.choice((0, 0, self.now + 100_000)))
            streams.extend([new] if new else [])
        stream = rng.choice(streams) if streams else None
        if stream and stream.outgoing and not stream.outgoing.finished and rng.random() < 0.6:
            payload = b"%d" % (len(self.sent) + 1) + bytes(rng.choice((0, 10, 500, 1_500)))
            expiry = rng.choice((0, 0, self.now + rng.randrange(1, 300_000)))
            send = end.send(stream, payload, expiry, ends=rng.random() < 0.1, key=rng.choice((b"a", b"b")))
            self.sent.append((send, end))
            if rng.random() < 0.2:
                end.withdraw(send)
        if self.sent and rng.random() < 0.05:
            send, sender = rng.choice(self.sent)
            sender.withdraw(send)
        if stream and rng.random() < 0.02:
            end.reset(stream)
        if stream and not stream.ours and stream.outgoing and rng.random() < 0.05:
            end.end(stream)  # a callee that answers early
            end.discard(stream, self.now)

    def carry(self, side):
        if self.connected:
            wire = self.wires[side]
            if self.rng.random() < 0.5:
                wire += self.ends[side].output(self.now)
            size = self.rng.randrange(len(wire) + 1)
            self.ends[1 - side].receive(bytes(wire[:size]), self.now)
            del wire[:size]
        self.ends[side].advance(self.now)
        self.hear(side)
        for stream in self.streams[side]:
            if self.rng.random() < 0.5:
                self.take(side, stream)

    def play(self):
        for _ in range(self.rng.randrange(100, 400)):
            self.now += self.rng.choice((0, 10, 1_000, 60_000))
            if not self.connected or self.rng.random() < 0.03:
                self.connect(not self.connected)
            for side in (0, 1):
                self.act(side)
                self.carry(side)

    def finish(self):
        """A good line to the end; then nothing may be left."""
        client, machine = self.ends
        if self.connected:
            self.connect(False)
        self.connect(True)
        for _ in range(100):
            self.now += 60_000
            data = [b"x", b"x"]
            while any(data):
                data = [end.output(self.now) for end in self.ends]
                machine.receive(data[0], self.now)
                client.receive(data[1], self.now)
            for side, end in enumerate(self.ends):
                end.advance(self.now)
                self.hear(side)
                for stream in self.streams[side]:
                    end.end(stream)
                    while self.take(side, stream):
                        pass
            if not client.streams and not machine.streams:
                break
        assert not client.streams and not machine.streams, (client.streams, machine.streams)
        assert client.pending == machine.pending == 0, (client.pending, machine.pending)

    def check(self):
        for which, (send, _) in enumerate(self.sent, 1):
            if send.receipt == DELIVERED:
                assert which in self.taken, f"{which} was not delivered"
            elif send.receipt.outcome is Outcome.NOT_DELIVERED:
                assert which not in self.taken, f"{which} was delivered"
        one, other = (end.ledger().split("\n") for end in self.ends)
        for sender, receiver in ((one, other), (other, one)):
            sent = re.fullmatch(r"sent \d+ delivered (\d+) refused \d+ digest (\w+)", sender[2])
            taken = re.fullmatch(r"taken (\d+) digest (\w+)", receiver[3])
            assert sent.groups() == taken.groups(), (one, other)
        return len(self.taken)


def main():
    taken = 0
    for seed in range(int(sys.argv[2])):
        history = History(seed)
        try:
            history.play()
            history.finish()
            taken += history.check()
        except Exception as error:
            return f"seed {seed}: {error!r}"
    return "well" if taken > 10 * int(sys.argv[2]) else f"only {taken} were taken"


print("verdict", main(), flush=True)
