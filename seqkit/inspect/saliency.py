"""How much each word adds to a prediction of a tagger or a classifier."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.pieces import SPACE, joined, word_spans
from seqkit.inspect.unit_view import UnitView, per_token


@dataclass(frozen=True)
class Saliency:
    """How much each of T tokens adds to the log-odds of an answer.

    As the last expression of a notebook's cell it is displayed: the text, blue for
    tokens that support the answer, orange for those that oppose it.

    Attributes:
        scores, tokens: Float array `[T]`, in nats, and T strings.
        target: The answer: a label, or `(word number, tag)` of a tagger.
        value: The log-odds of the answer, f(x).
        baseline_value: Those of the baseline, f(x').

    >>> from seqkit.inspect import Saliency
    >>> saliency = Saliency([0.5, 2.0, 1.0], ["▁It", "▁shi", "nes"], "good", 3.6, 0.1)
    >>> saliency.by_word().tokens, saliency.by_word().scores.tolist()
    (['It', 'shines'], [0.5, 3.0])
    >>> round(saliency.delta, 6), saliency.name
    (0.0, 'good: log-odds +3.60, of which +3.50 by the text')
    """

    scores: np.ndarray
    tokens: list[str]
    target: str | tuple[int, str]
    value: float
    baseline_value: float

    def __post_init__(self):
        scores = per_token("scores", self.scores, self.tokens)
        object.__setattr__(self, "scores", scores)

    @property
    def delta(self) -> float:
        """The sum of the scores less f(x) - f(x'); more `steps` make it smaller."""
        return float(self.scores.sum() - (self.value - self.baseline_value))

    @property
    def name(self) -> str:
        """The answer and its log-odds, the title of plots."""
        answer = self.target
        if not isinstance(answer, str):
            number, tag = answer
            answer = f"{tag} at word {number}"
            if number < len(self.tokens) and not any(SPACE in t for t in self.tokens):
                answer += f" ({self.tokens[number]})"
        name = f"{answer}: log-odds {self.value:+.2f}, of which "
        change = self.value - self.baseline_value
        name += f"{change:+.2f} by the text"
        if abs(self.delta) > 0.05 * abs(change) + 0.005:
            name += f"; the scores add up to {self.scores.sum():+.2f}, try more steps"
        return name

    def by_word(self) -> "Saliency":
        """The same for words without `▁`: the scores of their pieces are added.

        Punctuation after a word and special tokens stay separate. Tokens that are not
        pieces of SentencePiece do not change.
        """
        if not any(SPACE in token for token in self.tokens):
            return self
        spans = []
        for start, stop in word_spans(self.tokens):
            # A space by itself belongs to the punctuation after it.
            if spans and self.tokens[spans[-1][0] : spans[-1][1]] == [SPACE]:
                start = spans.pop()[0]
            spans.append((start, stop))
        words, belongs = joined(self.tokens, spans)
        return replace(self, scores=belongs @ self.scores, tokens=words)

    def view(self) -> UnitView:
        """The coloured text, a `seqkit.inspect.UnitView`."""
        return UnitView(self.scores, self.tokens, self.name)

    def to_html(self) -> str:
        """The text as a `<div>` with scores as tooltips."""
        return self.view().to_html()

    _repr_html_ = to_html

    def to_ansi(self) -> str:
        """The text with colours for a terminal: `print(saliency.to_ansi())`."""
        return self.view().to_ansi()


def saliency(
    task: Any, text: Any, target: Any = None, *, steps: int = 32, baseline: Any = None
) -> Saliency:
    """Which words of a text support an answer, and which oppose it.

    Integrated gradients with respect to the embeddings (Sundararajan et al. 2017,
    arXiv:1703.01365, equation 1): all scores together are the log-odds of the answer,

        f(x) = log p / (1 - p)

    less those of the baseline, embeddings that are all zero by default. Log-odds still
    grow if the probability is already close to 1. p is that of the label; for a tagger,
    that of the tag at one word, by the softmax of its emissions without the CRF.

    Args:
        task: A `Task` of the recipes tagging or sentiment; or any object with a
            `model` that has `embed` and `call_embedded`, the method
            `saliency_inputs(text) -> (inputs, mask [1, T], T tokens)`, and the names
            of its `labels`, or of its `tags`.
        text: The text, or whatever `task.saliency_inputs` takes.
        target: A label; by default the predicted one. For a tagger `(number, tag)`, the
            number of a word from 0, or the number alone for its predicted tag; by
            default the first word that is predicted to belong to an entity.
        steps: Steps of the integral.
        baseline: Array that broadcasts to the embeddings `[1, T, E]`; zeros by default.

    Raises:
        SeqkitError: The text has no tokens, there is no such label, tag or word, or
            no default.

    >>> from types import SimpleNamespace
    >>> import numpy as np, seqkit
    >>> def read(text):
    ...     words = text.split()
    ...     ids = [[1 + len(word) for word in words]]
    ...     return {"token_ids": np.array(ids)}, np.ones((1, len(words)), bool), words
    >>> task = SimpleNamespace(
    ...     model=seqkit.models.TextClassifier(20, 2, hidden_dim=4),
    ...     labels=["bad", "good"],
    ...     saliency_inputs=read)
    >>> found = seqkit.inspect.saliency(task, "a fine film", "good")
    >>> found.tokens, found.target, abs(found.delta) < 1e-3
    (['a', 'fine', 'film'], 'good', True)
    """
    import keras
    from keras import ops

    from seqkit.inspect.integrated_gradients import integrated_gradients
    from seqkit.inspect.saliency_target import answer_of

    inputs, mask, tokens = task.saliency_inputs(text)
    model, mask, tokens = task.model, np.asarray(mask, bool), list(tokens)
    if not tokens or mask.ndim != 2 or len(mask) != 1 or mask.sum() != len(tokens):
        raise SeqkitError(
            "text: expected at least one token, and a mask (1, tokens) that keeps as "
            f"many, found {len(tokens)} tokens and a mask {mask.shape} that keeps "
            f"{mask.sum()}"
        )
    embedded = model.embed(inputs)
    dtype = keras.backend.standardize_dtype(embedded.dtype)

    def run(embedded):
        kept = np.repeat(mask, embedded.shape[0], axis=0)
        return model.call_embedded(
            ops.cast(embedded, dtype), ops.convert_to_tensor(kept)
        )

    outputs = run(embedded)
    target, log_odds = answer_of(task, inputs, outputs, target, len(tokens))
    scores, value, baseline_value = integrated_gradients(
        lambda x: log_odds(run(x)), embedded, baseline, steps
    )
    return Saliency(scores[: len(tokens)], tokens, target, value, baseline_value)
