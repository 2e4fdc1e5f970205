"""Every class of batches offers the same."""

import numpy as np

from seqkit import data
from seqkit.data.batching.bucketed import BucketedBatches


def test_all_batches_follow_the_protocol():
    classes = [getattr(data, name) for name in dir(data) if "Batche" in name]
    classes.remove(data.Batches)
    assert len(classes) == 9
    for one in classes:
        for name in ("__len__", "__iter__", "batch", "signature", "to_tf_dataset"):
            assert callable(getattr(one, name))
        assert one.next_epoch == 0


class Rows(BucketedBatches):
    def _make(self, rows, number):
        return rows, number

    def signature(self):
        return None


def test_a_subclass_makes_batches_of_the_planned_rows():
    plan = data.BucketPlan([3, 3, 9, 9], batch_size=2, seed=7)
    batches = Rows(plan)
    assert isinstance(batches, data.Batches)
    rows, number = batches.batch(epoch=5, step=1)
    assert number == (7, 5, 1) and rows.tolist() == plan.batches(5)[1].tolist()
    epochs = [[rows.tolist() for rows, _ in batches] for _ in range(2)]
    assert batches.next_epoch == 2
    assert epochs == [[rows.tolist() for rows in plan.batches(e)] for e in (0, 1)]
    assert np.array_equal(batches._bucket(np.array([0, 1])), (2, 4))


def test_only_public_names_are_listed():
    assert "sources" not in dir(data) and "load_pairs" in dir(data)
    assert all(hasattr(data, name) for name in dir(data))
