"""Translation: a sentence in, a sentence out."""

from typing import Literal

from seqkit.options import Count, Default, by, groups, option, unless
from seqkit.task import TextToTextTask, recipe
from seqkit.task.reporting import report


class TranslationOptions(groups.Tables, TextToTextTask.Options):
    """What `build` takes."""

    title = "Translation"

    source: str = option("en", "Source language, as the data names its column or file.")
    target: str = option("de", "Target language, as the data names its column or file.")
    bucket_width: Count | None = option(
        None,
        "Lengths that share a bucket; without a value 2, or with static shapes "
        "bucket_bounds in its place.",
    )
    monitor: Literal["loss", "perplexity", "accuracy", "bleu", "chrf"] | None = option(
        "loss",
        "Validation figure by which the best epoch is kept; bleu and chrf take the "
        "time to translate; null: the last is kept.",
    )
    defaults = {
        "architecture": Default("transformer", sample="gru"),
        "batch_tokens": Default(unless("batch_size", 4096), sample=None),
        "batch_size": Default(None, sample=unless("batch_tokens", 64)),
        "learning_rate": Default(1e-3, sample=4e-3),
        "schedule": "inverse_square_root",
        "warmup_steps": Default(400, sample=200),
        "label_smoothing": by("copy", otherwise=0.1, **{"True": 0.0}),
        "average_momentum": 0.99,
    }

    def mistakes(self):
        yield from super().mistakes()
        if self.bucket_width is not None and self.bucket_bounds is not None:
            yield "bucket_width, bucket_bounds", "expected one of them, found both"
        if self.dataset is None and {self.source, self.target} != {"en", "de"}:
            yield (
                "source, target",
                "expected en and de, the languages of the embedded sample, found "
                f"{self.source} and {self.target}. Give a dataset in these languages",
            )


class Evaluate(groups.SequenceEvaluate):
    """What `evaluate` takes."""

    lowercase: bool = option(False, "Whether BLEU and chrF ignore case.")
    bleu_tokenizer: (
        Literal["13a", "intl", "zh", "ja-mecab", "ko-mecab", "char", "none"] | None
    ) = option(
        None,
        "How sacreBLEU splits texts into words; without a value as the target language "
        "needs it: zh for Chinese, ja-mecab for Japanese, ko-mecab for Korean (char if "
        "its package is missing), char for Thai and others without spaces, else 13a.",
    )


@recipe("translation")
class Translation(TextToTextTask):
    """Translation: a sentence in, a sentence out.

    Attributes:
        source_tokenizer, target_tokenizer: One object if the vocabulary is joint.
        splits: Name to a `datasets.Dataset` with the columns source and target.
    """

    Options, Evaluate = TranslationOptions, Evaluate
    relative_length = (2, 10)

    def load_examples(self):
        from seqkit.data import load_pairs
        from seqkit.samples import translation

        def sample():
            splits = translation.splits()
            if self.options.source == "en":
                return splits
            return {k: [(t, s) for s, t in v] for k, v in splits.items()}

        return self.load(load_pairs, sample)

    def monitored(self):
        decoded = ("bleu", "chrf")
        monitor = self.options.monitor
        return (monitor, decoded) if monitor in decoded else super().monitored()

    def bleu_tokenizer(self, split: str) -> str:
        """sacreBLEU's tokenizer for the target language; a missing one is reported."""
        from seqkit.metrics.translation import bleu_tokenizer, usable_bleu_tokenizer

        def choose():
            target = self.options.target
            wanted = bleu_tokenizer(target, self.split(split)["target"])
            found = usable_bleu_tokenizer(wanted)
            if found != wanted:
                report(
                    f"BLEU: {wanted} for {target} is not installed (pip install "
                    f"'sacrebleu[{wanted[:2]}]'), so characters are compared: {found}"
                )
            return found

        return self.of_data(("bleu_tokenizer", split), choose)

    def judged(self, split, options, detailed=False):
        """Scores the translations of a split.

        Returns:
            `bleu`, `chrf`, their signatures, and `perplexity` and `accuracy` per target
            token. Pairs too long to be counted in the perplexity are in `over_length`;
            BLEU and chrF count every pair.
        """
        from seqkit.metrics import Measures, token_measures, translation_measures
        from seqkit.reports import Judgement

        pairs, tokenizer = self.split(split), self.target_tokenizer
        translations = self.best(list(pairs["source"]), options)
        measures = translation_measures(
            translations,
            list(pairs["target"]),
            lowercase=options.lowercase,
            tokenizer=options.bleu_tokenizer or self.bleu_tokenizer(split),
        )
        totals = self.token_totals(split, detailed)
        measures |= token_measures(totals.totals, tokenizer.fingerprint)
        left_out = self.batched(split)[0].pairs.over_length
        measures |= Measures({}, {"over_length": left_out} if left_out else {})
        return Judgement(
            measures,
            found=translations.__getitem__,
            losses=lambda: 100 - measures.by_example("chrf"),
            ranked_by="100 - chrF of the sentence",
            confused=lambda: totals.confused(self.open_vocabulary or tokenizer),
            calibration=totals.calibration,
        )

    def views(self, example):
        found = self.attention(example.inputs["source"], example.found)
        return {"alignment": found.words()}


build = Translation.build
check = Translation.check_dataset
