"""sacreBLEU's own figures, with the signatures that make them comparable."""

import pytest
import sacrebleu

from seqkit.errors import SeqkitError
from seqkit.metrics import translation_scores

REFERENCES = ["Ein Hund rennt über den Hügel .", "Wer sah die Katze?", "Ja."]
PREDICTIONS = ["Ein Hund rennt über Hügel .", "wer sah die süße Katze?", ""]


def test_equals_sacrebleu():
    scores = translation_scores(PREDICTIONS, REFERENCES)
    bleu = sacrebleu.corpus_bleu(PREDICTIONS, [REFERENCES])
    chrf = sacrebleu.corpus_chrf(PREDICTIONS, [REFERENCES])
    assert scores["bleu"] == bleu.score and scores["chrf"] == chrf.score
    assert "tok:13a" in scores["signature"] and "case:mixed" in scores["signature"]
    assert "nc:6|nw:0" in scores["chrf_signature"]
    assert f"version:{sacrebleu.__version__}" in scores["signature"]


def test_case():
    scores = translation_scores(["EIN HUND RENNT WEG ."], ["Ein Hund rennt weg ."])
    lower = translation_scores(
        ["EIN HUND RENNT WEG ."], ["Ein Hund rennt weg ."], lowercase=True
    )
    assert scores["bleu"] < lower["bleu"] == pytest.approx(100)
    assert "case:lc" in lower["signature"]


@pytest.mark.parametrize(("count", "references"), [(0, 0), (2, 3), (1, 0)])
def test_numbers_that_differ(count, references):
    with pytest.raises(SeqkitError, match=f"{count} predictions and {references} ref"):
        translation_scores(["a"] * count, ["a"] * references)
