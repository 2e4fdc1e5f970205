"""Every public layer has a row here, and every row passes the shared harness."""

import keras
import numpy as np
import pytest

import seqkit.layers

from .harness import check_layer

RNG = np.random.default_rng(0)
X = RNG.standard_normal((4, 6, 5)).astype("float32")  # [B, T, D]
H, C = RNG.standard_normal((2, 4, 3)).astype("float32")  # states [B, H]

Q = RNG.standard_normal((4, 3, 5)).astype("float32")  # queries [B, T, D] to X
X4 = RNG.standard_normal((4, 6, 4)).astype("float32")  # of a width for two heads
M4 = RNG.standard_normal((4, 5, 4)).astype("float32")

# (name in seqkit.layers, constructor arguments or a callable that makes them,
#  inputs, further arguments of check_layer)
ROWS = [
    ("SimpleRNN", {"units": 3}, X, {"supports_mask": True}),
    (
        "SimpleRNN",
        {"units": 3, "return_sequences": True, "activity_regularizer": "l2"},
        {"sequences": X, "initial_state": H},
        {"supports_mask": True},
    ),
    ("LSTM", {"units": 3}, X, {"supports_mask": True}),
    (
        "LSTM",
        {"units": 3, "return_sequences": True, "return_state": True, "dropout": 0.2},
        {"sequences": X, "initial_state": [H, C]},
        {"supports_mask": True},
    ),
    ("LSTM", {"units": 3, "use_cudnn": False, "kernel": "loop"}, X, {}),
    ("GRU", {"units": 3}, X, {"supports_mask": True}),
    (
        "GRU",
        {"units": 3, "return_sequences": True, "return_state": True},
        {"sequences": X, "initial_state": H},
        {"supports_mask": True},
    ),
    ("GRU", {"units": 3, "reset_after": False, "kernel": "loop"}, X, {}),
    (
        "Bidirectional",
        lambda: {"layer": seqkit.layers.LSTM(3, return_sequences=True)},
        X,
        {"supports_mask": True, "not_in_config": ("weights",)},
    ),
    (
        "Bidirectional",
        lambda: {
            "layer": seqkit.layers.GRU(3, return_state=True),
            "merge_mode": "sum",
        },
        X,
        {"supports_mask": True, "not_in_config": ("weights",)},
    ),
    (
        "Attention",
        {"units": 4, "score": "additive"},
        {"query": Q, "memory": X},
        {"supports_mask": {"memory_mask": "memory"}},
    ),
    (
        "Attention",
        {"score": "general"},
        {"query": Q[..., :3], "memory": X},
        {"supports_mask": {"memory_mask": "memory"}},
    ),
    (
        "Attention",
        {"score": "location", "max_positions": 4},
        {"query": Q, "memory": X},
        {"supports_mask": {"memory_mask": "memory"}},
    ),
    *(
        (
            "Attention",
            {"score": score},
            {"query": Q, "memory": X},
            {"supports_mask": {"memory_mask": "memory"}},
        )
        for score in ("dot", "scaled_dot", "cosine")
    ),
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "value_dim": 2, "output_dim": 4, "dropout": 0.1},
        {"query": Q, "value": X},
        {
            "call_kwargs": {"return_attention_scores": True},
            "supports_mask": {"value_mask": "value"},
        },
    ),
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "use_bias": False},
        X,
        {
            "call_kwargs": {"use_causal_mask": True},
            "supports_mask": {"value_mask": "query"},
        },
    ),
    (
        "FeedForward",
        {"intermediate_dim": 7, "activation": "gelu", "dropout": 0.1},
        X,
        {},
    ),
    (
        "TransformerEncoder",
        {"num_heads": 2, "intermediate_dim": 7, "dropout": 0.1},
        X4,
        {"supports_mask": {"padding_mask": "x"}},
    ),
    (
        "TransformerEncoder",
        {"num_heads": 2, "intermediate_dim": 7, "normalize_first": False},
        X4,
        {"supports_mask": {"padding_mask": "x"}},
    ),
    (
        "TransformerDecoder",
        {"num_heads": 2, "intermediate_dim": 7, "attention_dropout": 0.1},
        {"x": X4, "memory": M4},
        {"supports_mask": {"padding_mask": "x", "memory_mask": "memory"}},
    ),
    (
        "TransformerDecoder",
        {"num_heads": 2, "intermediate_dim": 7, "normalize_first": False},
        {"x": X4, "memory": M4},
        {
            "call_kwargs": {"return_attention_scores": True},
            "supports_mask": {"memory_mask": "memory"},
        },
    ),
    ("SinusoidalPositionEncoding", {"max_wavelength": 100}, X, {}),
]


@pytest.mark.parametrize(
    "name, init_kwargs, inputs, options",
    ROWS,
    ids=[f"{row[0]}-{number}" for number, row in enumerate(ROWS)],
)
def test_layer(name, init_kwargs, inputs, options):
    check_layer(getattr(seqkit.layers, name), init_kwargs, inputs, **options)


def test_every_public_layer_has_a_row():
    public = {
        name
        for name, value in vars(seqkit.layers).items()
        if isinstance(value, type) and issubclass(value, keras.layers.Layer)
    }
    assert public <= {row[0] for row in ROWS}, "a layer without a row"
