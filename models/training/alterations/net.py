"""The traces network: strips of a sheet in (4×H×W: red, green, blue, the blank's darkness), a map of
H/8×W/8 out for each sort of alteration. Fully convolutional, so strips may have any size.

Plain lists so that training and export walk the same description.
"""
import numpy as np
import tensorflow as tf

CODES = ["alteration.strikeout", "alteration.correction_fluid", "alteration.overwriting", "alteration.erasure"]
CHANNELS = 4
# (name, input, kernel, out channels, stride, dilation)
LAYERS = [
    ("c1", "x", 3, 16, 2, 1),
    ("c2", "c1", 3, 28, 2, 1),
    ("c3", "c2", 3, 28, 1, 1),
    ("c4", "c3", 3, 40, 2, 1),
    ("c5", "c4", 3, 40, 1, 1),
    ("c6", "c5", 5, 40, 1, 1),
    ("c7", "c6", 5, 40, 1, 1),
    ("c8", "c7", 3, 40, 1, 1),
]
# Skip sums: the layer's output plus that of an earlier one of the same shape.
RESIDUAL = {"c3": "c2", "c5": "c4", "c6": "c5", "c7": "c6", "c8": "c7"}
HEAD = ("head", "c8", 1, len(CODES), 1, 1)


def init(seed):
    """(trainable parameters, running statistics), by layer name."""
    rng = np.random.default_rng(seed)
    params, stats, channels = {}, {}, {"x": CHANNELS}
    for name, source, k, out, _, _ in [*LAYERS, HEAD]:
        fan = channels[source]
        channels[name] = out
        gain = 0.1 if name == "head" else 1.0
        w = rng.standard_normal((k, k, fan, out)) * gain * np.sqrt(2.0 / (k * k * fan))
        # Most of the paper is not altered.
        params[name] = {"w": w.astype(np.float32), "b": np.full(out, -3.0 if name == "head" else 0.0, np.float32)}
        if name != "head":
            params[name]["scale"] = np.ones(out, np.float32)
            stats[name] = {"mean": np.zeros(out, np.float32), "var": np.ones(out, np.float32)}
    return params, stats


def forward(params, stats, x, train):
    """Logits [N, H/8, W/8, codes]; in training the batch's moments by layer as well."""
    seen, moments = {"x": x - 0.5}, {}
    for name, source, k, _, stride, dilation in [*LAYERS, HEAD]:
        p = params[name]
        pad = dilation * (k // 2)
        v = tf.nn.conv2d(seen[source], p["w"], stride, [[0, 0], [pad, pad], [pad, pad], [0, 0]], dilations=dilation)
        if name == "head":
            return v + p["b"], moments
        if train:
            mean, var = tf.nn.moments(v, [0, 1, 2])
            moments[name] = (mean, var)
        else:
            mean, var = stats[name]["mean"], stats[name]["var"]
        v = tf.nn.relu((v - mean) * tf.math.rsqrt(var + 1e-5) * p["scale"] + p["b"])
        seen[name] = v + seen[RESIDUAL[name]] if name in RESIDUAL else v
    raise AssertionError("the head ends the network")
