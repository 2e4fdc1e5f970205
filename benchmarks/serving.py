"""Load on a server: many requests at once, in batches and one by one.

    python benchmarks/serving.py RUN

RUN is a folder written by `seqkit train` or `Task.save`, of a task that reads texts.
Each request has one text of the test split and a connection of its own; all of them
come at once. Every answer is compared with that of `predict`.
"""

import argparse
import asyncio
import contextlib
import json
import re
import statistics
import subprocess
import sys
import time

import seqkit
from seqkit.serving.routes import to_json

SERVERS = {"one by one": ["--max-batch", "1", "--max-wait", "0"], "in batches": []}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    texts, answers = expected(arguments.run, arguments.requests)
    found = {name: [] for name in SERVERS}
    with contextlib.ExitStack() as stack:
        ports = {
            name: stack.enter_context(server(arguments.run, *more))
            for name, more in SERVERS.items()
        }
        for number in range(1 + arguments.rounds):
            for name, port in ports.items():
                # Without a batch it takes long: fewer warm it up.
                some = texts if number else texts[:50]
                result = asyncio.run(load(port, some, answers))
                if number:
                    found[name].append(result)
    print("| | requests/s | × one by one | p50, s | p99, s | lost | wrong |")
    print("|---|---|---|---|---|---|---|")
    for name, rounds in found.items():
        pairs = zip(found["one by one"], rounds, strict=True)
        ratio = statistics.median(
            one["seconds"] / other["seconds"] for one, other in pairs
        )
        middle = {k: statistics.median(one[k] for one in rounds) for k in rounds[0]}
        lost, wrong = (sum(one[k] for one in rounds) for k in ("lost", "wrong"))
        print(
            f"| {name} | {len(texts) / middle['seconds']:,.0f} | {ratio:.1f} | "
            f"{middle['p50']:.2f} | {middle['p99']:.2f} | {lost} | {wrong} |"
        )


def expected(run, count):
    """Texts of the test split, repeated if need be, and what `predict` answers."""
    task = seqkit.load(run)
    (column,) = (name for name, field in task.fields.items() if not field.target)
    texts = list(task.split("test")[column])
    found = json.loads(to_json(task.predict(texts)).body)
    answers = dict(zip(texts, found, strict=True))
    return [texts[n % len(texts)] for n in range(count)], answers


@contextlib.contextmanager
def server(run, *options):
    """The port of a `seqkit serve`, in a process of its own."""
    words = ["serve", run, "--port", "0", "--timeout", "600", *options]
    process = subprocess.Popen(
        [sys.executable, "-m", "seqkit.cli", *words], stderr=subprocess.PIPE, text=True
    )
    for line in process.stderr:
        if place := re.search(r"Serving .*:(\d+)/", line):
            break
    else:
        raise RuntimeError("the server did not start")
    try:
        yield int(place[1])
    finally:
        process.terminate()
        process.communicate()


async def load(port, texts, answers):
    """Seconds, latencies and mistakes of requests that come at once."""
    start = time.perf_counter()
    found = await asyncio.gather(
        *(ask(port, text) for text in texts), return_exceptions=True
    )
    seconds = time.perf_counter() - start
    good = [one for one in found if not isinstance(one, BaseException)]
    latencies = statistics.quantiles([taken for taken, _ in good], n=100)
    wrong = sum(
        isinstance(one, BaseException) or one[1] != answers[text]
        for one, text in zip(found, texts, strict=True)
    )
    lost = len(found) - len(good)
    return {
        "seconds": seconds,
        "p50": latencies[49],
        "p99": latencies[98],
        "lost": lost,
        "wrong": wrong - lost,
    }


async def ask(port, text):
    """Seconds until the answer, and the answer."""
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"inputs": [text]}).encode()
    head = "POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    _, _, answer = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    (result,) = json.loads(answer)["results"]
    return time.perf_counter() - start, result["answer"]


if __name__ == "__main__":
    main()
