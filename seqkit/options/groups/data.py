"""Where examples come from, and how they are gathered in batches."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from seqkit.options.defaults import unless
from seqkit.options.option import Count, Default, NotNegative, Seed, option
from seqkit.options.options import Mistakes, Options


class Data(Options):
    """Where examples come from."""

    title: ClassVar[str] = "Data"
    as_it_is: ClassVar[Mapping[str, Any]] = {
        "validation_fraction": 0.0,
        "test_fraction": 0.0,
    }
    """Values of options with which no rows of a dataset are held out."""

    dataset: Any = option(
        None,
        "A file, a folder, a hub id, an object of `datasets`, a DataFrame, a list, or "
        "a dictionary of these by split; none is the embedded sample.",
    )
    name: str | None = option(None, "Configuration of a hub dataset.")
    encoding: str = option("utf-8", "Encoding of text files.")
    separator: str | None = option(
        None,
        "Separator between the columns of tables; without a value, a comma in .csv and "
        "a tab in .tsv.",
    )
    on_error: Literal["raise", "skip"] = option(
        "raise", "What to do with a bad row: raise an error, or skip and count it."
    )
    validation_fraction: NotNegative | None = option(
        None,
        "What is held out of train if there is no validation split: a fraction below "
        "1, or a number of rows; without a value 0.05, of less than 4,000 rows (not "
        "of running text) 200, of less than 1,000 a fifth.",
    )
    test_fraction: NotNegative = option(
        0.0, "What is held out of train if there is no test split."
    )
    seed: Seed = option(0, "Seed of initial weights, held-out rows, order and dropout.")
    cache_dir: str | None = option(
        None, "Folder for prepared data; by default inside that of `datasets`."
    )


class Tables(Data):
    """Data whose tables may have a header or none."""

    header: bool | None = option(
        None,
        "Whether the first line of tables is a header; without a value, it is one if "
        "it names the columns, or looks so, which is reported.",
    )


class Batches(Options):
    """How examples are gathered in batches."""

    title: ClassVar[str] = "Batches"

    batch_size: Count | Literal["auto"] | None = option(
        64,
        "Examples per batch; without a value smaller if there are few; auto: as many "
        "as memory has place for, with 50 steps per epoch at least.",
    )
    static_shapes: bool | None = option(
        None,
        "Whether to pad batches to the upper bound of their bucket, so that there are "
        "few shapes; without a value, if XLA compiles the training step.",
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if getattr(self, "jit_compile", None) and self.static_shapes is False:
            yield (
                "jit_compile, static_shapes",
                "expected static_shapes with jit_compile, found false. XLA compiles "
                "again for every shape of a batch",
            )


class BucketBatches(Batches):
    """Batches of examples of like length."""

    bucket_bounds: Count | list[Count] | None = option(
        None,
        "Lengths that static shapes are padded to, or how many of them are chosen so "
        "that padding is least; without a value as many as each save an eighth of the "
        "tokens of train.",
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.bucket_bounds == []:
            yield "bucket_bounds", "expected lengths or their number, found []"


class TokenBatches(BucketBatches):
    """Batches of a number of examples, or of a number of tokens."""

    batch_tokens: Count | None = option(
        None, "Tokens per batch, padding included, instead of `batch_size`."
    )
    defaults: ClassVar = {"batch_size": Default(unless("batch_tokens", 64))}

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.batch_size is not None and self.batch_tokens is not None:
            yield "batch_tokens, batch_size", "expected one of them, found both"
