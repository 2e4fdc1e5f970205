"""Every public layer has a row here, and every row passes the shared harness."""

import functools
import types

import keras
import numpy as np
import pytest

import seqkit.layers
import seqkit.models
from seqkit.testing import check_layer

RNG = np.random.default_rng(0)
X = RNG.standard_normal((4, 6, 5)).astype("float32")  # [B, T, D]
H, C = RNG.standard_normal((2, 4, 3)).astype("float32")  # states [B, H]

Q = RNG.standard_normal((4, 3, 5)).astype("float32")  # queries [B, T, D] to X
X4 = RNG.standard_normal((4, 6, 4)).astype("float32")  # of a width for two heads
M4 = RNG.standard_normal((4, 5, 4)).astype("float32")
X8 = RNG.standard_normal((4, 6, 8)).astype("float32")
CHARACTERS = RNG.integers(1, 9, (4, 6, 5), "int32")  # ids [B, T, C]
CHARACTERS[:, :, 4:] = 0

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
    ("LSTM", {"units": 3, "use_cudnn": False, "implementation": "loop"}, X, {}),
    ("GRU", {"units": 3}, X, {"supports_mask": True}),
    (
        "GRU",
        {"units": 3, "return_sequences": True, "return_state": True},
        {"sequences": X, "initial_state": H},
        {"supports_mask": True},
    ),
    ("GRU", {"units": 3, "reset_after": False, "implementation": "loop"}, X, {}),
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
        "RecurrentStack",
        {
            "units": 3,
            "num_layers": 2,
            "residual": True,
            "layer_normalization": "input",
            "dropout": 0.2,
            "weight_drop": 0.3,
            "return_sequences": True,
            "return_state": True,
        },
        {"sequences": X, "initial_state": [[H, C], [C, H]]},
        {"supports_mask": True},
    ),
    (
        "RecurrentStack",
        {"units": 3, "cell": "gru", "bidirectional": True, "zoneout": 0.1},
        X,
        {"supports_mask": True},
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
    *(
        (
            "Attention",
            {"score": score, "coverage": True},
            {"query": Q, "memory": X},
            {"supports_mask": {"memory_mask": "memory"}},
        )
        for score in ("additive", "general")
    ),
    (
        "PointerAttention",
        {"units": 4, "logit_clipping": 10.0},
        {"query": Q, "memory": X},
        {"supports_mask": {"memory_mask": "memory"}},
    ),
    (
        "PointerAttention",
        {"score": "scaled_dot"},
        {"query": Q, "memory": X},
        {"call_kwargs": {"pointed_mask": RNG.random((4, 3, 6)) < 0.3}},
    ),
    (
        "CopyMechanism",
        {"max_extra": 2},
        {
            "logits": RNG.standard_normal((4, 3, 7)).astype("float32"),
            "attention_weights": RNG.dirichlet(np.ones(6), (4, 3)).astype("float32"),
            "source_ids": RNG.integers(0, 9, (4, 6)).astype("int32"),
            "context": RNG.standard_normal((4, 3, 5)).astype("float32"),
            "state": Q,
            "inputs": Q[..., :2],
        },
        {"call_kwargs": {"memory_mask": np.ones((4, 6), bool)}},
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
    (
        "MultiHeadAttention",
        {"num_heads": 4, "num_key_value_heads": 2, "positions": "rotary"},
        X8,
        {
            "call_kwargs": {"use_causal_mask": True, "return_attention_scores": True},
            "supports_mask": {"value_mask": "query"},
        },
    ),
    (
        "TransformerEncoder",
        {
            "num_heads": 2,
            "intermediate_dim": 7,
            "num_key_value_heads": 1,
            "positions": "rotary",
        },
        X4,
        {
            "call_kwargs": {"use_causal_mask": True},
            "supports_mask": {"padding_mask": "x"},
        },
    ),
    (
        "TransformerDecoder",
        {
            "num_heads": 2,
            "intermediate_dim": 7,
            "num_key_value_heads": 1,
            "positions": "alibi",
        },
        {"x": X4, "memory": M4},
        {"supports_mask": {"padding_mask": "x", "memory_mask": "memory"}},
    ),
    ("SinusoidalPositionEncoding", {"max_wavelength": 100}, X, {}),
    *(
        ("SequencePooling", {"mode": mode}, X, {"supports_mask": True})
        for mode in ("max", "mean", "last")
    ),
    (
        "SequencePooling",
        {"mode": "attention", "units": 3},
        X,
        {"supports_mask": True},
    ),
    (
        "CRF",
        {
            "num_tags": 3,
            "transitions_initializer": "glorot_uniform",
            **seqkit.layers.tagging_constraints(["O", "B", "I"], "BIO"),
        },
        X[..., :3],
        {"supports_mask": True},
    ),
    (
        "CharacterEncoder",
        {"vocabulary_size": 9, "units": 3, "kernel_sizes": [2, 3], "dropout": 0.1},
        CHARACTERS,
        {},
    ),
    (
        "CharacterEncoder",
        {"vocabulary_size": 9, "units": 3, "mode": "lstm"},
        CHARACTERS,
        {"supports_jit": False},  # it does, but compiles slowly; LSTM's rows check it
    ),
    (
        "TiedEmbedding",
        {"vocabulary_size": 9, "hidden_dim": 4, "embedding_dropout": 0.1},
        CHARACTERS[..., 0],
        {},
    ),
    (
        "TiedEmbedding",
        {"vocabulary_size": 9, "hidden_dim": 4, "use_bias": True},
        X4,
        {"call_kwargs": {"reverse": True}, "half": False},  # float32 logits
    ),
    # As many rows as steps: `fit` wants a batch axis, which the codes have not.
    ("PositionEmbedding", {"max_length": 7}, X[:, :4], {}),
    ("RotaryEmbedding", {"max_wavelength": 100}, X4, {}),
    ("RotaryEmbedding", {"pairing": "interleaved"}, X8[:, :, None], {}),
    ("AlibiBias", {"max_exponent": 4}, X8[:, None], {}),
    (
        "SegmentRecurrence",
        {"horizon": 3, "segment_length": 2, "units": 4, "dropout": 0.1},
        X,
        {},
    ),
    (
        "LogMelSpectrogram",
        {"sampling_rate": 100, "num_mels": 3, "frame_length": 8, "hop_length": 4},
        RNG.standard_normal((2, 24)).astype("float32"),
        {"tolerance": 1e-4},
    ),
    (
        "SpecAugment",
        {"frequency_width": 2, "time_width": 3, "time_fraction": 0.5, "seed": 1},
        X,
        {"supports_mask": True},
    ),
    ("SelectiveSSM", {"state_dim": 3, "dt_rank": 2}, X, {"supports_mask": True}),
    (
        "SelectiveSSM",
        {"expansion": 1, "state_dim": 2, "conv_width": 3, "return_state": True},
        {"x": X, "initial_state": [X[:, :2], X[:, 2:4]]},
        # The state stays in float32; the row above compiles.
        {"supports_mask": True, "half": False, "supports_jit": False},
    ),
]


def cases():
    """The rows, each whole as a slow test, and with some of its time taken away.

    On TensorFlow the first row of each layer runs in compiled graphs by default and the
    others do not; XLA, most of the time, is left to JAX, where a program takes a second
    to compile, so that there only first rows run, and those without half precision.
    """
    seen, elsewhere = set(), keras.backend.backend() != "tensorflow"
    for number, (layer, init_kwargs, inputs, options) in enumerate(ROWS):
        name, first = f"{layer}-{number}", layer not in seen
        seen.add(layer)
        if first or not elsewhere:
            less = "half" if elsewhere else "supports_jit" if first else "compiled"
            arguments = layer, init_kwargs, inputs, options | {less: False}
            yield pytest.param(*arguments, id=name)
        arguments = layer, init_kwargs, inputs, options
        yield pytest.param(*arguments, id=f"{name}-whole", marks=pytest.mark.slow)


@pytest.mark.parametrize("name, init_kwargs, inputs, options", list(cases()))
def test_layer(name, init_kwargs, inputs, options):
    layer = getattr(seqkit.layers, name)
    if callable(init_kwargs):
        make = lambda: layer(**init_kwargs())  # noqa: E731
    else:
        make = functools.partial(layer, **init_kwargs)
    check_layer(make, inputs, **options)


def test_every_public_layer_has_a_row():
    public = {
        name
        for name, value in vars(seqkit.layers).items()
        if isinstance(value, type) and issubclass(value, keras.layers.Layer)
    }
    without = public - {row[0] for row in ROWS}
    assert not without, "layers without a row in ROWS"


def test_dir_lists_public_names_alone():
    for room in (seqkit.layers, seqkit.models):
        values = [getattr(room, name) for name in dir(room)]
        assert not any(isinstance(value, types.ModuleType) for value in values)
