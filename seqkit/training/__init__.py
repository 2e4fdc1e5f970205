"""Losses, optimizers, schedules and callbacks: ordinary Keras objects."""

from seqkit._public import public as _public
from seqkit.training.accelerator import accelerated as accelerated
from seqkit.training.averaged_sgd import AveragedSGD as AveragedSGD
from seqkit.training.best_weights import BestWeights as BestWeights
from seqkit.training.checkpoint import Checkpoint as Checkpoint
from seqkit.training.checkpoint import EpochOrder as EpochOrder
from seqkit.training.coverage_schedule import CoverageSchedule as CoverageSchedule
from seqkit.training.ctc_loss import CTCLoss as CTCLoss
from seqkit.training.finite_loss import FiniteLoss as FiniteLoss
from seqkit.training.forecast_loss import ForecastLoss as ForecastLoss
from seqkit.training.interruption import Interruption as Interruption
from seqkit.training.losses import BinaryCrossentropy as BinaryCrossentropy
from seqkit.training.losses import TokenCrossentropy as TokenCrossentropy
from seqkit.training.losses import WeightedMean as WeightedMean
from seqkit.training.memory import keep_freed_memory as keep_freed_memory
from seqkit.training.optimizers import make_optimizer as make_optimizer
from seqkit.training.progress import Progress as Progress
from seqkit.training.reduce_lr_on_plateau import ReduceLROnPlateau as ReduceLROnPlateau
from seqkit.training.schedules import HoldThenDecay as HoldThenDecay
from seqkit.training.schedules import InverseSquareRoot as InverseSquareRoot
from seqkit.training.sharded_checkpoint import ShardedCheckpoint as ShardedCheckpoint
from seqkit.training.sharded_checkpoint import is_sharded as is_sharded
from seqkit.training.step_callbacks import StepCallback as StepCallback
from seqkit.training.step_callbacks import StepCallbacks as StepCallbacks
from seqkit.training.untracked_state import untracked_state as untracked_state
from seqkit.training.validation import Validation as Validation
from seqkit.training.weight_averaging import WeightAveraging as WeightAveraging


def __dir__() -> list[str]:
    return _public(globals())
