"""Whether a model copies words of what it reads, and whether it attends twice."""

import warnings
from typing import ClassVar

from seqkit.options.option import Count, Fraction, NotNegative, option
from seqkit.options.options import Mistakes, Options

with warnings.catch_warnings():
    # Pydantic has a method of that name, which it does not call itself.
    warnings.filterwarnings("ignore", 'Field name "copy"')

    class Copying(Options):
        """The pointer-generator, for tasks from text to text."""

        title: ClassVar[str] = "Copying"

        copy: bool = option(
            False,
            "Whether tokens of the source can be copied (See et al. 2017), of words "
            "also those that no vocabulary holds.",
        )
        max_extra: Count = option(
            100, "Most unknown words of a source that can be copied, the first ones."
        )
        coverage: bool = option(
            False, "Whether attention sees what it has attended to before."
        )
        coverage_weight: NotNegative = option(
            1.0, "Weight of the loss that punishes attending twice."
        )
        coverage_start: Fraction = option(
            0.8, "Fraction of `schedule_epochs` after which this loss counts."
        )

        def mistakes(self) -> Mistakes:
            yield from super().mistakes()
            if self.coverage and not self.copy:
                yield "coverage, copy", "expected copy with coverage, found false"
            if not self.copy:
                return
            values = dict(self)
            transformer = values.get("architecture") == "transformer"
            if not transformer and not values.get("attention"):
                yield "copy, attention", "expected a score with copy, found none"
            joint = values.get("joint_vocabulary", True)
            if not joint or values.get("source_tokenizer"):
                yield (
                    "copy, joint_vocabulary",
                    "expected one vocabulary for both sides with copy, found two",
                )
            if values.get("label_smoothing"):
                yield (
                    "copy, label_smoothing",
                    "expected 0 with copy, since words outside the source can have "
                    f"a probability of 0, found {values['label_smoothing']}",
                )
