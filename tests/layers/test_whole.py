"""What one call of a library runs, on JAX and PyTorch, against the loop.

Without a GPU the call is that of JAX's own reference of cuDNN, and PyTorch's on a CPU;
where there is one, it is cuDNN itself.
"""

import keras
import numpy as np
import pytest
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import GRU, LSTM, Bidirectional, RecurrentStack
from seqkit.layers.recurrent_cells import recurrent_layer
from seqkit.layers.whole import cudnn_obstacles
from seqkit.testing.arrays import (
    as_one_program,
    assert_close,
    gradients,
    leaves,
    to_numpy,
)

from .test_recurrent import gpus

BACKEND = keras.backend.backend()
pytestmark = pytest.mark.skipif(
    BACKEND == "tensorflow", reason="TensorFlow has kernels of its own"
)
B, T, D, H = 4, 6, 5, 3
CELLS = [LSTM] if BACKEND == "jax" else [LSTM, GRU]
CELL = pytest.mark.parametrize("cls", CELLS)
X = np.random.default_rng(0).standard_normal((B, T, D)).astype("float32")
PADDED = np.arange(T) < np.array([6, 1, 4, 5])[:, None]
HOLES = np.array(
    [[1, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [0, 1, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1]]
).astype(bool)


@pytest.fixture
def gpu(monkeypatch):
    """As if the tensors were on a GPU of CUDA, if they are not."""
    if BACKEND == "torch":
        import torch

        from seqkit.layers import fused_torch

        if gpus():
            monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
        else:
            monkeypatch.setattr(fused_torch, "reaches_cudnn", lambda tensor: True)
        yield
        return
    import jax
    from jax.experimental import rnn

    from seqkit.layers import cudnn_jax

    if gpus():
        with jax.default_matmul_precision("highest"):
            yield
        return
    monkeypatch.setattr(cudnn_jax, "reaches_cudnn", lambda tensor: True)

    def reference(x, h, c, weights, seq_lengths, precision, **sizes):
        assert {a.dtype.name for a in (x, h, c, weights)} == {"float32"}
        shape = [sizes[n] for n in ("input_size", "hidden_size", "num_layers")] + [
            sizes["bidirectional"]
        ]
        parts = rnn.unpack_lstm_weights(weights, *shape)
        return rnn.lstm_ref(x, h, c, *parts, seq_lengths=seq_lengths, **sizes)

    monkeypatch.setattr(rnn, "lstm", reference)
    yield


def made(cls, kind, implementation, policy="float32"):
    options = {"implementation": implementation, "dtype": policy}
    if kind == "stack":
        name = cls.__name__.lower()
        more = {"cell": name, "bidirectional": True, "return_sequences": True}
        return RecurrentStack([H, H], return_state=True, **more, **options)
    options |= {"return_sequences": kind != "last", "return_state": True}
    if kind.startswith("both"):
        options["return_sequences"] = kind == "both"
        return Bidirectional(cls(H, **options), dtype=policy)
    return cls(H, go_backwards=kind == "backwards", **options)


def in_use(layer):
    if isinstance(layer, RecurrentStack):
        layers = [*layer.recurrent_layers, *layer.backward_layers]
    elif isinstance(layer, Bidirectional):
        layers = [layer.forward_layer, layer.backward_layer]
    else:
        layers = [layer]
    (name,) = {one.implementation_in_use for one in layers}
    return name


def same_models(cls, kind, mask, policy="float32", implementations=("cudnn", "loop")):
    """Layers of the same weights as models of the inputs, states and mask."""
    layers = [made(cls, kind, name, policy) for name in implementations]
    data = [X] if mask is None else [X, mask]
    models = []
    for layer in layers:
        x = keras.Input((T, D))
        more = [] if mask is None else [keras.Input((T,), dtype="bool")]
        found = leaves(layer(x, mask=more[0]) if more else layer(x))
        models.append(keras.Model([x, *more], found))
    rng = np.random.default_rng(1)
    values = [0.5 * rng.standard_normal(w.shape) for w in layers[0].weights]
    for layer in layers:
        layer.set_weights(values)
    return layers, models, data


@CELL
@pytest.mark.parametrize("kind", ["last", "backwards", "both", "both ends", "stack"])
@pytest.mark.parametrize(
    "mask", [None, PADDED, HOLES], ids=["no mask", "right-padded", "holes"]
)
def test_equals_the_loop(gpu, cls, kind, mask):
    layers, models, data = same_models(cls, kind, mask)
    data = [ops.convert_to_tensor(array) for array in data]
    assert_close(*(as_one_program(model)(data) for model in models), 1e-5)
    assert [in_use(layer) for layer in layers] == ["cudnn", "loop"]
    tolerance = 2e-4 if gpus() else 2e-5  # sums in another order
    assert_close(
        *(gradients(model, data, inputs_too=True) for model in models), tolerance
    )


@CELL
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "bfloat16"])
def test_half_precision_is_widened_and_narrowed_again(gpu, cls, policy):
    layers, models, data = same_models(cls, "both", PADDED, policy)
    data = [ops.convert_to_tensor(array) for array in data]
    halves, loops = (as_one_program(model)(data) for model in models)
    narrow = layers[0].compute_dtype
    assert {ops.dtype(half) for half in halves} == {narrow}
    assert in_use(layers[0]) == "cudnn"
    # Within, cuDNN rounds less than the loop does.
    assert_close(map(to_numpy, halves), map(to_numpy, loops), 5e-2)
    found, wanted = (gradients(model, data, inputs_too=True) for model in models)
    for a, b in zip(found, wanted, strict=True):
        assert np.abs(a - b).max() < 0.05 * np.abs(b).max()


