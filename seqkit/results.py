"""What the tasks' `predict` and `score` return."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from seqkit.inspect import EntityView, OrderView

__all__ = [
    "ClassifiedText",
    "Entity",
    "Forecast",
    "Order",
    "TaggedText",
    "TextScore",
]


class TextScore(NamedTuple):
    """How probable a text is.

    Attributes:
        log_prob: The sum of `token_log_probs`, natural logarithms.
        tokens: The text's tokens as strings; for a document `</s>` too.
        token_log_probs: The log-probability of each, given all before it.
    """

    log_prob: float
    tokens: list[str]
    token_log_probs: list[float]


def as_columns(answer: Any) -> dict[str, Any]:
    """What `predict` returns for one input, as columns of a table.

    A string is `text`, with its `score` if it has one; of several results the first is,
    and all are `n_best`. Any other result has its own fields, but for the text that it
    was made of.

    >>> from seqkit.results import as_columns
    >>> as_columns([("Ein Hund.", -0.5), ("Der Hund.", -1.5)])["n_best"][1]
    {'text': 'Der Hund.', 'score': -1.5}
    """
    if isinstance(answer, list) and not hasattr(answer, "as_dict"):
        several = [as_columns(one) for one in answer]
        return (several[0] if several else {"text": ""}) | {"n_best": several}
    if hasattr(answer, "as_dict"):
        found = answer.as_dict()
        return {name: one for name, one in found.items() if name != "text"}
    if isinstance(answer, Mapping):
        return dict(answer)
    if isinstance(answer, tuple):
        if len(answer) == 2 and hasattr(answer[0], "as_dict"):
            return as_columns(answer[0]) | {"score": answer[1]}
        names = getattr(answer, "_fields", ("text", "score"))
        return dict(zip(names, answer, strict=True))
    return {"text" if isinstance(answer, str) else "value": answer}


@dataclasses.dataclass(frozen=True)
class ClassifiedText:
    """The class of a text; `str()` gives its labels.

    Attributes:
        label: The likeliest label.
        score: Its probability, from 0 to 1.
        probabilities: The probability of each label. They sum to 1, or are independent
            of each other if a text may have several labels.
        labels: All labels of the text: `[label]`, or with several labels those whose
            probability reaches the threshold, likeliest first; possibly none.
    """

    label: str
    score: float
    probabilities: dict[str, float]
    labels: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The fields as plain dictionaries and lists, ready for JSON."""
        return dataclasses.asdict(self)

    def shown(self) -> dict[str, Any]:
        """Bars of the probabilities, likeliest first; see `seqkit.Task.explain`."""
        bars = sorted(self.probabilities.items(), key=lambda bar: -bar[1])
        return {"view": "bars", "bars": bars, "chosen": self.labels}

    def __str__(self) -> str:
        return ", ".join(self.labels)


def classified(
    names: Sequence[str], probabilities: Any, threshold: float | None = None
) -> ClassifiedText:
    """From the probabilities `[K]` of K labels; with a threshold, of several labels."""
    ordered = sorted(zip(probabilities, names, strict=True), key=lambda pair: -pair[0])
    rounded = {
        name: round(float(chance), 4)
        for name, chance in zip(names, probabilities, strict=True)
    }
    best = ordered[0][1]
    labels = [best]
    if threshold is not None:
        labels = [name for chance, name in ordered if chance >= threshold]
    return ClassifiedText(best, rounded[best], rounded, labels)


@dataclasses.dataclass(frozen=True)
class Entity:
    """A span of a text with a type.

    Attributes:
        text: The span's text.
        type: Its type.
        start, end: Its place in characters of the whole text; `end` exclusive.
        score: Mean probability of the tags of its words, from 0 to 1.
    """

    text: str
    type: str
    start: int
    end: int
    score: float


