"""Recall of networks at one false page in a hundred, over pages of strips: judge.py STRIPS NETWORK.onnx…

A page's score for a sort of alteration is the strongest mean of four cells in its strips, as the product's detectors take it but
for their groups; pages with that sort count as found by the cells of the altered places. The threshold is that of these pages:
one of them is over it.
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import tensorflow as tf
from onnx import numpy_helper

from net import CODES, HEAD, LAYERS, forward
from train import COVERED, FREE, load

CELLS = 4


def network(path):
    """Parameters and statistics that give what the written, folded network gives."""
    folded = {w.name: numpy_helper.to_array(w) for w in onnx.load(path).graph.initializer}
    params, stats = {}, {}
    for name, *_ in [*LAYERS, HEAD]:
        w = folded[name + "_w"].transpose(2, 3, 1, 0)
        params[name] = {"w": w, "b": folded[name + "_b"]}
        if name != "head":
            one = np.ones(w.shape[-1], np.float32)
            params[name]["scale"] = one * np.sqrt(np.float32(1 + 1e-5))
            stats[name] = {"mean": 0 * one, "var": one}
    return params, stats


def strongest(cells):
    return float(np.sort(cells, axis=None)[-CELLS:].mean())


def main():
    folder, *paths = sys.argv[1:]
    strips = load(Path(folder))
    for path in paths:
        params, stats = network(path)
        clean, altered = [{} for _ in CODES], [{} for _ in CODES]
        for record, picture, cover in strips:
            x = tf.constant(picture[None].astype(np.float32) / 255)
            p = tf.sigmoid(forward(params, stats, x, train=False)[0]).numpy()[0]
            for k in range(len(CODES)):
                of, cells = None, p[..., k]
                if (cover[..., k] > COVERED).any():
                    of, cells = altered[k], cells[cover[..., k] > FREE]
                elif cover[..., k].max() < FREE:
                    of = clean[k]
                if of is not None:
                    of[record["file"]] = max(of.get(record["file"], 0), strongest(cells))
        for k, code in enumerate(CODES):
            found = np.array(list(altered[k].values()))
            false = np.sort([score for page, score in clean[k].items() if page not in altered[k]])
            level = false[-2]
            area = (found[:, None] > false[None]).mean()
            print(f"{path} {code}: {np.mean(found > level):.2f} of {len(found)} at {level:.3f}, {len(false)} without, ROC {area:.3f}")


if __name__ == "__main__":
    main()
