"""A tagged text: its words, their tags, and the entities that these spell."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Entity:
    """A stretch of a text with a type.

    Attributes:
        text: The stretch.
        type: Its type.
        start, end: Where it stands, in characters of the whole text; `end` exclusive.
        score: Mean probability of the tags of its words, from 0 to 1.
    """

    text: str
    type: str
    start: int
    end: int
    score: float


@dataclasses.dataclass(frozen=True)
class TaggedText:
    """What `Tagging.predict` says of a text.

    A notebook shows it with its entities coloured; `str()` marks them with brackets.

    Attributes:
        text: The text.
        words: Its words.
        spans: Pairs (start, end) in characters of the text, one a word.
        tags: The tag of each word.
        scores: The probability of each tag, from 0 to 1.
        entities: `Entity`s in order; empty where tags have no scheme.
        label: The label of the whole text, or `None` where the model has no labels.
        label_score: Its probability.
    """

    text: str
    words: list
    spans: list
    tags: list
    scores: list
    entities: list
    label: str | None = None
    label_score: float | None = None

    def as_dict(self):
        """As plain dictionaries and lists, such as JSON holds."""
        return dataclasses.asdict(self)

    def view(self):
        """The coloured text, a `seqkit.inspect.EntityView`; words where no entities."""
        from seqkit.inspect import EntityView

        shown = self.entities or [
            Entity(word, tag, start, end, score)
            for word, tag, (start, end), score in zip(
                self.words, self.tags, self.spans, self.scores, strict=True
            )
            if tag != "O"
        ]
        return EntityView(self.text, shown)

    def _repr_html_(self):
        return self.view()._repr_html_()

    def __str__(self):
        return str(self.view())


def entities(text, spans, scores, found):
    """The entities of a text.

    Args:
        text: The text.
        spans: Pairs (start, end) in characters, one a word.
        scores: Probabilities, one a word.
        found: Triples (type, first word, end word exclusive).
    """
    made = []
    for kind, first, end in found:
        start, stop = spans[first][0], spans[end - 1][1]
        score = sum(scores[first:end]) / (end - first)
        made.append(Entity(text[start:stop], kind, start, stop, round(score, 4)))
    return made
