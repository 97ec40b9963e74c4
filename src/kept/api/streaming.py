"""Several streams as one: a page of ours keeps a single connection open, whatever it listens to."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def merged(*streams: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """What comes of any of the streams, as it comes; ends with the first that ends, and ends the others."""
    waiting = {asyncio.ensure_future(anext(stream)): stream for stream in streams}
    try:
        while True:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                stream = waiting.pop(task)
                try:
                    came = task.result()
                except StopAsyncIteration:
                    return
                waiting[asyncio.ensure_future(anext(stream))] = stream
                yield came
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for stream in streams:
            await stream.aclose()
