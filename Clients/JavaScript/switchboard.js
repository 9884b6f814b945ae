// Switchboard sessions for browsers: connections in which every message is accounted for.
//
// One module, no build step, nothing imported; it needs WebSocket, and so runs wherever that is. The
// protocol is docs/session-protocol.md; the section numbers below are its. `Core` is the protocol
// without I/O: bytes and the time go in, bytes and events come out. `Session` and `Channel` drive it:
//
//     import { connect } from "./switchboard.js";
//     const session = await connect("wss://example.org/session");
//     console.log(await session.log("greetings").send("hi", { timeout: 5000 }));  // a receipt
//     console.log(text(await session.call("add", "[1, 2]", { timeout: 1000 })));

const HELLO = Uint8Array.of(0xd3, 0x53, 0x42, 1);
const FRAME_LIMIT = 16_383;
const HANDOVER = 65_536;           // what is handed to a transport at a time (§7)
const TURN = 16_384;               // what one stream writes before it is the next one's turn (§7)
const UNACKED_LIMIT = 4 << 20;     // then no further MESSAGE is written (§2)
const ANSWERS_LIMIT = 1 << 20;     // answers beyond that (§9)
const QUEUE_SIZE_LIMIT = 1 << 20;  // of one stream, before `send` waits (§9)
const QUEUE_COUNT_LIMIT = 4_096;
const DATAGRAM_LIMIT = 64;         // kept for a stream (§6)
const ACK_DELAY = 50_000;          // µs (§2, §6)
const ACK_SIZE = 32_768;
const CREDENTIALS_LIMIT = 4_096, NAME_LIMIT = 255, TEXT_LIMIT = 1_024;
const COST = 32;                   // of a message, a GAP or an END, besides its payload (§6)
const UNANSWERED_LIMIT = 15_000_000;  // µs: heartbeat + silence, as long as no ACCEPT has said them (§4)

/** Why something ended (§8); numbers from 1,024 on are the application's. */
export const Code = Object.freeze({
    ok: 0, cancelled: 1, deadline: 2, closed: 3, refused: 4, unknownSession: 5, wrongTicket: 6,
    staleEpoch: 7, unsupportedVersion: 8, overloaded: 9, malformed: 10, limit: 11, unknownFrame: 12,
    wrongState: 13, failed: 14, unknownName: 15, draining: 16, dropped: 17, trimmed: 18,
    superseded: 19, expired: 20, unacknowledged: 21,
});
const codeNames = Object.keys(Code);
/** The name of a code, for people. */
export const codeName = (code) => codeNames[code] ?? `code ${code}`;
// A code that nobody knows counts as `failed`.
const readCode = (code) => code < codeNames.length || code >= 1024 ? code : Code.failed;

/** The kinds of stream (§6). */
export const Kind = Object.freeze({ log: 0, state: 1, datagram: 2, call: 3 });

/** How one send ended: `outcome` is "delivered", "not delivered" or "unknown"; `cause` a code. */
export class Receipt {
    constructor(outcome, cause = Code.ok) { this.outcome = outcome; this.cause = cause; }
    toString() { return this.cause ? `${this.outcome} (${codeName(this.cause)})` : this.outcome; }
}
const delivered = new Receipt("delivered");
const notDelivered = (cause) => new Receipt("not delivered", cause);
const unknown = (cause) => new Receipt("unknown", cause);

/** A message that was taken; `key` and `skipped` (older values never seen) are of state streams. */
export class Message {
    constructor(payload, number, key, skipped = 0) {
        Object.assign(this, { payload, number, key, skipped });
    }
    /** The payload as text. */
    get text() { return text(this.payload); }
}

/** Numbers `first` to `last` stand here without a message; `where` says how to fetch them. */
export class Gap {
    constructor(first, last, cause, where = new Uint8Array()) {
        Object.assign(this, { first, last, cause, where });
    }
}

class End {
    constructor(status = 0, detail = new Uint8Array()) { this.status = status; this.detail = detail; }
}

/** The other end broke a rule of the protocol. */
export class Violation extends Error {
    constructor(code, what) { super(what); this.code = code; }
}

/** The session is over: `code` says why. */
export class SessionEnded extends Error {
    constructor(code, what) { super(`${codeName(code)} ${what}`.trim()); this.code = code; }
}

/** A call, or another stream, ended with a code other than 0. Handlers throw it to answer with one.
    `receipt` says what became of the request of a call: whether it ran. */
export class CallFailed extends Error {
    constructor(code, detail = "", receipt = undefined) {
        const what = typeof detail === "string" ? detail : text(detail);
        super([codeName(code), what, receipt && `(${receipt})`].filter(Boolean).join(" "));
        Object.assign(this, { code, detail: what, receipt });
    }
}

// Bytes, numbers and fields (§1) ----------------------------------------------------------------

const encoder = new TextEncoder();
/** Bytes as text, with a replacement for what is not UTF-8. */
export const text = (bytes) => new TextDecoder().decode(bytes);
/** Text, a buffer or a view as bytes. */
export const bytes = (value) => typeof value === "string" ? encoder.encode(value)
    : value instanceof Uint8Array ? value
        : ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
            : new Uint8Array(value);

export function join(parts) {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let position = 0;
    for (const part of parts) {
        whole.set(part, position);
        position += part.length;
    }
    return whole;
}

/** A number in its shortest form. Numbers above 2⁵³ are BigInts. */
export function number(value) {
    const size = value < 64 ? 1 : value < 16_384 ? 2 : value < 1 << 30 ? 4 : 8;
    const out = new Uint8Array(size), view = new DataView(out.buffer);
    if (size === 1) view.setUint8(0, Number(value));
    else if (size === 2) view.setUint16(0, Number(value) | 0x4000);
    else if (size === 4) view.setUint32(0, Number(value) + 0x8000_0000);
    else view.setBigUint64(0, BigInt(value) | 3n << 62n);
    return out;
}

/** A bytes field. */
export const field = (data) => join([number(data.length), data]);

/** A frame: numbers as numbers, bytes as they are. */
export function frame(kind, ...fields) {
    const body = join([Uint8Array.of(kind), ...fields.map((f) => f instanceof Uint8Array ? f : number(f))]);
    return join([number(body.length), body]);
}

/** Reads the fields of one frame. */
export class Fields {
    constructor(data) { this.data = data; this.position = 0; }

    number() {
        const size = 1 << (this.take(1)[0] >> 6);
        this.position -= 1;
        const part = this.take(size), view = new DataView(part.buffer, part.byteOffset, size);
        if (size === 1) return part[0];
        const value = size === 2 ? view.getUint16(0) & 0x3fff : size === 4 ? view.getUint32(0) & 0x3fff_ffff
            : view.getBigUint64(0) & (1n << 62n) - 1n;
        if (value < (size === 2 ? 64 : size === 4 ? 16_384 : 1 << 30)) {
            throw new Violation(Code.malformed, `${value} in ${size} bytes`);
        }
        return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
    }

    take(size) {
        if (size > this.data.length - this.position) {
            throw new Violation(Code.malformed, "a field runs past the end of its frame");
        }
        return this.data.subarray(this.position, this.position += Number(size));
    }

    bytes(limit = TEXT_LIMIT) {
        const size = this.number();
        if (size > limit) throw new Violation(Code.malformed, `a field of ${size} bytes: ${limit} are allowed`);
        return this.take(size);
    }

    text(limit) { return text(this.bytes(limit)); }
    rest() { return this.take(this.data.length - this.position); }
    end() {
        if (this.position < this.data.length) throw new Violation(Code.malformed, "bytes behind the last field");
    }
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? n >>> 1 ^ 0xedb8_8320 : n >>> 1;
    return n;
});
/** The hash of a message in a ledger (§12). */
export function messageHash(stream, first, payload) {
    const head = new DataView(new ArrayBuffer(16));
    head.setBigUint64(0, BigInt(stream));
    head.setBigUint64(8, BigInt(first));
    let crc = 0xffff_ffff;
    for (const part of [new Uint8Array(head.buffer), payload]) {
        for (const byte of part) crc = crcTable[(crc ^ byte) & 255] ^ crc >>> 8;
    }
    return ~crc >>> 0;
}
const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
const hex32 = (value) => (value >>> 0).toString(16).padStart(8, "0");
// Clocks may be anywhere below 2⁶²; what is between two moments is a number.
const minus = (a, b) => typeof a === "number" && typeof b === "number" ? a - b : Number(BigInt(a) - BigInt(b));

// What a stream is made of (§6) -----------------------------------------------------------------

class Send {
    numbers = 1;
    replaced = 0;         // values of the same key that this one took the place of
    first = -1;           // its number, given when its first frame is written
    written = 0;
    hash = 0;
    isVoid = false;       // withdrawn after its first frame was written
    isSkipped = false;    // SKIPPED came: not delivered, but TAKEN has yet to count it
    receipt = undefined;
    constructor(stream, payload, expiry, ends, key) {
        Object.assign(this, { stream, payload, expiry, ends, key });
        this.settled = new Promise((resolve) => { this.resolve = resolve; });
    }
    get cost() { return this.payload.length + COST; }
}

