"""The grammar's table, read."""

from typing import NamedTuple

from seqkit.data.samples.entities.table import TABLE


class Item(NamedTuple):
    """A part of a rule: a word, a symbol, or where an entity begins or ends."""

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


def _read_rules() -> dict[str, Symbol]:
    symbols = {}
    for block in TABLE.strip().split("\n\n"):
        name, *lines = block.splitlines()
        rules, draw = [], []
        for line in lines:
            weight, _, alternatives = line.strip().partition(" ")
            for rule in alternatives.split("|"):
                parts = rule.replace("]", " ]").split()
                rules.append(tuple(map(_read_item, parts)))
                draw += [rules[-1]] * int(weight)
        symbols[name] = Symbol(tuple(rules), tuple(draw))
    return symbols


RULES = _read_rules()
