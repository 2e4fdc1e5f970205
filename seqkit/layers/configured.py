"""Layers and models whose configuration is what they were made with."""

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import keras
import numpy as np

from seqkit.layers.implementation import LoadsFormerName, take_former_name


class Configured(LoadsFormerName):
    """Mixed in before a Keras layer or model: keeps the constructor's arguments.

    A constructor calls `super().__init__(**kwargs)` and then `self.keep(locals())`:
    each argument becomes an attribute, and `get_config` returns them all.
    """

    _arguments: tuple[str, ...] = ()

    def __init__(self, **kwargs: Any):
        parameters = inspect.signature(type(self).__init__).parameters
        former = take_former_name(kwargs) if "implementation" in parameters else {}
        super().__init__(**kwargs)
        self._former = former

    def keep(self, arguments: Mapping[str, Any], but: Iterable[str] = ()) -> None:
        """Keeps the constructor's `locals()`, except `but`, which the class keeps."""
        skipped = {"self", "kwargs", "__class__", *but, *self._arguments}
        for name, value in arguments.items():
            if name not in skipped:
                value = self._former.get(name, value)
                setattr(self, name, _as_object(name, value))
                self._arguments += (name,)

    def get_config(self) -> dict[str, Any]:
        kept = {name: _as_plain(name, getattr(self, name)) for name in self._arguments}
        return super().get_config() | kept


class Layer(Configured, keras.layers.Layer):
    """A configured layer, with a short way to add weights."""

    def _add(self, name, shape, initializer=None, **options):
        """A weight as attribute `name`; `kernel_initializer` is the default."""
        if initializer is None:
            # A clone, since one initializer would draw the same values twice.
            initializer = self.kernel_initializer.clone()
        options |= {"name": name, "shape": shape, "initializer": initializer}
        setattr(self, name, self.add_weight(**options))


def no_mask(self, *args: Any, **kwargs: Any) -> None:
    """A `compute_mask` for layers whose outputs carry no mask."""


def _as_object(name: str, value: Any) -> Any:
    if name.endswith("initializer"):
        return keras.initializers.get(value)
    if name == "activation":
        return keras.activations.get(value)
    if isinstance(value, dict) and "class_name" in value:
        return keras.saving.deserialize_keras_object(value)
    return value


def _as_plain(name: str, value: Any) -> Any:
    if name == "activation":
        return keras.activations.serialize(value)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        value = list(value)
    return keras.saving.serialize_keras_object(value)
