"""The embedded samples at a fraction of their size, for code that runs as it stands."""

CODE = """
import functools
from seqkit.data.samples import language_modeling, sentiment, tagging, translation
for sample, train in [
    (language_modeling, 300), (sentiment, 1500), (tagging, 1000), (translation, 2000)
]:
    sample.splits = functools.partial(
        sample.splits, train=train, validation=40, test=60
    )
"""
