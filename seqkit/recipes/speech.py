"""Speech recognition: sound in, text out."""

from collections.abc import Callable
from typing import Any

from seqkit import registries
from seqkit.errors import SeqkitError
from seqkit.options import Default, groups
from seqkit.special_ids import PAD_ID
from seqkit.task import AudioTask, TokenizerTask, asset, recipe
from seqkit.task.batching import bucket_plan


class SpeechOptions(
    groups.CTCSearch, groups.Tokenizer, groups.Recognizer, AudioTask.Options
):
    """What `build` takes."""

    defaults = {
        "tokenizer_type": "character",
        "batch_size": Default(16),
        "learning_rate": groups.rates(3e-3, sample=5e-3, sgd=0.1),
        "schedule": "cosine",
        "warmup_steps": Default(300, sample=60),
        "schedule_epochs": Default(25, sample=16),
        "weight_decay": 0.01,
        "average_momentum": Default(0.98, sample=0.9),
        "monitor": "wer",
        "patience": None,
    }


@recipe("speech")
class Speech(AudioTask, TokenizerTask):
    """Speech recognition: sound in, text out.

    Log-mel features, strided convolutions and a recurrent network or a Transformer say
    for every 20 milliseconds which character or piece is spoken, or none
    (connectionist temporal classification, Graves et al. 2006). A text is read off
    greedily or by a prefix beam search, in which a language model may take part.

    Attributes:
        tokenizer: One of `seqkit.tokenizers`.
        language_model: A task of the recipe language_modeling, or `None`.
        splits: Name to a `datasets.Dataset` with the columns audio, a path, and text.
    """

    Options = SpeechOptions
    Predict, Evaluate = groups.CTCPredict, groups.CTCEvaluate
    architectures = (registries.encoders,)

    language_model = asset("language_model", "seqkit.task:load", optional=True)

    def learn(self):
        from seqkit.task import load

        self.learn_tokenizer()
        if self.options.language_model is not None:
            self.language_model = load(self.options.language_model)
            self.fusion({})  # refuses another vocabulary before any work

    def network(self):
        model = self.construct_recognizer()
        sounds = self.recordings("train")
        model.adapt([sounds[row] for row in self.usable("train")[:500]])
        return model

    def construct_recognizer(self) -> Any:
        """The model of the options, untrained."""
        from seqkit.models import SpeechRecognizer
        from seqkit.task.architectures import construct

        size = self.tokenizer.vocabulary_size
        return construct(SpeechRecognizer, self.options, vocabulary_size=size)

    def losses(self):
        from seqkit.training import CTCLoss

        return {"loss": CTCLoss()}

    def monitored(self):
        names = () if self.options.monitor == "loss" else ("wer", "cer", "exact")
        return None if self.options.monitor is None else (self.options.monitor, names)

    def token_ids(self, split: str) -> list[list[int]]:
        """The ids of the texts of a split."""
        texts = self.split(split)["text"][:]
        return self.of_data(
            ("ids", split, self.tokenizer.fingerprint),
            lambda: self.tokenizer.encode([text.strip() for text in texts]),
        )

    def batches(self, split, training):
        from seqkit.data import SpeechBatches

        return SpeechBatches(
            self.recordings(split),
            self.token_ids(split),
            self.usable(split),
            bucket_plan(self.lengths(split, training), self.options, training),
            unit=self.unit,
            augment=self.augmentation if training else None,
            static_shapes=self.options.static_shapes,
        )

    def fusion(self, options: dict[str, Any]) -> Any:
        """How the language model takes part, a `seqkit.decoding.Fusion`, or `None`."""
        if self.language_model is None:
            return None
        from seqkit.inference.language.fusion import fusion_of

        task = self.language_model
        ends = task.end_id if task.options.documents else task.start_id
        return fusion_of(
            task.model,
            self.tokenizer,
            task.tokenizer,
            start_id=task.start_id,
            end_id=ends,
            weight=self._chosen(options, "language_weight"),
            bonus=self._chosen(options, "token_bonus"),
        )

    def _chosen(self, options, name):
        value = options.get(name)
        return self.config[name] if value is None else value

    def search(self, options: dict[str, Any], count: int | None = None) -> Callable:
        """A function from the inputs of the model to a `seqkit.decoding.Decoded`."""
        read = self.read_off(options, count)
        return lambda inputs: read(self.model(inputs))

    def read_off(self, options: dict[str, Any], count: int | None = None) -> Callable:
        """A function from the model's outputs to a `seqkit.decoding.Decoded`."""
        from seqkit.decoding import ctc_beam_search, ctc_greedy

        beams = self._chosen(options, "num_beams")
        if count is not None and count > beams:
            raise SeqkitError(
                f"num_return_sequences: expected at most num_beams={beams}, found "
                f"{count}"
            )
        if beams == 1:
            return ctc_greedy
        fusion = self.fusion(options)
        return lambda logits: ctc_beam_search(
            logits, beams, fusion=fusion, num_return_sequences=count or 1
        )

    def reading(self):
        if self.options.num_beams > 1:
            return None
        read = self.read_off({})
        return lambda inputs, outputs: read(outputs)._asdict()

    def texts(
        self, sounds: Any, options: Any, count: int | None = None
    ) -> list[list[tuple[str, float]]]:
        """The texts of N sounds with their scores, best first."""
        return [self._read(row) for row in self._found(sounds, options, count)]

    def _found(self, sounds, options, count=None):
        """What `search` finds for each of N sounds."""
        options = dict(options)
        names = ("num_beams", "language_weight", "token_bonus")
        search = self.search(options, count)
        return self.run(
            ("texts", count, *(self._chosen(options, name) for name in names)),
            lambda inputs: search(inputs)._asdict(),
            sounds,
            options["batch_size"],
        )

    def _read(self, row):
        rows = zip(row["token_ids"].tolist(), row["scores"].tolist(), strict=True)
        found = [(ids, score) for ids, score in rows if score > float("-inf")]
        ids = [[one for one in ids if one != PAD_ID] for ids, _ in found]
        texts = [text.strip() for text in self.tokenizer.decode(ids)]
        return list(zip(texts, [score for _, score in found], strict=True))

    def answers(self, inputs, options):
        """Writes what is said in sounds.

        Args:
            inputs: A list of N sounds, or one: the path or the bytes of a file, samples
                `[N]` or `[N, channels]` at the task's `sampling_rate`, or a dictionary
                of `array` and `sampling_rate`.

        Returns:
            N strings (a string for one sound); lists of them with
            `num_return_sequences`; pairs (string, score) with `return_scores`.
        """
        count = options.num_return_sequences
        found = self.texts(self.sounds_of(inputs), options, count)
        if not options.return_scores:
            found = [[text for text, _ in row] for row in found]
        return found if count else [row[0] for row in found]

    def judged(self, split, options, detailed=False):
        """Scores what is written from the sounds of a split.

        Returns:
            `wer` and `cer`, the word and character error rates in percent, with their
            parts `substitutions`, `deletions` and `insertions` of words; `exact`, the
            fraction of texts without an error; `signature`. Sounds that cannot be read
            are counted in `unreadable`.
        """
        import numpy as np

        from seqkit.metrics import Measures, speech_measures
        from seqkit.reports import Judgement

        sounds, texts = self.recordings(split), self.split(split)["text"][:]
        rows = [row for row in range(len(sounds)) if row not in sounds.errors]
        found = self.readings(
            split,
            rows,
            lambda rows: self._found([sounds[row] for row in rows], options),
        )
        written = [self._read(row)[0][0] for row in found]
        measures = speech_measures(written, [texts[row].strip() for row in rows])
        if sounds.errors:
            measures |= Measures({}, {"unreadable": len(sounds.errors)})
        return Judgement(
            measures,
            rows=np.array(rows, np.int64),
            found=written.__getitem__,
            losses=lambda: measures.by_example("cer"),
            ranked_by="character error rate",
        )

    def signatures(self, text):
        from seqkit.export import TextWriter, speech_signatures

        language = self.language_model
        return speech_signatures(
            self.search({}),
            self.search({}, self.options.num_beams),
            TextWriter(self.tokenizer) if text else None,
            self.options.sampling_rate,
            resources=() if language is None else (language.model,),
        )


build, check = Speech.build, Speech.check_dataset
