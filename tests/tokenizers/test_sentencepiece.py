"""Text through a tokenizer and back: nothing lost, nothing turned into control."""

import io

import pytest
import sentencepiece

from seqkit.errors import SeqkitError
from seqkit.tokenizers import SentencePieceTokenizer
from seqkit.tokenizers.sentencepiece_training import _parts
from tests.tokenizers.awkward import AWKWARD, random_texts

TEXTS = [
    "the dog runs over the hill",
    "a dog ran away from the dogs",
    "who saw the running cat?",
    "<s> and </s> and <pad> and <unk> stand here",
    "der Hund läuft\tüber den\nHügel",
] * 8


@pytest.fixture(scope="module")
def tokenizers():
    sizes = {"unigram": 340, "bpe": 320, "char": 340}
    return {
        kind: SentencePieceTokenizer.train(TEXTS, vocabulary_size=size, model_type=kind)
        for kind, size in sizes.items()
    }


@pytest.mark.parametrize("kind", ["unigram", "bpe", "char"])
def test_every_text_comes_back_and_holds_no_control_token(tokenizers, kind):
    texts = AWKWARD + random_texts(1000)
    ids = tokenizers[kind].encode(texts)
    assert tokenizers[kind].decode(ids) == texts
    used = {i for row in ids for i in row}
    assert not used & {0, 1, 2, 3}
    assert max(used) < tokenizers[kind].vocabulary_size


def test_threads_change_nothing(tokenizers):
    texts = random_texts(200, seed=1)
    tokenizer = tokenizers["unigram"]
    assert tokenizer.encode(texts, num_threads=2) == tokenizer.encode(texts)


def test_without_byte_fallback_the_unknown_is_unknown_and_nothing_else():
    tokenizer = SentencePieceTokenizer.train(
        [*TEXTS, "1 < 2 > 0"],
        vocabulary_size=60,
        model_type="char",
        byte_fallback=False,
    )
    ids = tokenizer.encode(AWKWARD)
    assert not {i for row in ids for i in row} & {0, 2, 3}
    assert 1 in tokenizer.encode(["🐕"])[0]
    assert tokenizer.decode(tokenizer.encode(["the <s> dog"])) == ["the <s> dog"]


def test_special_tokens_have_the_first_ids_and_decode_to_nothing(tokenizers):
    for tokenizer in tokenizers.values():
        assert tokenizer.pieces([0, 1, 2, 3]) == ["<pad>", "<unk>", "<s>", "</s>"]
        (ids,) = tokenizer.encode(["the dog"])
        assert tokenizer.decode([[2, *ids, 3, 0, 0]]) == ["the dog"]


def test_nothing_in_nothing_out(tokenizers):
    tokenizer = tokenizers["unigram"]
    assert tokenizer.encode([]) == [] and tokenizer.decode([]) == []
    assert tokenizer.encode([""]) == [[]]
    assert tokenizer.decode([[], [3, 0], []]) == ["", "", ""]


