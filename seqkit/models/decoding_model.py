"""What a model must have so that `seqkit.decoding` can run it."""

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class DecodingModel(Protocol):
    """A model that produces a target step by step, for K hypotheses per row.

    `Seq2Seq` and `Captioner` are such models, and so is `UncachedSteps`, which makes
    one of any model from ids to logits. Nothing has to be inherited.
    """

    def encode_inputs(
        self, inputs: dict[str, Any], training: bool = False
    ) -> tuple[Any, Any]:
        """Reads the source once: a memory, of any structure, and its mask `[B, S]`."""
        ...

    def initial_state(
        self, memory: Any, mask: Any, num_beams: int, max_length: int
    ) -> dict[str, Any]:
        """The state before the first step.

        It has up to three entries, each any structure of tensors: `"beams"`
        `[B, K, ...]`, which the search reorders with its hypotheses; `"sentences"`
        `[B, ...]`, which belongs to a row; and `"shared"`, which belongs to all rows.
        """
        ...

    def step(self, token_ids: Any, state: Any, index: Any) -> tuple[Any, Any, Any]:
        """One step: token ids `[B, K]`, a state and the number of the step.

        Returns logits `[B, K, V]`, the new state, and attention `[B, K, S]` or `None`.
        """
        ...
