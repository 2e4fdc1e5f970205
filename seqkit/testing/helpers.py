"""What checks are written with: plain assertions, and a command line in memory."""

import asyncio
import base64
import io
import json
import os
import subprocess
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np

from seqkit import cli
from seqkit.cards import place_of
from seqkit.errors import SeqkitError
from seqkit.results import Forecast
from seqkit.task import Task


def expect(what: str, found: Any, expected: Any) -> None:
    """Raises unless both are equal."""
    assert found == expected, f"{what}: expected {expected!r}, found {found!r}"


def same_answers(what: str, found: Any, expected: Any) -> None:
    """Raises unless answers are equal; numbers of a series may differ a little."""
    if type(found) is not type(expected):
        expect(what, found, expected)
    if isinstance(expected, list) and len(found) == len(expected):
        for one, other in zip(found, expected, strict=True):
            same_answers(what, one, other)
    elif isinstance(expected, Forecast):
        expect(what, found.times, expected.times)
        for name, values in expected.values.items():
            scale = max(map(abs, values))
            np.testing.assert_allclose(found.values[name], values, 1e-4, 1e-4 * scale)
        expect(what, [*found.quantiles], [*expected.quantiles])
    else:
        expect(what, found, expected)


def same_json(what: str, found: Any, expected: Any) -> None:
    """Raises unless JSON is equal, but for the last digits of numbers that are not
    whole: they depend on the batch."""
    if isinstance(expected, dict) and isinstance(found, dict):
        expect(what, [*found], [*expected])
        found, expected = [*found.values()], [*expected.values()]
    if isinstance(expected, list) and isinstance(found, list):
        expect(what, len(found), len(expected))
        for one, other in zip(found, expected, strict=True):
            same_json(what, one, other)
    elif isinstance(expected, float):
        assert abs(found - expected) <= 2e-3 * max(1, abs(expected)), (
            f"{what}: expected {expected!r}, found {found!r}"
        )
    else:
        expect(what, found, expected)


def expect_in(whole: Any, *parts: str) -> None:
    """Raises unless a text, or a collection, has all parts."""
    missing = [part for part in parts if part not in whole]
    assert not missing, f"expected {missing} in {whole!r}"


def refusal(
    function: Callable,
    *given: Any,
    kind: type[BaseException] = SeqkitError,
    **more: Any,
) -> str:
    """The message with which a function refuses its arguments."""
    try:
        function(*given, **more)
    except kind as error:
        return str(error)
    raise AssertionError(f"{function.__qualname__}: expected a {kind.__name__}")


def nearly(figures: Any) -> Any:
    """Figures without their last digits, since sums are taken in another order."""
    text = json.dumps(figures)
    return json.loads(text, parse_float=lambda one: float(f"{float(one):.3g}"))


def contents(folder: Path) -> dict[str, bytes]:
    """Name to content of the files of a folder."""
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def command(*words: str, lines: Sequence[str] = ()) -> tuple[int, str, str]:
    """Exit code, output and errors of `seqkit`, which reads lines."""
    stdin = io.BytesIO("".join(line + "\n" for line in lines).encode())
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    streams: Any = {"stdin": types.SimpleNamespace(buffer=stdin)}
    streams |= {"stdout": out, "stderr": err}
    with mock.patch.multiple(sys, **streams):
        code = cli.main(list(words))
    found = []
    for stream in (out, err):
        stream.flush()
        found.append(stream.buffer.getvalue().decode())
    return code, *found


def ask(app: Any, path: str, values: Any = None) -> tuple[int, Any]:
    """Status and JSON of what an ASGI application answers: to a POST if of values."""
    body = json.dumps(values).encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET" if values is None else "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json")],
    }
    sent, received = [], [{"type": "http.request", "body": body, "more_body": False}]

    async def call():
        done = asyncio.Event()

        async def receive():
            if not received:
                await done.wait()
                return {"type": "http.disconnect"}
            return received.pop()

        async def send(message):
            sent.append(message)
            if not message.get("more_body", message["type"].endswith("start")):
                done.set()

        await app(scope, receive, send)

    asyncio.run(call())
    answer = b"".join(one.get("body", b"") for one in sent[1:])
    return sent[0]["status"], json.loads(answer)


def as_sent(one: Any, kind: str) -> Any:
    """An input as a request has it: the bytes of a file in base64."""
    if kind not in ("image", "audio"):
        return one
    return {"b64": base64.b64encode(Path(one).read_bytes()).decode()}


def some_value(spec: Any, texts: Sequence[Any]) -> Any:
    """What a signature takes for one of its inputs: texts, or the number 1."""
    if spec.dtype.name == "string":
        return list(texts)
    shape = [size or 2 for size in spec.shape]
    return np.ones(shape).astype(spec.dtype.as_numpy_dtype).tolist()


def same_weights(one: Task, other: Task) -> None:
    """Raises unless the models of two tasks have equal weights."""
    for mine, its in zip(one.model.weights, other.model.weights, strict=True):
        equal = np.array_equal(*map(keras.ops.convert_to_numpy, (mine, its)))
        assert equal, f"{its.path}: expected equal weights"


_FRESH_PROCESS = """
import json, sys, seqkit
from seqkit import cards, registries
folder, name, place, inputs = json.load(sys.stdin)
recipe = None if name in registries.recipes else cards.find_recipe(place)
print("answers", json.dumps(repr(seqkit.load(folder, recipe=recipe).predict(inputs))))
"""


def fresh_answers(recipe: type[Task], folder: Path, inputs: Sequence[Any]) -> str:
    """What a task predicts in a process that has imported seqkit alone, as `repr`."""
    done = subprocess.run(
        [sys.executable, "-c", _FRESH_PROCESS],
        input=json.dumps([str(folder), recipe.recipe, place_of(recipe), inputs]),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.partition("answers ")[2])
