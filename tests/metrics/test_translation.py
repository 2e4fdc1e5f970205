"""sacreBLEU's own figures, with the signatures that make them comparable."""

import pytest
import sacrebleu

from seqkit.errors import SeqkitError
from seqkit.metrics import bleu_tokenizer, translation_scores
from seqkit.metrics.translation import usable_bleu_tokenizer

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


@pytest.mark.parametrize(
    ("language", "texts", "name"),
    [
        ("de", ["Die Katze, 猫"], "13a"),
        ("zh", [], "zh"),
        ("zh-CN", [], "zh"),
        ("zho_Hant", [], "zh"),
        ("Chinese", [], "zh"),
        ("ja", [], "ja-mecab"),
        ("ko_KR", [], "ko-mecab"),
        ("th", [], "char"),
        ("khm_Khmr", [], "char"),
        ("target", ["我们在北京 eat。"], "zh"),
        ("target", ["東京都庁へ行く", "学校"], "ja-mecab"),
        ("target", ["오늘은 날씨가 좋다"], "ko-mecab"),
        ("target", ["สวัสดีครับ"], "char"),
        ("target", ["Where is the 猫?"], "13a"),
        ("target", [], "13a"),
    ],
)
def test_tokenizer_of_a_language(language, texts, name):
    assert bleu_tokenizer(language, texts) == name


def test_chinese():
    found, right = ["我们昨天去北京大学参观。"], ["我们昨天去了北京大学参观。"]
    scores = translation_scores(found, right, tokenizer="zh")
    assert scores["bleu"] == sacrebleu.corpus_bleu(found, [right], tokenize="zh").score
    assert scores["bleu"] > 50 and "tok:zh" in scores["signature"]
    assert translation_scores(found, right)["bleu"] == 0


def test_a_tokenizer_whose_package_is_missing(monkeypatch):
    monkeypatch.setattr(
        "sacrebleu.tokenizers.tokenizer_ja_mecab.TokenizerJaMecab.__init__", _missing
    )
    assert usable_bleu_tokenizer("ja-mecab") == "char"
    assert usable_bleu_tokenizer("zh") == "zh"
    with pytest.raises(SeqkitError, match=r"pip install 'sacrebleu\[ja\]'"):
        translation_scores(["猫"], ["猫"], tokenizer="ja-mecab")


def _missing(self):
    raise RuntimeError("no MeCab")


def test_an_unknown_tokenizer():
    with pytest.raises(SeqkitError, match="tokenizer: expected one of .*13a.*'x'"):
        translation_scores(["a"], ["a"], tokenizer="x")
