"""Text that grows token by token, until a stop string is in it."""

from seqkit.errors import SeqkitError


class StopStrings:
    """Gives text out as it comes, but for what may be the beginning of a stop string.

    A text ends before the stop string that is complete first (the longest of several
    that are at once): a rule that what comes later does not change.

    Args:
        stop: The stop strings, none of them empty.
        held: Text at the end of what came before, as `held` of another object.
        given: How many characters of `held` were given out all the same.

    Attributes:
        held: The end of the text so far that may begin a stop string.
        given: How many of its characters were given out, by `flush`.
        found: Whether a stop string was met.
    """

    def __init__(self, stop=(), held="", given=0):
        if isinstance(stop, str):
            stop = (stop,)
        self.stop = tuple(stop)
        for one in self.stop:
            if not isinstance(one, str) or not one:
                raise SeqkitError(
                    f"stop: expected strings of at least one character, found {one!r}"
                )
        self.held, self.given, self.found = held, given, False

    def add(self, text):
        """The text that may be given out now that `text` has come."""
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

    def flush(self):
        """What is held back still, given out since the text ends here."""
        new = self.held[self.given :]
        self.given = len(self.held)
        return new

    def _beginning(self, text):
        """Length of the longest end of `text` that begins a stop string."""
        longest = max(map(len, self.stop), default=1) - 1
        for length in range(min(longest, len(text)), 0, -1):
            end = text[-length:]
            if any(one.startswith(end) for one in self.stop):
                return length
        return 0


class GrowingText:
    """Joins decoding and stop strings.

    Args:
        decoder: A `seqkit.tokenizers.IncrementalDecoder`.
        stops: A `StopStrings`.
    """

    def __init__(self, decoder, stops):
        self._decoder, self.stops = decoder, stops

    @property
    def stopped(self):
        """Whether a stop string was met."""
        return self.stops.found

    def add(self, token_ids):
        """Takes tokens, until one completes a stop string.

        Returns:
            The text they make, and how many of them were taken.
        """
        if not self.stops.stop:
            return self.stops.add(self._decoder.add(token_ids)), len(token_ids)
        text = ""
        for number, token_id in enumerate(token_ids, start=1):
            text += self.stops.add(self._decoder.add([token_id]))
            if self.stopped:
                return text, number
        return text, len(token_ids)

    def end(self):
        """What was held back, now that no token follows."""
        if self.stopped:
            return ""
        text = self.stops.add(self._decoder.end())
        return text if self.stopped else text + self.stops.flush()
