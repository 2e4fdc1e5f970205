"""Draws sentences according to the rules."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from seqkit.samples.chance import pick
from seqkit.samples.entities.names import NAMES
from seqkit.samples.entities.rules import RULES
from seqkit.samples.entities.table import LABELS

_LOWER_CASE_ONE_IN = 4


class Sentence(NamedTuple):
    """A sentence of tokens."""

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    label: str
    symbols: frozenset[str]
    is_lower: bool


class Writer:
    """Draws sentences without names that are not allowed."""

    def __init__(self, is_allowed: Callable[[str], bool] = lambda name: True):
        self._names = {
            symbol: tuple(filter(is_allowed, names)) for symbol, names in NAMES.items()
        }

    def sentence(self, rng: Random) -> Sentence:
        """Draws one sentence."""
        label = pick(rng, LABELS)
        tokens: list[str] = []
        tags: list[str] = []
        symbols: set[str] = set()
        self._expand(rng, label, tokens, tags, symbols)
        is_lower = pick(rng, range(_LOWER_CASE_ONE_IN)) == 0
        if is_lower:
            tokens = [token.lower() for token in tokens]
            if pick(rng, range(2)):  # a message in haste
                del tokens[-1], tags[-1]
        else:
            first = tokens[0] == '"'
            tokens[first] = tokens[first][0].upper() + tokens[first][1:]
        return Sentence(tuple(tokens), tuple(tags), label, frozenset(symbols), is_lower)

    def _expand(self, rng, symbol, tokens, tags, symbols) -> None:
        """Writes the parts of a symbol."""
        symbols.add(symbol)
        entity, start = "", 0
        for kind, value in pick(rng, RULES[symbol].draw):
            if kind == "begin":
                entity, start = value, len(tokens)
            elif kind == "end":
                tags[start:] = to_bio(entity, len(tokens) - start)
            elif kind == "word":
                tokens.append(value)
                tags.append("O")
            elif value in self._names:
                tokens.append(pick(rng, self._names[value]))
                tags.append("O")
            else:
                self._expand(rng, value, tokens, tags, symbols)


def to_bio(entity: str, length: int) -> list[str]:
    """The tags of an entity."""
    return [f"B-{entity}"] + [f"I-{entity}"] * (length - 1)
