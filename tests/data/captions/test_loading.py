"""Images with captions: from every kind of dataset, checked, with their splits."""

import io
import json
import os
import shutil
from pathlib import Path

import datasets
import numpy as np
import pytest
from PIL import Image

from seqkit.data import load_captions
from seqkit.errors import DataError

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "flickr8k"


def png(number, format="PNG"):
    pixels = np.full((4, 4, 3), number, np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format)
    return file.getvalue()


def captions(number):
    return [f"image {number}", f"picture {number}"]


@pytest.fixture
def load(tmp_path):
    def run(dataset, **options):
        options = {"validation_fraction": 0} | options
        return load_captions(dataset, cache_dir=tmp_path / "cache", **options)

    return run


@pytest.fixture
def images(tmp_path):
    """Images 0 to 5 in a folder of their own: `images()` or in some folders of it."""

    def make(*folders, count=6):
        for folder in folders or ("",):
            place = tmp_path / "data" / folder
            place.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                (place / f"{number}.png").write_bytes(png(number))
        return tmp_path / "data"

    return make


def rows(split, folder=None):
    """(number of the image, its captions) of each row."""
    for path in split["image"][:]:
        assert os.path.isabs(path) and os.path.isfile(path)
        assert folder is None or Path(path).parent == folder
    numbers = [int(np.asarray(Image.open(path))[0, 0, 0]) for path in split["image"][:]]
    return list(zip(numbers, split["captions"][:], strict=True))


EXPECTED = [(number, captions(number)) for number in range(6)]


def metadata(numbers=range(6), folder="", key="captions", file="file_name"):
    lines = (json.dumps({file: f"{folder}{n}.png", key: captions(n)}) for n in numbers)
    return "".join(f"{line}\n" for line in lines)


def test_columns_mapped_into_memory(load, images):
    folder = images()
    (folder / "metadata.jsonl").write_text(metadata())
    train = load(folder)["train"]
    assert train.column_names == ["image", "captions"]
    assert train.features["image"] == datasets.Value("string")
    assert train.features["captions"] == datasets.List(datasets.Value("string"))
    assert train.cache_files and rows(train, folder) == EXPECTED


@pytest.mark.parametrize(("file", "key"), [("image", "caption"), ("file_name", "text")])
def test_image_folder_with_other_column_names(load, images, file, key):
    folder = images()
    (folder / "metadata.jsonl").write_text(metadata(file=file, key=key))
    assert rows(load(str(folder))["train"]) == EXPECTED
    assert rows(load(folder / "metadata.jsonl")["train"]) == EXPECTED


def test_image_folder_of_splits(load, images):
    folder = images("train", "val", "test")
    for split in ("train", "val", "test"):
        (folder / split / "metadata.jsonl").write_text(metadata())
    (folder / "README.txt").write_text("about")
    (folder / "train" / "README.txt").write_text("about")
    splits = load(folder)
    assert list(splits) == ["train", "validation", "test"]
    assert rows(splits["validation"], folder / "val") == EXPECTED
    assert splits.origin == f"folder {folder}"
    given = {"train": folder / "train", "test": str(folder / "test")}
    assert rows(load(given)["test"], folder / "test") == EXPECTED


def test_one_metadata_file_over_folders_of_splits(load, images):
    folder = images("train", "test")
    text = metadata(folder="train/") + metadata(range(2), folder="test/")
    (folder / "metadata.jsonl").write_text(text)
    splits = load(folder)
    assert rows(splits["train"], folder / "train") == EXPECTED
    assert rows(splits["test"], folder / "test") == EXPECTED[:2]
    (folder / "0.png").write_bytes(png(0))
    with open(folder / "metadata.jsonl", "a") as file:
        file.write(metadata([0]))
    with pytest.raises(DataError, match="jsonl, line 9: .*folder of a split .test, tr"):
        load(folder)
    skipped = load(folder, on_error="skip")
    assert skipped.skipped == {"test": 1} and len(skipped["train"]) == 6


def coco(numbers=range(6), prefix="", **more):
    entries = [{"id": 100 + n, "file_name": f"{prefix}{n}.png"} for n in numbers]
    annotations = [
        {"id": 10 * n + i, "image_id": 100 + n, "caption": text}
        for i in range(2)
        for n in reversed(numbers)
        for text in captions(n)[i : i + 1]
    ]
    return {"info": {}, "images": entries, "annotations": annotations} | more


