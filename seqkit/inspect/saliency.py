"""Which words decided what a tagger or a classifier says."""

from dataclasses import dataclass, replace

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.pieces import SPACE, word_spans, word_text
from seqkit.inspect.unit_view import UnitView


@dataclass(frozen=True)
class Saliency:
    """What each of T tokens adds to the log-odds of an answer.

    In a notebook it shows itself as a cell's last expression: the text, blue where it
    speaks for the answer, orange where it speaks against it.

    Attributes:
        scores: Float array `[T]`, in nats.
        tokens: T strings.
        target: The answer: a label, or of a tagger `(word number, tag)`.
        value: The log-odds of the answer, f(x).
        baseline_value: The same where all embeddings are the baseline, f(x').

    Raises:
        SeqkitError: `scores` is not `[T]`.

    Example:

    >>> from seqkit.inspect import Saliency
    >>> saliency = Saliency([0.5, 2.0, 1.0], ["▁It", "▁shi", "nes"], "good", 3.6, 0.1)
    >>> saliency.by_word().tokens, saliency.by_word().scores.tolist()
    (['It', 'shines'], [0.5, 3.0])
    >>> round(saliency.delta, 6), saliency.name
    (0.0, 'good: log-odds +3.60, of which +3.50 by the text')
    """

    scores: np.ndarray
    tokens: list
    target: str | tuple
    value: float
    baseline_value: float

    def __post_init__(self):
        object.__setattr__(self, "scores", np.asarray(self.scores, "float64"))
        if self.scores.shape != (len(self.tokens),):
            raise SeqkitError(
                f"scores: expected the shape (tokens,) = ({len(self.tokens)},), found "
                f"{self.scores.shape}"
            )

    @property
    def delta(self):
        """What all scores differ by from f(x) - f(x'); more `steps` make it smaller."""
        return float(self.scores.sum() - (self.value - self.baseline_value))

    @property
    def name(self):
        """The answer and its log-odds, as the pictures are called."""
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

    def by_word(self):
        """The same between words: scores of the pieces of one are added up.

        Punctuation behind a word and the special tokens stand alone. Tokens that are no
        pieces of SentencePiece stay as they are.

        Returns:
            A `Saliency` without `▁`.
        """
        if not any(SPACE in token for token in self.tokens):
            return self
        spans = []
        for start, stop in word_spans(self.tokens):
            # A space by itself belongs to the punctuation behind it.
            if spans and self.tokens[spans[-1][0] : spans[-1][1]] == [SPACE]:
                start = spans.pop()[0]
            spans.append((start, stop))
        return replace(
            self,
            scores=[self.scores[start:stop].sum() for start, stop in spans],
            tokens=[word_text(self.tokens[start:stop]) for start, stop in spans],
        )

    def view(self):
        """The coloured text, a `seqkit.inspect.UnitView`."""
        return UnitView(self.scores, self.tokens, self.name)

    def to_html(self):
        """The text as a `<div>`; the score of a token shows under the mouse."""
        return self.view().to_html()

    _repr_html_ = to_html

    def to_ansi(self):
        """The text with a terminal's colours: `print(saliency.to_ansi())`."""
        return self.view().to_ansi()


def saliency(task, text, target=None, *, steps=32, baseline=None):
    """Which words of a text speak for an answer, and which against it.

    Integrated gradients with respect to the embeddings (Sundararajan et al. 2017,
    arXiv:1703.01365, equation 1): all scores together are the log-odds of the answer,

        f(x) = log p / (1 - p)

    less those that the baseline has, embeddings that are all zero by default. Log-odds
    go on growing where the probability is close to 1 already. p is the label's; of a
    tagger that of the tag at one word, by the softmax of its emissions alone: what a
    CRF knows of the tags beside it is left out.

    Args:
        task: A `Task` of the recipes tagging or sentiment; or any object with a
            `model` that has `embed` and `call_embedded`, the method
            `saliency_inputs(text) -> (inputs, mask [1, T], T tokens)`, and the names
            of its `labels`, or of its `tags`.
        text: The text, or what else `task.saliency_inputs` takes.
        target: A label; by default the predicted one. Of a tagger the number of a word,
            from 0, whose predicted tag is meant, or `(number, tag)`; by default the
            first word that is predicted to belong to an entity.
        steps: Steps of the integral.
        baseline: Array that broadcasts to the embeddings `[1, T, E]`; zeros by default.

    Returns:
        A `Saliency`; `plot_saliency` draws it.

    Raises:
        SeqkitError: The text has no tokens, there is no such label, tag or word, or
            nothing to choose by default.

    Example:

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