def test_initial_states_of_both_directions(gpu):
    rng = np.random.default_rng(2)
    states = [ops.convert_to_tensor(s) for s in rng.standard_normal((4, B, H))]
    states = [ops.cast(state, "float32") for state in states]
    results, weights = [], None
    for implementation in ("cudnn", "loop"):
        layer = made(LSTM, "both", implementation)
        layer.build(X.shape)
        weights = weights or layer.get_weights()
        layer.set_weights(weights)
        mask = ops.convert_to_tensor(HOLES)
        results.append(layer(X, initial_state=states, mask=mask))
    assert_close(*results, 1e-5)


@pytest.mark.parametrize("kind", ["both", "stack"])
def test_both_directions_are_one_call(gpu, monkeypatch, kind):
    module, name = _library_call()
    calls, whole = [], getattr(module, name)
    monkeypatch.setattr(
        module,
        name,
        lambda *args, **options: calls.append(1) or whole(*args, **options),
    )
    made(LSTM, kind, "auto")(X, mask=ops.convert_to_tensor(PADDED))
    assert len(calls) == (2 if kind == "stack" else 1)


def _library_call():
    if BACKEND == "jax":
        from seqkit.layers import cudnn_jax

        return cudnn_jax, "lstm"
    from seqkit.layers import fused_torch

    return fused_torch, "recurrence"


def test_weight_drop_is_not_bypassed_by_the_joint_call(gpu):
    layer = Bidirectional(recurrent_layer("lstm", 20, weight_drop=0.5))
    x = ops.convert_to_tensor(X)
    still, *drawn = (to_numpy(layer(x, training=t)) for t in (False, True, True))
    assert in_use(layer) == "cudnn"
    assert np.abs(drawn[0] - still).max() > 1e-3
    assert np.abs(drawn[0] - drawn[1]).max() > 1e-3


def test_layers_that_cannot_be_joined_run_apart(gpu):
    layer = Bidirectional(LSTM(H), backward_layer=LSTM(H, "relu", go_backwards=True))
    layer(X)
    names = [layer.forward_layer, layer.backward_layer]
    names = [one.implementation_in_use for one in names]
    assert names[0] == "cudnn" and names[1] != "cudnn"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"activation": "relu"}, "activation='tanh', found 'relu'"),
        ({"recurrent_activation": "relu"}, "recurrent_activation='sigmoid'"),
        ({"use_bias": False}, "use_bias=True, found False"),
        ({"unroll": True}, "unroll=False, found True"),
        ({"recurrent_dropout": 0.5}, "recurrent_dropout=0, found 0.5"),
    ],
)
def test_what_cudnn_lacks_is_said_and_not_taken(gpu, options, found):
    layer = LSTM(H, **options)
    layer(X)
    assert layer.implementation_in_use != "cudnn"
    with pytest.raises(
        SeqkitError, match=f"cudnn' cannot run here: expected .*{found}"
    ):
        LSTM(H, implementation="cudnn", **options)(X)


