"""`kept work`: the worker process."""

import asyncio
import signal

from kept.app.compose import jobs_address, opened
from kept.app.starting import started
from kept.kit import Settings
from kept.worker import Worker


def work(settings: Settings) -> None:
    """Work until told to stop. Raises Fatal: see Worker."""
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, stop.set)
    async with opened(settings) as runtime:
        started()
        await Worker(runtime, jobs_address=jobs_address(settings)).run(stop)
