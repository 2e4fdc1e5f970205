"""What every layer must hold, checked in one place.

`check_layer` takes one row of the table in `test_conformance.py`. It runs on whatever
Keras backend is current; `tests/test_backends.py` runs the table again on JAX
and PyTorch.
"""

import inspect
import json

import keras
import numpy as np
from keras import ops, tree

# One is enough where each program takes a second to compile.
HALF_POLICIES = (
    ("mixed_bfloat16",)
    if keras.backend.backend() == "jax"
    else ("mixed_float16", "mixed_bfloat16")
)
HALF_TOLERANCE = {"mixed_float16": 2e-2, "mixed_bfloat16": 1e-1}


def check_layer(
    layer_cls,
    init_kwargs,
    inputs,
    call_kwargs=None,
    supports_mask=False,
    not_in_config=(),
    supports_jit=True,
    half=True,
    compiled=True,
    tolerance=1e-5,
):
    """Checks everything that a layer promises, for one way of building it.

    Args:
        layer_cls: The layer's class.
        init_kwargs: Constructor arguments, or a callable that returns fresh ones
            (needed where an argument is itself a layer).
        inputs: One NumPy array, the first argument of `call`; or a dictionary of
            call arguments, whose first entry is the first argument. Give sequences
            of different roles different lengths: outputs are matched by length.
        call_kwargs: More call arguments: arrays (masks) or plain values.
        supports_mask: `False`; or `True` for an argument `mask` [B, T] over the first
            input [B, T, ...]; or a dictionary from the name of each mask argument
            to the names of the inputs it pads along axis 1. Masks that `call_kwargs`
            does not give are made.
        not_in_config: Constructor arguments that `get_config` may leave out.
        supports_jit: Whether `jit_compile=True` is expected to work.
        half: Whether outputs are of the compute dtype under a mixed policy.
        compiled: Whether to check what takes the time: compiled programs, half
            precision.
        tolerance: Absolute and relative tolerance of float32 comparisons.
    """
    row = _Row(layer_cls, init_kwargs, inputs, call_kwargs, supports_mask)
    check_config(row, not_in_config)
    backend = keras.backend.backend()
    if backend != "jax" or half:  # there two programs more
        check_saving(row, tolerance)
    if backend != "jax" or not supports_jit:  # where no gradient is missing in `fit`
        check_gradients(row)
    if compiled:
        # On JAX nobody trains without; PyTorch's compiler is no XLA, a minute a layer.
        if backend != "jax":
            check_training(row, jit_compile=False, tolerance=tolerance)
        if supports_jit and backend != "torch":
            check_training(row, jit_compile=True, tolerance=tolerance)
        if half:
            check_half_precision(row)
    if supports_mask:
        check_padding(row, tolerance)


class _Row:
    """One layer, its constructor arguments and its call arguments as arrays."""

    def __init__(self, layer_cls, init_kwargs, inputs, call_kwargs, supports_mask):
        self.layer_cls = layer_cls
        self._init_kwargs = init_kwargs
        parameters = list(inspect.signature(layer_cls.call).parameters)
        if not isinstance(inputs, dict):
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
        is_array = {k: isinstance(tree.flatten(v)[0], np.ndarray) for k, v in
                    call.items() if v is not None}  # fmt: skip
        self.arrays = {k: v for k, v in call.items() if is_array.get(k)}
        self.plain = {k: v for k, v in call.items() if not is_array.get(k)}

    @property
    def init_kwargs(self):
        kwargs = self._init_kwargs
        return dict(kwargs() if callable(kwargs) else kwargs)

    def make(self, **more):
        return self.layer_cls(**{**self.init_kwargs, **more})

    def model(self, layer):
        """The layer alone in a functional model; all its outputs in a flat list."""
        symbols = tree.map_structure(
            lambda a: keras.Input(batch_shape=a.shape, dtype=a.dtype.name), self.arrays
        )
        arguments = {**symbols, **self.plain}
        outputs = layer(arguments.pop(self.first), **arguments)
        return keras.Model(_pack(tree.flatten(symbols)), _leaves(outputs))

    @property
    def data(self):
        return tree.flatten(self.arrays)

    def call(self, layer, arrays=None, **more):
        arrays = tree.map_structure(ops.convert_to_tensor, arrays or self.arrays)
        if not layer.built:
            self.model(layer)

        def run(arrays):
            arguments = {**arrays, **self.plain, **more}
            return _leaves(layer(arguments.pop(self.first), **arguments))

        return [to_numpy(leaf) for leaf in _as_one_program(run)(arrays)]


