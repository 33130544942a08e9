"""A crowd of strangers: `python -m tests.chaos.crowd PORT COUNT silent|trickling`.

Keeps so many sockets open that never sign in; whenever the server closes one, the next one comes. A
process of its own, so that who measures does not wait for it. Says `ready` when all are there.
"""

import asyncio
import sys

HANDSHAKE = (
    b"GET /ws/chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
BEGUN_FRAME = b"\x81\xe4\x00\x00\x00\x00"
"""The head of a masked text frame of 100 bytes, which come one a second."""


async def one_after_another(port: int, *, trickling: bool, came: asyncio.Semaphore) -> None:
    is_first = True
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(1)
            continue
        if is_first:
            came.release()
            is_first = False
        writer.write(HANDSHAKE + (BEGUN_FRAME if trickling else b""))
        reading = asyncio.create_task(reader.read())
        while not reading.done():
            await asyncio.wait((reading,), timeout=1)
            if trickling and not writer.is_closing():
                writer.write(b" ")
        writer.close()
        await asyncio.gather(reading, return_exceptions=True)


async def main() -> None:
    port, count, how = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    came = asyncio.Semaphore(0)
    crowd = [
        asyncio.create_task(one_after_another(port, trickling=how == "trickling", came=came))
        for _ in range(count)
    ]
    for _ in crowd:
        await came.acquire()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.gather(*crowd)


if __name__ == "__main__":
    asyncio.run(main())
