"""Tasks from a text to a text: two tokenizers, or one, around an encoder-decoder."""

import unicodedata
from typing import Any

from seqkit import registries
from seqkit.options import Length, groups, option
from seqkit.special_ids import END_ID, START_ID
from seqkit.task.assets import asset
from seqkit.task.batching import bucket_plan, over_length, resampling, with_room
from seqkit.task.fields import Field
from seqkit.task.reporting import report
from seqkit.task.sequence_task import SequenceTask


class TextToTextOptions(
    groups.BeamSearch,
    groups.Precision,
    groups.TokenStopping,
    groups.Smoothing,
    groups.Optimization,
    groups.TokenBatches,
    groups.PairTokenizers,
    groups.EncoderDecoder,
    groups.Data,
):
    """What `build` takes."""

    title = "Decoding"

    max_length: Length = option(
        256,
        "Pairs with more tokens on a side are left out and reported; also the most "
        "tokens of a result.",
    )


class TextToTextTask(SequenceTask):
    """A task from a text to a text; its examples have the columns source and target.

    Its options include those of `TextToTextTask.Options`. A text of more than
    `max_length` tokens is cut; of a blank one the result is blank.

    Attributes:
        source_tokenizer, target_tokenizer: One object if the vocabulary is joint.
    """

    Options = TextToTextOptions
    architectures = (registries.seq2seq_models,)
    fields = {"source": Field("text"), "target": Field("text", target=True)}
    pipeline_tag = "text2text-generation"

    source_tokenizer = asset(
        "source.model",
        "seqkit.tokenizers:load_tokenizer",
        sizes={"source_vocabulary_size": "vocabulary_size"},
    )
    target_tokenizer = asset(
        "target.model",
        "seqkit.tokenizers:load_tokenizer",
        same_as="source_tokenizer",
        sizes={"vocabulary_size": "vocabulary_size"},
    )

    def learn(self):
        from seqkit.tokenizers import SentencePieceTokenizer

        options, load = self.options, SentencePieceTokenizer.load
        if options.tokenizer or options.source_tokenizer:
            self.source_tokenizer = load(options.tokenizer or options.source_tokenizer)
            self.target_tokenizer = self.source_tokenizer
            if options.target_tokenizer:
                self.target_tokenizer = load(options.target_tokenizer)
            return
        train = self.train_split(
            "The tokenizer is learnt from it; give tokenizer= to do without."
        )

        def learn(*columns):
            learnt = SentencePieceTokenizer.train(
                (text for column in columns for text in train[column]),
                vocabulary_size=options.vocabulary_size,
                model_type=options.tokenizer_type,
                byte_fallback=options.byte_fallback,
            )
            for note in learnt.notes:
                report(note)
            return learnt

        if options.joint_vocabulary:
            self.source_tokenizer = self.target_tokenizer = learn("source", "target")
        else:
            self.source_tokenizer = learn("source")
            self.target_tokenizer = learn("target")

    def network(self):
        joint = self.source_tokenizer is self.target_tokenizer
        return self.construct(
            vocabulary_size=self.target_tokenizer.vocabulary_size,
            source_vocabulary_size=(
                None if joint else self.source_tokenizer.vocabulary_size
            ),
        )

    def _pairs(self, split):
        from seqkit.data import tokenize_pairs

        source, target = self.source_tokenizer, self.target_tokenizer
        return tokenize_pairs(
            self.split(split),
            source.encode,
            target.encode,
            fingerprint=f"{source.fingerprint}-{target.fingerprint}",
            max_length=self.options.max_length,
            cache_dir=self.options.cache_dir,
        )

    def _resampling(self, training):
        tokenizers = self.source_tokenizer, self.target_tokenizer
        return resampling(self.options, training, *tokenizers)

    def lengths(self, split, training):
        resample = self._resampling(training)
        return with_room(self._pairs(split), self.options, resample)

    def batches(self, split, training):
        from seqkit.data import BatchedPairs

        options, pairs = self.options, self._pairs(split)
        resample = self._resampling(training)
        self.report_once(over_length(split, "pairs", pairs, options, "are left out"))
        return BatchedPairs(
            pairs,
            bucket_plan(with_room(pairs, options, resample), options, training),
            resample=resample,
            static_shapes=options.static_shapes,
        )

    def limits(self):
        from seqkit.checks import Limit

        def limit(side, encode):
            count = self.counter(f"{side}_tokenizer", encode)
            most = self.options.max_length
            return Limit("max_length", most, "tokens", "are left out", count)

        return {
            "source": limit(
                "source", lambda texts: self.source_tokenizer.encode(texts)
            ),
            "target": limit(
                "target", lambda texts: self.target_tokenizer.encode(texts)
            ),
        }

    def specs(self):
        return {"encoder_token_ids": ((None, None), "int32")}

    def encoded(self, inputs, batch_size):
        from seqkit.data import pad

        ids, limit = self._source_ids(inputs), self.options.max_length
        cut = sum(len(row) > limit for row in ids)
        ids = [row if len(row) <= limit else [*row[: limit - 1], END_ID] for row in ids]
        if cut:
            report(
                f"{cut} of {len(ids)} texts have more than max_length={limit} tokens "
                "and are cut"
            )

        def batch(rows, length):
            return {"encoder_token_ids": pad([ids[row] for row in rows], length)}

        return [len(row) for row in ids], batch

    def _source_ids(self, texts):
        texts = ["" if is_blank(text) else text for text in texts]
        return [[*ids, END_ID] for ids in self.source_tokenizer.encode(texts)]

    def render(self, rows, ids, inputs):
        texts = self.target_tokenizer.decode(ids)
        return [
            "" if is_blank(inputs[row]) else text
            for row, text in zip(rows, texts, strict=True)
        ]

    def attention(self, source: str, target: str | None = None) -> Any:
        """The alignment between a source text and its target.

        The target is by default the result of `predict`. Returns a
        `seqkit.inspect.Alignment`, `weights` `[T, S]` with `source_tokens` and
        `target_tokens`, both of which end with `</s>`. A model without attention is a
        SeqkitError.
        """
        from seqkit.inspect import Alignment

        if target is None:
            target = str(self.predict(source))
        (source_ids,) = self._source_ids([source])
        (target_ids,) = self.target_tokenizer.encode([target])
        return Alignment(
            self.alignment([START_ID, *target_ids], encoder_token_ids=[source_ids]),
            self.source_tokenizer.pieces(source_ids),
            self.target_tokenizer.pieces([*target_ids, END_ID]),
        )

    def signatures(self, text):
        from seqkit.export import (
            TextReader,
            TextWriter,
            text_signatures,
            token_signatures,
        )

        if not text:
            return token_signatures(*self.exported())
        source, target = self.source_tokenizer, self.target_tokenizer
        read = TextReader(
            source, max_length=self.options.max_length, blank_is_empty=True
        )
        same = source.fingerprint == target.fingerprint
        write = TextWriter(read.tokenizer if same else target, read=read)
        return text_signatures(*self.exported(), read, write)


def is_blank(text: Any) -> bool:
    """Whether a text has nothing but spaces and control characters."""
    blank = ("Zs", "Zl", "Zp", "Cc", "Cf")
    return isinstance(text, str) and all(unicodedata.category(c) in blank for c in text)
