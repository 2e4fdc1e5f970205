"""Each text is encoded once, in one array; what is counted."""

import os
import tracemalloc
from pathlib import Path

import datasets
import numpy as np
import pytest

from seqkit.data import TextCounts, load_texts, tokenize_texts
from seqkit.data.text import tokenizing
from seqkit.errors import DataError

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
ROWS = ["to be", "", "or not", "tö \u2028be 🤖", " "] * 3


class Characters:
    """An encoder that counts the texts it is given."""

    def __init__(self, offset=4, kind=list):
        self.texts, self.offset, self.kind = 0, offset, kind

    def __call__(self, texts):
        self.texts += len(texts)
        ids = [self.kind([self.offset + ord(c) for c in text]) for text in texts]
        return [np.asarray(i, int) for i in ids] if self.kind is not list else ids

    def decode(self, ids):
        return "".join(chr(i - self.offset) for i in ids.tolist())


@pytest.fixture
def tokenize(tmp_path):
    def run(rows=ROWS, encode=None, fingerprint="characters", documents=False, **more):
        if not isinstance(rows, datasets.Dataset):
            rows = datasets.Dataset.from_dict({"text": rows})
        return tokenize_texts(
            rows,
            encode or Characters(),
            fingerprint=fingerprint,
            documents=documents,
            cache_dir=tmp_path / "cache",
            **more,
        )

    return run


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(tokenizing, "_CHARACTERS", 20)


@pytest.mark.parametrize("kind", [list, np.array])
@pytest.mark.parametrize("chunks", [None, "small_chunks"])
def test_a_stream_is_the_rows_with_their_line_ends(tokenize, request, kind, chunks):
    if chunks:
        request.getfixturevalue(chunks)
    encode = Characters(kind=kind)
    stream = tokenize(encode=encode, fingerprint=f"{kind} {chunks}")
    assert encode.decode(stream.tokens) == "".join(f"{row}\n" for row in ROWS)
    assert isinstance(stream.tokens, np.memmap) and stream.offsets is None
    assert len(stream) == stream.num_targets == len(stream.tokens)
    assert stream.start_id == 2


@pytest.mark.parametrize("chunks", [None, "small_chunks"])
def test_documents_lie_between_their_ends(tokenize, request, chunks):
    if chunks:
        request.getfixturevalue(chunks)
    stream = tokenize(documents=True, start_id=1, end_id=0)
    assert len(stream.offsets) == len(ROWS) + 1
    for row, start, stop in zip(
        ROWS, stream.offsets[:-1], stream.offsets[1:], strict=True
    ):
        ids = stream.tokens[start:stop]
        assert (ids[0], ids[-1]) == (1, 0)
        assert Characters().decode(ids[1:-1]) == row
    assert stream.offsets[-1] == len(stream)
    assert stream.num_targets == len(stream) - len(ROWS)


@pytest.mark.parametrize(
    "largest, dtype", [(65535, np.uint16), (65536, np.int32), (2**31 - 1, np.int32)]
)
def test_ids_take_two_bytes_or_four(tokenize, small_chunks, largest, dtype):
    rows = [str(i) for i in range(500)] + [str(largest), "3"]
    encode = lambda texts: [[int(text)] for text in texts]  # noqa: E731
    stream = tokenize(rows, encode)
    assert stream.tokens.dtype == dtype
    assert stream.tokens.tolist() == [*range(500), largest, 3]
    assert {path.name for path in Path(stream.tokens.filename).parent.iterdir()} == {
        "tokens.bin",
        "offsets.bin",
        "rows.bin",
        "counts.json",
    }


@pytest.mark.parametrize("documents", [False, True])
def test_rows_know_where_they_end_and_their_size(tokenize, small_chunks, documents):
    stream = tokenize(documents=documents)
    stops, words, characters = np.asarray(stream.rows).T
    assert len(stops) == len(ROWS) and stops[-1] == len(stream)
    if documents:
        assert stops.tolist() == stream.offsets[1:].tolist()
    assert words.sum() == stream.counts.word_tokens
    assert characters.sum() == stream.counts.characters


def test_counts_of_a_stream(tokenize, small_chunks):
    text = "".join(f"{row}\n" for row in ROWS)
    counts = tokenize().counts
    assert counts == TextCounts(
        characters=len(text),
        bytes=len(text.encode()),
        words=len(text.encode().split()),
        line_ends=len(ROWS),
    )
    assert counts.word_tokens == len(text.encode().replace(b"\n", b" </s> ").split())


def test_counts_of_documents(tokenize, small_chunks):
    rows = ["to be", "or\nnot\n", ""]
    assert tokenize(rows, documents=True).counts == TextCounts(12, 12, 4, 2, 3)
    assert tokenize(rows, documents=True).counts.word_tokens == 9