def test_saved_and_loaded_it_is_the_same(tokenizers, tmp_path):
    for kind, tokenizer in tokenizers.items():
        tokenizer.save(tmp_path / f"{kind}.model")
        loaded = SentencePieceTokenizer.load(tmp_path / f"{kind}.model")
        assert loaded.proto == tokenizer.proto
        assert loaded.fingerprint == tokenizer.fingerprint
    assert len({tokenizer.fingerprint for tokenizer in tokenizers.values()}) == 3


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"byte_fallback": True, "vocab_size": 330},
        {"user_defined_symbols": ["@name", "<tag>"]},
        {"bos_id": -1, "eos_id": -1},
        {"pad_id": 3, "bos_piece": "<go>"},
    ],
    ids=["defaults", "bytes", "symbols", "no_bos", "other_names"],
)
def test_a_model_of_sentencepiece_s_own_trainer(kind, options, tmp_path):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS),
        model_writer=model,
        model_type=kind,
        minloglevel=2,
        hard_vocab_limit=kind == "bpe",
        **{"vocab_size": 70, **options},
    )
    (tmp_path / "own.model").write_bytes(model.getvalue())
    own = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    tokenizer = SentencePieceTokenizer.load(tmp_path / "own.model")
    first = ["<pad>", "<unk>", options.get("bos_piece", "<s>"), "</s>"]
    assert tokenizer.pieces(range(4)) == first

    texts = ["the dog runs", "who <s> saw @name in <tag> the 🐕 cat?"] + TEXTS[:5]
    for text, ids in zip(texts, tokenizer.encode(texts), strict=True):
        own_ids = own.encode(text)
        assert [i for i in ids if i != 1] == [
            tokenizer._processor.piece_to_id(own.id_to_piece(i))
            for i in own_ids
            if i != own.unk_id()
        ]
        assert len(ids) == len(own_ids) and not {0, 2, 3} & set(ids)
        assert tokenizer.decode([ids]) == [own.decode(own_ids)]


@pytest.fixture(scope="module", params=["unigram", "bpe"])
def for_streams(request):
    """As a language model over one stream of text wants it."""
    return SentencePieceTokenizer.train(
        ["".join(f"{text}\n" for text in TEXTS)],
        vocabulary_size=330,
        model_type=request.param,
        symbols=["\n"],
        add_dummy_prefix=False,
    )


def test_lines_put_together_are_the_text(for_streams):
    lines = [f"{text}\n" for text in AWKWARD + random_texts(300)]
    ids = for_streams.encode(lines)
    assert sum(ids, []) == for_streams.encode(["".join(lines)])[0]
    assert for_streams.decode(ids) == lines
    assert for_streams.decode([sum(ids, [])]) == ["".join(lines)]


def test_a_symbol_is_one_token_and_part_of_no_other(for_streams):
    pieces = for_streams.pieces(range(for_streams.vocabulary_size))
    assert [piece for piece in pieces if "\n" in piece] == ["\n"]
    (ids,) = for_streams.encode(["\n\n  \n dog.\n"])
    assert for_streams.pieces(ids).count("\n") == 4


@pytest.mark.parametrize("symbol", ["", "<s>", "<unk>", 5])
def test_what_cannot_be_a_symbol(symbol):
    with pytest.raises(SeqkitError, match=f"symbols: .* found {symbol!r}"):
        SentencePieceTokenizer.train(TEXTS, vocabulary_size=300, symbols=[symbol])


@pytest.mark.parametrize("word", ["", "a", "some words, ", "line\n", "\n"])
def test_long_training_texts_are_cut_and_lose_nothing(word):
    for text in (word * 50, f" {word}" + "endless" * 20, " " * 30):
        parts = list(_parts(text, 16))
        assert "".join(parts) == text
        assert all(0 < len(part) <= 16 for part in parts)
    assert list(_parts("some words and\nlines", 8)) == [
        "some",
        " words",
        " and\n",
        "lines",
    ]


