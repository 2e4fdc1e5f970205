"""How weights are cut into parts for devices that share one copy of a model."""

import re
from typing import Any

from keras.distribution import DeviceMesh, LayoutMap, ModelParallel, TensorLayout

BATCH, MODEL = "batch", "model"
"""The axes of the devices: parts of a batch, and parts of the weights."""

RULES = (
    (r".*embeddings", (0, 1)),  # by tokens, else by width
    # Attention by heads, else within them: [D, heads, size], and back [heads, size, D].
    (r".*(query|key|value)_kernel", (1, 2)),
    (r".*output_kernel", (0, 1)),
    # Feed-forward layers by their inner units, so that only their result is added up.
    (r".*kernel_in", (1,)),
    (r".*kernel_out", (0,)),
    # Recurrent, dense and other kernels by what they put out, else by what they read.
    (r".*kernel", (-1, 0)),
)
"""Pairs of a pattern of paths, and the axes of which the first that fits is cut."""


class CutWeights(ModelParallel):
    """Batches cut into parts, and the weights of each copy of the model too.

    The weights that `RULES` name are cut along an axis whose size is a multiple of the
    parts; all others are on every device.

    Args:
        mesh: A `keras.distribution.DeviceMesh` with the axes `BATCH` and `MODEL`.
    """

    def __init__(self, mesh: DeviceMesh, **options: Any):
        super().__init__(layout_map=LayoutMap(mesh), batch_dim_name=BATCH, **options)
        self.parts = mesh.shape[mesh.axis_names.index(MODEL)]

    def get_variable_layout(self, variable: Any) -> TensorLayout:
        known = getattr(variable, "_layout", None)  # as that of the weight it is for
        if known is not None:
            return known
        axes: list[str | None] = [None] * len(variable.shape)
        axis = cut_axis(variable.path, tuple(variable.shape), self.parts)
        if axis is not None:
            axes[axis] = MODEL
        return TensorLayout(axes, self.device_mesh)


def cut_axis(path: str, shape: tuple[int, ...], parts: int) -> int | None:
    """The axis along which a weight is cut, or `None` if it is not.

    >>> from seqkit.distribution.layouts import cut_axis
    >>> cut_axis("model/embedding/embeddings", (8000, 256), 2)
    0
    >>> cut_axis("model/embedding/embeddings", (8001, 256), 2)
    1
    >>> cut_axis("model/norm/gamma", (256,), 2)
    """
    for pattern, axes in RULES:
        if len(shape) > 1 and re.fullmatch(pattern, path):
            fit = [a for a in axes if a < len(shape) and shape[a] % parts == 0]
            return fit[0] if fit else None
    return None
