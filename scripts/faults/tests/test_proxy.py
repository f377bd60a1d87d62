"""The fault proxy's own parts: what a plan matches, what goes over the wire."""

from __future__ import annotations

import json
import queue
import socket
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cluster")]

from proxy.blackhole import Blackhole  # noqa: E402
from proxy.journal import Journal  # noqa: E402
from proxy.plan import Plan  # noqa: E402
from proxy.request import Request  # noqa: E402
from proxy.stream import EventStream, Relay, event_type  # noqa: E402
from proxy.wire import Gone, Wire  # noqa: E402

TASKS = "/apis/aiops.dev/v1alpha1"


class Requests(unittest.TestCase):
    CASES = (
        ("GET", f"{TASKS}/aiopstasks?limit=500", ("list", "aiops.dev", "aiopstasks", "", "", "")),
        ("GET", f"{TASKS}/aiopstasks?watch=1", ("watch", "aiops.dev", "aiopstasks", "", "", "")),
        ("PATCH", f"{TASKS}/namespaces/n/aiopstasks/t/status", ("patch", "aiops.dev", "aiopstasks", "n", "t", "status")),
        ("GET", "/api/v1/namespaces/n", ("get", "", "namespaces", "", "n", "")),
        ("DELETE", "/api/v1/namespaces/n", ("delete", "", "namespaces", "", "n", "")),
        ("POST", "/api/v1/namespaces/n/pods", ("create", "", "pods", "n", "", "")),
        ("GET", "/api/v1/namespaces/n/pods/p/exec?command=ls", ("exec", "", "pods", "n", "p", "exec")),
        ("GET", "/version", ("list", "", "", "", "", "")),
    )

    def test_requests_are_read_as_the_server_reads_them(self) -> None:
        for method, target, expected in self.CASES:
            request = Request(method, target, {}, b"")
            found = (request.verb, request.group, request.resource, request.namespace, request.name, request.subresource)
            self.assertEqual(found, expected, target)

    def test_the_bodies_of_secrets_are_not_kept(self) -> None:
        body = b'{"data": {"key": "c2VjcmV0"}}'
        self.assertIsNone(Request("POST", "/api/v1/namespaces/n/secrets", {}, body).json)
        self.assertIsNotNone(Request("POST", "/api/v1/namespaces/n/configmaps", {}, body).json)


class Plans(unittest.TestCase):
    def test_the_nth_match_is_hit_and_no_other(self) -> None:
        plan = Plan()
        plan.arm([{"name": "third", "do": "reset-before", "match": {"write": True, "notResources": ["events"]}, "skip": 2}])
        hits = []
        for number in range(8):
            plan.strike(Request("GET", f"{TASKS}/aiopstasks", {}, b""))
            plan.strike(Request("POST", "/apis/events.k8s.io/v1/namespaces/n/events", {}, b""))
            hits.append(plan.strike(Request("POST", "/api/v1/namespaces/n/configmaps", {}, b"")) is not None)
        self.assertEqual([number for number, hit in enumerate(hits) if hit], [2])
        self.assertEqual(plan.state(), [{"name": "third", "seen": 8, "hits": 1}])

    def test_faults_of_events_and_of_requests_are_told_apart(self) -> None:
        plan, request = Plan(), Request("GET", f"{TASKS}/aiopstasks?watch=1", {}, b"")
        plan.arm([{"name": "cut", "do": "cut", "match": {"resources": ["aiopstasks"]}, "event": {"types": ["MODIFIED"]}, "times": 0}])
        line = b'{"type":"MODIFIED","object":{}}\n'
        self.assertIsNone(plan.strike(request))
        self.assertIsNone(plan.strike_event(request, "ADDED", line))
        self.assertIsNotNone(plan.strike_event(request, event_type(line), line))

    def test_a_plan_that_nobody_could_carry_out_is_refused(self) -> None:
        for fault in ({"name": "x", "do": "explode"}, {"name": "x", "do": "hide"}, {"name": "x", "do": "delay", "when": "now"}):
            with self.assertRaises(ValueError):
                Plan().arm([fault])


