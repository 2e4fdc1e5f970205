"""Planted faults are found, counted and placed; the same data without them pass."""

import json

import pytest
from PIL import Image

from seqkit.checks.findings import worst
from seqkit.errors import ArgumentError


def verdicts(report):
    return {name: worst(findings) for name, findings in report.checks.items()}


def test_good_data_pass(check, write, reviews):
    for number, split in enumerate(("train", "validation", "test")):
        folder = write(f"{split}.tsv", ["text\tlabel", *reviews(100, 100 * number)])
    report = check("sentiment", folder)
    assert set(verdicts(report).values()) == {"pass"}, report
    assert report.splits == {"train": 100, "validation": 100, "test": 100}


def test_bad_rows_stop_a_training_unless_they_are_skipped(
    check, write, reviews, places
):
    folder = write("train.tsv", ["text\tlabel", *reviews(99), "\tgood", "one field"])
    report = check("sentiment", folder)
    (bad,) = (one for one in report.checks["rows"] if one.verdict == "fail")
    assert bad.count == 2 and "2 of 101" in bad.text
    assert places([bad]) == [("train.tsv", 101), ("train.tsv", 102)]
    report = check("sentiment", folder, on_error="skip")
    assert verdicts(report)["rows"] == "warn"


def test_overlap_and_duplicates(check, write, reviews, places):
    lines = reviews(200)
    folder = write("train.tsv", ["text\tlabel", *lines, lines[3]])
    write("validation.tsv", ["text\tlabel", *reviews(100, 300)])
    write("test.tsv", ["text\tlabel", *reviews(98, 500), f" {lines[7]}", lines[9]])
    report = check("sentiment", folder)
    assert verdicts(report)["overlap"] == "fail"
    assert places(report.checks["overlap"]) == [("test.tsv", 100), ("test.tsv", 101)]
    assert [one.count for one in report.checks["duplicates"]] == [1]
    assert places(report.checks["duplicates"], ["pass"]) == [("train.tsv", 202)]


def test_short_texts_are_equal_by_chance(check, write, reviews):
    folder = write("train.tsv", ["text\tlabel", *reviews(100), "Thanks.\tgood"])
    write("test.tsv", ["text\tlabel", *reviews(8, 200), "Thanks.\tgood"])
    assert verdicts(check("sentiment", folder))["overlap"] == "warn"


def test_contradictions_across_splits(check, write, reviews, places):
    text, _ = reviews(1)[0].split("\t")
    folder = write("train.tsv", ["text\tlabel", *reviews(200)])
    write("test.tsv", ["text\tlabel", *reviews(100, 300), f"{text}\tgood"])
    (found,) = check("sentiment", folder).checks["contradictions"]
    assert (found.verdict, found.count) == ("warn", 2)
    assert sorted(places([found])) == [("test.tsv", 102), ("train.tsv", 2)]


def test_labels(check, write, reviews, places):
    odd = ["what a rare thing to say\tstrange", "this is one slip\tGood"]
    folder = write("train.tsv", ["text\tlabel", *reviews(100), *odd])
    unknown = [f"nobody has heard of it, reader {n}\tnew" for n in range(5)]
    write("test.tsv", ["text\tlabel", *reviews(50, 200), *unknown])
    found = check("sentiment", folder, validation_fraction=0).checks["labels"]
    texts = "\n".join(one.text for one in found if one.verdict != "pass")
    assert "2 have fewer than 5 examples: 'Good', 'strange'" in texts
    assert "1 are not in train and can never be predicted, 5 times: 'new'" in texts
    assert "2 are in train alone" in texts
    assert "'good' (75) and 'Good' (1) are different labels" in texts
    assert ("test.tsv", 52) in places(found) and ("train.tsv", 103) in places(found)
    assert found[0].figures["counts"] == {
        "bad": 50,
        "good": 50,
        "strange": 1,
        "Good": 1,
    }


