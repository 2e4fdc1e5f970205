"""Tasks that give texts labels: one of several classes, or any number of labels."""

from seqkit.errors import SeqkitError
from seqkit.task.assets import asset
from seqkit.task.batching import bucket_plan, over_length, resampling
from seqkit.task.objectives import balanced_weights, class_objectives
from seqkit.task.task import report
from seqkit.task.text_task import TextTask


class LabelTask(TextTask):
    """A task from a text to labels; its examples have the columns text and labels.

    Its options are those of `groups.Labels`, `groups.Tokenizer`, `groups.TokenBatches`
    and `groups.EarlyStopping`, and `max_length`.

    Attributes:
        labels: The `seqkit.tokenizers.LabelVocabulary` of the classes.
    """

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
        from seqkit.tokenizers import LabelVocabulary

        train = self.splits["train"]
        names = sorted({label for labels in train["labels"] for label in labels})
        if len(names) < (1 if self.options.multi_label else 2):
            raise SeqkitError(
                f"dataset: expected at least two labels in train, found "
                f"{', '.join(map(repr, names)) or 'none'}"
            )
        self.labels = LabelVocabulary(names)
        self.learn_tokenizer(lambda train: iter(train["text"]))

    def losses(self):
        options = self.options
        return class_objectives(options.multi_label, options.label_smoothing)

    def monitored(self):
        return self.options.monitor, ("accuracy", "macro_f1", "calibration_error")

    def batches(self, split, training):
        from seqkit.data import LabelledBatches, tokenize_labelled

        options = self.options
        texts = tokenize_labelled(
            self.split(split),
            self.tokenizer.encode,
            fingerprint=self.tokenizer.fingerprint,
            max_length=options.max_length,
            cache_dir=options.cache_dir,
        )
        report(over_length(split, "texts", texts, options, "are cut"))
        weights, names = None, self.labels.names
        if training and options.class_weight == "balanced":
            ids = self.labels.encode([row[0] for row in self.split(split)["labels"]])
            weights = balanced_weights(ids, len(names))
        return LabelledBatches(
            texts,
            names,
            bucket_plan(texts.lengths, options, training),
            multi_label=options.multi_label,
            class_weights=weights,
            resample=resampling(options, training, self.tokenizer),
            static_shapes=options.static_shapes,
        )
