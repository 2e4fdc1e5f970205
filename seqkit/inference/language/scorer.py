"""The probability of a text, by a language model that carries its state."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

import keras
import numpy as np
from keras import ops

from seqkit.data import pad
from seqkit.errors import SeqkitError
from seqkit.inference.compiled import compiled, spec_of, to_numpy
from seqkit.inference.language.dynamic_evaluation import (
    DynamicEvaluation,
    trained_weights,
    with_gradients,
)
from seqkit.inference.language.neural_cache import NeuralCache
from seqkit.inference.language.score_totals import ScoreTotals
from seqkit.inference.rows import similar_rows
from seqkit.token_scores import token_scores

# Of token ids, begins, targets and weights.
_SEGMENT = [
    ((None, None), "int32"),
    ((None,), "bool"),
    ((None, None), "int32"),
    ((None, None), "float32"),
]


class Scorer:
    """Scores texts with a language model, in one compiled function.

    A text comes in segments `(inputs, targets, weights)` as in training: inputs are a
    dictionary of `token_ids` `[B, T]` and `begins` `[B]`, targets the next tokens
    `[B, T]`, weights `[B, T]` with 0 where there is no token. The state is carried from
    segment to segment outside of the model, so B and T are free and change no figure;
    rows with `begins` start a new text. Memory does not grow with the text.

    Args:
        model: A `LanguageModel`, or any built model of that form.
        neural_cache: A `NeuralCache` to mix in; it is empty when a row begins.
        likeliest: Whether `score_tokens` also returns the likeliest tokens and their
            probabilities, those of the model without a cache.
        dynamic_evaluation: A `DynamicEvaluation`, which takes a learning step after
            each segment of `score_segments` and `total`. Each call starts from the
            trained weights, and the model keeps them. TensorFlow and JAX.

    >>> from seqkit.inference import Scorer
    >>> from seqkit.models import RecurrentLanguageModel
    >>> model = RecurrentLanguageModel(9, hidden_dim=4)
    >>> model.build()
    >>> log_probs, _ = Scorer(model).score_sequences([[2, 5, 6, 3], [2, 7, 3]])
    >>> log_probs.shape
    (3,)
    """

    def __init__(
        self,
        model: keras.Model,
        *,
        neural_cache: NeuralCache | None = None,
        dynamic_evaluation: DynamicEvaluation | None = None,
        likeliest: bool = False,
    ):
        self.model = model
        self.neural_cache = neural_cache
        self.dynamic_evaluation, self.likeliest = dynamic_evaluation, likeliest
        self._hidden_dim = 0
        if neural_cache is not None:
            one = ops.zeros((1, 1), "int32")
            hidden, _ = model.run(one, model.initial_state(1))
            self._hidden_dim = hidden.shape[-1]
        state = self._initial_state(1)
        self._structure = keras.tree.map_structure(lambda _: 0, state)
        self._state_specs = [spec_of(leaf) for leaf in keras.tree.flatten(state)]
        self._functions: dict[str, Callable] = {}

    def total(self, segments: Iterable[tuple]) -> ScoreTotals:
        """The `ScoreTotals` of all segments."""
        totals = ScoreTotals()
        for log_probs, correct, weights in self.score_segments(segments):
            totals.add(log_probs, correct, weights)
        return totals

    def score_segments(
        self, segments: Iterable[tuple]
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Scores segment after segment.

        Args:
            segments: Tuples `(inputs, targets, weights)`, in the order of the text.

        Yields:
            For each segment the log-probabilities of its targets `[B, T]` float32,
            whether each was the likeliest token `[B, T]`, and its weights `[B, T]`.

        Raises:
            SeqkitError: A segment's shapes do not fit, or the number of rows changes
                before texts have ended.
        """
        for scores, (_, _, _, weights) in self._scored(segments):
            yield scores["log_probs"], scores["correct"], weights

    def score_tokens(
        self, segments: Iterable[tuple]
    ) -> Iterator[tuple[dict[str, np.ndarray], tuple]]:
        """The same as dictionaries in the form of `TokenScorer`, with the segments."""
        for scores, (inputs, _, targets, weights) in self._scored(segments):
            scores["nats"] = -scores.pop("log_probs")
            yield scores, (inputs, targets, weights)

    def _scored(self, segments):
        dynamic, function = self.dynamic_evaluation, self._score
        weights, constants = [], []
        if dynamic is not None:
            # Weights go in and out as the state does; the model's own do not change.
            constants, function = dynamic.constants(self.model), self._score_and_learn
            weights = trained_weights(self.model)
        run = self._function(function, weights, constants)
        for segment, state in self._with_states(segments):
            scores, state[:], weights = run(segment, state, weights, constants)
            yield to_numpy(scores), segment

    def score_sequences(
        self,
        sequences: Sequence[Sequence[int]],
        batch_size: int = 32,
        segment_length: int = 64,
    ) -> list[np.ndarray]:
        """Scores sequences of any length, each by itself.

        Args:
            sequences: N sequences of token ids. The first id of each is only read, such
                as `<s>`; every other id is scored, given all before it.
            batch_size: Sequences per batch. It and `segment_length` change the memory
                and the speed and nothing else.
            segment_length: Tokens that are read at a time.

        Returns:
            For each sequence, in order, the log-probabilities of all its ids except the
            first, a float64 array.

        Raises:
            SeqkitError: There is dynamic evaluation: sequences would not be scored by
                themselves.
        """
        if self.dynamic_evaluation is not None:
            raise SeqkitError(
                "score: expected no dynamic evaluation with texts that are scored each "
                "by itself. Evaluate a split with it"
            )
        results = [[np.zeros(0)] for _ in sequences]
        pieces, again = itertools.tee(_pieces(sequences, batch_size, segment_length))
        scored = self.score_segments(segment for _, segment in again)
        for (rows, _), (log_probs, _, weights) in zip(pieces, scored, strict=True):
            for i, line, real in zip(rows, log_probs, weights > 0, strict=False):
                results[i].append(line[real].astype("float64"))
        return [np.concatenate(result) for result in results]

    def gradient_mean_squares(self, segments: Iterable[tuple]) -> list[np.ndarray]:
        """Mean squares of the gradients, for `DynamicEvaluation`.

        Args:
            segments: Segments of training text, as in `score_segments`. The gradient of
                a batch is that of its mean loss per token, so its size matters; the
                paper has 100 rows of 5 tokens.

        Returns:
            A list of float32 arrays in the shapes of `model.trainable_variables`.
        """
        sums = [ops.zeros(v.shape, "float32") for v in self.model.trainable_variables]
        run = self._function(self._add_squares, sums, [])
        count = 0
        for segment, state in self._with_states(segments):
            _, state[:], sums = run(segment, state, sums, [])
            count += 1
        if not count:
            raise SeqkitError("dynamic evaluation: expected training text, found none")
        return [total / count for total in to_numpy(sums)]

    def _with_states(self, segments):
        """Segments, each with the list of state tensors, to be overwritten."""
        state, rows = [], None
        for number, (inputs, targets, weights) in enumerate(segments):
            token_ids = inputs["token_ids"]
            begins = inputs.get("begins", np.zeros(len(token_ids), bool))
            segment = [
                np.asarray(array, dtype)
                for array, (_, dtype) in zip(
                    (token_ids, begins, targets, weights), _SEGMENT, strict=True
                )
            ]
            shapes = [array.shape for array in segment]
            if shapes != [shapes[0], shapes[0][:1], shapes[0], shapes[0]]:
                raise SeqkitError(
                    f"segment {number}: expected shapes [B, T], [B], [B, T], [B, T] of "
                    "token_ids, begins, targets and weights, found "
                    f"{', '.join(map(str, shapes))}"
                )
            if len(token_ids) != rows:
                if rows is not None and not segment[1].all():
                    raise SeqkitError(
                        f"segment {number}: expected {rows} rows, as in the segment "
                        f"before, or rows that all begin, found {len(token_ids)} rows"
                    )
                rows = len(token_ids)
                state[:] = keras.tree.flatten(self._initial_state(rows))
            yield segment, state

    def _initial_state(self, batch_size):
        state, cache = self.model.initial_state(batch_size), self.neural_cache
        if cache is None:
            return {"model": state}
        memory = cache.initial_state(batch_size, self._hidden_dim)
        return {"model": state, "cache": memory}

    def _function(self, function, *others):
        """The compiled function of a segment, a state and lists of other tensors."""
        name = function.__name__
        if name not in self._functions:
            specs = [[spec_of(x, any_rows=False) for x in one] for one in others]
            specs = [_SEGMENT, self._state_specs, *specs]
            self._functions[name] = compiled(function, self.model, specs)
        return self._functions[name]

    def _forward(self, segment, state):
        """Scores a segment; traceable.

        Returns:
            The mean of -log p by the model alone; and a pair of log-probabilities
            `[B, T]` with whether each target is the likeliest, and the new state.
        """
        token_ids, begins, targets, weights = segment
        fresh = keras.tree.flatten(self._initial_state(ops.shape(token_ids)[0]))
        state = [_choose(begins, *pair) for pair in zip(fresh, state, strict=True)]
        state = keras.tree.pack_sequence_as(self._structure, state)
        hidden, state["model"] = self.model.run(token_ids, state["model"])
        scores = token_scores(targets, self.model.logits(hidden))
        log_probs = scores["chosen"] - scores["highest"] - ops.log(scores["total"])
        log_probs = ops.squeeze(log_probs, axis=-1)
        found = {}
        if self.likeliest:
            confidence = ops.squeeze(1 / scores["total"], axis=-1)
            likeliest = ops.argmax(scores["exponentials"], axis=-1)
            found = {"confidence": confidence, "found": likeliest}
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
        found |= {"log_probs": log_probs, "correct": correct}
        return loss, (found, keras.tree.flatten(state))

    def _score(self, segment, state, weights, constants):
        _, (scores, state) = self._forward(segment, state)
        return scores, state, weights

    def _score_and_learn(self, segment, state, weights, constants):
        (scores, state), gradients = self._differentiate(segment, state, weights)
        update = self.dynamic_evaluation.update
        return scores, state, update(weights, gradients, constants)

    def _add_squares(self, segment, state, sums, constants):
        weights = trained_weights(self.model)
        (scores, state), gradients = self._differentiate(segment, state, weights)
        pairs = zip(sums, gradients, strict=True)
        return scores, state, [total + ops.square(one) for total, one in pairs]

    def _differentiate(self, segment, state, weights):
        return with_gradients(
            lambda: self._forward(segment, state), self.model, weights
        )


def _choose(begins, fresh, state):
    """The fresh rows where a text begins, the rows of the state elsewhere."""
    rows = ops.reshape(begins, (-1,) + (1,) * (len(state.shape) - 1))
    return ops.where(rows, fresh, state)


def _pieces(sequences, batch_size, segment_length):
    """Numbers of sequences and a segment of them, batch after batch.

    All segments of a batch have the same rows, even where a text has ended.
    """
    lengths = np.array([len(ids) for ids in sequences], int)
    for rows, filled, _ in similar_rows(lengths, batch_size):
        longest = int(lengths[rows[0]]) - 1
        for start in range(0, longest, segment_length):
            length = min(segment_length, longest - start)
            if keras.backend.backend() != "tensorflow":
                # Few shapes. Only after the end of the longest: what follows a token
                # does not matter to it, but to the state.
                length = min(segment_length, -(-length // 16) * 16)
            stop = start + length + 1
            ids = pad([sequences[row][start:stop] for row in filled], length + 1)
            scored = np.arange(start + 1, stop) < lengths[filled, None]
            begins = np.full(len(filled), start == 0)
            inputs = {"token_ids": ids[:, :-1], "begins": begins}
            yield rows, (inputs, ids[:, 1:], scored.astype("float32"))
