"""Problems that a pointing task draws, by its options."""

from typing import Any


def sizes(options: Any, split: str) -> Any:
    """How many points each set of a split has, `[N]`."""
    from seqkit.samples import pointing

    count = options.examples if split == "train" else options.held_out_examples
    return pointing.sizes_of(split, count, options.min_points, options.max_points)


def drawn_part(options: Any, split: str) -> Any:
    """A split that is drawn, as the loader reads it: a `seqkit.data` part."""
    from seqkit.data.sources.files import Part
    from seqkit.data.sources.lines import Record
    from seqkit.samples import pointing

    chosen = sizes(options, split)
    key = [options.problem, options.min_points, options.max_points]
    key += [len(chosen), *pointing.seed_of(split, options.seed)]
    where = f"drawn, split {split}"

    def read():
        drawn = pointing.rows(split, options.problem, chosen, options.seed)
        for row, values in enumerate(drawn):
            named = {options.points: values["points"], options.order: values["order"]}
            yield Record(where, None, row, named)

    return Part(where, read, fingerprint=f"drawn-{key}")


def drawn_rows(options: Any) -> Any:
    """`rows(epoch)` of train: other problems in each epoch, of the same sizes."""
    from seqkit.data.points.drawn import DrawnRows
    from seqkit.samples import pointing
    from seqkit.samples.points import draw

    chosen = sizes(options, "train")
    return DrawnRows(
        lambda epoch: draw(
            options.problem, chosen, pointing.seed_of("train", options.seed, epoch)
        ),
        options.problem,
    )