def test_a_second_start_encodes_nothing(tokenize):
    encode = Characters()
    first = tokenize(encode=encode)
    again = tokenize(encode=encode, start_id=3)
    assert encode.texts == len(ROWS)
    assert np.array_equal(first.tokens, again.tokens) and first.counts == again.counts
    assert (first.start_id, again.start_id) == (2, 3)


def test_other_texts_tokenizers_or_ends_encode_again(tokenize):
    encode = Characters()
    tokenize(encode=encode)
    tokenize(encode=encode, fingerprint="others")
    tokenize(encode=encode, documents=True)
    tokenize(encode=encode, documents=True, end_id=1)
    assert encode.texts == 4 * len(ROWS)
    tokenize(ROWS[:2], encode=encode)
    assert encode.texts == 4 * len(ROWS) + 2


def test_made_anew_when_the_bytes_of_the_file_change(tokenize, tmp_path):
    path = tmp_path / "text.txt"
    encode = Characters()

    def read():
        options = {"validation_fraction": 0, "cache_dir": tmp_path / "cache"}
        stream = tokenize(load_texts(path, **options)["train"], encode)
        return Characters().decode(stream.tokens)

    path.write_text("dog\n")
    times = os.stat(path).st_atime_ns, os.stat(path).st_mtime_ns
    assert read() == read() == "dog\n" and encode.texts == 1
    path.write_text("cat\n")  # of the same size
    os.utime(path, ns=times)  # and the same time
    assert read() == "cat\n" and encode.texts == 2


def test_nothing_is_left_of_a_failure(tokenize, tmp_path, small_chunks):
    def encode(texts):
        if "stop" in texts[0]:
            raise RuntimeError("stop")
        return Characters()(texts)

    with pytest.raises(RuntimeError, match="stop"):
        tokenize(["a" * 30] * 9 + ["stop"], encode)
    assert [one.name for one in (tmp_path / "cache").iterdir()] in ([], ["locks"])


@pytest.mark.parametrize(
    "encode, message",
    [
        (lambda texts: [[4]], "a list of ids for each text, found 1 for 15"),
        (lambda texts: [[4]] * 14 + [[-1]], "found -1 to 4"),
        (lambda texts: [[2**31]] * 15, "expected ids from 0"),
    ],
)
def test_wrong_encoder(tokenize, encode, message):
    with pytest.raises(ValueError, match=message):
        tokenize(encode=encode)


def test_no_tokens(tokenize):
    def encode(texts):
        return [[] for _ in texts]

    with pytest.raises(DataError, match="at least one token, found none in 15 rows"):
        tokenize(encode=encode)
    assert tokenize(encode=encode, documents=True).tokens[:3].tolist() == [2, 3, 2]


@pytest.mark.parametrize("documents", [False, True])
def test_memory_is_flat_in_the_size_of_the_text(tmp_path, monkeypatch, documents):
    monkeypatch.setattr(tokenizing, "_CHARACTERS", 1 << 14)
    rows, length = 20_000, 500

    def texts():
        for row in range(rows):
            yield {"text": f"{row:0{length - 1}}"}

    def encode(texts):
        return [np.frombuffer(text.encode(), np.uint8) for text in texts]

    dataset = datasets.IterableDataset.from_generator(texts)
    tracemalloc.start()
    train = load_texts(
        dataset, validation_fraction=0, documents=documents, cache_dir=tmp_path
    )["train"]
    stream = tokenize_texts(
        train,
        encode,
        fingerprint="bytes",
        documents=documents,
        cache_dir=tmp_path,
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(stream) == rows * (length + documents)
    # The text is 10 MB and its ids are 20; 2,000 rows are held at once.
    assert peak < 5e6


@pytest.mark.skipif(not (REAL / "ptb").is_dir(), reason="no real data beside us")
def test_penn_treebank(tokenize, tmp_path):
    splits = load_texts(REAL / "ptb", cache_dir=tmp_path / "cache")
    words = "".join(f"{row} </s> " for row in splits["train"]["text"]).split()
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}

    def encode(texts):
        texts = (text.replace("\n", " </s> ").split() for text in texts)
        return [[vocabulary[word] for word in text] for text in texts]

    found = {}
    for name, rows in splits.items():
        stream = tokenize(rows, encode, "words")
        found[name] = stream.counts.words, len(stream)
        assert stream.counts.word_tokens == len(stream)
    assert found == {
        "train": (887521, 929589),
        "validation": (70390, 73760),
        "test": (78669, 82430),
    }
