"""Trains the legibility network on laid-out pictures (`pool.py`) and writes ONNX.

Given pools of pages, too, it trains the fine network on pieces of them; of squares alone the coarse one.

usage: python train.py OUT.onnx POOL.npz... [--minutes 60] [--seed 20261127] [--resume OUT.onnx.params.npz]
"""
import argparse
import functools
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import tensorflow as tf

sys.path.append(str(Path(__file__).resolve().parent.parent / "page_finder"))
import net
from covers import lay
from export import write_onnx
from pool import CELL, FULL, MAP, RIM, SIDE, TALL, rim_of
from trainer import Trainer

BATCH = 8
# Maps: print, lost print, lost print of a field.
HEAD = ("head", ["g2"], 3, 3, 1, 1)
# Every so many pictures one judges.
HELD_BACK = 10
# How often a picture gets a further thing laid over it.
COVERED = 0.35
# Share of a batch that are pieces of upright pages.
PAGES = 0.6
# How often a piece is cut around print that is lost, of pages that have lost some.
AROUND_LOST = 0.5
# Lost cells are one in a hundred.
LOST_WEIGHT = 4.0

forward = functools.partial(net.forward, head=HEAD, finer=1)


def cut(picture, cells, corners):
    """The picture and its map as a page finder with these corners (px of the picture) would cut them."""
    target = np.float32([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]])
    x = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, target), (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    scale = np.float32(MAP / SIDE)
    onto = cv2.getPerspectiveTransform((corners - RIM) * scale, target * scale)
    return x, cv2.warpPerspective(cells, onto, (MAP, MAP), flags=cv2.INTER_NEAREST)


def piece(rng, picture, cells):
    """A square of an upright page, with a rim, and its map with one; of a square picture all of it."""
    high, wide = (side // CELL for side in picture.shape[:2])
    full = FULL // CELL
    left, top = rng.integers(0, wide - full + 1), rng.integers(0, high - full + 1)
    lost = np.argwhere((cells[..., 1] > 192) & (cells[..., 2] > 127))
    if len(lost) and rng.random() < AROUND_LOST:
        y, x = lost[rng.integers(len(lost))]
        near = lambda at, room: int(np.clip(at - rng.integers(RIM // CELL, full - RIM // CELL), 0, room))
        left, top = near(x, wide - full), near(y, high - full)
    rows, columns = slice(top, top + full), slice(left, left + full)
    pixels = [slice(part.start * CELL, part.stop * CELL) for part in (rows, columns)]
    return picture[pixels[0], pixels[1]], cells[rows, columns]


def augment(rng, picture, cells, other):
    page = picture.shape[0] > FULL
    picture, cells = piece(rng, picture, cells)
    picture = picture.astype(np.float32)
    rim = RIM // CELL
    cells = cells[rim:-rim, rim:-rim]
    if rng.random() < COVERED:
        inner = picture[RIM:-RIM, RIM:-RIM]
        inner, cells = lay(rng, inner, cells, other[:FULL, :FULL], page)
        picture[RIM:-RIM, RIM:-RIM] = inner
    square = np.float32([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]]) + RIM
    spread = 0.06 if rng.random() < 0.15 else 0.015
    x, cells = cut(picture, cells, square + rng.uniform(-spread, spread, (4, 2)).astype(np.float32) * SIDE)
    x /= 255
    if rng.random() < 0.08:
        x = np.repeat(x.mean(-1, keepdims=True), 3, -1)
    # Brightness only down: what is burnt out stays white.
    x = x * rng.uniform(0.8, 1.0) * rng.uniform(0.94, 1.0, 3).astype(np.float32)
    return np.clip(x, 0, 1), targets(cells)


def targets(cells):
    """Three maps and the weight of the last two: doubtful print teaches nothing."""
    printed, lost, field = (cells[..., k].astype(np.float32) for k in range(3))
    known = ((lost < 64) | (lost > 192)).astype(np.float32)
    lost = (lost > 192).astype(np.float32)
    return np.stack([(printed > 127).astype(np.float32), lost, lost * (field > 127), known], -1)


def loss_fn(logits, y):
    bce = tf.nn.sigmoid_cross_entropy_with_logits(labels=y[..., :3], logits=logits)
    weight = y[..., 3:] * (1 + (LOST_WEIGHT - 1) * y[..., 1:3])
    return 0.3 * tf.reduce_mean(bce[..., 0]) + tf.reduce_mean(bce[..., 1] * weight[..., 0]) + tf.reduce_mean(bce[..., 2] * weight[..., 1])


def plain(picture):
    """The document alone, as the network is given it."""
    full = np.array(picture.shape[1::-1])
    across, down = rim_of(*(full * SIDE // FULL))
    return (picture[down:-down, across:-across] / 255).astype(np.float32)


def judge(params, stats, xs, lost, readable):
    """Recall of pictures that must be taken again at one readable in a hundred turned away, by the strongest cells of a field."""
    scores = []
    for x in xs:
        logits, _ = forward(params, stats, plain(x)[None], train=False)
        scores.append(np.sort(tf.sigmoid(logits[0, ..., 2]).numpy().ravel())[-6:].mean())
    scores = np.array(scores)
    good, bad = np.sort(scores[readable]), scores[lost]
    bars = [good[int(len(good) * share)] for share in (0.95, 0.99)]
    order = (bad[:, None] > good[None]).mean()
    return f"AUC {order:.4f}, recall at 5 % {(bad > bars[0]).mean():.3f}, at 1 % {(bad > bars[1]).mean():.3f} (bars {bars[0]:.3f} {bars[1]:.3f}, {len(bad)} lost, {len(good)} readable)"


def save(path, trainer, pages):
    params, stats = trainer.averaged()
    np.savez(path + ".params.npz", params=params, stats=stats)
    write_onnx(path, params, stats, graph_name="legibility", side=TALL[::-1] if pages else (SIDE, SIDE), head=HEAD, finer=1)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("out")
    ap.add_argument("pools", nargs="+")
    ap.add_argument("--minutes", type=float, default=60)
    ap.add_argument("--seed", type=int, default=20261127)
    ap.add_argument("--resume", help="npz of parameters to start from")
    ap.add_argument("--lr", type=float, default=2.5e-3)
    args = ap.parse_args()
    rng = np.random.default_rng(args.seed)
    # Squares and pages apart: their pictures differ in size.
    sorts = {False: [], True: []}
    for path in args.pools:
        pool = np.load(path)
        sorts[pool["x"].shape[1] > FULL].append({name: pool[name] for name in ("x", "y", "lost", "readable")})
    mine, held = {}, {}
    for page, pools in ((page, pools) for page, pools in sorts.items() if pools):
        xs, ys, lost, readable = (np.concatenate([pool[name] for pool in pools]) for name in ("x", "y", "lost", "readable"))
        judges = np.arange(len(xs)) % HELD_BACK == 0
        mine[page], held[page] = (xs[~judges], ys[~judges]), (xs[judges], lost[judges], readable[judges])
        print("pages" if page else "squares", len(xs), "held back", len(held[page][0]), flush=True)
    params, stats = net.init(args.seed, HEAD)
    if args.resume:
        saved = np.load(args.resume, allow_pickle=True)
        params, stats = saved["params"].item(), saved["stats"].item()
    trainer = Trainer(params, stats, forward, loss_fn)
    print("parameters", sum(int(tf.size(v)) for v in trainer.flat))
    # The schedule runs on the clock so that training ends when it must.
    begin, seconds, i, running = time.time(), args.minutes * 60, 0, None
    def draw():
        xs, ys = mine[rng.random() < PAGES] if len(mine) == 2 else next(iter(mine.values()))
        one, other = rng.integers(len(xs)), rng.integers(len(xs))
        return augment(rng, xs[one], ys[one], xs[other])

    while (done := (time.time() - begin) / seconds) < 1:
        pairs = [draw() for _ in range(BATCH)]
        x, y = np.stack([p[0] for p in pairs]).astype(np.float32), np.stack([p[1] for p in pairs])
        lr = args.lr * min(1, i / 100) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-5
        i += 1
        keep = min(0.99, i / (i + 10))
        loss = float(trainer.step(x, y, *map(tf.constant, map(np.float32, (lr, i, keep)))))
        running = loss if running is None else 0.98 * running + 0.02 * loss
        if i % 250 == 0 or i == 50:
            told = " | ".join(judge(*trainer.averaged(), *held[page]) for page in held)
            print(f"{i} steps {time.time() - begin:.0f} s loss {running:.4f} {told}", flush=True)
            save(args.out, trainer, True in mine)
    save(args.out, trainer, True in mine)
    for page in held:
        print(judge(*trainer.averaged(), *held[page]))


if __name__ == "__main__":
    main()