/** An END in its place behind the messages. */
class Marker {
    numbers = 1;
    cost = COST;
    first = -1;
    constructor(status, detail) { this.fields = [status, field(detail.subarray(0, TEXT_LIMIT))]; }
}

class Outflow {
    queue = new Map();      // of a state by key; nothing of them is written yet
    held = new Map();       // state: values whose key has one that is not settled
    busy = new Set();       // those keys
    unsettled = new Map();  // by number
    current = undefined;    // written in part
    final = undefined;      // the END, behind all of these
    next = 0; settled = 0; credit = 0; size = 0;
    finished = false;       // by the application
    ended = false;          // on the wire
}

class Inflow {
    items = new Map();      // by number: came, and not taken yet
    partial = undefined;    // the one whose last piece has not come
    next = 0; taken = 0; told = 0; credit = 0; untold = 0;
    ended = false;          // the end has come
    finished = false;       // and was taken
    discards = undefined;   // nobody takes what still comes: why it is skipped
}

class Stream {
    id = -1;                // given when OPEN is written
    datagrams = [];
    datagram = 0;           // the next one's number
    over = undefined;       // reset, or its session has ended: nothing more comes
    resetCode = undefined;  // ours, when we have decided to send RESET
    resetHeard = false;
    constructor(kind, name, expiry, ours) {
        Object.assign(this, { kind, name, expiry, ours });
        if (ours || kind === Kind.call) this.outgoing = new Outflow();
        if (!ours || kind === Kind.call) this.incoming = new Inflow();
    }
    /** A call of ours whose callee has ended its answers: it takes no more of the request (§6). */
    get isAnswered() { return this.ours && this.kind === Kind.call && this.incoming.ended; }
    /** Nothing is left for the application to do here. */
    get isComplete() {
        return (!this.outgoing || this.outgoing.finished) && (!this.incoming || this.incoming.finished);
    }
}

/** The client's end of a session, without I/O. Times are µs of one clock that never stops.

    The driver calls `connect` when there is a transport, `receive` with what came, `output` until it
    gives nothing, `advance` at `deadline`, `lost` when the transport is gone; after each it drains
    `events`, and closes the transport when `closes` says so. Events are objects with a `type`:
    attached, refused, draining, opened, readable, room, settled, silent, ended. */
export class Core {
    parity = 0;             // of the numbers of our streams: a client's are even
    state = "detached";     // attaching, attached, ended
    begun = false;          // an ACCEPT has come
    closes = false;         // when what `output` gives is written
    epoch = 0; sent = 0; acked = 0; received = 0; told = 0;
    times = { heartbeat: 5_000, silence: 10_000, keep: 300_000, slot: 0 };  // ms
    answer = new Uint8Array();
    events = [];
    streams = new Map();
    pending = 0;            // sends without a receipt
    unacked = [];           // frames: { data, payloadAt, send, answer }
    unackedSize = 0;
    ending = undefined;     // the BYE we send
    byeSent = false;
    byeHeard = false;
    #resend = [];
    #answers = new Map();   // frames about to be written: key to { what, stream, ... }
    #lazy = new Set();      // streams whose TAKEN may wait for company
    #opening = [];
    #ready = new Set();
    #shooting = new Set();  // with datagrams to write
    #opened = [0, 0];       // streams ever opened, by parity
    #open = [0, 0];         // and not forgotten
    #head = [];
    #input = new Uint8Array();
    #greeted = false;
    #pong = undefined;
    #lazyDue = 0; #ackDue = 0;               // when a TAKEN, an ACK may wait no longer; 0: none does
    #lazyOwed = false; #ackOwed = false;     // that moment has passed: it is the output's turn
    #unansweredSize = 0;
    #asked = 0; #life = 0;
    #answered = false;
    #clockTrusted = true;
    #estimate = undefined;  // the other clock, when we asked
    #expiries = [];         // [moment, send or stream], sorted
    #count = { sent: 0, delivered: 0, refused: 0, taken: 0, digestOut: 0, digestIn: 0 };

    constructor(session, secret, credentials = new Uint8Array(),
        { window = 262_144, streamLimit = 128, messageLimit = 196_608 } = {}) {
        if (credentials.length > CREDENTIALS_LIMIT) throw new RangeError(`credentials: ${CREDENTIALS_LIMIT} bytes`);
        Object.assign(this, { session, secret, credentials });
        this.limits = this.peer = { window, streamLimit, messageLimit };
    }

    // The connection ----------------------------------------------------------------------------

    /** A transport is there: asks to attach. */
    connect(now) {
        if (this.state === "ended") return;
        this.state = "attaching";
        this.#greeted = this.#answered = false;
        this.#clockTrusted = true;
        this.#input = new Uint8Array();
        this.#asked = this.#life = now;
        this.#head.push(HELLO, ...this.request(now));
    }

    /** What follows our hello: a client asks to attach. */
    request(now) {
        const { window, streamLimit, messageLimit } = this.limits;
        this.epoch += 1;
        return [frame(1, this.session, this.secret, this.epoch, Number(this.begun), this.received, now,
            window, streamLimit, messageLimit, field(this.credentials))];
    }

    /** The transport is gone. */
    lost() {
        this.#head = [];
        this.#resend = [];
        this.#pong = undefined;
        this.#ackDue = 0;
        this.#ackOwed = false;
        for (const stream of this.#shooting) {
            for (const send of stream.datagrams.splice(0)) this.#give(send, notDelivered(Code.dropped));
        }
        this.#shooting.clear();
        this.closes = this.state === "ended";
        if (this.state !== "ended") this.state = "detached";
    }

    /** Bytes have come. */
    receive(data, now) {
        if (this.state === "ended" || this.state === "detached") return;
        this.#life = now;
        const input = this.#input.length ? join([this.#input, data]) : data;
        let position = 0;
        try {
            if (!this.#greeted) {
                if (input.subarray(0, 3).some((byte, at) => byte !== HELLO[at])) {
                    throw new Violation(Code.malformed, "this is no session");
                }
                if (input.length < 4) {
                    this.#input = input;
                    return;
                }
                if (input[3] !== HELLO[3]) return this.#end(Code.unsupportedVersion, `version ${input[3]}`);
                this.#greeted = true;
                position = 4;
            }
            while (position < input.length && (this.state === "attaching" || this.state === "attached")) {
                if (input[position] > 0x7f) throw new Violation(Code.malformed, "a frame above 16,383 bytes");
                const start = position + 1 + (input[position] >> 6);
                if (start > input.length) break;
                const size = new Fields(input.subarray(position, start)).number();
                if (size === 0) throw new Violation(Code.malformed, "an empty frame");
                if (start + size > input.length) break;
                position = start + size;
                this.#frame(new Fields(input.subarray(start, position)), size, now);
            }
        } catch (error) {
            if (!(error instanceof Violation)) throw error;
            this.fault(error);
        }
        this.#input = input.slice(position);
    }

    /** The other end broke a rule: it is told once, and the session is over. */
    fault(violation) {
        this.#head = [frame(8, violation.code, field(bytes(violation.message).subarray(0, TEXT_LIMIT)))];
        this.#end(violation.code, `the other end broke a rule: ${violation.message}`);
    }

    /** This machine slept while its clock may have stood still: no estimate of the other's holds. */
    slept() {
        this.#estimate = undefined;
        this.#clockTrusted = this.#answered;
    }

