"""What a served language model takes and returns."""

from collections.abc import Collection
from typing import Any

import keras
import tensorflow as tf

from seqkit.decoding import AdjustableSampling, decode, text_suppress_ids
from seqkit.export.in_graph import in_graph_tokenizer
from seqkit.export.reading import read_rows, score_rows
from seqkit.export.signatures import Signature
from seqkit.special_ids import END_ID, PAD_ID, START_ID

# Scalars that `generate` takes besides the prompts.
SAMPLING = (
    tf.TensorSpec([], tf.int32, name="max_length"),
    tf.TensorSpec([], tf.float32, name="temperature"),
    tf.TensorSpec([], tf.int32, name="top_k"),
    tf.TensorSpec([], tf.float32, name="top_p"),
    tf.TensorSpec([], tf.int64, name="seed"),
)


def language_signatures(
    model: Any,
    tokenizer: Any = None,
    *,
    start_id: int = START_ID,
    end_id: int | None = END_ID,
    suppress_ids: Collection[int] | None = None,
) -> dict[str, Signature]:
    """Signatures for `save_model` of a language model: generate, score, read, step.

    Letters: B texts (any number), S and L tokens, V the vocabulary. With a tokenizer
    texts are strings, `text` `[B]`; without, `token_ids` `[B, S]` int32, right-padded
    with 0. They may be empty, and of any lengths side by side.

    - `generate`, also `serving_default`, takes prompts and the scalars `max_length`
      int32, `temperature` float32 (0 takes the likeliest token), `top_k` int32 (0
      chooses from all), `top_p` float32 (1 as well) and `seed` int64. It returns the
      continuations: `texts` `[B]`, or `token_ids` `[B, L]` int32 and `lengths` `[B]`
      int32; and `scores` `[B]` float32, their log-probabilities.
    - `score` takes texts and returns `log_prob` `[B]` float32, `num_tokens` `[B]`
      int32, and for each token, with the end token if there is one, `token_ids`
      `[B, S]` and `token_log_probs` `[B, S]`, 0 after the end.
    - `initial_state` takes a scalar `batch_size` int32 and returns the state of so many
      empty texts: `state_0`, `state_1`, ..., each `[B, ...]`.
    - `read` takes prompts and returns the state after all tokens but the last, and that
      one: `token_ids` `[B]`. A text begins with `start_id`.
    - `step` takes `token_ids` `[B]` int32 and the state, and returns `logits` `[B, V]`
      float32 of the next token and the new state: so a server can stream.

    Args:
        model: A `LanguageModel`, or any built model of that form.
        tokenizer: One of `seqkit.tokenizers`; `None` for token ids in and out.
        start_id: Token that is read before each text.
        end_id: Token that ends a text; `None` for running text, which has no end.
        suppress_ids: Tokens that are never generated; by default those of
            `seqkit.decoding.text_suppress_ids`.

    >>> import seqkit
    >>> model = seqkit.models.RecurrentLanguageModel(7, hidden_dim=8)
    >>> model.build()
    >>> tokenizer = seqkit.tokenizers.CharacterTokenizer("abc")
    >>> sorted(seqkit.export.language_signatures(model, tokenizer))
    ['generate', 'initial_state', 'read', 'score', 'serving_default', 'step']
    """
    if suppress_ids is None:
        suppress_ids = text_suppress_ids(start_id, end_id)
    texts = _Texts(tokenizer, start_id, end_id)
    states = _States(model)

    def generate(prompts, max_length, temperature, top_k, top_p, seed):
        token_ids, lengths = texts.encode(prompts)
        last, state = states.read(token_ids, lengths)
        # Rows cannot leave an empty history.
        most = tf.maximum(max_length, 1)
        decoded = decode(
            states.step_beams,
            # With the second entry, rows that are done can leave.
            {"beams": [leaf[:, None] for leaf in state], "sentences": ()},
            tf.shape(token_ids)[0],
            strategy=AdjustableSampling(temperature, top_k, top_p, seed=seed),
            max_length=most,
            max_lengths=tf.fill([tf.shape(token_ids)[0]], max_length),
            start_id=last,
            end_id=end_id,
            suppress_ids=suppress_ids,
        )
        found = texts.decode(
            token_ids, lengths, decoded.token_ids[:, 0], decoded.lengths[:, 0]
        )
        return {**found, "scores": decoded.scores[:, 0]}

    def score(whole):
        token_ids, lengths = texts.encode(whole, add_end=True)
        targets, count = token_ids[:, 1:], lengths - 1
        log_probs = score_rows(
            states.run, token_ids[:, :-1], targets, count, states.initial(token_ids)
        )
        return {
            "log_prob": tf.reduce_sum(log_probs, axis=1),
            "num_tokens": count,
            "token_ids": targets,
            "token_log_probs": log_probs,
        }

    def initial_state(batch_size):
        return states.named(states.initial(tf.zeros([batch_size])))

    def read(prompts):
        last, state = states.read(*texts.encode(prompts))
        return {"token_ids": last, **states.named(state)}

    def step(token_ids, *state):
        logits, state = states.step(token_ids, state)
        return {"logits": logits, **states.named(state)}

    resources = texts.resources
    generation = Signature(generate, (texts.spec, *SAMPLING), resources)
    size = tf.TensorSpec([], tf.int32, name="batch_size")
    token = tf.TensorSpec([None], tf.int32, name="token_ids")
    return {
        "serving_default": generation,
        "generate": generation,
        "score": Signature(score, (texts.spec,), resources),
        "initial_state": Signature(initial_state, (size,)),
        "read": Signature(read, (texts.spec,), resources),
        "step": Signature(step, (token, *states.specs)),
    }


