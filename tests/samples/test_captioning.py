"""The embedded scenes of shapes: one right caption each, and a test split held out."""

import hashlib
import io
import itertools
import re
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from seqkit.data import load_captions
from seqkit.errors import DataError
from seqkit.samples import captioning, scenes

SIZES = {"train": 1500, "validation": 40, "test": 150}
COLOURS = {
    "red": (215, 45, 45),
    "orange": (245, 140, 30),
    "yellow": (240, 215, 50),
    "green": (50, 155, 70),
    "blue": (50, 90, 210),
    "purple": (145, 60, 175),
    "brown": (120, 75, 40),
    "black": (35, 35, 35),
}
SHAPES = ("circle", "ring", "square", "triangle", "cross")
NUMBERS = {"a": 1, "an": 1, "two": 2}
GROUP = (
    rf"({'|'.join(NUMBERS)}) (?:(small|large) )?"
    rf"({'|'.join(COLOURS)}) ({'|'.join(SHAPES)})(s|es)?"
)
CAPTION = re.compile(f"{GROUP} (above|left of|in) {GROUP}")


@pytest.fixture(scope="module")
def data():
    return captioning.splits(**SIZES)


@pytest.fixture(scope="module")
def drawn():
    return dict(captioning.draw_splits(0, SIZES))


def texts(rows):
    return [row["captions"][0] for row in rows]


def pixels(row):
    return np.asarray(Image.open(io.BytesIO(row["image"]))).astype(int)


def parse(caption):
    """(count, size, colour, shape) of both groups, and the relation."""
    found = CAPTION.fullmatch(caption).groups()
    first, relation, second = found[:5], found[5], found[6:]
    groups = [(NUMBERS[g[0]], g[1] or "", g[2], g[3]) for g in (first, second)]
    return groups, relation


# Captions.


def test_sizes_and_form(data):
    assert {name: len(rows) for name, rows in data.items()} == SIZES
    for row in sum(data.values(), []):
        assert list(row) == ["image", "captions"] and len(row["captions"]) == 1
        assert pixels(row).shape == (64, 64, 3)
        for group in re.findall(GROUP, row["captions"][0]):
            number, size, colour, shape, plural = group
            if number in ("a", "an"):
                assert not plural
                assert (number == "an") == ((size or colour)[0] in "aeiou")
            else:
                assert plural == ("es" if shape == "cross" else "s")


def test_no_picture_occurs_twice_and_no_caption_in_two_splits(data):
    rows = sum(data.values(), [])
    assert len({row["image"] for row in rows}) == len(rows)
    held_out = texts(data["validation"] + data["test"])
    assert len(set(held_out)) == len(held_out)
    assert not set(held_out) & set(texts(data["train"]))


def pair(caption):
    groups, _ = parse(caption)
    return tuple(sorted((colour, shape) for _, _, colour, shape in groups))


def test_pairs_of_the_test_split_are_never_seen_before(data):
    shown = set(map(pair, texts(data["train"] + data["validation"])))
    tested = set(map(pair, texts(data["test"])))
    assert not tested & shown
    assert not set(filter(captioning.is_reserved, shown))
    assert all(map(captioning.is_reserved, tested))
    # About one in eight of all, be they in a small train split or not.
    kinds = sorted((colour, shape) for colour in COLOURS for shape in SHAPES)
    everything = list(itertools.combinations_with_replacement(kinds, 2))
    reserved = list(filter(captioning.is_reserved, everything))
    assert len(everything) == 820 and 82 <= len(reserved) <= 123


def test_parts_of_the_test_split_are_all_seen_before(data):
    def parts(captions):
        for caption in captions:
            groups, relation = parse(caption)
            yield from caption.split()
            for count, size, colour, shape in groups:
                yield colour, shape
                yield size, shape
                yield count, shape
                yield shape, relation
                yield colour, relation

    assert set(parts(texts(data["test"]))) <= set(parts(texts(data["train"])))


