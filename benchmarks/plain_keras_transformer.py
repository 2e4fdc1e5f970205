"""A Transformer as a careful user would build it from Keras's own layers."""

import keras
from keras import ops


def build(
    vocabulary_size, num_layers, hidden_dim, num_heads, intermediate_dim, dropout
):
    """Builds and compiles a pre-norm encoder-decoder with tied embeddings.

    Inputs and outputs are those of `seqkit.models.Seq2Seq`, so both train on the same
    batches.
    """
    source = keras.Input((None,), dtype="int32", name="encoder_token_ids")
    target = keras.Input((None,), dtype="int32", name="decoder_token_ids")
    embedding = keras.layers.ReversibleEmbedding(vocabulary_size, hidden_dim)

    def norm(x):
        return keras.layers.LayerNormalization(epsilon=1e-6)(x)

    def residual(x, y):
        return x + keras.layers.Dropout(dropout)(y)

    def attention(x, memory, **masks):
        layer = keras.layers.MultiHeadAttention(num_heads, hidden_dim // num_heads)
        return layer(x, memory, **masks)

    def feed_forward(x):
        x = keras.layers.Dense(intermediate_dim, activation="relu")(x)
        return keras.layers.Dense(hidden_dim)(x)

    def embed(ids):
        x = embedding(ids) * hidden_dim**0.5
        return keras.layers.Dropout(dropout)(x + Positions()(x))

    mask = ops.not_equal(source, 0)[:, None, :]
    memory = embed(source)
    for _ in range(num_layers):
        normed = norm(memory)
        memory = residual(memory, attention(normed, normed, attention_mask=mask))
        memory = residual(memory, feed_forward(norm(memory)))
    memory = norm(memory)
    x = embed(target)
    for _ in range(num_layers):
        normed = norm(x)
        x = residual(x, attention(normed, normed, use_causal_mask=True))
        x = residual(x, attention(norm(x), memory, attention_mask=mask))
        x = residual(x, feed_forward(norm(x)))
    logits = embedding(norm(x), reverse=True)
    model = keras.Model([source, target], logits)
    model.compile(
        keras.optimizers.AdamW(1e-4, global_clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="mean_with_sample_weight"
        ),
        jit_compile=False,
    )
    return model


class Positions(keras.layers.Layer):
    """Sinusoidal positions."""

    def call(self, x):
        length, size = ops.shape(x)[1], x.shape[-1]
        position = ops.arange(length, dtype="float32")[:, None]
        frequency = ops.exp(ops.arange(0, size, 2, dtype="float32") * (-9.21 / size))
        angle = position * frequency
        return ops.concatenate([ops.sin(angle), ops.cos(angle)], axis=-1)
