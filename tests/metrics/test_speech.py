"""Error rates by hand, and their parts."""

import pytest

from seqkit.errors import SeqkitError
from seqkit.metrics import lower_is_better, speech_measures


def test_rates_are_of_the_corpus():
    texts = ["one two", "", "three four five six"]
    right = ["one too", "two", "three four"]
    found = speech_measures(texts, right).values()
    assert found["wer"] == pytest.approx(100 * (1 + 1 + 2) / 5)
    parts = [found[name] for name in ("substitutions", "deletions", "insertions")]
    assert parts == pytest.approx([20, 20, 40])
    assert found["cer"] == pytest.approx(100 * (1 + 3 + 9) / (7 + 3 + 10))
    assert found["exact"] == 0 and lower_is_better("wer")


def test_wrong_arguments():
    with pytest.raises(SeqkitError, match="references, row 0: expected text"):
        speech_measures(["a"], [" "])
    with pytest.raises(SeqkitError, match="1 texts and 0 references"):
        speech_measures(["a"], [])
