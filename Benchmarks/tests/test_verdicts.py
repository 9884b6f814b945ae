"""What turns samples into verdicts: python3 -m unittest discover -s Benchmarks/tests -t Benchmarks"""

import unittest

from bench import relay, tables, thresholds
from bench.build import OURS, Peer
from bench.rounds import interleave, medians, ratio, rotated
from bench.server import RunFailed


def peers(*names):
    return [Peer(name) for name in names]


class Verdicts(unittest.TestCase):
    def test_every_peer_starts_a_round_in_turn(self):
        order = ["".join(p.name for p in rotated(peers("a", "b", "c"), n)) for n in range(4)]
        self.assertEqual(order, ["abc", "bca", "cab", "abc"])

    def test_a_ratio_is_the_median_of_the_rounds_own_ratios(self):
        samples = {"ours": {"rounds": [{"cpu_us": 2.0}, {"cpu_us": 30.0}, {"cpu_us": 3.0}]},
                   "c-epoll": {"rounds": [{"cpu_us": 1.0}, {"cpu_us": 10.0}, {"cpu_us": 3.0}]}}
        self.assertEqual(ratio(samples, "ours", "c-epoll", "cpu_us"), 2.0)

    def test_a_failed_round_costs_that_round_alone(self):
        def once(peer, calls=[]):
            calls.append(peer.name)
            if len(calls) == 1:
                raise RunFailed("first")
            return {"cpu_us": float(len(calls))}

        result = medians(interleave("test", peers("a"), 3, once))
        self.assertEqual(result, {"a": {"cpu_us": 2.5, "failed_rounds": 1}})

    def test_a_peer_that_always_fails_is_missing_with_its_reason(self):
        def once(peer):
            raise RunFailed("no route")

        result = medians(interleave("test", peers("a"), 2, once))
        self.assertEqual(result, {"a": {"missing": "failed: no route"}})
        self.assertIn("MISSING: failed: no route", tables.idle({"connections": 1, "peers": result}))

    def test_limits_are_inclusive_and_go_both_ways(self):
        self.assertEqual(thresholds.row("x", 2.0, 2.0, True)["verdict"], "met")
        self.assertEqual(thresholds.row("x", 2.001, 2.0, True)["verdict"], "missed")
        self.assertEqual(thresholds.row("x", 1.5, 1.5, False)["verdict"], "met")
        self.assertEqual(thresholds.row("x", 1.499, 1.5, False)["verdict"], "missed")
        self.assertEqual(thresholds.row("x", None, 1.5, False)["verdict"], "not measured")

    def test_one_stray_allocation_is_not_one_an_echo(self):
        def verdict(per_echo):
            results = {"allocations": {"64": {"switchboard": {"per_echo": per_echo}}}}
            return thresholds.compare(results)[0]["verdict"]

        self.assertEqual(verdict(0.00001), "met")
        self.assertEqual(verdict(0.01), "missed")

    def test_bulk_is_compared_with_the_best_of_the_others(self):
        tools = {"switchboard": {"bytes_per_second": 3e9, "ratios": {"nc": 3.0, "socat": 1.5}},
                 "nc": {"bytes_per_second": 1e9}, "socat": {"bytes_per_second": 2e9},
                 "ncat": {"missing": "not installed"}}
        rows = thresholds.compare({"bulk": {"bytes": 1, "file": tools, "pipe": tools}})
        self.assertEqual((rows[0]["measured"], rows[0]["verdict"]), (1.5, "met"))
        self.assertIn("socat", rows[0]["what"])

    def test_web_figures_have_a_verdict_each_and_missing_ones_are_not_met(self):
        cost = {OURS: {"ratios": {"nginx": 1.3, "hummingbird": 0.4, f"{OURS}, TCP": 1.25}}}
        rate = {OURS: {"bytes_per_cpu_second": 3e9, "ratios": {"nginx": 1.5, "s_server": 0.75}},
                "nginx": {"bytes_per_cpu_second": 2e9}, "s_server": {"bytes_per_cpu_second": 4e9}}
        idle = {"http": {OURS: {"kib": 4.0}}, "websocket": {OURS: {"missing": "no port"}},
                "https": {OURS: {"kib": 30.0}, "tls-c": {"kib": 12.0}}}
        rows = thresholds.compare({"web": {
            "small": {"64": cost}, "files": rate, "websocket": cost, "tls": rate, "idle": idle}})
        self.assertEqual([row["verdict"] for row in rows],
                         ["missed", "met", "met", "met", "missed", "met", "not measured", "met"])
        self.assertEqual(rows[4]["what"], "web, TLS: bytes per CPU second beside the best (s_server)")
        self.assertEqual(rows[7]["measured"], 18.0)

    def test_session_figures_have_a_verdict_each(self):
        cost = {OURS: {"ratios": {"grpc-swift": 0.35, f"{OURS}, TCP": 2.1}}}
        rows = thresholds.compare({"sessions": {
            "calls": {"64": cost},
            "logs": {OURS: {"sent_per_cpu_second": 1_000_000.0, "received_per_cpu_second": 999_999.0}},
            "idle": {"peers": {OURS: {"kib": 4.0}, f"{OURS}, TCP": {"kib": 1.5}}},
            "resume": {"missing": "no line"}}})
        self.assertEqual([row["verdict"] for row in rows],
                         ["met", "missed", "met", "missed", "missed", "not measured"])

    def test_frames_are_named_as_in_the_protocol(self):
        self.assertEqual(relay.frames(bytes.fromhex("d3534201 07068001e24047d0")), ["PONG"])
        self.assertEqual(relay.frames(bytes.fromhex("0440006869 03210001 03044064")),
                         ["MESSAGE", "TAKEN", "ACK"])

    def test_a_round_without_peers_is_empty(self):
        self.assertEqual(interleave("test", peers(), 2, lambda peer: {}), {})


if __name__ == "__main__":
    unittest.main()
