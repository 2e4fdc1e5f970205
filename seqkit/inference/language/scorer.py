"""The probability of a text, by a language model that carries its state."""

import dataclasses
import math

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.inference.compiled import compiled
from seqkit.inference.language.dynamic_evaluation import trained_weights, with_gradients
from seqkit.token_scores import token_scores

# Of token ids, begins, targets and weights.
_SEGMENT = [
    ((None, None), "int32"),
    ((None,), "bool"),
    ((None, None), "int32"),
    ((None, None), "float32"),
]


@dataclasses.dataclass
class ScoreTotals:
    """Sums over all tokens of a text, and the figures that follow from them.

    Every figure is one of the whole text, never a mean of means. What is too large for
    a float is `inf`.

    Attributes:
        nats: Sum of -log p over the tokens, natural logarithm, in float64.
        tokens: How many there were.
        correct: How many of them were the likeliest.
    """

    nats: float = 0.0
    tokens: int = 0
    correct: int = 0

    def add(self, log_probs, correct, weights):
        """Counts a segment `[B, T]`; weights are 0 where there is no token."""
        real = np.asarray(weights) > 0
        self.nats -= float(np.sum(log_probs[real], dtype=np.float64))
        self.tokens += int(real.sum())
        self.correct += int(np.sum(correct[real]))

    @property
    def perplexity(self):
        """`exp(nats / tokens)`."""
        return _exp(self._mean(self.tokens, "tokens"))

    @property
    def bits_per_token(self):
        """`nats / (tokens · log 2)`."""
        return self._mean(self.tokens, "tokens") / math.log(2)

    @property
    def accuracy(self):
        """The fraction of tokens that were the likeliest."""
        self._mean(self.tokens, "tokens")
        return self.correct / self.tokens

    def perplexity_per_word(self, words):
        """`exp(nats / words)`: of texts in words, whatever the tokens are."""
        return _exp(self._mean(words, "words"))

    def bits_per_character(self, characters):
        """`nats / (characters · log 2)`."""
        return self._mean(characters, "characters") / math.log(2)

    def _mean(self, count, name):
        if count < 1:
            raise SeqkitError(f"score: expected {name} to score, found none")
        return self.nats / count


