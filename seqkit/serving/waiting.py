"""Waiting for an answer: while its client is there, and not for ever."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.requests import Request

from seqkit.serving.limits import Limits
from seqkit.serving.refusals import Refused


async def answered(request: Request, work: Coroutine, limits: Limits) -> Any:
    """What `work` returns, which is given up when the client leaves.

    Raises:
        Refused: The client is gone (499), or it takes too long (503).
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        done, _ = await asyncio.wait(
            {task, gone},
            timeout=limits.timeout,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if task in done:
            return task.result()
    finally:
        task.cancel()
        gone.cancel()
    if gone in done:
        raise Refused(499, "the client is gone")
    raise Refused(
        503,
        f"no answer within {limits.timeout:g} seconds: the server is busy. Try again "
        "in a moment",
    )


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
