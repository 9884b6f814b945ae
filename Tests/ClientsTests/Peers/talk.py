"""What a Python client does in ClientsTests: talk.py FOLDER PART ENDPOINT [CERTIFICATE].

Each part checks what it can see itself, and prints `ok` and its ledger at the end.
"""

import asyncio
import os
import ssl
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, sys.argv[1])

import switchboard  # noqa: E402
from switchboard import CallFailed, Code, Gap, Kind, Message, Outcome  # noqa: E402


def check(condition, what=""):
    if not condition:
        raise AssertionError(what)


async def logs(session):
    """2,000 messages, several windows of them, and one more with its receipt."""
    log = session.log("numbers")
    pending = [await log.post(b"%d %s" % (i, b"x" * 600)) for i in range(2_000)]
    receipts = [await one for one in pending]
    check(all(r.outcome is Outcome.DELIVERED for r in receipts), set(receipts))
    check((await log.send(b"2000", timeout=20)).outcome is Outcome.DELIVERED)
    log.finish()


async def states(session):
    state = session.state("positions")
    pending = [await state.post(b"%d" % i, key=b"ab"[i % 2:i % 2 + 1]) for i in range(500)]
    receipts = [await one for one in pending]
    check(receipts[-1].outcome is receipts[-2].outcome is Outcome.DELIVERED, receipts[-2:])
    check(all(r.outcome is Outcome.DELIVERED or r.cause == Code.SUPERSEDED for r in receipts), receipts)
    state.finish()


async def datagrams(session):
    shots = session.datagrams("shots")
    while await session.call("shots") == b"0":   # they may be lost, but not all of them
        receipt = await shots.send(b"bang")
        check(receipt.cause in (Code.UNACKNOWLEDGED, Code.DROPPED), receipt)
    shots.finish()


async def calls(session):
    answers = await asyncio.gather(*(session.call("echo", b"%d" % i, timeout=20) for i in range(500)))
    check(answers == [b"%d" % i for i in range(500)])
    long = os.urandom(190_000)
    check(await session.call("echo", long) == long)
    check(await session.call("echo") == b"")
    for name, code, detail in [("refuse", 1_024, b"no"), ("fail", Code.FAILED, b"")]:
        try:
            await session.call(name)
            check(False, name)
        except CallFailed as failure:
            check((failure.code, failure.detail) == (code, detail), failure)
            check(failure.receipt.outcome is Outcome.DELIVERED, failure)
    try:
        await session.call("nobody")
        check(False)
    except CallFailed as failure:
        check(failure.code == Code.UNKNOWN_NAME, failure)
        check(failure.receipt.outcome is Outcome.NOT_DELIVERED, failure)


async def deadlines(session):
    try:
        await session.call("sleep", timeout=0.2)
        check(False)
    except CallFailed as failure:
        check(failure.code == Code.DEADLINE, failure)
    call = asyncio.create_task(session.call("sleep"))
    await session.call("asleep")  # answered when the other one runs
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)


async def streams(session):
    async with session.open(Kind.CALL, "reverse") as call:
        words = [b"%d" % i + bytes(10_000) for i in range(100)]
        for word in words:
            await call.post(word)
        call.finish()
        check([event.payload async for event in call] == words[::-1])


async def early(session):
    """The server ends each of these while we still send: far more than queue and window hold."""
    for name, code in [("early refusal", 1_024), ("early end", 0), ("early failure", Code.FAILED),
                       ("early reset", Code.SUPERSEDED)]:
        async with asyncio.timeout(30), session.open(Kind.CALL, name) as call:
            for _ in range(50):
                last = await call.post(bytes(100_000))
            check((await last).outcome is Outcome.NOT_DELIVERED, (name, await last))
            try:
                check(await call.receive() == switchboard.End(code, b"no" if code == 1_024 else b""), name)
            except CallFailed as failure:
                check(failure.code == code == Code.SUPERSEDED, (name, failure))


async def both_ways(session):
    """What the server asks and sends while we wait; it says how it went."""
    heard = []

    async def shout(request):
        if request == b"not this":
            raise CallFailed(1_025, "never")
        return request.upper()

    async def feed(channel):
        async for event in channel:
            check(isinstance(event, Message), event)
            heard.append(int(event.payload))

    async def prices(channel):
        async for event in channel:
            latest[event.key] = event.payload

    async def early(channel):
        await channel.receive()
        raise CallFailed(1_026, "enough")

    latest = {}
    session.handle("early", early)
    session.answer("shout", shout)
    session.handle("feed", feed)
    session.handle("prices", prices)
    check(await session.call("your turn") == b"all well")
    check(heard == list(range(1_000)), heard[-5:])
    check(latest == {b"gold": b"99"}, latest)


async def topics(session):
    start = await session.publish("prices", b"first", retain=True)
    subscription = session.subscribe("prices", last=10)
    events = [await anext(subscription)]
    while not (isinstance(events[-1], switchboard.Entry) and not events[-1].retained):
        events.append(await anext(subscription))
    check(isinstance(events[0], switchboard.TopicStart), events)
    check(events[-1] == switchboard.Entry(start[1], b"first"), events)
    epoch, offset = await session.publish("prices", b"second")
    check((epoch, offset) == (start[0], start[1] + 1))
    async for event in subscription:
        if isinstance(event, switchboard.Entry):
            check(event == switchboard.Entry(offset, b"second"), event)
            break
    await subscription.aclose()
    async for event in session.subscribe("prices", offset=offset + 5, epoch=epoch + 1):
        if isinstance(event, Gap):
            break


async def files(session):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        content = os.urandom(3_000_000)
        path.write_bytes(content)
        await session.put(path, "kept/file.bin")
        back = Path(folder, "back")
        await session.get("kept/file.bin", back)
        check(back.read_bytes() == content)
        seen = []
        await session.put(path, "kept/file.bin", lambda done, size: seen.append(done))
        check(not seen, seen)  # it is all there
        # A name that is not UTF-8, as bytes and as what Python makes of it.
        odd = Path(os.fsdecode(os.fsencode(folder) + b"/r\xe9sum\xe9"))
        odd.write_bytes(b"odd")
        await session.put(odd)
        await session.get(b"r\xe9sum\xe9", back)
        check(back.read_bytes() == b"odd")
        await session.put(os.fsencode(odd), b"kept/\xff")
        await session.get("kept/\udcff", back)
        check(back.read_bytes() == b"odd")
        try:
            await session.put(path, "../outside")
            check(False)
        except CallFailed:
            pass


PARTS = [logs, states, datagrams, calls, deadlines, streams, early, both_ways, topics, files]


async def main():
    part, endpoint = sys.argv[2], sys.argv[3]
    tls = ssl.create_default_context(cafile=sys.argv[4]) if len(sys.argv) > 4 else None
    session = await switchboard.connect(endpoint, tls=tls)
    for one in PARTS:
        if one.__name__ in part.split(","):
            await one(session)
    await session.close()
    check((await session.ended).code == Code.CLOSED, await session.ended)
    print("ok")
    print(session.ledger(), end="")


if __name__ == "__main__":
    asyncio.run(main())
