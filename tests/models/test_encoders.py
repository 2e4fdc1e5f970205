"""An encoder from another package, in the models that take encoders by name."""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.models import Tagger, TextClassifier
from seqkit.registries import encoders, pooled_encoders

IDS = np.array([[5, 6, 7], [8, 0, 0]], "int32")


@keras.saving.register_keras_serializable(package="tests")
class Shifted(keras.layers.Layer):
    """Each vector beside the one before it, projected."""

    default_pooling = "mean"

    def __init__(self, hidden_dim, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.width, self.dropout = hidden_dim, dropout
        self.dense = keras.layers.Dense(hidden_dim, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.dense.build((None, 2 * input_shape[-1]))
        self.built = True

    def call(self, x, mask=None, training=False):
        before = ops.pad(x[:, :-1], ((0, 0), (1, 0), (0, 0)))
        return self.dense(ops.concatenate([before, x], axis=-1))


class Summed(Shifted):
    def call(self, x, mask=None, training=False):
        x = super().call(x)
        return ops.sum(ops.where(mask[:, :, None], x, 0.0), axis=1)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    for registry, part in ((encoders, Shifted), (pooled_encoders, Summed)):
        monkeypatch.setattr(registry, "_parts", dict(registry._found()))
        registry.register(part.__name__.lower(), part)


@pytest.mark.parametrize("architecture", ["shifted", "summed"])
def test_classifier(architecture, tmp_path):
    options = {"architecture": architecture, "hidden_dim": 4, "dropout": 0.25}
    model = TextClassifier(20, 3, embedding_dim=5, **options)
    logits = model({"token_ids": IDS})
    assert model.encoder.dropout == 0.25 and model.encoder.name == "encoder"
    assert model.input_dropout_layer.rate == 0.25  # Shifted has no such argument
    if architecture == "shifted":
        assert model.pooling == "mean"
    assert getattr(logits, "_keras_mask", None) is None
    more = model({"token_ids": np.pad(IDS, ((0, 0), (0, 2)))})
    np.testing.assert_allclose(more, logits, atol=1e-6)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded({"token_ids": IDS}), logits, atol=1e-6)


def test_tagger():
    model = Tagger(20, 3, architecture="shifted", hidden_dim=4, embedding_dim=5)
    assert model({"word_ids": IDS}).shape == (2, 3, 3)
    assert model.encoder.width == 4
    with pytest.raises(ValueError, match="architecture: expected .*shifted, found"):
        Tagger(20, 3, architecture="summed")
