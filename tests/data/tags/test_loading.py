"""Tagged sentences: from every kind of dataset, checked, with their splits."""

import json
from pathlib import Path

import datasets
import pandas
import pyarrow
import pyarrow.parquet
import pytest

from seqkit.data import load_tagged
from seqkit.data.sources.splits import split_within
from seqkit.data.tags import loading
from seqkit.data.tags.checking import check_scheme, check_tags, scheme_of
from seqkit.errors import DataError

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
ROWS = [([f"w{n}", "is", "#"], ["B-X", "O", "O"]) for n in range(20)] + [(["a"], ["O"])]
LABELS = [f"label {n % 3}" for n in range(len(ROWS))]
DICTS = [
    {"tokens": tokens, "tags": tags, "label": label}
    for (tokens, tags), label in zip(ROWS, LABELS, strict=True)
]
NAMES = ["O", "B-X"]


@pytest.fixture
def load(tmp_path):
    def run(dataset, **options):
        options = {"validation_fraction": 0} | options
        return load_tagged(dataset, cache_dir=tmp_path / "cache", **options)

    return run


def read(dataset):
    return list(zip(dataset["tokens"], dataset["tags"], strict=True))


def columns(rows=ROWS, separator=" "):
    return "".join(
        "".join(f"{token}{separator}{tag}\n" for token, tag in zip(*row, strict=True))
        + "\n"
        for row in rows
    )


def conllu(rows=ROWS):
    return "".join(
        "".join(
            "\t".join([str(n), token, "_", tag, *"______"]) + "\n"
            for n, (token, tag) in enumerate(zip(*row, strict=True), start=1)
        )
        + "\n"
        for row in rows
    )


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def write_beside(place, names=("seq.in", "seq.out", "label"), rows=ROWS):
    texts = ([" ".join(row[side]) for row in rows] for side in (0, 1))
    for name, lines in zip(names, [*texts, LABELS[: len(rows)]], strict=True):
        write(place / name, "".join(f"{line}\n" for line in lines))


def test_string_columns_mapped_into_memory(load):
    train = load(ROWS)["train"]
    assert train.column_names == ["tokens", "tags"]
    assert train.features["tags"].feature == datasets.Value("string")
    assert train.cache_files and read(train) == ROWS
    assert load(DICTS, label="label")["train"]["label"][:] == LABELS


@pytest.mark.parametrize(
    "ending", ["conll", "conll03", "iob", "iob2", "bio", "txt", "tsv", "conllu"]
)
def test_files_by_their_ending(load, tmp_path, ending):
    text = conllu() if ending == "conllu" else columns()
    for split in ("train", "dev", "test"):
        write(tmp_path / "d" / f"en-{split}.{ending}", text)
    write(tmp_path / "d" / "LICENSE.txt", "all yours")
    splits = load(tmp_path / "d")
    assert list(splits) == ["train", "validation", "test"]
    assert all(read(split) == ROWS for split in splits.values())
    assert read(load(tmp_path / "d" / f"en-test.{ending}")["test"]) == ROWS


def test_rows_of_any_kind(load, tmp_path):
    table = pyarrow.Table.from_pylist(DICTS)
    pyarrow.parquet.write_table(table, tmp_path / "train.parquet")
    lines = "".join(json.dumps(row) + "\n" for row in DICTS)
    for dataset in (
        tmp_path / "train.parquet",
        write(tmp_path / "x" / "train.jsonl", lines),
        datasets.Dataset.from_list(DICTS),
        datasets.Dataset.from_list(DICTS).to_iterable_dataset(),
        [(tuple(tokens), tags) for tokens, tags in ROWS],
    ):
        assert read(load(dataset)["train"]) == ROWS
        if not isinstance(dataset, list):
            assert load(dataset, label="label")["train"]["label"][:] == LABELS
    renamed = [{"w": row["tokens"], "t": row["tags"]} for row in DICTS]
    assert read(load(renamed, tokens="w", tags="t")["train"]) == ROWS


