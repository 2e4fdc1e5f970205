"""The devices of several processes, on JAX."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from seqkit.distribution.distribution import Distribution
from seqkit.distribution.processes import is_lost, lost, process_count


class Processes(Distribution):
    """Devices of this process, and while a model is trained those of all processes.

    A model is built, predicts and is saved in each process by itself. In training its
    variables are arrays over all devices, of which each process holds a copy, and a
    batch is one array of which each process makes some rows. To go from the one to the
    other copies nothing.

    Args:
        local: The `Distribution` over devices of this process.
        everywhere: The `Sharded` one over as many devices of each process.
    """

    whole_outputs = False  # each process has those of its rows

    def __init__(self, local: Distribution, everywhere: Any):
        self.local, self.everywhere = local, everywhere
        self.devices, self.replicas = everywhere.devices, everywhere.replicas
        keras_own = everywhere.distribution
        keras_own.auto_shard_dataset = False  # the batches are made so
        self.part = keras_own.data_shard_id, min(process_count(), self.replicas)
        self._trained: Any = None

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            if self._trained is not None:
                stack.enter_context(self._paused(self._trained))
            stack.enter_context(self.local.scope())
            yield

    def check(self, model: Any) -> str:
        return self.local.check(model)

    @contextlib.contextmanager
    def training(self, model: Any, batches: Any) -> Iterator[None]:
        import keras

        count, broken = self.part[1], False
        with self.local.scope():
            if not model.optimizer.built:  # not all can be built twice
                model.optimizer.build(model.trainable_variables)
            # So that the variables of metrics are there, for the shapes of a batch.
            model._symbolic_build(
                data_batch=keras.tree.map_structure(
                    lambda array: _zeros(array, count), batches.batch(0, 0)
                )
            )
        layouts = self._spread(model)
        self._trained = model, layouts
        _forget_functions(model)
        try:
            with self.everywhere.scope():
                yield
        except Exception as error:
            if broken := is_lost(error):
                raise lost(error) from error
            raise
        finally:
            self._trained = None
            if not broken:
                _gather(layouts)
                _forget_functions(model)

    def _spread(self, model: Any) -> dict[Any, Any]:
        """Makes the variables arrays over all devices; returns their layouts before."""
        layouts = {id(v): (v, v._layout) for v in _variables(model)}
        everywhere = self.everywhere.distribution
        for variable, _ in layouts.values():
            variable._layout = None  # otherwise it would be the answer
            layout = everywhere.get_variable_layout(variable)
            variable._layout = layout
            _reassemble(variable, layout.backend_layout)
        return layouts

    @contextlib.contextmanager
    def _paused(self, trained: Any) -> Iterator[None]:
        """A context within a training in which the model is this process's own."""
        model, layouts = trained
        functions = _forget_functions(model)
        self._trained = None
        _gather(layouts)
        try:
            yield
        finally:
            self._spread(model)
            self._trained = trained
            for name, function in functions.items():
                setattr(model, name, function)


def _variables(model: Any) -> list[Any]:
    every = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return list({id(one): one for one in every}.values())


def _zeros(array: Any, times: int) -> Any:
    import numpy as np

    return np.zeros((len(array) * times, *array.shape[1:]), array.dtype)


def _gather(layouts: dict[Any, Any]) -> None:
    """Makes the variables arrays of this process, as they were before."""
    for variable, layout in layouts.values():
        variable._layout = layout
        _reassemble(variable, None if layout is None else layout.backend_layout)


def _reassemble(variable: Any, sharding: Any) -> None:
    """Gives a variable another sharding, of which it has all the parts."""
    import jax

    parts = _parts(variable.value)
    if sharding is None:
        variable._value = parts[0]
        return
    variable._value = jax.make_array_from_single_device_arrays(
        tuple(variable.shape), sharding, parts
    )


def _parts(value: Any) -> list[Any]:
    """The parts of an array on the devices of this process, one on each."""
    import jax

    try:
        return [shard.data for shard in value.addressable_shards]
    except ValueError:  # of an array that was assigned from one process
        own = value.addressable_data(0)
        devices = value.sharding.addressable_devices
        return [jax.device_put(own, device) for device in devices]


def _forget_functions(model: Any) -> dict[str, Callable | None]:
    """Takes a model's compiled functions, which know where its variables are."""
    names = ("train_function", "test_function", "predict_function")
    functions = {name: getattr(model, name, None) for name in names}
    for name in names:
        setattr(model, name, None)
    return functions


def processes(local: Distribution) -> Processes:
    """A distribution over as many devices of each process as of this one."""
    import jax

    from seqkit.distribution.sharded import sharded

    own: dict[int, list[str]] = {}
    for device in jax.devices():
        own.setdefault(device.process_index, []).append(
            f"{device.platform}:{device.id}"
        )
    names = [name for found in own.values() for name in found[: local.devices]]
    return Processes(local, sharded(names, local.devices // local.replicas))
