"""Checks whether words follow the rules."""

from collections.abc import Iterator

from seqkit.samples.stories.choices import Choices
from seqkit.samples.stories.lexicon import POOLS
from seqkit.samples.stories.rules import RULES, Item
from seqkit.samples.stories.words import Value


class Reader:
    """Recognizes what the rules can write, with every combination allowed.

    It parses top down, from left to right, and remembers what a symbol can be at a
    position, so time is linear in the length of the line.
    """

    def __init__(self):
        self._choices = Choices()

    def accepts(self, words: list[str], symbol: str = "line") -> bool:
        """Whether a symbol can be made of all of the words."""
        ends = _Reading(words, self._choices).symbol(symbol, 0, ())
        return any(end == len(words) for end, _ in ends)


class _Reading:
    """One line, being read."""

    def __init__(self, words: list[str], choices: Choices):
        self._words, self._choices = [*words, None], choices
        self._known: dict[tuple, list[tuple[int, tuple[Value, ...]]]] = {}

    def symbol(self, name: str, start: int, values: tuple[Value, ...]):
        """The ends of a symbol that begins at `start`, each with its variables."""
        key = (name, start, values)
        if key not in self._known:
            parameters = RULES[name].parameters
            found = {}  # a dict, since a set has no order
            for rule in RULES[name].rules:
                frame = POOLS | dict(zip(parameters, values, strict=False))
                for end, after in self._rule(rule, start, frame):
                    found[end, tuple(map(after.get, parameters))] = None
            self._known[key] = list(found)
        return self._known[key]

    def _rule(self, rule: tuple[Item, ...], start: int, frame: dict):
        states = [(start, frame)]
        for item in rule:
            if item.word:
                states = [
                    (start + 1, frame)
                    for start, frame in states
                    if self._words[start] == item.word
                ]
            else:
                states = [
                    after for state in states for after in self._item(item, *state)
                ]
            if not states:
                break
        return states

    def _item(self, item: Item, start: int, frame: dict) -> Iterator[tuple[int, dict]]:
        values = tuple(map(frame.get, item.arguments))
        if item.symbol in RULES:
            for end, learned in self.symbol(item.symbol, start, values):
                pairs = zip(item.arguments, learned, strict=False)
                yield end, {**frame, **{k: v for k, v in pairs if v is not None}}
            return
        for choice, value in self._choices.of(item.symbol, values):
            if not choice or choice == self._words[start]:
                learned = {}
                if None in values:
                    learned[item.arguments[values.index(None)]] = value
                yield start + bool(choice), {**frame, **learned}
