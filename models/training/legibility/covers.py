"""Lays invented things over documents: more sorts of them than the generator knows."""
import cv2
import numpy as np


# How often a thing is laid where a field's print is: what has to be told apart happens there.
AIMED = 0.6


def target(rng, side, cells):
    """A point of the square, px: of a field's print (the third map), or any."""
    if rng.random() < AIMED:
        rows, columns = np.nonzero((cells[..., 0] > 0) & (cells[..., 2] > 127))
        if len(rows):
            k, pitch = rng.integers(len(rows)), side / cells.shape[0]
            return (columns[k] + rng.random()) * pitch, (rows[k] + rng.random()) * pitch
    return rng.uniform(0, side, 2)


def shape(rng, side, at):
    """A soft mask, 0 to 1, of something that lies on or reaches over the point `at` of a square of `side` px."""
    mask = np.zeros((side, side), np.float32)
    sort = rng.integers(0, 5)
    x, y = at
    # Stains as small as an entry are as frequent as those that hide half of a page.
    a, b = np.exp(rng.uniform(np.log(0.02), np.log(0.3), 2)) * side
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


def texture(rng, side, other, picture, at):
    """What a thing looks like: a colour, stripes, weave, a piece of another picture, or paper as that around `at`."""
    sort = rng.integers(0, 5)
    if sort == 4:
        x, y = (int(np.clip(v, 16, side - 16)) for v in at)
        paper = np.percentile(picture[y - 16:y + 16, x - 16:x + 16], 85, axis=(0, 1)) * rng.uniform(0.9, 1.06)
        return np.clip(paper + rng.standard_normal((side, side, 1)) * rng.uniform(0, 3), 0, 255).astype(np.float32)
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


def marked(cells, share, hidden, half):
    """The map where `share` of each cell is covered: print is lost above `hidden`, doubtful above `half`."""
    cells = cells.copy()
    printed, lost = cells[..., 0], cells[..., 1]
    lost[(printed > 0) & (share > hidden)] = 255
    lost[(printed > 0) & (share > half) & (share <= hidden) & (lost < 255)] = 128
    return cells


def bell(side, at, reach, rng):
    """Light that falls off around a point, 1 in the middle; `reach` in px, longer one way than the other."""
    yy, xx = np.mgrid[0:side, 0:side].astype(np.float32)
    way, longer = rng.uniform(0, np.pi), rng.uniform(1, 2)
    u = (xx - at[0]) * np.cos(way) + (yy - at[1]) * np.sin(way)
    v = (yy - at[1]) * np.cos(way) - (xx - at[0]) * np.sin(way)
    return np.exp(-((u / (longer * reach)) ** 2 + (v / reach) ** 2) / 2)


def shine(rng, picture, cells):
    """A lamp's reflection: a wide bright region through which print is read, with or without a core that has burnt it out."""
    side, grid = picture.shape[0], cells.shape[0]
    at = target(rng, side, cells)
    alpha = rng.uniform(0.0, 0.6) * bell(side, at, rng.uniform(0.1, 0.4) * side, rng)
    core = rng.uniform(0.5, 2.5) * bell(side, np.add(at, rng.normal(0, 0.03 * side, 2)), np.exp(rng.uniform(np.log(0.015), np.log(0.12))) * side, rng)
    alpha = np.clip(alpha + core, 0, 1)
    lamp = np.float32([255, rng.uniform(245, 255), rng.uniform(232, 255)])
    picture = picture + (lamp - picture) * alpha[..., None]
    share = cv2.resize(alpha.astype(np.float32), (grid, grid), interpolation=cv2.INTER_AREA)
    return picture, marked(cells, share, 0.93, 0.75)


# Standard deviations of a page's blur, px of `pool.TALL`: from which on its print (3 to 5 mm, 8 to 14 px) is doubtful, and lost. The
# generator's measure loses characters from about a quarter of their height on.
DOUBTFUL_BLUR, LOST_BLUR = 1.5, 3.0


def soften(rng, picture, cells):
    """A page that is out of focus around an entry: a drop on the lens, a bulge."""
    side, grid = picture.shape[0], cells.shape[0]
    at, sigma = target(rng, side, cells), rng.uniform(0.4, 4.5)
    reach = np.exp(rng.uniform(np.log(0.03), np.log(0.25))) * side
    yy, xx = np.mgrid[0:side, 0:side].astype(np.float32)
    far = np.hypot(xx - at[0], (yy - at[1]) * rng.uniform(1, 2.5)) / reach
    mask = np.clip((1.35 - far) / 0.35, 0, 1)
    picture = picture * (1 - mask[..., None]) + cv2.GaussianBlur(picture, (0, 0), sigma) * mask[..., None]
    share = cv2.resize(mask, (grid, grid), interpolation=cv2.INTER_AREA)
    return picture, marked(cells, share, 0.8 if sigma >= LOST_BLUR else 2, 0.2 if sigma >= DOUBTFUL_BLUR else 2)


def lay(rng, picture, cells, other, page=False):
    """`picture` (0 to 255, float; a `page`'s, as fine as `pool.TALL`, or of any paper) and its map with something over them; what it
    hides is lost, what it half hides is doubtful."""
    side, grid = picture.shape[0], cells.shape[0]
    if page and rng.random() < 0.35:
        return soften(rng, picture, cells)
    if rng.random() < 0.3:
        return shine(rng, picture, cells)
    at = target(rng, side, cells)
    mask = shape(rng, side, at)
    if rng.random() < 0.25:
        # A watermark, a pale stain, a shadow: print is seen through it.
        alpha = mask[..., None] * rng.uniform(0.1, 0.35)
        if rng.random() < 0.5:
            return picture * (1 - alpha), cells
        tint = 1 - alpha * (1 - rng.uniform(0.3, 1, 3).astype(np.float32))
        return picture * tint, cells
    plain = picture
    if rng.random() < 0.7:
        shadow = np.roll(mask, rng.integers(1, 5, 2), (0, 1))[..., None]
        picture = picture * (1 - rng.uniform(0.05, 0.35) * cv2.GaussianBlur(shadow, (0, 0), rng.uniform(1, 5))[..., None])
    alpha = mask[..., None]
    picture = picture * (1 - alpha) + texture(rng, side, other, plain, at) * alpha
    share = cv2.resize(mask, (grid, grid), interpolation=cv2.INTER_AREA)
    return picture, marked(cells, share, 0.6, 0.15)