def test_what_is_shown_varies(data):
    found = [parse(caption) for caption in texts(data["train"])]
    relations = Counter(relation for _, relation in found)
    assert min(relations.values()) > 0.15 * len(found)
    groups = [group for pair, _ in found for group in pair]
    for place, least in enumerate((0.2, 0.12, 0.09, 0.12)):
        counts = Counter(group[place] for group in groups)
        assert min(counts.values()) > least * len(groups)


# Layouts: read back without the code that made the captions.


def nearest(colour):
    return min(
        COLOURS, key=lambda name: np.abs(np.subtract(COLOURS[name], colour)).sum()
    )


def size_word(radius):
    return "small" if radius < 9 else "" if radius < 20 else "large"


def tell(layout):
    """The caption of a layout, by the rule."""
    groups = {}
    for shape in layout.shapes:
        groups.setdefault((shape.shape, nearest(shape.colour)), []).append(shape)
    assert len(groups) == 2
    told = []
    for (shape, colour), members in groups.items():
        (size,) = {size_word(member.radius) for member in members}
        number = ["", "a", "two"][len(members)]
        words = " ".join(filter(None, (size, colour, shape)))
        if number == "a":
            number = "an" if words[0] in "aeiou" else "a"
        else:
            words += "es" if shape == "cross" else "s"
        x = np.mean([member.x for member in members])
        y = np.mean([member.y for member in members])
        told.append((x, y, size, f"{number} {words}"))
    (x1, y1, *_), (x2, y2, *_) = told
    if "large" in (told[0][2], told[1][2]):
        relation, order = "in", [told[0][2] != "large", told[1][2] != "large"]
        first = order.index(True)
    elif abs(y2 - y1) > abs(x2 - x1):
        relation, first = "above", int(y2 < y1)
    else:
        relation, first = "left of", int(x2 < x1)
    return f"{told[first][3]} {relation} {told[1 - first][3]}"


def test_captions_follow_from_where_things_stand(data, drawn):
    for name, rows in data.items():
        for caption, (_, layout) in zip(texts(rows), drawn[name], strict=True):
            assert tell(layout) == caption


def test_relations_and_sizes_leave_no_doubt(drawn):
    for scene, layout in sum(drawn.values(), []):
        names = [(shape.shape, nearest(shape.colour)) for shape in layout.shapes]
        first = [n == (scene.first.shape, scene.first.colour) for n in names]
        spots = np.array([shape[2:5] for shape in layout.shapes])
        radii = [spots[np.equal(first, want), 2] for want in (True, False)]
        centres = [spots[np.equal(first, want), :2].mean(0) for want in (True, False)]
        dx, dy = centres[1] - centres[0]
        if scene.relation == "in":
            assert np.hypot(dx, dy) < 1.5 and 10 < radii[0][0] <= 12 < 26 <= radii[1][0]
            continue
        along, across = (dy, dx) if scene.relation == "above" else (dx, dy)
        assert along > 0 and abs(across) <= 0.5 * along
        for group in radii:
            assert np.ptp(group) == 0 and (group[0] <= 7 or group[0] >= 10.5)


def test_shapes_are_apart_and_inside(drawn):
    for scene, layout in sum(drawn.values(), []):
        for shape in layout.shapes:
            reach = 1.05 * shape.radius
            for place in (shape.x, shape.y):
                assert reach <= place <= 64 - reach
        if scene.relation == "in":
            continue
        for i, one in enumerate(layout.shapes):
            for other in layout.shapes[:i]:
                apart = max(abs(one.x - other.x), abs(one.y - other.y))
                assert apart > one.radius + other.radius + 0.5


# Pictures.


def parts_of(mask):
    """Number of connected parts, corners counted as connected."""
    todo, count = set(map(tuple, np.argwhere(mask))), 0
    while todo:
        count, front = count + 1, [todo.pop()]
        while front:
            y, x = front.pop()
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & todo
            todo -= near
            front += near
    return count


