"""How well weights read held-back entries, by themselves and joined with the fetched network: `judge.py WEIGHTS.npz HELD.npz…`."""

import sys

import numpy as np
import tensorflow as tf

import net
import pool
import train


def main():
    model = pool.load()
    names = pool.charset(model)
    with np.load(sys.argv[1]) as weights:
        base, tuned = net.Upper(model, weights["subset"]), net.Upper(model, weights["subset"])
        for key, variable in tuned.p.items():
            variable.assign(weights[key])
    every = np.arange(len(base.subset))
    for path in sys.argv[2:]:
        held = train.Pool([path])
        tallies = {}
        for group in held.batches(np.random.default_rng(0)):
            f, steps, labels, lengths = held.batch(group)
            logs = [tf.nn.log_softmax(u.logits(u.hidden(f, steps), u.subset, every)).numpy() for u in (base, tuned)]
            ways = {"fetched": logs[0], "tuned": logs[1]}
            for share in (0.3, 0.5, 0.7):
                ways[f"geometric {share}"] = share * logs[1] + (1 - share) * logs[0]
            ways["arithmetic"] = np.logaddexp(*logs)
            for way, log in ways.items():
                best = log.argmax(-1)
                for i in range(len(group)):
                    read = train.decode(base.subset[best[i, : steps[i]]])
                    label = list(labels[i, : lengths[i]])
                    kind = "digits" if all(ord(names[c][0]) < 128 for c in label) else "han"
                    tally = tallies.setdefault((way, kind), [0, 0, 0, 0])
                    tally[0] += read == label
                    tally[1] += 1
                    tally[2] += train.distance(read, label)
                    tally[3] += len(label)
        print(path)
        for (way, kind), t in sorted(tallies.items(), key=lambda x: x[0][1]):
            print(f"  {kind:7} {way:16} {t[0]}/{t[1]} {100 * t[0] / t[1]:.1f}%  CER {100 * t[2] / t[3]:.2f}%")


if __name__ == "__main__":
    main()
