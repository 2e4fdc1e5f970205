"""Tasks that give each word a tag, and maybe the whole sentence a label."""

from collections import Counter

from seqkit.task.assets import asset
from seqkit.task.batching import bucket_plan
from seqkit.task.fields import Field
from seqkit.task.reporting import report
from seqkit.task.word_task import WordTask

_LOAD = "seqkit.tokenizers:LabelVocabulary.load"


class TagTask(WordTask):
    """A task from words to tags; its examples have the columns tokens and tags.

    It learns the words, the tags and the labels of whole sentences, and makes batches.
    A recipe adds `load_examples`, `network`, `answers` and `judged`. Its options
    include those of `groups.Tagger`.

    Attributes:
        tags, labels: `seqkit.tokenizers.LabelVocabulary`s of the tags that the model
            predicts and of the labels of whole sentences; `labels` may be `None`.
    """

    pipeline_tag = "token-classification"
    fields = {
        "tokens": Field("words"),
        "tags": Field("tags", target=True),
        "label": Field("label", target=True, optional=True),
    }

    tags = asset("tags.json", _LOAD, sizes={"num_tags": "names"})
    labels = asset("labels.json", _LOAD, optional=True, sizes={"num_labels": "names"})

    @property
    def _source_scheme(self):
        """The scheme of the dataset's tags, or `None`."""
        return None if self.options.scheme == "none" else self.options.scheme

    @property
    def scheme(self) -> str | None:
        """The scheme of the tags that the task predicts: BIO or BIOES, or `None`."""
        from seqkit.data.tags.schemes import READ_AS

        source = self._source_scheme
        if source and self.options.model_scheme == "BIO":
            return "BIO"
        return source and READ_AS.get(source, source)

    @property
    def tag_names(self) -> list[str]:
        """The tags that the task predicts, by id: the model's in the task's scheme."""
        if self.scheme != "BIO":
            return list(self.tags.names)
        places = {"S": "B", "E": "I"}
        return [places.get(n[0], n[0]) + n[1:] for n in self.tags.names]

    def inferred(self):
        from seqkit.data.labels.likely_mistakes import same_but_for_case
        from seqkit.data.tags.checking import settle_scheme

        self.train_split("Words and tags are learnt from it.")
        scheme, said = settle_scheme(self.splits, self.options.scheme)
        self.inform(said)
        counts = Counter(
            t for tags in self.splits.column("train", "tags") for t in tags
        )
        for alike in same_but_for_case(counts):
            self.inform(f"train: {alike}")
        return {"scheme": scheme}

    def learn(self):
        from seqkit.data.labels.likely_mistakes import same_but_for_case
        from seqkit.data.tags.vocabulary import model_tags
        from seqkit.tokenizers import LabelVocabulary, WordEncoder

        options, train = self.options, self.splits["train"]
        self.encoder = WordEncoder.train(
            train["tokens"],
            vocabulary_size=options.vocabulary_size,
            min_count=options.min_count,
            lower=options.lowercase,
            max_characters=options.max_characters,
        )
        names = model_tags(train["tags"], self._source_scheme, options.model_scheme)
        self.tags = LabelVocabulary(names)
        if options.label is not None:
            self.labels = LabelVocabulary.train(train["label"])
            for said in same_but_for_case(Counter(train["label"])):
                self.inform(f"train: {said}")

    def limits(self):
        from seqkit.checks import Limit

        most = self.options.max_characters
        return {"tokens": Limit("max_characters", most, "characters", "are cut")}

    def monitored(self):
        monitor = self.options.monitor or ("f1" if self.scheme else "accuracy")
        return monitor, ("accuracy", "precision", "recall", "f1", "label_accuracy")

    def _sentences(self, split):
        from seqkit.data import IndexedSentences

        cache_dir = self.options.cache_dir
        return IndexedSentences.make(self.split(split), cache_dir=cache_dir)

    def lengths(self, split, training):
        return self._sentences(split).lengths

    def batches(self, split, training):
        from seqkit.data import TaggedBatches
        from seqkit.data.tags.vocabulary import tag_ids

        options, examples = self.options, self.split(split)
        cache_dir, alpha = options.cache_dir, options.word_dropout if training else 0
        self.check_tags(split)
        sentences = self._sentences(split)
        schemes = self._source_scheme, options.model_scheme
        tags = tag_ids(examples, self.tags, *schemes, cache_dir)
        labels = None
        if self.labels is not None:
            labels = self.labels.encode(examples["label"], unknown_id=0)
        return TaggedBatches(
            sentences,
            tags,
            self.encoder.encode(sentences.types),
            bucket_plan(sentences.lengths, options, training),
            unknown_rate=alpha / (alpha + self.encoder.counts) if alpha else None,
            labels=labels,
            static_shapes=options.static_shapes,
        )

    def check_tags(self, split: str) -> None:
        """Refuses what the model cannot learn; reports what it cannot know."""
        from seqkit.data.tags.checking import check_split

        labels = None if self.labels is None else self.labels.names
        known = self._source_scheme, self.tags.names, labels
        said = self.of_data(
            ("checked", split), lambda: [check_split(self.splits, split, *known)]
        )
        report(said.pop() if said else "")  # once
