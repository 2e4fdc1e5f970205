import importlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.errors import SeqkitError
from seqkit.export import Signature, save_model
from seqkit.layers.bidirectional import Bidirectional
from seqkit.layers.gru import GRU
from seqkit.layers.lstm import LSTM

SPEC = tf.TensorSpec([None, None, 3], tf.float32, name="x")
X = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")


def signatures(function):
    return {"serving_default": Signature(lambda x: {"y": function(x)}, (SPEC,))}


def recurrent_model(**arguments):
    return keras.Sequential(
        [
            keras.Input((None, 3)),
            Bidirectional(LSTM(4, return_sequences=True, **arguments)),
            keras.layers.GRU(4, return_sequences=True),
            GRU(2, **arguments),
        ]
    )


@pytest.fixture
def pretended_gpu(monkeypatch):
    """Keras picks its cuDNN kernels while tracing, as where there is a GPU."""
    rnn = importlib.import_module("keras.src.backend.tensorflow.rnn")
    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)


@pytest.mark.parametrize("implementation", ["auto", "cudnn"])
def test_recurrent_layers_are_traced_without_cudnn(
    tmp_path, pretended_gpu, implementation
):
    model = recurrent_model(implementation=implementation)
    layers = model.layers[0].forward_layer, model.layers[1], model.layers[2]
    before = [(layer.use_cudnn, layer.supports_jit) for layer in layers]

    def operations():
        traced = tf.function(model, autograph=False).get_concrete_function(SPEC)
        return {operation.type for operation in traced.graph.get_operations()}

    assert "CudnnRNNV3" in operations()
    save_model(tmp_path / "1", model, signatures(model))
    loaded = tf.saved_model.load(str(tmp_path / "1"))
    found = loaded.signatures["serving_default"](x=tf.constant(X))["y"]
    reference = recurrent_model(implementation="loop")
    reference.layers[1].use_cudnn = False
    reference.set_weights(model.get_weights())
    np.testing.assert_allclose(found, reference(X), atol=1e-5)
    # The model itself is left as it was.
    assert [(layer.use_cudnn, layer.supports_jit) for layer in layers] == before
    assert layers[0].implementation == layers[2].implementation == implementation
    assert "CudnnRNNV3" in operations()


def test_a_cudnn_operation_is_found_and_named(tmp_path, pretended_gpu):
    lstm = keras.layers.LSTM(2, name="hidden_lstm")
    lstm.build((None, None, 3))
    model = keras.Sequential([keras.Input((None, 3)), keras.layers.Dense(3)])

    def with_a_layer_that_the_model_does_not_know(x):
        return tf.cond(
            tf.size(x) > 0, lambda: lstm(model(x)), lambda: model(x)[:, 0, :2]
        )

    signature = Signature(
        lambda x: {"y": with_a_layer_that_the_model_does_not_know(x)},
        (SPEC,),
        (keras.tree.map_structure(lambda v: v.value, lstm.variables),),
    )
    with pytest.raises(
        SeqkitError, match="CudnnRNNV3 in .*hidden_lstm.*use_cudnn=False"
    ):
        save_model(tmp_path / "1", model, {"serving_default": signature})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("function", "operation"),
    [
        (lambda x: tf.numpy_function(np.tanh, [x], tf.float32), "PyFunc"),
        (lambda x: keras.ops.slice_update(x, (0, 0, 0), x), "XlaDynamicUpdateSlice"),
    ],
)
def test_what_a_server_cannot_run_is_found(tmp_path, function, operation):
    with pytest.raises(SeqkitError, match=operation):
        save_model(tmp_path / "1", recurrent_model(), signatures(function))
    assert not list(tmp_path.iterdir())


def test_an_empty_folder_is_filled(tmp_path):
    save_model(tmp_path, recurrent_model(), signatures(tf.identity))
    assert (tmp_path / "saved_model.pb").is_file()


@pytest.mark.parametrize("taken", ["folder", "file", "link"])
def test_nothing_is_overwritten(tmp_path, taken):
    path = tmp_path / "1"
    if taken == "folder":
        path.mkdir()
        (path / "kept").write_text("")
    elif taken == "file":
        path.write_text("")
    else:
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(SeqkitError, match="1: expected a new or an empty folder"):
        save_model(path, recurrent_model(), signatures(tf.identity))
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_behind_by_a_failure(tmp_path, monkeypatch):
    def fail(module, folder, **_):
        tf.io.gfile.makedirs(folder)
        raise OSError("no space left")

    monkeypatch.setattr(tf.saved_model, "save", fail)
    with pytest.raises(OSError, match="no space left"):
        save_model(tmp_path / "1", recurrent_model(), signatures(tf.identity))
    assert not list(tmp_path.iterdir())


def test_paths_of_all_forms(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = recurrent_model()
    save_model("1", model, signatures(model))
    save_model("a/b/1/", model, signatures(model))
    assert {p.name for p in tmp_path.iterdir()} == {"1", "a"}
    assert (tmp_path / "a/b/1/saved_model.pb").is_file()


@pytest.mark.skipif(
    keras.backend.backend() == "tensorflow",
    reason="for other backends: tests/test_backends.py",
)
def test_other_backends_are_sent_to_tensorflow(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(SeqkitError, match="found jax.*KERAS_BACKEND=tensorflow"):
        save_model(tmp_path / "1", model, {})
    assert not list(tmp_path.iterdir())