def check_config(row, not_in_config=()):
    """`get_config` is JSON, names every constructor argument and rebuilds the layer."""
    layer = row.make()
    config = layer.get_config()
    json.dumps(config)
    lost = constructor_arguments(row.layer_cls) - set(config) - set(not_in_config)
    assert not lost, f"get_config of {row.layer_cls.__name__} loses {sorted(lost)}"
    for name, value in row.init_kwargs.items():
        if isinstance(value, str | int | float | bool) and name in config:
            if not isinstance(config[name], dict):
                assert config[name] == value, (name, config[name], value)
    again = row.layer_cls.from_config(config).get_config()
    assert json.dumps(again, sort_keys=True) == json.dumps(
        layer.get_config(), sort_keys=True
    )


def constructor_arguments(layer_cls):
    """Names of the arguments; those behind `*args` are looked for in the next class."""
    names = set()
    for cls in layer_cls.__mro__:
        if "__init__" in vars(cls):
            parameters = inspect.signature(cls.__init__).parameters.values()
            names |= {p.name for p in parameters if p.kind < p.VAR_POSITIONAL}
            names |= {p.name for p in parameters if p.kind == p.KEYWORD_ONLY}
            if all(p.kind != p.VAR_POSITIONAL for p in parameters):
                break
    return names - {"self"}


def check_saving(row, tolerance):
    """A model that holds the layer answers the same after `.keras` save and load."""
    import tempfile

    keras.utils.set_random_seed(1)
    model = row.model(row.make())
    expected = _answers(model, row.data)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        loaded = keras.models.load_model(f"{folder}/model.keras")
    assert_close(_answers(loaded, row.data), expected, tolerance)
    for a, b in zip(loaded.weights, model.weights, strict=True):
        assert_close([a], [b], 0)


def check_gradients(row):
    """Each weight has a gradient, a finite one."""
    keras.utils.set_random_seed(1)
    trainer = _float_outputs(row.model(row.make()))
    weights = trainer.trainable_variables
    if not weights:
        return
    for weight, g in zip(weights, gradients(trainer, row.data), strict=True):
        assert g is not None, f"no gradient for {weight.path}"
        assert np.isfinite(g).all(), f"gradient of {weight.path} is not finite"


def check_training(row, jit_compile, tolerance):
    """Eager equals compiled; one `fit` step is finite."""
    keras.utils.set_random_seed(1)
    layer = row.make()
    model = row.model(layer)
    model.compile("sgd", jit_compile=jit_compile)
    assert model.jit_compile == jit_compile, "the layer says supports_jit=False"
    batch = len(row.data[0])
    compiled = model.predict(_pack(row.data), verbose=0, batch_size=batch)
    eager = model(_pack(row.data), training=False)
    assert_close(_leaves(compiled), _leaves(eager), tolerance)

    trainer = _float_outputs(model)
    if not trainer.trainable_variables:
        return
    targets = [np.zeros(o.shape, "float32") for o in trainer.outputs]
    trainer.compile(
        keras.optimizers.SGD(1e-2), loss=["mse"] * len(targets), jit_compile=jit_compile
    )
    history = trainer.fit(
        _pack(row.data), _pack(targets), batch_size=batch, epochs=1, verbose=0
    )
    assert np.isfinite(history.history["loss"]).all()
    assert all(np.isfinite(to_numpy(w)).all() for w in trainer.weights)


def check_half_precision(row):
    """Under a mixed policy: compute dtype out, float32 weights, numbers near."""
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
        dtype = layer.compute_dtype
        _copy_weights(exact_layer, layer)
        for out in model.outputs:
            if keras.backend.is_float_dtype(out.dtype):
                assert out.dtype == dtype, f"{policy}: output is {out.dtype}"
        for w in layer.trainable_weights:
            assert w.dtype == "float32", f"{policy}: {w.path} is {w.dtype}"
        got = row.call(layer)
        assert all(np.isfinite(g).all() for g in got), policy
        assert_close(got, exact, HALF_TOLERANCE[policy])
        trainer = _float_outputs(model)
        if trainer.trainable_variables:
            for g in gradients(trainer, row.data):
                assert g is not None and np.isfinite(g).all(), policy


def check_padding(row, tolerance, extra=3):
    """More right padding, filled with rubbish, changes nothing at kept positions."""
    keras.utils.set_random_seed(1)
    layer = row.make()
    expected = row.call(layer)
    padded, rng = dict(row.arrays), np.random.default_rng(0)
    for mask, names in row.masks.items():
        padded[mask] = _pad(row.arrays[mask], extra, lambda s: np.zeros(s, bool))
        for name in names:
            whole = row.arrays[name].dtype.kind in "iub"  # ids stay in range
            rubbish = np.ones if whole else lambda s: 3 * rng.standard_normal(s)
            padded[name] = _pad(row.arrays[name], extra, rubbish)
    kept = {m.shape[1]: m for m in (row.arrays[name] for name in row.masks)}
    for got, want in zip(row.call(layer, padded), expected, strict=True):
        got = got[tuple(slice(n) for n in want.shape)]
        if want.ndim > 1 and want.shape[1] in kept:
            keep = kept[want.shape[1]]
            got, want = got[keep], want[keep]
        assert_close([got], [want], tolerance)


