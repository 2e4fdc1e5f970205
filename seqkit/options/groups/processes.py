"""Which processes train together."""

from typing import ClassVar

from seqkit.options.option import Count, Steps, option
from seqkit.options.options import Mistakes, Options


class Processes(Options):
    """What `seqkit.distribution.initialize` takes."""

    title: ClassVar[str] = "Processes"

    coordinator: str | None = option(
        None, "Address and free port of process 0, HOST:PORT."
    )
    num_processes: Count | None = option(None, "Processes that train together.")
    process_id: Steps | None = option(None, "Which of them this one is, from 0.")

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.coordinator is not None:
            host, _, port = self.coordinator.rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
                yield (
                    "coordinator",
                    f"expected HOST:PORT, such as 10.0.0.1:1234, found "
                    f"{self.coordinator!r}",
                )
        count, number = self.num_processes, self.process_id
        if count is not None and number is not None and number >= count:
            yield (
                "process_id, num_processes",
                f"expected an id from 0 to {count - 1}, found {number} of {count}",
            )
