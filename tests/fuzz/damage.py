"""Seeded damage: values that nobody should give, and files that are broken."""

import json
import math
import random

WORDS = ["x", "-1", "0", "1e309", "nan", "true", "null", "[", "*a", "!!python/x", "é"]
VALUES = [None, True, False, 0, -1, 1, 2**31, 10**20, 10**500, 0.5, -0.5]
VALUES += [math.nan, math.inf, -math.inf, "", "a\0b", "x" * 300, "x/" * 3000]
VALUES += ["\udcff", "..", [], [1], ["a"], [[]], {}, {"a": 1}, {"train": "x" * 300}]


def value(rng: random.Random):
    """A value of any type, most of them out of place."""
    if rng.random() < 0.05:
        deep = []
        for _ in range(rng.choice([50, 5000])):
            deep = [deep]
        return deep
    return rng.choice(VALUES + WORDS)


def text_of(rng: random.Random) -> str:
    """The same as a word of a command line."""
    one = value(rng)
    try:
        return one if isinstance(one, str) else json.dumps(one)
    except (RecursionError, ValueError):
        return "[" * 3000


def edited(rng: random.Random, document):
    """A JSON document in which one entry, at any depth, is another or missing."""
    if isinstance(document, dict) and document and rng.random() < 0.9:
        name, changed = rng.choice(sorted(document)), dict(document)
        if rng.random() < 0.15:
            del changed[name]
        elif rng.random() < 0.1:
            changed[rng.choice(WORDS)] = value(rng)
        else:
            changed[name] = edited(rng, document[name])
        return changed
    if isinstance(document, list) and document and rng.random() < 0.5:
        place, changed = rng.randrange(len(document)), list(document)
        changed[place] = edited(rng, document[place])
        return changed
    return value(rng)


def as_json(document) -> bytes:
    """JSON of any document; what cannot be written ends in brackets."""
    try:
        return json.dumps(document).encode()
    except (RecursionError, ValueError):
        return b'{"format_version": 1, "config": ' + b"[" * 10_000


def broken(rng: random.Random, data: bytes) -> bytes:
    """Bytes that were cut, changed, doubled or mixed up."""
    kind, where = rng.randrange(6), rng.randrange(max(1, len(data)))
    if kind == 0:
        return data[:where]
    if kind == 1:
        changed = bytearray(data)
        for _ in range(rng.choice([1, 3, 30])):
            if changed:
                changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed)
    if kind == 2:
        return data[:where] + data[where // 2 :]
    if kind == 3:
        odd = [b"\0", b"\xff\xfe", b'"', b"\t", b"\n\n", b"\r", b"{", "\u2028".encode()]
        return data[:where] + rng.choice(odd) * rng.choice([1, 50]) + data[where:]
    if kind == 4:
        return rng.randbytes(rng.choice([0, 1, 40, 4000]))
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines[: rng.randrange(len(lines) + 1)])
