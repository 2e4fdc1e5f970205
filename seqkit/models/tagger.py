"""The model that tags every word."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.character_encoder import CharacterEncoder
from seqkit.layers.checks import check_choice
from seqkit.layers.crf import CRF
from seqkit.layers.dropout import Dropout
from seqkit.layers.projection import position_wise
from seqkit.layers.sequence_pooling import SequencePooling
from seqkit.layers.tied_embedding import TiedEmbedding
from seqkit.models.embedded_model import EmbeddedModel, as_float
from seqkit.models.summary import Specs
from seqkit.registries import encoders
from seqkit.replicas import even_weight, num_replicas, share_of_batch


@keras.saving.register_keras_serializable(package="seqkit")
class Tagger(EmbeddedModel):
    """Words, their characters and shapes, a network over them, and a CRF.

        x_t = [E[word_t]; characters of word_t; S[shape_t]]
        h   = bidirectional LSTM of x                       or another `architecture`
        P_t = W h_t + b                                     the emissions
        p(y) by the CRF of P                                or by softmax: crf=False

    (Huang et al. 2015, arXiv:1508.01991; with characters by an LSTM Lample et al. 2016,
    arXiv:1603.01360, by convolution Ma and Hovy 2016, arXiv:1603.01354.) With
    `num_labels` the sentence has a label too, such as an intent beside slots (Liu and
    Lane 2016, arXiv:1609.01454): its logits are `W' m + b'`, m being h pooled over the
    sentence.

    The loss is part of the model, so `compile` takes an optimizer and no loss:

        loss = - sum over sentences of log p(y) / number of words
               + label_weight * mean over sentences of - log p(label)

    so that the weight of a word does not depend on its batch. `fit` also reports the
    `label_accuracy`, and without a CRF, whose tags are not those of the highest
    emissions, the `word_accuracy`. A `sample_weight` `[B]` weights sentences.

    Args:
        vocabulary_size: Number of word ids, including padding.
        num_tags: Number of tags, N.
        num_characters, num_shapes: Numbers of these ids; `None` reads none of them.
        num_labels: Number of labels of a sentence, L; `None` gives it none.
        architecture: `"lstm"`, `"gru"`, `"rnn"` (bidirectional) or `"transformer"`, or
            another name of `seqkit.registries.encoders`.
        num_layers: Recurrent layers, or Transformer blocks.
        hidden_dim: Units of each direction, or the Transformer's width.
        num_heads, intermediate_dim: Of a Transformer: attention heads, and size of the
            feed-forward layers, `4 * hidden_dim` by default.
        embedding_dim, shape_dim: Widths of the word vectors E and the shape vectors S.
        trainable_words: Whether word vectors are trained.
        character_mode, character_dim, character_units, kernel_sizes: `mode`,
            `embedding_dim`, `units` and `kernel_sizes` of a `CharacterEncoder`.
        dropout: Fraction dropped between layers, or in each half of each block.
        input_dropout, output_dropout: Those of x, and of h and m; `dropout` by default.
        variational: Whether these drop the same units at all words of a sentence
            (Gal and Ghahramani 2016, arXiv:1512.05287); in blocks they never do.
        allowed_transitions, allowed_start, allowed_end: What the CRF allows, from
            `seqkit.layers.tagging_constraints`; everything by default.
        label_pooling: How m is made of h, as in `seqkit.layers.SequencePooling`.
        implementation: What runs recurrent layers, as in `seqkit.layers.LSTM`.

    Call arguments:
        inputs: Dictionary of `"word_ids"` `[B, T]`, and if the model reads them
            `"character_ids"` `[B, T, C]` and `"shape_ids"` `[B, T]`; int32,
            right-padded with 0. Other entries are not read.

    Returns:
        Emissions `[B, T, N]`, float32; with `num_labels` a dictionary of these as
        `"tags"` and the logits `[B, L]` as `"label"`. The targets of `fit` are likewise
        `{"tags": [B, T]}` (or the tags alone), with `"label"` `[B]`.

    >>> import numpy as np, seqkit
    >>> tags = ["O", "B-PER", "I-PER"]
    >>> model = seqkit.models.Tagger(
    ...     100, 3, num_characters=30, hidden_dim=8,
    ...     **seqkit.layers.tagging_constraints(tags, "BIO"))
    >>> inputs = {"word_ids": np.array([[5, 6, 0]]), "character_ids": np.array(
    ...     [[[7, 8, 9], [4, 0, 0], [0, 0, 0]]])}
    >>> tuple(model(inputs).shape)
    (1, 3, 3)
    >>> predicted = model.predict_tags(inputs)
    >>> tuple(predicted["tag_ids"].shape), float(predicted["scores"][0, 2])
    ((1, 3), 0.0)
    """

    ids_name = "word_ids"

    def __init__(
        self,
        vocabulary_size: int,
        num_tags: int,
        *,
        num_characters: int | None = None,
        num_shapes: int | None = None,
        num_labels: int | None = None,
        architecture: str = "lstm",
        num_layers: int = 1,
        hidden_dim: int = 200,
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        embedding_dim: int = 100,
        trainable_words: bool = True,
        character_mode: str = "cnn",
        character_dim: int = 30,
        character_units: int = 50,
        kernel_sizes: Sequence[int] = (3,),
        shape_dim: int = 8,
        input_dropout: float | None = None,
        dropout: float = 0.5,
        output_dropout: float | None = None,
        variational: bool = True,
        crf: bool = True,
        allowed_transitions: Any = None,
        allowed_start: Any = None,
        allowed_end: Any = None,
        label_weight: float = 1.0,
        label_pooling: str = "max",
        implementation: str | int = "auto",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals(), but=("crf",))
        constraints = {
            "allowed_transitions": allowed_transitions,
            "allowed_start": allowed_start,
            "allowed_end": allowed_end,
        }
        given = [name for name, allowed in constraints.items() if allowed is not None]
        if given and not crf:
            raise SeqkitError(
                f"{given[0]}: expected None with crf=False, found constraints. "
                "Without a CRF each tag is chosen by itself; leave them out"
            )
        self.input_dropout = dropout if input_dropout is None else input_dropout
        self.output_dropout = dropout if output_dropout is None else output_dropout
        self.crf = None
        if crf:
            self.crf = CRF(num_tags, **constraints, name="crf", dtype=self.dtype_policy)
        self._add_words()
        self._add_network()
        self._add_heads()

    def _add_words(self):
        dtype = self.dtype_policy
        self.embedding = TiedEmbedding(
            self.vocabulary_size,
            self.embedding_dim,
            trainable=self.trainable_words,
            name="embedding",
            dtype=dtype,
        )
        self.characters = self.shapes = None
        if self.num_characters:
            self.characters = CharacterEncoder(
                self.num_characters,
                self.character_units,
                self.character_dim,
                mode=self.character_mode,
                kernel_sizes=self.kernel_sizes,
                implementation=self.implementation,
                name="characters",
                dtype=dtype,
            )
        if self.num_shapes:
            self.shapes = TiedEmbedding(
                self.num_shapes, self.shape_dim, name="shapes", dtype=dtype
            )

    def _add_network(self):
        check_choice("architecture", self.architecture, encoders)
        self.encoder = self._make_encoder(encoders[self.architecture])
        self.output_dropout_layer = self._variational_dropout(self.output_dropout)

    def _add_heads(self):
        dtype = self.dtype_policy
        self.emissions = keras.layers.Dense(
            self.num_tags, name="emissions", dtype=dtype
        )
        self.tag_loss = keras.metrics.Mean(name="tag_loss")
        self.word_accuracy = None
        if self.crf is None:
            self.word_accuracy = keras.metrics.Mean(name="word_accuracy")
        self.pooling: Any = None
        self.label: Any = None
        if self.num_labels:
            self.pooling = SequencePooling(self.label_pooling, dtype=dtype)
            self.label_dropout_layer = Dropout(self.output_dropout, dtype=dtype)
            self.label = keras.layers.Dense(self.num_labels, name="label", dtype=dtype)
            self.label_loss = keras.metrics.Mean(name="label_loss")
            self.label_accuracy = keras.metrics.Mean(name="label_accuracy")

    def build(self, input_shape: Any = None) -> None:
        width = self.embedding_dim
        self.embedding.build()
        if self.characters is not None:
            self.characters.build((None, None, None))
            filters = len(self.kernel_sizes) if self.character_mode == "cnn" else 2
            width += self.character_units * filters
        if self.shapes is not None:
            self.shapes.build()
            width += self.shape_dim
        self.encoder.build((None, None, width))
        states = (None, None, self.encoder.width)
        self.emissions.build(states[1:])
        if self.label is not None:
            self.pooling.build(states)
            self.label.build(states[1:])
        self.built = True

    def embed(self, inputs: Any, training: bool = False) -> Any:
        """The vectors of words as the network reads them, x `[B, T, E]`."""
        parts = [self.embedding(self._input(inputs, "word_ids"), training=training)]
        if self.characters is not None:
            character_ids = self._input(inputs, "character_ids")
            parts.append(self.characters(character_ids, training=training))
        if self.shapes is not None:
            parts.append(self.shapes(self._input(inputs, "shape_ids")))
        return ops.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]

    def example_inputs(self) -> Specs:
        ids: tuple = (None, None), "int32"
        named = {"character_ids": self.characters, "shape_ids": self.shapes}
        more: dict[str, Any] = {
            name: ids for name, part in named.items() if part is not None
        }
        if "character_ids" in more:
            more["character_ids"] = (None, None, None), "int32"
        inputs: Any = super().example_inputs()
        return inputs | more

    def call_embedded(self, embedded: Any, mask: Any, training: bool = False) -> Any:
        """The outputs, from x `[B, T, E]` and a mask `[B, T]`."""
        states = self._encode(embedded, mask, training)
        dropped = self.output_dropout_layer(states, training=training)
        emissions = as_float(position_wise(self.emissions, dropped))
        if self.label is None:
            return emissions
        pooled = self.pooling(states, mask=mask)
        logits = self.label(self.label_dropout_layer(pooled, training=training))
        return {"tags": emissions, "label": as_float(logits)}

    def predict_tags(self, inputs: Any, scores: bool = True) -> dict[str, Any]:
        """The best tags of each sentence, and how certain they are.

        With a CRF they are the best allowed sequence (Viterbi), and a tag's score is
        its marginal probability over all sequences; without, both are the softmax's.
        Tags without `scores` are quicker.

        Returns:
            Dictionary of `"tag_ids"` `[B, T]` int32 and `"scores"` `[B, T]` float32,
            both 0 at padding; with `num_labels` also `"label_probabilities"` `[B, L]`.
        """
        outputs = self(inputs, training=False)
        return self.decode(outputs, self.padding_mask(inputs), scores)

    def decode(self, outputs: Any, mask: Any, scores: bool = True) -> Any:
        """As `predict_tags`, from the outputs of the call and a mask `[B, T]`."""
        emissions, logits = _heads(outputs)
        if self.crf is not None:
            tag_ids, _ = self.crf.decode(emissions, mask)
        else:
            tag_ids = ops.cast(ops.argmax(emissions, axis=-1), "int32")
        decoded = {"tag_ids": ops.where(mask, tag_ids, 0)}
        if scores:
            chances = self._tag_probabilities(emissions, mask)
            chances = ops.take_along_axis(chances, tag_ids[:, :, None], axis=-1)
            decoded["scores"] = ops.where(mask, chances[:, :, 0], 0.0)
        if logits is not None:
            decoded["label_probabilities"] = ops.softmax(logits, axis=-1)
        return decoded

    def _tag_probabilities(self, emissions, mask):
        if self.crf is not None:
            return self.crf.marginals(emissions, mask)
        return ops.softmax(emissions, axis=-1)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        mask = self.padding_mask(x)
        emissions, logits = _heads(y_pred)
        tag_ids, labels = _heads(y)
        weight = _sentence_weights(sample_weight, mask)
        words = ops.sum(ops.cast(mask, weight.dtype), axis=1)
        tag_loss = self._tag_loss(emissions, tag_ids, mask)
        loss = _mean(self.tag_loss, tag_loss, weight, weight * words)
        if logits is not None:
            losses = _crossentropy(labels, logits)
            label_loss = _mean(self.label_loss, losses, weight, weight)
            loss = loss + self.label_weight * label_loss
        return loss / num_replicas()  # whose losses Keras adds up

    def _tag_loss(self, emissions, tag_ids, mask):
        """- log p(y) of each sentence, `[B]`."""
        if self.crf is not None:
            return -self.crf.log_likelihood(emissions, tag_ids, mask)
        loss = _crossentropy(ops.where(mask, tag_ids, 0), emissions)
        return ops.sum(ops.where(mask, loss, 0), axis=1)

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> Any:
        mask = self.padding_mask(x)
        emissions, logits = _heads(y_pred)
        tag_ids, labels = _heads(y)
        weight = _sentence_weights(sample_weight, mask)
        if self.word_accuracy is not None:
            words = ops.cast(mask, emissions.dtype) * weight[:, None]
            self.word_accuracy.update_state(_hits(tag_ids, emissions), words)
        if logits is not None:
            self.label_accuracy.update_state(_hits(labels, logits), weight)
        return super().compute_metrics(x, y, y_pred, sample_weight)

    def get_metrics_result(self) -> dict[str, Any]:
        """Metrics so far; `loss` adds up a mean over words and one over sentences."""
        found: Any = super().get_metrics_result()
        loss = found.pop("tag_loss")
        if self.label is not None:
            loss = loss + self.label_weight * found.pop("label_loss")
        return found | {"loss": loss}

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"crf": self.crf is not None}


def _heads(value):
    """The parts for tags and for the label (or `None`) of outputs or targets."""
    if isinstance(value, dict):
        return value["tags"], value.get("label")
    return value, None


def _sentence_weights(sample_weight, mask):
    """`[B]`; a row without words only fills up its batch."""
    weight = ops.cast(ops.any(mask, axis=1), "float32")
    if sample_weight is None:
        return weight
    return weight * ops.cast(sample_weight, "float32")


def _mean(metric, loss, weight, count):
    """The mean loss of a batch; `metric` takes it in for the mean of the epoch."""
    mean = ops.divide_no_nan(ops.sum(loss * weight), ops.sum(count))
    mean = mean * share_of_batch(count)
    metric.update_state(ops.stop_gradient(mean), even_weight(count))
    return mean


def _crossentropy(ids, logits):
    return ops.sparse_categorical_crossentropy(
        ops.cast(ids, "int32"), logits, from_logits=True
    )


def _hits(ids, logits):
    best = ops.cast(ops.argmax(logits, axis=-1), "int32")
    return ops.cast(ops.equal(best, ops.cast(ids, "int32")), logits.dtype)
