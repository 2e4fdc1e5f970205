"""Unicode classes that do not depend on the version of TensorFlow."""

import functools
import itertools

import regex

_CLASS = regex.compile(r"\\p\{(\w+)\}")


def explicit(pattern: str) -> str:
    """A pattern with ranges of characters for classes in brackets, as `\\p{L}`."""
    return _CLASS.sub(lambda match: _ranges(match[1]), pattern)


@functools.cache
def _ranges(name):
    runs = regex.findall(rf"\p{{{name}}}+", _every_character())
    return "".join(run if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in runs)


@functools.cache
def _every_character():
    points = itertools.chain(range(0xD800), range(0xE000, 0x110000))
    return "".join(map(chr, points))
