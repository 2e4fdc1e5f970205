"""Words of a source are numbered for a prediction as they are for training."""

import pytest

from seqkit.data import SourceWords
from seqkit.special_ids import UNKNOWN_ID
from seqkit.task.copying import COPIED, OpenVocabulary
from seqkit.tokenizers import TextWordTokenizer
from tests.tokenizers.awkward import AWKWARD, random_texts

KNOWN = "the dog saw Ærø, Qwyx and Qwyx. Zham's dog: Ærø!"
SOURCES = [*AWKWARD, *random_texts(150, seed=1, known=KNOWN)]
TARGETS = [*random_texts(170, seed=2, known=KNOWN)]
MAX_EXTRA, MAX_LENGTH = 4, 12


@pytest.fixture(scope="module", params=[False, True], ids=["cased", "lower"])
def tokenizer(request):
    return TextWordTokenizer(["▁the", "▁dog", ",", "."], lowercase=request.param)


def test_predictions_number_as_training_does(tokenizer):
    own = OpenVocabulary(tokenizer, MAX_EXTRA, MAX_LENGTH)
    read = [ids[: MAX_LENGTH - 1] for ids in tokenizer.open_encode(SOURCES)]
    number = SourceWords(tokenizer.vocabulary_size, MAX_EXTRA)
    sources, targets = number(read, tokenizer.open_encode(TARGETS))
    size, copied = tokenizer.vocabulary_size, 0
    for source, target, ids, expected in zip(
        SOURCES, TARGETS, sources, targets, strict=True
    ):
        assert own.encode(source)[: MAX_LENGTH - 1] == ids
        assert own.encode_target(source, target) == expected
        copied += sum(i >= size for i in expected)
    assert copied


def test_a_target_of_words_of_the_source_comes_back(tokenizer):
    own = OpenVocabulary(tokenizer, 50, 500)
    lower = str.lower if tokenizer.lowercase else str
    text = "Qwyx and the Zham's dog, Ærø"
    ids = own.encode_target(KNOWN, text)
    assert UNKNOWN_ID not in ids
    assert own.decode(ids, KNOWN) == lower(text)
    tokens = tokenizer.tokens([text])[0]
    assert own.pieces(ids, KNOWN) == tokens
    assert own.pieces(ids)[0] == COPIED
    assert UNKNOWN_ID in own.encode_target("the dog", text)