def test_classes_come_as_their_names(load, tmp_path):
    features = datasets.Features(
        tokens=datasets.Sequence(datasets.Value("string")),
        ner_tags=datasets.Sequence(datasets.ClassLabel(names=NAMES)),
        intent=datasets.ClassLabel(names=["x", "y"]),
    )
    rows = [
        {"tokens": tokens, "ner_tags": tags, "intent": n % 2}
        for n, (tokens, tags) in enumerate(ROWS)
    ]
    dataset = datasets.Dataset.from_list(rows, features=features)
    assert dataset[0]["ner_tags"] == [1, 0, 0]
    dataset.to_parquet(tmp_path / "train.parquet")
    datasets.DatasetDict(train=dataset).save_to_disk(str(tmp_path / "saved"))
    streamed = datasets.IterableDatasetDict(train=dataset.to_iterable_dataset())
    for given in (dataset, streamed, tmp_path / "train.parquet", tmp_path / "saved"):
        train = load(given, tags="ner_tags", label="intent")["train"]
        assert read(train) == ROWS and train["label"][:3] == ["x", "y", "x"]


def test_hub(load, monkeypatch):
    found = datasets.DatasetDict(test=datasets.Dataset.from_list(DICTS))
    monkeypatch.setattr(datasets, "load_dataset", lambda *_: found)
    splits = load("owner/name", name="en")
    assert read(splits["test"]) == ROWS and splits.origin == "hub dataset owner/name"


@pytest.mark.parametrize("tags", [[0, 1], [True], [0, -1]])
def test_numbers_without_names(load, tags):
    with pytest.raises(DataError, match="row 0: expected names of tags .*ClassLabel"):
        load([(["a"] * len(tags), tags)])


def test_the_likely_column_is_named(load):
    rows = [{"tokens": ["a"], "ner_tags": ["O"], "id": 1}]
    with pytest.raises(DataError, match="a column 'tags', .*Give tags=\"ner_tags\""):
        load(rows)
    rows[0]["pos_tags"] = ["X"]
    with pytest.raises(DataError, match="Give tags= as the data names it"):
        load(rows)
    with pytest.raises(DataError, match="a column 'words', .*Give tokens=\"tokens\""):
        load(rows, tokens="words")


@pytest.mark.parametrize("format", [None, "parallel"])
def test_files_side_by_side_in_folders(load, tmp_path, format):
    for split in ("train", "valid", "test"):
        write_beside(tmp_path / "d" / split)
    splits = load(tmp_path / "d", format=format)
    assert list(splits) == ["train", "validation", "test"]
    assert all(read(split) == ROWS for split in splits.values())
    with_label = load(tmp_path / "d", format=format, label="label")
    assert with_label["test"]["label"][:] == LABELS
    # One split alone, by its folder, a file or a dictionary.
    place = tmp_path / "d" / "test"
    for given in (place, place / "seq.in", {"test": place}):
        assert {k: read(v) for k, v in load(given, format=format).items()} == {
            "test": ROWS
        }


def test_files_side_by_side_by_their_endings(load, tmp_path):
    for split in ("train", "dev"):
        write_beside(tmp_path / "a", [f"{split}.{n}" for n in ("words", "tags", "x")])
        write_beside(
            tmp_path / "b", [f"{split}.{n}" for n in ("seq.in", "seq.out", "x")]
        )
    for splits in (
        load(tmp_path / "a", tokens="words", tags="tags"),
        load(tmp_path / "b"),
        load({"train": tmp_path / "b" / "train", "dev": tmp_path / "b" / "dev.seq.in"}),
    ):
        assert read(splits["train"]) == read(splits["dev"]) == ROWS
        assert len(splits) == 2


def test_faults_of_files_side_by_side(load, tmp_path):
    place = tmp_path / "train"
    write(place / "seq.in", "a b\n\tc  d \ne f\n")
    with pytest.raises(DataError, match="seq.in, seq.out, found only seq.in"):
        load(tmp_path)
    write(place / "seq.out", "O O\nO O\nO\n")
    wanted = r"seq.in and .*seq.out, line 3: .*found 2 tokens and 1 tags"
    with pytest.raises(DataError, match=wanted):
        load(tmp_path)
    splits = load(tmp_path, on_error="skip")
    assert read(splits["train"]) == [(["a", "b"], ["O", "O"]), (["c", "d"], ["O", "O"])]
    assert splits.skipped == {"train": 1}
    write(place / "seq.out", "O O\nO O\n")
    with pytest.raises(DataError, match="same number of lines, found 3 and 2"):
        load(tmp_path, on_error="skip")
    with pytest.raises(DataError, match="found only seq.in, seq.out"):
        load(tmp_path, label="label")


