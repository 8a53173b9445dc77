"""Trains the traces network on strips of generated forms (TensorFlow, CPU) and writes ONNX.

usage: python train.py OUT.onnx STRIPS… [--minutes 20] [--seed 20261124] [--resume P.npz]

STRIPS are folders of `alteration_strips`; pages are parted by number, every twelfth judges.
"""
import argparse
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import tensorflow as tf

# Behind this folder, whose own net and export come first.
sys.path.append(str(Path(__file__).resolve().parent.parent / "page_finder"))
from export import write_onnx
from net import CODES, forward, init
from trainer import Trainer
from unfold import unfold

BATCH, HIGH, WIDE, CELL = 12, 112, 208, 8
# Cells of which less is covered are nobody's, from which on they are the alteration's.
FREE, COVERED = 0.02, 0.45


def load(folder):
    strips = []
    for line in open(folder / "strips.jsonl"):
        record = json.loads(line)
        stem = folder / record["strip"]
        colour = cv2.imread(f"{stem}.png")[..., ::-1]
        blank = cv2.imread(f"{stem}_b.png", cv2.IMREAD_GRAYSCALE)
        picture = np.dstack([colour, blank])
        h, w = picture.shape[:2]
        cover = np.zeros((h // CELL, w // CELL, len(CODES)), np.float32)
        for altered in record["alterations"]:
            k = CODES.index(altered["code"])
            x, y, bw, bh = altered["box"]
            full = np.zeros((h, w), np.float32)
            full[max(0, int(y)):max(0, int(y + bh)), max(0, int(x)):max(0, int(x + bw))] = 1
            cover[..., k] = np.maximum(cover[..., k], full.reshape(h // CELL, CELL, w // CELL, CELL).mean((1, 3)))
        strips.append((record, picture, cover))
    return strips


def cut(rng, picture, cover):
    """A window of fixed size; an altered place is sought half of the time."""
    h, w = cover.shape[:2]
    rows, columns = HIGH // CELL, WIDE // CELL
    y = int(rng.integers(0, max(1, h - rows + 1)))
    x = int(rng.integers(0, max(1, w - columns + 1)))
    at = np.argwhere(cover.max(-1) > COVERED)
    if len(at) and rng.random() < 0.85:
        cy, cx = at[rng.integers(len(at))]
        y = int(np.clip(cy - rng.integers(rows), 0, max(0, h - rows)))
        x = int(np.clip(cx - rng.integers(columns), 0, max(0, w - columns)))
    p = picture[y * CELL:(y + rows) * CELL, x * CELL:(x + columns) * CELL]
    c = cover[y:y + rows, x:x + columns]
    dy, dx = rows - c.shape[0], columns - c.shape[1]
    if dy or dx:
        p = np.pad(p, ((0, dy * CELL), (0, dx * CELL), (0, 0)), mode="edge")
        c = np.pad(c, ((0, dy), (0, dx), (0, 0)))
    return p, c


def augment(rng, p):
    x = p.astype(np.float32) / 255
    rgb = x[..., :3]
    if rng.random() < 0.25:
        rgb = np.repeat(rgb.mean(-1, keepdims=True), 3, -1)
    elif rng.random() < 0.3:
        rgb = rgb[..., rng.permutation(3)]
    gamma = rng.uniform(0.8, 1.25)
    rgb = np.clip(rgb, 0.001, 1) ** gamma * 0.745 ** (1 - gamma)
    rgb = rgb * rng.uniform(0.95, 1.05) * rng.uniform(0.985, 1.015, 3)
    if rng.random() < 0.25:
        rgb = cv2.GaussianBlur(rgb.astype(np.float32), (0, 0), rng.uniform(0.4, 1.3))
    if rng.random() < 0.4:
        rgb = rgb + rng.normal(0, rng.uniform(0.005, 0.03), rgb.shape)
    blank = x[..., 3:]
    if rng.random() < 0.5:
        # Registration is not exact.
        blank = np.roll(blank, (int(rng.integers(-2, 3)), int(rng.integers(-2, 3))), (0, 1))
    return np.concatenate([np.clip(rgb, 0, 1), blank], -1).astype(np.float32)


def loss_fn(logits, cover):
    target = tf.cast(cover > COVERED, tf.float32)
    known = tf.cast((cover > COVERED) | (cover < FREE), tf.float32)
    p = tf.sigmoid(logits)
    bce = tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logits)
    # Easy cells of plain paper count little.
    focus = tf.where(target > 0.5, (1 - p) ** 1.5, p ** 1.5) + 0.05
    return tf.reduce_sum(bce * focus * known * (1 + 1.0 * target)) / (tf.reduce_sum(target) + 200.0)


def judge(params, stats, strips):
    """For each code: recall of altered places, at the score that one in 300 clean strips reaches."""
    hits = {code: [] for code in CODES}
    false = {code: [] for code in CODES}
    for record, picture, cover in strips:
        x = picture[None].astype(np.float32) / 255
        p = tf.sigmoid(forward(params, stats, tf.constant(x), train=False)[0]).numpy()[0]
        for k, code in enumerate(CODES):
            inside = cover[..., k] > COVERED
            if inside.any():
                hits[code].append(p[..., k][inside].max())
            elif cover[..., k].max() < FREE:
                false[code].append(p[..., k].max())
    out = []
    for code in CODES:
        level = np.quantile(false[code], 1 - 1 / 300) if false[code] else 0
        out.append(f"{code[11:15]} {np.mean(np.array(hits[code]) > level):.3f}@{level:.2f} ({len(hits[code])})")
    return " ".join(out)


def save(path, trainer):
    params, stats = trainer.averaged()
    np.savez(path + ".params.npz", params=params, stats=stats)
    write_onnx(path, params, stats)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("out")
    ap.add_argument("strips", nargs="+", type=Path)
    ap.add_argument("--minutes", type=float, default=20)
    ap.add_argument("--seed", type=int, default=20261124)
    ap.add_argument("--resume", help="npz of parameters, or a written network, to start from")
    ap.add_argument("--lr", type=float, default=3e-3)
    args = ap.parse_args()
    rng = np.random.default_rng(args.seed)
    strips = [s for folder in args.strips for s in load(folder)]
    number = lambda s: int(s[0]["strip"].split("_")[0])
    kept = [s for s in strips if number(s) % 12 == 0][:300]
    strips = [s for s in strips if number(s) % 12]
    altered = [i for i, s in enumerate(strips) if (s[2].max() > COVERED)]
    print(len(strips), "strips,", len(altered), "altered,", len(kept), "kept back", flush=True)
    params, stats = init(args.seed)
    if args.resume and args.resume.endswith(".onnx"):
        cuts = [cut(rng, *strips[i][1:])[0] for i in rng.integers(len(strips), size=96)]
        params, stats = unfold(args.resume, tf.constant(np.stack(cuts).astype(np.float32) / 255))
        print("as it was:", judge(params, stats, kept), flush=True)
    elif args.resume:
        saved = np.load(args.resume, allow_pickle=True)
        params, stats = saved["params"].item(), saved["stats"].item()
    trainer = Trainer(params, stats, forward, loss_fn)
    print("parameters", sum(int(tf.size(v)) for v in trainer.flat))
    # The schedule runs on the clock so that training ends when it must.
    begin, seconds, i, running = time.time(), args.minutes * 60, 0, None
    while (done := (time.time() - begin) / seconds) < 1:
        batch = []
        for _ in range(BATCH):
            index = altered[rng.integers(len(altered))] if rng.random() < 0.6 else rng.integers(len(strips))
            p, c = cut(rng, strips[index][1], strips[index][2])
            batch.append((augment(rng, p), c))
        x, y = np.stack([b[0] for b in batch]), np.stack([b[1] for b in batch])
        lr = args.lr * min(1, i / 100) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-5
        i += 1
        keep = min(0.99, i / (i + 10))
        loss = float(trainer.step(x, y, *map(tf.constant, map(np.float32, (lr, i, keep)))))
        running = loss if running is None else 0.98 * running + 0.02 * loss
        if i % 1200 == 0:
            print(f"{i} steps {time.time() - begin:.0f} s loss {running:.4f} {judge(*trainer.averaged(), kept)}", flush=True)
            save(args.out, trainer)
    print(f"{i} steps {judge(*trainer.averaged(), kept)}", flush=True)
    save(args.out, trainer)


if __name__ == "__main__":
    main()
