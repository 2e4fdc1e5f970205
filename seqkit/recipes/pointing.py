"""Pointing: a set of points in, an order of them out."""

from dataclasses import replace
from functools import partial
from typing import Any

from seqkit import registries
from seqkit.errors import DataError
from seqkit.options import Default, groups
from seqkit.special_ids import FIRST_TEXT_ID, START_ID
from seqkit.task import Field, SequenceTask, recipe
from seqkit.task.objectives import token_objectives


class PointingOptions(
    groups.BeamSearch,
    groups.Precision,
    groups.TokenStopping,
    groups.Optimization,
    groups.BucketBatches,
    groups.Pointer,
    groups.Points,
):
    """What `build` takes."""

    defaults = {
        "batch_size": 128,
        "learning_rate": groups.rates(1e-3, sample=3e-3, sgd=0.1),
        "schedule": "cosine",
        "warmup_steps": Default(400, sample=100),
        "schedule_epochs": Default(10, sample=30),
        "patience": None,
        "length_penalty": 0.0,
    }


@recipe("pointing")
class Pointing(SequenceTask):
    """Pointing: a set of points in, an order of them out.

    A pointer network (Vinyals et al. 2015, arXiv:1506.03134) learns convex hulls,
    shortest tours, Delaunay triangulations, or any other orders of vectors. Without a
    dataset, problems with exact answers are drawn, new ones in each epoch.

    Attributes:
        splits: Name to a `datasets.Dataset` with the columns points and order.
    """

    Options = PointingOptions
    architectures = (registries.encoders,)
    fields = {"points": Field("points"), "order": Field("order", target=True)}
    input_name, input_rank = "points, row", 2
    pipeline_tag = "other"

    @property
    def relative_length(self):
        # A triangulation of n points has at most 2n - 5 triangles.
        return (6, 1) if self.options.repeats else (1, 1)

    def load_examples(self):
        from seqkit.data import load_points
        from seqkit.registry import accepted

        options = self.options
        if options.dataset is None:
            return self.load(load_points, self._drawn_splits)
        splits = self.load(load_points, dict)
        if options.examples is None or self.saved_sizes or hasattr(self, "model"):
            return splits  # a trained task takes a dataset as it is
        if "train" in splits:
            raise DataError(
                "a dataset without a train split, since examples are drawn for it",
                ", ".join(splits),
                where=splits.origin,
                fix="Leave examples out, or name the split test",
            )
        wanted = {"dataset": None, "sample": lambda: self._drawn_splits(splits)}
        drawn = load_points(**accepted(load_points, self.config) | wanted)
        notes = f"{', '.join(drawn)}: {options.problem} problems, drawn"
        return replace(splits, splits={**drawn, **splits}, notes=[*splits.notes, notes])

    def _drawn_splits(self, besides: Any = ()) -> dict[str, Any]:
        """What is drawn for the splits that are missing."""
        from seqkit.task.drawn_points import drawn_part

        names = ("train", "validation", "test")
        return {
            name: drawn_part(self.options, name)
            for name in names
            if name not in besides
        }

    def network(self):
        from seqkit.models import PointerNetwork
        from seqkit.task.architectures import construct

        return construct(
            PointerNetwork,
            self.options,
            point_dim=len(self.train_split()[0]["points"][0]),
            complete=self.options.problem == "tour",
        )

    def losses(self):
        return token_objectives(label_smoothing=0.0)

    def rows(self, split: str, training: bool) -> Any:
        """`rows(epoch)` of the batches of a split."""
        from seqkit.data.points.drawn import StoredRows
        from seqkit.task.drawn_points import drawn_rows

        if training and self.options.examples is not None:
            return drawn_rows(self.options)
        return self.of_data(("rows", split), lambda: StoredRows(self.split(split)))

    def lengths(self, split, training):
        return [len(one) for one in self.rows(split, training)(0)[0]]

    def batches(self, split, training):
        from seqkit.data import PointBatches
        from seqkit.data.points.augmenting import augmented
        from seqkit.task.batching import bucket_plan

        options, rows = self.options, self.rows(split, training)
        points = rows(0)[0]
        # Sets of one size need no padding; where XLA compiles, shapes have to be few.
        width = {} if options.static_shapes else {"bucket_width": 1}
        if options.augment and points[0].shape[1] != 2:
            raise DataError(
                "augment=False, since sets in the plane alone are turned",
                f"points of {points[0].shape[1]} numbers",
            )
        return PointBatches(
            rows,
            bucket_plan(self.lengths(split, training), options, training, **width),
            transform=(
                partial(augmented, options.problem)
                if training and options.augment
                else None
            ),
            static_shapes=options.static_shapes,
        )

    def read_input(self, one):
        from seqkit.data.points.reading import as_points

        return as_points(one, self.model.point_dim, self.options.points)

    def specs(self):
        shape = None, None, self.model.point_dim
        return {"points": (shape, "float32"), "lengths": ((None,), "int32")}

    def encoded(self, inputs, batch_size):
        from seqkit.data import pad_points

        sets = [self.read_row(inputs, row) for row in range(len(inputs))]

        def batch(rows, length):
            return pad_points([sets[row] for row in rows], length)

        return [len(one) for one in sets], batch

    def render(self, rows, ids, inputs):
        from seqkit.results import Order

        problem = self.options.problem
        return [
            Order(
                [n - FIRST_TEXT_ID for n in one], self.read_input(inputs[row]), problem
            )
            for row, one in zip(rows, ids, strict=True)
        ]

    def judged(self, split, options, detailed=False):
        """Scores the orders of a split.

        Returns:
            `exact`, the fraction of orders that are right (hulls and tours from any
            point and in any direction); of hulls `area_covered` and `invalid`, of tours
            `tour_length`, `best_length` and `tour_gap` in percent, of triangles
            `triangles_found` (see `seqkit.metrics.pointing_measures`); `perplexity` and
            `accuracy` per index.
        """
        from seqkit.metrics import pointing_measures, token_measures
        from seqkit.reports import Judgement

        examples = self.split(split)
        points, expected = list(examples["points"]), list(examples["order"])
        found: Any = self.best(points, options)
        measures = pointing_measures(self.options.problem, points, found, expected)
        totals = self.token_totals(split, detailed)
        measures |= token_measures(totals.totals, "indices")
        return Judgement(
            measures,
            found=found.__getitem__,
            losses=lambda: 1 - measures.by_example("accuracy"),
            ranked_by="1 - accuracy of the indices",
            calibration=totals.calibration,
        )

    def views(self, example):
        from seqkit.inspect import OrderView

        points, problem = example.inputs["points"], self.options.problem
        if len(points[0]) != 2:
            return {}
        views = {"expected": OrderView(points, example.expected["order"], problem)}
        return views | {"found": OrderView(points, example.found, problem)}

    def attention(self, points: Any, order: Any = None) -> Any:
        """Which point looks where: how probable each was to follow, step by step.

        The order is by default the result of `predict`. Returns a
        `seqkit.inspect.PointAttention`: `weights` `[T + 1, n + 1]`; `alignment()` is a
        table of them, and `plot()` draws them.
        """
        import numpy as np

        from seqkit.data import pad_points
        from seqkit.inspect import PointAttention

        points = self.read_input(points)
        order = self.answer([points], {})[0] if order is None else order
        ids = [START_ID, *(int(index) + FIRST_TEXT_ID for index in order)]
        weights = self.alignment(ids, **pad_points([points]))
        end = np.clip(1 - weights.sum(axis=1, keepdims=True), 0, 1)
        weights = np.hstack([weights, end])
        return PointAttention(weights, points, list(order), self.options.problem)

    def signatures(self, text):
        from seqkit.export import pointing_signatures

        return pointing_signatures(*self.exported(), self.model.point_dim)


build, check = Pointing.build, Pointing.check_dataset