class _Texts:
    """Texts in and out: strings, or token ids."""

    def __init__(self, tokenizer, start_id, end_id):
        self._start_id, self._end_id = start_id, end_id
        self._tokenizer = None if tokenizer is None else in_graph_tokenizer(tokenizer)
        self.resources = () if tokenizer is None else (self._tokenizer,)
        self.spec = tf.TensorSpec([None, None], tf.int32, name="token_ids")
        if tokenizer is not None:
            self.spec = tf.TensorSpec([None], tf.string, name="text")

    def encode(self, texts, add_end=False):
        """Ids `[B, 1 + S]` with the start token, and how many each row has, `[B]`."""
        ids = texts if self._tokenizer is None else self._tokenizer.encode(texts)
        lengths = tf.reduce_sum(tf.cast(ids != PAD_ID, tf.int32), axis=1)
        starts = tf.fill([tf.shape(ids)[0], 1], self._start_id)
        ids = tf.concat([starts, ids], axis=1)
        lengths += 1
        if add_end and self._end_id is not None:
            ids = tf.pad(ids, [[0, 0], [0, 1]])
            here = tf.range(tf.shape(ids)[1]) == lengths[:, None]
            ids = tf.where(here, self._end_id, ids)
            lengths += 1
        return ids, lengths

    def decode(self, before, lengths_before, token_ids, lengths):
        """What is returned for `token_ids` `[B, L]` that come after others."""
        if self._tokenizer is None:
            return {"token_ids": token_ids, "lengths": lengths}
        # The text of a token may depend on the one before it.
        parts = (before, lengths_before), (token_ids, lengths)
        rows = [tf.RaggedTensor.from_tensor(*part) for part in parts]
        whole = tf.concat(rows, axis=1)

        def text(ids, lengths):
            return self._tokenizer.decode(ids[:, None], lengths[:, None])[:, 0]

        old = text(before, lengths_before)
        whole = text(whole.to_tensor(), lengths_before + lengths)
        # Never after the end: bytes that were no character may have become one.
        place = tf.minimum(tf.strings.length(old), tf.strings.length(whole))
        rest = tf.fill(tf.shape(place), tf.int32.max)
        return {"texts": tf.strings.substr(whole, place, rest)}


class _States:
    """The model's state as a flat list of tensors, `[B, ...]` each."""

    def __init__(self, model):
        self._model = model
        state = model.initial_state(1)
        leaves = keras.tree.flatten(state)
        self._structure = keras.tree.map_structure(lambda _: 0, state)
        self.specs = tuple(
            tf.TensorSpec([None, *leaf.shape[1:]], leaf.dtype, name=f"state_{number}")
            for number, leaf in enumerate(leaves)
        )

    def named(self, state):
        return {spec.name: leaf for spec, leaf in zip(self.specs, state, strict=True)}

    def initial(self, rows):
        """The state of as many empty texts as a tensor has rows."""
        leaves = keras.tree.flatten(self._model.initial_state(1))
        return [tf.repeat(leaf, tf.shape(rows)[0], axis=0) for leaf in leaves]

    def run(self, token_ids, state):
        """`(a function that gives logits, the new state)` for ids `[B, T]`."""
        hidden, new = self._model.run(token_ids, self._packed(state))
        return lambda: self._model.logits(hidden), self._flat(new)

    def step(self, token_ids, state):
        logits, new = self._model.step(token_ids, self._packed(state))
        return logits, self._flat(new)

    def step_beams(self, token_ids, state, index):
        leaves = [leaf[:, 0] for leaf in state["beams"]]
        logits, leaves = self.step(token_ids[:, 0], leaves)
        return logits[:, None], {"beams": [leaf[:, None] for leaf in leaves]}

    def read(self, token_ids, lengths):
        """The last ids `[B]`, and the state after those before them."""
        last = tf.gather(token_ids, lengths - 1, batch_dims=1)
        return last, read_rows(
            lambda *arguments: self.run(*arguments)[1],
            token_ids,
            lengths - 1,
            self.initial(token_ids),
        )

    def _packed(self, leaves):
        return keras.tree.pack_sequence_as(self._structure, list(leaves))

    def _flat(self, state):
        leaves = zip(keras.tree.flatten(state), self.specs, strict=True)
        return [tf.ensure_shape(leaf, spec.shape) for leaf, spec in leaves]
