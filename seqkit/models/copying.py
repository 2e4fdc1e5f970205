"""Copying words of the source: what every encoder-decoder model adds for it."""

from typing import Any

from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.copy_mechanism import CopyMechanism
from seqkit.layers.coverage import coverage_loss
from seqkit.special_ids import UNKNOWN_ID


class Copying:
    """Mixed in before a model with `vocabulary_size`: a pointer-generator.

    With `copy`, ids from the V of the vocabulary on stand for unknown words of the
    row's source, as in `seqkit.layers.CopyMechanism`; the logits are log-probabilities
    `[B, T, V + max_extra]`. Whatever the model embeds goes through `known`.
    """

    copying: CopyMechanism | None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Not an attribute of the class, which would hide the layer on PyTorch.
        self.copying = None

    def _make_copying(self, copy, max_extra, coverage):
        if coverage and not copy:
            raise SeqkitError("coverage: expected copy=True with it, found False.")
        if not copy:
            return
        self.copying = CopyMechanism(max_extra, name="copying", dtype=self.dtype_policy)
        if coverage:
            # Raised by `seqkit.training.CoverageSchedule`.
            self.coverage_weight = self.add_weight(
                shape=(),
                initializer="zeros",
                trainable=False,
                dtype="float32",
                name="coverage_weight",
            )

    def _build_copying(self):
        if self.copying is not None:
            size = self.hidden_dim
            vector = (None, None, size)
            shapes = (
                (None, None, self.vocabulary_size),
                (None, None, None),
                (None, None),
            )
            self.copying.build(*shapes, vector, vector, vector)

    def known(self, token_ids: Any) -> Any:
        """The ids with that of `<unk>` for words of the source alone."""
        if self.copying is None:
            return token_ids
        return ops.where(token_ids < self.vocabulary_size, token_ids, UNKNOWN_ID)

    def _with_copies(self, logits, weights, read, memory, mask):
        """Log-probabilities of all words, those of the source included."""
        if self.copying is None:
            return logits
        source_ids = memory["source_ids"]
        return self.copying(logits, weights, source_ids, **read, memory_mask=mask)

    def add_coverage_loss(self, weights: Any, decoder_token_ids: Any) -> None:
        """Adds the loss that punishes attending twice, times `coverage_weight`."""
        if self.copying is not None and self.coverage:
            mask = self.padding_mask(decoder_token_ids)
            loss = self.coverage_weight * coverage_loss(weights, mask)
            self.add_loss(loss, weights=ops.cast(mask, "float32"))

    def copied(self, inputs: dict[str, Any], targets: Any) -> Any:
        """How much of the probability of each target `[B, T]` came from copying.

        Float32 `[B, T]`, from 0 to 1: `(1 - p_gen) a_w / P(w)`, see `CopyMechanism`.
        Without copying, an error.
        """
        if self.copying is None:
            raise SeqkitError("copied: expected a model with copy=True, found False.")
        memory, mask = self.encode_inputs(inputs)
        logits, weights, read = self.decoded(inputs["decoder_token_ids"], memory, mask)
        total = self._with_copies(logits, weights, read, memory, mask)
        generated = self.copying.generated(logits, **read)
        targets = ops.cast(targets, "int32")[..., None]

        def of_targets(log_probs):
            return ops.take_along_axis(ops.cast(log_probs, "float32"), targets, axis=-1)

        return 1.0 - ops.exp(of_targets(generated) - of_targets(total))[..., 0]