class Journals(unittest.TestCase):
    def test_writes_are_counted_anew_for_each_plan_and_background_is_not_counted(self) -> None:
        journal = Journal()
        for target in ("/api/v1/namespaces/n/configmaps", "/apis/events.k8s.io/v1/namespaces/n/events"):
            journal.open(Request("POST", target, {}, b"{}"))
        began = journal.begin()
        journal.open(Request("POST", "/api/v1/namespaces/n/configmaps", {}, b"{}"))
        self.assertEqual([(entry["number"], entry.get("write")) for entry in journal.report(0)], [(1, 1), (2, None), (3, 1)])
        self.assertEqual([entry["number"] for entry in journal.report(began)], [3])

    def test_old_versions_are_found_in_what_writes_returned(self) -> None:
        journal = Journal()
        for version in ("5", "7", "9"):
            journal.open(Request("PATCH", f"{TASKS}/namespaces/n/aiopstasks/t", {}, b"{}"))["result"] = {"resourceVersion": version}
        self.assertEqual([journal.version("aiopstasks", back) for back in (0, 1, 9)], ["9", "7", "5"])

    def test_a_watch_that_is_open_stays_known(self) -> None:
        journal = Journal()
        open_one, ended = (journal.open(Request("GET", f"{TASKS}/aiopstasks?watch=1", {}, b"")) for _ in range(2))
        ended["isOver"] = True
        for _ in range(500):
            journal.open(Request("GET", "/api/v1/namespaces/n", {}, b""))
        journal.begin()
        open_one["fault"] = "cut"
        self.assertEqual([entry["number"] for entry in journal.report(0) if entry["verb"] == "watch"], [1])
        self.assertEqual(journal.report(0)[0]["fault"], "cut")


class Blackholes(unittest.TestCase):
    def test_nothing_goes_through_a_dead_line_until_it_is_healed(self) -> None:
        blackhole = Blackhole()
        self.addCleanup(blackhole.heal)
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as near:
            far, _ = server.accept()
            with far:
                blackhole.swallow(near.getsockname(), far.getsockname())
                near.sendall(b"lost")
                far.settimeout(0.5)
                with self.assertRaises(TimeoutError):
                    far.recv(4)
                blackhole.heal()
                far.settimeout(20)
                self.assertEqual(far.recv(4), b"lost", "TCP sends again what was dropped")


class Wires(unittest.TestCase):
    def setUp(self) -> None:
        self.near, self.far = socket.socketpair()
        self.far.settimeout(5)
        self.wire = Wire(self.near)
        self.addCleanup(self.far.close)
        self.addCleanup(self.near.close)

    def received(self) -> bytes:
        data = b""
        while piece := self.far.recv(1 << 16):
            data += piece
        return data

    def relayed(self, do: str, options: dict[str, object], *lines: bytes) -> bytes:
        relay = Relay(self.wire, EventStream(lines), lag=0)  # type: ignore[arg-type]
        first = relay.next()
        assert first is not None
        try:
            if relay.strike(do, options, first):
                while (line := relay.next()) is not None:
                    self.wire.chunk(line)
            self.wire.end_stream()
            self.near.close()
        except Gone:
            pass
        return self.received()

    def test_a_reply_is_whole(self) -> None:
        self.wire.write(self.wire.reply(200, [("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")], b"ok"))
        self.near.close()
        self.assertEqual(self.received(), b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")

    def test_events_are_broken_as_the_plan_says(self) -> None:
        def chunk(data: bytes) -> bytes:
            return b"%x\r\n" % len(data) + data + b"\r\n"

        a, b, end = "{\"a\":\"ü\"}\n".encode(), b"{}\n", b"0\r\n\r\n"
        cases: tuple[tuple[str, dict[str, object], bytes], ...] = (
            ("close", {}, end), ("duplicate", {}, chunk(a + a) + chunk(b) + end), ("drop", {}, chunk(b) + end),
            ("join", {}, chunk(a + b) + end), ("insert", {"raw": "\n"}, chunk(b"\n") + chunk(a) + chunk(b) + end),
            ("crlf", {}, chunk(a[:-1] + b"\r\n") + chunk(b) + end), ("cut", {"at": "utf8"}, chunk(a[:7])),
            ("cut", {"inChunk": True}, b"b\r\n" + a[:5]),
        )
        for do, options, expected in cases:
            self.setUp()
            self.assertEqual(self.relayed(do, options, a, b), expected, do)

    def test_an_event_is_hidden_only_by_a_later_one_of_its_object(self) -> None:
        def event(kind: str, uid: str, version: int) -> bytes:
            return json.dumps({"type": kind, "object": {"metadata": {"uid": uid, "resourceVersion": str(version)}}}).encode() + b"\n"

        first, end = event("MODIFIED", "a", 4), b"0\r\n\r\n"
        for later, shown in (
            (event("MODIFIED", "a", 5), b""), (event("MODIFIED", "b", 5), first), (event("BOOKMARK", "", 5), first),
        ):
            self.setUp()
            whole = shown + later
            self.assertEqual(self.relayed("hide", {}, first, later), b"%x\r\n" % len(whole) + whole + b"\r\n" + end)

    def test_the_result_of_a_command_is_what_the_kubelet_sends(self) -> None:
        frames = self.wire.exec_result(b"out", b"", 3)
        self.assertTrue(frames.startswith(b"\x82\x04\x01out\x82"))
        status = json.loads(frames[frames.index(b"\x03") + 1:frames.rindex(b"\x88")])
        self.assertEqual(status["details"]["causes"], [{"reason": "ExitCode", "message": "3"}])


if __name__ == "__main__":
    unittest.main()