    /** We were busy and could not look: a sign of life may have come until this moment. */
    wasBusy(moment) { this.#life = Math.max(this.#life, moment); }

    /** When to call `advance`, at the latest. */
    get deadline() {
        const times = [];
        if (this.#expiries.length) times.push(this.#expiries[0][0]);
        if (this.#lazyDue) times.push(this.#lazyDue);
        if (this.#ackDue) times.push(this.#ackDue);
        if (this.state === "attaching" || this.state === "attached") {
            times.push(this.#life + this.patience);
            if (this.#answered) times.push(this.#asked + this.times.heartbeat * 1_000);
        }
        return times.length ? Math.min(...times) : undefined;
    }

    /** How long no sign of life is borne, in µs (§4). */
    get patience() {
        return this.begun ? (this.times.heartbeat + this.times.silence) * 1_000 : UNANSWERED_LIMIT;
    }

    /** Does what is due: heartbeats, deadlines. */
    advance(now) {
        while (this.#expiries.length && this.#expiries[0][0] <= now) {
            const due = this.#expiries.shift()[1];
            if (due instanceof Send) this.withdraw(due, Code.deadline);
            else if (!due.isComplete) this.reset(due, Code.deadline);
        }
        if (this.#ackDue && this.#ackDue <= now) [this.#ackDue, this.#ackOwed] = [0, true];
        if (this.#lazyDue && this.#lazyDue <= now) [this.#lazyDue, this.#lazyOwed] = [0, true];
        if (this.state !== "attaching" && this.state !== "attached") return;
        if (now >= this.#life + this.patience) {
            this.events.push({ type: "silent" });
        } else if (this.#answered && now >= this.#asked + this.times.heartbeat * 1_000) {
            this.#asked = now;
            this.#answered = false;
            this.#clockTrusted = true;
            this.#head.push(frame(5, now));
        }
    }

    /** The next bytes for the transport; they count as handed over. */
    output(now, limit = HANDOVER) {
        const body = [];
        body.size = 0;
        if (this.state === "attached") {
            this.#writeDatagrams(body, limit);
            while (this.#resend.length && body.size < limit) put(body, this.#resend.shift().data);
            if (!this.#resend.length) {
                this.#writeAnswers(body);
                this.#writeOpens(body);
                this.#writeMessages(body, limit);
                if (this.#lazy.size && (body.size || this.#lazyOwed)) {
                    this.#hurry();
                    this.#writeAnswers(body);
                }
            }
            if (this.#pong !== undefined) {
                this.#head.push(frame(6, this.#pong, now));
                this.#pong = undefined;
            }
            if (this.received > this.told && (body.size || this.#head.length || this.#ackOwed
                || this.#unansweredSize >= ACK_SIZE)) {
                this.#toldAll();
                this.#head.push(frame(4, this.received));
            }
        }
        const data = join([...this.#head, ...body]);
        this.#head = [];
        return data;
    }

    #toldAll() {
        this.told = this.received;
        this.#ackDue = this.#unansweredSize = 0;
        this.#ackOwed = false;
    }

    // Frames ------------------------------------------------------------------------------------

    #frame(f, size, now) {
        const kind = f.take(1)[0];
        if (this.state === "attaching") return this.attach(kind, f, now);
        if (kind >= 0x20 && kind < 0x80 || kind >= 0xc0) {
            if (this.byeHeard) throw new Violation(Code.wrongState, "a frame behind BYE");
            this.received += 1;
            this.#unansweredSize += size;
            this.#ackDue ||= this.#ackOwed ? 0 : now + ACK_DELAY;
        }
        switch (kind) {
        case 0x04: this.acknowledge(f.number()); break;
        case 0x05: this.#pong = f.number(); break;
        case 0x06: this.#ponged(f.number(), f.number(), now); break;
        case 0x07: this.events.push({ type: "draining", delay: f.number(), within: f.number(), endpoint: f.text() });
            return;
        case 0x08: this.#faulted(f); break;
        case 0x09: this.#datagram(f); break;
        case 0x20: this.#openedByOther(f); break;
        case 0x21: this.#takenByOther(f); break;
        case 0x22: this.#skippedByOther(f); break;
        case 0x23: this.#cancelled(f); break;
        case 0x24: this.#gap(f, now); break;
        case 0x25: this.#marker(this.#stream(f), 1, new End(readCode(f.number()), f.bytes()), now); break;
        case 0x26: this.#resetByOther(f); break;
        case 0x27: this.#bye(f); break;
        default:
            if (kind >= 0x40 && kind <= 0x4f) this.#message(kind, f, now);
            else if (kind < 0x80) throw new Violation(Code.unknownFrame, `frame ${kind.toString(16)}`);
            else return;
        }
        f.end();
        if (this.#answers.size * 16 + this.unackedSize > UNACKED_LIMIT + ANSWERS_LIMIT) {
            throw new Violation(Code.limit, "answers are not acknowledged");
        }
    }

    /** A frame that comes before the attachment is made. */
    attach(kind, f, now) {
        if (kind === 2) {
            const [epoch, received, clock] = [f.number(), f.number(), f.number()];
            const peer = { window: f.number(), streamLimit: f.number(), messageLimit: f.number() };
            const times = { heartbeat: f.number(), silence: f.number(), keep: f.number(), slot: f.number() };
            this.answer = f.bytes(CREDENTIALS_LIMIT).slice();
            if (epoch !== this.epoch || peer.messageLimit > peer.window - COST || !times.heartbeat || !times.silence) {
                throw new Violation(Code.malformed, "an ACCEPT that does not fit");
            }
            if (!this.begun) this.peer = peer;
            this.times = times;
            this.attached(received, clock, now, frame(6, clock, now));
        } else if (kind === 3) {
            const [code, retryAfter, what] = [readCode(f.number()), f.number(), f.text()];
            if (![Code.overloaded, Code.draining, Code.refused].includes(code)) return this.#end(code, what);
            this.state = "detached";
            this.closes = true;
            this.events.push({ type: "refused", code, retryAfter, text: what });
        } else if (kind === 8) {
            this.#faulted(f);
        } else {
            throw new Violation(Code.wrongState, `frame ${kind.toString(16)} before ACCEPT`);
        }
    }

    /** The attachment is made: `first` is said first, then what the other end has not received. */
    attached(received, clock, now, first, asks = false) {
        this.acknowledge(received);
        if (asks) this.#asked = now;
        this.#heardClock(clock, now);
        this.#answered = !asks;
        this.#head.push(first);
        for (const { data, payloadAt, send } of this.unacked) {
            if (send?.isVoid) {  // what was withdrawn must not run, and need not be sent (§6)
                data[1 + (data[0] >> 6)] |= 8;
                data.fill(0, payloadAt);
            }
        }
        this.#resend = [...this.unacked];
        this.#toldAll();
        this.state = "attached";
        this.events.push({ type: "attached", resumed: this.begun });
        this.begun = true;
    }

    acknowledge(count) {
        if (count < this.acked || count > this.sent) {
            throw new Violation(Code.malformed, `${count} received of ${this.sent} sent`);
        }
        for (const { data } of this.unacked.splice(0, count - this.acked)) this.unackedSize -= data.length;
        this.acked = count;
    }

    #ponged(echo, clock, now) {
        if (this.#answered || echo !== this.#asked) throw new Violation(Code.malformed, "a PONG without question");
        this.#heardClock(clock, now);
    }

    #faulted(f) {
        const [code, what] = [readCode(f.number()), f.text()];
        this.#head = [];
        this.#end(code, `the other end says that we broke a rule: ${what}`);
    }

    /** The other clock said `clock` after we had asked. The smallest estimate holds (§5). */
    #heardClock(clock, now) {
        this.#answered = true;
        if (!this.#clockTrusted) return;
        const estimate = { clock, asked: this.#asked }, elder = this.#estimate;
        if (!elder || minus(clock, elder.clock) + drifted(now - this.#asked) < drifted(now - elder.asked)) {
            this.#estimate = estimate;
        }
    }

    /** Whether the sender's clock may have reached `expiry`. */
    #isLate(expiry, now) {
        if (!expiry) return false;
        const estimate = this.#estimate;
        return !estimate || drifted(now - estimate.asked) >= minus(expiry, estimate.clock);
    }

    /** The stream of a frame; undefined if it is forgotten already. */
    #stream(f) {
        const id = f.number();
        if (typeof id !== "number" || Math.floor(id / 2) >= this.#opened[id % 2]) {
            throw new Violation(Code.wrongState, `stream ${id} was never opened`);
        }
        return this.streams.get(id);
    }

    #datagram(f) {
        const stream = this.streams.get(f.number()), count = f.number(), payload = f.rest().slice();
        // It may come before its OPEN: then it is ignored.
        if (stream?.kind !== Kind.datagram || !stream.incoming || stream.incoming.ended
            || stream.resetCode !== undefined) return;
        stream.datagrams.push({ count, payload });
        if (stream.datagrams.length > DATAGRAM_LIMIT) stream.datagrams.shift();
        this.events.push({ type: "readable", stream });
    }

    #openedByOther(f) {
        const [id, kind, expiry, name] = [f.number(), f.number(), f.number(), f.text(NAME_LIMIT)];
        const theirs = 1 - this.parity;
        if (id !== this.#opened[theirs] * 2 + theirs) throw new Violation(Code.wrongState, `OPEN of ${id} skips a number`);
        if (kind > Kind.call) throw new Violation(Code.malformed, `kind ${kind}`);
        if (this.#open[theirs] >= this.limits.streamLimit) throw new Violation(Code.limit, "too many streams");
        const stream = new Stream(kind, name, expiry, false);
        stream.id = id;
        this.#opened[theirs] += 1;
        this.#open[theirs] += 1;
        this.streams.set(id, stream);
        this.events.push({ type: "opened", stream });
    }

    #message(kind, f, now) {
        const stream = this.#stream(f), expiry = kind & 4 ? f.number() : 0, piece = f.rest();
        const flow = this.#flow(stream);
        if (!flow) return;
        if (stream.kind === Kind.datagram) throw new Violation(Code.wrongState, "a MESSAGE among datagrams");
        let item = flow.partial;
        if (item && kind & 4) throw new Violation(Code.malformed, "an expiry behind the first piece of a message");
        if (!item) {
            item = { first: flow.next, numbers: 1, expiry, parts: [], cost: COST, isVoid: false };
            flow.items.set(flow.next++, item);
            flow.credit += COST;
        }
        item.isVoid ||= kind >= 0x48;
        if (item.isVoid || flow.discards !== undefined) item.parts = [];
        else item.parts.push(piece.slice());
        item.cost += piece.length;
        flow.credit += piece.length;
        flow.partial = kind & 1 ? item : undefined;
        if (flow.credit > this.limits.window || item.cost - COST > this.limits.messageLimit) {
            throw new Violation(Code.limit, `stream ${stream.id}: more than the window`);
        }
        if (kind & 1) return;
        flow.ended = Boolean(kind & 2);
        if (stream.kind === Kind.state && !item.isVoid) {
            const fields = new Fields(join(item.parts));
            fields.number();
            fields.bytes(NAME_LIMIT);
        }
        if (flow.ended) flow.items.set(flow.next, { first: flow.next, numbers: 0, cost: 0, event: new End() });
        if (flow.discards !== undefined) this.#discard(stream, now);
        else this.events.push({ type: "readable", stream });
    }

    /** The flow a MESSAGE, GAP or END came for; undefined if it is of no interest any more. */
    #flow(stream) {
        if (!stream || stream.resetCode !== undefined) return undefined;
        if (!stream.incoming || stream.incoming.ended) {
            throw new Violation(Code.wrongState, `stream ${stream.id} has no such flow, or it has ended`);
        }
        return stream.incoming;
    }

    #marker(stream, numbers, event, now) {
        const flow = this.#flow(stream);
        if (!flow) return;
        if (flow.partial) throw new Violation(Code.wrongState, "a GAP or END within a message");
        if (event instanceof Gap) {
            if (stream.kind === Kind.datagram) throw new Violation(Code.wrongState, "a GAP among datagrams");
            event = new Gap(flow.next, flow.next + numbers - 1, event.cause, event.where);
        }
        flow.ended = event instanceof End;
        flow.items.set(flow.next, { first: flow.next, numbers, cost: COST, event });
        flow.next += numbers;
        flow.credit += COST;
        if (flow.credit > this.limits.window) throw new Violation(Code.limit, `stream ${stream.id}: more than the window`);
        if (flow.discards !== undefined) this.#discard(stream, now);
        else this.events.push({ type: "readable", stream });
    }

    #gap(f, now) {
        const stream = this.#stream(f), count = f.number(), cause = readCode(f.number()), where = f.bytes().slice();
        if (!count || count > 2 ** 32) throw new Violation(Code.malformed, `a GAP of ${count}`);
        this.#marker(stream, count, new Gap(0, 0, cause, where), now);
    }

    #cancelled(f) {
        const stream = this.#stream(f), count = f.number(), item = stream?.incoming?.items.get(count);
        if (item && !item.event && item !== stream.incoming.partial) {
            item.isVoid = true;
            item.parts = [];
        }
    }

    #takenByOther(f) {
        const stream = this.#stream(f), count = f.number();
        if (!stream) return;
        this.#settle(stream, count);
        this.#forget(stream);
    }

    #settle(stream, count) {
        const flow = stream.outgoing, complete = flow?.current?.first ?? flow?.next ?? 0;
        if (!flow || count < flow.settled || count > complete) {
            throw new Violation(Code.malformed, `stream ${stream.id}: ${count} taken`);
        }
        flow.settled = count;
        for (const item of flow.unsettled.values()) {
            if (item.first >= count) break;
            this.#settled(stream, item, delivered);
        }
    }

    #skippedByOther(f) {
        const stream = this.#stream(f), count = f.number(), cause = readCode(f.number());
        if (!stream) return;
        const item = stream.outgoing?.unsettled.get(count);
        if (!(item instanceof Send) || item.isSkipped) {
            throw new Violation(Code.malformed, `SKIPPED ${count}, settled or never sent`);
        }
        item.isSkipped = true;  // its credit comes back with TAKEN
        this.#count.refused += 1;
        this.#give(item, notDelivered(cause));
    }

    /** The other end has said what became of a number. */
    #settled(stream, item, receipt) {
        const flow = stream.outgoing;
        flow.unsettled.delete(item.first);
        flow.credit -= item.cost;
        this.#ready.add(stream);
        if (!(item instanceof Send)) return;
        if (receipt === delivered && !item.isSkipped) {
            this.#count.delivered += 1;
            this.#count.digestOut = this.#count.digestOut + item.hash >>> 0;
        } else if (!item.isSkipped) {
            this.#count.refused += 1;
        }
        this.#give(item, receipt);
        flow.busy.delete(item.key);
        if (flow.held.has(item.key)) {
            flow.queue.set(item.key, flow.held.get(item.key));
            flow.held.delete(item.key);
        }
    }