class Scorer:
    """Scores texts with a language model, one compiled function for all of them.

    A text comes in segments `(inputs, targets, weights)` as in training: inputs a
    dictionary of `token_ids` `[B, T]` and `begins` `[B]`, targets the next tokens
    `[B, T]`, weights `[B, T]`, 0 where there is no token. The state goes from a segment
    to the next outside of the model, so B and T are free and change no figure; rows
    with `begins` start anew. Memory does not grow with the text.

    Args:
        model: A `LanguageModel`, or any built model of that form.
        neural_cache: A `NeuralCache` to mix in; rows that begin have an empty one.
        dynamic_evaluation: A `DynamicEvaluation`: behind each segment a step of
            learning, in `score_segments` and `total`. Each call starts from the trained
            weights, and the model keeps them. TensorFlow and JAX.
    """

    def __init__(self, model, *, neural_cache=None, dynamic_evaluation=None):
        self.model = model
        self.neural_cache = neural_cache
        self.dynamic_evaluation = dynamic_evaluation
        self._hidden_dim = None
        if neural_cache is not None:
            one = ops.zeros((1, 1), "int32")
            hidden, _ = model.run(one, model.initial_state(1))
            self._hidden_dim = hidden.shape[-1]
        state = self._initial_state(1)
        self._structure = keras.tree.map_structure(lambda _: 0, state)
        self._signature = [
            ((None, *leaf.shape[1:]), keras.backend.standardize_dtype(leaf.dtype))
            for leaf in keras.tree.flatten(state)
        ]
        self._functions = {}

    def total(self, segments):
        """The `ScoreTotals` of all segments."""
        totals = ScoreTotals()
        for log_probs, correct, weights in self.score_segments(segments):
            totals.add(log_probs, correct, weights)
        return totals

    def score_segments(self, segments):
        """Scores segment after segment.

        Args:
            segments: Iterable of `(inputs, targets, weights)`, in the order of the
                text.

        Yields:
            For each segment log-probabilities of its targets `[B, T]` float32, whether
            each was the likeliest token `[B, T]`, and its weights `[B, T]`.

        Raises:
            SeqkitError: A segment's shapes do not fit, or the number of rows changes
                while texts go on.
        """
        dynamic = self.dynamic_evaluation
        if dynamic is None:
            run = self._function("score", self._score, [])
            for segment, state in self._with_states(segments):
                (log_probs, correct, _), state[:] = run(*segment, *state)
                yield *map(ops.convert_to_numpy, (log_probs, correct)), segment[-1]
            return
        # The weights go in and out as the state does; the model's stay as they are.
        constants = dynamic.constants(self.model)
        weights = trained_weights(self.model)
        run = self._function("learn", self._score_and_learn, weights + constants)
        for segment, state in self._with_states(segments):
            scores, state[:], weights = run(*segment, *state, *weights, *constants)
            yield *map(ops.convert_to_numpy, scores), segment[-1]

    def score_sequences(self, sequences, batch_size=32, segment_length=64):
        """Scores sequences of any length, each by itself.

        Args:
            sequences: N sequences of token ids. The first id of each is only read, such
                as `<s>`; each other one is scored, given all before it.
            batch_size: Sequences a batch, of like length; with `segment_length` it
                changes the memory and the speed and nothing else.
            segment_length: Tokens that are read at a time.

        Returns:
            For each sequence, in the order given, the log-probabilities of its ids but
            the first, a float64 array.

        Raises:
            SeqkitError: With dynamic evaluation, where sequences would not be scored by
                themselves.
        """
        if self.dynamic_evaluation is not None:
            raise SeqkitError(
                "score: expected no dynamic evaluation with texts that are scored each "
                "by itself. Evaluate a split with it"
            )
        results = [[np.zeros(0)] for _ in sequences]
        pieces = list(_pieces(sequences, batch_size, segment_length))
        segments = (_segment(sequences, *piece) for piece in pieces)
        scored = self.score_segments(segments)
        for (rows, *_), (log_probs, _, weights) in zip(pieces, scored, strict=True):
            for i, line, real in zip(rows, log_probs, weights > 0, strict=False):
                results[i].append(line[real].astype("float64"))
        return [np.concatenate(result) for result in results]

    def gradient_mean_squares(self, segments):
        """Mean squares of the gradients, for `DynamicEvaluation`.

        Args:
            segments: Segments of training text, as of `score_segments`. A batch's
                gradient is that of its mean loss a token, so its size matters; 100 rows
                of 5 tokens are published.

        Returns:
            A list of float32 arrays as `model.trainable_variables`.
        """
        sums = [ops.zeros(v.shape, "float32") for v in self.model.trainable_variables]
        run = self._function("squares", self._add_squares, sums)
        count = 0
        for segment, state in self._with_states(segments):
            state[:], sums = run(*segment, *state, *sums)
            count += 1
        if not count:
            raise SeqkitError("dynamic evaluation: expected training text, found none")
        return [ops.convert_to_numpy(total) / count for total in sums]

    def _with_states(self, segments):
        """Segments, each with the list of state tensors, to be overwritten."""
        state, rows = [], None
        for number, (inputs, targets, weights) in enumerate(segments):
            token_ids = inputs["token_ids"]
            begins = inputs.get("begins", np.zeros(len(token_ids), bool))
            arrays = token_ids, begins, targets, weights
            segment = [
                np.asarray(array, dtype)
                for array, (_, dtype) in zip(arrays, _SEGMENT, strict=True)
            ]
            token_ids, begins, _, _ = segment
            shapes = [array.shape for array in segment]
            if shapes != [shapes[0], shapes[0][:1], shapes[0], shapes[0]]:
                raise SeqkitError(
                    f"segment {number}: expected shapes [B, T], [B], [B, T], [B, T] of "
                    "token_ids, begins, targets and weights, found "
                    f"{', '.join(map(str, shapes))}"
                )
            if len(token_ids) != rows:
                if rows is not None and not begins.all():
                    raise SeqkitError(
                        f"segment {number}: expected {rows} rows, as in the segment "
                        f"before, or rows that all begin, found {len(token_ids)} rows"
                    )
                rows = len(token_ids)
                state[:] = keras.tree.flatten(self._initial_state(rows))
            yield segment, state

    def _initial_state(self, batch_size):
        state = {"model": self.model.initial_state(batch_size)}
        if self.neural_cache is not None:
            state["cache"] = self.neural_cache.initial_state(
                batch_size, self._hidden_dim
            )
        return state

    def _function(self, name, function, others):
        """The compiled function of a segment, a state and other tensors."""
        if name not in self._functions:
            shapes = [
                (tuple(x.shape), keras.backend.standardize_dtype(x.dtype))
                for x in others
            ]
            signature = [*_SEGMENT, *self._signature, *shapes]
            self._functions[name] = compiled(function, self.model, signature)
        return self._functions[name]

    def _score(self, token_ids, begins, targets, weights, *state):
        """Scores a segment; traceable.

        Returns:
            Log-probabilities `[B, T]`, whether each target is the likeliest, and the
            mean of -log p by the model alone; and the list of the state's tensors.
        """
        fresh = keras.tree.flatten(self._initial_state(ops.shape(token_ids)[0]))
        state = [_choose(begins, *pair) for pair in zip(fresh, state, strict=True)]
        state = keras.tree.pack_sequence_as(self._structure, state)
        hidden, state["model"] = self.model.run(token_ids, state["model"])
        scores = token_scores(targets, self.model.logits(hidden))
        log_probs = scores["chosen"] - scores["highest"] - ops.log(scores["total"])
        log_probs = ops.squeeze(log_probs, axis=-1)
        correct = ops.squeeze(scores["chosen"] >= scores["highest"], axis=-1)
        real = weights > 0
        loss = ops.divide_no_nan(
            -ops.sum(ops.where(real, log_probs, 0.0)),
            ops.sum(ops.cast(real, "float32")),
        )
        if self.neural_cache is not None:
            log_probs, correct, state["cache"] = self.neural_cache.mix(
                hidden, targets, weights, scores, log_probs, state["cache"]
            )
        return (log_probs, correct, loss), keras.tree.flatten(state)

    def _differentiate(self, weights, segment_and_state):
        def function():
            (log_probs, correct, loss), state = self._score(*segment_and_state)
            return loss, ((log_probs, correct), state)

        return with_gradients(function, self.model, weights)

    def _score_and_learn(self, *arguments):
        """Scores a segment, then learns from it: ..., weights, constants; traceable."""
        segment, rest = self._split(arguments)
        count = len(self.model.trainable_variables)
        weights, constants = rest[:count], rest[count:]
        (scores, state), gradients = self._differentiate(weights, segment)
        weights = self.dynamic_evaluation.update(weights, gradients, constants)
        return scores, state, weights

    def _add_squares(self, *arguments):
        """Adds the squares of a segment's gradients to sums; traceable."""
        segment, sums = self._split(arguments)
        weights = trained_weights(self.model)
        (_, state), gradients = self._differentiate(weights, segment)
        pairs = zip(sums, gradients, strict=True)
        return state, [total + ops.square(gradient) for total, gradient in pairs]

    def _split(self, arguments):
        """The arguments of `_score`, and the rest."""
        count = len(_SEGMENT) + len(self._signature)
        return list(arguments[:count]), list(arguments[count:])


