"""TensorFlow Serving's JSON: rows and columns, bytes, numbers, and what is wrong."""

import base64
import json

import numpy as np
import pytest
import tensorflow as tf

from seqkit.serving.refusals import Refused
from seqkit.serving.tensors import read_tensors, write_tensors

TEXT = {"text": tf.TensorSpec([None], tf.string)}
TWO = {
    "ids": tf.TensorSpec([None, 2], tf.int32),
    "rate": tf.TensorSpec([None], tf.float32),
}
SCALAR = {"n": tf.TensorSpec([], tf.int64)}


def read(values, specs):
    arrays, rows = read_tensors(values, specs, lambda data: None)
    return {name: array.tolist() for name, array in arrays.items()}, rows


CODED = {"b64": base64.b64encode(b"\xff\x00").decode()}


@pytest.mark.parametrize(
    ("values", "specs", "found"),
    [
        ({"instances": ["a", "ü"]}, TEXT, {"text": [b"a", "ü".encode()]}),
        ({"instances": [{"text": "a"}]}, TEXT, {"text": [b"a"]}),
        ({"instances": [CODED, CODED]}, TEXT, {"text": [b"\xff\x00"] * 2}),
        ({"instances": [{"text": CODED}]}, TEXT, {"text": [b"\xff\x00"]}),
        ({"inputs": ["a", "b"]}, TEXT, {"text": [b"a", b"b"]}),
        ({"inputs": {"text": ["a"]}}, TEXT, {"text": [b"a"]}),
        (
            {"instances": [{"ids": [1, 2], "rate": 1}, {"ids": [3, 4], "rate": 0.5}]},
            TWO,
            {"ids": [[1, 2], [3, 4]], "rate": [1.0, 0.5]},
        ),
        (
            {"inputs": {"ids": [[1, 2]], "rate": [float("inf")]}},
            TWO,
            {"ids": [[1, 2]], "rate": [float("inf")]},
        ),
        ({"inputs": 7}, SCALAR, {"n": 7}),
        ({"inputs": []}, TEXT, {"text": []}),
    ],
)
def test_rows_and_columns(values, specs, found):
    assert read(values, specs) == (found, "instances" in values)


@pytest.mark.parametrize(
    ("values", "specs", "message"),
    [
        ({}, TEXT, "Missing 'inputs' or 'instances' key"),
        ({"inputs": [], "instances": []}, TEXT, "only one of"),
        ({"instances": "a"}, TEXT, "to be a list"),
        ({"instances": []}, TEXT, "No values in 'instances'"),
        ({"instances": [1]}, TEXT, "element: 0 .* 1 is not of expected type: string"),
        ({"instances": [{"txt": "a"}]}, TEXT, "keys must be equal to: text"),
        ({"instances": ["a", {"text": "a"}]}, TEXT, "element: 1 .*got object"),
        ({"instances": [{"text": "a"}, "a"]}, TEXT, "element: 1 .*got value/list"),
        ({"instances": [{"b64": "%"}]}, TEXT, "Unable to base64 decode"),
        ({"instances": [["a"]]}, TEXT, "expected the shape"),
        ({"instances": [["a"], ["b", "c"]]}, TEXT, "Expecting shape .1. but got: .2."),
        ({"instances": [1]}, TWO, "multiple input tensors required: ids, rate"),
        ({"inputs": [1]}, TWO, "multiple input tensors required: ids, rate"),
        ({"inputs": {"ids": [[1, 2]]}}, TWO, "Missing named input: rate"),
        ({"inputs": {"ids": [[1, 2], [3]], "rate": []}}, TWO, "unexpected size: 1"),
        ({"inputs": {"ids": [[1, 2], 3], "rate": []}}, TWO, "incorrect level: 1"),
        ({"inputs": {"ids": [[1, [2]]], "rate": []}}, TWO, "unexpected level: 2"),
        ({"inputs": {"ids": [[1, 2.5]], "rate": [1]}}, TWO, "2.5 is not of .*int32"),
        ({"inputs": {"ids": [[1, True]], "rate": [1]}}, TWO, "True is not of .*int32"),
        ({"inputs": {"ids": [[1, 2**40]], "rate": [1]}}, TWO, "not of .*int32"),
        ({"inputs": {"ids": [[1, 2]], "rate": [1e300]}}, TWO, "not of .*float32"),
        ({"inputs": {"ids": [[1, 2]], "rate": [10**400]}}, TWO, "not of .*float32"),
        ({"inputs": {"ids": [[1]], "rate": [1]}}, TWO, "ids: expected the shape"),
    ],
)
def test_what_is_wrong_is_said(values, specs, message):
    with pytest.raises(Refused, match=message) as error:
        read(values, specs)
    assert error.value.status == 400


def test_answers_in_rows_and_columns():
    texts = np.array([b"a", "ü".encode()], object)
    scores = np.array([0.1, -np.inf], "float32")
    both = {"texts": texts, "scores": scores}
    assert write_tensors({"texts": texts}, True) == {"predictions": ["a", "ü"]}
    assert write_tensors({"texts": texts}, False) == {"outputs": ["a", "ü"]}
    assert write_tensors(both, True)["predictions"][0] == {"scores": 0.1, "texts": "a"}
    columns = write_tensors(both, False)["outputs"]
    assert json.dumps(columns["scores"]) == "[0.1, -Infinity]"
    coded = write_tensors({"mel_bytes": np.array([b"\xff\x00"], object)}, True)
    assert coded == {"predictions": [CODED]}


def test_numbers_are_the_shortest_that_are_equal():
    numbers = np.random.default_rng(0).normal(size=200).astype("float32")
    found = write_tensors({"x": numbers}, False)["outputs"]
    assert np.array_equal(np.array(found, "float32"), numbers)
    assert max(len(repr(one)) for one in found) < 16


def test_rows_need_equally_many_of_everything():
    with pytest.raises(Refused, match="inconsistent batch size"):
        write_tensors({"a": np.zeros(2), "b": np.zeros(3)}, True)
    with pytest.raises(Refused, match="inconsistent batch size"):
        write_tensors({"a": np.zeros(())}, True)
