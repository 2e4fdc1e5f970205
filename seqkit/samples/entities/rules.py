"""The rules of the grammar's table."""

from typing import NamedTuple

from seqkit.samples.entities.table import TABLE
from seqkit.samples.tables import read_rules


class Item(NamedTuple):
    """A part of a rule: a word, a symbol, or the beginning or end of an entity."""

    kind: str  # "word", "symbol", "begin" or "end"
    value: str  # the word, the symbol or the entity's type


class Symbol(NamedTuple):
    """A symbol's rules; `draw` lists each as often as it is drawn."""

    rules: tuple[tuple[Item, ...], ...]
    draw: tuple[tuple[Item, ...], ...]


def _read_item(text: str) -> Item:
    if text.startswith("<"):
        return Item("symbol", text[1:-1])
    if text.startswith("["):
        return Item("begin", text[1:])
    return Item("end", "") if text == "]" else Item("word", text)


def _read_rule(text: str) -> tuple[Item, ...]:
    return tuple(map(_read_item, text.replace("]", " ]").split()))


RULES = {
    name: Symbol(rules, draw) for name, rules, draw in read_rules(TABLE, _read_rule)
}
