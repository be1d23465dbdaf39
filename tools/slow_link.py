#!/usr/bin/env python3
"""Put a slow phone link in front of a local server.

    slow_link.py --to 8000 --listen 9000 --profile 2g
    slow_link.py --to 8443 --listen 9443 --down 400 --up 200 --rtt 400

Relays TCP from 127.0.0.1:LISTEN to 127.0.0.1:TO with one shared bottleneck
per direction: a rate in kbit/s and half the round trip as delay. The TCP
handshake costs one round trip, as on a real link; TLS and HTTP pass through
untouched and so cost what they really cost. DNS is not modelled (+1 RTT).
On SIGINT or SIGTERM it prints, as JSON, the connections and wire bytes seen.
"""

import argparse
import asyncio
import json
import signal

PROFILES = {"2g": (50, 20, 800), "slow3g": (400, 200, 400), "3g": (1600, 750, 150)}
MTU = 1400
HEADERS = 40  # IP + TCP, per packet
QUEUE_S = 2.0  # how much the bottleneck may hold before the sender waits


class Link:
    """One direction of the bottleneck, shared by every connection."""

    def __init__(self, kbit_s, delay_s):
        self.rate = kbit_s * 1000 / 8
        self.delay = delay_s
        self.free_at = 0.0
        self.wire_bytes = 0

    async def send(self, data, writer):
        loop = asyncio.get_running_loop()
        for start in range(0, len(data), MTU):
            packet = data[start : start + MTU]
            size = len(packet) + HEADERS
            self.free_at = max(loop.time(), self.free_at) + size / self.rate
            self.wire_bytes += size
            loop.call_at(self.free_at + self.delay, self._deliver, writer, packet)
        while self.free_at - loop.time() > QUEUE_S:
            await asyncio.sleep(0.02)

    @staticmethod
    def _deliver(writer, packet):
        if not writer.is_closing():
            writer.write(packet)


async def pump(reader, writer, link):
    try:
        while data := await reader.read(4096):
            await link.send(data, writer)
        await asyncio.sleep(max(0.0, link.free_at - asyncio.get_running_loop().time()) + link.delay)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def serve(listen, to, down, up, rtt):
    downlink, uplink = Link(down, rtt / 2), Link(up, rtt / 2)
    seen = {"connections": 0}

    async def client(reader, writer):
        seen["connections"] += 1
        await asyncio.sleep(rtt)
        try:
            upstream = await asyncio.open_connection("127.0.0.1", to)
        except ConnectionError:
            writer.close()
            return
        try:
            await asyncio.gather(pump(reader, upstream[1], uplink), pump(upstream[0], writer, downlink))
        except asyncio.CancelledError:  # the relay is stopping
            writer.close()

    server = await asyncio.start_server(client, "127.0.0.1", listen)
    stop = asyncio.Event()
    for sig in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sig, stop.set)
    async with server:
        await stop.wait()
    seen.update(down_wire_bytes=downlink.wire_bytes, up_wire_bytes=uplink.wire_bytes)
    print(json.dumps(seen))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=int, required=True, help="local port of the real server")
    parser.add_argument("--listen", type=int, required=True, help="local port to offer the slow link on")
    parser.add_argument("--profile", choices=PROFILES, default="2g")
    parser.add_argument("--down", type=float, help="kbit/s towards the phone")
    parser.add_argument("--up", type=float, help="kbit/s from the phone")
    parser.add_argument("--rtt", type=float, help="round trip in ms")
    args = parser.parse_args()
    down, up, rtt = PROFILES[args.profile]
    asyncio.run(
        serve(
            args.listen, args.to, args.down or down, args.up or up, (args.rtt if args.rtt is not None else rtt) / 1000
        )
    )


if __name__ == "__main__":
    main()
