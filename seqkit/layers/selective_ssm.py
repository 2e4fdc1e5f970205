"""The Mamba block: a state space model whose parameters depend on the input."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import selective_scan
from seqkit.layers.checks import check_whole
from seqkit.layers.configured import Layer
from seqkit.layers.projection import project


@keras.saving.register_keras_serializable(package="seqkit")
class SelectiveSSM(Layer):
    """The selective state space model of Mamba, a sequence or one step at a time.

    Gu and Dao 2023, arXiv:2312.00752, section 3.4 and figure 3; equations 2 and 4 and
    algorithm 2 for the recurrence. With `*` elementwise:

        x, z = split(input W_in)                    each [E], E = expansion · D
        x = silu(causal depthwise convolution of x over time)
        r, b, c = split(x W_x)                      [R], [N], [N]
        δ = softplus(r W_δ + bias_δ)                [E], how long a step is
        h = exp(δ a) * h + δ x ⊗ b                  [N, E], with a = -exp(log_a)
        y = c · h + d * x                           [E]
        output = (y * silu(z)) W_out                [D]

    A long δ forgets and takes in the input, a short one ignores it. Training runs a
    parallel scan over time, in memory linear in the length; `step` needs a state of
    fixed size. The recurrence is in float32 under any policy. Use the block with
    normalisation and a residual connection: `x + ssm(norm(x))`.

    Args:
        expansion: E divided by the width of the input D.
        state_dim: Size of the state of each of the E channels, N.
        conv_width: Steps that the convolution sees, including the current one.
        dt_rank: Rank of the projection to δ, R; `"auto"` is `ceil(D / 16)`.
        dt_min, dt_max: Initially δ is between these, log-uniformly, for an input of 0.
        kernel_initializer, output_initializer: Of all projections; of the last.

    Call arguments:
        x: Tensor `[B, T, D]`.
        mask: Boolean tensor `[B, T]`, `True` = keep, right-padded. Masked steps leave
            the state alone; their outputs mean nothing.
        initial_state: A state to go on from, of `initial_state` or `return_state`.

    Returns:
        Tensor `[B, T, D]`, or with `return_state` a pair of it and the state: a list of
        the last inputs of the convolution `[B, conv_width - 1, E]` and h `[B, N, E]`,
        float32.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.SelectiveSSM(return_state=True)
    >>> x = np.random.default_rng(0).standard_normal((2, 5, 8)).astype("float32")
    >>> whole, _ = layer(x)
    >>> _, state = layer(x[:, :4])
    >>> last, state = layer.step(x[:, 4], state)
    >>> bool(abs(np.array(last) - np.array(whole[:, 4])).max() < 1e-5)
    True
    """

    def __init__(
        self,
        expansion: int = 2,
        state_dim: int = 16,
        conv_width: int = 4,
        dt_rank: int | str = "auto",
        dt_min: float = 1e-3,
        dt_max: float = 1e-1,
        return_state: bool = False,
        kernel_initializer: Any = "glorot_uniform",
        output_initializer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        for name, value in (
            ("expansion", expansion),
            ("state_dim", state_dim),
            ("conv_width", conv_width),
            ("dt_rank", 1 if dt_rank == "auto" else dt_rank),
        ):
            check_whole(name, value, " or 'auto'" if name == "dt_rank" else "")
        if not 0 < dt_min <= dt_max:
            raise SeqkitError(
                f"dt_min, dt_max: expected 0 < dt_min <= dt_max, found {dt_min} and "
                f"{dt_max}."
            )
        self.supports_masking = True
        # The state stays in float32 where the policy would cast it.
        self.autocast = False

    def build(self, input_shape: Any) -> None:
        hidden, size = input_shape[-1], self.state_dim
        self._width = width = self.expansion * hidden
        self._rank = math.ceil(hidden / 16) if self.dt_rank == "auto" else self.dt_rank
        uniform, add = keras.initializers.RandomUniform, self._add

        def between(limit):
            return uniform(-(limit**-0.5), limit**-0.5)

        def initial_dt_bias(shape, dtype=None):
            log_dt = uniform(math.log(self.dt_min), math.log(self.dt_max))
            dt = ops.exp(log_dt(shape, dtype=dtype))
            return dt + ops.log(-ops.expm1(-dt))  # softplus of this is dt

        def s4d_real(shape, dtype=None):
            rows = np.log(np.arange(1, size + 1))[:, None]
            return ops.convert_to_tensor(np.broadcast_to(rows, shape), dtype)

        add("input_kernel", (hidden, 2 * width))
        add("conv_kernel", (self.conv_width, width), between(self.conv_width))
        add("conv_bias", (width,), between(self.conv_width))
        add("parameter_kernel", (width, self._rank + 2 * size))
        add("dt_kernel", (self._rank, width), between(self._rank))
        add("dt_bias", (width,), initial_dt_bias)
        add("log_a", (size, width), s4d_real)
        add("skip", (width,), "ones")
        add("output_kernel", (width, hidden), self.output_initializer)
        self.built = True

    def initial_state(self, batch_size: Any) -> Any:
        """Zeros, `[B, conv_width - 1, E]` and `[B, N, E]`, of a layer that is built."""
        shapes = (self.conv_width - 1, self._width), (self.state_dim, self._width)
        dtypes = self.compute_dtype, "float32"
        return [
            ops.zeros((batch_size, *shape), dtype=dtype)
            for shape, dtype in zip(shapes, dtypes, strict=True)
        ]

    def step(self, x: Any, state: Any) -> Any:
        """One step, for streaming: x `[B, D]`, a state to outputs `[B, D]`, a state."""
        inner, gate = self._project_in(x)
        window, h = self._window(inner[:, None], state)
        inner = self._convolve(window)[:, 0]
        y, h = selective_scan.step(*self._dependent(inner), h)
        return self._project_out(y, inner, gate), [window[:, 1:], h]

    def call(self, x: Any, mask: Any = None, initial_state: Any = None) -> Any:
        inner, gate = self._project_in(x)
        if initial_state is None:
            initial_state = self.initial_state(ops.shape(x)[0])
        window, h = self._window(inner, initial_state)
        inner = self._convolve(window)
        signal, delta, a, b, c = self._dependent(inner)
        if mask is not None:
            delta = ops.where(mask[..., None], delta, 0.0)
        y, h = selective_scan.selective_scan(signal, delta, a, b, c, h)
        outputs = self._project_out(y, inner, gate)
        if not self.return_state:
            return outputs
        return outputs, [self._last_of(window, ops.shape(x)[1], mask), h]

    def _project_in(self, x):
        x = ops.cast(x, self.compute_dtype)
        return ops.split(project(x, self.input_kernel), 2, axis=-1)

    def _window(self, inner, state):
        """The inputs with those before them, `[B, conv_width - 1 + T, E]`; and h."""
        before, h = state
        before = ops.cast(before, inner.dtype)
        return ops.concatenate([before, inner], axis=1), ops.cast(h, "float32")

    def _convolve(self, window):
        kernel = ops.cast(self.conv_kernel, window.dtype)
        total = ops.cast(self.conv_bias, window.dtype)
        for i in range(self.conv_width):
            later = self.conv_width - 1 - i
            total = total + kernel[i] * window[:, i : -later or None]
        return ops.silu(total)

    def _last_of(self, window, length, mask):
        """The inputs that the convolution would see after the last kept step."""
        if mask is None:
            return window[:, length:]
        lengths = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)
        places = lengths + ops.arange(self.conv_width - 1, dtype="int32")
        return ops.take_along_axis(window, places[..., None], axis=1)

    def _dependent(self, inner):
        """x, δ, a, b, c of the recurrence, in float32."""
        parameters = project(inner, self.parameter_kernel)
        sizes = self._rank, self.state_dim, self.state_dim
        low_rank, b, c = selective_scan.cut(parameters, *sizes)
        dt = ops.cast(project(low_rank, self.dt_kernel), "float32")
        delta = ops.softplus(dt + ops.cast(self.dt_bias, "float32"))
        a = -ops.exp(ops.cast(self.log_a, "float32"))
        inner, b, c = (ops.cast(x, "float32") for x in (inner, b, c))
        return inner, delta, a, b, c

    def _project_out(self, y, inner, gate):
        y = y + ops.cast(self.skip, "float32") * ops.cast(inner, "float32")
        gated = ops.cast(y, self.compute_dtype) * ops.silu(gate)
        return project(gated, self.output_kernel)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if not self.return_state:
            return input_shape
        width = self.expansion * input_shape[-1]
        batch_size = input_shape[0]
        return input_shape, [
            (batch_size, self.conv_width - 1, width),
            (batch_size, self.state_dim, width),
        ]

    def compute_output_spec(
        self, x: Any, mask: Any = None, initial_state: Any = None
    ) -> Any:
        shapes = self.compute_output_shape(x.shape)
        if not self.return_state:
            return keras.KerasTensor(shapes, dtype=self.compute_dtype)
        output, (window, h) = shapes
        return keras.KerasTensor(output, dtype=self.compute_dtype), [
            keras.KerasTensor(window, dtype=self.compute_dtype),
            keras.KerasTensor(h, dtype="float32"),
        ]
