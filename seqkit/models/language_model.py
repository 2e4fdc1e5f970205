"""The form of every language model."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.carried_states import CarriedStates
from seqkit.layers.configured import Configured
from seqkit.layers.tied_embedding import TiedEmbedding
from seqkit.models.added_losses import AddedLosses
from seqkit.models.summary import Specs, Summarized


class LanguageModel(AddedLosses, Summarized, Configured, keras.Model):
    """A model from tokens to the logits of the next one, with a state in between.

    Called with a dictionary of `"token_ids"` `[B, T]` int32 and maybe `"begins"` `[B]`
    bool (or with the ids alone), it returns the logits `[B, T, V]` of the token after
    each position. Sequences are right-padded; what follows a token never matters to it,
    so no mask is needed.

    With a `batch_size` it is stateful, for truncated backpropagation through time
    (Williams and Peng 1990): each call continues from the state that the one before
    left, without gradient across, and rows with `begins` start from zeros. So the data
    resets the state: the first batch of each pass, or of each document. Without
    `batch_size` every call starts from zeros. The carried states are no weights: they
    are not saved, and weights go from a stateful model to one without.

    A subclass makes `embedding`, a `TiedEmbedding`, and defines:

    - `initial_state(batch_size) -> state`: a nested structure of tensors `[B, ...]`,
      all zeros, before anything is read;
    - `run(token_ids [B, T], state, training=False) -> hidden [B, T, D], state`: running
      a text in pieces, with the state in between, equals running it whole. Rows are
      independent of each other;
    - `build`, which ends with `_build_carried()`;

    and may define a `step` that is cheaper than a `run` of one token.

    Args:
        vocabulary_size: Number of tokens, V.
        batch_size: Rows of every batch of a stateful model, B.
    """

    def __init__(
        self, vocabulary_size: int, batch_size: int | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        self.carried = None
        if batch_size is not None:
            self.carried = CarriedStates(dtype=self.dtype_policy, name="carried")

    def _make_embedding(self, width, **options):
        self.embedding = TiedEmbedding(
            self.vocabulary_size,
            width,
            tie_weights=self.tie_embeddings,
            name="embedding",
            dtype=self.dtype_policy,
            **options,
        )

    @staticmethod
    def _smaller(times):
        """Glorot uniform with the variance divided."""
        return keras.initializers.VarianceScaling(
            1 / times, mode="fan_avg", distribution="uniform"
        )

    def _build_carried(self):
        if self.carried is None:
            return
        self._structure = self.initial_state(self.batch_size)
        states = keras.tree.flatten(self._structure)
        self.carried.create(
            self.batch_size,
            [tuple(state.shape) for state in states],
            [keras.backend.standardize_dtype(state.dtype) for state in states],
        )
        # Only the structure is kept, not the tensors.
        self._structure = keras.tree.map_structure(lambda _: 0, self._structure)

    def _first_state(self, batch_size):
        """The initial state for `run`."""
        return self.initial_state(batch_size)

    def logits(self, hidden: Any) -> Any:
        """Float32 logits `[..., V]` of hidden vectors `[..., D]`."""
        return self.embedding(hidden, reverse=True)

    def step(self, token_ids: Any, state: Any) -> Any:
        """One token: ids `[B]` and a state to logits `[B, V]` and the new state."""
        hidden, state = self.run(token_ids[:, None], state)
        return self.logits(hidden[:, 0]), state

    def example_inputs(self) -> Specs:
        rows = self.carried.batch_size if self.carried else None
        return {"token_ids": ((rows, None), "int32")}

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not isinstance(inputs, dict):
            inputs = {"token_ids": inputs}
        token_ids = inputs["token_ids"]
        if self.carried is None:
            state = self._first_state(ops.shape(token_ids)[0])
        else:
            self.carried.check_batch_size(token_ids.shape[0])
            state = self._carried_state(inputs.get("begins"))
        hidden, state = self.run(token_ids, state, training=training)
        if self.carried is not None:
            self.carried.write(keras.tree.flatten(state))
        return self.logits(hidden)

    def _carried_state(self, begins):
        states = self.carried.read()
        if begins is not None:
            begins = ops.cast(begins, "bool")

            def from_zeros(state):
                rows = ops.reshape(begins, (-1,) + (1,) * (len(state.shape) - 1))
                return ops.where(rows, ops.zeros_like(state), state)

            states = [from_zeros(state) for state in states]
        return keras.tree.pack_sequence_as(self._structure, states)

    def reset_states(self) -> None:
        """Makes the next call of a stateful model start from nothing."""
        if self.carried is not None:
            self.carried.reset()
