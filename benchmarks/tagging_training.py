"""Times training of the BiLSTM-CRF against Keras's own layers, and Viterbi decoding.

    python benchmarks/tagging_training.py [--batches 12] [--rounds 5]

The model has word vectors of size 100 and a character CNN, a 2 x 200 LSTM and 40 tags.
Batches hold 32 sentences of 12 to 40 words with random ids. Each contestant runs in its
own process and gets the same batches, in turn.
"""

import argparse

import numpy as np
from timing import Process, in_turn, print_table, serve

SIZES = {
    "embedding_dim": 100,
    "character_dim": 30,
    "character_units": 50,
    "dropout": 0.5,
}
VOCABULARY_SIZE, NUM_CHARACTERS = 10_000, 90
TRAINING = ("plain Keras", "seqkit")
TAGGING = ("emissions", "emissions, Viterbi", "emissions, Viterbi, probabilities")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batches", type=int, default=12)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--hidden-dim", type=int, default=200)
    parser.add_argument("--num-tags", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--contestant", choices=(*TRAINING, *TAGGING), help=argparse.SUPPRESS
    )
    arguments = parser.parse_args()
    if arguments.contestant in TRAINING:
        serve(trainer(arguments))
    elif arguments.contestant:
        serve(tagger(arguments))
    else:
        compare("training", TRAINING, arguments)
        compare("tagging", TAGGING, arguments)


def compare(what, names, arguments):
    """Prints the table for one kind of contestant."""
    words = sum((inputs["word_ids"] != 0).sum() for inputs, _ in batches(arguments))
    options = [
        f"--{name}={getattr(arguments, name.replace('-', '_'))}"
        for name in ("batches", "batch-size", "hidden-dim", "num-tags")
    ]
    contestants = {
        name: Process(__file__, *options, "--contestant", name) for name in names
    }
    # Two warm-up rounds: the first traces for any length, the second runs the trace.
    seconds = in_turn(contestants, rounds=arguments.rounds, warmup=2)
    for process in contestants.values():
        process.close()
    print(f"\n{what}\n")
    print_table(seconds, words, "words", names[0])


def batches(arguments):
    """A list of inputs and targets, the same for all contestants."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(arguments.batches):
        lengths = rng.integers(12, 41, arguments.batch_size)
        mask = np.arange(lengths.max()) < lengths[:, None]
        word_lengths = rng.integers(1, 13, mask.shape) * mask
        kept = np.arange(word_lengths.max()) < word_lengths[:, :, None]
        inputs = {
            "word_ids": rng.integers(1, VOCABULARY_SIZE, mask.shape) * mask,
            "character_ids": rng.integers(1, NUM_CHARACTERS, kept.shape) * kept,
        }
        targets = {"tags": rng.integers(0, arguments.num_tags, mask.shape) * mask}
        found.append(
            [{k: v.astype("int32") for k, v in d.items()} for d in (inputs, targets)]
        )
    return found


def of_seqkit(arguments):
    import keras

    import seqkit

    model = seqkit.models.Tagger(
        VOCABULARY_SIZE,
        arguments.num_tags,
        num_characters=NUM_CHARACTERS,
        hidden_dim=arguments.hidden_dim,
        **SIZES,
    )
    model.compile(keras.optimizers.Adam(1e-3, global_clipnorm=5.0), jit_compile=False)
    return model


def of_keras(arguments):
    import plain_keras_tagger

    sizes = SIZES | {"hidden_dim": arguments.hidden_dim}
    return plain_keras_tagger.build(
        VOCABULARY_SIZE, arguments.num_tags, NUM_CHARACTERS, sizes
    )


def trainer(arguments):
    builders = dict(zip(TRAINING, (of_keras, of_seqkit), strict=True))
    model, data = builders[arguments.contestant](arguments), batches(arguments)

    def run():
        for inputs, targets in data:
            model.train_on_batch(inputs, targets)

    return run


def tagger(arguments):
    import tensorflow as tf

    model = of_seqkit(arguments)

    def viterbi(inputs):
        return model.crf.decode(model(inputs), model.padding_mask(inputs))

    functions = dict(zip(TAGGING, (model, viterbi, model.predict_tags), strict=True))
    specs = {
        "word_ids": tf.TensorSpec((None, None), tf.int32),
        "character_ids": tf.TensorSpec((None, None, None), tf.int32),
    }
    chosen = functions[arguments.contestant]
    function = tf.function(lambda inputs: chosen(inputs), [specs], autograph=False)
    data = [tf.nest.map_structure(tf.constant, i) for i, _ in batches(arguments)]

    def run():
        for inputs in data:
            tf.nest.map_structure(lambda tensor: tensor.numpy(), function(inputs))

    return run


if __name__ == "__main__":
    main()
