"""The precision that suits the machine: `dtype_policy="auto"`."""

from pathlib import Path

import keras

AMX = {"amx_tile", "amx_bf16"}
"""Flags of a processor that multiplies matrices of bfloat16 faster than of float32."""


def automatic_policy() -> tuple[str, str]:
    """The name of a dtype policy, and why.

    Mixed bfloat16 on a GPU, a TPU or a processor with AMX, where it is faster, else
    float32. Weights are float32 with both, so that what was trained with one loads and
    trains with the other.

    >>> from seqkit.training.precision import automatic_policy
    >>> policy, why = automatic_policy()
    >>> policy in ("float32", "mixed_bfloat16")
    True
    """
    accelerator = _accelerator()
    if accelerator is not None:
        return "mixed_bfloat16", f"this machine has a {accelerator}"
    if _flags() >= AMX:
        return "mixed_bfloat16", "the processor has AMX"
    return "float32", "no GPU, no TPU and no AMX is here"


def _accelerator() -> str | None:
    """`"GPU"`, `"TPU"`, or `None` for a CPU, of the backend."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        platform = jax.local_devices()[0].platform.upper()
        return None if platform == "CPU" else platform
    if backend == "torch":
        import torch

        return "GPU" if torch.cuda.is_available() else None
    import tensorflow as tf

    found = (kind for kind in ("GPU", "TPU") if tf.config.list_physical_devices(kind))
    return next(found, None)


def _flags() -> set[str]:
    """What Linux says of the processor."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.is_file() else []
    found = (one for one in lines if one.startswith("flags"))
    return set(next(found, "").partition(":")[2].split())
