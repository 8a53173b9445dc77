"""Trains the upper part: `train.py POOL.npz… --held HELD.npz --out FILE.npz`."""

import argparse
import time

import numpy as np
import tensorflow as tf

import net
import pool

BATCH_STEPS = 3200  # steps of a batch, all lines together
NEGATIVES = 2200


class Pool:
    def __init__(self, paths):
        self.lines = []
        for path in paths:
            data = np.load(path)
            ends, label_ends = np.cumsum(data["steps"]), np.cumsum(data["lengths"])
            features, labels = data["features"], data["labels"]
            for i in range(len(ends)):
                self.lines.append((features[ends[i] - data["steps"][i] : ends[i]], labels[label_ends[i] - data["lengths"][i] : label_ends[i]]))

    def batches(self, rng):
        """Lines of about one width together."""
        order = np.argsort([len(f) + rng.uniform(-6, 6) for f, _ in self.lines])
        groups, group, width = [], [], 0
        for i in order:
            wider = max(width, len(self.lines[i][0]))
            if group and wider * (len(group) + 1) > BATCH_STEPS:
                groups.append(group)
                group, wider = [], len(self.lines[i][0])
            group.append(i)
            width = wider
        groups.append(group)
        rng.shuffle(groups)
        return groups

    def batch(self, indices):
        lines = [self.lines[i] for i in indices]
        steps = np.array([len(f) for f, _ in lines], np.int32)
        width = -(-max(steps) // 16) * 16
        f = np.zeros((len(lines), width, pool.CHANNELS), np.float32)
        lengths = np.array([len(l) for _, l in lines], np.int32)
        labels = np.zeros((len(lines), max(lengths)), np.int32)
        for i, (feature, label) in enumerate(lines):
            f[i, : len(feature)] = feature
            labels[i, : len(label)] = label
        return f, steps, labels, lengths


def decode(best):
    out, last = [], 0
    for c in best:
        if c != last and c != 0:
            out.append(int(c))
        last = c
    return out


def distance(a, b):
    row = np.arange(len(b) + 1)
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def score(upper, held, names):
    """Lines right and errors a character, over all classes of the subset; by digits and Han."""
    tallies = {"digits": [0, 0, 0, 0], "han": [0, 0, 0, 0]}
    every = np.arange(len(upper.subset))
    for group in held.batches(np.random.default_rng(0)):
        f, steps, labels, lengths = held.batch(group)
        best = tf.argmax(upper.logits(upper.hidden(f, steps), upper.subset, every), -1).numpy()
        for i in range(len(group)):
            read = decode(upper.subset[best[i, : steps[i]]])
            label = list(labels[i, : lengths[i]])
            kind = "digits" if all(ord(names[c][0]) < 128 for c in label) else "han"
            tally = tallies[kind]
            tally[0] += read == label
            tally[1] += 1
            tally[2] += distance(read, label)
            tally[3] += len(label)
    return {k: f"{t[0]}/{t[1]} {100 * t[0] / max(1, t[1]):.1f}% CER {100 * t[2] / max(1, t[3]):.2f}%" for k, t in tallies.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pools", nargs="+")
    parser.add_argument("--held", nargs="*", default=[])
    parser.add_argument("--out", required=True)
    parser.add_argument("--start", help="weights to go on from")
    parser.add_argument("--all-classes", action="store_true", help="train the head's rows of all characters")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--every", type=int, default=400, help="steps between looks at what is held back")
    args = parser.parse_args()
    model = pool.load()
    names = pool.charset(model)
    upper = net.Upper(model, net.subset_of(names, args.all_classes))
    if args.start:
        with np.load(args.start) as start:
            for key, variable in upper.p.items():
                variable.assign(start[key])
    places = np.full(len(names), -1)
    places[upper.subset] = np.arange(len(upper.subset))
    train = Pool(args.pools)
    held = [(path, Pool([path])) for path in args.held]
    train.lines = [line for line in train.lines if (places[line[1]] >= 0).all()]
    print(len(train.lines), "lines;", len(upper.subset), "classes", flush=True)
    for path, lines in held:
        print("before", path, score(upper, lines, names), flush=True)
    variables = list(upper.p.values())
    begin = {k: tf.constant(v.numpy()) for k, v in upper.p.items()}
    optimizer = tf.keras.optimizers.Adam(args.rate, beta_2=0.99, global_clipnorm=5.0)

    spec = [
        tf.TensorSpec([None, None, pool.CHANNELS]), tf.TensorSpec([None], tf.int32), tf.TensorSpec([None, None], tf.int32),
        tf.TensorSpec([None], tf.int32), tf.TensorSpec([None], tf.int32), tf.TensorSpec([None], tf.int32), tf.TensorSpec([None]),
    ]

    @tf.function(input_signature=spec)
    def step(f, steps, labels, lengths, classes, chosen, lift):
        with tf.GradientTape() as tape:
            logits = upper.logits(upper.hidden(f, steps, 0.05), classes, chosen) + lift
            # With sparse labels TensorFlow takes its own kernel, several times faster than its loop over dense ones.
            sparse = tf.sparse.from_dense(labels)
            loss = tf.nn.ctc_loss(sparse, tf.transpose(logits, [1, 0, 2]), None, steps, blank_index=0)
            loss = tf.reduce_mean(loss / tf.cast(lengths, tf.float32))
            # What is not asked for stays as it was fetched.
            decay = tf.add_n([tf.reduce_sum((upper.p[k] - begin[k]) ** 2) for k in upper.p])
            total = loss + 2e-5 * decay
        gradients = tape.gradient(total, variables)
        gradients = [tf.convert_to_tensor(g) for g in gradients]
        optimizer.apply_gradients(zip(gradients, variables))
        return loss

    rng = np.random.default_rng(7)
    began, n, mean = time.time(), 0, None
    done = False
    while not done:
        for group in train.batches(rng):
            share = (time.time() - began) / 60 / args.minutes
            if share >= 1:
                done = True
                break
            optimizer.learning_rate.assign(args.rate * min(1, (n + 1) / 100) * (0.03 + 0.97 * 0.5 * (1 + np.cos(np.pi * min(1, share)))))
            f, steps, labels, lengths = train.batch(group)
            own = np.unique(labels[labels > 0])
            others = np.setdiff1d(rng.choice(upper.subset[1:], NEGATIVES, replace=False), own)
            classes = np.concatenate([[0], own, others]).astype(np.int32)
            # The classes that were drawn stand for all that were not.
            lift = np.zeros(len(classes), np.float32)
            lift[1 + len(own) :] = np.log((len(upper.subset) - 1 - len(own)) / len(others))
            where = np.zeros(len(names), np.int32)
            where[classes] = np.arange(len(classes))
            loss = float(step(f, steps, where[labels], lengths, classes, places[classes].astype(np.int32), lift))
            mean = loss if mean is None else 0.98 * mean + 0.02 * loss
            n += 1
            if n % 100 == 0:
                print(f"step {n} {(time.time() - began) / 60:.1f} min loss {mean:.4f}", flush=True)
            if n % args.every == 0:
                for path, lines in held:
                    print("  ", path, score(upper, lines, names), flush=True)
    np.savez(args.out, **{k: v.numpy() for k, v in upper.p.items()}, subset=upper.subset)
    for path, lines in held:
        print("after", path, score(upper, lines, names), flush=True)


if __name__ == "__main__":
    main()
