"""Tasks that give texts labels: one of several classes, or any number of labels."""

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
    fields = {"text": Field("text"), "labels": Field("labels", target=True)}
    pipeline_tag = "text-classification"

    labels = asset(
        "labels.json",
        "seqkit.tokenizers:LabelVocabulary.load",
        sizes={"num_classes": "names"},
    )

    def inferred(self):
        train = self.train_split("Labels and tokens are learnt from it.")
        several = sum(len(labels) != 1 for labels in train["labels"])
        if self.options.multi_label is None:
            found = f"{several} texts have several labels, or none: multi_label"
            self.inform(f"train: {found if several else 'each text has one label'}")
        if several and self.options.multi_label is False:
            raise SeqkitError(
                "multi_label: expected true, since a text of the training data has "
                "several labels or none, found false"
            )
        return {"multi_label": self.options.multi_label or bool(several)}

    def learn(self):
        from seqkit.data.sources.lines import listed
        from seqkit.tokenizers import LabelVocabulary

        train = self.splits["train"]
        names = sorted({label for labels in train["labels"] for label in labels})
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