def _choose(begins, fresh, state):
    """The fresh rows where a text begins, the others of the state."""
    rows = ops.reshape(begins, (-1,) + (1,) * (len(state.shape) - 1))
    return ops.where(rows, fresh, state)


def _pieces(sequences, batch_size, segment_length):
    """What `_segment` takes, for all segments of a batch and then of the next.

    All segments of a batch have the same rows, also where a text has ended.
    """
    order = np.argsort([-len(ids) for ids in sequences], kind="stable")
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        longest = len(sequences[rows[0]]) - 1
        for start in range(0, longest, segment_length):
            length = min(segment_length, longest - start)
            count = len(rows)
            if keras.backend.backend() != "tensorflow":
                # Few shapes where each is compiled anew. Only behind the end of the
                # longest: what follows a token never matters to it, but to the state.
                length, count = min(segment_length, -(-length // 16) * 16), batch_size
            yield rows, start, length, count


def _segment(sequences, rows, start, length, count):
    """The segment `[count, length]` of sequences from a position on, zeros behind."""
    token_ids = np.zeros((count, length), "int32")
    targets = np.zeros_like(token_ids)
    weights = np.zeros(token_ids.shape, "float32")
    for line, i in enumerate(rows):
        ids = sequences[i][start : start + length + 1]
        scored = max(0, len(ids) - 1)
        token_ids[line, :scored] = ids[:-1]
        targets[line, :scored] = ids[1:]
        weights[line, :scored] = 1
    begins = np.full(count, start == 0)
    return {"token_ids": token_ids, "begins": begins}, targets, weights


def _exp(x):
    with np.errstate(over="ignore"):
        return float(np.exp(x))
