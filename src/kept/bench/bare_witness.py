"""The least that a witness could do, as a process of its own: takes a body by HTTP, makes it durable, and says so.

    python -m kept.bench.bare_witness FILE

Prints its address. Verifies nothing, signs nothing, compares nothing: one file is overwritten and synced a request.
"""

import asyncio
import os
import sys

_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\nok\n"


async def serve(file: str) -> None:
    """Answer until killed."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
                _keep(descriptor, await reader.readexactly(length))
                writer.write(_ANSWER)
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def _keep(descriptor: int, body: bytes) -> None:
    os.pwrite(descriptor, body, 0)
    os.fsync(descriptor)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
