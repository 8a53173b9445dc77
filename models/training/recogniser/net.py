"""The upper part of the recogniser, opened for training: from its last convolution's features to logits, with a residual
adapter before it. Untrained it says what the fetched network says."""

import numpy as np
import tensorflow as tf
from onnx import numpy_helper

import pool

HEADS, HEAD_DIM = 8, 15
HIDDEN = 256


def arrays(model):
    return {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}


def folded(a, conv, norm):
    """A convolution's weights [.., in, out] and bias with its batch normalisation in it."""
    scale = a[f"{norm}.w_0"] / np.sqrt(a[f"{norm}.w_2"] + 1e-5)
    weight = a[f"{conv}.w_0"][:, :, 0, :] * scale[:, None, None]  # [out, in, width]
    return weight.transpose(2, 1, 0), a[f"{norm}.b_0"] - a[f"{norm}.w_1"] * scale


def norms(model):
    """(scale, shift) of the five layer normalisations, in their order."""
    a = arrays(model)
    return [(a[f"helper.reshape.{2 * i}"].ravel(), a[f"helper.reshape.{2 * i + 1}"].ravel()) for i in range(5)]


class Upper(tf.Module):
    def __init__(self, model, subset, seed=1):
        super().__init__()
        a = arrays(model)
        v = lambda x, name: tf.Variable(np.asarray(x, np.float32), name=name)  # noqa: E731
        rng = np.random.default_rng(seed)
        self.p = {}
        self.p["adapter_in"] = v(rng.normal(0, (2 / (3 * 384)) ** 0.5, (3, 384, HIDDEN)), "adapter_in")
        self.p["adapter_in_b"] = v(np.zeros(HIDDEN), "adapter_in_b")
        self.p["adapter_out"] = v(np.zeros((HIDDEN, 384)), "adapter_out")
        for name, conv, norm in [
            ("side", "conv2d_67", "batch_norm2d_57"), ("way", "conv2d_65", "batch_norm2d_55"), ("wide", "conv2d_66", "batch_norm2d_56"),
        ]:
            weight, bias = folded(a, conv, norm)
            self.p[name] = v(weight[:, 0] if name == "wide" else weight[0], name)
            self.p[f"{name}_b"] = v(bias, f"{name}_b")
        for i in range(8):
            self.p[f"linear_{i}"] = v(a[f"linear_{i}.w_0"], f"linear_{i}")
            self.p[f"linear_{i}_b"] = v(a[f"linear_{i}.b_0"], f"linear_{i}_b")
        for i, (scale, shift) in enumerate(norms(model)):
            self.p[f"norm_{i}"] = v(scale, f"norm_{i}")
            self.p[f"norm_{i}_b"] = v(shift, f"norm_{i}_b")
        self.head = tf.constant(a["linear_8.w_0"].T)  # [classes, 120]
        self.head_b = tf.constant(a["linear_8.b_0"])
        # What is added to the head's rows of `subset`.
        self.subset = np.asarray(subset)
        self.p["delta"] = v(np.zeros((len(subset), 120)), "delta")
        self.p["delta_b"] = v(np.zeros(len(subset)), "delta_b")

    def _norm(self, x, i):
        x = x - tf.reduce_mean(x, -1, keepdims=True)
        return x / tf.sqrt(tf.reduce_mean(x * x, -1, keepdims=True) + 1e-5) * self.p[f"norm_{i}"] + self.p[f"norm_{i}_b"]

    def _linear(self, x, i):
        return tf.matmul(x, self.p[f"linear_{i}"]) + self.p[f"linear_{i}_b"]

    def hidden(self, f, steps, drop=0.0):
        """[batch, steps, 120] before the head. `f` is [batch, steps, 384] with zeros beyond each line's `steps`."""
        p = self.p
        t = tf.shape(f)[1]
        mask = tf.sequence_mask(steps, t, tf.float32)[..., None]
        if drop:
            f = tf.nn.dropout(f, drop)
        inner = tf.nn.relu(tf.nn.conv1d(f, p["adapter_in"], 1, "SAME") + p["adapter_in_b"]) * mask
        if drop:
            inner = tf.nn.dropout(inner, 2 * drop)
        f = f + tf.matmul(inner, p["adapter_out"]) * mask
        side = tf.nn.swish(tf.matmul(f, p["side"]) + p["side_b"])
        way = tf.nn.swish(tf.matmul(f, p["way"]) + p["way_b"]) * mask
        wide = tf.nn.depthwise_conv2d(way[:, None], p["wide"][None, :, :, None], [1, 1, 1, 1], "SAME")[:, 0]
        x = way + tf.nn.swish(wide + p["wide_b"])
        barred = (1 - tf.sequence_mask(steps, t, tf.float32))[:, None, None, :] * -1e9
        for block in range(2):
            b = 4 * block
            h = self._norm(x, 2 * block)
            qkv = tf.reshape(self._linear(h, b), [tf.shape(h)[0], t, 3, HEADS, HEAD_DIM])
            q, k, val = [tf.transpose(qkv[:, :, i], [0, 2, 1, 3]) for i in range(3)]
            attention = tf.nn.softmax(tf.matmul(q * HEAD_DIM**-0.5, k, transpose_b=True) + barred)
            h = tf.reshape(tf.transpose(tf.matmul(attention, val), [0, 2, 1, 3]), [-1, t, HEADS * HEAD_DIM])
            x = x + self._linear(h, b + 1)
            h = self._norm(x, 2 * block + 1)
            x = x + self._linear(tf.nn.swish(self._linear(h, b + 2)), b + 3)
        return self._norm(x, 4) + side

    def logits(self, hidden, classes, places):
        """Of the given classes; `places` are where they stand in the subset."""
        weight = tf.gather(self.head, classes) + tf.gather(self.p["delta"], places)
        bias = tf.gather(self.head_b, classes) + tf.gather(self.p["delta_b"], places)
        return tf.matmul(hidden, weight, transpose_b=True) + bias


def subset_of(names, everything=False):
    """Classes whose rows of the head are trained: what is written by hand in Chinese forms, or all characters."""
    if everything:
        return np.array([i for i, c in enumerate(names) if i == 0 or len(c) == 1])

    def ours(c):
        if len(c) != 1:
            return False
        try:
            c.encode("gb2312")
            return True
        except UnicodeEncodeError:
            return False
    strokes = {line[0] for line in open(pool.ROOT / "samples/fonts/strokes.txt", encoding="utf-8")}
    return np.array([0] + [i for i, c in enumerate(names) if i and (c in strokes or ours(c))])
