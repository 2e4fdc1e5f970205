"""The same Transformer, built on `torch.nn.Transformer`."""

import torch
import torch.nn.functional as functional
from torch import nn


class Translator(nn.Module):
    def __init__(
        self,
        vocabulary_size,
        num_layers,
        hidden_dim,
        num_heads,
        intermediate_dim,
        dropout,
    ):
        super().__init__()
        self.scale = hidden_dim**0.5
        self.embedding = nn.Embedding(vocabulary_size, hidden_dim)
        self.transformer = nn.Transformer(
            hidden_dim,
            num_heads,
            num_layers,
            num_layers,
            intermediate_dim,
            dropout,
            batch_first=True,
            norm_first=True,
        )

    def forward(self, source, target):
        causal = nn.Transformer.generate_square_subsequent_mask(
            target.shape[1], device=target.device
        )
        padding = source == 0
        hidden = self.transformer(
            self.embedding(source) * self.scale,
            self.embedding(target) * self.scale,
            tgt_mask=causal,
            src_key_padding_mask=padding,
            memory_key_padding_mask=padding,
        )
        return hidden @ self.embedding.weight.T


def trainer(**sizes):
    """Returns a function that trains on a batch `(inputs, targets, weights)`.

    The batch consists of NumPy arrays.
    """
    model = Translator(**sizes)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4)

    def train(batch):
        inputs, targets, _ = batch
        optimizer.zero_grad()
        logits = model(
            torch.tensor(inputs["encoder_token_ids"]),
            torch.tensor(inputs["decoder_token_ids"]),
        )
        targets = torch.tensor(targets).long().flatten()
        loss = functional.cross_entropy(
            logits.flatten(0, 1), targets, ignore_index=0, label_smoothing=0.1
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return train
