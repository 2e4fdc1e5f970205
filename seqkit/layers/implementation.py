"""The argument `implementation` of recurrent layers, which was called `kernel`."""

import warnings
from typing import Any

IMPLEMENTATIONS = ("auto", "cudnn", "fused", "loop")


def take_former_name(arguments: dict[str, Any]) -> dict[str, Any]:
    """Takes `kernel` as `{"implementation": ...}`, with a warning; or `{}`."""
    if "kernel" not in arguments:
        return {}
    warnings.warn(
        "kernel= is now called implementation=; kernel= will be removed",
        FutureWarning,
        stacklevel=4,
    )
    return {"implementation": arguments.pop("kernel")}


class LoadsFormerName:
    """Mixed in before a Keras layer or model: loads configurations with `kernel`."""

    @classmethod
    def from_config(cls, config: dict[str, Any], **kwargs: Any) -> Any:
        if "kernel" in config:
            # Beside it the `implementation` of an LSTM or a GRU was Keras's integer.
            config = dict(config)
            kernel, of_keras = config.pop("kernel"), config.get("implementation")
            if of_keras != 1 or kernel not in ("auto", "loop"):
                config["implementation"] = kernel
            elif kernel == "loop":
                config["use_cudnn"] = False
        return super().from_config(config, **kwargs)
