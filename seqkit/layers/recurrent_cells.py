"""From the name of a cell to its layer, with weight drop and zoneout if asked for."""

from typing import Any

import keras

from seqkit.layers.checks import check_choice
from seqkit.layers.gru import GRU
from seqkit.layers.lstm import LSTM
from seqkit.layers.simple_rnn import SimpleRNN
from seqkit.layers.weight_drop import WeightDrop
from seqkit.layers.zoneout import Zoneout


@keras.saving.register_keras_serializable(package="seqkit")
class RegularizedLSTM(WeightDrop, Zoneout, LSTM):
    """`LSTM` with the arguments `weight_drop` and `zoneout`."""


@keras.saving.register_keras_serializable(package="seqkit")
class RegularizedGRU(WeightDrop, Zoneout, GRU):
    """`GRU` with the arguments `weight_drop` and `zoneout`."""


@keras.saving.register_keras_serializable(package="seqkit")
class RegularizedSimpleRNN(WeightDrop, Zoneout, SimpleRNN):
    """`SimpleRNN` with the arguments `weight_drop` and `zoneout`."""


CELLS = {
    "lstm": (LSTM, RegularizedLSTM),
    "gru": (GRU, RegularizedGRU),
    "rnn": (SimpleRNN, RegularizedSimpleRNN),
}


def recurrent_layer(
    cell: str,
    units: int,
    weight_drop: float = 0.0,
    zoneout: float | list[float] = 0.0,
    **options: Any,
) -> Any:
    """The recurrent layer of a cell's name: `"lstm"`, `"gru"` or `"rnn"`."""
    check_choice("cell", cell, CELLS)
    plain, regularized = CELLS[cell]
    if weight_drop or zoneout:
        return regularized(units, weight_drop=weight_drop, zoneout=zoneout, **options)
    return plain(units, **options)


def one_step(layer: Any, x: Any, states: Any) -> list:
    """One step at inference: `x` [B, D], lists of states [B, H], the output first."""
    cell = layer.cell
    # Keras's SimpleRNNCell draws its mask outside training too, and keeps it.
    rate, cell.recurrent_dropout = cell.recurrent_dropout, 0.0
    try:
        _, after = cell(x, list(states), training=False)
    finally:
        cell.recurrent_dropout = rate
    if isinstance(layer, Zoneout):
        after = layer.zone_out(states, after)
    return list(after)
