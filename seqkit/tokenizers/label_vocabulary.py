"""Names of tags and classes, and their ids."""

from collections.abc import Iterable, Sequence
from typing import Any

from seqkit.errors import SeqkitError
from seqkit.tokenizers.json_tokenizer import JsonTokenizer
from seqkit.tokenizers.texts import known_ids
from seqkit.tokenizers.vocabulary import check_entries

_SHOWN = 20  # known names in a message


class LabelVocabulary(JsonTokenizer):
    """Names of labels to ids from 0, in the order of `names`; none of them is special.

    Raises:
        SeqkitError: There are none, or one is empty, not a string, or repeated.

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
        check_entries(self.names, "names", "a label")
        self._ids = {name: place for place, name in enumerate(self.names)}

    @classmethod
    def train(cls, names: Iterable[str]) -> "LabelVocabulary":
        """Takes each name that occurs, at least one, in alphabetical order."""
        if isinstance(names, str):
            raise SeqkitError(
                f"names: expected a list of strings, found one string: {names[:40]!r}"
            )
        known = dict.fromkeys(names)
        check_entries(known, "names", "a label", once=False)
        return cls(sorted(known))

    def encode(
        self, names: Iterable[str], *, unknown_id: int | None = None
    ) -> list[int]:
        """The id of each name, or `unknown_id`, such as -1; `None`: a SeqkitError."""
        ids: list[Any] = [self._ids.get(name, unknown_id) for name in names]
        if unknown_id is None and None in ids:
            raise self._unknown(ids.index(None), list(names)[ids.index(None)])
        return ids

    def _unknown(self, place, name):
        known = ", ".join(self.names[:_SHOWN])
        if len(self.names) > _SHOWN:
            known += f" and {len(self.names) - _SHOWN} more"
        return SeqkitError(
            f"names, entry {place}: expected one of {known}, found {name!r}. Labels "
            "that are not in the training data cannot be predicted"
        )

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The name of each id; a SeqkitError if one is not in the vocabulary."""
        return [self.names[one] for one in known_ids(ids, len(self.names), "ids")]

    def __len__(self) -> int:
        return len(self.names)

    def get_config(self) -> dict:
        return {"names": list(self.names)}
