"""A recipe in a package of its own: which language a text is in."""

from pathlib import Path

import seqkit
from seqkit.options import Count, option


def sample():
    lines = (Path(__file__).parent / "sentences.tsv").read_text("utf-8").splitlines()
    rows = [tuple(line.split("\t")) for line in lines]
    return {"train": rows[:42], "validation": rows[42:51], "test": rows[51:]}


@seqkit.recipe("languages")
class Languages(seqkit.task.TextTask):
    """Languages: which language a text is in, from its characters."""

    class Options(seqkit.task.TextTask.Options):
        units: Count = option(32, "Units of the GRU in each direction.")
        defaults = dict(tokenizer_type="character", batch_size=4, learning_rate=5e-3)

    labels = seqkit.asset("labels.json", "seqkit.tokenizers:LabelVocabulary.load")

    def load_examples(self):
        return self.load(seqkit.data.load_labelled, sample)

    def learn(self):
        names = (name for names in self.train_split()["labels"] for name in names)
        self.labels = seqkit.tokenizers.LabelVocabulary.train(names)
        self.learn_tokenizer()

    def network(self):
        from keras import Input, Model, layers

        ids = Input([None], dtype="int32", name="token_ids")
        x = layers.Embedding(self.tokenizer.vocabulary_size, 32, mask_zero=True)(ids)
        gru = layers.GRU(self.options.units, return_sequences=True)
        x = layers.GlobalAveragePooling1D()(layers.Bidirectional(gru)(x))
        x = layers.Dense(len(self.labels), "softmax", dtype="float32")(x)
        return Model({"token_ids": ids}, x)

    def losses(self):
        return {"loss": "sparse_categorical_crossentropy", "weighted_metrics": ["acc"]}

    def batches(self, split, training):
        return self.labelled_batches(split, training, self.labels.names)

    def answers(self, inputs, options):
        found = self.run(self.model, inputs, options.batch_size)
        return self.labels.decode(chances.argmax() for chances in found)

    def scores(self, split, options):
        rows, score = self.split(split), seqkit.metrics.classification_scores
        chances = self.run(self.model, rows["text"], options.batch_size)
        return score([name for (name,) in rows["labels"]], chances, self.labels.names)

    def signatures(self, text):
        export = seqkit.export.classification_signatures
        return export(self.model, self.tokenizer, self.labels.names, text=text)
