"""From the name of a cell to its layer, with weight drop and zoneout where wanted."""

import keras

from seqkit.errors import SeqkitError
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


def recurrent_layer(cell, units, weight_drop=0.0, zoneout=0.0, **options):
    """The recurrent layer of a cell's name.

    Args:
        cell: `"lstm"`, `"gru"` or `"rnn"`.
        units: Its units, H.
        weight_drop: As in `WeightDrop`.
        zoneout: As in `Zoneout`.
        **options: Further arguments of the layer.

    Raises:
        SeqkitError: There is no such cell, or an argument is out of range.
    """
    if cell not in CELLS:
        raise SeqkitError(
            f"cell: expected one of {', '.join(map(repr, CELLS))}, found {cell!r}"
        )
    plain, regularized = CELLS[cell]
    if weight_drop or zoneout:
        return regularized(units, weight_drop=weight_drop, zoneout=zoneout, **options)
    return plain(units, **options)


def one_step(layer, x, states):
    """One step of such a layer as at inference, weights and equations being the same.

    Args:
        layer: What `recurrent_layer` returns, built.
        x: Tensor [B, D].
        states: List of [B, H].

    Returns:
        The new states, a list of [B, H]; the first is the output.
    """
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
