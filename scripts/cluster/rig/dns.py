"""Cluster DNS of the private cluster: answers for Services, headless endpoints and ExternalName from watches of the API.

Not CoreDNS, and no forwarding: a name outside the cluster does not exist here. A, AAAA (empty) and SRV.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from .api import Api, ApiError, Json

ZONE = "cluster.local"
TTL = 5
A, CNAME, SOA, AAAA, SRV, ANY = 1, 5, 6, 28, 33, 255
OK, FORMAT_ERROR, NO_SUCH_NAME, NOT_IMPLEMENTED = 0, 1, 3, 4


class Records:
    """Names to addresses, rebuilt from one Service and its Endpoints whenever either changes.

    `known` holds every name that exists (an empty answer differs from a missing name).
    """

    def __init__(self) -> None:
        self._services: dict[tuple[str, str], Json] = {}
        self._endpoints: dict[tuple[str, str], Json] = {}
        self._lock = threading.Lock()

    def put(self, kind: str, key: tuple[str, str], value: Json | None) -> None:
        table = self._services if kind == "services" else self._endpoints
        with self._lock:
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value

    def replace(self, kind: str, values: dict[tuple[str, str], Json]) -> None:
        with self._lock:
            if kind == "services":
                self._services = values
            else:
                self._endpoints = values

    def find(self, name: str) -> tuple[list[str], list[tuple[int, str]], str | None] | None:
        """(addresses, SRV port and target, canonical name); None when there is no such name."""
        labels = name.removesuffix(f".{ZONE}").split(".")
        if not name.endswith(f".{ZONE}") or len(labels) < 3 or labels[-1] != "svc":
            return None
        namespace, service_name, rest = labels[-2], labels[-3], labels[:-3]
        with self._lock:
            service = self._services.get((namespace, service_name))
            endpoints = self._endpoints.get((namespace, service_name))
        if service is None:
            return None
        spec = service["spec"]
        if spec.get("type") == "ExternalName":
            return ([], [], spec.get("externalName")) if not rest else None
        own = f"{service_name}.{namespace}.svc.{ZONE}"
        headless = spec.get("clusterIP") in ("None", "", None)
        hosts: dict[str, str] = {}  # host label -> address, of headless Services
        if headless:
            for subset in (endpoints or {}).get("subsets") or []:
                ready = list(subset.get("addresses") or [])
                if spec.get("publishNotReadyAddresses"):
                    ready += subset.get("notReadyAddresses") or []
                for address in ready:
                    hosts[address.get("hostname") or address["ip"].replace(".", "-")] = address["ip"]
        if not rest:
            return (list(hosts.values()) if headless else [spec["clusterIP"]]), [], None
        if len(rest) == 1 and rest[0] in hosts:
            return [hosts[rest[0]]], [], None
        if len(rest) == 2 and rest[0].startswith("_") and rest[1] in ("_tcp", "_udp"):
            ports = [port["port"] for port in spec.get("ports") or []
                     if port.get("name") == rest[0][1:] and port.get("protocol", "TCP").lower() == rest[1][1:]]
            targets = [f"{host}.{own}" for host in hosts] if headless else [own]
            return ([], [(port, target) for port in ports for target in targets], None) if ports else None
        return None


def _encode_name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def answer(query: bytes, records: Records, limit: int) -> bytes | None:
    """The reply to one message; None for what is not a query at all."""
    if len(query) < 12:
        return None
    identity, flags, questions = struct.unpack(">HHH", query[:6])
    if flags & 0x8000:
        return None

    def header(code: int, count: int, authority: int = 0, cut: bool = False) -> bytes:
        bits = 0x8480 | (flags & 0x0100) | (0x0200 if cut else 0) | code  # authoritative, recursion "available"
        return struct.pack(">HHHHHH", identity, bits, 1 if code not in (FORMAT_ERROR, NOT_IMPLEMENTED) else 0, count, authority, 0)

    if flags & 0x7800:
        return header(NOT_IMPLEMENTED, 0)
    labels: list[str] = []
    at = 12
    try:
        while query[at]:
            if query[at] > 63 or len(labels) > 127:
                return header(FORMAT_ERROR, 0)
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii").lower())
            at += 1 + query[at]
        kind, _ = struct.unpack(">HH", query[at + 1:at + 5])
    except (IndexError, struct.error, UnicodeDecodeError):
        return header(FORMAT_ERROR, 0)
    if questions != 1:
        return header(FORMAT_ERROR, 0)
    question = query[12:at + 5]
    found = records.find(".".join(labels))
    negative = b"\xc0\x0c" + struct.pack(">HHIH", SOA, 1, TTL, 0)
    soa = _encode_name(f"ns.dns.{ZONE}") + _encode_name(f"hostmaster.{ZONE}") + struct.pack(">IIIII", 1, 7200, 1800, 86400, TTL)
    negative = negative[:-2] + struct.pack(">H", len(soa)) + soa
    if found is None:
        return header(NO_SUCH_NAME, 0, 1) + question + negative
    addresses, services, canonical = found
    items: list[bytes] = []
    if canonical is not None:
        data = _encode_name(canonical)
        items.append(b"\xc0\x0c" + struct.pack(">HHIH", CNAME, 1, TTL, len(data)) + data)
    if kind in (A, ANY):
        items += [b"\xc0\x0c" + struct.pack(">HHIH", A, 1, TTL, 4) + socket.inet_aton(address) for address in addresses]
    if kind in (SRV, ANY):
        for port, target in services:
            data = struct.pack(">HHH", 0, 100, port) + _encode_name(target)
            items.append(b"\xc0\x0c" + struct.pack(">HHIH", SRV, 1, TTL, len(data)) + data)
    if not items:
        return header(OK, 0, 1) + question + negative
    body = question + b"".join(items)
    if 12 + len(body) > limit:
        return header(OK, 0, cut=True) + question
    return header(OK, len(items)) + body


class Server(asyncio.DatagramProtocol):
    transport: asyncio.DatagramTransport

    def __init__(self, records: Records) -> None:
        self.records = records

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, peer: tuple[str, int]) -> None:
        reply = answer(data, self.records, 512)
        if reply is not None:
            self.transport.sendto(reply, peer)


async def _stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, records: Records) -> None:
    try:
        async with asyncio.timeout(10):
            while True:
                size = struct.unpack(">H", await reader.readexactly(2))[0]
                reply = answer(await reader.readexactly(size), records, 65535)
                if reply is None:
                    break
                writer.write(struct.pack(">H", len(reply)) + reply)
                await writer.drain()
    except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
        pass  # the client went away or said nothing: nobody is left to tell
    finally:
        writer.close()


def follow(connect: Callable[[], Api], kind: str, records: Records, synced: Callable[[], None]) -> None:
    """Lists and watches for ever; runs on a thread of its own."""
    api = connect()
    path = f"/api/v1/{kind}"
    while True:
        try:
            answer = api.get(path)
            records.replace(kind, {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in answer["items"]})
            synced()
            for event in api.watch(path, answer["metadata"]["resourceVersion"]):
                if event["type"] == "ERROR":
                    break
                if event["type"] != "BOOKMARK":
                    item = event["object"]
                    key = (item["metadata"]["namespace"], item["metadata"]["name"])
                    records.put(kind, key, None if event["type"] == "DELETED" else item)
        except (OSError, ApiError, http.client.HTTPException, ValueError, KeyError) as error:
            print(f"{time.strftime('%H:%M:%S')} {kind}: {type(error).__name__}: {error}", flush=True)
            time.sleep(0.2)


async def serve(connect: Callable[[], Api], address: str, ready_to_serve: Callable[[], None] = lambda: None) -> None:
    """Answers once everything is known, and says so by `ready_to_serve`."""
    records = Records()
    for kind in ("services", "endpoints"):
        ready = threading.Event()
        threading.Thread(target=follow, args=(connect, kind, records, ready.set), daemon=True).start()
        await asyncio.to_thread(ready.wait)
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: Server(records), local_addr=(address, 53))
    await asyncio.start_server(lambda reader, writer: _stream(reader, writer, records), address, 53)
    ready_to_serve()
    print("serving", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(lambda: Api(Path(sys.argv[1])), sys.argv[2]))
