"""Makes a pool of the entries that `hand_lines` cut out of forms: `entries.py FOLDER… --out POOL.npz [--levels L…]`."""

import argparse
import json
import pathlib

import cv2
import numpy as np

import pool


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", required=True)
    parser.add_argument("--levels", nargs="*", default=["scan", "phone", "hard"])
    args = parser.parse_args()
    model = pool.load()
    classes = {c: i for i, c in reversed(list(enumerate(pool.charset(model))))}
    session = pool.tapped(model)
    features, labels, pictures = [], [], []
    for folder in args.folders:
        for line in (folder / "lines.jsonl").read_text(encoding="utf-8").splitlines():
            line = json.loads(line)
            if line["level"] not in args.levels or not all(c in classes for c in line["text"]):
                continue
            grey = cv2.imread(str(folder / line["picture"]), cv2.IMREAD_GRAYSCALE)
            width = int(np.clip(round(grey.shape[1] * 48 / grey.shape[0]), 8, 3200))
            grey = cv2.resize(grey, (width, 48), interpolation=cv2.INTER_AREA if grey.shape[0] > 48 else cv2.INTER_LINEAR)
            label = [classes[c] for c in line["text"] if c != " "]
            if width // 8 < len(label) + 2:
                continue
            [tap] = session.run([pool.TAP], {"x": pool.as_input(grey)})
            features.append(tap[0, :, 0].T.astype(np.float16))
            labels.append(label)
            pictures.append(grey)
    pool.save(args.out, features, labels, pictures)
    print(len(features), "entries")


if __name__ == "__main__":
    main()
