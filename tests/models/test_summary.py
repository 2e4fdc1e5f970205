"""What `model.summary()` shows of each kind of model."""

import keras
import pytest

from seqkit import models

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the table is of Keras"
)
SMALL = {"hidden_dim": 8, "num_heads": 2, "num_layers": 1}
MODELS = {
    "classifier": lambda: models.TextClassifier(20, 2, embedding_dim=6, **SMALL),
    "tagger": lambda: models.Tagger(
        20, 3, num_characters=9, num_shapes=4, embedding_dim=6, **SMALL
    ),
    "lstm": lambda: models.RecurrentSeq2Seq(20, hidden_dim=8),
    "transformer": lambda: models.TransformerSeq2Seq(
        20, source_vocabulary_size=30, intermediate_dim=9, **SMALL
    ),
    "stories": lambda: models.RecurrentLanguageModel(20, hidden_dim=8, batch_size=4),
    "decoder": lambda: models.TransformerLanguageModel(
        20, intermediate_dim=9, context_length=8, **SMALL
    ),
    "mamba": lambda: models.MambaLanguageModel(20, hidden_dim=8, num_layers=1),
    "captioner": lambda: models.RecurrentCaptioner(
        20, feature_dim=5, num_regions=7, hidden_dim=8
    ),
    "captions": lambda: models.TransformerCaptioner(
        20, feature_dim=5, num_regions=7, intermediate_dim=9, **SMALL
    ),
}
SHAPES = {
    "classifier": {"embedding": "(None, None, 6)", "pooling": "(None, 16)"},
    "tagger": {"embedding": "(None, None, 6)", "encoder": "(None, None, 16)"},
    "lstm": {"embedding": "(None, None, 8)", "encoder_stack": "(None, None, 16)"},
    "transformer": {"encoder_blocks_0": "(None, None, 8)"},
    "stories": {"embedding": "(4, None, 8)"},
    "captioner": {"memory_norm": "(None, 7, 8)"},
}


@pytest.mark.parametrize("name", MODELS)
def test_shapes_and_names(name, capsys):
    model = MODELS[name]()
    model.build()
    names = [layer.name for layer in model.layers]
    weights = model.get_weights()
    lines = []
    model.summary(print_fn=lambda text, **_: lines.append(text), line_length=120)
    text = "\n".join(lines)
    assert "?" not in text
    for layer, shape in SHAPES.get(name, {}).items():
        (row,) = [one for one in text.splitlines() if f" {layer} (" in one]
        assert shape in row
    assert "(None, None" in text or "(4, None" in text
    assert not any(f"dropout_{n}" in text for n in range(100))
    assert names == [layer.name for layer in model.layers], "files rest on these"
    assert all(
        (a == b).all() for a, b in zip(weights, model.get_weights(), strict=True)
    )
    assert not model.losses


def test_a_model_that_is_not_built(capsys):
    models.TextClassifier(20, 2, hidden_dim=8).summary()
    assert "text_classifier" in capsys.readouterr().out
