"""The least that a gateway could do, as a process of its own: takes a batch by HTTP and inserts it; no more than that.

    python -m kept.bench.bare_gateway DATABASE-ADDRESS PORT
"""

import asyncio
import sys
from typing import Any

import asyncpg
import msgspec
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

TABLE = "CREATE TABLE IF NOT EXISTS bare_parcel (parcel_id uuid PRIMARY KEY, content json)"
_INSERT = "INSERT INTO bare_parcel SELECT * FROM unnest($1::uuid[], $2::json[]) ON CONFLICT DO NOTHING"


async def serve(address: str, port: int) -> None:
    """Answer until killed."""
    pool = await asyncpg.create_pool(address, min_size=1, max_size=4)
    await pool.execute(TABLE)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        rows = msgspec.msgpack.decode(body)
        await pool.execute(_INSERT, [row[0] for row in rows], [row[1] for row in rows])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_level=LogLevels.error)
    await server.serve()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