def test_pictures_show_their_layouts(data, drawn):
    for name, rows in data.items():
        for row, (scene, layout) in list(zip(rows, drawn[name], strict=True))[:60]:
            picture = pixels(row)
            assert (picture[0, 0] == layout.background).all()
            for shape in layout.shapes:
                # A ring is hollow, and what holds another shape shows that one.
                beside = {"ring": 0.85, "cross": 0.7, "square": 0.7}.get(shape.shape, 0)
                if scene.relation == "in" and shape.radius > 20:
                    beside = beside or 0.75
                x = int(shape.x + beside * shape.radius)
                # A small ring is less than two pixels wide, and its edges are smooth.
                most = 60 if shape.shape == "ring" else 40
                assert np.abs(picture[int(shape.y), x] - shape.colour).max() < most
            apart = np.abs(picture - layout.background).max(axis=2) > 40
            wanted = len(layout.shapes)
            if scene.relation == "in" and scene.second.shape != "ring":
                wanted = 1
            assert parts_of(apart) == wanted


def areas(shape):
    """Share of its square that a shape covers: an average over pictures."""
    for angle in (-5.0, 0.0, 5.0):
        layout = scenes.Layout(
            (255, 255, 255), [scenes.Shape(shape, (0, 0, 0), 32, 32, 24.0, angle)]
        )
        picture = np.asarray(scenes.draw(layout)).astype(float)
        yield (1 - picture / 255).sum() / 3 / 48**2


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        ("circle", np.pi / 4),
        ("ring", np.pi / 4 * (1 - 0.7**2)),
        ("square", 0.92**2),
        ("triangle", 1.85 / 4),
        ("cross", (4 * 0.66 - 0.66**2) / 4),
    ],
)
def test_areas_of_shapes(shape, area):
    assert list(areas(shape)) == pytest.approx(3 * [area], rel=0.04)


def test_edges_are_smooth(data):
    # Besides background and colours a picture has many values in between.
    counts = [
        len(np.unique(pixels(row).reshape(-1, 3), axis=0)) for row in data["train"][:50]
    ]
    assert min(counts) > 10


# Seeds.


def digest(data):
    told = repr([(name, rows) for name, rows in data.items()])
    return hashlib.sha256(told.encode()).hexdigest()


def test_the_same_seed_gives_the_same_pictures_in_every_process(data, run_python):
    small = {"train": 20, "validation": 3, "test": 10}
    code = (
        "import hashlib; from seqkit.samples import captioning\n"
        f"data = captioning.splits(**{small})\n"
        "told = repr([(name, rows) for name, rows in data.items()])\n"
        "print(hashlib.sha256(told.encode()).hexdigest())"
    )
    here = captioning.splits(**small)
    assert run_python(code, PYTHONHASHSEED="7").strip() == digest(here)
    assert here["train"] == data["train"][:20]
    other = captioning.splits(seed=1, **small)
    assert not set(texts(other["train"])) & set(texts(here["train"]))


def test_too_many_pictures(monkeypatch):
    scene = next(iter(captioning.draw_splits(0, {"validation": 1})))[1][0][0]
    monkeypatch.setattr(scenes.Sampler, "scene", lambda self, rng: scene)
    expected = "split 'validation'.*2 pictures, found only 1"
    with pytest.raises(DataError, match=expected):
        captioning.splits(train=0, validation=2, test=0)


def test_as_a_dataset(data, tmp_path):
    few = {name: rows[:10] for name, rows in data.items()}
    splits = load_captions(None, sample=lambda: few, cache_dir=tmp_path)
    assert [len(split) for split in splits.values()] == [10, 10, 10]
    assert [one[0] for one in splits["test"]["captions"][:]] == texts(few["test"])
    with open(splits["test"]["image"][3], "rb") as file:
        assert file.read() == few["test"][3]["image"]
