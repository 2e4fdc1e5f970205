"""On how many devices a task is trained."""

from typing import ClassVar

from seqkit.options.option import Count, option
from seqkit.options.options import Mistakes, Options


class Devices(Options):
    """What `seqkit.distribute` takes."""

    title: ClassVar[str] = "Devices"

    devices: Count | None = option(
        None,
        "Devices of this machine that share each batch; without a value as many as "
        "`model_parallel`.",
    )
    model_parallel: Count = option(
        1, "Devices that share one copy of the weights (JAX)."
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.devices is not None and self.devices % self.model_parallel:
            yield (
                "devices, model_parallel",
                "expected devices that are a multiple of model_parallel, found "
                f"{self.devices} and {self.model_parallel}",
            )
