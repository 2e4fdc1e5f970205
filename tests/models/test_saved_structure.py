"""Where translation models keep their weights in a file: saved models rest on it."""

import h5py
import pytest

from seqkit.models import RecurrentSeq2Seq, TransformerSeq2Seq

ATTENTION = """
{0}/vars/0 8 2 4
{0}/vars/1 2 4
{0}/vars/2 8 2 4
{0}/vars/3 2 4
{0}/vars/4 8 2 4
{0}/vars/5 2 4
{0}/vars/6 2 4 8
{0}/vars/7 8
{0}_norm/vars/0 8
{0}_norm/vars/1 8
"""
FEED_FORWARD = """
{0}/vars/0 8 16
{0}/vars/1 16
{0}/vars/2 16 8
{0}/vars/3 8
{0}_norm/vars/0 8
{0}_norm/vars/1 8
"""
NORM = """
{0}/vars/0 8
{0}/vars/1 8
"""
DENSE = """
{0}/vars/0 16 8
{0}/vars/1 8
"""
LSTM = """
{0}/cell/vars/0 {1} 32
{0}/cell/vars/1 8 32
{0}/cell/vars/2 32
"""
RNN = """
{0}/cell/vars/0 {1} 8
{0}/cell/vars/1 8 8
{0}/cell/vars/2 8
"""
CASES = {
    "transformer": (
        TransformerSeq2Seq,
        {
            "num_layers": 1,
            "hidden_dim": 8,
            "num_heads": 2,
            "intermediate_dim": 16,
            "source_vocabulary_size": 25,
        },
        ATTENTION.format("decoder_blocks/transformer_decoder/attention")
        + ATTENTION.format("decoder_blocks/transformer_decoder/cross_attention")
        + FEED_FORWARD.format("decoder_blocks/transformer_decoder/feed_forward")
        + ATTENTION.format("encoder_blocks/transformer_encoder/attention")
        + FEED_FORWARD.format("encoder_blocks/transformer_encoder/feed_forward")
        + NORM.format("decoder_norm")
        + NORM.format("encoder_norm")
        + "embedding/vars/0 20 8\nlayers/tied_embedding_1/vars/0 25 8",
    ),
    "lstm": (
        RecurrentSeq2Seq,
        {"num_layers": 2, "hidden_dim": 8},
        "".join(DENSE.format(f"bridges/dense{n}") for n in ("", "_1", "_2", "_3"))
        + DENSE.format("decoder/output_projection")
        + DENSE.format("layers/dense")
        + LSTM.format("decoder/stack/recurrent_layers/lstm", 8)
        + LSTM.format("decoder/stack/recurrent_layers/lstm_1", 8)
        + LSTM.format("encoder_stack/recurrent_layers/lstm", 8)
        + LSTM.format("encoder_stack/recurrent_layers/lstm_1", 16)
        + LSTM.format("encoder_stack/backward_layers/lstm", 8)
        + LSTM.format("encoder_stack/backward_layers/lstm_1", 16)
        + "decoder/attention/_score/vars/0 8 8\ndecoder/attention/_score/vars/1 8 8\n"
        "decoder/attention/_score/vars/2 8 1\nembedding/vars/0 20 8",
    ),
    "rnn": (
        RecurrentSeq2Seq,
        {
            "cell": "rnn",
            "hidden_dim": 8,
            "attention": "general",
            "source_vocabulary_size": 25,
            "tie_embeddings": False,
            "input_feeding": True,
        },
        DENSE.format("bridges/dense")
        + DENSE.format("decoder/output_projection")
        + DENSE.format("layers/dense")
        + RNN.format("decoder/stack/recurrent_layers/simple_rnn", 16)
        + RNN.format("encoder_stack/recurrent_layers/simple_rnn", 8)
        + RNN.format("encoder_stack/backward_layers/simple_rnn", 8)
        + "decoder/attention/_score/vars/0 8 8\nembedding/vars/0 20 8\n"
        "embedding/vars/1 8 20\nlayers/tied_embedding_1/vars/0 25 8",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_weights_lie_where_they_always_did(name, tmp_path):
    model_cls, kwargs, expected = CASES[name]
    model = model_cls(20, **kwargs)
    model.build()
    model.save_weights(tmp_path / "model.weights.h5")
    found = {}
    with h5py.File(tmp_path / "model.weights.h5") as file:
        file.visititems(
            lambda path, value: (
                found.update({path: value.shape})
                if isinstance(value, h5py.Dataset)
                else None
            )
        )
    lines = (line.split() for line in expected.splitlines() if line)
    assert found == {path: tuple(map(int, shape)) for path, *shape in lines}
