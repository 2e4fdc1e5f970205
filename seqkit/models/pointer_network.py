"""The network that points at the vectors it read, in an order."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.checks import check_choice
from seqkit.layers.configured import Configured
from seqkit.layers.pointer_attention import PointerAttention
from seqkit.layers.projection import position_wise
from seqkit.models import parts
from seqkit.models.recurrent_decoder import RecurrentDecoder
from seqkit.models.summary import Specs, Summarized
from seqkit.registries import encoders
from seqkit.registry import accepted
from seqkit.special_ids import END_ID, FIRST_TEXT_ID


@keras.saving.register_keras_serializable(package="seqkit")
class PointerNetwork(Summarized, Configured, keras.Model):
    """Vectors in, an order of their positions out.

    Vinyals, Fortunato and Jaitly 2015 (arXiv:1506.03134): an encoder reads the vectors;
    a recurrent decoder reads those that it pointed at, one per step, and points at the
    next or ends. With e_i the encoder's output for vector i, projected to D, and h_t
    the output of the decoder's last layer

        c_t = sum over i of softmax_i(score(h_t, e_i)) e_i      glimpse (section 2.2)
        a_t = tanh(W [c_t; h_t] + b)
        u_i = C tanh(v · tanh(W1 e_i + W2 a_t))                 pointer (equation 3)

    and P(i) = softmax(u)_i over the vectors that may follow and the end token, which
    has a vector of its own. The decoder begins with the mean of the encoder's outputs.
    The tokens are the special ids of seqkit, and `FIRST_TEXT_ID + i` for position i, so
    V = S + 4 depends on the batch.

    Args:
        point_dim: Width of a vector, F.
        architecture: The encoder, a name of `seqkit.registries.encoders`. A Transformer
            does not know the order of the vectors unless `position_encoding`.
        num_layers, num_heads, intermediate_dim: Of the encoder.
        hidden_dim: Units of encoder and decoder, D.
        cell: The decoder's cell: `"lstm"`, `"gru"` or `"rnn"`.
        attention: The score of glimpse and pointer, a name of
            `seqkit.registries.attention_scores`.
        logit_clipping: C; `None` leaves the tanh around the score out.
        repeats: Whether a position may be pointed at twice.
        complete: Whether it can end only after all positions.
        position_encoding: Whether a Transformer reads the vectors as a list.
        normalize: Whether each set is moved and scaled into the cube from -1 to 1, so
            that its place and size do not matter.
        dropout: Fraction dropped in training.
        implementation: What runs recurrent layers, as in `seqkit.layers.LSTM`.

    Call arguments:
        inputs: Dictionary of `"points"` `[B, S, F]`, `"lengths"` `[B]`, the number of
            vectors of each row, and `"decoder_token_ids"` `[B, T]`, which begin with
            `<s>`.

    Returns:
        Logits `[B, T, S + 4]` of the token after each decoder position, -60000 for what
        cannot follow.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.PointerNetwork(2, num_layers=1, hidden_dim=8)
    >>> inputs = {"points": np.ones((1, 3, 2), "float32"), "lengths": np.array([3])}
    >>> tuple(model(inputs | {"decoder_token_ids": np.array([[2, 4]])}).shape)
    (1, 2, 7)
    """

    def __init__(
        self,
        point_dim: int = 2,
        *,
        architecture: str = "transformer",
        num_layers: int = 2,
        hidden_dim: int = 128,
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        cell: str = "lstm",
        attention: str = "additive",
        logit_clipping: float | None = 10.0,
        repeats: bool = False,
        complete: bool = False,
        position_encoding: bool = False,
        normalize: bool = True,
        dropout: float = 0.0,
        implementation: str | int = "auto",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_choice("architecture", architecture, encoders)
        dtype, make = self.dtype_policy, encoders[architecture]
        options = {name: getattr(self, name) for name in _ENCODER} | {
            "variational": False
        }
        self.encoder = make(**accepted(make, options), name="encoder", dtype=dtype)
        self.projection = keras.layers.Dense(hidden_dim, dtype=dtype, name="projection")
        # h lies between -1 and 1, the c of an LSTM has no bounds.
        activations = ["tanh", None] if cell == "lstm" else ["tanh"]
        self.bridges = [
            keras.layers.Dense(hidden_dim, activation=activation, dtype=dtype)
            for activation in activations
        ]
        self.decoder = RecurrentDecoder(
            hidden_dim,
            cell=cell,
            attention=attention,
            dropout=dropout,
            implementation=implementation,
            name="decoder",
            dtype=dtype,
        )
        self.pointer = PointerAttention(
            hidden_dim, attention, logit_clipping, name="pointer", dtype=dtype
        )
        self.dropout_layer = parts.dropout(self, dropout)

    def build(self, input_shape: Any = None) -> None:
        self.encoder.build((None, None, self.point_dim))
        self.projection.build((None, self.encoder.width))
        for bridge in self.bridges:
            bridge.build((None, self.encoder.width))
        vectors = (None, None, self.hidden_dim)
        self.decoder.build(vectors)
        self.pointer.build(vectors, vectors)
        self.special_vectors = self.add_weight(
            name="special_vectors",
            shape=(FIRST_TEXT_ID, self.hidden_dim),
            initializer=keras.initializers.RandomNormal(0.1),
        )
        self.built = True

    def example_inputs(self) -> Specs:
        return {
            "points": ((None, None, self.point_dim), "float32"),
            "lengths": ((None,), "int32"),
            "decoder_token_ids": ((None, None), "int32"),
        }

    def call(self, inputs: dict[str, Any], training: bool = False) -> Any:
        memory, mask = self.encode_inputs(inputs, training=training)
        token_ids = inputs["decoder_token_ids"]
        return self.decode(token_ids, memory, mask, training=training)[0]

    def encode_inputs(
        self, inputs: dict[str, Any], training: bool = False
    ) -> tuple[dict[str, Any], Any]:
        """What was read, and which of `[B, S]` are vectors rather than padding.

        The memory has `"vectors"` `[B, S + 4, D]`, one per token, and `"states"`, the
        decoder's initial ones.
        """
        points = ops.cast(inputs["points"], "float32")
        lengths = ops.cast(inputs["lengths"], "int32")
        mask = ops.arange(ops.shape(points)[1], dtype="int32") < lengths[:, None]
        if self.normalize:
            points = _normalized(points, mask[..., None])
        points = ops.cast(points, self.compute_dtype)
        x = self.encoder(points, mask=mask, training=training)
        kept = ops.cast(mask, x.dtype)[..., None]
        mean = ops.sum(x * kept, axis=1) / ops.maximum(ops.sum(kept, axis=1), 1)
        special = ops.cast(self.special_vectors, x.dtype)[None]
        special = ops.repeat(special, ops.shape(x)[0], axis=0)
        x = position_wise(self.projection, x)
        states = [[bridge(mean) for bridge in self.bridges]]
        return {"vectors": ops.concatenate([special, x], 1), "states": states}, mask

    def decode(
        self, decoder_token_ids: Any, memory: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any]:
        """Logits `[B, T, S + 4]`, and the glimpses' weights `[B, T, S]`."""
        vectors = memory["vectors"]
        decoder_token_ids = ops.cast(decoder_token_ids, "int32")
        x = self.dropout_layer(_at(vectors, decoder_token_ids), training=training)
        source = self.decoder.prepare(vectors[:, FIRST_TEXT_ID:], mask)
        x, weights = self.decoder(x, memory["states"], source, training=training)
        chosen = ops.one_hot(decoder_token_ids, ops.shape(vectors)[1], dtype="int32")
        excluded = self._excluded(ops.cumsum(chosen, axis=1) > 0, mask)
        logits = self.pointer.attend(
            self.dropout_layer(x, training=training),
            self.pointer.prepare(vectors),
            pointed_mask=excluded,
        )
        return logits, weights

    def alignment(self, inputs: dict[str, Any]) -> Any:
        """The probability `[B, T, S]` of each position at each step."""
        memory, mask = self.encode_inputs(inputs)
        logits = self.decode(inputs["decoder_token_ids"], memory, mask)[0]
        return ops.softmax(ops.cast(logits, "float32"))[..., FIRST_TEXT_ID:]

    def initial_state(
        self, memory: Any, mask: Any, num_beams: int, max_length: int
    ) -> dict[str, Any]:
        vectors = memory["vectors"]
        rows, size = ops.shape(vectors)[:2]
        source = self.decoder.prepare(vectors[:, FIRST_TEXT_ID:], mask)
        beams = self.decoder.initial_state(memory["states"], num_beams, source)
        return {
            "beams": beams | {"pointed": ops.zeros((rows, num_beams, size), "bool")},
            "sentences": {
                "vectors": vectors,
                "keys": self.pointer.prepare(vectors),
                "source": source,
                "mask": mask,
            },
        }

    def step(self, token_ids: Any, state: Any, index: Any) -> tuple[Any, Any, Any]:
        beams, read = dict(state["beams"]), state["sentences"]
        pointed = beams.pop("pointed")
        chosen = (
            ops.arange(ops.shape(pointed)[2], dtype="int32") == token_ids[..., None]
        )
        pointed = ops.logical_or(pointed, chosen)
        x = _at(read["vectors"], token_ids)
        x, beams, weights = self.decoder.step(x, beams, read["source"])
        logits = self.pointer.attend(x, read["keys"])
        never = ops.cast(-float("inf"), logits.dtype)
        logits = ops.where(self._excluded(pointed, read["mask"]), never, logits)
        return logits, {**state, "beams": beams | {"pointed": pointed}}, weights

    def _excluded(self, pointed: Any, mask: Any) -> Any:
        """Which tokens cannot follow `[B, T, S + 4]`, after those pointed at so far."""
        ids = ops.arange(ops.shape(pointed)[2], dtype="int32")
        padding = ops.pad(ops.logical_not(mask), ((0, 0), (FIRST_TEXT_ID, 0)))
        special = ops.logical_and(ids < FIRST_TEXT_ID, ids != END_ID)
        excluded = ops.logical_or(padding[:, None], special)
        before = ops.logical_and(pointed, ids >= FIRST_TEXT_ID)
        count = ops.sum(ops.cast(before, "int32"), axis=2)
        least = 1
        if self.complete:
            least = ops.sum(ops.cast(mask, "int32"), axis=1)[:, None]
        early = ops.logical_and((count < least)[..., None], ids == END_ID)
        excluded = ops.logical_or(excluded, early)
        if self.repeats:
            return excluded
        return ops.logical_or(excluded, before)


def _normalized(points: Any, mask: Any) -> Any:
    """Points `[B, S, F]` about the middle of each set, and from -1 to 1."""
    highest = ops.max(ops.where(mask, points, -float("inf")), axis=1, keepdims=True)
    lowest = ops.min(ops.where(mask, points, float("inf")), axis=1, keepdims=True)
    spread = ops.max(highest - lowest, axis=2, keepdims=True) / 2
    spread = ops.where(spread > 0, spread, 1.0)
    return ops.where(mask, (points - (highest + lowest) / 2) / spread, 0.0)


def _at(vectors: Any, token_ids: Any) -> Any:
    """The vectors `[B, T, D]` of tokens `[B, T]`."""
    rows, size, width = ops.shape(vectors)
    places = ops.arange(rows, dtype="int32")[:, None] * size + token_ids
    return ops.take(ops.reshape(vectors, (-1, width)), places, axis=0)


_ENCODER = (
    "num_layers hidden_dim num_heads intermediate_dim dropout position_encoding "
    "implementation"
).split()
