"""Lays invented things over documents: more sorts of them than the generator knows."""
import cv2
import numpy as np


def shape(rng, side):
    """A soft mask, 0 to 1, of something that lies on or reaches over a square of `side` px."""
    mask = np.zeros((side, side), np.float32)
    sort = rng.integers(0, 5)
    x, y = rng.uniform(0, side, 2)
    a, b = np.exp(rng.uniform(np.log(0.03), np.log(0.3), 2)) * side
    angle = rng.uniform(0, 180)
    if sort == 0:
        cv2.ellipse(mask, (int(x), int(y)), (int(a), int(b)), angle, 0, 360, 1, -1, cv2.LINE_AA)
    elif sort == 1:
        box = cv2.boxPoints(((x, y), (2 * a, 2 * b), angle))
        cv2.fillPoly(mask, [np.int32(box)], 1, cv2.LINE_AA)
    elif sort == 2:
        # A finger, a pen: from outside to a tip.
        way = rng.uniform(0, 2 * np.pi)
        far = (int(x + 2 * side * np.cos(way)), int(y + 2 * side * np.sin(way)))
        cv2.line(mask, (int(x), int(y)), far, 1, int(max(6, 1.4 * min(a, b, 0.08 * side))), cv2.LINE_AA)
    elif sort == 3:
        turns = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(5, 12)))
        reach = rng.uniform(0.5, 1.2, len(turns))
        points = np.stack([x + a * reach * np.cos(turns), y + b * reach * np.sin(turns)], 1)
        cv2.fillPoly(mask, [np.int32(points)], 1, cv2.LINE_AA)
    else:
        # A blot with a torn rim.
        noise = cv2.resize(rng.standard_normal((9, 9)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
        yy, xx = np.mgrid[0:side, 0:side].astype(np.float32)
        mask = (np.hypot((xx - x) / a, (yy - y) / b) < 1 + 0.25 * noise).astype(np.float32)
    return cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 1.6))


def texture(rng, side, other):
    """What a thing looks like: a colour, stripes, weave, or a piece of another picture."""
    sort = rng.integers(0, 4)
    base = rng.uniform(20, 255, 3)
    if rng.random() < 0.4:
        base = np.full(3, base.mean()) + rng.uniform(-8, 8, 3)
    if sort == 0:
        k = int(rng.integers(40, other.shape[0] // 2))
        i, j = rng.integers(0, other.shape[0] - k, 2)
        return cv2.resize(other[i:i + k, j:j + k], (side, side), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    yy, xx = np.mgrid[0:side, 0:side].astype(np.float32)
    if sort == 1:
        way, step = rng.uniform(0, np.pi), rng.uniform(3, 30)
        wave = np.sin((xx * np.cos(way) + yy * np.sin(way)) * 2 * np.pi / step)
    elif sort == 2:
        wave = cv2.resize(rng.standard_normal((12, 12)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    else:
        way = rng.uniform(0, 2 * np.pi)
        wave = (xx * np.cos(way) + yy * np.sin(way)) / side
    picture = base + wave[..., None] * rng.uniform(0, 35) + rng.standard_normal((side, side, 1)) * rng.uniform(0, 6)
    return np.clip(picture, 0, 255).astype(np.float32)


def lay(rng, picture, cells, other):
    """`picture` (0 to 255, float) and its map with something over them; what it hides is lost, what it half hides is doubtful."""
    side, grid = picture.shape[0], cells.shape[0]
    mask = shape(rng, side)
    if rng.random() < 0.25:
        # A watermark, a pale stain, a shadow: print is seen through it.
        alpha = mask[..., None] * rng.uniform(0.1, 0.35)
        if rng.random() < 0.5:
            return picture * (1 - alpha), cells
        tint = 1 - alpha * (1 - rng.uniform(0.3, 1, 3).astype(np.float32))
        return picture * tint, cells
    if rng.random() < 0.7:
        shadow = np.roll(mask, rng.integers(1, 5, 2), (0, 1))[..., None]
        picture = picture * (1 - rng.uniform(0.05, 0.35) * cv2.GaussianBlur(shadow, (0, 0), rng.uniform(1, 5))[..., None])
    alpha = mask[..., None]
    picture = picture * (1 - alpha) + texture(rng, side, other) * alpha
    share = cv2.resize(mask, (grid, grid), interpolation=cv2.INTER_AREA)
    cells = cells.copy()
    printed, lost = cells[..., 0], cells[..., 1]
    lost[(printed > 0) & (share > 0.6)] = 255
    half = (printed > 0) & (share > 0.15) & (share <= 0.6) & (lost < 255)
    lost[half] = 128
    return picture, cells
