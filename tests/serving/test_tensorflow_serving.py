"""The REST interface of TensorFlow Serving, of an exported model."""

import base64
import io
import shutil

import keras
import pytest
import tensorflow as tf
from PIL import Image

from seqkit.export import Signature, save_model
from seqkit.serving import create_app
from tests.serving.conftest import Client


def lengths(text, rate):
    sizes = tf.cast(tf.strings.length(text), tf.float32)
    return {"sizes": sizes * rate, "texts": text}


def repeat(max_length):
    return {"ones": tf.ones([max_length])}


def refuse(text):
    with tf.control_dependencies([tf.debugging.assert_none_equal(text, "bad")]):
        return {"text_bytes": tf.identity(text)}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with two versions of a model of three signatures."""
    folder = tmp_path_factory.mktemp("exported")
    text = tf.TensorSpec([None], tf.string, name="text")
    rate = tf.TensorSpec([None], tf.float32, name="rate")
    size = tf.TensorSpec([], tf.int32, name="max_length")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    signatures = {
        "serving_default": Signature(refuse, (text,)),
        "lengths": Signature(lengths, (text, rate)),
        "repeat": Signature(repeat, (size,)),
    }
    save_model(folder / "9", model, signatures)
    shutil.copytree(folder / "9", folder / "10")
    (folder / "notes").mkdir()
    return folder


@pytest.fixture(scope="module")
def client(exported):
    return Client(create_app({"it": exported}, max_text=50, max_pixels=100))


def coded(data):
    return {"b64": base64.b64encode(data).decode()}


def test_the_last_version_is_served_with_its_number(client, exported):
    fine = {"error_code": "OK", "error_message": ""}
    state = {"version": "10", "state": "AVAILABLE", "status": fine}
    for path in ("/v1/models/it", "/v1/models/it/versions/10"):
        assert client.get(path).json() == {"model_version_status": [state]}
    one = Client(create_app({"it": exported / "9"}))
    status = one.get("/v1/models/it").json()["model_version_status"]
    assert status[0]["version"] == "9"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("no", "Latest(no)"),
        ("it/versions/9", "Specific(it, 9)"),
        ("it/versions/x", "Specific(it, x)"),
        ("it/versions/" + "9" * 5000, "Specific(it, 99999999999999999999)"),
    ],
    ids=["no", "other", "letters", "endless"],
)
def test_models_and_versions_that_there_are_not(client, path, found):
    error = {"error": f"Servable not found for request: {found}"}
    for response in (
        client.get(f"/v1/models/{path}"),
        client.post(f"/v1/models/{path}:predict", {"instances": ["a"]}),
    ):
        assert (response.status_code, response.json()) == (404, error)


def test_metadata(client):
    found = client.get("/v1/models/it/metadata").json()
    assert found["model_spec"]["version"] == "10"
    signatures = found["metadata"]["signature_def"]["signature_def"]
    assert set(signatures) == {"serving_default", "lengths", "repeat"}
    inputs = signatures["lengths"]["inputs"]
    assert inputs["text"]["dtype"] == "DT_STRING"
    assert inputs["rate"]["dtype"] == "DT_FLOAT"
    outputs = signatures["lengths"]["outputs"]
    assert {k: one["dtype"] for k, one in outputs.items()} == {
        "sizes": "DT_FLOAT",
        "texts": "DT_STRING",
    }
    assert inputs["rate"]["tensor_shape"]["dim"] == [{"size": "-1", "name": ""}]


ROWS = [{"text": "a", "rate": 1}, {"text": "bcd", "rate": 0.5}]


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"instances": ["a"]}, {"predictions": [coded(b"a")]}),
        ({"instances": [coded(b"\xff")]}, {"predictions": [coded(b"\xff")]}),
        ({"inputs": ["a", "b"]}, {"outputs": [coded(b"a"), coded(b"b")]}),
        (
            {"signature_name": "lengths", "instances": ROWS},
            {
                "predictions": [
                    {"sizes": 1.0, "texts": "a"},
                    {"sizes": 1.5, "texts": "bcd"},
                ]
            },
        ),
        (
            {"signature_name": "lengths", "inputs": {"text": ["abc"], "rate": [0.1]}},
            {"outputs": {"sizes": [0.3], "texts": ["abc"]}},
        ),
        ({"signature_name": "repeat", "inputs": 2}, {"outputs": [1.0, 1.0]}),
    ],
)
def test_predict(client, values, answer):
    for path in ("it", "it/versions/10"):
        response = client.post(f"/v1/models/{path}:predict", values)
        assert response.status_code == 200, response.text
        found = response.json()
        if "sizes" in str(found) and "outputs" in found:
            found["outputs"]["sizes"] = [
                round(one, 5) for one in found["outputs"]["sizes"]
            ]
        assert found == answer


def bytes_of_image(*size):
    file = io.BytesIO()
    Image.new("RGB", size).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("values", "status", "message"),
    [
        ([], 400, "Is not object"),
        ({"instances": ["a"], "signature_name": 7}, 400, "must be a string"),
        ({"instances": ["a"], "signature_name": "no"}, 400, '"no" not found'),
        ({"instances": ["bad"]}, 400, "the model cannot compute these inputs"),
        ({"instances": ["a"] * 257}, 400, "at most 256 rows"),
        ({"instances": ["a" * 201]}, 413, "at most 200 bytes, found 201"),
        ({"instances": [coded(bytes_of_image(11, 10))]}, 413, "100 pixels"),
        ({"signature_name": "repeat", "inputs": 10**9}, 400, "at most 1000, found"),
        ({"signature_name": "repeat", "instances": [1]}, 400, "expected the shape"),
        ({"signature_name": "repeat", "inputs": -1}, 400, "cannot compute"),
    ],
)
def test_what_is_refused(client, values, status, message):
    response = client.post("/v1/models/it:predict", values)
    assert response.status_code == status
    assert message in response.json()["error"]
    assert "Traceback" not in response.text and "File " not in response.text


def test_only_this_form_is_answered(client):
    response = client.post("/predict", {"inputs": "a"})
    assert response.status_code == 404
    assert "POST /v1/models/it:predict" in response.json()["error"]
    (model,) = client.get("/models").json()
    assert model["input"] == "json" and model["schemas"] == {}
    assert client.get("/openapi.json").status_code == 200


def test_it_is_loaded_again_with_its_newest_version(exported, tmp_path):
    folder = shutil.copytree(exported, tmp_path / "it")
    client = Client(create_app({"it": folder}))
    shutil.copytree(folder / "9", folder / "11")
    assert client.post("/models/it/reload").json()["version"] == 11
    for number in ("9", "10", "11"):
        shutil.rmtree(folder / number)
    assert client.post("/models/it/reload").status_code == 409
    answer = client.post("/v1/models/it:predict", {"instances": ["a"]})
    assert answer.status_code == 200


def test_a_folder_that_is_no_saved_model(tmp_path):
    from seqkit.errors import SeqkitError

    (tmp_path / "saved_model.pb").write_bytes(b"no model")
    with pytest.raises(SeqkitError, match="expected a SavedModel, found"):
        create_app({"it": tmp_path})
