import numpy as np
import pytest

from seqkit.data import BatchedLanes, BatchedPairs, BucketPlan, TokenStream
from seqkit.data.pairs.tokenized import TokenizedPairs
from seqkit.inference import Scorer, TokenScorer, TokenTotals
from seqkit.inference.language.measures import totals_by_row
from seqkit.metrics import Perplexity, TokenAccuracy
from seqkit.metrics.calibration import calibration_bins
from seqkit.models import RecurrentLanguageModel, RecurrentSeq2Seq
from tests.tiny import scatter


class Ids:
    """Token ids of pairs, as an Arrow file gives them."""

    def __init__(self, source, target):
        self.source, self.target = source, target

    def __getitem__(self, rows):
        return {
            "source": [self.source[row] for row in rows],
            "target": [self.target[row] for row in rows],
        }


@pytest.fixture(scope="module")
def pairs():
    rng = np.random.default_rng(0)
    sides = [[rng.integers(4, 9, rng.integers(1, 7)) for _ in range(12)] for _ in "st"]
    lengths = np.array([[len(one) + 1 for one in side] for side in sides]).T
    lengths[4] = 99  # is left out
    return TokenizedPairs(None, Ids(*sides), lengths, max_length=20)


@pytest.mark.parametrize("static_shapes", [False, True])
def test_sums_by_example_are_what_keras_measures(pairs, static_shapes):
    model = RecurrentSeq2Seq(9, hidden_dim=4)
    model.build()
    scatter(model)
    plan = BucketPlan(pairs.lengths, batch_size=3, shuffle=False)
    batches = BatchedPairs(pairs, plan, static_shapes=static_shapes)
    scorer, totals = TokenScorer(model, batches.signature()), TokenTotals(12, True)
    metrics = Perplexity(), TokenAccuracy()
    for step, batch in enumerate(batches.epoch(0)):
        totals.add(batches.examples(0, step), batch, scorer(batch))
        for metric in metrics:
            metric.update_state(batch[1], model(batch[0]), batch[2])
    nats, right, count = totals.totals.sum(axis=0)
    assert np.exp(nats / count) == pytest.approx(float(metrics[0].result()), rel=1e-4)
    assert right / count == pytest.approx(float(metrics[1].result()))
    assert totals.totals[4].tolist() == [0, 0, 0]
    kept = np.delete(np.arange(12), 4)
    assert totals.totals[kept, 2].tolist() == pairs.lengths[:, 1].tolist()
    assert sum(totals.mistakes.values()) == count - right
    bins = calibration_bins(totals.calibration().sum(axis=0))
    assert sum(one["count"] for one in bins) == count
    assert sum(one["count"] * one["accuracy"] for one in bins) == pytest.approx(right)


@pytest.mark.parametrize("documents", [False, True])
def test_rows_of_a_text_share_its_tokens(documents):
    model = RecurrentLanguageModel(9, hidden_dim=4)
    model.build()
    scatter(model)
    tokens = np.random.default_rng(0).integers(4, 9, 23)
    stops = np.array([5, 6, 14, 23])
    offsets = None
    if documents:
        offsets = np.array([0, *stops])
        tokens[offsets[:-1]], tokens[stops - 1] = 2, 3
    rows = np.stack([stops, stops, stops], axis=1)
    stream = TokenStream(tokens, offsets, rows=rows)
    lanes = BatchedLanes(stream, batch_size=2, sequence_length=4, shuffle=False)
    found = totals_by_row(Scorer(model, likeliest=True), stream, lanes)
    whole = Scorer(model).total(lanes.epoch(0))
    counts = np.diff([0, *stops]) - int(documents)
    assert found.totals[:, 2].tolist() == counts.tolist()
    assert found.totals[:, 0].sum() == pytest.approx(whole.nats, rel=1e-5)
    assert found.totals[:, 1].sum() == whole.correct
    assert sum(found.mistakes.values()) == whole.tokens - whole.correct
    if documents:  # each by itself
        bounds = zip(offsets, stops, strict=False)
        texts = [tokens[start:stop].tolist() for start, stop in bounds]
        alone = Scorer(model).score_sequences(texts)
        assert found.totals[:, 0] == pytest.approx([-x.sum() for x in alone], rel=1e-4)


def test_mistakes_are_readable():
    class Tokenizer:
        def pieces(self, ids):
            return ["abc\n"[one] for one in ids]

    totals = TokenTotals(1)
    totals.mistakes.update({(0, 3): 4, (0, 1): 2})
    assert totals.confused(Tokenizer()) == {"a": {"'\\n'": 4, "b": 2}}