@pytest.mark.parametrize("labels", [["a", "b"], []])
def test_few_rows_with_several_labels_or_none(check, write, labels, places):
    rows = [{"text": f"text {n}", "label": "ab"[n % 2]} for n in range(300)]
    rows[123]["label"] = labels
    folder = write("train.jsonl", map(json.dumps, rows))
    found = check("sentiment", folder, validation_fraction=0).checks["labels"]
    assert places(found) == [("train.jsonl", 124)]


def test_damaged_text(check, write, places):
    damaged = {
        "Das ist schÃ¶n": "another encoding",
        "itâ€™s over": "another encoding",
        "lost \ufffd here": "U+FFFD",
        "a\0b": "NUL",
        "a\x07b": "control",
        "this &amp; that": "HTML",
    }
    right = ["Das ist schön", "“Spaß”", "Ã quoi bon", "naïve Ängste, 5 °C", "a & b;"]
    lines = [f"text {n}" for n in range(200)] + right + list(damaged)
    folder = write("train.txt", lines)
    found = check("language_modeling", folder, validation_fraction=0)
    findings = found.checks["encoding"]
    for number, (text, kind) in enumerate(damaged.items(), start=206):
        (one,) = (finding for finding in findings if kind in finding.text)
        assert ("train.txt", number) in places([one]), text
        assert one.count == sum(other == kind for other in damaged.values())
    assert worst(findings) == "fail"  # for the NUL


def test_unknown_words_and_characters(check, write):
    folder = write("train.txt", ["the dog sees a cat"] * 50)
    write("test.txt", ["The dog sees a ß42.", "a cat"])
    report = check("language_modeling", folder, validation_fraction=0)
    (words,), (characters,) = (
        report.checks[name] for name in ("unknown_words", "unknown_characters")
    )
    assert words.count == 1 and "1 of 7 words" in words.text and "'ß42' 1" in words.text
    assert characters.count == 5 and "'.' 1" in characters.text  # T, ß, 4, 2 and .


def test_sides_of_pairs(check, write, places):
    pairs = [f"sentence number {n} here\tSatz Nummer {n} hier" for n in range(200)]
    pairs += ["Deutsch bleibt Deutsch\tDeutsch bleibt Deutsch"]
    pairs += ["a long sentence about nothing at all, and more\tja"]
    pairs += ["nothing to see here\t\u200b"]
    folder = write("train.tsv", ["en\tde", *pairs])
    found = check("translation", folder, validation_fraction=0).checks["sides"]
    assert [one.count for one in found] == [1, 1, 1]
    # The shorter sides are too short for a ratio, if both are.
    assert places(found) == [("train.tsv", n) for n in (202, 204, 203)]


def test_what_is_too_long(check, write, places):
    pairs = [f"sentence number {n} here\tSatz Nummer {n} hier" for n in range(200)]
    pairs[150] = "sentence " * 40 + "\tSatz " + "Satz " * 40
    folder = write("train.tsv", ["en\tde", *pairs])
    options = {"max_length": 20, "vocabulary_size": 300, "validation_fraction": 0}
    found = check("translation", folder, **options).checks["limits"]
    assert [one.count for one in found] == [1, 1]
    assert all("are left out" in one.text for one in found)
    assert places(found, ["pass", "warn"]) == [("train.tsv", 152)] * 2
    options["max_length"] = 500
    found = check("translation", folder, **options).checks["limits"]
    assert worst(found) == "pass" and not any(one.count for one in found)


@pytest.mark.parametrize(
    ("tags", "count"),
    [
        (["O", "I-PER"], 1),
        (["B-PER", "I-LOC"], 1),
        (["B-PER", "I-PER"], 0),
        (["I-PER", "O"], 1),
    ],
)
def test_tags_that_break_the_scheme(check, write, tags, count, places):
    good = ["Ada B-PER", "Lee I-PER", "sings O", ""]
    sentences = good * 30 + [f"w{n} {tag}" for n, tag in enumerate(tags)] + [""] + good
    folder = write("train.conll", sentences)
    found = check("tagging", folder, validation_fraction=0).checks["tag_sequences"]
    assert found[0].count == count and "scheme BIO" in found[0].text
    assert places(found) == [("train.conll", 121)] * count


