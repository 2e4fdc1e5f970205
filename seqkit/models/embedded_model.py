"""The form of models that embed words before all else."""

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.configured import Configured


class EmbeddedModel(Configured, keras.Model):
    """A model that is two halves: words to vectors, and vectors to the rest.

        call(inputs) = call_embedded(embed(inputs), padding_mask(inputs))

    So gradients with respect to the vectors can be had, which those to the ids cannot.
    Inputs are a dictionary, or the ids named `ids_name` alone. They are right-padded
    with 0, the mask is taken from them, and more padding changes nothing.

    A subclass makes `embedding`, a `TiedEmbedding`, names its `ids_name` and gives:

    - `embed(inputs, training=False) -> embedded [B, T, E]`;
    - `call_embedded(embedded, mask, training=False) -> outputs`;
    - `build()`, which needs no shape.
    """

    ids_name = "token_ids"

    def call(self, inputs, training=False):
        embedded = self.embed(inputs, training=training)
        return self.call_embedded(
            embedded, self.padding_mask(inputs), training=training
        )

    def padding_mask(self, inputs):
        """Boolean `[B, T]`, `True` where there is a word."""
        return ops.not_equal(self._input(inputs, self.ids_name), 0)

    def _input(self, inputs, name):
        inputs = inputs if isinstance(inputs, dict) else {self.ids_name: inputs}
        if name not in inputs:
            raise SeqkitError(
                f"{self.name}: expected inputs with {name!r}, found "
                f"{', '.join(map(repr, inputs))}. The model was made to read it"
            )
        return inputs[name]

    def set_word_vectors(self, matrix, found):
        """Puts vectors trained elsewhere into the embedding.

        Args:
            matrix: Array `[V, E]`, a vector for each id.
            found: Booleans `[V]`, `True` where there is one. Other rows stay as they
                are.

        Raises:
            SeqkitError: The shapes are not those of the embedding.
        """
        if not self.built:
            self.build()
        matrix, found = np.asarray(matrix), np.asarray(found)
        shape = tuple(self.embedding.embeddings.shape)
        if matrix.shape != shape:
            raise SeqkitError(
                f"matrix: expected the shape {list(shape)} of the embedding, found "
                f"{list(matrix.shape)}. embedding_dim has to be the vectors' width"
            )
        if found.shape != shape[:1] or found.dtype != bool:
            raise SeqkitError(
                f"found: expected {shape[0]} booleans, one for each id, found "
                f"{found.dtype} of shape {list(found.shape)}."
            )
        own = ops.convert_to_numpy(self.embedding.embeddings)
        self.embedding.embeddings.assign(np.where(found[:, None], matrix, own))


def as_float(logits):
    """Logits in float32 at least, whatever they were computed in."""
    dtype = keras.backend.standardize_dtype(logits.dtype)
    return ops.cast(logits, keras.backend.result_type(dtype, "float32"))