@dataclasses.dataclass(frozen=True)
class TaggedText:
    """A text with the tags of its words and its entities.

    A notebook shows it with its entities coloured; `str()` marks them with brackets.

    Attributes:
        text: The text.
        words: Its words.
        spans: Pairs (start, end) in characters of the text, one per word.
        tags: The tag of each word.
        scores: The probability of each tag, from 0 to 1.
        entities: `Entity`s in order; empty if tags have no scheme.
        label: The label of the whole text, or `None` if the model has no labels.
        label_score: Its probability.
    """

    text: str
    words: list[str]
    spans: list[tuple[int, int]]
    tags: list[str]
    scores: list[float]
    entities: list[Entity]
    label: str | None = None
    label_score: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fields as plain dictionaries and lists, ready for JSON."""
        return dataclasses.asdict(self)

    def view(self) -> "EntityView":
        """The coloured text; it shows tagged words if there are no entities."""
        from seqkit.inspect import EntityView

        shown = self.entities or [
            Entity(word, tag, start, end, score)
            for word, tag, (start, end), score in zip(
                self.words, self.tags, self.spans, self.scores, strict=True
            )
            if tag != "O"
        ]
        return EntityView(self.text, shown)

    def shown(self) -> dict[str, Any]:
        """The text with its entities and their colours; see `seqkit.Task.explain`."""
        from seqkit.inspect.colors import css
        from seqkit.inspect.entity_view import color_of

        entities = [
            {**entity, "color": css(color_of(entity["type"]))}
            for entity in self.view().entities
        ]
        found = {"view": "entities", "text": self.text, "entities": entities}
        if self.label is not None:
            found |= {"label": self.label, "label_score": self.label_score}
        return found

    def _repr_html_(self) -> str:
        return self.view()._repr_html_()

    def __str__(self) -> str:
        return str(self.view())


def tagged_text(
    text: str,
    words: list[str],
    spans: list[tuple[int, int]],
    tags: list[str],
    scores: Sequence[float],
    label: str | None,
    label_score: float | None,
    found: Iterable[tuple[str, int, int]],
) -> TaggedText:
    """A `TaggedText` with the entities that its tags spell.

    Args:
        found: Triples (type, first word, end word exclusive); the others are fields of
            `TaggedText`.
    """
    entities = []
    for kind, first, end in found:
        start, stop = spans[first][0], spans[end - 1][1]
        score = round(sum(scores[first:end]) / (end - first), 4)
        entities.append(Entity(text[start:stop], kind, start, stop, score))
    rounded = [round(score, 4) for score in scores]
    if label is not None and label_score is not None:
        label_score = round(label_score, 4)
    return TaggedText(text, words, spans, tags, rounded, entities, label, label_score)


@dataclasses.dataclass(frozen=True)
class Forecast:
    """The next values of a time series; `str()` is a table.

    Attributes:
        times: `[H]`, the times that are forecast; "" if the past had none.
        values: Name of each variable to its H values.
        quantiles: Each quantile as text, such as "0.9", to the same of it; empty if
            none are forecast.
    """

    times: list[str]
    values: dict[str, list[float]]
    quantiles: dict[str, dict[str, list[float]]]

    def as_dict(self) -> dict[str, Any]:
        """The fields as plain dictionaries and lists, ready for JSON."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        rows = [["time", *self.values]]
        for step, time in enumerate(self.times):
            found = [f"{values[step]:.4g}" for values in self.values.values()]
            rows.append([time or f"+{step + 1}", *found])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(f"{cell:>{w}}" for cell, w in zip(row, widths, strict=True))
            for row in rows
        )


def forecast(
    names: Sequence[str],
    times: Sequence[str],
    values: Any,
    quantiles: Sequence[float] = (),
) -> Forecast:
    """From an array `[H, V, Q]`; Q is 1 without quantiles."""

    def named(number):
        return {
            name: [float(f"{value:.7g}") for value in values[:, place, number]]
            for place, name in enumerate(names)
        }

    middle = list(quantiles).index(0.5) if quantiles else 0
    found = {f"{q:g}": named(number) for number, q in enumerate(quantiles)}
    return Forecast(list(times), named(middle), found)


class Order(list):
    """Indices of a set of points in an order: a list of integers.

    A notebook shows it as a picture, if the points are in the plane.

    Args:
        indices: T integers.
        points: The points that they are of, `[n, F]`.
        problem: What the order is, see `seqkit.inspect.plot_order`.
    """

    def __init__(
        self, indices: Iterable[int], points: Any = (), problem: str = "order"
    ):
        super().__init__(indices)
        self.points, self.problem = points, problem

    def as_dict(self) -> dict[str, Any]:
        """The indices as a dictionary, ready for JSON."""
        return {"order": list(self)}

    def shown(self) -> dict[str, Any]:
        """The points and their order; see `seqkit.Task.explain`."""
        points = [[round(float(x), 6) for x in one] for one in self.points]
        shown = {"view": "order", "points": points, "order": list(self)}
        return shown | {"problem": self.problem}

    def view(self) -> "OrderView":
        """The picture."""
        from seqkit.inspect import OrderView

        return OrderView(self.points, self, self.problem)

    def _repr_html_(self) -> str | None:
        plane = len(self.points) and len(self.points[0]) == 2
        return self.view().to_html() if plane else None


def __dir__() -> list[str]:
    return sorted(__all__)
