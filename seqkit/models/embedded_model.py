"""The form of models that embed words before all else."""

from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.configured import Configured, no_mask
from seqkit.models.parts import dropout
from seqkit.models.summary import Specs, Summarized
from seqkit.registry import accepted
from seqkit.special_ids import PAD_ID


class EmbeddedModel(Summarized, Configured, keras.Model):
    """A model in two halves: words to vectors, and vectors to the rest.

        call(inputs) = call_embedded(embed(inputs), padding_mask(inputs))

    So there are gradients with respect to vectors. Inputs are a dictionary, or the ids
    named `ids_name` alone, right-padded with 0. A subclass makes `embedding`, a
    `TiedEmbedding`, and maybe `encoder` by `_make_encoder`, and defines `embed`, to
    vectors `[B, T, E]`, `call_embedded`, and `build` without a shape.
    """

    ids_name = "token_ids"

    def _make_encoder(self, encoder, **more):
        """A registered encoder, with those of the model's arguments that it takes."""
        names = (
            "num_layers hidden_dim num_heads intermediate_dim input_dropout dropout "
            "variational implementation"
        )
        options = {name: getattr(self, name) for name in names.split()} | more
        options = accepted(encoder, options)
        self.input_dropout_layer = None
        if "input_dropout" not in options:
            self.input_dropout_layer = self._variational_dropout(self.input_dropout)
        layer = encoder(**options, name="encoder", dtype=self.dtype_policy)
        if not layer.supports_masking:
            # The mask is an argument, and does not travel on with the outputs.
            layer.supports_masking, layer.compute_mask = True, no_mask
        return layer

    def _variational_dropout(self, rate):
        return dropout(self, rate, self.variational)

    def _encode(self, embedded, mask, training):
        if self.input_dropout_layer is not None:
            embedded = self.input_dropout_layer(embedded, training=training)
        return self.encoder(embedded, mask=mask, training=training)

    def call(self, inputs: Any, training: bool = False) -> Any:
        embedded = self.embed(inputs, training=training)
        return self.call_embedded(
            embedded, self.padding_mask(inputs), training=training
        )

    def example_inputs(self) -> Specs:
        return {self.ids_name: ((None, None), "int32")}

    def padding_mask(self, inputs: Any) -> Any:
        """Boolean `[B, T]`, `True` where there is a word."""
        return ops.not_equal(self._input(inputs, self.ids_name), PAD_ID)

    def _input(self, inputs, name):
        inputs = inputs if isinstance(inputs, dict) else {self.ids_name: inputs}
        if name not in inputs:
            raise SeqkitError(
                f"{self.name}: expected inputs with {name!r}, found "
                f"{', '.join(map(repr, inputs))}. The model was made to read it"
            )
        return inputs[name]

    def set_word_vectors(self, matrix: Any, found: Any) -> None:
        """Puts the rows of `matrix` `[V, E]` that are found into the embedding."""
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


def as_float(logits: Any) -> Any:
    """Logits in float32 at least, whatever they were computed in."""
    dtype = keras.backend.standardize_dtype(logits.dtype)
    return ops.cast(logits, keras.backend.result_type(dtype, "float32"))
