// Tests of switchboard.js, without I/O: in a page (test.html), or `node test.js`.
//
// The examples are those of docs/session-protocol.md §13. `ServerCore` is the other end for tests of
// the core's logic; that both ends are right is shown against the Swift server (Tests/ClientsTests).

import {
    Code, Core, Fields, Gap, Kind, Message, SHA256, Violation, bytes, field, frame, join, messageHash,
    number, text,
} from "./switchboard.js";

const HELLO = unhex("d3534201");
const [SESSION, SECRET] = [unhex("000102030405060708090a0b0c0d0e0f"), unhex("101112131415161718191a1b1c1d1e1f")];
const ACCEPT = unhex("d3534201 1b 02 01 00 8001e240 80040000 4080 80030000 5388 6710 800493e0 00 00");

function unhex(digits) {
    return Uint8Array.from(digits.replaceAll(" ", "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

function equal(one, other, what = "") {
    const show = (value) => value instanceof Uint8Array ? hex(value)
        : JSON.stringify(value, (_, v) => v instanceof Uint8Array ? hex(v) : typeof v === "bigint" ? `${v}n` : v);
    if (show(one) !== show(other)) throw new Error(`${what}: ${show(one)} is not ${show(other)}`);
}
const receipts = (sends) => sends.map(({ receipt }) => receipt?.toString());

/** A server's end: what a client does, but that it is asked to attach. */
class ServerCore extends Core {
    parity = 1;
    request() { return []; }
    attach(kind, f, now) {
        equal([kind, f.take(16), f.take(16)], [1, this.session, this.secret]);
        const [epoch, , received, clock] = [f.number(), f.number(), f.number(), f.number()];
        this.peer = { window: f.number(), streamLimit: f.number(), messageLimit: f.number() };
        f.bytes();
        f.end();
        this.epoch = epoch;
        const { window, streamLimit, messageLimit } = this.limits;
        const answer = frame(2, epoch, this.received, now, window, streamLimit, messageLimit, 5_000, 10_000, 300_000, 0,
            field(new Uint8Array()));
        this.attached(received, clock, now, answer, true);
    }
}

/** Two ends that are attached, at 0. */
function pair(options) {
    const ends = [new Core(SESSION, SECRET, undefined, options), new ServerCore(SESSION, SECRET, undefined, options)];
    for (const end of ends) end.connect(0);
    exchange(...ends, 0);
    for (const end of ends) end.events = [];
    return ends;
}

/** Carries bytes until nothing is left to say. */
function exchange(client, server, now = 0) {
    for (;;) {
        const [there, back] = [client.output(now), server.output(now)];
        if (!there.length && !back.length) return;
        server.receive(there, now);
        client.receive(back, now);
    }
}

/** A client whose attachment was accepted by the bytes of §13, and that has answered. */
function attached() {
    const core = new Core(SESSION, SECRET, bytes("hi"));
    core.connect(1_000);
    core.output(1_000);
    core.receive(ACCEPT, 2_000);
    equal(core.output(2_000), unhex("07 06 8001e240 47d0"), "PONG");
    return core;
}

/** A stream the server opened, as it came to a client. */
function given(core, digits) {
    core.receive(unhex(digits), 2_000);
    equal(core.events.at(-1).type, "opened");
    return core.events.at(-1).stream;
}

function takeAll(core, now = 0) {
    const events = [];
    for (const { stream } of core.events.filter(({ type }) => type === "opened")) {
        for (let event; (event = core.take(stream, now));) events.push(event);
    }
    return events;
}

const tests = {
    "the numbers of section 1"() {
        for (const [value, digits] of [[37, "25"], [64, "4040"], [16_384, "80004000"], [2n ** 62n - 1n, "ff".repeat(8)]]) {
            equal(number(value), unhex(digits));
            equal(new Fields(unhex(digits)).number(), value);
        }
        for (let bits = 0n; bits < 62n; bits += 1n) {
            for (const value of [2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n]) {
                equal(BigInt(new Fields(number(value)).number()), value);
            }
        }
        for (const digits of ["4025", "80000040", "80003fff", "c00000003fffffff", "40", "800000", "c0"]) {
            try {
                new Fields(unhex(digits)).number();
            } catch (error) {
                if (error instanceof Violation) continue;
            }
            throw new Error(`${digits} was taken`);
        }
    },

    "ATTACH and ACCEPT of section 13"() {
        const core = new Core(SESSION, SECRET, bytes("hi"));
        core.connect(1_000);
        equal(core.output(1_000), unhex("d3534201 33 01 000102030405060708090a0b0c0d0e0f"
            + "101112131415161718191a1b1c1d1e1f 01 00 00 43e8 80040000 4080 80030000 02 6869"));
        core.receive(ACCEPT, 2_000);
        equal([core.epoch, core.acked, core.peer], [1, 0, { window: 262_144, streamLimit: 128, messageLimit: 196_608 }]);
        equal(core.times, { heartbeat: 5_000, silence: 10_000, keep: 300_000, slot: 0 });
        equal(core.events, [{ type: "attached", resumed: false }]);
    },

    "REFUSE of section 13"() {
        const core = new Core(SESSION, SECRET);
        core.connect(0);
        core.receive(unhex("d3534201 0a 03 09 43e8 05 6c61746572"), 0);
        equal(core.events, [{ type: "refused", code: Code.overloaded, retryAfter: 1_000, text: "later" }]);
        equal([core.state, core.closes], ["detached", true]);
    },

    "ACK, PING, PONG, DRAIN and FAULT of section 13"() {
        const core = attached();
        for (let i = 0; i < 100; i += 1) core.withdraw(core.send(core.open(Kind.log, "l"), bytes("x")));
        core.output(2_000);
        core.receive(unhex("03 04 4064"), 2_000);
        equal(core.acked, 100);
        core.receive(unhex("05 05 8001e240"), 2_000);
        equal(core.output(2_000), unhex("07 06 8001e240 47d0"));
        core.receive(unhex("06 07 43e8 5388 00"), 2_000);
        equal(core.events.at(-1), { type: "draining", delay: 1_000, within: 5_000, endpoint: "" });
        core.receive(unhex("05 08 0a 02 6e6f"), 2_000);
        equal([core.state, core.events.at(-1).code], ["ended", Code.malformed]);
        const other = attached();
        other.fault(new Violation(Code.malformed, "no"));
        equal(other.output(0), unhex("05 08 0a 02 6e6f"));
        const heart = attached();
        heart.advance(5_001_000);
        equal(heart.output(5_001_000), frame(5, 5_001_000));
        heart.receive(frame(6, 5_001_000, 2_000), 5_002_000);
        equal(heart.state, "attached");
    },

    "the streams of section 13, as they are written"() {
        const core = attached(), log = core.open(Kind.log, "log");
        equal(core.output(2_000), unhex("08 20 00 00 00 03 6c6f67"));
        core.send(log, bytes("hi"));
        equal(core.output(2_000), unhex("04 40 00 6869"));
        core.send(log, bytes("hi"), { expiry: 1_200 });
        equal(core.output(2_000), unhex("06 44 00 44b0 6869"));
        const call = core.open(Kind.call, "add", 1_200);
        equal(core.output(2_000), unhex("09 20 02 03 44b0 03 616464"));
        core.send(call, unhex("0102"), { ends: true });
        equal(core.output(2_000), unhex("04 42 02 0102"));
        core.receive(unhex("04 25 02 0e 00"), 2_000);
        equal(core.take(call, 2_000), { status: Code.failed, detail: new Uint8Array() });
        const shots = core.open(Kind.datagram, "d");
        core.output(2_000);
        for (let i = 0; i < 8; i += 1) core.send(shots, unhex("cafe"));
        equal(core.output(2_000).subarray(-6), unhex("05 09 04 07 cafe"));
        core.bye();
        equal(core.output(2_000), unhex("03 27 03 00"));
    },

    "the streams of section 13, as they come"() {
        const core = attached(), stream = given(core, "08 20 01 00 00 03 6c6f67");
        core.receive(unhex("03 41 01 68"), 2_000);
        equal(core.take(stream, 2_000), undefined);
        core.receive(unhex("04 40 01 6869"), 2_000);
        equal(core.take(stream, 2_000), new Message(bytes("hhi"), 0));
        core.receive(unhex("04 48 01 0000"), 2_000);
        equal(core.take(stream, 2_000), new Gap(1, 1, Code.cancelled));
        equal(core.output(2_000), unhex("02 04 04 04 22 01 01 01 03 21 01 02"));
        core.receive(unhex("06 24 01 03 12 01 2a"), 2_000);
        equal(core.take(stream, 2_000), new Gap(2, 4, Code.trimmed, unhex("2a")));
        core.receive(unhex("04 26 01 01 00"), 2_000);
        equal(stream.over.status, Code.cancelled);
    },

    "TAKEN, SKIPPED, CANCEL and RESET of section 13"() {
        const core = attached(), log = core.open(Kind.log, "log");
        const sends = Array.from({ length: 17 }, () => core.send(log, bytes("x")));
        core.output(2_000);
        core.withdraw(sends[16]);
        equal(core.output(2_000), unhex("03 23 00 10"));
        core.receive(unhex("04 22 00 10 02 03 21 00 11"), 2_000);
        equal(receipts(sends), [...Array(16).fill("delivered"), "not delivered (deadline)"]);
        core.open(Kind.call, "c");
        const call = [...(core.output(2_000), core.streams.values())].at(-1);
        core.reset(call);
        equal(core.output(2_000), unhex("04 26 02 01 00"));
    },

    "the whole session of section 13"() {
        const core = attached(), log = core.open(Kind.log, "log"), hi = core.send(log, bytes("hi"));
        equal(core.output(2_000), unhex("08 20 00 00 00 03 6c6f67 04 40 00 6869"));
        core.receive(unhex("03 21 00 01 02 04 02"), 3_000);
        equal(hi.receipt.toString(), "delivered");
        equal([core.output(3_000).length, core.deadline], [0, 53_000]);
        core.advance(53_000);
        equal(core.output(53_000), unhex("02 04 01"));
        equal(core.unacked, []);
    },

    "violations are told once and end the session"() {
        const cases = {
            "00": "malformed", "80": "malformed", "4001": "malformed", "01 0a": "unknownFrame", "01 28": "unknownFrame",
            "01 7f": "unknownFrame", "01 01": "unknownFrame", "03 04 4064": "malformed", "04 06 00 00 00": "malformed",
            "03 06 00 00": "malformed", "03 40 00 00": "wrongState", "03 21 00 00": "wrongState",
            "08 20 03 00 00 03 6c6f67": "wrongState", "08 20 00 00 00 03 6c6f67": "wrongState",
            "08 20 01 04 00 03 6c6f67": "malformed", "07 20 01 00 00 03 6c6f": "malformed",
            "05 20 01 00 00 00 04 25 01 00 00 04 25 01 00 00": "wrongState",
            "05 20 01 00 00 00 03 41 01 68 04 25 01 00 00": "wrongState",
            "05 20 01 00 00 00 03 41 01 68 04 44 01 05 00": "malformed",
            "05 20 01 00 00 00 05 24 01 00 11 00": "malformed", "05 20 01 01 00 00 03 40 01 05": "malformed",
            "05 20 01 02 00 00 03 40 01 05": "wrongState", "05 20 01 00 00 00 03 21 01 01": "malformed",
            "05 20 01 00 00 00 04 26 01 01 01": "malformed", "02 40 ff": "malformed",
        };
        for (const [digits, code] of Object.entries(cases)) {
            const core = attached();
            core.receive(unhex(digits), 2_000);
            equal([core.state, core.events.at(-1).code], ["ended", Code[code]], digits);
            equal(core.output(2_000).subarray(1, 3), Uint8Array.of(8, Code[code]), digits);
            equal(core.closes, true);
        }
    },

    "random bytes are violations and nothing else"() {
        const random = seeded(7), kinds = [...Array(10).keys(), 0x90, 0xd0];
        for (let kind = 0x20; kind < 0x28; kind += 1) kinds.push(kind);
        for (let kind = 0x40; kind < 0x50; kind += 1) kinds.push(kind);
        for (let round = 0; round < 2_000; round += 1) {
            const core = attached();
            core.send(core.open(Kind.log, "l"), bytes("x"));
            core.output(2_000);
            for (let i = 0; i < 6; i += 1) {
                const body = Uint8Array.from({ length: 1 + random(9) }, () => [0, 1, 2, 3, random(256)][random(5)]);
                body[0] = kinds[random(kinds.length)];
                core.receive(join([number(body.length), body]), 2_000);
                takeAll(core, 2_000);
                core.output(3_000);
            }
        }
    },

    "state conflates and says how many"() {
        const [client, server] = pair(), state = client.open(Kind.state, "s");
        client.send(state, bytes("1"), { key: "k" });
        exchange(client, server);
        const sends = ["2", "3", "4", "5"].map((value) => client.send(state, bytes(value), { key: "k" }));
        exchange(client, server);
        equal(takeAll(server), [new Message(bytes("1"), 0, "k", 0)]);
        exchange(client, server);
        equal(takeAll(server), [new Message(bytes("5"), 1, "k", 3)]);
        exchange(client, server);
        equal(receipts(sends), [...Array(3).fill("not delivered (superseded)"), "delivered"]);
    },

    "deadlines never run late"() {
        const [client, server] = pair(), log = client.open(Kind.log, "l");
        const late = client.send(log, bytes("late"), { expiry: 1_000 });
        exchange(client, server);
        client.advance(1_000);
        equal(late.receipt.toString(), "unknown (deadline)");
        equal(takeAll(server, 999), [new Gap(0, 0, Code.deadline)]);
        client.lost();
        const kept = client.send(log, bytes("kept"), { expiry: 2_000 });
        client.advance(2_000);
        equal(kept.receipt.toString(), "not delivered (deadline)");
        const [other, sleeper] = pair();
        other.send(other.open(Kind.log, "l"), bytes("x"), { expiry: 1_000_000 });
        exchange(other, sleeper);
        sleeper.slept();  // how long is not known
        equal(takeAll(sleeper, 10), [new Gap(0, 0, Code.deadline)]);
    },

    "a callee that ends early passes over the rest"() {
        const [client, server] = pair({ window: 3_000, streamLimit: 4, messageLimit: 2_000 });
        const call = client.open(Kind.call, "c");
        const sends = Array.from({ length: 10 }, () => client.send(call, new Uint8Array(1_000)));
        exchange(client, server);
        const { stream } = server.events.find(({ type }) => type === "opened");
        server.take(stream, 0);
        server.end(stream, Code.limit, bytes("full"));
        server.discard(stream, 0);
        const wait = (from, to) => {
            for (let now = from; now < to; now += 100_000) {
                client.advance(now);
                server.advance(now);
                exchange(client, server, now);
            }
        };
        wait(0, 2_000_000);
        equal(receipts(sends), ["delivered", ...Array(9).fill("not delivered (closed)")]);
        equal(receipts([client.send(call, bytes("late"), { ends: true })]), ["not delivered (closed)"]);
        equal(client.take(call, 0).status, Code.limit);
        wait(2_000_000, 3_000_000);
        equal([client.streams.size, server.streams.size], [0, 0]);
    },

    "goodbye"() {
        const [client, server] = pair(), log = client.open(Kind.log, "l");
        const sends = ["1", "2"].map((value) => client.send(log, bytes(value)));
        exchange(client, server);
        server.take(server.events.find(({ type }) => type === "opened").stream, 0);
        server.bye();
        exchange(client, server);
        equal([client.state, server.state, ...receipts(sends)], ["ended", "ended", "delivered", "not delivered (closed)"]);
    },

    "ledgers of section 12"() {
        const core = attached(), log = core.open(Kind.log, "l");
        core.send(log, bytes("hi"));
        core.output(2_000);
        equal(core.ledger(), "switchboard-ledger 1\nsession 000102030405060708090a0b0c0d0e0f client\n"
            + "sent 1 delivered 0 refused 0 digest 00000000\ntaken 0 digest 00000000\n"
            + "unsettled 0 0 fe51f71e\nend\n");
        equal(messageHash(0, 0, bytes("hi")), 0xfe51f71e);
    },

    "SHA-256 of FIPS 180-4"() {
        equal(hex(new SHA256().update(bytes("abc")).digest()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        const million = new SHA256();
        for (let i = 0; i < 1_000; i += 1) million.update(bytes("a".repeat(1_000)));
        equal(hex(million.digest()), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
        equal(hex(new SHA256().digest()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    },

    "over a line that breaks anywhere, every receipt is true"() {
        let [sent, taken] = [0, 0];
        for (let seed = 0; seed < 150; seed += 1) {
            try {
                const [one, other] = play(seed);
                sent += one;
                taken += other;
            } catch (error) {
                error.message = `seed ${seed}: ${error.message}`;
                throw error;
            }
        }
        if (taken < sent / 10) throw new Error(`${taken} of ${sent}`);
    },
};

/** A generator of numbers below a limit (mulberry32). */
function seeded(state) {
    return (limit) => {
        state = state + 0x6d2b79f5 | 0;
        let mixed = Math.imul(state ^ state >>> 15, 1 | state);
        mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
        return ((mixed ^ mixed >>> 14) >>> 0) % limit;
    };
}

/** One history of two ends, to its good end. */
function play(seed) {
    const random = seeded(seed), options = { window: 3_000, streamLimit: 4, messageLimit: 2_000 };
    const ends = pair(options), wires = [new Uint8Array(), new Uint8Array()], streams = [[], []];
    const sends = [], taken = new Set();
    let now = 0, isConnected = true;
    const take = (end, stream) => {
        const event = end.take(stream, now);
        if (event instanceof Message) {
            const which = Number(text(event.payload).split(" ")[0]);
            if (taken.has(which)) throw new Error(`${which} twice`);
            taken.add(which);
        }
        return event;
    };
    const hear = (side) => {
        for (const event of ends[side].events.splice(0)) {
            if (event.type === "opened") streams[side].push(event.stream);
            if (event.type === "ended") throw new Error(event.text);
        }
    };
    const steps = 100 + random(300);
    for (let step = 0; step < steps; step += 1) {
        now += [0, 10, 1_000, 60_000][random(4)];
        if (!isConnected || random(30) === 0) {
            for (const end of ends) isConnected ? end.lost() : end.connect(now);
            isConnected = !isConnected;
            wires.fill(new Uint8Array());
        }
        ends.forEach((end, side) => {
            if (random(10) === 0) streams[side].push(end.open([0, 1, 3][random(3)], "s", random(3) ? 0 : now + 100_000));
            const stream = streams[side][random(streams[side].length)];
            if (stream?.outgoing && !stream.outgoing.finished && random(2)) {
                const payload = bytes(`${sends.length} ${"x".repeat([0, 10, 500, 1_500][random(4)])}`);
                sends.push(end.send(stream, payload, {
                    expiry: random(3) ? 0 : now + 1 + random(300_000), ends: random(10) === 0, key: "ab"[random(2)],
                }));
                if (random(5) === 0) end.withdraw(sends.at(-1));
            }
            if (stream && random(50) === 0) end.reset(stream);
            if (stream && !stream.ours && random(20) === 0) {  // a callee that answers early
                end.end(stream);
                end.discard(stream, now);
            }
            if (isConnected) {
                if (random(2)) wires[side] = join([wires[side], end.output(now)]);
                const size = random(wires[side].length + 1);
                ends[1 - side].receive(wires[side].slice(0, size), now);
                wires[side] = wires[side].slice(size);
            }
            end.advance(now);
            hear(side);
            for (const one of streams[side]) if (random(2)) take(end, one);
        });
    }
    for (const end of ends) {
        if (isConnected) end.lost();
        end.connect(now);
    }
    for (let round = 0; round < 100; round += 1) {
        now += 60_000;
        exchange(...ends, now);
        ends.forEach((end, side) => {
            end.advance(now);
            hear(side);
            for (const stream of streams[side]) {
                end.end(stream);
                while (take(end, stream));
            }
        });
    }
    sends.forEach(({ receipt }, which) => {
        if (!receipt) throw new Error(`${which} has no receipt`);
        if (receipt.outcome === "delivered" && !taken.has(which)) throw new Error(`${which} was not delivered`);
        if (receipt.outcome === "not delivered" && taken.has(which)) throw new Error(`${which} was delivered`);
    });
    equal(ends.map((end) => [end.streams.size, end.pending]), [[0, 0], [0, 0]]);
    const [one, other] = ends.map((end) => end.ledger().split("\n"));
    const outgoing = (line) => line.match(/delivered (\d+) .*digest (.*)/).slice(1);
    const incoming = (line) => line.match(/taken (\d+) digest (.*)/).slice(1);
    equal([outgoing(one[2]), outgoing(other[2])], [incoming(other[3]), incoming(one[3])]);
    return [sends.length, taken.size];
}

/** Runs every test; gives lines to read, of which the last says how it went. */
export async function run() {
    const lines = [];
    let failed = 0;
    for (const [name, test] of Object.entries(tests)) {
        try {
            await test();
            lines.push(`passed: ${name}`);
        } catch (error) {
            failed += 1;
            lines.push(`FAILED: ${name}: ${error.stack ?? error}`);
        }
    }
    lines.push(failed ? `${failed} of ${Object.keys(tests).length} failed` : `all ${Object.keys(tests).length} passed`);
    return lines;
}

if (typeof document === "undefined") {
    const lines = await run();
    console.log(lines.join("\n"));
    if (!lines.at(-1).startsWith("all ")) process.exitCode = 1;
}
