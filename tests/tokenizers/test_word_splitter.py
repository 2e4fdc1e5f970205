"""Words of running text, by hand and against a treebank, and where they stand."""

import pytest

from seqkit.errors import SeqkitError
from seqkit.tokenizers import WordSplitter
from tests.tokenizers.awkward import AWKWARD, random_texts

TEXTS = AWKWARD + random_texts(
    300, known="I don't, it's U.S. 10:30 a@b.cd \x1f'll...\t"
)


@pytest.mark.parametrize("rule", ["words", "whitespace"])
def test_words_stand_where_they_say(rule):
    splitter = WordSplitter(rule)
    for text in TEXTS:
        end = 0
        for word, start, stop in splitter.split(text):
            assert word and text[start:stop] == word and start >= end
            assert not any(one.isspace() for one in word)
            end = stop


def test_nothing_that_can_be_seen_is_lost():
    for text in TEXTS:
        words = "".join(word for word, _, _ in WordSplitter().split(text))
        for one in set(text):
            if one.isprintable() and not one.isspace():
                assert words.count(one) == text.count(one)


def test_white_space_alone():
    for text in TEXTS:
        words = [word for word, _, _ in WordSplitter("whitespace").split(text)]
        assert words == text.split()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don't, can't, won't.", "I do n't , ca n't , wo n't ."),
        ("It’s what they'd've said", "It ’s what they 'd 've said"),
        (
            "we shouldn't've; I'm, he'll YOU'RE",
            "we should n't 've ; I 'm , he 'll YOU 'RE",
        ),
        ("it 's what he 'd do n't", "it 's what he 'd do n't"),
        ("Cannot? I'm gonna.", "Can not ? I 'm gon na ."),
        ("the dogs' 'so-called' O'Neil", "the dogs ' ' so-called ' O'Neil"),
        ("U.S. and U.S, e.g. this, p.m.", "U.S. and U.S , e.g. this , p.m."),
        ("Dr. Who vs. Mr. B. Stop.", "Dr. Who vs. Mr. B . Stop ."),
        (
            "Visit https://a.org/b?c=d,e. (www.x.de/)",
            "Visit https://a.org/b?c=d,e . ( www.x.de/ )",
        ),
        ("Google.com's ads, foo.bar", "Google.com 's ads , foo . bar"),
        ("Write to a.b+c@mail.co.uk, please", "Write to a.b+c@mail.co.uk , please"),
        ("@ada_l #tag #1 @ RT", "@ada_l #tag #1 @ RT"),
        (
            "$1,000.50 (10:30, 5%) 2004-05-06 1/2",
            "$ 1,000.50 ( 10:30 , 5 % ) 2004-05-06 1/2",
        ),
        ("state-of-the-art AT&T and/or -- a-", "state-of-the-art AT&T and / or -- a -"),
        ("Wait... what?!! no!!! ((x))", "Wait ... what ?!! no !!! ( ( x ) )"),
        ('"Hi," he -> she :-) ;)', '" Hi , " he -> she :-) ;)'),
        ("¿Qué? «naïve» 50€", "¿ Qué ? « naïve » 50 €"),
        ("Hügel e\u0301te\u0301 שלום, عليكم", "Hügel e\u0301te\u0301 שלום , عليكم"),
        ("日本語 のテキスト。", "日本語 のテキスト 。"),
        ("👩‍👩‍👧🏳️‍🌈👍🏽🇩🇪🇫🇷❤️!", "👩‍👩‍👧 🏳️‍🌈 👍🏽 🇩🇪 🇫🇷 ❤️ !"),
        ("a\0b\u200bc\ufeffd\u200fe\u2028f\xa0g\x1fh", "a b c d e f g h"),
        ("co\xadop می\u200cخواهم", "co\xadop می\u200cخواهم"),
        ("", ""),
        (" \n\u3000 ", ""),
    ],
)
def test_running_text(text, words):
    assert [word for word, _, _ in WordSplitter().split(text)] == words.split(" ") * (
        words != ""
    )


def test_a_long_text_takes_time_in_proportion():
    splitter, times = WordSplitter(), 10_000
    for piece, count in [
        ("aa.", 2 * times),
        ("a-", 2),
        ("x", 1),
        ("a@", times + 1),
        ("''", 1),
        ("1.", 2),
    ]:
        assert len(splitter.split(piece * times)) == count


def test_what_cannot_be_split():
    with pytest.raises(SeqkitError, match="one of whitespace, words, found 'letters'"):
        WordSplitter("letters")
    with pytest.raises(SeqkitError, match="expected a string, found 5"):
        WordSplitter().split(5)
    with pytest.raises(SeqkitError, match="lone surrogate at character 2"):
        WordSplitter().split("a\ud800")
    assert WordSplitter(**WordSplitter("whitespace").get_config()).rule == "whitespace"


def test_english_web_treebank_is_split_much_alike(repository):
    folder = repository.parent / "shared" / "data" / "ud_en_ewt"
    if not folder.is_dir():
        pytest.skip("the UD English EWT folder does not lie beside the repository")
    splitter, right, there, found = WordSplitter(), 0, 0, 0
    lines = (folder / "en_ewt-ud-dev.conllu").read_text(encoding="utf-8")
    for block in lines.split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n")]
        text = [row[0][9:] for row in rows if row[0].startswith("# text = ")]
        gold, end = set(), 0
        for row in rows:
            if row[0].isdigit() and text:
                start = text[0].index(row[1], end)
                end = start + len(row[1])
                gold.add((start, end))
        split = {(start, end) for _, start, end in splitter.split("".join(text))}
        right, there, found = (
            right + len(gold & split),
            there + len(gold),
            found + len(split),
        )
    assert there > 20_000
    # Most of the rest are words with hyphens, which are several words there.
    assert 2 * right / (there + found) > 0.975
