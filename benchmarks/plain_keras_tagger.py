"""A BiLSTM-CRF as a careful user would build it from Keras's own layers."""

import keras
from keras import ops


def build(vocabulary_size, num_tags, num_characters, sizes):
    """Builds and compiles words, a character CNN, a bidirectional LSTM and a CRF.

    Inputs, targets and loss are those of `seqkit.models.Tagger`, so both train on the
    same batches.

    Args:
        sizes: Arguments of the Tagger: `hidden_dim`, `embedding_dim`, `character_dim`,
            `character_units` and `dropout`.
    """
    words = keras.Input((None,), dtype="int32", name="word_ids")
    characters = keras.Input((None, None), dtype="int32", name="character_ids")
    mask = ops.not_equal(words, 0)
    x = ops.concatenate(
        [
            keras.layers.Embedding(vocabulary_size, sizes["embedding_dim"])(words),
            Characters(num_characters, sizes)(characters),
        ],
        axis=-1,
    )

    def drop(x):
        return keras.layers.Dropout(sizes["dropout"], noise_shape=(None, 1, None))(x)

    lstm = keras.layers.LSTM(sizes["hidden_dim"], return_sequences=True)
    x = drop(keras.layers.Bidirectional(lstm)(drop(x), mask=mask))
    model = Tagger(
        {"word_ids": words, "character_ids": characters},
        keras.layers.Dense(num_tags)(x),
    )
    model.compile(keras.optimizers.Adam(1e-3, global_clipnorm=5.0), jit_compile=False)
    return model


class Characters(keras.layers.Layer):
    """A CNN with max pooling over the characters of each word (Ma and Hovy 2016)."""

    def __init__(self, num_characters, sizes):
        super().__init__()
        self.embedding = keras.layers.Embedding(num_characters, sizes["character_dim"])
        self.convolution = keras.layers.Conv1D(
            sizes["character_units"], 3, padding="same", activation="tanh"
        )

    def build(self, input_shape):
        self.embedding.build((None, None))
        self.convolution.build((None, None, self.embedding.output_dim))

    def call(self, ids):
        shape = ops.shape(ids)
        ids = ops.reshape(ids, (-1, shape[2]))
        keep = ops.not_equal(ids, 0)[:, :, None]
        x = ops.where(keep, self.embedding(ids), 0.0)
        x = ops.max(ops.where(keep, self.convolution(x), -1.0), axis=1)
        return ops.reshape(x, (shape[0], shape[1], self.convolution.filters))


class Tagger(keras.Model):
    """A functional model that returns emissions, with a CRF as its loss."""

    def __init__(self, inputs, emissions):
        super().__init__(inputs, emissions)
        num_tags = emissions.shape[-1]
        self.transitions = self.add_weight(shape=(num_tags, num_tags))
        self.start = self.add_weight(shape=(num_tags,), initializer="zeros")
        self.end = self.add_weight(shape=(num_tags,), initializer="zeros")

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        keep = ops.cast(ops.not_equal(x["word_ids"], 0), "float32")
        log_likelihood = self.score(y_pred, y["tags"], keep) - self.total(y_pred, keep)
        return -ops.sum(log_likelihood) / ops.sum(keep)

    def score(self, emissions, tags, keep):
        """The scores `[B]` of the given tags."""
        chosen = ops.take_along_axis(emissions, tags[:, :, None], axis=-1)[:, :, 0]
        pairs = tags[:, :-1] * emissions.shape[-1] + tags[:, 1:]
        pairs = ops.take(ops.reshape(self.transitions, (-1,)), pairs, axis=0)
        last = ops.cast(ops.sum(keep, axis=1), "int32")[:, None] - 1
        last = ops.take_along_axis(tags, last, axis=1)[:, 0]
        return (
            ops.sum(chosen * keep, axis=1)
            + ops.sum(pairs * keep[:, 1:], axis=1)
            + ops.take(self.start, tags[:, 0])
            + ops.take(self.end, last)
        )

    def total(self, emissions, keep):
        """The log-sum over all tag sequences, `[B]`, by the forward algorithm."""
        transitions = ops.convert_to_tensor(self.transitions)

        def step(alpha, inputs):
            emission, kept = inputs[:, :-1], inputs[:, -1:] > 0
            after = ops.logsumexp(alpha[:, :, None] + transitions, axis=1) + emission
            return ops.where(kept, after, alpha), None

        # A single tensor: on TensorFlow, `ops.scan` takes only one of unknown length.
        inputs = ops.concatenate([emissions, keep[:, :, None]], axis=-1)
        inputs = ops.transpose(inputs[:, 1:], (1, 0, 2))
        alpha, _ = ops.scan(step, emissions[:, 0] + self.start, inputs)
        return ops.logsumexp(alpha + self.end, axis=-1)
