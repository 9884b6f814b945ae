// What a page does in ClientsTests: `/?PART,PART`. It checks what it can see itself, and says how it
// went with a request for /report/…: `ok` and the ledger, or what was wrong.

import { CallFailed, Code, Gap, Kind, Message, bytes, codeName, connect, text } from "./switchboard.js";

function check(condition, what = "") {
    if (!condition) throw new Error(`not so: ${what}`);
}
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const random = (size) => {
    const data = new Uint8Array(size);
    for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
    return data;
};

async function failure(promise) {
    try {
        await promise;
    } catch (error) {
        check(error instanceof CallFailed, error);
        return error;
    }
    throw new Error("it did not fail");
}

const parts = {
    async logs(session) {
        const log = session.log("numbers");
        const receipts = await Promise.all(Array.from({ length: 2_000 }, (_, i) => log.send(`${i} ${"x".repeat(600)}`)));
        check(receipts.every(({ outcome }) => outcome === "delivered"), new Set(receipts.map(String)));
        check((await log.send("2000", { timeout: 20_000 })).outcome === "delivered");
        log.finish();
    },

    async states(session) {
        const state = session.state("positions");
        const receipts = await Promise.all(Array.from({ length: 500 }, (_, i) => state.send(`${i}`, { key: "ab"[i % 2] })));
        check(receipts.at(-1).outcome === "delivered" && receipts.at(-2).outcome === "delivered");
        check(receipts.every(({ outcome, cause }) => outcome === "delivered" || cause === Code.superseded));
        state.finish();
    },

    async datagrams(session) {
        const shots = session.datagrams("shots");
        while (text(await session.call("shots")) === "0") {  // they may be lost, but not all of them
            const { cause } = await shots.send("bang");
            check(cause === Code.unacknowledged || cause === Code.dropped, codeName(cause));
        }
        shots.finish();
    },

    async calls(session) {
        const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => session.call("echo", `${i}`, { timeout: 20_000 })));
        check(answers.every((answer, i) => text(answer) === `${i}`));
        const long = random(190_000);
        check(same(await session.call("echo", long), long));
        check((await session.call("echo")).length === 0);
        for (const [name, code, detail] of [["refuse", 1_024, "no"], ["fail", Code.failed, ""]]) {
            const error = await failure(session.call(name));
            check(error.code === code && error.detail === detail && error.receipt.outcome === "delivered", error);
        }
        const error = await failure(session.call("nobody"));
        check(error.code === Code.unknownName && error.receipt.outcome === "not delivered", error);
    },

    async deadlines(session) {
        check((await failure(session.call("sleep", "", { timeout: 200 }))).code === Code.deadline);
        const abort = new AbortController(), call = session.call("sleep", "", { signal: abort.signal });
        await session.call("asleep");  // answered when the other one runs
        abort.abort();
        check(await call.catch((error) => error.name) === "AbortError");
    },

    async streams(session) {
        const call = session.open(Kind.call, "reverse");
        const words = Array.from({ length: 100 }, (_, i) => bytes(`${i} ${"x".repeat(10_000)}`));
        for (const word of words) call.send(word);
        call.send("end");
        call.finish();
        const heard = [];
        for await (const event of call) heard.push(event.text);
        check(heard.length === 101 && heard[0] === "end" && heard[100] === text(words[0]));
        call.close();
    },

    /** The server ends each of these while we still send: far more than queue and window hold. */
    async early(session) {
        const piece = new Uint8Array(100_000);
        for (const [name, code] of [["early refusal", 1_024], ["early end", 0], ["early failure", Code.failed],
            ["early reset", Code.superseded]]) {
            const call = session.open(Kind.call, name);
            let last;
            for (let i = 0; i < 50; i += 1) {
                await call.room(piece.length);
                last = call.post(piece);
            }
            check((await last.settled).outcome === "not delivered", name);
            const end = await call.receive().catch((error) => ({ status: error.code }));
            check(end.status === code, `${name}: ${codeName(end.status)}`);
            call.close();
        }
    },

    async both_ways(session) {
        const heard = [], latest = new Map();
        session.answer("shout", async (request) => {
            if (text(request) === "not this") throw new CallFailed(1_025, "never");
            return text(request).toUpperCase();
        });
        session.handle("early", async (channel) => {
            await channel.receive();
            throw new CallFailed(1_026, "enough");
        });
        session.handle("feed", async (channel) => {
            for await (const event of channel) heard.push(event instanceof Message ? event.text : "gap");
        });
        session.handle("prices", async (channel) => {
            for await (const event of channel) latest.set(event.key, event.text);
        });
        check(text(await session.call("your turn")) === "all well");
        check(heard.length === 1_000 && heard.every((one, i) => one === `${i}`), heard.slice(-3));
        check(latest.get("gold") === "99" && latest.size === 1);
    },

    async topics(session) {
        const start = await session.publish("prices", "first", { retain: true });
        let second;
        for await (const event of session.subscribe("prices", { last: 10 })) {
            if (event.type !== "entry" || event.retained) continue;
            if (!second) {
                check(event.offset === start.offset && text(event.payload) === "first");
                second = await session.publish("prices", "second");
                check(second.epoch === start.epoch && second.offset === start.offset + 1);
            } else {
                check(event.offset === second.offset && text(event.payload) === "second");
                break;
            }
        }
    },

    async files(session) {
        const content = random(1_000_000), file = new File([content], "page.bin");
        await session.put(file);
        check(same(new Uint8Array(await (await session.get("page.bin")).arrayBuffer()), content));
        let seen = 0;
        await session.put(file, "page.bin", { progress: () => { seen += 1; } });
        check(seen === 0);  // it is all there
        const odd = new Uint8Array([0x72, 0xe9]);  // no UTF-8
        await session.put(file, odd);
        check(same(new Uint8Array(await (await session.get(odd)).arrayBuffer()), content));
        await failure(session.put(file, "../outside"));
    },
};

async function main() {
    const session = await connect(`ws://${location.host}/session`);
    for (const part of location.search.slice(1).split(",")) await parts[part](session);
    await session.close();
    check((await session.ended).code === Code.closed, await session.ended);
    return `ok\n${session.ledger()}`;
}

const report = await main().catch((error) => `${error.stack ?? error}`);
await fetch(`/report/${encodeURIComponent(report.slice(0, 4_000))}`);