    #resetByOther(f) {
        const stream = this.#stream(f), code = readCode(f.number()), taken = f.number();
        if (!stream) return;
        stream.resetHeard = true;
        if (stream.outgoing) {
            this.#settle(stream, taken);
            for (const item of stream.outgoing.unsettled.values()) this.#settled(stream, item, notDelivered(code));
        } else if (taken) {
            throw new Violation(Code.malformed, `stream ${stream.id} has no flow to take from`);
        }
        if (stream.resetCode === undefined) this.reset(stream, code);
        this.#forget(stream);
    }

    #bye(f) {
        const [code, what] = [readCode(f.number()), f.text()];
        this.byeHeard = true;
        if (!this.byeSent) {  // answered behind everything that is numbered before it
            this.bye(code);
            for (const { data } of this.#resend) this.#head.push(data);
            this.#writeAnswers(this.#head);
        }
        this.#end(code, what, true);
    }

    // Writing -----------------------------------------------------------------------------------

    /** A numbered frame, kept until it is acknowledged. */
    #numbered(body, fields, { send, payload = 0, answer } = {}) {
        const data = frame(...fields);
        this.unacked.push({ data, payloadAt: data.length - payload, send, answer });
        this.unackedSize += data.length;
        this.sent += 1;
        put(body, data);
    }

    #writeAnswers(body) {
        for (const [key, { what, stream, count, code, text: why }] of this.#answers) {
            this.#answers.delete(key);
            const flow = stream?.incoming, taken = flow?.taken ?? 0;
            if (what === "bye") {
                this.byeSent = true;
                this.#numbered(body, [0x27, code, field(bytes(why).subarray(0, TEXT_LIMIT))]);
            } else if (what === "cancel") {
                this.#numbered(body, [0x23, stream.id, count]);
            } else if (what === "skipped") {
                this.#numbered(body, [0x22, stream.id, count, code], { answer: `skipped ${stream.id} ${count}` });
            } else {
                if (flow) {
                    flow.told = taken;
                    flow.untold = 0;
                }
                const fields = what === "reset" ? [0x26, stream.id, code, taken] : [0x21, stream.id, taken];
                this.#numbered(body, fields, { answer: `${what} ${stream.id} ${taken}` });
                this.#forget(stream);
            }
        }
    }

    #queueAnswer(what, stream, more = {}) {
        const key = `${what} ${stream?.id} ${more.count ?? ""}`;
        this.#answers.delete(key);
        this.#answers.set(key, { what, stream, ...more });
    }

    #hurry() {
        for (const stream of this.#lazy) this.#queueAnswer("taken", stream);
        this.#lazy.clear();
        this.#lazyDue = 0;
        this.#lazyOwed = false;
    }

    #writeOpens(body) {
        while (this.#opening.length && this.#open[this.parity] < this.peer.streamLimit && !this.ending) {
            const stream = this.#opening.shift();
            stream.id = this.#opened[this.parity] * 2 + this.parity;
            this.#opened[this.parity] += 1;
            this.#open[this.parity] += 1;
            this.streams.set(stream.id, stream);
            this.#ready.add(stream);
            this.#numbered(body, [0x20, stream.id, stream.kind, stream.expiry, field(bytes(stream.name))]);
        }
    }

    /** Those whose OPEN has gone out on this connection; before it they would be ignored. */
    #writeDatagrams(body, limit) {
        if (this.#resend.length) return;
        for (const stream of this.#shooting) {
            while (stream.id >= 0 && stream.datagrams.length && body.size < limit) {
                const send = stream.datagrams.shift();
                put(body, frame(9, stream.id, send.first, send.payload));
                this.#give(send, unknown(Code.unacknowledged));
            }
            if (!stream.datagrams.length) this.#shooting.delete(stream);
        }
    }

    #writeMessages(body, limit) {
        for (const stream of this.#ready) {  // in turn: who has more goes to the end of the set
            if (body.size >= limit || this.unackedSize >= UNACKED_LIMIT) return;
            this.#ready.delete(stream);
            if (this.#turn(stream, body)) this.#ready.add(stream);
        }
    }

    /** What one stream may write before the next one's turn; whether it has more. */
    #turn(stream, body) {
        const flow = stream.outgoing, start = body.size;
        if (!flow || stream.id < 0 || stream.resetCode !== undefined || this.ending) return false;
        while (!flow.ended) {
            const used = body.size - start;
            if (used > TURN - 64) return true;
            const item = flow.current ?? this.#next(stream, flow);
            if (!item) return false;
            if (item instanceof Marker) {
                flow.ended = true;
                this.#numbered(body, [0x25, stream.id, ...item.fields]);
                continue;
            }
            const hasExpiry = item.expiry && !item.written;
            const head = hasExpiry ? join([number(stream.id), number(item.expiry)]) : number(stream.id);
            const size = Math.min(TURN - used, FRAME_LIMIT + 2) - 3 - head.length;
            const piece = item.isVoid ? new Uint8Array() : item.payload.subarray(item.written, item.written + size);
            item.written += piece.length;
            const isLast = item.isVoid || item.written === item.payload.length;
            flow.current = isLast ? undefined : item;
            flow.ended = isLast && item.ends;
            const flags = (isLast ? 0 : 1) | (flow.ended ? 2 : 0) | (hasExpiry ? 4 : 0);
            this.#numbered(body, [(item.isVoid ? 0x48 : 0x40) + flags, head, piece],
                { send: item, payload: piece.length });
        }
        return false;
    }

    /** Gives the flow's next message or END its number, if there is one and credit for it. */
    #next(stream, flow) {
        for (const [key, item] of flow.queue) {
            const payload = stream.kind === Kind.state
                ? join([number(item.replaced), field(bytes(item.key)), item.payload]) : item.payload;
            const fits = payload.length <= this.peer.messageLimit;
            if (fits && flow.credit + payload.length + COST > this.peer.window) return undefined;
            this.#unqueue(stream, key);
            if (!fits) {
                this.#refuse(item, Code.limit);
                continue;
            }
            item.payload = payload;
            item.hash = messageHash(stream.id, flow.next, payload);
            this.#count.sent += 1;
            if (stream.kind === Kind.state) flow.busy.add(item.key);
            return this.#numberItem(flow, item);
        }
        if (!flow.final || flow.held.size || flow.credit + COST > this.peer.window) return undefined;
        return this.#numberItem(flow, flow.final);
    }

    #numberItem(flow, item) {
        item.first = flow.next++;
        flow.credit += item.cost;
        flow.unsettled.set(item.first, item);
        return item;
    }

    #unqueue(stream, key) {
        const flow = stream.outgoing;
        flow.size -= flow.queue.get(key).payload.length;
        flow.queue.delete(key);
        this.events.push({ type: "room", stream });
    }

    /** It has no number and gets none. */
    #refuse(send, code) {
        if (send.ends) {
            send.stream.outgoing.final = new Marker(0, new Uint8Array());
            this.#ready.add(send.stream);
        }
        this.#give(send, notDelivered(code));
    }

    #give(send, receipt) {
        if (send.receipt) return;
        send.receipt = receipt;
        this.pending -= 1;
        send.resolve(receipt);
        this.events.push({ type: "settled", send });
    }

    #forget(stream) {
        const { outgoing: out, incoming: into } = stream;
        const isDone = (!out || out.ended && out.settled === out.next)
            && (!into || into.finished && into.told === into.next);
        if (!stream.resetHeard && !isDone) return;
        if (this.streams.delete(stream.id)) this.#open[stream.id % 2] -= 1;
        if (!stream.resetHeard) this.#answers.delete(`reset ${stream.id} `);  // which is always answered
    }

    #end(code, what, bye = false) {
        if (this.state === "ended") return;
        this.state = "ended";
        this.closes = true;
        for (const stream of [...this.streams.values(), ...this.#opening]) {
            for (const item of stream.outgoing?.unsettled.values() ?? []) {
                if (bye) this.#settled(stream, item, notDelivered(code));
                else if (item instanceof Send) this.#give(item, unknown(code));
            }
            this.#drop(stream, code);
        }
        this.events.push({ type: "ended", code, text: what });
    }

    /** Nothing more comes or goes: gives receipts to what has no number. */
    #drop(stream, code) {
        const flow = stream.outgoing;
        if (flow) {
            for (const send of [...flow.queue.values(), ...flow.held.values()]) this.#give(send, notDelivered(code));
            flow.queue.clear();
            flow.held.clear();
            flow.size = 0;
            if (stream.kind === Kind.datagram) {
                for (const send of stream.datagrams) this.#give(send, notDelivered(Code.dropped));
            }
            this.events.push({ type: "room", stream });
        }
        stream.incoming?.items.clear();
        stream.datagrams = [];
        this.#lazy.delete(stream);
        stream.over ??= new End(code);
        this.events.push({ type: "readable", stream });
    }

    // The application ---------------------------------------------------------------------------

    /** Opens a stream; for a call, `expiry` is its deadline. */
    open(kind, name, expiry = 0) {
        if (bytes(name).length > NAME_LIMIT) throw new RangeError(`a name may have ${NAME_LIMIT} bytes`);
        if (this.state === "ended" || this.ending) throw new SessionEnded(Code.closed, "no stream can be opened");
        const stream = new Stream(kind, name, expiry, true);
        this.#opening.push(stream);
        this.#expire(stream, expiry);
        // What waits to be told may be the room this stream waits for.
        if (this.#lazy.size) [this.#lazyDue, this.#lazyOwed] = [0, true];
        return stream;
    }

    /** Queues a message. What cannot be sent any more has its receipt at once. */
    send(stream, payload, { expiry = 0, ends = false, key = "" } = {}) {
        const flow = stream.outgoing;
        if (!flow || flow.finished) throw new TypeError("this stream has no flow to send into, or it has ended");
        const limit = stream.kind === Kind.datagram ? FRAME_LIMIT - 17 : this.peer.messageLimit;
        if (payload.length > limit || bytes(key).length > NAME_LIMIT) throw new RangeError(`more than ${limit} bytes`);
        if (ends && (stream.kind !== Kind.call || stream.isAnswered)) {  // the END comes behind all
            this.end(stream);
            ends = false;
        }
        const send = new Send(stream, payload, expiry, ends, key);
        flow.finished ||= ends;
        this.pending += 1;
        if (stream.over || this.ending || stream.isAnswered) {
            this.#give(send, notDelivered(stream.over?.status ?? Code.closed));
        } else if (stream.kind === Kind.datagram) {
            send.first = stream.datagram++;
            stream.datagrams.push(send);
            this.#shooting.add(stream);
            if (stream.datagrams.length > DATAGRAM_LIMIT || this.state !== "attached") this.#give(stream.datagrams.shift(), notDelivered(Code.dropped));
        } else {
            const isState = stream.kind === Kind.state, mark = isState ? key : send;
            const place = isState && flow.busy.has(key) ? flow.held : flow.queue;
            const elder = place.get(mark);
            if (elder) {
                send.replaced = elder.replaced + 1;
                flow.size -= elder.payload.length;
                this.#give(elder, notDelivered(Code.superseded));
            }
            place.set(mark, send);
            flow.size += payload.length;
            this.#ready.add(stream);
            this.#expire(send, expiry);
        }
        return send;
    }

    /** Ends our flow behind what is queued. */
    end(stream, status = 0, detail = new Uint8Array()) {
        const flow = stream.outgoing;
        if (!flow || flow.finished) return;
        flow.finished = true;
        flow.final = new Marker(status, detail);
        this.#ready.add(stream);
    }

    /** Ends both flows at once. */
    reset(stream, code = Code.cancelled) {
        if (stream.over || stream.resetCode !== undefined || this.state === "ended" || this.ending) return;
        stream.resetCode = code;
        if (stream.id < 0) {
            this.#opening.splice(this.#opening.indexOf(stream), 1);
        } else if (this.streams.has(stream.id)) {
            this.#answers.delete(`taken ${stream.id} `);  // RESET says it
            this.#queueAnswer("reset", stream, { code });
        } else {
            return;
        }
        if (code === Code.deadline) {
            for (const item of stream.outgoing?.unsettled.values() ?? []) {
                if (item instanceof Send) this.#give(item, unknown(code));
            }
        }
        this.#drop(stream, code);
    }

    /** Cancels a message, or acts upon its deadline (§6, Withdrawing). */
    withdraw(send, code = Code.cancelled) {
        const { stream } = send, flow = stream.outgoing;
        if (send.receipt || stream.kind === Kind.datagram) return;
        if (send.first < 0) {
            if (flow.held.get(send.key) === send) {
                flow.held.delete(send.key);
                flow.size -= send.payload.length;
            } else {
                this.#unqueue(stream, stream.kind === Kind.state ? send.key : send);
            }
            this.#refuse(send, code);
            return;
        }
        if (!send.isVoid && flow.unsettled.has(send.first)) {
            send.isVoid = true;
            if (flow.current !== send) this.#queueAnswer("cancel", stream, { count: send.first });
            this.#ready.add(stream);
        }
        if (code === Code.deadline) this.#give(send, unknown(code));
    }

    #expire(what, expiry) {
        if (!expiry) return;
        let low = 0, high = this.#expiries.length;
        while (low < high) {
            const middle = low + high >> 1;
            if (this.#expiries[middle][0] <= expiry) low = middle + 1;
            else high = middle;
        }
        this.#expiries.splice(low, 0, [expiry, what]);
    }

    /** Gives the application what comes next, and tells the other end that it was taken. */
    take(stream, now) {
        const flow = stream.incoming;
        if (!flow || stream.over || this.ending) return undefined;
        while (stream.datagrams.length && !stream.ours) {
            const { count, payload } = stream.datagrams[0];
            if (count > stream.datagram) {
                const gap = new Gap(stream.datagram, count - 1, Code.dropped);
                stream.datagram = count;
                return gap;
            }
            stream.datagrams.shift();
            if (count < stream.datagram) continue;
            stream.datagram = count + 1;
            return new Message(payload, count);
        }
        const item = flow.items.get(flow.taken);
        if (!item || item === flow.partial) return undefined;
        if (!stream.ours && this.#isLate(stream.expiry, now)) {
            this.reset(stream, Code.deadline);
            return undefined;
        }
        flow.items.delete(item.first);
        let { event } = item;
        if (!event && (item.isVoid || this.#isLate(item.expiry, now))) {
            const code = item.isVoid ? Code.cancelled : Code.deadline;
            event = new Gap(item.first, item.first, code);
            this.#skip(stream, item, code);
        }
        this.#pass(stream, item, now);
        if (event) return event;
        const payload = join(item.parts);
        this.#count.taken += 1;
        this.#count.digestIn = this.#count.digestIn + messageHash(stream.id, item.first, payload) >>> 0;
        if (stream.kind !== Kind.state) return new Message(payload, item.first);
        const fields = new Fields(payload), skipped = fields.number(), key = fields.text(NAME_LIMIT);
        return new Message(fields.rest(), item.first, key, skipped);
    }

    /** Says that a message was not taken. */
    #skip(stream, { first }, code) {
        this.#answers.delete(`taken ${stream.id} `);  // it must come behind SKIPPED
        this.#queueAnswer("skipped", stream, { count: first, code });
    }

    /** Its place in the flow is settled. */
    #pass(stream, item, now) {
        const flow = stream.incoming;
        flow.credit -= item.cost;
        flow.untold += item.cost;
        flow.taken = item.first + item.numbers;
        flow.finished = flow.ended && flow.taken === flow.next;
        if (item.numbers) this.#tell(stream, flow, now);
    }

    /** A callee that has ended its answers takes no more of the request: what came of it and what still
        comes is passed over, so that its caller does not wait, and hears that it was not taken (§6). */
    discard(stream, now, code = Code.closed) {
        const flow = stream.incoming;
        if (stream.ours || stream.kind !== Kind.call || flow.finished || stream.over || this.ending
            || !stream.outgoing.finished || flow.discards !== undefined) return;
        flow.discards = code;
        if (flow.partial) flow.partial.parts = [];
        this.#discard(stream, now);
    }

    #discard(stream, now) {
        const flow = stream.incoming;
        for (let item; (item = flow.items.get(flow.taken)) && item !== flow.partial;) {
            flow.items.delete(item.first);
            if (!item.event) this.#skip(stream, item, item.isVoid ? Code.cancelled : flow.discards);
            this.#pass(stream, item, now);
            if (!item.numbers) break;
        }
    }

    /** TAKEN goes out at once, but for calls, where it waits a little for company (§6). */
    #tell(stream, flow, now) {
        const half = flow.untold >= this.limits.window / 2 || this.#opening.length
            || this.#lazy.size >= Math.min(this.limits.streamLimit, this.peer.streamLimit) / 2;
        if (stream.kind !== Kind.call || half || this.#answers.has(`taken ${stream.id} `)) {
            this.#lazy.delete(stream);
            this.#queueAnswer("taken", stream);
        } else if (!this.#lazy.has(stream)) {
            if (!this.#lazy.size) [this.#lazyDue, this.#lazyOwed] = [now + ACK_DELAY, false];
            this.#lazy.add(stream);
        }
    }

    /** Ends the session in good order. What is not settled when it has ended is not delivered. */
    bye(code = Code.closed, why = "") {
        if (this.ending || this.state === "ended") return;
        if (!this.begun) {
            this.#end(code, why);
            return;
        }
        this.#hurry();
        this.ending = { code, text: why };
        for (const stream of [...this.streams.values(), ...this.#opening]) this.#drop(stream, code);
        this.#queueAnswer("bye", undefined, this.ending);
    }

    /** Ends the session at this end alone. */
    abandon(code, why) { this.#end(code, why); }

    /** What this end can swear to (§12). */
    ledger() {
        const { sent, delivered: taken, refused, taken: mine, digestOut, digestIn } = this.#count;
        const unsettled = [...this.streams.values()].flatMap((stream) => [...stream.outgoing?.unsettled.values() ?? []]
            .filter((item) => item instanceof Send && !item.isSkipped).map((item) => `unsettled ${stream.id} ${item.first} ${hex32(item.hash)}`));
        const soon = [...this.#answers.values(), ...[...this.#lazy].map((stream) => ({ what: "taken", stream }))]
            .filter(({ what }) => ["taken", "skipped", "reset"].includes(what))
            .map(({ what, stream, count }) => `${what} ${stream.id} ${count ?? stream.incoming?.taken ?? 0}`);
        return ["switchboard-ledger 1", `session ${hex(this.session)} client`,
            `sent ${sent} delivered ${taken} refused ${refused} digest ${hex32(digestOut)}`,
            `taken ${mine} digest ${hex32(digestIn)}`, ...unsettled,
            ...[...this.unacked.map(({ answer }) => answer).filter(Boolean), ...soon].map((line) => `answer ${line}`),
            "end\n"].join("\n");
    }
}

/** A time that has passed here, as the other clock may have seen it at most. */
const drifted = (passed) => passed + Math.floor(passed / 1_000) + 1;

function put(body, data) {
    body.push(data);
    body.size += data.length;
}

// The session -----------------------------------------------------------------------------------

/** A session with the first of `endpoints` (ws: or wss: URLs) that answers within `timeout` ms.
    Options are those of `Session`. Throws `SessionEnded` when the server refuses. */
export async function connect(endpoints, { timeout = 30_000, ...options } = {}) {
    const session = new Session([endpoints].flat(), options);
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no server in ${timeout} ms: ${session.failure ?? "no answer"}`)), timeout);
    });
    try {
        await Promise.race([session.begun, late]);
    } catch (error) {
        session.abandon();
        throw error;
    } finally {
        clearTimeout(timer);
    }
    return session;
}

/** A session over connections that come and go. Made by `connect`. */
export class Session {
    failure = undefined;          // why there is no connection
    #handlers = new Map();
    #channels = new WeakMap();
    #socket = undefined;
    #pause = 0;                   // ms before the next attempt
    #attempt = 0;
    #timer = undefined; #retry = undefined; #writer = undefined;
    #isWriting = false;
    #lag = Date.now() - performance.now();
    #idle = [];
    #isSecure;

    /** `credentials`: for the server's application. `onchange` hears "attached", "resumed",
        "detached" and "ended". */
    constructor(endpoints, { credentials = "", onchange = undefined, core = undefined } = {}) {
        const random = crypto.getRandomValues(new Uint8Array(32));
        this.core = core ?? new Core(random.slice(0, 16), random.slice(16), bytes(credentials));
        this.endpoints = endpoints;
        this.onchange = onchange;
        this.#isSecure = endpoints.every((endpoint) => endpoint.startsWith("wss:"));
        /** Resolves with why the session ended. */
        this.ended = new Promise((resolve) => { this.resolveEnded = resolve; });
        this.begun = new Promise((resolve, reject) => { Object.assign(this, { resolveBegun: resolve, rejectBegun: reject }); });
        this.begun.catch(() => {});
        this.#dial();
    }

    /** Whether there is a connection right now. */
    get isAttached() { return this.core.state === "attached"; }

    /** Ends the session in good order: waits for the receipts of what was sent, then for the other
        end's goodbye; for each `timeout` ms at most. */
    async close(code = Code.closed, why = "", timeout = 5_000) {
        let isLate = false;
        const late = () => {
            isLate = true;
            this.#idle.splice(0).forEach((resolve) => resolve());
        };
        const patience = setTimeout(late, timeout);
        while (this.core.pending && this.core.state !== "ended" && !isLate) {
            await new Promise((resolve) => this.#idle.push(resolve));
        }
        clearTimeout(patience);
        this.core.bye(code, why);
        this.step();
        const end = setTimeout(() => this.abandon(), timeout);
        await this.ended;
        clearTimeout(end);
    }

    /** Ends the session at this end alone. */
    abandon() {
        this.core.abandon(Code.cancelled, "closed");
        this.step();
    }

    /** What this end can swear to, in the form that `sock verify` reads (§12). */
    ledger() { return this.core.ledger(); }

    // Streams

    /** Opens a stream of any kind; `timeout` in ms is the deadline of a call. */
    open(kind, name, { timeout } = {}) {
        const stream = this.core.open(kind, name, this.expiry(timeout));
        const channel = this.#channel(stream);
        this.step();
        return channel;
    }

    /** Every message, in order, once. */
    log(name) { return this.open(Kind.log, name); }
    /** The latest value of each key: `send(value, { key })`. */
    state(name) { return this.open(Kind.state, name); }
    /** Best effort, never behind anything else. */
    datagrams(name) { return this.open(Kind.datagram, name); }

    /** Runs `handler(channel)` for each stream of this name that the other end opens, of any kind. */
    handle(name, handler) { this.#handlers.set(name, handler); }

    /** Answers the one-shot calls of this name with what `respond(request)` gives: text or bytes. */
    answer(name, respond) {
        this.handle(name, async (channel) => {
            for await (const request of channel) {
                if (request instanceof Message) {
                    const answer = await respond(request.payload);
                    channel.send(answer, { end: true });
                    return;
                }
            }
        });
    }

    /** One request, one answer. Throws `CallFailed`, whose `receipt` says whether the call ran.
        `signal` (an AbortSignal) cancels it. */
    async call(name, request = "", { timeout, signal } = {}) {
        signal?.throwIfAborted();
        const channel = this.open(Kind.call, name, { timeout });
        const abort = () => channel.reset();
        signal?.addEventListener("abort", abort);
        const sent = channel.post(request, { end: true });
        try {
            const { value: answer } = await channel.next();
            if (answer instanceof Gap) throw new CallFailed(answer.cause, "the answer is missing");
            if (!answer || !(await channel.next()).done) throw new CallFailed(Code.failed, "not one answer");
            return answer.payload;
        } catch (error) {
            signal?.throwIfAborted();
            if (!(error instanceof CallFailed)) throw error;
            throw new CallFailed(error.code, error.detail, sent.receipt ?? unknown(error.code));
        } finally {
            signal?.removeEventListener("abort", abort);
            channel.close();
        }
    }

    // Topics (§10)

    /** Adds an entry to a topic; gives its `epoch` and `offset`. */
    async publish(topic, payload, { retain = false, timeout } = {}) {
        const request = join([field(bytes(topic)), number(Number(retain)), bytes(payload)]);
        const fields = new Fields(await this.call("$publish", request, { timeout }));
        return { epoch: fields.number(), offset: fields.number() };
    }

    /** A topic from now on, with its `last` entries, or from an `offset` of an `epoch` on. Gives
        `{ type: "start", epoch, offset }`, `{ type: "entry", offset, payload, retained }`,
        `{ type: "subscribers", count }` and gaps. */
    async *subscribe(topic, { last, offset, epoch = 0 } = {}) {
        const how = last !== undefined ? [2, last] : offset !== undefined ? [1, offset] : [0, 0];
        const channel = this.open(Kind.call, "$subscribe");
        try {
            channel.post(join([field(bytes(topic)), ...[...how, epoch].map(number)]), { end: true });
            for await (const event of channel) {
                if (event instanceof Gap) {
                    yield event;
                    continue;
                }
                const fields = new Fields(event.payload), kind = fields.number(), value = fields.number();
                if (kind === 0) yield { type: "start", epoch: value, offset: fields.number() };
                else if (kind === 3) yield { type: "subscribers", count: value };
                else yield { type: "entry", offset: value, payload: fields.rest(), retained: kind === 2 };
            }
        } finally {
            channel.close();
        }
    }

    // Files (§11)

    /** Sends a Blob or File; what the other end already has of this content is not sent again.
        A name that is not UTF-8 is given as a Uint8Array. */
    async put(blob, name = blob.name, { progress = () => {} } = {}) {
        const hash = new SHA256();
        for (let at = 0; at < blob.size; at += HANDOVER) hash.update(await chunk(blob, at));
        const channel = this.open(Kind.call, "$put");
        try {
            channel.post(join([field(bytes(name)), number(blob.size), hash.digest()]));
            const { value: answer } = await channel.next();
            if (!(answer instanceof Message)) throw new CallFailed(Code.failed, "no offset came");
            const offset = new Fields(answer.payload).number();
            for (let at = offset; at < blob.size && !channel.hasNews; at += HANDOVER) {
                const part = await chunk(blob, at);
                await channel.room(part.length);
                channel.post(part);
                progress(at + part.length, blob.size);
            }
            channel.finish();
            for await (const _ of channel);
        } finally {
            channel.close();
        }
    }

    /** Fetches a file as a Blob, whose hash was right. A name may be a Uint8Array. */
    async get(name, { progress = () => {} } = {}) {
        const channel = this.open(Kind.call, "$get");
        try {
            channel.post(join([field(bytes(name)), number(0)]), { end: true });
            const parts = [], hash = new SHA256();
            let head, done = 0;
            for await (const event of channel) {
                if (event instanceof Gap) throw new CallFailed(event.cause, "a part is missing");
                const fields = new Fields(event.payload);
                if (!head) {
                    head = { size: fields.number(), digest: fields.take(32) };
                    continue;
                }
                parts.push(event.payload);
                hash.update(event.payload);
                progress(done += event.payload.length, head.size);
            }
            if (done !== head?.size || hex(hash.digest()) !== hex(head.digest)) {
                throw new CallFailed(Code.failed, `${name} did not come whole`);
            }
            return new Blob(parts);
        } finally {
            channel.close();
        }
    }

    // Driving

    /** Now, in µs. Says when the machine slept: then performance.now() may have stood still. */
    now() {
        const now = performance.now(), lag = Date.now() - now;
        if (Math.abs(lag - this.#lag) > 1_000) this.core.slept();
        this.#lag = lag;
        return Math.floor(now * 1_000) + 1;
    }

    expiry(timeout) { return timeout === undefined ? 0 : this.now() + Math.max(1, Math.round(timeout * 1_000)); }

    #dial() {
        const endpoint = this.endpoints[this.#attempt++ % this.endpoints.length];
        this.#pause = Math.random() * Math.min(30_000, 250 * 2 ** Math.min(this.#attempt, 10));
        const socket = this.#socket = new WebSocket(endpoint);
        socket.binaryType = "arraybuffer";
        const patience = setTimeout(() => this.#hangUp("no connection in time"), UNANSWERED_LIMIT / 1_000);
        socket.onopen = () => {
            clearTimeout(patience);
            this.core.connect(this.now());
            this.step();
        };
        socket.onmessage = ({ data }) => {
            if (typeof data === "string") this.core.fault(new Violation(Code.malformed, "a text message"));
            else this.core.receive(new Uint8Array(data), this.now());
            this.step();
        };
        socket.onclose = ({ code, reason }) => {
            clearTimeout(patience);
            this.#hangUp(`closed: ${code} ${reason}`.trim());
        };
    }

    /** This connection is over; another is made when it is time. */
    #hangUp(why) {
        const socket = this.#socket;
        if (!socket) return;
        this.#socket = undefined;
        this.failure = why;
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close();
        clearTimeout(this.#writer);
        this.#writer = undefined;
        const wasAttached = this.isAttached;
        this.core.lost();
        if (wasAttached) this.#changed("detached");
        if (this.core.state !== "ended") this.#retry = setTimeout(() => this.#dial(), this.#pause);
        this.step();
    }

    /** Hands out the events, writes what there is, and sees to what the core wants next. */
    step() {
        for (let event; (event = this.core.events.shift());) this.#handle(event);
        this.#write();
        clearTimeout(this.#timer);
        const { deadline } = this.core;
        if (deadline === undefined) return;
        this.#timer = setTimeout(() => {
            const now = this.now();
            // Timers of a page that is not seen, or was busy, are late: first what has come meanwhile.
            if (now > deadline + 1_000_000) this.core.wasBusy(now - this.core.patience + 1_000_000);
            this.core.advance(now);
            this.step();
        }, Math.min(Math.max(0, (deadline - this.now()) / 1_000), 2 ** 31 - 1));
    }

    #write() {
        if (this.#isWriting) return;
        this.#isWriting = true;
        // Behind what runs now, so that what is sent together goes together; not by a timer, because a
        // page that is not seen has few of those and must answer all the same.
        queueMicrotask(() => {
            this.#isWriting = false;
            const socket = this.#socket;
            if (socket?.readyState !== 1 || this.#writer) return;
            if (socket.bufferedAmount > HANDOVER) {  // there is no event for room: looked at again
                this.#writer = setTimeout(() => {
                    this.#writer = undefined;
                    this.#write();
                }, 5);
                return;
            }
            const data = this.core.output(this.now());
            if (data.length) {
                socket.send(data);
                this.step();
            } else if (this.core.closes) {
                this.#hangUp("the session is over");
            }
        });
    }

    #handle(event) {
        switch (event.type) {
        case "settled":
            if (!this.core.pending) this.#idle.splice(0).forEach((resolve) => resolve());
            break;
        case "readable":
        case "room":
            this.#channels.get(event.stream)?.wake();
            break;
        case "opened":
            this.#serve(this.#channel(event.stream));
            break;
        case "attached":
            this.#attempt = 0;
            this.#pause = this.core.times.slot;
            this.resolveBegun();
            this.#changed(event.resumed ? "resumed" : "attached");
            break;
        case "refused":
            this.failure = new SessionEnded(event.code, event.text);
            this.#pause = Math.max(this.#pause, event.retryAfter);
            if (event.code === Code.refused && !this.core.begun) this.core.abandon(event.code, event.text);
            break;
        case "draining":
            // Only where a page can go, and never from encryption to plain text.
            if (/^wss:\/\/[^/#]+[^#]*$/.test(event.endpoint)
                || !this.#isSecure && /^ws:\/\/[^/#]+[^#]*$/.test(event.endpoint)) {
                this.endpoints = [event.endpoint, ...this.endpoints.filter((one) => one !== event.endpoint)];
            }
            this.#pause = event.delay;
            setTimeout(() => this.#hangUp("the server is draining"));
            break;
        case "silent":
            this.#hangUp("no sign of life");
            break;
        case "ended":
            clearTimeout(this.#retry);
            this.failure = new SessionEnded(event.code, event.text);
            this.rejectBegun(this.failure);
            this.resolveEnded(this.failure);
            this.#idle.splice(0).forEach((resolve) => resolve());
            if (!this.#socket) clearTimeout(this.#timer);
            this.#changed("ended");
        }
    }

    #changed(what) { this.onchange?.(what, this.failure); }

    #channel(stream) {
        const channel = new Channel(this, stream);
        this.#channels.set(stream, channel);
        return channel;
    }

    async #serve(channel) {
        const handler = this.#handlers.get(channel.name);
        if (!handler) return channel.reset(Code.unknownName);
        try {
            if (channel.kind === Kind.call) {  // runs when the first message is taken, not before (§5)
                const first = await channel.receive();
                if (first instanceof Gap) return channel.reset(first.cause);
                channel.returned = first;
            }
            await handler(channel);
            channel.finish();
        } catch (error) {
            if (!(error instanceof CallFailed) && !channel.stream.over) console.error(error);
            if (error instanceof CallFailed) channel.finish(error.code, error.detail);
            else channel.finish(Code.failed);  // what goes wrong inside is not told
        }
        if (channel.kind !== Kind.call && !channel.stream.isComplete) return channel.reset();
        this.core.discard(channel.stream, this.now());
        this.step();
    }
}

/** One stream. Iterating it gives its messages and gaps, to its end; it throws `CallFailed` when that
    is not a good one. */
export class Channel {
    returned = undefined;  // taken already
    #waiters = [];
    #rooms = Promise.resolve();  // the last of those who wait for room, in the order of `send`
    #waiting = 0;
    #abort = new AbortController();

    constructor(session, stream) {
        this.session = session;
        this.stream = stream;
        this.name = stream.name;
        this.kind = stream.kind;
    }

    /** Aborted when the stream is reset or its session ends: for handlers that work long. */
    get signal() { return this.#abort.signal; }

    /** Sends text or bytes when there is room; its receipt, at once *not delivered* when the other end has
        ended a call of ours: what it said is there to be received. `timeout` in ms counts from now on. An
        aborted `signal` withdraws it if it can be; the receipt says whether it could. */
    async send(payload, { key = "", timeout, end = false, signal } = {}) {
        const data = bytes(payload), expiry = this.session.expiry(timeout);
        if (this.#waiting || !this.#hasRoom(data.length, key, expiry)) {
            this.#waiting += 1;
            this.#rooms = this.#rooms.then(() => this.room(data.length, key, expiry));
            await this.#rooms;
            this.#waiting -= 1;
        }
        const send = this.post(data, { key, expiry, end });
        const abort = () => {
            this.session.core.withdraw(send);
            this.session.step();
        };
        if (signal?.aborted) abort();
        signal?.addEventListener("abort", abort, { once: true });
        return send.settled;
    }

    /** Queues a message, room or not, and gives it with its promise `settled` of a receipt. */
    post(payload, { key = "", expiry = 0, end = false } = {}) {
        const send = this.session.core.send(this.stream, bytes(payload).slice(), { expiry, ends: end, key });
        this.session.step();
        return send;
    }

    /** Waits until there is room in the queue, which holds 1 MiB. */
    async room(size = 0, key = "", expiry = 0) {
        while (!this.#hasRoom(size, key, expiry)) await this.#change(expiry);
    }

    /** Whether to send now: also when that can only fail. */
    #hasRoom(size, key, expiry) {
        const flow = this.stream.outgoing;
        return !flow || this.stream.over || this.stream.isAnswered || flow.queue.has(key) || (expiry && this.session.now() >= expiry)
            || (flow.queue.size + flow.held.size < QUEUE_COUNT_LIMIT && flow.size + size <= QUEUE_SIZE_LIMIT);
    }

    /** Whether something can be received at once, or the stream is over. */
    get hasNews() {
        const { over, datagrams, incoming: flow } = this.stream, item = flow?.items.get(flow.taken);
        return Boolean(this.returned || over || datagrams.length || flow?.finished || item && item !== flow.partial);
    }

    /** Ends our flow behind what was sent; a call's callee says its outcome with `status`. */
    finish(status = 0, detail = "") {
        if (this.#waiting) {
            this.#rooms.then(() => this.finish(status, detail));
            return;
        }
        this.session.core.end(this.stream, status, bytes(detail));
        this.session.step();
    }

    /** Ends both flows at once. What was sent and is not taken is not delivered. */
    reset(code = Code.cancelled) {
        this.session.core.reset(this.stream, code);
        this.session.step();
    }

    /** Ends what is not over: a call by a reset, other streams behind what was sent. */
    close() {
        if (this.stream.isComplete) return;
        if (this.kind === Kind.call || this.stream.incoming) this.reset();
        else this.finish();
    }

    /** The next message, gap or end. */
    async receive() {
        if (this.returned) {
            const event = this.returned;
            this.returned = undefined;
            return event;
        }
        for (;;) {
            const { stream } = this, event = this.session.core.take(stream, this.session.now());
            if (event) {
                this.session.step();
                return event;
            }
            if (stream.over) throw new CallFailed(stream.over.status, stream.over.detail);
            if (!stream.incoming || stream.incoming.finished) return new End();
            if (stream.incoming.discards !== undefined) throw new CallFailed(Code.closed, "the handler has returned");
            await this.#change();
        }
    }

    async next() {
        const event = await this.receive();
        if (!(event instanceof End)) return { done: false, value: event };
        if (event.status) throw new CallFailed(event.status, event.detail);
        return { done: true, value: undefined };
    }

    [Symbol.asyncIterator]() { return this; }

    #change(expiry = 0) {
        return new Promise((resolve) => {
            this.#waiters.push(resolve);
            if (expiry) setTimeout(resolve, Math.max(0, (expiry - this.session.now()) / 1_000));
        });
    }

    /** The session's: there may be something to take, room to send, or the end. */
    wake() {
        this.#waiters.splice(0).forEach((resolve) => resolve());
        if (this.stream.over) this.#abort.abort();
    }
}

async function chunk(blob, at) {
    return new Uint8Array(await blob.slice(at, at + HANDOVER).arrayBuffer());
}

/** SHA-256 (FIPS 180-4) piece by piece, which crypto.subtle has not, and which pages without https
    have not at all. */
export class SHA256 {
    #state = Uint32Array.from([2, 3, 5, 7, 11, 13, 17, 19], (prime) => fraction(Math.sqrt(prime)));
    #block = new Uint8Array(64);
    #size = 0;
    #words = new Uint32Array(64);

    update(data) {
        for (let at = 0; at < data.length;) {
            const filled = this.#size % 64, size = Math.min(64 - filled, data.length - at);
            this.#block.set(data.subarray(at, at + size), filled);
            at += size;
            this.#size += size;
            if (this.#size % 64 === 0) this.#compress();
        }
        return this;
    }

    digest() {
        const bits = new DataView(new ArrayBuffer(8));
        bits.setBigUint64(0, BigInt(this.#size) * 8n);
        this.update(Uint8Array.of(0x80, ...new Uint8Array((119 - this.#size % 64) % 64)));
        this.update(new Uint8Array(bits.buffer));
        const out = new DataView(new ArrayBuffer(32));
        this.#state.forEach((word, at) => out.setUint32(at * 4, word));
        return new Uint8Array(out.buffer);
    }

    #compress() {
        const w = this.#words, view = new DataView(this.#block.buffer);
        for (let t = 0; t < 16; t++) w[t] = view.getUint32(t * 4);
        for (let t = 16; t < 64; t++) {
            const x = w[t - 15], y = w[t - 2];
            w[t] = w[t - 16] + w[t - 7] + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10);
        }
        let [a, b, c, d, e, f, g, h] = this.#state;
        for (let t = 0; t < 64; t++) {
            const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + roundConstants[t] + w[t] | 0;
            const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
            [a, b, c, d, e, f, g, h] = [one + two | 0, a, b, c, d + one | 0, e, f, g];
        }
        [a, b, c, d, e, f, g, h].forEach((value, at) => { this.#state[at] += value; });
    }
}
const turn = (word, by) => word >>> by | word << 32 - by;
const fraction = (root) => (root - Math.floor(root)) * 2 ** 32;
const primes = Array.from({ length: 312 }, (_, n) => n).filter((n) => n > 1
    && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0));
const roundConstants = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
