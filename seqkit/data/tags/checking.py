"""Tags that break off from their scheme, or whose type the model does not know."""

from collections.abc import Iterable, Sequence

from seqkit.data.sources.lines import listed
from seqkit.data.sources.splits import Splits
from seqkit.data.sources.unknown import unknown_in
from seqkit.data.tags.schemes import (
    SCHEMES,
    StrayTag,
    detect_scheme,
    repair,
    split_tag,
)
from seqkit.errors import DataError

_LOOKED_AT = 5_000  # sentences
_MANY, _TIMES = 30, 4  # different tags, and how many for each different word


def check_columns(splits: Splits) -> None:
    """Refuses words and tags in each other's place: far fewer words than tags."""
    for name, split in splits.items():
        rows = split[:_LOOKED_AT]
        words, tags = (
            {one for row in rows[column] for one in row}
            for column in ("tokens", "tags")
        )
        if len(tags) >= _MANY and len(tags) >= _TIMES * len(words):
            raise DataError(
                "words that differ, and tags that repeat",
                f"{len(words):,} different words, such as {listed(sorted(words)[:3])}, "
                f"and {len(tags):,} different tags, such as {listed(sorted(tags)[:3])}",
                where=f"{splits.origin}, split {name}",
                fix="Give tokens= and tags= the other way round",
            )


def scheme_of(splits: Splits) -> str | None:
    """Returns the scheme of the tags in train; a stray tag is named with its place."""
    try:
        return detect_scheme(splits.column("train", "tags"))
    except StrayTag as error:
        raise _placed(splits, "train", error) from None


def settle_scheme(splits: Splits, scheme: str) -> tuple[str, str]:
    """The scheme of a dataset, `"none"` without one, and a sentence about it."""
    said = ""
    if scheme == "auto":
        scheme = scheme_of(splits) or "none"
        said = f"train: the tags have the scheme {scheme}"
    if scheme == "none":
        return scheme, said
    for split in splits:
        check_scheme(splits, split, scheme)
    broken = sum(repair(tags, scheme)[1] for tags in splits.column("train", "tags"))
    if broken:
        said += f"{'; ' if said else 'train: '}{broken} tags break the scheme {scheme} "
        said += "and are read as conlleval reads them"
    return scheme, said


def check_split(
    splits: Splits,
    split: str,
    scheme: str | None,
    tag_names: Iterable[str],
    label_names: Sequence[str] | None = None,
) -> str:
    """`check_tags`, and the same for labels of sentences; sentences about both."""
    said = [check_tags(splits, split, scheme, tag_names)]
    if label_names is not None:
        one = "label", label_names, "label", lambda label: [label]
        said.append(unknown_in(splits, split, *one))
    return "\n".join(filter(None, said))


def check_tags(
    splits: Splits, split: str, scheme: str | None, model_tags: Iterable[str]
) -> str:
    """Refuses tags of no scheme and, in train, unknown types; else counts these."""
    if scheme is None:
        return unknown_in(splits, split, "tags", set(model_tags), "tag")
    check_scheme(splits, split, scheme)
    kinds = {split_tag(tag)[1] for tag in model_tags if tag != "O"}

    def types(tags: list[str]) -> list[str]:
        return [split_tag(tag)[1] for tag in tags if tag != "O"]

    return unknown_in(splits, split, "tags", kinds, "type", types)


def check_scheme(splits: Splits, split: str, scheme: str) -> None:
    """Raises a `StrayTag` with its place if a tag is not of the scheme."""
    for tags in splits.column(split, "tags"):
        for tag in tags:
            if split_tag(tag)[0] not in ("O", *SCHEMES[scheme]):
                raise _placed(splits, split, StrayTag(tag, scheme))


def _placed(splits: Splits, split: str, error: StrayTag) -> DataError:
    place = splits.place(split, lambda row: error.tag in row["tags"])
    return StrayTag(error.tag, error.scheme, **place)
