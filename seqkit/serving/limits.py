"""What a server takes at most, and how it batches."""

from typing import ClassVar

from seqkit.options import Count, NotNegative, Options, Positive, option


class Limits(Options):
    """What a server takes at most, and how it batches."""

    title: ClassVar[str] = "Limits and batches"

    max_batch: Count = option(
        64, "Most inputs that are computed together; 1 computes each by itself."
    )
    max_wait: NotNegative = option(
        5.0, "Milliseconds that an input waits for others to share its batch with."
    )
    max_queue: Count = option(
        2000, "Most inputs that wait; what comes then is refused (429)."
    )
    max_items: Count = option(256, "Most inputs of a request (422).")
    max_text: Count = option(10_000, "Most characters of an input (413).")
    max_file: Positive = option(10.0, "Most megabytes of an image or a sound (413).")
    max_pixels: Count = option(25_000_000, "Most pixels of an image (413).")
    max_seconds: Positive = option(300.0, "Most seconds of a sound (413).")
    max_body: Positive = option(32.0, "Most megabytes of a request (413).")
    max_streams: Count = option(16, "Most texts that are streamed at a time (429).")
    max_length: Count = option(1000, "Most tokens that a request may ask for (422).")
    max_results: Count = option(
        32, "Most beams, and results per input, that a request may ask for (422)."
    )
    timeout: Positive = option(
        60.0, "Seconds to receive a request in (408), and to answer it in (503)."
    )

    @property
    def of_options(self) -> dict[str, int]:
        """Name of an option of `predict` to the most that it may be."""
        return {
            "max_length": self.max_length,
            "num_beams": self.max_results,
            "num_return_sequences": self.max_results,
        }
