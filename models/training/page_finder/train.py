"""Trains the page finder's network on composed pictures (TensorFlow, CPU) and writes ONNX.

usage: python train.py OUT.onnx [--minutes 25] [--pool 8000] [--seed 20261124] [--extra POOL.npz]
"""
import argparse
import multiprocessing as mp
import time

import cv2
import numpy as np
import tensorflow as tf

from compose import OUT, TRUTH, compose
from export import write_onnx
from net import forward, init
from trainer import Trainer

BATCH = 16


def _make(job):
    cv2.setNumThreads(1)
    seed, count = job
    pictures = np.empty((count, OUT, OUT, 3), np.uint8)
    truths = np.empty((count, TRUTH, TRUTH, 2), np.uint8)
    for k in range(count):
        pictures[k], truths[k], _ = compose(np.random.default_rng([seed, k]))
    return pictures, truths


def augment(rng, x, y):
    """Mirrors, quarter turns and colour: cheap variety over the composed pool."""
    k = int(rng.integers(0, 4))
    x, y = np.rot90(x, k), np.rot90(y, k)
    if rng.random() < 0.5:
        x, y = x[:, ::-1], y[:, ::-1]
    x = x.astype(np.float32) / 255
    if rng.random() < 0.3:
        x = x[..., rng.permutation(3)]
    if rng.random() < 0.12:
        x = np.repeat(x.mean(-1, keepdims=True), 3, -1)
    x = np.clip(x * rng.uniform(0.75, 1.2) * rng.uniform(0.92, 1.08, 3).astype(np.float32) + rng.uniform(-0.06, 0.06), 0, 1)
    return x, y.astype(np.float32) / 255


def loss_fn(logits, y):
    mask, edge = logits[..., 0], logits[..., 1]
    bce_mask = tf.nn.sigmoid_cross_entropy_with_logits(labels=y[..., 0], logits=mask)
    bce_edge = tf.nn.sigmoid_cross_entropy_with_logits(labels=y[..., 1], logits=edge) * (1 + 5 * y[..., 1])
    # Pixels by an edge decide the quad: they weigh three times as much.
    near = 1 + 2 * y[..., 1]
    p = tf.sigmoid(mask)
    dice = 1 - (2 * tf.reduce_sum(p * y[..., 0], (1, 2)) + 1) / (tf.reduce_sum(p, (1, 2)) + tf.reduce_sum(y[..., 0], (1, 2)) + 1)
    return tf.reduce_mean(bce_mask * near) + 0.6 * tf.reduce_mean(bce_edge) + 0.3 * tf.reduce_mean(dice)


def judge(params, stats, xs, ys):
    """Mask IoU of each picture."""
    out = []
    for k in range(0, len(xs), 16):
        logits, _ = forward(params, stats, xs[k:k + 16] / np.float32(255), train=False)
        p, t = logits.numpy()[..., 0] > 0, ys[k:k + 16, ..., 0] > 127
        out.append(((p & t).sum((1, 2)) + 1) / ((p | t).sum((1, 2)) + 1))
    return np.concatenate(out)


def save(path, trainer):
    params, stats = trainer.averaged()
    np.savez(path + ".params.npz", params=params, stats=stats)
    write_onnx(path, params, stats)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("out")
    ap.add_argument("--minutes", type=float, default=25)
    ap.add_argument("--pool", type=int, default=8000)
    ap.add_argument("--seed", type=int, default=20261124)
    ap.add_argument("--extra", help="npz with x, y: further pictures mixed in")
    ap.add_argument("--resume", help="npz of parameters to start from")
    ap.add_argument("--workers", type=int, default=2, help="processes that compose pictures")
    ap.add_argument("--lr", type=float, default=2.5e-3)
    args = ap.parse_args()
    rng = np.random.default_rng(args.seed)
    start = time.time()
    chunk = 50
    with mp.get_context("fork").Pool(args.workers) as pool:
        parts = pool.map(_make, [(args.seed + i, chunk) for i in range(args.pool // chunk)])
    xs, ys = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    del parts
    hold_x, hold_y = xs[:160], ys[:160]
    xs, ys = xs[160:], ys[160:]
    print(f"pool {len(xs)} in {time.time() - start:.0f} s", flush=True)
    if args.extra:
        extra = np.load(args.extra)
        xs, ys = np.concatenate([xs, extra["x"]]), np.concatenate([ys, extra["y"]])
    params, stats = init(args.seed)
    if args.resume:
        saved = np.load(args.resume, allow_pickle=True)
        params, stats = saved["params"].item(), saved["stats"].item()
    trainer = Trainer(params, stats, forward, loss_fn)
    print("parameters", sum(int(tf.size(v)) for v in trainer.flat))
    # The schedule runs on the clock so that training ends when it must.
    begin, seconds, i, running = time.time(), args.minutes * 60, 0, None
    order, at = rng.permutation(len(xs)), 0
    while (done := (time.time() - begin) / seconds) < 1:
        if at + BATCH > len(order):
            order, at = rng.permutation(len(xs)), 0
        pairs = [augment(rng, xs[j], ys[j]) for j in order[at:at + BATCH]]
        at += BATCH
        x, y = np.stack([p[0] for p in pairs]), np.stack([p[1] for p in pairs])
        lr = args.lr * min(1, i / 100) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-5
        i += 1
        keep = min(0.99, i / (i + 10))
        loss = float(trainer.step(x, y, *map(tf.constant, map(np.float32, (lr, i, keep)))))
        running = loss if running is None else 0.98 * running + 0.02 * loss
        if i % 250 == 0 or i == 50:
            iou = judge(*trainer.averaged(), hold_x, hold_y)
            print(f"{i} steps {time.time() - begin:.0f} s loss {running:.4f} held-back mask IoU {iou.mean():.4f} median {np.median(iou):.4f} below 0.9: {(iou < 0.9).mean():.3f}", flush=True)
            save(args.out, trainer)
    save(args.out, trainer)


if __name__ == "__main__":
    main()
