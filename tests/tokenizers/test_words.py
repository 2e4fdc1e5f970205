"""Words against a regular expression of their own, and lines back as lines."""

import random
import re
from collections import Counter

import pytest

from seqkit.errors import DataError, SeqkitError
from seqkit.tokenizers import WordTokenizer
from tests.tokenizers.awkward import AWKWARD, random_texts

TEXTS = AWKWARD + random_texts(200)


@pytest.fixture(scope="module")
def tokenizer():
    return WordTokenizer.train(TEXTS)


def tokens(text):
    """Words and ends of lines, by another way than the tokenizer's."""
    return re.findall(r"\n|[^ \t\n\r\v\f]+", text)


def test_words_stand_between_ascii_white_space(tokenizer):
    for text, ids in zip(TEXTS, tokenizer.encode(TEXTS), strict=True):
        expected = ["</s>" if one == "\n" else one for one in tokens(text)]
        assert tokenizer.pieces(ids) == expected
    assert tokenizer.encode(["the\xa0dog\u3000runs"]) == [[1]]


def test_lines_come_back_as_lines_of_words(tokenizer):
    rng = random.Random(0)
    for _ in range(100):
        lines = [
            [rng.choice(tokenizer.words) for _ in range(rng.randrange(4))]
            for _ in range(rng.randrange(1, 5))
        ]
        expected = "".join(f"{' '.join(line)}\n" for line in lines)
        loose = "".join(f" {'  '.join(line)}\t \n" for line in lines)
        assert tokenizer.decode(tokenizer.encode([loose])) == [expected]
        assert tokenizer.decode(tokenizer.encode([expected[:-1]])) == [expected[:-1]]


def test_the_most_frequent_comes_first(tokenizer):
    counts = Counter(tokens("\n".join(TEXTS)))
    del counts["\n"], counts["<unk>"]
    order = [(-counts[word], word) for word in tokenizer.words]
    assert order == sorted(order) and len(order) == len(counts)
    small = WordTokenizer.train(TEXTS, vocabulary_size=9)
    assert small.words == tokenizer.words[:5] and small.vocabulary_size == 9
    twice = WordTokenizer.train(iter(TEXTS), min_count=2)
    assert set(twice.words) == {word for word in counts if counts[word] > 1}
    assert len(twice.words) < len(tokenizer.words)


def test_the_unknown_is_read_and_written_as_such():
    tokenizer = WordTokenizer(["the", "<s>", "</s>"])
    assert tokenizer.encode(["the cow <unk>\n<s> </s>"]) == [[4, 1, 1, 3, 5, 6]]
    text = "the <unk> <unk>\n<s> </s>"
    assert tokenizer.decode([[2, 4, 1, 1, 3, 5, 0, 6, 0], []]) == [text, ""]
    assert WordTokenizer.train(["a <unk> <unk>"]).words == ("a",)


@pytest.mark.parametrize(
    ("text", "ids"),
    [("", []), ("\n", [3]), ("\n\n a", [3, 3, 4]), (" a\r\na ", [4, 3, 4])],
)
def test_ends_of_lines(text, ids):
    tokenizer = WordTokenizer(["a"])
    assert tokenizer.encode([text]) == [ids]
    assert tokenizer.decode([ids]) == [text.replace("\r", "").replace(" ", "")]


def test_a_word_list(tmp_path):
    file = tmp_path / "words.txt"
    file.write_bytes("\ufeffthe\r\n<unk>\nHügel\n<eos>".encode())
    tokenizer = WordTokenizer.from_word_list(file)
    assert tokenizer.words == ("the", "Hügel", "<eos>")


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (None, "expected a file with one word per line, found none"),
        (b"", "found no words"),
        (b"<unk>\n", "found no words"),
        (b"a\n\nb\n", "line 2: expected one word, each once, found an empty string"),
        (b"a\nb 5\n", "line 2: .* white space in 'b 5'"),
        (b"a\nb\na\n", "line 3: .* found 'a' again"),
        (b"a\n\xff\n", "line 2: .* byte 0xff, which is not UTF-8"),
    ],
)
def test_what_is_no_word_list(tmp_path, contents, message):
    file = tmp_path / "words.txt"
    if contents is not None:
        file.write_bytes(contents)
    with pytest.raises(DataError, match=f"words.txt.*{message}"):
        WordTokenizer.from_word_list(file)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a", "a"], "entry 1: .* found 'a' again"),
        ([""], "entry 0: .* found an empty string"),
        (["a", "b\n"], r"white space in 'b\\n'"),
        (["<unk>"], "which is a token anyway"),
        (["\ud800"], "a lone surrogate"),
        ([5], "found 5"),
    ],
)
def test_what_is_no_vocabulary(words, message):
    with pytest.raises(SeqkitError, match=message):
        WordTokenizer(words)


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        ([" \n"], {}, "there is no text in the training texts"),
        (["<unk>"], {}, "there is no text"),
        (["a b a"], {"min_count": 3}, "none that occur more than 2 times"),
        (["a"], {"vocabulary_size": 3}, "more than the 4 special tokens, found 3"),
        (["a", "b\ud800"], {}, "row 1: expected Unicode"),
    ],
)
def test_what_cannot_be_learnt(texts, options, message):
    with pytest.raises(SeqkitError, match=message):
        WordTokenizer.train(texts, **options)


def test_what_cannot_be_encoded_or_decoded(tokenizer):
    with pytest.raises(SeqkitError, match="row 0: expected Unicode"):
        tokenizer.encode(["b\udc80"])
    with pytest.raises(SeqkitError, match="found -1"):
        tokenizer.decode([[-1]])


def test_penn_treebank_has_the_tokens_that_papers_count(repository):
    folder = repository.parent / "shared" / "data" / "ptb"
    if not folder.is_dir():
        pytest.skip("the Penn Treebank folder does not lie beside the repository")
    texts = {
        split: (folder / f"ptb.{split}.txt").read_text(encoding="utf-8")
        for split in ("train", "valid", "test")
    }
    tokenizer = WordTokenizer.train([texts["train"]])
    # 10,000 with <unk> and the end of line, and here <pad> and <s>.
    assert tokenizer.vocabulary_size == 10_002
    ids = tokenizer.encode(list(texts.values()))
    assert [len(row) for row in ids] == [929_589, 73_760, 82_430]
    for text, row in zip(texts.values(), ids, strict=True):
        assert row.count(1) == text.count("<unk>")
    lines = [" ".join(line.split()) + "\n" for line in texts["test"].splitlines()]
    assert tokenizer.decode(ids[2:]) == ["".join(lines)]
