"""How far texts that were written from sound are from what was said."""

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.metrics.measures import Figure, Measures, fraction, ratio


def speech_measures(texts: Sequence[str], references: Sequence[str]) -> Measures:
    """The `Measures` of N texts: word and character error rates, by jiwer.

    - `wer`, `cer`: words, or characters, that were replaced, left out or put in, in
      percent of those of the references (0 is best, and there may be more than 100);
    - `substitutions`, `deletions`, `insertions`: the three parts of `wer`;
    - `exact`: the fraction of texts without an error;
    - `signature`: how they were counted.

    Args:
        texts, references: What was written, and what was said: none of it blank.

    Raises:
        SeqkitError: There is nothing to score, the numbers differ, a reference is
            blank, or jiwer is not installed.

    >>> from seqkit.metrics import speech_measures
    >>> found = speech_measures(["one too", "three"], ["one two", "three"]).values()
    >>> round(found["wer"], 1), found["exact"]
    (33.3, 0.5)
    """
    try:
        import jiwer
    except ImportError as error:
        raise SeqkitError(
            f"word error rates: expected the package jiwer, found {error}. Install it: "
            "pip install 'seqkit[speech]'"
        ) from error
    if len(texts) != len(references) or not texts:
        raise SeqkitError(
            "expected as many texts as references and at least one, found "
            f"{len(texts)} texts and {len(references)} references"
        )
    rows = []
    for row, (text, reference) in enumerate(zip(texts, references, strict=True)):
        if not reference.strip():
            raise SeqkitError(
                f"references, row {row}: expected text, found {reference!r}"
            )
        words = jiwer.process_words(reference, text)
        characters = jiwer.process_characters(reference, text)
        counts = [words.substitutions, words.deletions, words.insertions]
        size = words.hits + words.substitutions + words.deletions
        edits = characters.substitutions + characters.deletions + characters.insertions
        length = characters.hits + characters.substitutions + characters.deletions
        rows.append([sum(counts), size, edits, length, *counts])

    def rate(numerator: int, denominator: int):
        places = [numerator, denominator]
        return Figure("edits", lambda sums: 100 * ratio(sums[..., places]))

    figures = {"wer": rate(0, 1), "cer": rate(2, 3)}
    for place, name in enumerate(("substitutions", "deletions", "insertions"), 4):
        figures[name] = rate(place, 1)
    measures = Measures({"edits": np.array(rows, "float64")}, figures)
    right = [row[0] == 0 for row in rows]
    signature = f"words:whitespace|case:mixed|jiwer:{version('jiwer')}"
    return measures | fraction("exact", right) | Measures({}, {"signature": signature})
