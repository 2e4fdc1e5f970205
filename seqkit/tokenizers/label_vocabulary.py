"""Names of tags and of classes, and their numbers."""

from collections.abc import Iterable, Sequence

from seqkit.errors import SeqkitError
from seqkit.tokenizers.json_tokenizer import JsonTokenizer

_SHOWN = 20  # known names in a message


class LabelVocabulary(JsonTokenizer):
    """Names of labels to ids from 0 on, and back; there are no special ones.

    Args:
        names: The names, each once, in the order of their ids.

    Attributes:
        names: The names, a tuple.

    Raises:
        SeqkitError: There are none, or something is no name or there twice.

    Example:

    >>> from seqkit.tokenizers import LabelVocabulary
    >>> labels = LabelVocabulary.train(["O", "B-PER", "I-PER", "O"])
    >>> labels.names, len(labels)
    (('B-PER', 'I-PER', 'O'), 3)
    >>> labels.encode(["O", "B-PER"]), labels.decode([2, 0])
    ([2, 0], ['O', 'B-PER'])
    """

    kind = "labels"

    def __init__(self, names: Sequence[str]):
        self.names = tuple(names)
        if not self.names:
            raise SeqkitError("names: expected at least one label, found none")
        self._ids = {}
        for place, name in enumerate(self.names):
            if wrong := _wrong(name, self._ids):
                raise SeqkitError(
                    f"names, entry {place}: expected a label, each once, found {wrong}"
                )
            self._ids[name] = place

    @classmethod
    def train(cls, names: Iterable[str]) -> "LabelVocabulary":
        """Takes each name that occurs, in alphabetical order.

        Raises:
            SeqkitError: There are none, or something is no name.
        """
        if isinstance(names, str):
            raise SeqkitError(
                f"names: expected a list of strings, found one string: {names[:40]!r}"
            )
        known = dict.fromkeys(names)
        for name in known:
            if wrong := _wrong(name):
                raise SeqkitError(f"names: expected labels, found {wrong}")
        return cls(sorted(known))

    def encode(
        self, names: Iterable[str], *, unknown_id: int | None = None
    ) -> list[int]:
        """The id of each name.

        Args:
            names: The names.
            unknown_id: What stands for other names, such as -1; `None` for an error.

        Raises:
            SeqkitError: A name is not in the vocabulary, and `unknown_id` is None.
        """
        ids = [self._ids.get(name, unknown_id) for name in names]
        if unknown_id is None and None in ids:
            raise self._unknown(ids.index(None), list(names)[ids.index(None)])
        return ids

    def _unknown(self, place, name):
        known = ", ".join(self.names[:_SHOWN])
        if len(self.names) > _SHOWN:
            known += f" and {len(self.names) - _SHOWN} more"
        return SeqkitError(
            f"names, entry {place}: expected one of {known}, found {name!r}. Labels "
            "that the training data lack cannot be predicted"
        )

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The name of each id.

        Raises:
            SeqkitError: An id is none of the vocabulary's.
        """
        ids = [int(one) for one in ids]
        for one in ids:
            if not 0 <= one < len(self.names):
                raise SeqkitError(
                    f"ids: expected ids from 0 to {len(self.names) - 1}, found {one}. "
                    "Were they made with another vocabulary?"
                )
        return [self.names[one] for one in ids]

    def __len__(self):
        return len(self.names)

    def get_config(self) -> dict:
        """The constructor's arguments, as plain data."""
        return {"names": list(self.names)}


def _wrong(name, known=()):
    """What keeps something from being the next label, or nothing."""
    if not isinstance(name, str):
        return repr(name)
    if not name:
        return "an empty string"
    if any("\ud800" <= one <= "\udfff" for one in name):
        return f"a lone surrogate in {name!r}"
    if name in known:
        return f"{name!r} again"
    return None
