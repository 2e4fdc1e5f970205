"""From numbers of devices to a distribution."""

from seqkit.distribution.distribution import Distribution
from seqkit.distribution.processes import process_count
from seqkit.errors import ArgumentError
from seqkit.options import groups

_MORE = {
    "jax": "On a CPU, the variable JAX_NUM_CPU_DEVICES={devices} makes that many",
    "tensorflow": "On a CPU, tf.config.set_logical_device_configuration makes more, "
    "before TensorFlow is used",
}


def make_distribution(
    devices: int | None = None, model_parallel: int = 1
) -> Distribution:
    """A distribution over devices of this machine.

    Args:
        devices: How many; by default as many as `model_parallel`, or where several
            processes train together all that this one has.
        model_parallel: How many devices share one copy of the weights, on JAX.

    Raises:
        ArgumentError: There are not that many, the backend cannot use them, or
            `model_parallel` does not divide them.
    """
    given = {"devices": devices, "model_parallel": model_parallel}
    problems = groups.Devices.problems(given)
    if not all(isinstance(one, int) for one in given.values() if one is not None):
        raise ArgumentError(problems)
    if devices is None:
        devices = model_parallel
        if process_count() > 1:
            devices *= max(1, len(_devices("jax")) // model_parallel)
    if devices == 1 and not problems:
        return Distribution()
    import keras

    backend = keras.backend.backend()
    found = list(_devices(backend))
    if devices > 1 and backend == "torch":
        problems.append(
            f"devices: expected 1 on the PyTorch backend, found {devices}. Several "
            "devices need another, with the variable KERAS_BACKEND=jax or tensorflow"
        )
    elif devices > len(found):
        more = _MORE[backend].format(devices=devices)
        problems.append(
            f"devices: expected at most {len(found)}, as many as there are "
            f"({', '.join(found)}), found {devices}. {more}"
        )
    if model_parallel > 1 and backend == "tensorflow":
        problems.append(
            f"model_parallel: expected 1 on TensorFlow, found {model_parallel}. Only "
            "JAX cuts weights, with the variable KERAS_BACKEND=jax"
        )
    if problems:
        raise ArgumentError(problems)
    if backend == "jax":
        from seqkit.distribution.sharded import sharded

        return sharded(found[:devices], model_parallel)
    from seqkit.distribution.mirrored import mirrored

    return mirrored(tuple(found[:devices]))


def _devices(backend: str) -> list[str]:
    """The names of the devices of this machine: its GPUs or TPUs if it has any."""
    if backend == "jax":
        import jax

        return [f"{one.platform}:{one.id}" for one in jax.local_devices()]
    if backend == "tensorflow":
        import tensorflow as tf

        found = tf.config.list_logical_devices
        return [one.name for one in found("GPU") or found("CPU")]
    return []
