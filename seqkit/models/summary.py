"""`model.summary()` with the names of parts, and the shapes that they return."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from unittest import mock

import keras
from keras.src.utils import summary_utils

Specs = Mapping[str, tuple[tuple[int | None, ...], str]]
"""Name of an input to (shape, dtype)."""


class Summarized:
    """Mixed in before a `keras.Model` whose parts are called in an order of its own.

    Keras knows shapes of functional models alone, and prints names such as `dropout_8`,
    on which saved weights rest. Here the table has the names of attributes, and what
    each part returned in a symbolic call.
    """

    def example_inputs(self) -> Specs:
        """The inputs of a call."""
        raise NotImplementedError

    def summary(self, *args: Any, **options: Any) -> None:
        """Prints the model as a table, with the arguments of `keras.Model.summary`."""
        model: Any = self
        if not model.built:
            return super().summary(*args, **options)  # type: ignore[misc]
        shapes, known = _shapes(model), summary_utils.format_layer_shape

        def shape_of(layer: Any) -> str:
            return shapes.get(id(layer)) or known(layer).replace("?", "-")

        with ExitStack() as stack:
            patch = mock.patch.object
            stack.enter_context(patch(summary_utils, "format_layer_shape", shape_of))
            for name, layer in _names(model):
                stack.enter_context(patch(layer, "name", name))
            super().summary(*args, **options)  # type: ignore[misc]


def _shapes(model: Any) -> dict[int, str]:
    """The id of each layer to the shape of what it returned first, as text."""
    found, call = {}, keras.layers.Layer.__call__

    def noted(layer: Any, *args: Any, **options: Any) -> Any:
        outputs = call(layer, *args, **options)
        first = next(iter(keras.tree.flatten(outputs)), None)
        if hasattr(first, "shape"):
            found.setdefault(id(layer), str(tuple(first.shape)))
        return outputs

    inputs = {
        name: keras.KerasTensor(shape, dtype)
        for name, (shape, dtype) in model.example_inputs().items()
    }
    with mock.patch.object(keras.layers.Layer, "__call__", noted):
        # With dropout, whose layers are passed over otherwise.
        keras.src.backend.compute_output_spec(
            lambda inputs: model.call(inputs, training=True), inputs
        )
    return found


def _names(model: Any) -> Iterator[tuple[str, Any]]:
    """The layers of a model with the names of their attributes."""
    layers = {id(layer) for layer in model.layers}
    for name, value in list(vars(model).items()):
        for path, part in keras.tree.flatten_with_path(value) if name[0] != "_" else ():
            if id(part) in layers:
                layers.remove(id(part))
                place = "".join(f"_{one}" for one in path)
                yield name.removesuffix("_layer") + place, part
