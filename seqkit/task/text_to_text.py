"""Tasks from a text to a text: two tokenizers, or one, around an encoder-decoder."""

import math
import unicodedata
from typing import Any, ClassVar

from seqkit import registries
from seqkit.options import Length, groups, option
from seqkit.special_ids import END_ID, START_ID, UNKNOWN_ID
from seqkit.task.assets import asset
from seqkit.task.batching import bucket_plan, over_length, resampling, with_room
from seqkit.task.copying import OpenVocabulary
from seqkit.task.fields import Field
from seqkit.task.reporting import report
from seqkit.task.sequence_task import SequenceTask


class TextToTextOptions(
    groups.Copying,
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
    max_source_length: Length | None = option(
        None,
        "Longer sources are cut to so many tokens, and reported, instead of left out.",
    )


class TextToTextTask(SequenceTask):
    """A task from a text to a text; its examples have the columns source and target.

    Its options include those of `TextToTextTask.Options`. A text of more than
    `max_source_length` or `max_length` tokens is cut; of a blank one the result is
    blank. With `copy` and a tokenizer of words, unknown words of a source have ids of
    their own, from those of the vocabulary on.

    Attributes:
        source_tokenizer, target_tokenizer: One object if the vocabulary is joint.
    """

    Options = TextToTextOptions
    architectures = (registries.seq2seq_models,)
    fields = {"source": Field("text"), "target": Field("text", target=True)}
    pipeline_tag = "text2text-generation"
    output_name: ClassVar[str] = "translations"
    """What an export calls the texts that it returns."""

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

    @property
    def max_source_length(self) -> int:
        """Most tokens that are read of a source, its `</s>` included."""
        return self.options.max_source_length or self.options.max_length

    @property
    def open_vocabulary(self) -> OpenVocabulary | None:
        """What numbers the unknown words of a source, if they can be copied."""
        tokenizer = self.target_tokenizer
        if not self.options.copy or not hasattr(tokenizer, "open_encode"):
            return None
        return OpenVocabulary(tokenizer, self.options.max_extra, self.max_source_length)

    @property
    def suppress(self):  # type: ignore[override]
        """Of a tokenizer of words `<unk>`, which tells the reader nothing."""
        is_open = hasattr(self.target_tokenizer, "open_encode")
        return (UNKNOWN_ID,) if is_open else ()

    def learn(self):
        from seqkit.tokenizers import load_tokenizer
        from seqkit.tokenizers.learning import learn_tokenizer

        options = self.options
        if options.tokenizer or options.source_tokenizer:
            self.source_tokenizer = load_tokenizer(
                options.tokenizer or options.source_tokenizer
            )
            self.target_tokenizer = self.source_tokenizer
            if options.target_tokenizer:
                self.target_tokenizer = load_tokenizer(options.target_tokenizer)
            return
        train = self.train_split(
            "The tokenizer is learnt from it; give tokenizer= to do without."
        )
        kind, more = options.tokenizer_type, {"byte_fallback": options.byte_fallback}
        if kind == "word":
            kind, more = "text_words", {"lowercase": options.lowercase}

        def learn(*columns):
            learnt = learn_tokenizer(
                kind,
                (text for column in columns for text in train[column]),
                vocabulary_size=options.vocabulary_size,
                **more,
            )
            for note in getattr(learnt, "notes", ()):
                report(note)
            return learnt

        if options.joint_vocabulary:
            self.source_tokenizer = self.target_tokenizer = learn("source", "target")
        else:
            self.source_tokenizer = learn("source")
            self.target_tokenizer = learn("target")

    def network(self):
        joint = self.source_tokenizer is self.target_tokenizer
        given = {}
        if self.options.copy:
            given["max_extra"] = self.options.max_extra if self.open_vocabulary else 0
        return self.construct(
            **given,
            vocabulary_size=self.target_tokenizer.vocabulary_size,
            source_vocabulary_size=(
                None if joint else self.source_tokenizer.vocabulary_size
            ),
        )

    def _pairs(self, split):
        from seqkit.data import tokenize_pairs

        source, target = self.source_tokenizer, self.target_tokenizer
        encoders = source.encode, target.encode
        fingerprint = f"{source.fingerprint}-{target.fingerprint}"
        if self.open_vocabulary is not None:
            encoders, fingerprint = (source.open_encode,) * 2, f"{fingerprint}-open"
        return tokenize_pairs(
            self.split(split),
            *encoders,
            fingerprint=fingerprint,
            max_length=self.options.max_length,
            max_source_length=self.options.max_source_length,
            cache_dir=self.options.cache_dir,
        )

    def _resampling(self, training):
        tokenizers = self.source_tokenizer, self.target_tokenizer
        return resampling(self.options, training, *tokenizers)

    def lengths(self, split, training):
        resample = self._resampling(training)
        return with_room(self._pairs(split), self.options, resample)

    def batches(self, split, training):
        from seqkit.data import BatchedPairs, SourceWords

        options, pairs, number = self.options, self._pairs(split), None
        if self.open_vocabulary is not None:
            size = self.source_tokenizer.vocabulary_size
            number = SourceWords(size, options.max_extra)
        resample = self._resampling(training)
        self.report_once(over_length(split, "pairs", pairs, options, "are left out"))
        if pairs.cut:
            self.report_once(
                f"{split}: {pairs.cut} of {len(self.split(split))} sources have more "
                f"than max_source_length={options.max_source_length} tokens and are cut"
            )
        return BatchedPairs(
            pairs,
            bucket_plan(with_room(pairs, options, resample), options, training),
            resample=resample,
            static_shapes=options.static_shapes,
            number=number,
        )

    def limits(self):
        from seqkit.checks import Limit

        cut = self.options.max_source_length

        def limit(side, encode):
            count = self.counter(f"{side}_tokenizer", encode)
            if cut is not None and side == "source":
                return Limit("max_source_length", cut, "tokens", "are cut", count)
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

        ids, limit = self._source_ids(inputs), self.max_source_length
        name = (
            "max_length"
            if self.options.max_source_length is None
            else ("max_source_length")
        )
        cut = sum(len(row) > limit for row in ids)
        ids = [self._cut(row) for row in ids]
        if cut:
            report(
                f"{cut} of {len(ids)} texts have more than {name}={limit} tokens "
                "and are cut"
            )

        def batch(rows, length):
            return {"encoder_token_ids": pad([ids[row] for row in rows], length)}

        return [len(row) for row in ids], batch

    def _source_ids(self, texts):
        texts = ["" if is_blank(text) else text for text in texts]
        own = self.open_vocabulary
        encode = self.source_tokenizer.encode
        ids = encode(texts) if own is None else map(own.encode, texts)
        return [[*row, END_ID] for row in ids]

    def _cut(self, ids):
        """What is read of the ids of a source, `</s>` included."""
        limit = self.max_source_length
        return ids if len(ids) <= limit else [*ids[: limit - 1], END_ID]

    def _target_ids(self, source, target):
        own = self.open_vocabulary
        if own is None:
            return self.target_tokenizer.encode([target])[0]
        return own.encode_target(source, target)

    def render(self, rows, ids, inputs):
        own = self.open_vocabulary
        if own is None:
            texts = self.target_tokenizer.decode(ids)
        else:
            pairs = zip(rows, ids, strict=True)
            texts = [own.decode(one, inputs[row]) for row, one in pairs]
        return [
            "" if is_blank(inputs[row]) else text
            for row, text in zip(rows, texts, strict=True)
        ]

    def attention(self, source: str, target: str | None = None) -> Any:
        """The alignment between a source text and its target.

        The target is by default the result of `predict`. Returns a
        `seqkit.inspect.Alignment`, `weights` `[T, S]` with `source_tokens` and
        `target_tokens`, both of which end with `</s>`; with `copy` also how much of
        each token was `copied`. A model without attention is a SeqkitError.
        """
        from seqkit.inspect import Alignment

        if target is None:
            target = str(self.predict(source))
        own = self.open_vocabulary
        source_ids = self._cut(self._source_ids([source])[0])
        target_ids = [*self._target_ids(source, target), END_ID]
        copied = None
        if self.options.copy:
            copied = self.copied([source_ids], [target_ids])[0]
        if own is None:
            read = self.source_tokenizer.pieces(source_ids)
            written = self.target_tokenizer.pieces(target_ids)
        else:
            read, written = (
                own.pieces(ids, source) for ids in (source_ids, target_ids)
            )
        weights = self.alignment(
            [START_ID, *target_ids[:-1]], encoder_token_ids=[source_ids]
        )
        return Alignment(weights, read, written, copied)

    def copied(self, sources: list, targets: list, batch_size: int = 64) -> list:
        """How much of each token of N targets was copied, arrays `[T]` from 0 to 1.

        Both are lists of ids, `</s>` included; see `Seq2Seq.copied`.
        """
        from seqkit.data import pad
        from seqkit.inference import RowRunner

        ids = (None, None), "int32"
        names = "encoder_token_ids", "decoder_token_ids", "targets"

        def make(model):
            def share(inputs):
                return {"copied": model.copied(inputs, inputs["targets"])}

            return RowRunner(model, share, dict.fromkeys(names, ids))

        longest = -(-max(map(len, targets)) // 16) * 16

        def batch(rows, length):
            chosen = [targets[row] for row in rows]
            begun = [[START_ID, *one[:-1]] for one in chosen]
            read = [sources[row] for row in rows]
            arrays = pad(read, length), pad(begun, longest), pad(chosen, longest)
            return dict(zip(names, arrays, strict=True))

        run = self.of_model("copied", make)
        found = run([len(one) for one in sources], batch, batch_size)
        return [
            row["copied"][: len(ids)] for row, ids in zip(found, targets, strict=True)
        ]

    def copying_measures(
        self, sources: list, targets: list, results: list, batch_size: int
    ) -> Any:
        """How much of N results was copied: `copied`, and maybe `unknown_words`.

        The first is the mean over their tokens. The second is how many of the unknown
        words that a target shares with its source are in the result.
        """
        import numpy as np

        from seqkit.metrics import Figure, Measures, ratio

        if not self.options.copy:
            return Measures({}, {})
        read = [self._cut(ids) for ids in self._source_ids(sources)]
        pairs = zip(sources, results, strict=True)
        written = [self._target_ids(*pair) for pair in pairs]
        ended = [[*ids, END_ID] for ids in written]
        shares = self.copied(read, ended, batch_size)
        copied = [[share[:-1].sum(), len(share) - 1] for share in shares]
        statistics = {"copied": np.array(copied, "float64")}
        if self.open_vocabulary is not None:
            size, rows = self.target_tokenizer.vocabulary_size, []
            for source, target, ids in zip(sources, targets, written, strict=True):
                right = {i for i in self._target_ids(source, target) if i >= size}
                rows.append([len(right & set(ids)), len(right)])
            statistics["unknown_words"] = np.array(rows, "float64")
        return Measures(statistics, {name: Figure(name, ratio) for name in statistics})

    def callbacks(self):
        options, found = self.options, super().callbacks()
        if options.copy and options.coverage:
            from seqkit.training import CoverageSchedule

            start = math.ceil(options.coverage_start * options.schedule_epochs)
            found.insert(0, CoverageSchedule(options.coverage_weight, start))
        return found

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
            source,
            max_length=self.max_source_length,
            blank_is_empty=True,
            max_extra=self.options.max_extra if self.open_vocabulary else None,
        )
        same = source.fingerprint == target.fingerprint
        write = TextWriter(read.tokenizer if same else target, read=read)
        return text_signatures(*self.exported(), read, write, output=self.output_name)


def is_blank(text: Any) -> bool:
    """Whether a text has nothing but spaces and control characters."""
    blank = ("Zs", "Zl", "Zp", "Cc", "Cf")
    return isinstance(text, str) and all(unicodedata.category(c) in blank for c in text)
