"""The workloads of `recurrent_layers.py` in plain PyTorch."""

import numpy as np
import torch
import torch.nn.functional as functional
from torch import nn

CELLS = {"LSTM": nn.LSTM, "GRU": nn.GRU, "SimpleRNN": nn.RNN}
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def contestant(workload, x, y, cell, sizes, vocabulary_size=None):
    """Returns two functions without arguments: a training step and inference.

    Args:
        workload: A name in `recurrent_layers.WORKLOADS`.
        x, y: Its inputs and targets, as NumPy arrays. Without targets there is no
            training.
        cell: `"LSTM"`, `"GRU"` or `"SimpleRNN"`.
        sizes: Width of the input, and number of units.
        vocabulary_size: Number of words in the language model.
    """
    if workload == "language model":
        model = LanguageModel(CELLS[cell], sizes[1], vocabulary_size)
    else:
        layer = CELLS[cell](*sizes, batch_first=True,
                            bidirectional=workload == "bidirectional")  # fmt: skip
        model = _Layer(layer, packed=workload == "bidirectional")
    model = model.to(DEVICE)
    arrays = x if isinstance(x, list) else [x]
    arrays = [torch.tensor(a, device=DEVICE) for a in arrays]
    if workload == "streaming":
        h, *c = (a[None] for a in arrays[1:])
        arrays = [arrays[0], (h, *c) if c else h]
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    def train():
        optimizer.zero_grad()
        loss = model.loss(y, *arrays)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        return loss.item()

    def predict():
        model.eval()
        with torch.no_grad():
            outputs = model(*arrays).cpu().numpy()
        model.train()
        return outputs

    return train, predict


class _Layer(nn.Module):
    def __init__(self, layer, packed):
        super().__init__()
        self.layer, self.packed = layer, packed

    def forward(self, x, more=None):
        if not self.packed:
            return self.layer(x, more)[0]
        lengths = more.sum(1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(
            x, lengths, batch_first=True, enforce_sorted=False
        )
        return nn.utils.rnn.pad_packed_sequence(self.layer(packed)[0], True)[0]

    def loss(self, y, *arrays):
        return (self(*arrays) ** 2).mean()


class LanguageModel(nn.Module):
    def __init__(self, cell, units, vocabulary_size, dropout=0.5):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, units)
        self.layer = cell(units, units, 2, dropout=dropout, batch_first=True)
        self.output = nn.Linear(units, vocabulary_size)
        self.dropout, self.states = nn.Dropout(dropout), None

    def forward(self, ids):
        x, self.states = self.layer(self.dropout(self.embedding(ids)), self.states)
        detached = [s.detach() for s in _as_tuple(self.states)]
        self.states = tuple(detached) if len(detached) > 1 else detached[0]
        return self.output(self.dropout(x))

    def loss(self, y, ids):
        targets = torch.tensor(np.asarray(y), device=DEVICE).long()
        return functional.cross_entropy(self(ids).flatten(0, 1), targets.flatten())


def _as_tuple(states):
    return states if isinstance(states, tuple) else (states,)
