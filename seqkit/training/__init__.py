"""Losses, optimizers, schedules and callbacks: ordinary Keras objects."""

from seqkit.training.averaged_sgd import AveragedSGD
from seqkit.training.best_weights import BestWeights
from seqkit.training.checkpoint import Checkpoint, EpochOrder
from seqkit.training.finite_loss import FiniteLoss
from seqkit.training.losses import TokenCrossentropy
from seqkit.training.memory import keep_freed_memory
from seqkit.training.optimizers import make_optimizer
from seqkit.training.reduce_lr_on_plateau import ReduceLROnPlateau
from seqkit.training.schedules import HoldThenDecay, InverseSquareRoot
from seqkit.training.weight_averaging import WeightAveraging

__all__ = [
    "AveragedSGD",
    "BestWeights",
    "Checkpoint",
    "EpochOrder",
    "FiniteLoss",
    "HoldThenDecay",
    "InverseSquareRoot",
    "ReduceLROnPlateau",
    "TokenCrossentropy",
    "WeightAveraging",
    "keep_freed_memory",
    "make_optimizer",
]


def __dir__() -> list[str]:
    return sorted(__all__)