def gradients(model, data, inputs_too=False, training=True):
    """Gradients of a fixed weighted sum of the outputs, as NumPy arrays.

    Args:
        model: A model whose outputs are all floating-point.
        data: Its inputs, a list of arrays.
        inputs_too: Whether to append the gradients of the floating-point inputs.
        training: Passed to the model.
    """
    data = [ops.convert_to_tensor(a) for a in tree.flatten(data)]
    floating = [
        i for i, a in enumerate(data)
        if keras.backend.is_float_dtype(keras.backend.standardize_dtype(a.dtype))
    ]  # fmt: skip

    def loss_of(outputs):
        total = 0.0
        for out in _leaves(outputs):
            weights = np.random.default_rng(3).standard_normal(out.shape)
            weights = ops.convert_to_tensor(weights, dtype="float32")
            total += ops.sum(ops.cast(out, "float32") * weights)
        return total

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch([data[i] for i in floating])
            loss = loss_of(model(_pack(data), training=training))
        sources = list(model.trainable_variables)
        sources = [v.value for v in sources]
        if inputs_too:
            sources += [data[i] for i in floating]
        found = tape.gradient(loss, sources)
    elif backend == "jax":
        import jax

        def loss_fn(trainable, inputs):
            full = list(data)
            for i, value in zip(floating, inputs, strict=True):
                full[i] = value
            outputs, _ = model.stateless_call(
                trainable, fixed, _pack(full), training=training
            )
            return loss_of(outputs)

        trainable = [v.value for v in model.trainable_variables]
        fixed = [v.value for v in model.non_trainable_variables]
        found, more = _as_one_program(jax.grad(loss_fn, argnums=(0, 1)))(
            trainable, [data[i] for i in floating]
        )
        found = list(found) + (list(more) if inputs_too else [])
    else:
        import torch

        for i in floating:
            data[i] = data[i].detach().requires_grad_()
        sources = [v.value for v in model.trainable_variables]
        if inputs_too:
            sources += [data[i] for i in floating]
        loss = loss_of(model(_pack(data), training=training))
        found = torch.autograd.grad(loss, sources, allow_unused=True)
    return [None if g is None else to_numpy(ops.convert_to_tensor(g)) for g in found]


def _as_one_program(function):
    """On JAX compiled as a whole: left alone, it compiles each operation by itself."""
    if keras.backend.backend() != "jax":
        return function
    import jax

    def stateless(*arguments):
        with keras.StatelessScope():  # a traced state must not stay in its variable
            return function(*arguments)

    return jax.jit(stateless)


def _answers(model, data):
    data = tree.map_structure(ops.convert_to_tensor, data)
    return _as_one_program(lambda data: _leaves(model(_pack(data))))(data)


def right_padded_mask(batch, length):
    """[batch, length] boolean: one full row, one of length 1, others between."""
    lengths = np.linspace(length, 1, batch).round().astype(int)
    return np.arange(length) < lengths[:, None]


def to_numpy(value):
    """A float32 (or integer, or boolean) NumPy array of a tensor of any dtype."""
    if keras.backend.is_float_dtype(keras.backend.standardize_dtype(value.dtype)):
        value = ops.cast(value, "float32")
    return ops.convert_to_numpy(value)


def assert_close(got, want, tolerance):
    for a, b in zip(got, want, strict=True):
        a, b = (to_numpy(ops.convert_to_tensor(v)) for v in (a, b))
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, atol=tolerance, rtol=tolerance)


def _leaves(outputs):
    return [leaf for leaf in tree.flatten(outputs) if leaf is not None]


def _pack(values):
    """A model of one input takes the bare array."""
    return values[0] if len(values) == 1 else list(values)


def _float_outputs(model):
    return keras.Model(
        _pack(model.inputs),
        [o for o in model.outputs if keras.backend.is_float_dtype(o.dtype)],
    )


def _copy_weights(source, target):
    """Weights, but not the states of random generators."""
    for a, b in zip(source.weights, target.weights, strict=True):
        if keras.backend.is_float_dtype(b.dtype):
            b.assign(a)


def _pad(array, extra, fill):
    tail = fill((array.shape[0], extra, *array.shape[2:])).astype(array.dtype)
    return np.concatenate([array, tail], axis=1)
