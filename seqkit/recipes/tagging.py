"""Tagging: a tag for each word of a sentence, and the entities that the tags spell."""

from typing import Any

from seqkit import registries
from seqkit.options import Default, groups, unless
from seqkit.task import TagTask, recipe
from seqkit.task.word_vectors import with_word_vectors


class TaggingOptions(groups.Tagger, TagTask.Options):
    """What `build` takes."""

    defaults = {
        "embedding_dim": Default(100, sample=48),
        "batch_size": Default(unless("batch_tokens", 32)),
        "learning_rate": groups.rates(2e-3, sample=4e-3, sgd=0.1),
        "gradient_clip": 5.0,
    }


@recipe("tagging")
class Tagging(TagTask):
    """Tagging: a tag for each word, and the entities that the tags spell.

    For named entities, slots and other spans, whose tags follow a scheme (`B-PER`,
    `I-PER`, `O`), and for parts of speech and other tags without one. With `label` the
    same model predicts a label of the whole sentence too, such as its intent.

    A word is read as its embedding, its characters and its casing; a recurrent stack in
    both directions, or a Transformer, reads them; a CRF or a softmax predicts tags
    (Huang et al. 2015, arXiv:1508.01991; Lample et al. 2016, arXiv:1603.01360; Ma and
    Hovy 2016, arXiv:1603.01354).

    Attributes:
        tags, labels: `seqkit.tokenizers.LabelVocabulary`s of the tags that the model
            predicts and of the labels of whole sentences; `labels` may be `None`.
        splits: Name to a `datasets.Dataset` with the columns tokens and tags.
    """

    Options = TaggingOptions
    architectures = (registries.encoders,)

    def load_examples(self):
        from seqkit.data import load_tagged
        from seqkit.samples import tagging

        return self.load(load_tagged, tagging.splits)

    def network(self):
        from seqkit.layers import tagging_constraints
        from seqkit.models import Tagger

        options, encoder, allowed = self.options, self.encoder, {}
        if options.crf and self.scheme:
            allowed = tagging_constraints(self.tags.names, options.model_scheme)
        return with_word_vectors(
            self,
            Tagger,
            encoder,
            vocabulary_size=encoder.vocabulary_size,
            num_tags=len(self.tags.names),
            num_characters=encoder.num_characters if options.characters else None,
            num_shapes=encoder.num_shapes if options.casing else None,
            num_labels=None if self.labels is None else len(self.labels.names),
            character_mode=options.characters or "cnn",
            **allowed,
        )

    def answers(self, inputs, options):
        """Tags texts.

        Args:
            inputs: A list of N strings, or of N lists of words; or one string. Strings
                are split into words by `word_rule`; lists of words are taken as they
                are, and their text is the words joined by spaces.

        Returns:
            N `seqkit.results.TaggedText`s (one for a string): words, tags and their
            probabilities, and entities with type, text, start and end in characters,
            and score. The tags are in the dataset's scheme, for IOB1 in BIO.
        """
        texts = self.words_of(inputs)
        found = self._tagged([words for _, words, _ in texts], options.batch_size)
        return [
            self._tagged_text(text, *result)
            for text, result in zip(texts, found, strict=True)
        ]

    def _tagged_text(self, text, tags, scores, label, label_score):
        """The result for a text as `words_of` returns it, or a list of words."""
        from seqkit.data.tags.schemes import spans as tag_spans
        from seqkit.results import tagged_text

        if isinstance(text, list):
            (text,) = self.words_of([text])
        found = tag_spans(tags, self.scheme) if self.scheme else ()
        return tagged_text(*text, tags, scores, label, label_score, found)

    def _tagged(self, sentences, batch_size) -> list[Any]:
        """Tags, their scores, label and its score, for each list of words."""
        results = self.run(self.model.predict_tags, sentences, batch_size)
        return self._as_tags(results, sentences)

    def _as_tags(self, results, sentences):
        from seqkit.inference.words import read_tags

        label_names = None if self.labels is None else self.labels.names
        return read_tags(results, sentences, self.tag_names, label_names)

    def reading(self):
        model = self.model

        def read(inputs, outputs):
            return model.decode(outputs, model.padding_mask(inputs))

        return read

    def judged(self, split, options, detailed=False):
        """Scores the tags of a split.

        Returns:
            `accuracy`, the fraction of words with the right tag. If tags have a scheme,
            `precision`, `recall` and `f1` of entities, as conlleval counts them, the
            same for each type, and the confusion between types; otherwise the figures
            of each tag. With labels `label_accuracy`. `repaired`: tags of the split
            that break their scheme, if there are any.
        """
        from seqkit.data.tags.schemes import convert, repair
        from seqkit.metrics import Measures, calibration_of, fraction, tagging_measures
        from seqkit.reports import Judgement

        examples, scheme = self.split(split), self.options.scheme
        self.check_tags(split)
        gold, repaired = list(examples["tags"]), 0
        if self.scheme:
            repaired = sum(repair(tags, scheme)[1] for tags in gold)
            gold = [convert(tags, scheme, self.scheme) for tags in gold]
        sentences = list(examples["tokens"])
        results = self.readings(
            split,
            range(len(sentences)),
            lambda rows: self.run(
                self.model.predict_tags,
                [sentences[row] for row in rows],
                options.batch_size,
            ),
        )
        found = self._as_tags(results, sentences)
        measures = tagging_measures(gold, [tags for tags, *_ in found], self.scheme)
        if self.labels is not None:
            labels = [label for *_, label, _ in found]
            right = list(map(str.__eq__, labels, examples["label"]))
            measures |= fraction("label_accuracy", right)
        measures |= Measures({}, {"repaired": repaired} if repaired else {})

        def outcomes():
            """Of each sentence the probability of each tag, and whether it is right."""
            return [
                [(score, one == its) for one, score, its in zip(*row, strict=True)]
                for row in (
                    (tags, scores, right)
                    for (tags, scores, *_), right in zip(found, gold, strict=True)
                )
            ]

        return Judgement(
            measures,
            found=lambda row: self._tagged_text(examples[row]["tokens"], *found[row]),
            losses=lambda: [
                sum(score for score, right in row if not right) for row in outcomes()
            ],
            ranked_by="probabilities of wrong tags, added up",
            calibration=lambda: calibration_of(outcomes()),
        )

    def views(self, example):
        from seqkit.data.tags.schemes import convert, repair

        words, tags = example.inputs["tokens"], example.expected["tags"]
        if self.scheme:
            source = self.options.scheme
            tags = convert(repair(tags, source)[0], source, self.scheme)
        label = example.expected.get("label")
        right = self._tagged_text(words, tags, [1.0] * len(words), label, None)
        return {"expected": right.view(), "found": example.found.view()}

    def signatures(self, text):
        from seqkit.export import tagging_signatures

        return tagging_signatures(
            self.model.predict_tags,
            self.splitter,
            self.encoder,
            self.tag_names,
            self.scheme,
            label_names=None if self.labels is None else self.labels.names,
            text=text,
        )


build = Tagging.build
check = Tagging.check_dataset
