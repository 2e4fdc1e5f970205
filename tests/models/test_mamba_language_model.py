"""MambaLanguageModel: what it is made of, and that it streams."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.models import MambaLanguageModel
from seqkit.testing.arrays import to_numpy

V, B, T = 23, 3, 14
IDS = np.random.default_rng(0).integers(4, V, (B, T)).astype("int32")
SMALL = {"num_layers": 2, "hidden_dim": 8, "state_dim": 4}
ON_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="what TensorFlow compiles"
)
KINDS = {"tied": {}, "untied": {"tie_embeddings": False, "conv_width": 1}}


def make(batch_size=None, **options):
    model = MambaLanguageModel(V, batch_size=batch_size, **(SMALL | options))
    model.build()
    return model


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def test_it_is_its_blocks_with_norms_and_residuals(kind):
    model = make(**kind)
    x = to_numpy(model.embedding(IDS)).astype("float64")

    def norm(number, x):
        scale = to_numpy(model.norms[number].scale)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * scale
        return ops.convert_to_tensor(x.astype("float32"))

    for number, block in enumerate(model.blocks):
        x = x + to_numpy(block(norm(number, x))[0])
    want = model.embedding(norm(-1, x), reverse=True)
    np.testing.assert_allclose(to_numpy(model(IDS)), to_numpy(want), atol=1e-5)


def test_it_begins_with_small_residuals():
    model = make(hidden_dim=32)
    limit = np.sqrt(6 / (32 + 64) / 2)
    largest = np.abs(to_numpy(model.blocks[0].output_kernel)).max()
    assert 0.95 * limit < largest <= limit


def test_the_state_stays_in_float32():
    model, exact = make(B, dtype="mixed_bfloat16"), make()
    model.set_weights(exact.get_weights())
    (window, h), _ = model.initial_state(B)
    dtypes = [keras.backend.standardize_dtype(s.dtype) for s in (window, h)]
    assert dtypes == ["bfloat16", "float32"]
    found = [model({"token_ids": piece}) for piece in (IDS[:, :6], IDS[:, 6:])]
    found = np.concatenate([to_numpy(f) for f in found], axis=1)
    np.testing.assert_allclose(found, to_numpy(exact(IDS)), atol=0.1)


def test_dropout_is_drawn_in_training_alone():
    model = make(dropout=0.5)
    plain = to_numpy(model(IDS))
    np.testing.assert_allclose(to_numpy(model(IDS)), plain)
    assert np.abs(to_numpy(model(IDS, training=True)) - plain).max() > 1e-2


def test_errors_name_the_argument():
    with pytest.raises(SeqkitError, match="state_dim: expected .* found 0"):
        make(state_dim=0)
