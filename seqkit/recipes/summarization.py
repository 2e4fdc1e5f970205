"""Summarization: a long text in, a short one out."""

from typing import Any, Literal

from seqkit.options import Count, Default, by, groups, option
from seqkit.task import Field, TextToTextTask, recipe

DECODED = ("rouge_1", "rouge_2", "rouge_l")
Monitor = Literal["loss", "perplexity", "accuracy", "rouge_1", "rouge_2", "rouge_l"]


class SummarizationOptions(groups.Tables, TextToTextTask.Options):
    """What `build` takes."""

    title = "Summarization"

    source: str = option("text", "Column of the texts.")
    target: str = option("summary", "Column of their summaries.")
    references: str = option(
        "references",
        "Column, if there is one, with lists of right summaries to score results by.",
    )
    bucket_width: Count | None = option(
        None, "Lengths that share a bucket; without a value 2, with static shapes 16."
    )
    monitor: Monitor | None = option(
        "loss",
        "Validation figure by which the best epoch is kept; those of ROUGE take the "
        "time to summarize; null: the last is kept.",
    )
    defaults = {
        "architecture": Default("transformer", sample="gru"),
        "tokenizer_type": "word",
        "vocabulary_size": Default(8000, sample=180),
        "copy": True,
        "coverage": by("copy", otherwise=False, **{"True": True}),
        "max_length": 60,
        "max_source_length": 400,
        "batch_size": 32,
        "learning_rate": Default(1e-3, sample=4e-3),
        "schedule": "inverse_square_root",
        "warmup_steps": Default(400, sample=100),
        "schedule_epochs": Default(10, sample=6),
        "average_momentum": 0.98,
        "no_repeat_ngram": 3,
        "min_length": 1,
    }


class Evaluate(groups.SequenceEvaluate):
    """What `evaluate` takes."""

    stemmer: bool = option(
        True, "Whether ROUGE compares words without their endings, by Porter's stemmer."
    )
    single_reference: bool = option(
        False, "Whether ROUGE knows the column target alone, and no other references."
    )


@recipe("summarization")
class Summarization(TextToTextTask):
    """Summarization: a long text in, a short one out.

    A recurrent network or a Transformer with a pointer-generator (See et al. 2017,
    arXiv:1704.04368): each word of a summary is generated, or copied from the text, so
    that names can be right which no vocabulary holds. `copy=False` leaves that out.

    Attributes:
        source_tokenizer, target_tokenizer: One object if the vocabulary is joint.
        splits: Name to a `datasets.Dataset` with the columns source, target and
            references.
    """

    Options, Evaluate = SummarizationOptions, Evaluate
    fields = {
        **TextToTextTask.fields,
        "references": Field("texts", target=True, optional=True),
    }
    pipeline_tag = "summarization"
    output_name = "summaries"

    def load_examples(self):
        from seqkit.data import load_pairs
        from seqkit.samples import summarization

        return self.load(load_pairs, summarization.splits)

    def monitored(self):
        monitor = self.options.monitor
        return (monitor, DECODED) if monitor in DECODED else super().monitored()

    def check_monitor(self):
        from seqkit.metrics.summarization import check_rouge

        super().check_monitor()
        if self.options.monitor in DECODED:
            check_rouge()

    def judged(self, split, options, detailed=False):
        """Scores the summaries of a split against all references of each text.

        Returns:
            `rouge_1`, `rouge_2` and `rouge_l` with `rouge_signature` (see
            `seqkit.metrics.summary_scores`); `perplexity` and `accuracy` per token of
            the column target. Of a model that copies also `copied`, the share of what
            it wrote that was copied rather than generated, and with a tokenizer of
            words `unknown_words`, how many of those of the target that only the source
            knows are in the summary. `over_length` are pairs too long to be counted in
            the perplexity.
        """
        from seqkit.metrics import Measures, summary_measures, token_measures
        from seqkit.metrics.summarization import check_rouge
        from seqkit.reports import Judgement

        check_rouge()
        examples, tokenizer = self.split(split), self.target_tokenizer
        texts = list(examples["source"])
        summaries = self.best(texts, options)
        targets, references = list(examples["target"]), list(examples["references"])
        if options.single_reference:
            references = [[target] for target in targets]
        measures = summary_measures(summaries, references, stemmer=options.stemmer)
        measures |= self.copying_measures(texts, targets, summaries, options.batch_size)
        totals = self.token_totals(split, detailed)
        measures |= token_measures(totals.totals, tokenizer.fingerprint)
        left_out = self.batched(split)[0].pairs.over_length
        measures |= Measures({}, {"over_length": left_out} if left_out else {})
        return Judgement(
            measures,
            found=summaries.__getitem__,
            losses=lambda: 100 - measures.by_example("rouge_l"),
            ranked_by="100 - ROUGE-L of the summary",
            confused=lambda: totals.confused(self.open_vocabulary or tokenizer),
            calibration=totals.calibration,
        )

    def views(self, example) -> dict[str, Any]:
        found = self.attention(example.inputs["source"], example.found)
        return {"alignment": found.words()}


build = Summarization.build
check = Summarization.check_dataset
