"""Whether there is an accelerator."""

import keras


def accelerated() -> bool:
    """Whether the backend computes on a GPU or TPU, beside which the host has time.

    >>> from seqkit.training import accelerated
    >>> isinstance(accelerated(), bool)
    True
    """
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return jax.default_backend() != "cpu"
    if backend == "torch":
        import torch

        return torch.cuda.is_available()
    import tensorflow as tf

    return bool(tf.config.list_logical_devices("GPU"))
