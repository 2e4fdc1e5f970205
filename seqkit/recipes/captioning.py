"""Captioning: an image in, a sentence out, and where in the image each word looked."""

import contextlib
from typing import Any

from seqkit import registries
from seqkit.errors import SeqkitError
from seqkit.options import Default, by, groups
from seqkit.special_ids import END_ID, START_ID, UNKNOWN_ID
from seqkit.task import Field, ImageTask, TokenizerTask, recipe
from seqkit.task.batching import bucket_plan, over_length
from seqkit.task.quiet import import_backend


class CaptioningOptions(groups.Captions, groups.Captioner, ImageTask.Options):
    """What `build` takes."""

    defaults = {
        "vocabulary_size": by("tokenizer_type", word=None, otherwise=4000),
        "min_count": Default(4, sample=1),
        "batch_size": Default(64, sample=32),
        "learning_rate": Default(1e-3, sample=4e-3),
        "schedule": "cosine",
        "warmup_steps": Default(200, sample=300),
        "schedule_epochs": Default(10, sample=4),
        "num_beams": 3,
    }


@recipe("captioning")
class Captioning(ImageTask, TokenizerTask):
    """Captioning: an image in, a sentence out.

    A convolutional network sees an image as a grid of regions; a recurrent decoder with
    attention (Xu et al. 2015, arXiv:1502.03044), or a Transformer, describes what is
    there, looking at regions as it writes. Without `attention` the image is in the
    decoder's initial state alone (Vinyals et al. 2015, arXiv:1411.4555). An encoder
    that is not trained runs over each image once; what it returns is kept on disk.

    Attributes:
        tokenizer: One of `seqkit.tokenizers`.
        splits: Name to a `datasets.Dataset` with the columns image, a path, and
            captions, a list.
    """

    Options = CaptioningOptions
    architectures = (registries.captioners,)
    fields = {
        "image": Field("image"),
        "captions": Field("texts", target=True, option="caption"),
    }
    pipeline_tag = "image-to-text"
    suppress = (UNKNOWN_ID,)  # it tells the reader of a caption nothing

    def load_examples(self):
        from seqkit.data import load_captions
        from seqkit.samples import captioning

        return self.load(load_captions, captioning.splits)

    def inferred(self):
        if self.options.group_captions is not None:
            return {}
        splits = self.splits
        split = splits["train"] if "train" in splits else next(iter(splits.values()))
        counts = [len(captions) for captions in split["captions"]]
        grouped = sum(counts) >= 2 * max(1, len(counts))
        if grouped:
            self.inform("train: the captions of an image share a batch: group_captions")
        return {"group_captions": grouped}

    def learn(self):
        def texts(train):
            captions = (one for several in train["captions"] for one in several)
            return self._normalized(captions)

        self.learn_tokenizer(texts)

    def _normalized(self, captions):
        """Captions as the model learns them."""
        from seqkit.metrics.caption_tokens import caption_tokens

        if not self.options.normalize:
            return captions
        return (" ".join(caption_tokens(caption)) for caption in captions)

    def _encode(self, captions):
        return self.tokenizer.encode(list(self._normalized(captions)))

    def limits(self):
        from seqkit.checks import Limit

        def encode(captions):
            import_backend()  # quietly, before metrics do
            return self._encode(captions)

        count = self.counter("tokenizer", encode)
        most = self.options.max_length
        limit = Limit("max_length", most, "tokens", "are left out", count)
        return {"captions": limit}

    def _captions(self, split, readable=None):
        from seqkit.data import tokenize_captions

        return tokenize_captions(
            self.split(split),
            self._encode,
            fingerprint=f"{self.tokenizer.fingerprint} {self.options.normalize}",
            max_length=self.options.max_length,
            readable=readable,
            cache_dir=self.options.cache_dir,
        )

    def lengths(self, split, training):
        return self._lengths(self._captions(split))

    def _lengths(self, captions):
        return captions.longest if self.options.group_captions else captions.lengths

    def _plan(self, captions, training):
        lengths, rows = self._lengths(captions), self.options.batch_size
        if self.options.group_captions:
            rows = max(1, round(rows * len(captions.counts) / len(captions)))
        return bucket_plan(lengths, self.options, training, batch_size=rows)

    def steps_per_epoch(self, times=1):
        """The number of training batches, if all images can be read."""
        plan = self._plan(self._captions("train"), True)
        return (plan if times == 1 else plan.smaller(times)).num_batches

    def batches(self, split, training):
        from seqkit.data import CaptionBatches

        images = self.images(split)
        captions = self._captions(split, images.readable)
        self.report_once(
            over_length(split, "captions", captions, self.options, "are left out")
        )
        return CaptionBatches(
            captions,
            images,
            self._plan(captions, training),
            static_shapes=self.options.static_shapes,
            by_image=bool(self.options.group_captions),
        )

    def render(self, rows, ids, inputs):
        return [text.strip() for text in self.tokenizer.decode(ids)]

    def judged(self, split, options, detailed=False):
        """Scores the captions of a split against all references of each image.

        Returns:
            `bleu_1` to `bleu_4`, `cider` and `rouge_l` with their signature (see
            `seqkit.metrics.caption_scores`); `exact`, the fraction of captions that
            equal a reference; `perplexity` and `accuracy` per token. Images that cannot
            be read are counted in `unreadable`.
        """
        import numpy as np

        from seqkit.metrics import Measures, caption_measures, token_measures
        from seqkit.reports import Judgement

        examples, readable = self.split(split), self.images(split).readable
        rows = [row for row, good in enumerate(readable) if good]
        encoded = self.encoded_split(split, rows, options.batch_size)
        n_best = self.n_best(encoded, options)
        captions = self.tokenizer.decode([row[0][0] if row else [] for row in n_best])
        measures = caption_measures(
            captions, [examples[row]["captions"] for row in rows]
        )
        totals = self.token_totals(split, detailed)
        measures |= token_measures(totals.totals[rows], self.tokenizer.fingerprint)
        unreadable = len(examples) - len(rows)
        measures |= Measures({}, {"unreadable": unreadable} if unreadable else {})
        return Judgement(
            measures,
            rows=np.array(rows, np.int64),
            found=lambda number: captions[number].strip(),
            losses=lambda: 100 - measures.by_example("rouge_l"),
            ranked_by="100 - ROUGE-L of the image",
            confused=lambda: totals.confused(self.tokenizer),
            calibration=totals.calibration,
        )

    def views(self, example):
        from seqkit.inspect import PictureView, RegionView

        image = example.inputs["image"]
        views: dict[str, Any] = {"inputs": PictureView(image)}
        with contextlib.suppress(SeqkitError):  # a model without attention
            attention = self.attention(image, example.found).words()
            views["attention"] = RegionView(image, attention)
        return views

    def attention(self, image: Any, caption: str | None = None) -> Any:
        """Where in an image each word of a caption looked.

        Args:
            image: An image, as in `predict`.
            caption: A caption; by default that of `predict`.

        Returns:
            A `seqkit.inspect.RegionAttention`: `weights` `[T, S]`, the attention of
            each token over the regions, with `tokens` (T), the last being `</s>`, and
            the `grid` of regions.

        Raises:
            SeqkitError: The model has no attention.
        """
        from seqkit.inspect import RegionAttention

        caption = self.predict(image) if caption is None else caption
        (ids,) = self._encode([caption])
        _, batch = self.encoded([image], 1)
        return RegionAttention(
            self.alignment([START_ID, *ids], **batch([0], None)),
            self.tokenizer.pieces([*ids, END_ID]),
            tuple(self.encoder.grid),
        )


build = Captioning.build
check = Captioning.check_dataset
