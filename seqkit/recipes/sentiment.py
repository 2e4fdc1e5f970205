"""Sentiment, and any other classification of texts: intents, topics, languages."""

from typing import Literal

from seqkit import registries
from seqkit.options import Default, by, groups, option
from seqkit.task import LabelTask, recipe
from seqkit.task.word_vectors import with_word_vectors


class SentimentOptions(
    groups.Resampling, groups.Classifier, groups.Tables, LabelTask.Options
):
    """What `build` takes."""

    tokenizer_type: Literal["word", "unigram", "bpe", "character"] = option("unigram")
    defaults = {
        "vocabulary_size": Default(
            by("tokenizer_type", unigram=8000, bpe=8000, otherwise=None),
            sample=by("tokenizer_type", unigram=600, bpe=600, otherwise=None),
        ),
        "learning_rate": groups.rates(1e-3, sample=4e-3, sgd=0.1),
    }


@recipe("sentiment")
class Sentiment(LabelTask):
    """Sentiment, and any other classification of texts.

    Any number of classes, one per text or several (`multi_label`). The sample consists
    of reviews in which word order decides.

    Attributes:
        tokenizer: One of `seqkit.tokenizers`.
        splits: Name to a `datasets.Dataset` with the columns text and labels.
    """

    Options = SentimentOptions
    architectures = (registries.encoders, registries.pooled_encoders)

    def load_examples(self):
        from seqkit.data import load_labelled
        from seqkit.samples import sentiment

        return self.load(load_labelled, sentiment.splits)

    def network(self):
        from seqkit.models import TextClassifier

        return with_word_vectors(
            self,
            TextClassifier,
            self.tokenizer,
            vocabulary_size=self.tokenizer.vocabulary_size,
            num_classes=len(self.labels.names),
        )

    def answers(self, inputs, options):
        """Classifies texts.

        Args:
            inputs: A list of N strings, or one string.

        Returns:
            N `seqkit.results.ClassifiedText`s (one for a string): the label, its score,
            and the probabilities of all labels.
        """
        from seqkit.results import classified

        threshold = self.options.threshold if self.options.multi_label else None
        return [
            classified(self.labels.names, row["probabilities"], threshold)
            for row in self.run(self._classify, inputs, options.batch_size)
        ]

    def _classify(self, inputs):
        return self._read(inputs, self.model(inputs))

    def _read(self, inputs, logits):
        return {"probabilities": self.model.probabilities(logits)}

    def reading(self):
        return self._read

    def judged(self, split, options, detailed=False):
        """Scores the labels of a split.

        Returns:
            `accuracy` (with several labels per text, that all of them are right),
            `macro_f1`, the figures of each class, the confusion matrix,
            `calibration_error` and `log_loss`; see
            `seqkit.metrics.classification_scores`. With `max_length`, `over_length`
            counts the texts that were cut.
        """
        import numpy as np

        from seqkit.metrics import Measures, classification_measures
        from seqkit.reports import Judgement
        from seqkit.results import classified

        examples, several = self.split(split), self.options.multi_label
        self.check_labels(split)
        texts, gold = list(examples["text"]), list(examples["labels"])
        names, threshold = list(self.labels.names), self.options.threshold
        found = self.readings(
            split,
            range(len(texts)),
            lambda rows: self.run(
                self._classify, [texts[row] for row in rows], options.batch_size
            ),
        )
        probabilities = np.array([row["probabilities"] for row in found])
        probabilities = probabilities.reshape(len(texts), len(names))
        measures = classification_measures(
            gold if several else [labels[0] for labels in gold],
            probabilities,
            names,
            multi_label=several,
            threshold=threshold,
        )
        cut = self.count_cut(texts)
        return Judgement(
            measures | Measures({}, {"over_length": cut} if cut else {}),
            found=lambda row: classified(
                names, probabilities[row], threshold if several else None
            ),
            losses=lambda: measures.by_example("log_loss"),
            ranked_by="log loss",
        )

    def views(self, example):
        from seqkit.inspect import saliency

        text = example.inputs["text"]
        if not hasattr(self.model, "call_embedded") or not self.token_ids([text])[0]:
            return {}
        return {"saliency": saliency(self, text, example.found.label).by_word()}

    def signatures(self, text):
        from seqkit.export import classification_signatures

        options = self.options

        def probabilities(inputs):
            token_ids = inputs["token_ids"][:, : options.max_length]
            return self._classify({"token_ids": token_ids})["probabilities"]

        return classification_signatures(
            probabilities,
            self.tokenizer,
            self.labels.names,
            multi_label=options.multi_label,
            threshold=options.threshold,
            text=text,
        )


build = Sentiment.build
check = Sentiment.check_dataset
