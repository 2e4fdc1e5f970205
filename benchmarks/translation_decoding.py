"""Compares translation of a test set: greedy without a cache, greedy, beam search.

    python benchmarks/translation_decoding.py RUN MULTI30K_FOLDER

RUN is a folder written by `seqkit train` or `Task.save`.
"""

import argparse

from timing import in_turn, print_table

import seqkit
from seqkit.data import pad
from seqkit.decoding import Greedy
from seqkit.inference import SequenceDecoder
from seqkit.models import UncachedSteps
from seqkit.tokenizers import END_ID


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("dataset")
    parser.add_argument("--split", default="test")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    task = seqkit.load(arguments.run, dataset=arguments.dataset)
    texts = list(task.split(arguments.split)["source"])
    ids = [[*i, END_ID] for i in task.source_tokenizer.encode(texts)]
    uncached = SequenceDecoder(
        UncachedSteps(task.model),
        Greedy(),
        {"encoder_token_ids": ((None, None), "int32")},
        max_length=60,
        relative_length=(2, 10),
    )

    def batch(rows, length):
        return {"encoder_token_ids": pad([ids[row] for row in rows], length)}

    def predict(num_beams):
        return lambda: task.predict(
            texts, num_beams=num_beams, batch_size=arguments.batch_size
        )

    contestants = {
        "greedy, no cache": lambda: uncached.run(
            [len(row) for row in ids], batch, arguments.batch_size
        ),
        "greedy": predict(1),
        "beam 5": predict(5),
    }
    seconds = in_turn(contestants, rounds=arguments.rounds)
    print_table(seconds, len(texts), "sentences", "greedy, no cache")
    for name, times in seconds.items():
        print(f"{name}: {min(times):.1f} s for {len(texts)} sentences")


if __name__ == "__main__":
    main()
