"""What stands in a TensorFlow graph."""


def operations(function):
    """Names of all operations of a traced `tf.function`, in what it calls too."""
    graph = function.get_concrete_function().graph.as_graph_def()
    inner = (node for called in graph.library.function for node in called.node_def)
    return {node.op for node in (*graph.node, *inner)}


def check_runs_anywhere(function):
    """Neither XLA's operations nor Python's, which a server does not have."""
    found = operations(function)
    assert not [op for op in found if op.startswith("Xla") or "PyFunc" in op]
