"""Text as tokens arrive: in sum what `decode` gives, whatever the ids."""

import io
import random

import pytest
import sentencepiece

from seqkit.errors import SeqkitError
from seqkit.tokenizers import (
    ByteTokenizer,
    CharacterTokenizer,
    IncrementalDecoder,
    SentencePieceTokenizer,
    WordTokenizer,
)
from tests.tokenizers.awkward import AWKWARD, random_texts

TEXTS = AWKWARD + random_texts(100)


def subwords(**options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["the dog runs over the hill", "a dog ran"] * 10),
        model_writer=model,
        vocab_size=310,
        hard_vocab_limit=False,
        byte_fallback=True,
        user_defined_symbols=["<a b>", "\n", "  "],
        control_symbols=["<de>"],
        minloglevel=2,
        **options,
    )
    return SentencePieceTokenizer(model.getvalue())


MAKE = {
    "bytes": ByteTokenizer,
    "characters": lambda: CharacterTokenizer.train(AWKWARD),
    "words": lambda: WordTokenizer.train(AWKWARD),
    "sentencepiece": subwords,
    "no prefix": lambda: subwords(
        add_dummy_prefix=False, remove_extra_whitespaces=False
    ),
    "all spaces kept": lambda: subwords(remove_extra_whitespaces=False),
    "nothing put in front": lambda: subwords(add_dummy_prefix=False),
}


@pytest.fixture(scope="module", params=MAKE)
def tokenizer(request):
    return MAKE[request.param]()


def stream(decoder, ids, rng):
    """What a decoder gives for ids that come in handfuls."""
    given, place = [], 0
    while place < len(ids):
        count = rng.choice([0, 1, 1, 1, 5])
        given.append(decoder.add(ids[place : place + count]))
        place += count
    return "".join([*given, decoder.end()])


def test_the_sum_is_the_text(tokenizer):
    rng = random.Random(0)
    rows = tokenizer.encode(TEXTS)
    texts = [stream(IncrementalDecoder(tokenizer), ids, rng) for ids in rows]
    assert texts == tokenizer.decode(rows)


def test_any_ids(tokenizer):
    rng = random.Random(1)
    size = tokenizer.vocabulary_size
    often = [0, 1, 2, 3, *tokenizer.encode([" the  \n"])[0]]
    # The bytes of a character that is whole, one cut short and one that is none.
    often += tokenizer.encode(["é€🐕"])[0][1:]
    rows = [
        [
            rng.choice(often) if rng.random() < 0.6 else rng.randrange(size)
            for _ in range(rng.randrange(10))
        ]
        for _ in range(4000)
    ]
    texts = [stream(IncrementalDecoder(tokenizer), ids, rng) for ids in rows]
    assert texts == tokenizer.decode(rows)


def test_text_goes_on_from_what_came_before(tokenizer):
    rng = random.Random(2)
    compared = 0
    for ids in tokenizer.encode(TEXTS):
        cut = rng.randint(0, len(ids))
        before, whole = tokenizer.decode([ids[:cut], ids])
        if before.endswith("\ufffd"):
            continue  # within a character
        compared += 1
        decoder = IncrementalDecoder(tokenizer, prefix_ids=ids[:cut])
        assert before + stream(decoder, ids[cut:], rng) == whole
    assert compared > 50


def test_nothing_half_is_given(tokenizer):
    known = tokenizer.decode(tokenizer.encode(TEXTS))
    for ids, text in zip(tokenizer.encode(TEXTS), known, strict=True):
        if "\ufffd" in text:
            continue
        decoder = IncrementalDecoder(tokenizer)
        soon = "".join(decoder.add([i]) for i in ids)
        assert soon == text and decoder.end() == ""


def test_a_character_is_held_back_until_it_is_whole():
    tokenizer = ByteTokenizer()
    (ids,) = tokenizer.encode(["🐕a"])
    decoder = IncrementalDecoder(tokenizer, prefix_ids=ids[:1])
    assert [decoder.add([i]) for i in ids[1:]] == ["", "", "🐕", "a"]
    decoder = IncrementalDecoder(tokenizer)
    assert [decoder.add([i]) for i in ids[:2]] == ["", ""]
    assert decoder.end() == "\ufffd"


def test_ids_of_another_vocabulary(tokenizer):
    decoder = IncrementalDecoder(tokenizer)
    for wrong in (-1, tokenizer.vocabulary_size):
        with pytest.raises(SeqkitError, match=f"found {wrong}"):
            decoder.add([wrong])


def test_a_model_that_rewrites_whole_texts():
    from sentencepiece import sentencepiece_model_pb2 as pb

    model = pb.ModelProto.FromString(subwords().proto)
    rules = pb.ModelProto.FromString(subwords(normalization_rule_name="nfkc").proto)
    model.denormalizer_spec.precompiled_charsmap = (
        rules.normalizer_spec.precompiled_charsmap
    )
    tokenizer = SentencePieceTokenizer(model.SerializeToString())
    with pytest.raises(SeqkitError, match="without denormalization rules"):
        IncrementalDecoder(tokenizer)
