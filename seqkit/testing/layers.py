"""What every layer must hold, checked in one place, on the current Keras backend."""

import functools
import inspect
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import keras
import numpy as np
from keras import ops, tree

from seqkit.testing.arrays import (
    as_one_program,
    assert_close,
    gradients,
    is_float,
    leaves,
    pack,
    right_padded_mask,
    to_numpy,
)

# One is enough on JAX, where each program takes a second to compile.
HALF_POLICIES = (
    ("mixed_bfloat16",)
    if keras.backend.backend() == "jax"
    else ("mixed_float16", "mixed_bfloat16")
)
HALF_TOLERANCE = {"mixed_float16": 2e-2, "mixed_bfloat16": 1e-1}


def check_layer(
    layer: Callable[[], keras.layers.Layer],
    inputs: np.ndarray | Mapping[str, Any],
    call_kwargs: Mapping[str, Any] | None = None,
    supports_mask: bool | Mapping[str, str | list[str]] = False,
    not_in_config: Iterable[str] = (),
    supports_jit: bool = True,
    half: bool = True,
    compiled: bool = True,
    tolerance: float = 1e-5,
) -> None:
    """Checks everything that a layer must hold, for one way of building it.

    - `get_config` is JSON, holds every constructor argument and rebuilds the layer;
    - a `.keras` file restores the layer;
    - every weight has a finite gradient;
    - eager and compiled calls agree, with and without XLA, and `fit` takes a step;
    - under a mixed policy outputs are of the compute dtype, weights float32, numbers
      near;
    - more padding changes nothing.

    Args:
        layer: A layer class, or a function that returns a new layer each time, such as
            `functools.partial(LSTM, 3)`.
        inputs: One NumPy array, the first argument of `call`; or a dictionary of
            call arguments, whose first entry is the first argument. Give sequences
            of different roles different lengths: outputs are matched by length.
        call_kwargs: More call arguments: arrays (masks) or plain values.
        supports_mask: `True` if there is an argument `mask` [B, T] over the first
            input [B, T, ...]; or a dictionary from the name of each mask argument
            to the names of the inputs it pads along axis 1. Masks that `call_kwargs`
            lacks are made.
        not_in_config: Constructor arguments that `get_config` may leave out.
        supports_jit: Whether `jit_compile=True` is expected to work.
        half: Whether outputs are of the compute dtype under a mixed policy.
        compiled: Whether to check what takes the time: compiled programs, half
            precision.
        tolerance: Absolute and relative tolerance of float32 comparisons.

    Raises:
        AssertionError: Something does not hold.

    >>> import functools, numpy as np, seqkit
    >>> from seqkit.testing import check_layer
    >>> check_layer(
    ...     functools.partial(seqkit.layers.SequencePooling, "mean"),
    ...     np.ones((2, 3, 4), "float32"), supports_mask=True, compiled=False)
    """
    row = _Row(layer, inputs, call_kwargs, supports_mask)
    _check_config(row, not_in_config)
    backend = keras.backend.backend()
    if backend != "jax" or half:  # two more programs there
        _check_saving(row, tolerance)
    if backend != "jax" or not supports_jit:  # where `fit` needs every gradient
        _check_gradients(row)
    if compiled:
        # Nobody trains uncompiled on JAX, and PyTorch's compiler takes a minute.
        if backend != "jax":
            _check_training(row, jit_compile=False, tolerance=tolerance)
        if supports_jit and backend != "torch":
            _check_training(row, jit_compile=True, tolerance=tolerance)
        if half:
            _check_half_precision(row)
    if supports_mask:
        _check_padding(row, tolerance)


class _Row:
    """A way to make a layer, and its call arguments as arrays."""

    def __init__(self, make, inputs, call_kwargs, supports_mask):
        self.make = make
        self.layer_cls = type(make())
        parameters = list(inspect.signature(self.layer_cls.call).parameters)
        if not isinstance(inputs, Mapping):
            inputs = {parameters[1]: inputs}
        self.first = next(iter(inputs))
        masks = supports_mask or {}
        if masks is True:
            masks = {"mask": [self.first]}
        self.masks = {name: list(np.atleast_1d(of)) for name, of in masks.items()}
        call = {**inputs, **(call_kwargs or {})}
        for name, padded in self.masks.items():
            if name not in call:
                call[name] = right_padded_mask(*call[padded[0]].shape[:2])

        def is_array(value):
            return isinstance(tree.flatten(value)[0], np.ndarray)

        call = {k: (v, v is not None and is_array(v)) for k, v in call.items()}
        self.arrays = {k: v for k, (v, array) in call.items() if array}
        self.plain = {k: v for k, (v, array) in call.items() if not array}
        self.data = tree.flatten(self.arrays)

    def model(self, layer):
        """The layer alone in a functional model; all its outputs in a flat list."""
        symbols = tree.map_structure(
            lambda a: keras.Input(batch_shape=a.shape, dtype=a.dtype.name), self.arrays
        )
        arguments = {**symbols, **self.plain}
        outputs = layer(arguments.pop(self.first), **arguments)
        return keras.Model(pack(tree.flatten(symbols)), leaves(outputs))

    def call(self, layer, arrays=None):
        arrays = tree.map_structure(ops.convert_to_tensor, arrays or self.arrays)
        if not layer.built:
            self.model(layer)

        def run(arrays):
            arguments = {**arrays, **self.plain}
            return leaves(layer(arguments.pop(self.first), **arguments))

        return [to_numpy(leaf) for leaf in as_one_program(run)(arrays)]


