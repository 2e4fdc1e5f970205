"""What a trained model does, as arrays and as plots.

Functions `plot_…` need matplotlib (`pip install seqkit[plot]`) and return the Axes:
`ax.figure.savefig("plot.png")` writes the plot.
"""

from seqkit.inspect.alignment import Alignment
from seqkit.inspect.entity_view import EntityView
from seqkit.inspect.gate_activity import GateActivity, gate_activity
from seqkit.inspect.gradient_flow import GradientFlow, gradient_flow
from seqkit.inspect.plot_alignment import plot_alignment
from seqkit.inspect.plot_confusion import plot_confusion
from seqkit.inspect.plot_gate_activity import plot_gate_activity, plot_gate_saturation
from seqkit.inspect.plot_gradient_flow import plot_gradient_flow
from seqkit.inspect.plot_region_attention import plot_region_attention
from seqkit.inspect.plot_unit_view import plot_saliency, plot_unit_view
from seqkit.inspect.region_attention import RegionAttention
from seqkit.inspect.saliency import Saliency, saliency
from seqkit.inspect.text_properties import inside_quotes, line_position, nesting_depth
from seqkit.inspect.unit_activity import UnitActivity, UnitCorrelation, unit_activity
from seqkit.inspect.unit_view import UnitView

__all__ = [
    "Alignment",
    "EntityView",
    "GateActivity",
    "GradientFlow",
    "RegionAttention",
    "Saliency",
    "UnitActivity",
    "UnitCorrelation",
    "UnitView",
    "gate_activity",
    "gradient_flow",
    "inside_quotes",
    "line_position",
    "nesting_depth",
    "plot_alignment",
    "plot_confusion",
    "plot_gate_activity",
    "plot_gate_saturation",
    "plot_gradient_flow",
    "plot_region_attention",
    "plot_saliency",
    "plot_unit_view",
    "saliency",
    "unit_activity",
]


def __dir__() -> list[str]:
    return sorted(__all__)
