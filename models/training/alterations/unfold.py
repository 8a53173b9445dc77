"""Parameters to train on from out of a network that was written by `export.py`, which folded its normalisation away."""
import numpy as np
import onnx
import tensorflow as tf
from onnx import numpy_helper

from net import HEAD, LAYERS, RESIDUAL


def unfold(path, x):
    """(parameters, statistics) of the network at `path`; `x`, a batch as in training, tells the moments that were folded."""
    folded = {w.name: numpy_helper.to_array(w) for w in onnx.load(path).graph.initializer}
    params, stats, seen = {}, {}, {"x": x - 0.5}
    for name, source, k, _, stride, dilation in [*LAYERS, HEAD]:
        w, b = folded[name + "_w"].transpose(2, 3, 1, 0), folded[name + "_b"]
        params[name] = {"w": w.copy(), "b": b.copy()}
        if name == "head":
            continue
        pad = dilation * (k // 2)
        v = tf.nn.conv2d(seen[source], w, stride, [[0, 0], [pad, pad], [pad, pad], [0, 0]], dilations=dilation)
        mean, var = (m.numpy() for m in tf.nn.moments(v, [0, 1, 2]))
        # The normalised layer gives what the folded one gave.
        params[name]["scale"] = np.sqrt(var + 1e-5)
        params[name]["b"] = b + mean
        stats[name] = {"mean": mean, "var": var}
        v = tf.nn.relu(v + b)
        seen[name] = v + seen[RESIDUAL[name]] if name in RESIDUAL else v
    return params, stats
