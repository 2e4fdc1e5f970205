"""Tasks that give texts labels: one of several classes, or any number of labels."""

from collections import Counter

from seqkit.errors import DataError, SeqkitError
from seqkit.options import Count, groups, option
from seqkit.task.assets import asset
from seqkit.task.fields import Field
from seqkit.task.objectives import balanced_weights, class_objectives
from seqkit.task.reporting import report
from seqkit.task.text_task import TextTask


class LabelOptions(
    groups.EarlyStopping, groups.Smoothing, groups.Labels, TextTask.Options
):
    """What `build` takes."""

    title = "Tokenizer"

    max_length: Count | None = option(
        None, "Most tokens that are read of a text; what is cut is reported."
    )
    defaults = {"monitor": "accuracy", "patience": 3}


class LabelTask(TextTask):
    """A task from a text to labels; its examples have the columns text and labels.

    It learns the labels and the tokenizer, and makes loss and batches. A recipe adds
    `load_examples`, `network`, `answers` and `scores`. Its options include those of
    `LabelTask.Options`.

    Attributes:
        labels: The `seqkit.tokenizers.LabelVocabulary` of the classes.
    """

    Options = LabelOptions
    fields = {
        "text": Field("text"),
        "labels": Field("labels", target=True, option="label"),
    }
    pipeline_tag = "text-classification"

    labels = asset(
        "labels.json",
        "seqkit.tokenizers:LabelVocabulary.load",
        sizes={"num_classes": "names"},
    )

    def inferred(self):
        from seqkit.data.labels.likely_mistakes import FEW_SEVERAL
        from seqkit.data.sources.lines import listed

        train = self.train_split("Labels and tokens are learnt from it.")
        rows, total = [], len(train)
        for row, labels in enumerate(self.splits.column("train", "labels")):
            if len(labels) != 1:
                rows.append(row)
        given, several = self.options.multi_label, bool(rows)
        found = f"{len(rows):,} of {total:,} texts have several labels, or none"
        if given is None and not several:
            self.inform("train: each text has one label")
        elif given is None and self._takes_several(len(rows) / total >= FEW_SEVERAL):
            self.inform(f"train: {found}: multi_label")
        elif several and not given:
            place = self.splits.place_of("train", rows[0])
            raise DataError(
                "one label for each text, unless multi_label is true",
                f"{listed(train[rows[0]]['labels'])}; {found}",
                **place,
                fix="Mend such rows; or give multi_label=true if texts may have "
                "several labels",
            )
        return {"multi_label": bool(given or several)}

    def _takes_several(self, many: bool) -> bool:
        """Whether rows with several labels are meant: many, or asked for by options."""
        options = self.config
        separate = options.get("label_separator") is not None
        return many or separate or isinstance(options.get("label"), list)

    def learn(self):
        from seqkit.data.labels.likely_mistakes import same_but_for_case
        from seqkit.data.sources.lines import listed
        from seqkit.tokenizers import LabelVocabulary

        counts = Counter(
            label
            for labels in self.splits.column("train", "labels")
            for label in labels
        )
        names = sorted(counts)
        for said in same_but_for_case(counts):
            self.inform(f"train: {said}")
        if len(names) < (1 if self.options.multi_label else 2):
            raise SeqkitError(
                f"dataset: expected at least two labels in train, found {listed(names)}"
            )
        self.labels = LabelVocabulary(names)
        self.learn_tokenizer()

    def losses(self):
        options = self.options
        return class_objectives(options.multi_label, options.label_smoothing)

    def monitored(self):
        return self.options.monitor, ("accuracy", "macro_f1", "calibration_error")

    def batches(self, split, training):
        options, weights, names = self.options, None, self.labels.names
        self.check_labels(split)
        if training and options.class_weight == "balanced":
            ids = self.labels.encode([row[0] for row in self.split(split)["labels"]])
            weights = balanced_weights(ids, len(names))
        return self.labelled_batches(
            split,
            training,
            names,
            multi_label=options.multi_label,
            class_weights=weights,
            ignore_unknown=True,
        )

    def check_labels(self, split):
        """Refuses several labels if one is expected, and reports unknown ones."""
        from seqkit.data.sources.lines import listed
        from seqkit.data.sources.unknown import unknown_in

        def check():
            names = set(self.labels.names)
            report(unknown_in(self.splits, split, "labels", names, "label"))
            every = [] if self.options.multi_label else self.split(split)["labels"]
            wrong = next((labels for labels in every if len(labels) != 1), None)
            if wrong is not None:
                place = self.splits.place(split, lambda row: row["labels"] == wrong)
                raise DataError("one label", listed(wrong), **place)
            return True

        self.of_data(("checked", split), check)
