"""How well each token of right results is predicted from those before it."""

from collections import Counter
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.inference.compiled import compiled, to_numpy
from seqkit.metrics import calibration_statistics
from seqkit.token_scores import token_scores


class TokenScorer:
    """Scores batches in the form of training, `(inputs, targets, weights)`.

    Args:
        model: A `keras.Model` from the inputs to logits `[B, T, V]`.
        signature: The `Spec`s of a batch.

    A call takes a batch and returns arrays `[B, T]`: `nats`, -log p of each target;
    `correct`, whether it is the likeliest token; `found`, the id of the likeliest, and
    `confidence`, its probability.
    """

    def __init__(self, model: keras.Model, signature: Any):
        self.model = model

        def score(inputs, targets):
            logits = model(inputs, training=False)
            scores = token_scores(targets, logits)
            found = {
                "nats": scores["normalizer"] - scores["chosen"],
                "correct": scores["chosen"] >= scores["highest"],
                "confidence": 1 / scores["total"],
                "found": ops.argmax(logits, axis=-1)[..., None],
            }
            return {name: ops.squeeze(one, axis=-1) for name, one in found.items()}

        def spec(one):
            return one.shape, one.dtype

        inputs, targets, _ = signature
        specs = [{name: spec(one) for name, one in inputs.items()}, spec(targets)]
        self._run = compiled(score, model, specs)

    def __call__(self, batch: Any) -> dict[str, np.ndarray]:
        inputs, targets, _ = batch
        return to_numpy(self._run(inputs, targets))


class TokenTotals:
    """Sums over the tokens of N examples.

    Args:
        num_examples: N.
        detailed: Whether to keep what calibration and the most frequent mistakes need,
            which takes memory that grows with the examples.

    Attributes:
        totals: Float array `[N, 3]`: of each example the sum of -log p of its tokens
            (nats), how many of them were the likeliest, and their number.
        mistakes: How often a token was expected and another was likelier: pairs of ids
            to a count.
    """

    def __init__(self, num_examples: int, detailed: bool = False):
        self.totals = np.zeros((num_examples, 3))
        self.detailed, self.mistakes = detailed, Counter()
        self._outcomes: list[tuple] = []

    def add(self, examples: Any, batch: Any, scores: dict[str, np.ndarray]) -> None:
        """Adds a batch with the scores of its tokens.

        `examples` is the number of the example of each row `[B]`, or of each token
        `[B, T]`; further rows only fill the batch up.
        """
        _, targets, weights = batch
        real = np.asarray(weights) > 0  # never in a row that fills up
        examples = np.asarray(examples)
        examples = examples if examples.ndim > 1 else examples[:, None]
        owners = np.zeros(real.shape, np.int64)
        owners[: len(examples)] = examples
        owners = owners[real]
        right = scores["correct"][real]
        for place, values in enumerate((scores["nats"][real], right, 1)):
            np.add.at(self.totals[:, place], owners, values)
        if not self.detailed:
            return
        pairs = np.stack([np.asarray(targets)[real], scores["found"][real]], axis=1)
        pairs, counts = np.unique(pairs[~right], axis=0, return_counts=True)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            self.mistakes[tuple(pair)] += count
        self._outcomes.append((scores["confidence"][real].clip(0, 1), right, owners))

    def confused(self, tokenizer: Any, most: int = 200) -> dict[str, dict[str, int]]:
        """The most frequent mistakes: expected token to likelier token to a count."""
        confused: dict[str, dict[str, int]] = {}
        for pair, count in self.mistakes.most_common(most):
            right, found = map(_visible, tokenizer.pieces(list(pair)))
            confused.setdefault(right, {})[found] = count
        return confused

    def calibration(self) -> Any:
        """The `calibration_statistics` of all tokens."""
        chances, right, owners = map(np.concatenate, zip(*self._outcomes, strict=True))
        return calibration_statistics(chances, right, owners, len(self.totals))


def _visible(piece: str) -> str:
    return piece if piece.strip() and piece.isprintable() else repr(piece)