def _check_config(row, not_in_config):
    layer, cls = row.make(), row.layer_cls
    config = layer.get_config()
    text = json.dumps(config, sort_keys=True)
    lost = _constructor_arguments(cls) - set(config) - set(not_in_config)
    assert not lost, f"get_config of {cls.__name__} loses {sorted(lost)}"
    given = row.make.keywords if isinstance(row.make, functools.partial) else {}
    for name, value in given.items():
        plain = isinstance(value, str | int | float | bool)
        if plain and name in config and not isinstance(config[name], dict):
            assert config[name] == value, (
                f"get_config: expected {name}={value!r}, found {config[name]!r}"
            )
    again = json.dumps(cls.from_config(config).get_config(), sort_keys=True)
    assert again == text, f"from_config made {again} of {text}"


def _constructor_arguments(layer_cls):
    """Names of the arguments; those after `*args` are looked for in the next class."""
    names = set()
    for cls in layer_cls.__mro__:
        if "__init__" in vars(cls):
            parameters = inspect.signature(cls.__init__).parameters.values()
            names |= {p.name for p in parameters if p.kind < p.VAR_POSITIONAL}
            names |= {p.name for p in parameters if p.kind == p.KEYWORD_ONLY}
            if all(p.kind != p.VAR_POSITIONAL for p in parameters):
                break
    return names - {"self"}


def _check_saving(row, tolerance):
    keras.utils.set_random_seed(1)
    model = row.model(row.make())
    expected = _answers(model, row.data)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        loaded = keras.models.load_model(f"{folder}/model.keras")
    assert_close(_answers(loaded, row.data), expected, tolerance, "a loaded layer")
    for a, b in zip(loaded.weights, model.weights, strict=True):
        assert_close([a], [b], 0, f"loaded {b.path}")


def _check_gradients(row):
    keras.utils.set_random_seed(1)
    trainer = _float_outputs(row.model(row.make()))
    weights = trainer.trainable_variables
    if weights:
        _check_finite(gradients(trainer, row.data), [w.path for w in weights])


def _check_finite(found, names):
    for name, gradient in zip(names, found, strict=True):
        assert gradient is not None, f"no gradient for {name}"
        assert np.isfinite(gradient).all(), f"gradient of {name} is not finite"


def _check_training(row, jit_compile, tolerance):
    keras.utils.set_random_seed(1)
    model = row.model(row.make())
    model.compile("sgd", jit_compile=jit_compile)
    assert model.jit_compile == jit_compile, "the layer has supports_jit=False"
    batch, data = len(row.data[0]), pack(row.data)
    compiled = model.predict(data, verbose=0, batch_size=batch)
    eager = model(data, training=False)
    what = f"compiled with jit_compile={jit_compile}"
    assert_close(leaves(compiled), leaves(eager), tolerance, what)

    trainer = _float_outputs(model)
    if not trainer.trainable_variables:
        return
    targets = [np.zeros(o.shape, "float32") for o in trainer.outputs]
    trainer.compile(
        keras.optimizers.SGD(1e-2), loss=["mse"] * len(targets), jit_compile=jit_compile
    )
    history = trainer.fit(data, pack(targets), batch_size=batch, epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"]).all(), f"{what}: the loss is not finite"
    for w in trainer.weights:
        assert np.isfinite(to_numpy(w)).all(), f"{what}: {w.path} is not finite"


def _check_half_precision(row):
    keras.utils.set_random_seed(1)
    exact_layer = row.make()
    exact = row.call(exact_layer)
    default = keras.config.dtype_policy()
    for policy in HALF_POLICIES:
        try:
            keras.config.set_dtype_policy(policy)
            layer = row.make()
            model = row.model(layer)
        finally:
            keras.config.set_dtype_policy(default)
        for a, b in zip(exact_layer.weights, layer.weights, strict=True):
            if is_float(b):  # not the states of random generators
                b.assign(a)
        for out in filter(is_float, model.outputs):
            assert out.dtype == layer.compute_dtype, f"{policy}: output is {out.dtype}"
        for w in layer.trainable_weights:
            assert w.dtype == "float32", f"{policy}: {w.path} is {w.dtype}"
        assert_close(row.call(layer), exact, HALF_TOLERANCE[policy], policy)
        trainer = _float_outputs(model)
        weights = trainer.trainable_variables
        if weights:
            names = [f"{w.path} ({policy})" for w in weights]
            _check_finite(gradients(trainer, row.data), names)


def _check_padding(row, tolerance, extra=3):
    """Adds right padding filled with noise; positions that are kept must not change."""
    keras.utils.set_random_seed(1)
    layer = row.make()
    expected = row.call(layer)
    padded, rng = dict(row.arrays), np.random.default_rng(0)

    def pad(array, fill):
        tail = fill((array.shape[0], extra, *array.shape[2:])).astype(array.dtype)
        return np.concatenate([array, tail], axis=1)

    for mask, names in row.masks.items():
        padded[mask] = pad(row.arrays[mask], lambda s: np.zeros(s, bool))
        for name in names:
            whole = row.arrays[name].dtype.kind in "iub"  # ids stay in range
            noise = np.ones if whole else lambda s: 3 * rng.standard_normal(s)
            padded[name] = pad(row.arrays[name], noise)
    kept = {m.shape[1]: m for m in (row.arrays[name] for name in row.masks)}
    for got, want in zip(row.call(layer, padded), expected, strict=True):
        got = got[tuple(slice(n) for n in want.shape)]
        if want.ndim > 1 and want.shape[1] in kept:
            keep = kept[want.shape[1]]
            got, want = got[keep], want[keep]
        assert_close([got], [want], tolerance, "more padding")


def _answers(model, data):
    data = tree.map_structure(ops.convert_to_tensor, data)
    return as_one_program(lambda data: leaves(model(pack(data))))(data)


def _float_outputs(model):
    return keras.Model(pack(model.inputs), [o for o in model.outputs if is_float(o)])