@pytest.mark.skipif(BACKEND != "jax", reason="on JAX")
def test_jax_has_no_gru_of_cudnn(gpu):
    layer = GRU(H)
    layer(X)
    assert layer.implementation_in_use == "loop"
    with pytest.raises(SeqkitError, match="an LSTM, all that JAX has.*found a GRU"):
        GRU(H, implementation="cudnn")(X)


@pytest.mark.skipif(BACKEND != "jax", reason="on JAX")
def test_jax_has_no_float64_of_cudnn(gpu):
    (problem,) = cudnn_obstacles(LSTM(H, dtype="float64"), ops.convert_to_tensor(X))
    assert problem == "expected a precision of at most float32, found float64"


@pytest.mark.skipif(BACKEND != "jax", reason="on JAX")
def test_several_devices_take_the_loop(gpu, monkeypatch):
    """XLA does not split a call of cuDNN: each device would do the whole batch."""
    device = keras.distribution.list_devices()[0]
    parallel = keras.distribution.DataParallel(devices=[device, device])
    monkeypatch.setattr(keras.distribution, "distribution", lambda: parallel)
    layer = LSTM(H)
    layer(X)
    assert layer.implementation_in_use == "loop"
    with pytest.raises(SeqkitError, match="found a distribution over 2"):
        LSTM(H, implementation="cudnn")(X)


@pytest.mark.skipif(BACKEND != "torch", reason="on PyTorch")
def test_every_parameter_is_a_view_of_one_tensor_in_the_order_of_cudnn():
    import torch

    from seqkit.layers import fused_torch

    kernels = [torch.arange(5.0 * 12).view(5, 12), torch.zeros(3, 12), torch.ones(12)]
    found = fused_torch._parameters(fused_torch.FusedLSTM(), [kernels, kernels])
    storage = found[0].untyped_storage().data_ptr()
    assert {one.untyped_storage().data_ptr() for one in found} == {storage}
    assert torch.equal(found[0], kernels[0].T) and torch.equal(found[2], kernels[2])
    # Matrices of both directions come first.
    starts = [one.storage_offset() for one in found]
    assert sorted(starts) == [starts[n] for n in (0, 1, 4, 5, 2, 3, 6, 7)]


@pytest.mark.skipif(BACKEND != "jax" or gpus(), reason="on JAX without a GPU")
@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("kind", ["sequences", "both", "stack"])
def test_lowers_for_cuda(monkeypatch, policy, kind):
    """Forwards and backwards lower to cuDNN, without a GPU but in its descriptor."""
    import jax
    from jax._src.lib import gpu_rnn
    from jax.experimental import rnn
    from jax.interpreters import mlir

    from seqkit.layers import cudnn_jax

    monkeypatch.setattr(cudnn_jax, "reaches_cudnn", lambda tensor: True)
    sizes = "compute_rnn_workspace_reserve_space_sizes"
    monkeypatch.setattr(gpu_rnn, sizes, lambda *_: (64, 64), raising=False)

    class Descriptor:
        build_rnn_descriptor = staticmethod(lambda *_: b"")

    for primitive, lowering in (
        (rnn.rnn_fwd_p, gpu_rnn._rnn_fwd_lowering),
        (rnn.rnn_bwd_p, gpu_rnn._rnn_bwd_lowering),
    ):
        lower = lambda *a, lowering=lowering, **k: lowering(Descriptor, "cu", *a, **k)  # noqa: E731
        mlir.register_lowering(primitive, lower, platform="cuda")
    layer = made(LSTM, kind, "cudnn", policy)
    layer.build(X.shape)
    variables = [v.value for v in layer.trainable_variables]
    fixed = [v.value for v in layer.non_trainable_variables]

    def loss(variables, x, mask):
        outputs, _ = layer.stateless_call(variables, fixed, x, mask=mask)
        return sum(ops.sum(ops.cast(y, "float32")) for y in leaves(outputs))

    traced = jax.jit(jax.value_and_grad(loss)).trace(variables, X, PADDED)
    text = traced.lower(lowering_platforms=("cuda",)).as_text()
    calls = 2 if kind == "stack" else 1
    assert text.count("@cudnn_rnn_ffi") == text.count("@cudnn_rnn_bwd_ffi") == calls
