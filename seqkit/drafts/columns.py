"""Which column of a dataset holds what, by its values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seqkit.drafts.settings import Setting

_IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff")
_SOUND_ENDINGS = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif", ".opus", ".m4a")
_ORDER = (
    "image",
    "audio",
    "points",
    "order",
    "words",
    "tags",
    "label",
    "labels",
    "texts",
    "text",
)
_USUAL = {
    "label": "label labels class category sentiment intent topic target rating stars",
    "text": "text sentence review content body message utterance document",
    "texts": "caption captions text texts",
    "words": "tokens words form",
    "tags": "tags ner_tags pos_tags upos labels",
    "image": "image file_name filename path",
    "audio": "audio sound file_name filename path file wav",
    "points": "points vectors coordinates cities nodes",
    "order": "order indices hull tour solution target",
}
_USUAL["labels"] = _USUAL["label"]


def find_columns(
    rows: Sequence[Mapping[Any, Any]], fields: Mapping[str, Any]
) -> list[Setting]:
    """Finds the column of each field, and returns the options that name them.

    Args:
        rows: Some rows, as they are in the dataset.
        fields: Those of a recipe, see `seqkit.task.Field`.

    Returns:
        One setting per field; none if a field has no column that suits it.

    >>> from seqkit.drafts import find_columns
    >>> from seqkit.task import Field
    >>> fields = {"text": Field("text"), "labels": Field("labels", option="label")}
    >>> rows = [{"id": n, "review": f"film {n} was good", "mood": n % 2} for n in range(9)]
    >>> [(one.name, one.value) for one in find_columns(rows, fields)]
    [('label', 'mood'), ('text', 'review')]
    """  # noqa: E501
    columns = {name: [row.get(name) for row in rows] for name in (rows or [{}])[0]}
    found, free = [], dict(columns)
    needed = {name: one for name, one in fields.items() if not one.optional}
    for kind in _ORDER:
        for name, field in needed.items():
            if field.kind != kind:
                continue
            scores = {c: _SCORES[kind](values) for c, values in free.items()}
            usual = _USUAL[kind].split()
            best = max(
                (c for c in free if scores[c] > 0),
                key=lambda c: (str(c).casefold() in usual, scores[c]),
                default=None,
            )
            if best is None:
                return []
            why = f"the column that looks like {_described(kind, free.pop(best))}"
            found.append(Setting(field.option or name, best, why))
    return found


def _described(kind: str, values: list) -> str:
    if kind in ("label", "labels"):
        return f"labels: {len(set(map(str, values)))} different in {len(values)} rows"
    if kind == "text":
        return f"text: {_words(values):.0f} words on average in {len(values)} rows"
    named = {
        "texts": "captions",
        "order": "lists of indices",
        "image": "images",
        "audio": "sounds",
    }
    return named.get(kind, kind)


def _words(values: list) -> float:
    texts = [one for one in values if isinstance(one, str)]
    return sum(len(text.split()) for text in texts) / max(len(texts), 1)


def _text(values: list) -> float:
    if (
        not all(isinstance(one, str) for one in values)
        or _image(values)
        or _audio(values)
    ):
        return 0.0
    return _words(values) * len(set(values)) / len(values)


def _label(values: list) -> float:
    if not all(isinstance(one, str | int) and str(one).strip() for one in values):
        return 0.0
    different = len(set(map(str, values)))
    if different > max(2, len(values) / 2) or _words(values) > 4:
        return 0.0
    return 1 / different if different > 1 else 1e-3


def _list(values: list, kinds: tuple[type, ...]) -> list:
    good = all(
        isinstance(one, list) and all(isinstance(x, kinds) for x in one)
        for one in values
    )
    return [x for one in values for x in one] if good else []


def _word_list(values: list) -> float:
    return len(set(_list(values, (str,))))


def _tag_list(values: list) -> float:
    found = _list(values, (str, int))
    return 1 / len(set(found)) if found else 0.0


def _image(values: list) -> float:
    def is_image(one: Any) -> bool:
        if isinstance(one, str):
            return one.lower().endswith(_IMAGE_ENDINGS)
        return isinstance(one, dict) and "bytes" in one or hasattr(one, "getexif")

    return float(bool(values) and all(map(is_image, values)))


def _audio(values: list) -> float:
    def is_sound(one: Any) -> bool:
        if isinstance(one, str):
            return one.lower().endswith(_SOUND_ENDINGS)
        if isinstance(one, dict):
            return "array" in one or is_sound(one.get("path") or "")
        return type(one).__name__ == "AudioDecoder"

    return float(bool(values) and all(map(is_sound, values)))


def _points(values: list) -> float:
    def is_set(one: Any) -> bool:
        return (
            isinstance(one, list)
            and bool(one)
            and all(isinstance(vector, list) for vector in one)
            and all(isinstance(x, int | float) for vector in one for x in vector)
        )

    return float(bool(values) and all(map(is_set, values)))


def _order(values: list) -> float:
    found = _list(values, (int,))
    return float(bool(found) and min(found) >= 0)


def _texts(values: list) -> float:
    return _text(values) or _word_list(values)


_SCORES: dict[str, Callable[[list], float]] = {
    "text": _text,
    "texts": _texts,
    "label": _label,
    "labels": _label,
    "words": _word_list,
    "tags": _tag_list,
    "image": _image,
    "audio": _audio,
    "points": _points,
    "order": _order,
}
