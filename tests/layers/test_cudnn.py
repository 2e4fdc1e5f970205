"""What only a GPU of CUDA can show: that what is called cuDNN is cuDNN.

`test_whole.py` compares its numbers there. For JAX and for PyTorch, in this folder:

    KERAS_BACKEND=jax python -m pytest test_cudnn.py test_whole.py
"""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.layers import GRU, LSTM, Bidirectional
from seqkit.testing.arrays import assert_close, gradients, to_numpy
from seqkit.training.device_memory import DeviceMemory

from .test_recurrent import gpus

BACKEND = keras.backend.backend()
pytestmark = pytest.mark.skipif(
    BACKEND == "tensorflow" or not gpus(), reason="no GPU on JAX or PyTorch"
)
B, T, D, H = 8, 20, 24, 32
POLICIES = ["float32", "mixed_float16", "mixed_bfloat16", "float16", "bfloat16"]
CALL = 'custom_call_target="cudnn_rnn_ffi"'
X = np.random.default_rng(0).standard_normal((B, T, D)).astype("float32")
MASK = np.arange(T) < np.linspace(T, 1, B).astype(int)[:, None]


def calls_of_cudnn(layer, mask):
    """How many times the device calls cuDNN's recurrence, forwards."""
    arguments = ops.convert_to_tensor(X), ops.convert_to_tensor(mask)
    if BACKEND == "jax":
        import jax

        def run(x, mask):
            return layer(x, mask=mask)

        return jax.jit(run).lower(*arguments).compile().as_text().count(CALL)
    import torch

    CPU = torch.profiler.ProfilerActivity.CPU

    with torch.no_grad(), torch.profiler.profile(activities=[CPU]) as profile:
        layer(arguments[0], mask=arguments[1])
    names = [event.name for event in profile.events()]
    return names.count("aten::_cudnn_rnn")


@pytest.mark.parametrize("cls", [LSTM, GRU])
@pytest.mark.parametrize("implementation", ["auto", "loop"])
@pytest.mark.parametrize("both", [False, True], ids=["one way", "both ways"])
def test_the_implementation_in_use_is_what_the_device_runs(cls, implementation, both):
    layer = cls(H, return_sequences=True, implementation=implementation)
    layer = Bidirectional(layer) if both else layer
    layer.build(X.shape)
    calls = calls_of_cudnn(layer, MASK)
    layers = [layer.forward_layer, layer.backward_layer] if both else [layer]
    names = {one.implementation_in_use for one in layers}
    has = implementation == "auto" and (BACKEND == "torch" or cls is LSTM)
    assert names == {"cudnn" if has else "loop"}
    assert calls == (1 if has else 0)


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_crashes_and_numbers_are_near(policy):
    results = []
    for cls in [LSTM, GRU]:
        for implementation in ("auto", "loop"):
            keras.utils.set_random_seed(1)
            layer = Bidirectional(
                cls(
                    H,
                    return_sequences=True,
                    implementation=implementation,
                    dtype=policy,
                ),
                dtype=policy,
            )
            x = keras.Input((T, D), dtype=layer.compute_dtype)
            mask = keras.Input((T,), dtype="bool")
            model = keras.Model([x, mask], layer(x, mask=mask))
            narrow = ops.cast(ops.convert_to_tensor(X), layer.compute_dtype)
            results.append(gradients(model, [narrow, MASK], inputs_too=True))
            model.compile("sgd", "mse")
            loss = model.evaluate([narrow, MASK], np.ones((B, T, 2 * H)), verbose=0)
            assert np.isfinite(loss)
        for a, b in zip(*results[-2:], strict=True):
            assert np.isfinite(a).all()
            assert np.abs(a - b).max() < 0.05 * np.abs(b).max()


def test_a_training_step_follows_the_loop():
    """Three steps of `fit`, so that cuDNN's gradient is what the optimizer sees."""
    figures = []
    for implementation in ("auto", "loop"):
        keras.utils.set_random_seed(1)
        layer = LSTM(H, return_sequences=True, implementation=implementation)
        x, mask = keras.Input((T, D)), keras.Input((T,), dtype="bool")
        model = keras.Model([x, mask], layer(x, mask=mask))
        model.compile(keras.optimizers.Adam(1e-2), "mse")
        targets = np.ones((B, T, H), "float32")
        history = model.fit([X, MASK], targets, batch_size=B, epochs=3, verbose=0)
        figures.append(history.history["loss"])
    assert figures[0][-1] < figures[0][0]
    np.testing.assert_allclose(*figures, rtol=5e-3)  # TF32


def test_a_long_sequence_and_a_wide_layer():
    layers = [LSTM(650, implementation=name) for name in ("auto", "loop")]
    x = np.random.default_rng(0).standard_normal((4, 300, 64)).astype("float32")
    for layer in layers:
        layer.build(x.shape)
        layer.set_weights(layers[0].get_weights())
    results = [to_numpy(layer(x)) for layer in layers]
    assert_close(results[:1], results[1:], 5e-3)


def test_the_memory_of_the_device_is_measured():
    memory = DeviceMemory()
    assert memory.name == "the GPU" and memory.free > 1e9
    held = ops.ones((64, 1024, 1024), "float32")
    ops.convert_to_numpy(held[0, 0, 0])
    assert 2e8 < memory.taken() < 1e10


def test_the_largest_batch_is_found_by_the_memory_of_the_device():
    import seqkit

    try:
        task = seqkit.recipes.sentiment.build(
            seqkit.samples.sentiment.splits(train=200, validation=20, test=20),
            architecture="lstm",
            hidden_dim=8,
            batch_size="auto",
        )
    except ModuleNotFoundError as error:
        pytest.skip(f"batches require {error.name} here")
    assert task.options.batch_size >= 1
