"""A text with the class that a model gives it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class ClassifiedText:
    """What `Sentiment.predict` says of a text.

    Attributes:
        label: The likeliest label.
        score: Its probability, from 0 to 1.
        probabilities: From each label to its probability. They sum to 1, or are
            independent of each other where a text may have several labels.
        labels: All labels of the text: `[label]`, or with several labels those as
            probable as the threshold or more, likeliest first; none perhaps.
    """

    label: str
    score: float
    probabilities: dict
    labels: list

    def as_dict(self):
        """As plain dictionaries and lists, such as JSON holds."""
        return dataclasses.asdict(self)

    def __str__(self):
        return ", ".join(self.labels)


def classified(names, probabilities, threshold=None):
    """From an array of probabilities `[K]`; with a threshold, of several labels."""
    ordered = sorted(zip(probabilities, names, strict=True), key=lambda pair: -pair[0])
    chances = {
        name: round(float(chance), 4)
        for name, chance in zip(names, probabilities, strict=True)
    }
    best = ordered[0][1]
    labels = [best]
    if threshold is not None:
        labels = [name for chance, name in ordered if chance >= threshold]
    return ClassifiedText(best, chances[best], chances, labels)