def test_coco_as_it_is_unpacked(load, images):
    folder = images("train2017", "val2017")
    (folder / "annotations").mkdir()
    for split in ("train", "val"):
        path = folder / "annotations" / f"captions_{split}2017.json"
        path.write_text(json.dumps(coco()))
        other = folder / "annotations" / f"instances_{split}2017.json"
        other.write_text("{}")
    splits = load(folder)
    assert list(splits) == ["train", "validation"]
    assert rows(splits["train"], folder / "train2017") == EXPECTED
    assert rows(splits["validation"], folder / "val2017") == EXPECTED
    alone = load(folder / "annotations" / "captions_val2017.json")
    assert list(alone) == ["validation"]
    assert rows(alone["validation"], folder / "val2017") == EXPECTED


def test_coco_with_images_elsewhere(load, images, tmp_path):
    folder = images("pictures")
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(coco()))
    for given in (path, {"train": str(path)}):
        found = load(given, image_dir=folder / "pictures")["train"]
        assert rows(found, folder / "pictures") == EXPECTED
    with pytest.raises(DataError, match="image_dir= names another folder"):
        load(path)
    with pytest.raises(DataError, match="image_dir=.*nowhere.*expected a folder"):
        load(path, image_dir="nowhere")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"images": []}, "lists images and annotations, found 'images'"),
        (3, "with the lists images and annotations, found int"),
        ([], "expected at least one good row, found none"),
        (coco(images=[{"id": 1}]), "images, row 0: expected an image with id and"),
        (coco(annotations=[3]), "annotations, row 0: expected an annotation with"),
        (coco(annotations=[]), "images, row 0: expected an annotation with a caption"),
        (
            coco(annotations=[{"image_id": 7, "caption": "x"}]),
            "annotations, row 0: expected an image_id that is among the images",
        ),
        (
            coco(annotations=[{"image_id": 100, "caption": " "}]),
            "annotations, row 0: expected text in 'caption', found ' '",
        ),
        (coco(images=2 * [{"id": 1, "file_name": "a"}]), "row 1: expected an id of"),
    ],
)
def test_wrong_coco(load, images, content, message):
    folder = images()
    (folder / "captions_train.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match=message):
        load(folder)


def test_bad_rows_of_coco_are_counted(load, images):
    folder = images()
    content = coco()
    content["annotations"][0]["caption"] = ""
    content["images"].append({"id": 7, "file_name": "0.png"})
    (folder / "captions_train.json").write_text(json.dumps(content))
    splits = load(folder, on_error="skip")
    assert splits.skipped == {"train": 2}
    assert rows(splits["train"]) == [*EXPECTED[:5], (5, ["picture 5"])]
    (folder / "captions_train.json").write_text("{")
    with pytest.raises(DataError, match="captions_train.json, line 1: expected JSON"):
        load(folder)


def tokens(numbers=range(6)):
    return "".join(
        f"{n}.png#{i}\t{text}\n" for n in numbers for i, text in enumerate(captions(n))
    )


def test_flickr(load, images):
    folder = images("images")
    path = folder / "Flickr8k.token.txt"
    path.write_text(tokens())
    for given in (path, folder, {"train": path}):
        assert rows(load(given)["train"], folder / "images") == EXPECTED
    (folder / "captions.tok").write_text(tokens())
    found = load(folder / "captions.tok", format="flickr")
    assert rows(found["train"]) == EXPECTED


def test_flickr_with_lists_of_its_splits(load, images):
    folder = images("Flicker8k_Dataset")
    (folder / "Flickr8k.token.txt").write_text(tokens())
    for name, numbers in {"train": (0, 1, 2), "dev": (3,), "test": (4,)}.items():
        lines = "".join(f"{number}.png\n" for number in numbers)
        (folder / f"Flickr_8k.{name}Images.txt").write_text(lines)
    splits = load(folder)
    assert [len(split) for split in splits.values()] == [3, 1, 1]
    assert rows(splits["validation"]) == EXPECTED[3:4]


def test_a_table_that_is_called_txt(load, images):
    folder = images()
    path = folder / "captions.txt"
    path.write_text("file_name,text\n" + "".join(f"{n}.png,x {n}\n" for n in range(6)))
    with pytest.raises(DataError, match='captions.txt, line 1: .*format="csv"'):
        load(path)
    assert rows(load(path, format="csv")["train"])[1] == (1, ["x 1"])
    with pytest.raises(DataError, match="format: expected a format of jsonl, csv"):
        load(path, format="CSV")


def test_captions_of_flickr_as_tables(load, images):
    folder = images("Images", "flickr30k_images")
    path = folder / "captions.txt"
    path.write_text('image,caption\n0.png,one\n1.png,"a, b"\n0.png,two\n')
    expected = [(0, ["one", "two"]), (1, ["a, b"])]
    for dataset in (folder, path):
        assert rows(load(dataset)["train"], folder / "Images") == expected
    assert rows(load(path, image="picture")["train"]) == expected
    path.unlink()
    path = folder / "results.csv"
    lines = "0.png| 0| one", '1.png| 0| a, "b" | c .', "0.png| 1   two"
    path.write_text("\n".join(["image_name| comment_number| comment", *lines, ""]))
    expected = [(0, ["one", "two"]), (1, ['a, "b" | c .'])]
    for dataset in (folder, path):
        assert rows(load(dataset)["train"]) == expected


def test_a_table_with_another_separator(load, images):
    path = images() / "train.csv"
    path.write_text("image;caption\n0.png;a, b\n1.png;c\n")
    assert rows(load(path, separator=";")["train"]) == [(0, ["a, b"]), (1, ["c"])]


@pytest.mark.parametrize("ending", ["csv", "tsv"])
@pytest.mark.parametrize(
    "header", [None, ("image", "caption"), ("file_name", "text"), ("id", "n")]
)
def test_tables(load, images, ending, header):
    folder = images()
    mark = "," if ending == "csv" else "\t"
    lines = [] if header is None else [mark.join(header)]
    lines += [f"{n}.png{mark}{text}" for n in range(6) for text in captions(n)]
    (folder / f"train.{ending}").write_text("\n".join(lines) + "\n")
    names = {"image": "id", "caption": "n"} if header == ("id", "n") else {}
    assert rows(load(folder, **names)["train"]) == EXPECTED


def test_rows_of_an_image_may_stand_apart(load, images):
    folder = images()
    lines = [f"{n}.png,{captions(n)[i]}" for i in range(2) for n in range(6)]
    lines[-1] = lines[-1].replace("5.png", "./5.png")
    (folder / "train.csv").write_text("image,caption\n" + "\n".join(lines))
    assert rows(load(folder)["train"]) == EXPECTED


def test_numbered_columns(load, images):
    folder = images()
    lines = [f"{n}.png,picture {n},image {n}" for n in range(6)]
    text = "image,caption_1,caption_0\n" + "\n".join(lines)
    (folder / "train.csv").write_text(text)
    assert rows(load(folder)["train"]) == EXPECTED
    found = [{"image": png(1), "caption_0": "a", "caption_1": None, "caption_10": "b"}]
    assert rows(load(found)["train"]) == [(1, ["a", "b"])]


def test_lists_of_anything_that_is_an_image(load, images):
    folder = images()
    picture = Image.fromarray(np.full((4, 4, 3), 3, np.uint8))
    found = load(
        [
            (str(folder / "0.png"), captions(0)),
            (folder / "1.png", captions(1)),
            (png(2), tuple(captions(2))),
            (picture, captions(3)),
            (np.full((4, 4), 4, np.uint8), captions(4)),
            {"image": {"bytes": png(5), "path": "x.png"}, "caption": "image 5"},
            (png(5), "picture 5"),
        ]
    )
    assert rows(found["train"]) == EXPECTED
    assert found["train"]["image"][0] == str(folder / "0.png")


def test_bytes_lie_in_the_cache_under_their_hash_as_they_are(load, tmp_path):
    data = [png(7, "JPEG"), png(8, "JPEG")]
    train = load([(one, "x") for one in data])["train"]
    paths = [Path(path) for path in train["image"][:]]
    assert [path.read_bytes() for path in paths] == data
    assert all(path.is_relative_to(tmp_path / "cache" / "images") for path in paths)
    times = [path.stat().st_mtime_ns for path in paths]
    again = load([(one, "y") for one in data])["train"]
    assert again["image"][:] == train["image"][:]
    assert [path.stat().st_mtime_ns for path in paths] == times
    assert not list((tmp_path / "cache").rglob("*.partial"))


def image_dataset(numbers=range(6), **columns):
    values = {"image": [{"bytes": png(n), "path": f"{n}.png"} for n in numbers]}
    columns = columns or {"caption": [captions(n) for n in numbers]}
    made = datasets.Dataset.from_dict(values | columns)
    return made.cast_column("image", datasets.Image())


def test_datasets_objects(load):
    dataset = image_dataset()
    assert rows(load(dataset)["train"]) == EXPECTED
    train = load(dataset)["train"]
    assert [Path(p).read_bytes() for p in train["image"][:]] == [
        png(number) for number in range(6)
    ]
    both = datasets.DatasetDict(train=dataset, test=dataset)
    assert rows(load(both)["test"]) == EXPECTED
    stream = dataset.to_iterable_dataset()
    assert rows(load(datasets.IterableDatasetDict(test=stream))["test"]) == EXPECTED
    decoded = dataset.to_iterable_dataset().map(lambda row: row)
    assert rows(load({"test": decoded})["test"]) == EXPECTED


def test_datasets_with_a_caption_a_row_or_numbered_ones(load):
    twice = [number for number in range(6) for _ in range(2)]
    texts = [captions(n)[i % 2] for i, n in enumerate(twice)]
    assert rows(load(image_dataset(twice, caption=texts))["train"]) == EXPECTED
    numbered = {f"caption_{i}": [captions(n)[i] for n in range(6)] for i in range(2)}
    assert rows(load(image_dataset(**numbered))["train"]) == EXPECTED


def test_saved_hub_and_parquet(load, tmp_path, monkeypatch):
    dataset = image_dataset()
    saved = tmp_path / "saved"
    dataset.save_to_disk(saved)
    assert rows(load(saved)["train"]) == EXPECTED
    both = datasets.DatasetDict(train=dataset, validation=dataset.select(range(3)))
    monkeypatch.setattr(datasets, "load_dataset", lambda *_: both)
    splits = load("jxie/flickr8k")
    assert splits.origin == "hub dataset jxie/flickr8k"
    assert rows(splits["validation"]) == EXPECTED[:3]
    clone = tmp_path / "clone" / "data"
    clone.mkdir(parents=True)
    for split, part in both.items():
        part.to_parquet(clone / f"{split}-00000-of-00001.parquet")
    assert rows(load(clone.parent)["validation"]) == EXPECTED[:3]


def test_sample(load):
    splits = load(None, sample=lambda: {"test": [(png(1), "one")]})
    assert rows(splits["test"]) == [(1, ["one"])]
    with pytest.raises(DataError, match="There is no sample"):
        load(None)


def test_validation_is_held_out_by_image(load, images, tmp_path):
    folder = images(count=40)
    text = "".join(metadata([n], key="caption") for n in range(40))
    (folder / "metadata.jsonl").write_text(text + metadata(range(3)))
    splits = load(folder, validation_fraction=0.25)
    assert splits.held_out == len(splits["validation"]) == 10
    train, held = (rows(splits[name]) for name in ("train", "validation"))
    assert not {n for n, _ in train} & {n for n, _ in held}
    assert sorted(n for n, _ in train + held) == list(range(40))
    for number, found in train + held:
        assert found == captions(number) * (2 if number < 3 else 1)
    # Wherever the folder lies, the same images are held out.
    shutil.move(folder, tmp_path / "elsewhere")
    moved = load(tmp_path / "elsewhere", validation_fraction=0.25)
    assert rows(moved["validation"]) == held
    other = load(tmp_path / "elsewhere", validation_fraction=0.25, seed=1)
    assert rows(other["validation"]) != held
    assert len(load(tmp_path / "elsewhere", validation_fraction=4)["validation"]) == 4


BAD = {
    "no file 9.png": {"file_name": "9.png", "caption": "x"},
    "an empty file": {"file_name": "empty.png", "caption": "x"},
    "a column 'caption', found 'file_name'": {"file_name": "0.png"},
    "a column 'image'|a column 'file_name', found 'caption'": {"caption": "x"},
    "text in column 'caption', found ' '": {"file_name": "0.png", "caption": " "},
    "text in column 'caption', found ''": {"file_name": "0.png", "caption": ["a", ""]},
    "at least one caption": {"file_name": "0.png", "caption": []},
    "text in column 'caption', found 3": {"file_name": "0.png", "caption": [3]},
    "found a lone surrogate": {"file_name": "0.png", "caption": "\ud800"},
    "a path, bytes, a PIL image or an array": {"file_name": 3, "caption": "x"},
    "found no file": {"file_name": "", "caption": "x"},
}


def test_test_is_held_out_of_validation(load, images):
    paths = sorted(path for path in images().iterdir() if path.suffix != ".jsonl")
    splits = load(
        {"train": [(paths[0], "a")], "validation": [(one, "b") for one in paths]},
        test_fraction=1,
    )
    parts = [set(splits[name]["image"][:]) for name in ("validation", "test")]
    assert list(splits) == ["train", "validation", "test"]
    assert not parts[0] & parts[1] and len(parts[1]) == splits.held_out_test == 1
    with pytest.raises(DataError, match="test_fraction from 0 on"):
        load([(paths[0], "a")], test_fraction=-1)


@pytest.mark.parametrize("message", BAD)
def test_bad_rows_are_named_or_counted(load, images, message):
    folder = images()
    (folder / "empty.png").write_bytes(b"")
    lines = metadata(range(2)) + json.dumps(BAD[message]) + "\n" + metadata([2, 3])
    (folder / "metadata.jsonl").write_text(lines)
    expected = "metadata.jsonl, line 3: .*" + message.replace("9.png", ".*9.png")
    with pytest.raises(DataError, match=f"(?s){expected}"):
        load(folder)
    splits = load(folder, on_error="skip")
    assert splits.skipped == {"train": 1}
    assert "line 3" in splits.messages["train"][0]
    assert rows(splits["train"]) == EXPECTED[:4]


def test_images_that_come_later_are_found(load, images):
    folder = images(count=2)
    (folder / "metadata.jsonl").write_text(metadata(range(3)))
    assert len(load(folder, on_error="skip")["train"]) == 2
    images(count=3)
    assert len(load(folder, on_error="skip")["train"]) == 3


def test_bad_rows_of_lists(load):
    data = [(png(0), "a"), (b"", "b"), ("", "c"), (np.zeros((2, 2)), "d"), ("e",)]
    splits = load({"test": data}, on_error="skip")
    assert splits.skipped == {"test": 4} and len(splits["test"]) == 1
    for row, message in enumerate(splits.messages["test"], start=1):
        assert f"dict, split test, row {row}" in message
    with pytest.raises(DataError, match="at least one good row"):
        load(data[1:], on_error="skip")


def test_captions_come_out_unharmed(load):
    texts = ["a\u2028b", " <s> \t</s> ", "🤖 .", "line\nline"]
    assert rows(load([(png(1), texts)])["train"]) == [(1, texts)]


def test_encoding(load, images):
    folder = images()
    (folder / "train.csv").write_bytes("0.png,café\n".encode("cp1252"))
    assert rows(load(folder, encoding="cp1252")["train"]) == [(0, ["café"])]
    with pytest.raises(DataError, match='encoding="cp125'):
        load(folder)


def test_wrong_arguments(load, images):
    with pytest.raises(DataError, match="two different columns"):
        load([], image="a", caption="a")
    with pytest.raises(DataError, match="validation_fraction from 0 on"):
        load([], validation_fraction=-1)
    with pytest.raises(DataError, match='on_error="raise"'):
        load([], on_error="no")
    folder = images()
    (folder / "metadata.jsonl").write_text(metadata())
    with pytest.raises(DataError, match="name='x'"):
        load(folder, name="x")
    with pytest.raises(DataError, match="a column 'title', found 'file_name', 'cap"):
        load(folder, caption="title")
    with pytest.raises(DataError, match="nothing of that name"):
        load(folder / "nothing.csv")


def test_flickr8k(load):
    if not REAL.is_dir():
        pytest.skip("the Flickr8k folder does not lie beside the repository")
    splits = load(REAL)
    assert len(splits["train"]) == 6000 and len(splits["validation"]) == 1000
    assert all(len(found) == 5 for found in splits["validation"]["captions"][:])
    assert not set(splits["train"]["image"]) & set(splits["validation"]["image"])
