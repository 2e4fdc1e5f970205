"""Bodies of requests, read within limits."""

import asyncio
import json
from typing import Any

import pydantic_core
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from seqkit.serving.limits import Limits
from seqkit.serving.refusals import Refused

_DRAINED = 64_000_000  # bytes beyond the limit that are read to be able to answer


async def read_body(request: Request, limits: Limits) -> bytes:
    """The body of a request.

    Raises:
        Refused: It is too large (413), or takes too long (408).
    """
    most, size, chunks = int(limits.max_body * 1e6), 0, []
    try:
        async with asyncio.timeout(limits.timeout):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= most:
                    chunks.append(chunk)
                else:
                    chunks.clear()
                if size > most + _DRAINED:
                    break
    except TimeoutError:
        raise Refused(
            408, f"expected the whole request within {limits.timeout:g} seconds"
        ) from None
    if size > most:
        raise Refused(
            413, f"expected a request of at most {limits.max_body:g} megabytes"
        )
    return b"".join(chunks)


def parse_json(body: bytes) -> Any:
    """The JSON of a body; numbers may be NaN and Infinity.

    Raises:
        Refused: It is not JSON (400).
    """
    try:
        return pydantic_core.from_json(body, allow_inf_nan=True)
    except (ValueError, RecursionError) as error:
        reason = str(error)[:200]
        raise Refused(400, f"expected JSON in UTF-8, found: {reason}") from None


async def read_values(request: Request, limits: Limits) -> Any:
    """The JSON of a request, or the fields of a form, whose files are bytes."""
    body = await read_body(request, limits)
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        return parse_json(body)
    return await _form(request, body, limits)


async def _form(request: Request, body: bytes, limits: Limits) -> dict[str, Any]:
    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    again, values, inputs = Request(request.scope, receive), {}, []
    try:
        async with again.form(
            max_files=limits.max_items,
            max_fields=limits.max_items,
            max_part_size=int(limits.max_body * 1e6),
        ) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    value = await value.read()
                if name == "inputs":
                    inputs.append(value)
                else:
                    values[name] = _option(value)
    except (HTTPException, ValueError, KeyError) as error:
        reason = getattr(error, "detail", error)
        raise Refused(400, f"expected a form, found: {str(reason)[:200]}") from None
    return {**values, "inputs": inputs} if inputs else values


def _option(value: str | bytes) -> Any:
    """The value of an option in a form: JSON, or else a text."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value if isinstance(value, str) else value.decode(errors="replace")