def test_format_reads_files_of_any_ending(load, tmp_path):
    names = ["wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated"]
    for name in names:
        write(tmp_path / "d" / name, columns(separator="\t").replace("\n\n", "\n\t\n"))
    write(tmp_path / "d" / "README.md", "# about")
    write(tmp_path / "d" / ".train.swp", "nothing")
    splits = load(tmp_path / "d", format="conll")
    assert list(splits) == ["train", "validation", "test"]
    assert all(read(split) == ROWS for split in splits.values())
    alone = load(str(tmp_path / "d" / names[2]), format="conll")
    assert list(alone) == ["test"]
    write(tmp_path / "d" / "more_train.txt", columns())
    with pytest.raises(DataError, match="one source of the split train"):
        load(tmp_path / "d", format="conll")
    given = {"train": tmp_path / "d" / names[0], "x": tmp_path / "d" / names[2]}
    assert list(load(given, format="conll")) == ["train", "x"]


@pytest.mark.parametrize(
    "format, text",
    [
        ("conll", columns()),
        ("conllu", conllu()),
        ("jsonl", "".join(json.dumps(row) + "\n" for row in DICTS)),
    ],
)
def test_format_of_the_names_of_conll_2003(load, tmp_path, format, text):
    for name in ("eng.train", "eng.testa", "eng.testb"):
        write(tmp_path / "d" / name, text)
    splits = load(tmp_path / "d", format=format)
    assert list(splits) == ["train", "validation", "test"]
    assert read(splits["test"]) == ROWS
    assert list(load(tmp_path / "d" / "eng.testb", format=format)) == ["test"]


def test_format_without_such_files(load, tmp_path):
    write(tmp_path / "d" / "corpus.conll", columns())
    with pytest.raises(DataError, match="names hold one of train.*found corpus.conll"):
        load(tmp_path / "d", format="conll")
    for dataset in ("nowhere", "owner/name"):
        with pytest.raises(DataError, match="a file or a folder, found nothing"):
            load(dataset, format="conll")
    with pytest.raises(DataError, match="a format, one of conll, conllu, parallel, .*"):
        load(tmp_path / "d", format="doc")


WORDS = [
    {"Sentence #": f"Sentence: {n}", "Word": token, "Tag": tag, "topic": LABELS[n]}
    for n, row in enumerate(ROWS)
    for token, tag in zip(*row, strict=True)
]
"""A row for each word."""
NAMED = {"tokens": "Word", "tags": "Tag"}


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "frame", "list"])
@pytest.mark.parametrize("once", [False, True])
def test_a_word_per_row(load, tmp_path, ending, once):
    """Of each sentence all rows have its name, or the first alone."""
    frame = pandas.DataFrame(WORDS)
    if once:
        frame["Sentence #"] = frame["Sentence #"].where(
            frame["Sentence #"] != frame["Sentence #"].shift()
        )
    path, more = tmp_path / f"train.{ending}", {}
    if ending in ("csv", "tsv"):
        frame.to_csv(path, sep={"csv": ",", "tsv": "\t"}[ending], index=False)
        more = {"format": "tsv"} if ending == "tsv" else {}
    elif ending == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    elif ending == "parquet":
        frame.to_parquet(path)
        more = {"sentence": "Sentence #"}
    else:
        path = frame if ending == "frame" else frame.to_dict("records")
    splits = load(path, **NAMED, **more, label="topic")
    assert read(splits["train"]) == ROWS
    assert splits["train"]["label"][:] == LABELS
    (note,) = [one for one in splits.notes if "a row is a word" in one]
    assert "column 'Sentence #' says of which sentence" in note


def test_a_sentence_per_row_of_a_table(load, tmp_path):
    words = 'tokens,tags\na b,O B-X\n"[""c d""]","[""O""]"\n'
    train = load(write(tmp_path / "train.csv", words))["train"]
    assert read(train) == [(["a", "b"], ["O", "B-X"]), (["c d"], ["O"])]


