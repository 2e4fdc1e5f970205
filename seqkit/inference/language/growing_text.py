"""Text that grows token by token, until it holds a stop string."""

from collections.abc import Sequence
from typing import Any

from seqkit.errors import SeqkitError
from seqkit.tokenizers import IncrementalDecoder


class StopStrings:
    """Releases text as it comes, except what may be the beginning of a stop string.

    A text ends before the stop string that is complete first (the longest of several
    that are complete at once), a rule that later text does not change.

    `held` is the end of the text so far that may begin a stop string, `given` how many
    of its characters `flush` has released: another object goes on from both.
    """

    def __init__(self, stop: str | Sequence[str] = (), held: str = "", given: int = 0):
        self.stop = (stop,) if isinstance(stop, str) else tuple(stop)
        for one in self.stop:
            if not isinstance(one, str) or not one:
                raise SeqkitError(
                    f"stop: expected strings of at least one character, found {one!r}"
                )
        self.held, self.given, self.found = held, given, False

    def add(self, text: str) -> str:
        """What can be released now that `text` has come."""
        text = self.held + text
        matches = [
            (place + len(one), place)
            for one in self.stop
            if (place := text.find(one)) >= 0
        ]
        if matches:
            _, cut = min(matches)
            self.found = True
            self.held, left = "", 0
        else:
            cut = len(text) - self._beginning(text)
            self.held, left = text[cut:], max(self.given - cut, 0)
        new, self.given = text[self.given : cut], left
        return new

    def flush(self) -> str:
        """What is still held back, released since the text ends here."""
        new = self.held[self.given :]
        self.given = len(self.held)
        return new

    def _beginning(self, text):
        """Length of the longest end of `text` that begins a stop string."""
        longest = max(map(len, self.stop), default=1) - 1
        for length in range(min(longest, len(text)), 0, -1):
            if any(one.startswith(text[-length:]) for one in self.stop):
                return length
        return 0


class GrowingText:
    """The text of tokens that follow others, up to a stop string."""

    def __init__(self, tokenizer: Any, prefix_ids: Sequence[int], *stops: Any):
        self._decoder = IncrementalDecoder(tokenizer, prefix_ids=prefix_ids)
        self.stops = StopStrings(*stops)

    @property
    def stopped(self) -> bool:
        """Whether a stop string came."""
        return self.stops.found

    def add(self, token_ids: list[int]) -> tuple[str, int]:
        """Takes tokens up to a stop string; the text to release, and their number."""
        if not self.stops.stop:
            return self.stops.add(self._decoder.add(token_ids)), len(token_ids)
        text = ""
        for number, token_id in enumerate(token_ids, start=1):
            text += self.stops.add(self._decoder.add([token_id]))
            if self.stopped:
                return text, number
        return text, len(token_ids)

    def end(self) -> str:
        """What was held back, if no token follows."""
        if self.stopped:
            return ""
        text = self.stops.add(self._decoder.end())
        return text if self.stopped else text + self.stops.flush()
