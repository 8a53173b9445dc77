"""The network: a small U-shaped convolution net, 256×256×3 in, 128×128×2 logits out (mask, edge).

Plain lists instead of a framework's classes so that the export can walk the same description.
"""
import numpy as np
import tensorflow as tf

# (name, inputs, kernel, out channels, stride, dilation); "up:" doubles the size of that input.
LAYERS = [
    ("s1", ["x"], 3, 16, 2, 1),
    ("s2", ["s1"], 3, 24, 2, 1),
    ("e2", ["s2"], 3, 24, 1, 1),
    ("s3", ["e2"], 3, 40, 2, 1),
    ("e3", ["s3"], 3, 40, 1, 1),
    ("s4", ["e3"], 3, 56, 2, 1),
    ("e4", ["s4"], 3, 56, 1, 1),
    ("s5", ["e4"], 3, 56, 2, 1),
    ("e5", ["s5"], 3, 56, 1, 1),
    ("f5", ["e5"], 3, 56, 1, 1),
    ("d4", ["up:f5", "e4"], 1, 56, 1, 1),
    ("g4", ["d4"], 3, 48, 1, 1),
    ("d3", ["up:g4", "e3"], 1, 40, 1, 1),
    ("g3", ["d3"], 3, 40, 1, 1),
    ("d2", ["up:g3", "e2"], 1, 32, 1, 1),
    ("g2", ["d2"], 3, 32, 1, 1),
]
# Skip sums: the layer's output plus that of an earlier one of the same shape.
RESIDUAL = {"e2": "s2", "e3": "s3", "e4": "s4", "e5": "s5", "f5": "e5"}
# Two classes for each of the four half-size pixels of a stride-4 cell (depth to space).
HEAD = ("head", ["g2"], 3, 8, 1, 1)


def _channels():
    c = {"x": 3}
    for name, _, _, out, _, _ in LAYERS:
        c[name] = out
    return c


def init(seed, head=HEAD):
    """(trainable parameters, running statistics), by layer name."""
    rng = np.random.default_rng(seed)
    params, stats, c = {}, {}, _channels()
    for name, inputs, k, out, _, _ in [*LAYERS, head]:
        fan = sum(c[i.removeprefix("up:")] for i in inputs)
        gain = 0.1 if name == "head" else 1.0
        w = rng.standard_normal((k, k, fan, out)) * gain * np.sqrt(2.0 / (k * k * fan))
        params[name] = {"w": w.astype(np.float32), "b": np.zeros(out, np.float32)}
        if name != "head":
            params[name]["scale"] = np.ones(out, np.float32)
            stats[name] = {"mean": np.zeros(out, np.float32), "var": np.ones(out, np.float32)}
    return params, stats


def forward(params, stats, x, train, head=HEAD, finer=2):
    """Logits [N, H/4·finer, W/4·finer, maps]; in training the batch's moments by layer as well."""
    seen, moments = {"x": x - 0.5}, {}
    for name, inputs, k, _, stride, dilation in [*LAYERS, head]:
        parts = []
        for i in inputs:
            v = seen[i.removeprefix("up:")]
            if i.startswith("up:"):
                v = tf.repeat(tf.repeat(v, 2, 1), 2, 2)
            parts.append(v)
        p = params[name]
        v = tf.concat(parts, -1) if len(parts) > 1 else parts[0]
        pad = dilation * (k // 2)
        v = tf.nn.conv2d(v, p["w"], stride, [[0, 0], [pad, pad], [pad, pad], [0, 0]], dilations=dilation)
        if name == "head":
            v = v + p["b"]
        else:
            if train:
                mean, var = tf.nn.moments(v, [0, 1, 2])
                moments[name] = (mean, var)
            else:
                mean, var = stats[name]["mean"], stats[name]["var"]
            v = tf.nn.relu((v - mean) * tf.math.rsqrt(var + 1e-5) * p["scale"] + p["b"])
            if name in RESIDUAL:
                v = v + seen[RESIDUAL[name]]
        seen[name] = v
    logits = seen["head"]
    return (tf.nn.depth_to_space(logits, finer) if finer > 1 else logits), moments
