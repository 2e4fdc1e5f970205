"""Draws lines of text according to the rules."""

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from seqkit.samples.chance import pick
from seqkit.samples.stories.choices import Choices, Combination
from seqkit.samples.stories.lexicon import POOLS
from seqkit.samples.stories.rules import RULES
from seqkit.samples.stories.words import Noun, Value, Verb

# Rules of a symbol tried in vain before what precedes it is drawn again.
_PATIENCE = 10


class Token(NamedTuple):
    """A word of a line, and where it comes from."""

    word: str
    symbol: str = ""
    value: Value = None
    known: Sequence[Value] = ()
    agrees_with: int | None = None


class Binding(NamedTuple):
    """The value of a variable, and the position of the word that last set it."""

    value: Value
    position: int | None = None


_WORDS = {
    item.word: Token(item.word)
    for symbol in RULES.values()
    for rule in symbol.rules
    for item in rule
    if item.word
}
_POOLS = {name: Binding(pool) for name, pool in POOLS.items()}


class Writer:
    """Draws lines without combinations that are not allowed."""

    def __init__(self, is_allowed: Callable[[Combination], bool] = lambda _: True):
        self._choices = Choices(is_allowed)

    def line(self, rng: Random) -> list[Token]:
        """Draws one line."""
        tokens: list[Token] = []
        while self._expand(rng, tokens, "line", ()) is None:
            pass
        return tokens

    def _expand(self, rng, tokens, name, bindings) -> list[Binding | None] | None:
        """Writes the parts of a symbol; `None` if no word fits."""
        parameters, _, rules = RULES[name]
        start = len(tokens)
        for _ in range(_PATIENCE):
            frame = _POOLS | dict(zip(parameters, bindings, strict=False))
            for item in pick(rng, rules):
                if item.word:
                    tokens.append(_WORDS[item.word])
                elif not self._write(rng, tokens, item.symbol, item.arguments, frame):
                    break
            else:
                return [frame.get(parameter) for parameter in parameters]
            del tokens[start:]
        return None

    def _write(self, rng, tokens, symbol, arguments, frame) -> bool:
        """Writes a symbol and learns the values of its variables."""
        known = [frame.get(argument) for argument in arguments]
        if symbol in RULES:
            learned = self._expand(rng, tokens, symbol, known)
            if learned is None:
                return False
            for argument, binding in zip(arguments, learned, strict=False):
                frame[argument] = frame.get(argument) or binding
            return True
        values = [binding and binding.value for binding in known]
        choices = self._choices.of(symbol, values)
        if not choices:
            return False
        word, value = pick(rng, choices)
        position = len(tokens)
        if word:
            agrees_with = known[0] and known[0].position
            tokens.append(Token(word, symbol, value, values, agrees_with))
        if None in values:
            frame[arguments[values.index(None)]] = Binding(value, position)
        elif symbol == "pronoun":  # later words agree with it
            frame[arguments[0]] = Binding(values[0], position)
        return True


def combinations(tokens: Sequence[Token]) -> list[Combination]:
    """The subjects of a line with their verbs and the other nouns of their clauses."""
    pairs = []
    for token in tokens:
        if isinstance(token.value, Verb):
            pairs.append((token.known[0].lemma, token.value.lemma))
        elif token.symbol == "noun":
            subjects = (noun for noun in token.known[1:] if isinstance(noun, Noun))
            pairs += [(subject.lemma, token.value.lemma) for subject in subjects]
    return pairs
