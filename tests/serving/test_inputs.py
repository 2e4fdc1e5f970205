"""Inputs of each kind, as requests carry them and as `predict` takes them."""

import base64
import io

import pytest
from PIL import Image

from seqkit.registries import recipes
from seqkit.serving import Limits
from seqkit.serving.inputs import KINDS, kind_of, pixels_of
from seqkit.serving.refusals import Refused

LIMITS = Limits.settle({"max_text": 10, "max_file": 0.001, "max_pixels": 100})


def encoded(size, kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", size).save(file, kind)
    return file.getvalue()


def coded(data):
    return {"b64": base64.b64encode(data).decode()}


@pytest.mark.parametrize("name", list(recipes))
def test_every_recipe_has_a_kind_of_input(name):
    kinds = {"captioning": "image", "forecasting": "numbers", "tagging": "words"}
    kinds |= {"pointing": "points", "speech": "audio"}
    assert kind_of(recipes[name]) == kinds.get(name, "text")


@pytest.mark.parametrize(
    ("sent", "status"),
    [("/etc/passwd", 422), ([1, 2], 422), ([["a" * 9] * 200_000], 413), (b"{", 422)],
)
def test_rows_are_never_a_path(sent, status):
    with pytest.raises(Refused) as refused:
        KINDS["numbers"].read(sent, LIMITS)
    assert refused.value.status == status


@pytest.mark.parametrize("kind", KINDS)
def test_the_blank_input_of_a_kind_can_be_read(kind):
    one = KINDS[kind]
    assert one.read(one.blank(), LIMITS) == one.blank()
    assert one.size(one.blank()) >= 1


@pytest.mark.parametrize(
    ("kind", "sent", "read"),
    [
        ("text", "a\0ü🐕", "a\0ü🐕"),
        ("text", "", ""),
        ("text", "ü".encode(), "ü"),
        ("words", "a b", "a b"),
        ("words", ["a", "b"], ["a", "b"]),
        ("words", [], []),
        ("image", coded(encoded((10, 10))), encoded((10, 10))),
        ("image", encoded((1, 100), "GIF"), encoded((1, 100), "GIF")),
    ],
)
def test_what_can_be_read(kind, sent, read):
    assert KINDS[kind].read(sent, LIMITS) == read


@pytest.mark.parametrize(
    ("kind", "sent", "status", "message"),
    [
        ("text", "a" * 11, 413, "at most 10 characters, found 11"),
        ("text", "\ud800", 422, "half a character"),
        ("text", ["a"], 422, "expected a text"),
        ("words", ["a" * 5, "b" * 5], 413, "found 11"),
        ("words", ["a", 1], 422, "expected a text, found 1"),
        ("image", "a.png", 422, "in base64, found 'a.png'"),
        ("image", {"b64": "a.png"}, 422, "expected a file in base64"),
        ("image", coded(b"text"), 422, "expected an image"),
        (
            "image",
            coded(encoded((11, 10))),
            413,
            "at most 100 pixels, found one of 110",
        ),
        ("image", coded(b"a" * 1001), 413, "at most 0.001 megabytes"),
    ],
)
def test_what_cannot_be_read(kind, sent, status, message):
    with pytest.raises(Refused, match=message) as error:
        KINDS[kind].read(sent, LIMITS)
    assert error.value.status == status


def test_pixels_are_counted_by_the_header():
    assert pixels_of(encoded((7, 9))[:60]) == 63
    assert pixels_of(b"no image") is None
    assert pixels_of(b"") is None
