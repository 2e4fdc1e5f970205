"""How good a model is on a split, in detail, and whether another one is better."""

from seqkit._public import public as _public
from seqkit.reports.comparison import Comparison as Comparison
from seqkit.reports.comparison import make_comparison as make_comparison
from seqkit.reports.judgement import Example as Example
from seqkit.reports.judgement import Judgement as Judgement
from seqkit.reports.report import Report as Report
from seqkit.reports.report import make_report as make_report


def __dir__() -> list[str]:
    return _public(globals())
