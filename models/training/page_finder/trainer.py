"""One step after the other: shared by the networks that are described as `net.LAYERS`."""
import tensorflow as tf


class Trainer:
    """Parameters, AdamW and running averages as plain variables; `forward` and `loss` as those of the page finder."""

    def __init__(self, params, stats, forward, loss):
        self.forward, self.loss = forward, loss
        self.params = tf.nest.map_structure(tf.Variable, params)
        self.stats = tf.nest.map_structure(lambda v: tf.Variable(v, trainable=False), stats)
        self.flat = tf.nest.flatten(self.params)
        self.smooth = [tf.Variable(v) for v in self.flat]
        self.m = [tf.Variable(tf.zeros_like(v)) for v in self.flat]
        self.v = [tf.Variable(tf.zeros_like(v)) for v in self.flat]

    @tf.function(reduce_retracing=True)
    def step(self, x, y, lr, i, keep):
        with tf.GradientTape() as tape:
            logits, moments = self.forward(self.params, self.stats, x, train=True)
            loss = self.loss(logits, y)
        grads, _ = tf.clip_by_global_norm(tape.gradient(loss, self.flat), 1.0)
        for p, g, m, v, s in zip(self.flat, grads, self.m, self.v, self.smooth):
            m.assign(0.9 * m + 0.1 * g)
            v.assign(0.999 * v + 0.001 * g * g)
            update = (m / (1 - 0.9**i)) / (tf.sqrt(v / (1 - 0.999**i)) + 1e-8)
            p.assign_sub(lr * (update + 1e-4 * p))
            s.assign(keep * s + (1 - keep) * p)
        for name, (mean, var) in moments.items():
            self.stats[name]["mean"].assign(0.98 * self.stats[name]["mean"] + 0.02 * mean)
            self.stats[name]["var"].assign(0.98 * self.stats[name]["var"] + 0.02 * var)
        return loss

    def averaged(self):
        params = tf.nest.pack_sequence_as(self.params, [s.numpy() for s in self.smooth])
        return params, tf.nest.map_structure(lambda v: v.numpy(), self.stats)