def test_bad_rows_of_words(load, tmp_path):
    """Each makes its sentence bad, and its line is named."""
    lines = ["id,tokens,tags,kind", "1,a,O,x", "1,,O,x", "2,b,,x", "3,c,O,x", "3,d,O,y"]
    lines += ["4,e,O,x", "5,f,O,x", "4,g,O,x"]
    path = write(tmp_path / "train.csv", "\n".join(lines) + "\n")
    splits = load(path, sentence="id", label="kind", on_error="skip")
    assert read(splits["train"]) == [(["e"], ["O"]), (["f"], ["O"])]
    told = splits.summary()
    for message in (
        "line 3: expected a word in column 'tokens', found ''",
        "line 4: expected a tag in column 'tags', found ''",
        "line 5: expected one label of the sentence in column 'kind', found 'x', 'y'",
        "line 9: expected rows of a sentence that follow one another, found '4' in",
    ):
        assert message in told, told
    path = write(tmp_path / "d" / "train.csv", "sentence_id,word,tag\n1,a,O\n")
    with pytest.raises(DataError, match="line 2: expected a column 'tokens', found .*"):
        load(path)
    path = write(tmp_path / "e" / "train.csv", "id,tokens,tags\n,a,O\n")
    with pytest.raises(DataError, match="a sentence in column 'id', found none before"):
        load(path, sentence="id")


def test_sentences_that_have_a_number_besides(load, tmp_path):
    rows = 'sentence_id,tokens,tags\n0,a b,O B-X\n1,c,O\n2,"[""d""]","[""O""]"\n'
    train = load(write(tmp_path / "train.csv", rows))["train"]
    assert read(train) == [(["a", "b"], ["O", "B-X"]), (["c"], ["O"]), (["d"], ["O"])]
    path = write(tmp_path / "d" / "train.csv", "sent,tokens,tags\n0,a,O\n1,b c,O O\n")
    with pytest.raises(DataError, match="line 3: expected one tag .*rename that"):
        load(path)


def test_a_row_that_cannot_be_read_may_be_of_either_sentence(load, tmp_path):
    lines = [
        "sent,tokens,tags",
        "1,a,O",
        ",,",
        "2,b,O",
        "2,c,O,O",
        "3,d,O",
        "4,e,O",
        ",,",
    ]
    path = write(tmp_path / "train.csv", "\n".join(lines) + "\n")
    splits = load(path, on_error="skip")
    assert read(splits["train"]) == [(["a"], ["O"]), (["e"], ["O"])]
    assert "line 5" in splits.summary()


def test_names_and_labels_that_are_lists(load):
    rows = [{"sent": [1], "tokens": "a", "tags": "O", "kind": "x"}]
    with pytest.raises(DataError, match="a sentence in column 'sent', found .1."):
        load({"train": rows})
    rows[0] |= {"sent": 1, "kind": ["x"]}
    with pytest.raises(DataError, match="a label in column 'kind', found .'x'."):
        load({"train": rows}, label="kind")


@pytest.mark.parametrize(
    "name, expected",
    [
        ("wnut17train.conll", "train"),
        ("a_Train2.x", "train"),
        ("x-testa", "validation"),
        ("testb", "test"),
        ("my.dev.notes", "validation"),
        ("train-dev", None),
        ("train.training", "train"),
        ("devtest", None),
        ("trainer.conll", None),
        ("latest", None),
        ("tést", None),
        ("", None),
    ],
)
def test_split_within_a_name(name, expected):
    assert split_within(name) == expected


def test_columns_by_number_name_and_separator(load, tmp_path):
    lines = columns().replace(" ", " POS ")
    path = write(tmp_path / "train.conll", lines)
    assert read(load(path)["train"]) == read(load(path, tokens=-3, tags=2)["train"])
    assert load(path, tags=1)["train"]["tags"][0] == ["POS"] * 3
    path = write(tmp_path / "x" / "train.conll", "w,p,t\n" + lines.replace(" ", ","))
    splits = load(path, tokens="w", tags="t", separator=",")
    assert read(splits["train"]) == ROWS
    path = write(tmp_path / "y" / "train.conllu", conllu())
    assert load(path, tags="id")["train"]["tags"][0] == ["1", "2", "3"]


