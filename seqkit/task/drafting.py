"""A recipe card drafted for a dataset."""

import contextlib
from pathlib import Path
from typing import Any, Self

from seqkit.errors import ArgumentError, DataError, SeqkitError
from seqkit.task.checking import Checking


class Drafting(Checking):
    """Examples for which a card can be drafted."""

    @classmethod
    def draft_card(
        cls, dataset: Any = None, *, recipe: str | None = None, **options: Any
    ) -> str:
        """The text of a commented card with settings that suit a dataset.

        `seqkit train` takes it as it is. Nothing is trained.

        Args:
            dataset: As in `build`. If its columns have other names than the options
                say, they are looked for.
            recipe: What the card calls the recipe, by default its name.
            options: Options of `build` that are settled already.

        >>> import seqkit
        >>> rows = [{"film": f"film {n} is fine", "mood": n % 2} for n in range(40)]
        >>> Sentiment = seqkit.recipes.sentiment.Sentiment
        >>> card = Sentiment.draft_card(rows)
        >>> print(*card.splitlines()[6:10], sep="\\n")
          # the column that looks like labels: 2 different in 40 rows
          label: "mood"
          # the column that looks like text: 4 words on average in 40 rows
          text: "film"
        """
        from seqkit.checks import Examples
        from seqkit.drafts import Setting, card_text, settings

        task, columns = cls._with_columns(dataset, options)
        task.train_split("A card is for data to learn from.")
        examples = Examples(task.splits, task.fields, task.config)
        given = [Setting(name, options[name], "as given") for name in options]
        source = []
        if isinstance(dataset, str | Path | dict):
            source = [Setting("dataset", _plain(dataset), "the data")]
        known = [name for name in cls.Options.model_fields if name not in options]
        chosen = cls._without_conflicts(
            [*source, *columns, *given], settings(examples, known)
        )
        epochs = next((o.value for o in chosen if o.name == "schedule_epochs"), None)
        fit = [Setting("epochs", epochs, "as in the schedule")] if epochs else []
        splits = [name for name in examples.splits if name != "train"]
        if any(one.name == "test_fraction" and one.value for one in chosen):
            splits.append("test")
        sizes = ", ".join(f"{name} {len(rows):,}" for name, rows in task.splits.items())
        name = recipe or cls.recipe
        notes = [
            f"Drafted for {task.splits.origin}: {sizes}. Every value may be changed.",
            "seqkit check and seqkit train take this file in place of a recipe.",
            *task.splits.notes,
        ]
        title = f"{name} of {task.splits.origin}"
        return card_text(name, title, notes, chosen, fit, {"split": splits}) + "\n"

    @classmethod
    def _with_columns(cls, dataset: Any, options: dict[str, Any]) -> tuple[Self, list]:
        """The task with its examples, and settings for columns that were found."""
        from seqkit.data.sources.peek import peek
        from seqkit.drafts import find_columns

        rows = peek(dataset, options)

        def named() -> tuple[Self, list]:
            found = find_columns(rows, cls.fields)
            columns = [one for one in found if one.name not in options]
            names = {one.name: one.value for one in columns}
            return cls.of_examples(dataset, **{**options, **names}), columns

        if _has_header(rows):  # whose names are worth a line in the card
            with contextlib.suppress(DataError):
                return named()
        try:
            return cls.of_examples(dataset, **options), []
        except DataError:
            task, columns = named()
            if not columns:
                raise
            return task, columns

    @classmethod
    def _without_conflicts(cls, fixed: list, more: Any) -> list:
        """The fixed settings, and those of the others that are right with them."""
        chosen = list(fixed)
        for setting in more:
            values = {one.name: one.value for one in [*chosen, setting]}
            try:
                cls.Options.settle({"dataset": "any", **values})
            except ArgumentError:
                continue
            chosen.append(setting)
        return chosen


def _has_header(rows: list[dict]) -> bool:
    """Whether rows of a table are named by words that are no row themselves."""
    from seqkit.data.sources.headers import looks_like_header

    if not rows or not all(isinstance(name, str) for name in rows[0]):
        return False
    texts = [[str(value) for value in row.values()] for row in rows]
    names = list(rows[0])
    return looks_like_header(names, [row for row in texts if len(row) == len(names)])


def _plain(dataset: Any) -> Any:
    if isinstance(dataset, dict):
        if not all(isinstance(one, str | Path) for one in dataset.values()):
            raise SeqkitError(
                "dataset: expected files for a card, found data in memory, which it "
                "cannot name"
            )
        return {name: str(one) for name, one in dataset.items()}
    return str(dataset)
