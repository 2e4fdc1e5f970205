"""Readers of the tables in which grammars keep their words and their rules."""

from collections.abc import Callable, Iterator
from typing import Any


def read_rows(table: str) -> list[list[list[str]]]:
    """Returns the rows of a table: columns separated by "|", each a list of words."""
    return [
        [column.split() for column in line.split("|")]
        for line in table.strip().splitlines()
    ]


def read_rules(
    table: str, read: Callable[[str], Any]
) -> Iterator[tuple[str, tuple[Any, ...], tuple[Any, ...]]]:
    """Reads the rules of a grammar.

    A symbol is one line, followed by its rules: how often one is drawn, then what it
    is made of. A line may hold several rules, separated by "|".
    """
    for block in table.strip().split("\n\n"):
        head, *lines = block.splitlines()
        rules: list[Any] = []
        draw: list[Any] = []
        for line in lines:
            weight, _, right = line.strip().partition(" ")
            for rule in map(read, right.split("|")):
                rules.append(rule)
                draw += [rule] * int(weight)
        yield head, tuple(rules), tuple(draw)
