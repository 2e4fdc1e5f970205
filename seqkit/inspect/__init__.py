"""What a trained model does, as arrays and as plots.

Functions `plot_…` need matplotlib (`pip install seqkit[plot]`) and return the Axes:
`ax.figure.savefig("plot.png")` writes the plot.
"""

from seqkit._public import public as _public
from seqkit.inspect.alignment import Alignment as Alignment
from seqkit.inspect.entity_view import EntityView as EntityView
from seqkit.inspect.gate_activity import GateActivity as GateActivity
from seqkit.inspect.gate_activity import gate_activity as gate_activity
from seqkit.inspect.gradient_flow import GradientFlow as GradientFlow
from seqkit.inspect.gradient_flow import gradient_flow as gradient_flow
from seqkit.inspect.order_view import OrderView as OrderView
from seqkit.inspect.order_view import plot_order as plot_order
from seqkit.inspect.picture_view import PictureView as PictureView
from seqkit.inspect.picture_view import RegionView as RegionView
from seqkit.inspect.plot_alignment import plot_alignment as plot_alignment
from seqkit.inspect.plot_confusion import plot_confusion as plot_confusion
from seqkit.inspect.plot_forecast import plot_forecast as plot_forecast
from seqkit.inspect.plot_gate_activity import plot_gate_activity as plot_gate_activity
from seqkit.inspect.plot_gate_activity import (
    plot_gate_saturation as plot_gate_saturation,
)
from seqkit.inspect.plot_gradient_flow import plot_gradient_flow as plot_gradient_flow
from seqkit.inspect.plot_history import plot_history as plot_history
from seqkit.inspect.plot_learning_rates import (
    plot_learning_rates as plot_learning_rates,
)
from seqkit.inspect.plot_region_attention import (
    plot_region_attention as plot_region_attention,
)
from seqkit.inspect.plot_unit_view import plot_saliency as plot_saliency
from seqkit.inspect.plot_unit_view import plot_unit_view as plot_unit_view
from seqkit.inspect.point_attention import PointAttention as PointAttention
from seqkit.inspect.region_attention import RegionAttention as RegionAttention
from seqkit.inspect.saliency import Saliency as Saliency
from seqkit.inspect.saliency import saliency as saliency
from seqkit.inspect.text_properties import inside_quotes as inside_quotes
from seqkit.inspect.text_properties import line_position as line_position
from seqkit.inspect.text_properties import nesting_depth as nesting_depth
from seqkit.inspect.unit_activity import UnitActivity as UnitActivity
from seqkit.inspect.unit_activity import UnitCorrelation as UnitCorrelation
from seqkit.inspect.unit_activity import unit_activity as unit_activity
from seqkit.inspect.unit_view import UnitView as UnitView


def __dir__() -> list[str]:
    return _public(globals())