def test_labels_in_comments(load, tmp_path):
    text = "".join(
        f"# intent = {label}\n{columns([row])}"
        for label, row in zip(LABELS, ROWS, strict=True)
    )
    path = write(tmp_path / "train.conll", text)
    train = load(path, label="intent")["train"]
    assert train["label"][:] == LABELS and read(train) == ROWS
    with pytest.raises(DataError, match='line 2: expected a comment "# topic = …"'):
        load(path, label="topic")


def test_encoding(load, tmp_path):
    path = tmp_path / "train.conll"
    path.write_bytes("Zürich B-X\n\nx O\n".encode("latin-1"))
    with pytest.raises(DataError, match="train.conll, line 1: expected UTF-8"):
        load(path)
    for encoding in ("latin-1", "cp1252"):
        assert load(path, encoding=encoding)["train"]["tokens"][0] == ["Zürich"]
    for name, text in (("seq.in", "Zürich\n"), ("seq.out", "B-X\n")):
        write(tmp_path / "d" / name, "").write_bytes(text.encode("utf-16"))
    beside = load(tmp_path / "d" / "seq.in", encoding="utf-16")
    assert read(beside["train"]) == [(["Zürich"], ["B-X"])]
    with pytest.raises(DataError, match="an encoding that Python knows"):
        load(path, encoding="utf-9")


BAD = {
    "no words": (([], []), "a list of tokens in column 'tokens', found []"),
    "a string": (("a b", ["O", "O"]), "found 'a b'"),
    "none": ((None, ["O"]), "found None"),
    "no tags": ((["a"], []), "a list of tags in column 'tags', found []"),
    "unequal": ((["a", "b"], ["O"]), "found 2 tokens and 1 tags"),
    "an empty word": ((["a", ""], ["O", "O"]), "that are text, found '' as number 1"),
    "no word": ((["a", None], ["O", "O"]), "found None as number 1"),
    "an empty tag": ((["a"], [""]), "tags in column 'tags' that are text"),
    "surrogate": ((["a", "b\ud800"], ["O", "O"]), "Unicode in column 'tokens'"),
}


@pytest.mark.parametrize("bad, message", BAD.values(), ids=BAD)
def test_bad_sentence(load, tmp_path, bad, message):
    rows = [ROWS[0], bad, ROWS[1]]
    lines = [
        json.dumps(dict(zip(("tokens", "tags"), row, strict=True))) for row in rows
    ]
    path = write(tmp_path / "train.jsonl", "\n".join(lines))
    with pytest.raises(DataError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}, line 2: expected ")
    assert message in str(error.value)
    splits = load(path, on_error="skip")
    assert read(splits["train"]) == ROWS[:2] and splits.skipped == {"train": 1}
    assert message in splits.messages["train"][0]


def test_bad_lines_count_by_sentence(load, tmp_path):
    good = columns(ROWS[:1])
    path = write(tmp_path / "train.conll", f"{good}a\nb\nc O\n\n{good}d O O\n")
    with pytest.raises(DataError, match="train.conll, line 5: expected 2 columns"):
        load(path)
    splits = load(path, on_error="skip")
    assert read(splits["train"]) == [ROWS[0]] * 2 and splits.skipped == {"train": 2}
    assert "line 13" in splits.messages["train"][1]


def test_words_come_out_unharmed(load):
    words = ["a\u2028b", "nul \0", "<s>", " ", "\t", "🤖", "\u202eשלום", "line\nline"]
    rows = [(words, ["O"] * len(words))]
    assert read(load({"test": rows})["test"]) == rows


def test_validation_is_held_out_by_sentence(load):
    again = [(tokens, ["O"] * len(tokens)) for tokens, _ in ROWS]  # other tags
    given = {"train": ROWS + again, "test": ROWS[:2]}
    splits = load(given, validation_fraction=0.25)
    train, held = ({" ".join(t) for t in splits[k]["tokens"]} for k in ("train", "dev"))
    assert not train & held and train | held == {" ".join(t) for t, _ in ROWS}
    assert list(splits) == ["train", "validation", "test"]
    assert splits.held_out == len(splits["validation"]) == 10
    other = load(given, validation_fraction=0.25, seed=1)
    assert {" ".join(t) for t in other["dev"]["tokens"]} != held
    assert len(load(given)["train"]) == 42
    assert len(load({**given, "dev": ROWS}, validation_fraction=0.25)["train"]) == 42