def test_every_training_text_is_learnt_from():
    own_sign = "zebra \u2585" * 20
    long = "giraffe " * ((1 << 20) // 8 + 1)
    tokenizer = SentencePieceTokenizer.train([own_sign, long], vocabulary_size=300)
    learnt = "".join(tokenizer.pieces(range(260, tokenizer.vocabulary_size)))
    assert set(learnt) >= set("zebragiraffe")


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_a_draw_is_a_function_of_its_seed(tokenizers, kind):
    tokenizer, texts = tokenizers[kind], TEXTS + AWKWARD
    draws = [
        tokenizer.encode(texts, sampling_alpha=0.2, seed=seed)
        for seed in (1, 2, 1, 2**32 - 1, 2**32 - 1)
    ]
    assert draws[0] == draws[2] and draws[3] == draws[4]
    assert draws[0] != draws[1] and draws[0] != tokenizer.encode(texts)
    # One text, drawn again and again, is cut in different ways.
    assert len({tuple(row) for row in draws[0][0 : len(TEXTS) : 5]}) > 1
    for draw in draws:
        assert tokenizer.decode(draw) == texts
        assert not {i for row in draw for i in row} & {0, 1, 2, 3}


def test_characters_leave_nothing_to_draw(tokenizers):
    with pytest.raises(SeqkitError, match="a single segmentation"):
        tokenizers["char"].encode(["the dog"], sampling_alpha=0.1, seed=1)


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        (TEXTS, {"model_type": "words"}, "unigram, bpe, char, found 'words'"),
        (TEXTS, {"model_type": "bpe", "vocabulary_size": 9000}, "too high .9000"),
        (
            TEXTS,
            {"vocabulary_size": 20},
            "room for 4 special ones, 256 bytes and .* found 20. Give a larger "
            "vocabulary_size.$",
        ),
        (
            TEXTS,
            {"vocabulary_size": 12, "byte_fallback": False, "symbols": ["<a>"]},
            "4 special ones, the symbols and .*, at least .*, or byte_fallback=True",
        ),
        ([], {}, "there is no text in them"),
        (["", ""], {}, "there is no text in them"),
        (["a", "b\ud800"], {}, "row 1: expected Unicode, found a lone surrogate"),
        (["a", None], {}, "row 1: expected a string, found None"),
    ],
)
def test_what_cannot_be_learnt(texts, options, message):
    with pytest.raises(SeqkitError, match=message) as caught:
        SentencePieceTokenizer.train(texts, **{"vocabulary_size": 300, **options})
    assert ".cc" not in str(caught.value)


def test_what_cannot_be_encoded(tokenizers):
    for alpha in (None, 0.1):
        with pytest.raises(
            SeqkitError, match="row 1: expected Unicode, .* character 2"
        ):
            tokenizers["bpe"].encode(["a", "b\udc80"], sampling_alpha=alpha)
        with pytest.raises(SeqkitError, match="row 0: expected a string, found 5"):
            tokenizers["bpe"].encode([5], sampling_alpha=alpha)


@pytest.mark.parametrize("contents", [b"", b"no model\n" * 40, bytes(100), None])
def test_files_that_are_no_model(tmp_path, contents):
    file = tmp_path / "some.model"
    if contents is not None:
        file.write_bytes(contents)
    with pytest.raises(SeqkitError, match=r"some\.model: expected a SentencePiece"):
        SentencePieceTokenizer.load(file)
    with pytest.raises(SeqkitError, match="expected a SentencePiece"):
        SentencePieceTokenizer.load(tmp_path)


@pytest.mark.parametrize("model_type", ["unigram", "bpe", "char"])
@pytest.mark.parametrize("once", [False, True])
def test_more_characters_than_room(model_type, once):
    """The rarest are written as bytes, and no text is lost."""
    common = "今天我们去公园看花，明天他们来学校。"
    texts = [common[i:] + common[:i] for i in range(len(common))] * 20
    rare = [
        "".join(map(chr, range(first, first + 20))) for first in range(5000, 9000, 20)
    ]
    texts += rare
    tokenizer = SentencePieceTokenizer.train(
        iter(texts) if once else texts, vocabulary_size=400, model_type=model_type
    )
    size = tokenizer.vocabulary_size
    assert size <= 400
    assert tokenizer.decode(tokenizer.encode([*rare, common])) == [*rare, common]
    assert len(tokenizer.encode([common])[0]) <= len(common) + 1
    if model_type != "char":  # SentencePiece itself leaves out rare ones
        (note,) = tokenizer.notes
        assert "vocabulary_size=400: of 4,016 characters the 3,947 rarest" in note
        longer = [
            p for p in tokenizer.pieces(range(260, size)) if len(p.strip("▁")) > 1
        ]
        assert len(longer) >= 20
