"""An HTTP/2 server (HTTP/1.1 where the client asks for it) whose misbehaviour a test commands line by line.

usage: h2server.py CERTIFICATE KEY [MAX_STREAMS]

Paths: /watch answers `open` and stays open; /hang never answers; /refuse is refused with REFUSED_STREAM; /die drops the
connection when the request is whole; everything else is answered `hello`. Commands on standard input are answered with one line: `stats`, `event` (one chunk to every watch), `large N` (N bytes to
every watch, each in frames as large as allowed and a write of its own), `goaway` (on every connection, which goes on serving what
it has), `end` (every watch ends in order), `drop` (every connection).
"""
import asyncio
import ssl
import sys

import h2.config
import h2.connection
import h2.errors
import h2.events
from hyperframe.frame import GoAwayFrame, SettingsFrame

MAX_STREAMS = int(sys.argv[3]) if len(sys.argv) > 3 else 100
sessions = []
totals = {"connections": 0, "peak": 0, "bodies": 0, "requests": 0}


class Session(asyncio.Protocol):
    def __init__(self):
        self.h2 = None
        self.watches = set()
        self.open = {}
        self.last = 0
        self.leaving = False
        self.buffer = b""

    def connection_made(self, transport):
        self.transport = transport
        sessions.append(self)
        totals["connections"] += 1
        if transport.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
            self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
            self.h2.initiate_connection()
            self.flush()
            # Written by hand, since the library would end the connection of a client that opens more streams before it has
            # seen the limit; servers refuse those.
            self.transport.write(SettingsFrame(0, settings={SettingsFrame.MAX_CONCURRENT_STREAMS: MAX_STREAMS}).serialize())

    def connection_lost(self, error):
        sessions.remove(self)

    def flush(self):
        self.transport.write(self.h2.data_to_send())

    def data_received(self, data):
        if self.h2 is None:
            return self.plain(data)
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                if len(self.open) >= MAX_STREAMS:
                    self.h2.reset_stream(event.stream_id, h2.errors.ErrorCodes.REFUSED_STREAM)
                    continue
                self.last = max(self.last, event.stream_id)
                self.open[event.stream_id] = dict(event.headers)
                totals["peak"] = max(totals["peak"], len(self.open))
            elif isinstance(event, h2.events.DataReceived):
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                self.answer(event.stream_id)
            elif isinstance(event, h2.events.StreamReset):
                self.forget(event.stream_id)
        self.flush()

    def forget(self, stream):
        self.open.pop(stream, None)
        self.watches.discard(stream)

    def answer(self, stream):
        headers = self.open.get(stream)
        if headers is None:
            return
        totals["requests"] += 1
        totals["bodies"] += headers[":method"] in ("POST", "PATCH", "PUT")
        path = headers[":path"]
        if path == "/hang":
            return
        if path == "/refuse":
            self.h2.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
            self.forget(stream)
        elif path == "/die":
            self.transport.abort()
        elif path == "/watch":
            self.watches.add(stream)
            self.h2.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
            self.h2.send_data(stream, b"open")
        else:
            self.h2.send_headers(stream, [(":status", "200"), ("content-length", "5")])
            self.h2.send_data(stream, b"hello", end_stream=True)
            self.forget(stream)

    def plain(self, data):
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, rest = self.buffer.split(b"\r\n\r\n", 1)
            length = 0
            for line in head.split(b"\r\n")[1:]:
                name, value = line.split(b":", 1)
                if name.lower() == b"content-length":
                    length = int(value)
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            totals["requests"] += 1
            if head.split(b" ")[1] == b"/watch":
                self.watches.add(0)
                self.transport.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nopen\r\n")
            else:
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    def command(self, what):
        if what == "drop":
            self.transport.abort()
        elif self.h2 is None:
            if what == "event" and self.watches:
                self.transport.write(b"5\r\nevent\r\n")
            elif what == "end" and self.watches:
                self.transport.write(b"0\r\n\r\n")
                self.watches.clear()
        elif what.startswith("large "):
            for stream in self.watches:
                for start in range(0, int(what[6:]), self.h2.max_outbound_frame_size):
                    size = min(self.h2.max_outbound_frame_size, int(what[6:]) - start)
                    self.h2.send_data(stream, b"x" * size)
                self.flush()
        elif what == "goaway":
            # Written by hand: the library takes a GOAWAY for the end of everything.
            self.transport.write(GoAwayFrame(0, last_stream_id=self.last, error_code=0).serialize())
        else:
            for stream in list(self.watches):
                self.h2.send_data(stream, b"event", end_stream=what == "end")
                if what == "end":
                    self.forget(stream)
            self.flush()


async def commands():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        what = line.decode().strip()
        if what != "stats":
            for session in list(sessions):
                session.command(what)
        open_now = " ".join(f"{name}={value}" for name, value in totals.items())
        streams = sum(len(s.watches) for s in sessions)
        print(f"{what}: {open_now} open={len(sessions)} watches={streams}", flush=True)


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    context.set_alpn_protocols(["h2", "http/1.1"])
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
    await commands()


asyncio.run(main())