@pytest.mark.parametrize("rows", [ROWS, DICTS, [(*r.values(),) for r in DICTS]])
def test_sample(load, rows):
    splits = load(None, sample=lambda: {"train": rows, "test": rows[:4]})
    assert read(splits["train"]) == ROWS and len(splits["test"]) == 4
    assert ("label" in splits["train"].column_names) == (rows is not ROWS)
    if rows is not ROWS:
        assert splits["test"]["label"][:] == LABELS[:4]
    with pytest.raises(DataError, match="expected a dataset"):
        load(None)


def test_what_is_stored_is_used_while_files_are_the_same(load, tmp_path, monkeypatch):
    path = write(tmp_path / "train.conll", columns())
    first = load(path)["train"]
    with monkeypatch.context() as patch:
        patch.setattr(loading, "_check", lambda *_, **__: pytest.fail("checked again"))
        assert load(path)["train"]._fingerprint == first._fingerprint
    assert load(path, tokens=1, tags=0)["train"]["tokens"][0] == ROWS[0][1]
    write(path, columns(ROWS[:3]))
    assert len(load(path)["train"]) == 3


@pytest.mark.parametrize("options", [{"tokens": "tags"}, {"validation_fraction": -1}])
def test_wrong_arguments(load, options):
    with pytest.raises(DataError):
        load(ROWS, **options)


@pytest.mark.parametrize(
    "folder, options, sizes",
    [
        ("wnut17", {"format": "conll"}, [3394, 1009, 1287]),
        ("ud_en_ewt", {}, [12544, 2001, 2077]),
        ("atis", {"label": "label"}, [4478, 500, 893]),
    ],
)
def test_real_data(load, folder, options, sizes):
    if not (REAL / folder).is_dir():
        pytest.skip(f"{folder} does not lie beside the repository")
    splits = load(REAL / folder, **options)
    assert list(splits) == ["train", "validation", "test"]
    assert [len(split) for split in splits.values()] == sizes
    assert not splits.skipped


def test_a_stray_tag_is_named_with_its_place(tmp_path):
    lines = ["Ada B-PER", "King I-PER", "sings O", ""] * 50
    lines[22] = "sings 0"
    (tmp_path / "train.conll").write_text("\n".join(lines), "utf-8")
    options = {"cache_dir": tmp_path / "cache", "validation_fraction": 0}
    splits = load_tagged(tmp_path, **options)
    place = "train.conll, split train, line 21: expected tags of the scheme BIO"
    with pytest.raises(DataError, match=f"{place}.* found '0'"):
        scheme_of(splits)
    with pytest.raises(DataError, match=place):
        check_scheme(splits, "train", "BIO")


def test_types_that_a_model_does_not_know():
    rows = [(["a", "b"], ["B-PER", "O"]), (["a", "b"], ["O", "B-DATE"])]
    splits = load_tagged({"train": rows, "test": rows}, validation_fraction=0)
    known = ["O", "B-PER", "I-PER", "E-PER", "S-PER"]
    said = "test: 1 times a type that the model does not know: 'DATE'"
    assert check_tags(splits, "test", "BIO", known) == said
    with pytest.raises(DataError, match="split train, row 1: .* found 'DATE'"):
        check_tags(splits, "train", "BIO", known)
    with pytest.raises(DataError, match="a tag that the model knows, found 'B-DATE'"):
        check_tags(splits, "train", None, ["O", "B-PER"])


def test_words_and_tags_in_each_others_place(tmp_path):
    path = tmp_path / "train.conll"
    lines = [f"word{n} {'O' if n % 3 else 'B-X'}" for n in range(60)]
    path.write_text("\n\n".join(lines) + "\n")
    with pytest.raises(DataError, match="the other way round") as error:
        load_tagged(path, tokens=1, tags=0, cache_dir=tmp_path)
    assert "2 different words, such as 'B-X', 'O'" in str(error.value)
    assert "60 different tags" in str(error.value)
    options = {"validation_fraction": 0, "cache_dir": tmp_path}
    assert len(load_tagged(path, tokens=0, tags=1, **options)["train"]) == 60