def test_the_end_of_a_sentence_ends_spans(check, write, places):
    good = ["Ada B-PER", "Lee E-PER", "sings O", "Rome S-LOC", ""]
    folder = write("train.conll", good * 30 + ["Ada B-PER", "", *good])
    found = check("tagging", folder, validation_fraction=0).checks["tag_sequences"]
    assert (found[0].count, "BIOES" in found[0].text) == (1, True)
    assert places(found) == [("train.conll", 151)]


def test_tags_of_no_scheme(check, write, places):
    good = ["Ada B-PER", "Lee I-PER", "sings O", ""]
    folder = write("train.conll", good * 30 + ["Rome X-LOC", ""])
    found = check("tagging", folder, validation_fraction=0).checks["tag_sequences"]
    assert found[0].verdict == "fail" and "'X-LOC'" in found[0].text
    assert places(found) == [("train.conll", 121)]


def test_images(check, tmp_path, places):
    folder = tmp_path / "data"
    for split in ("train", "test"):
        (folder / split).mkdir(parents=True)
        lines = []
        for n in range(6):
            color = (n, 100, 200 if split == "train" or n == 2 else 50)
            Image.new("RGB", (8, 6), color).save(folder / split / f"{n}.png")
            lines.append(json.dumps({"file_name": f"{n}.png", "caption": f"a {n}"}))
        (folder / split / "metadata.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "train" / "4.png").write_bytes(b"no image")
    report = check("captioning", folder, validation_fraction=0)
    unreadable = [one for one in report.checks["images"] if one.verdict == "fail"]
    assert [one.count for one in unreadable] == [1]
    assert places(unreadable) == [("metadata.jsonl", 5)]
    assert "4.png" in unreadable[0].places[0].found
    (shared,) = report.checks["overlap"]
    assert shared.count == 1 and shared.places[0].line == 3
    sizes = [one.figures["height"] for one in report.checks["images"] if one.figures]
    assert sizes[0]["max"] == 6


@pytest.mark.parametrize("most", [1, 4, 100])
def test_as_many_places_as_wanted(check, write, reviews, most):
    # Of the last 40 rows, some are damaged, repeated with another label, and
    # labelled in another case or as something else.
    lines = reviews(200)
    lines[160:170] = [f"{line[:20]}Ã¼{line[20:]}" for line in lines[160:170]]
    texts = [line.split("\t")[0] for line in lines]
    lines[170:180] = [f"{text}\tugly" for text in texts[:10]]
    lines[180:190] = [f"{text}\tGOOD" for text in texts[180:190]]
    lines[190:192] = [f"{text}\tlabel" for text in texts[190:192]]
    folder = write("train.tsv", ["text\tlabel", *lines])
    write("test.tsv", ["text\tlabel", *reviews(90, 300), *reviews(10, 40)])
    options = {"max_length": 3, "validation_fraction": 0}
    checks = check("sentiment", folder, places=most, **options).checks

    def lines_of(name, said):
        (found,) = (one for one in checks[name] if said in one.text)
        return [place.line for place in found.places]

    assert lines_of("encoding", "UTF-8") == [*range(162, 172)][:most]
    assert lines_of("labels", "but for case") == [*range(182, 192)][:most]
    assert lines_of("labels", "fewer than 5") == [192, 193][:most]
    assert lines_of("overlap", "test") == [*range(92, 102)][:most]
    assert len(lines_of("contradictions", "another one")) == min(most + 1, 20)
    assert len(lines_of("limits", "train: 200")) == most


def test_places_are_a_number_from_1(check, reviews):
    rows = [tuple(line.split("\t")) for line in reviews(20)]
    with pytest.raises(ArgumentError, match="places: expected an integer from 1"):
        check("sentiment", {"train": rows}, places=0)
