"""Procedural grounds that documents lie on. Each returns rgb float32 SxSx3, 0 to 255."""
import cv2
import numpy as np

from faces import _text_rows, any_face


def _noise(rng, size, cells, octaves=3):
    cells = np.broadcast_to(cells, (2,)).astype(float)
    out = np.zeros((size, size), np.float32)
    amp = 1.0
    for _ in range(octaves):
        n = rng.standard_normal((max(2, int(cells[0])), max(2, int(cells[1])))).astype(np.float32)
        out += amp * cv2.resize(n, (size, size), interpolation=cv2.INTER_CUBIC)
        cells, amp = cells * 2, amp * 0.5
    return out


def _colour(rng, low=20, high=235):
    base = rng.uniform(low, high)
    return np.clip(base + rng.uniform(-45, 45, 3), 5, 250).astype(np.float32)


def plain(rng, s):
    img = np.empty((s, s, 3), np.float32)
    img[:] = _colour(rng, 10, 250)
    img += (_noise(rng, s, 3, 2) * rng.uniform(0, 8))[..., None]
    img += (rng.standard_normal((s, s)).astype(np.float32) * rng.uniform(0, 6))[..., None]
    return img


def pale(rng, s):
    """A desk about as bright as paper: the hard case."""
    img = np.empty((s, s, 3), np.float32)
    img[:] = rng.uniform(200, 252) + rng.uniform(-10, 6, 3)
    img += (_noise(rng, s, 3, 2) * rng.uniform(0, 5))[..., None]
    return img


def wood(rng, s):
    tone = np.array([[150, 105, 65], [95, 60, 35], [200, 165, 120], [60, 42, 32], [175, 120, 80], [222, 200, 170]][rng.integers(0, 6)], np.float32)
    tone = np.clip(tone + rng.uniform(-20, 20, 3), 10, 245)
    grain = _noise(rng, s, (rng.integers(2, 5), rng.integers(20, 60)), 3)
    ring = np.sin(_noise(rng, s, (2, 6), 2) * rng.uniform(4, 14))
    v = grain * rng.uniform(4, 16) + ring * rng.uniform(2, 14)
    img = tone + v[..., None] * np.array([1.0, 0.85, 0.7], np.float32)
    if rng.random() < 0.6:
        x = rng.uniform(0, 60)
        while x < s:
            cv2.line(img, (int(x), 0), (int(x), s), tuple(float(t) for t in tone * rng.uniform(0.3, 0.7)), int(rng.integers(1, 4)))
            x2 = x + rng.uniform(50, 220)
            img[:, int(x):int(x2)] *= rng.uniform(0.85, 1.15)
            x = x2
    return img


def cloth(rng, s):
    yy, xx = np.mgrid[0:s, 0:s].astype(np.float32)
    f1, f2 = rng.uniform(0.3, 1.8, 2)
    weave = np.sin(xx * f1) * np.sin(yy * f2)
    img = _colour(rng) + (weave * rng.uniform(2, 16) + _noise(rng, s, 5) * rng.uniform(2, 12))[..., None]
    if rng.random() < 0.6:
        other = _colour(rng)
        p = rng.uniform(20, 130)
        width = rng.uniform(0.1, 0.6)
        stripes = ((xx / p) % 1 < width).astype(np.float32)
        if rng.random() < 0.6:
            stripes = (stripes + ((yy / p) % 1 < width)) / 2
        img += (other - img) * (stripes * rng.uniform(0.2, 0.9))[..., None]
    elif rng.random() < 0.4:
        other = _colour(rng)
        for _ in range(int(rng.integers(10, 60))):
            cv2.circle(img, (int(rng.integers(0, s)), int(rng.integers(0, s))), int(rng.integers(4, 40)), tuple(float(v) for v in other), -1 if rng.random() < 0.7 else 2)
    return img


def marble(rng, s):
    t = _noise(rng, s, 3, 5)
    vein = np.exp(-np.abs(np.sin(t * rng.uniform(1, 4))) * rng.uniform(4, 18))
    base, dark = _colour(rng, 90, 245), _colour(rng, 20, 200)
    img = base + (dark - base) * (vein * rng.uniform(0.2, 0.9))[..., None] + (_noise(rng, s, 30, 2) * rng.uniform(0, 9))[..., None]
    if rng.random() < 0.3:
        img += (rng.standard_normal((s, s)) * rng.uniform(5, 30)).astype(np.float32)[..., None]
    return img


def tiles(rng, s):
    img = plain(rng, s) if rng.random() < 0.5 else marble(rng, s)
    p, q = rng.uniform(40, 250, 2)
    joint = tuple(float(v) for v in _colour(rng))
    for x in np.arange(rng.uniform(0, p), s, p):
        cv2.line(img, (int(x), 0), (int(x), s), joint, int(rng.integers(1, 5)))
    for y in np.arange(rng.uniform(0, q), s, q):
        cv2.line(img, (0, int(y)), (s, int(y)), joint, int(rng.integers(1, 5)))
    return img


def keyboard(rng, s):
    img = np.clip(plain(rng, s), 0, 255).astype(np.uint8)
    key = _colour(rng)
    p = rng.uniform(28, 75)
    gap = rng.uniform(2, 8)
    for j, y in enumerate(np.arange(-p, s, p)):
        for x in np.arange(-p + (j % 3) * p * 0.4, s, p):
            k = key * rng.uniform(0.9, 1.1)
            cv2.rectangle(img, (int(x + gap), int(y + gap)), (int(x + p), int(y + p)), tuple(float(v) for v in k), -1)
            c = (240.0,) * 3 if key.mean() < 120 else (30.0,) * 3
            cv2.putText(img, chr(65 + int(rng.integers(0, 26))), (int(x + p * 0.35), int(y + p * 0.7)), 0, float(p / 70), c, 1, cv2.LINE_AA)
    return img.astype(np.float32)


def print_matter(rng, s):
    """A newspaper or magazine under the document."""
    img = np.empty((s, s, 3), np.uint8)
    img[:] = np.clip(rng.uniform(170, 250) + rng.uniform(-20, 10, 3), 0, 255)
    x = -rng.uniform(0, 60)
    while x < s:
        w = rng.uniform(90, 220)
        y = -rng.uniform(0, 60)
        while y < s:
            h = rng.uniform(40, 220)
            if rng.random() < 0.25:
                n = np.clip(128 + 60 * rng.standard_normal((4, 4, 3)), 0, 255).astype(np.uint8)
                a, b, c, d = int(max(0, x)), int(max(0, y)), int(min(s, x + w - 8)), int(min(s, y + h - 8))
                if c > a and d > b:
                    img[b:d, a:c] = cv2.resize(n, (c - a, d - b), interpolation=cv2.INTER_CUBIC)
            else:
                _text_rows(img, rng, x, y, x + w - 10, y + h - 6, rng.uniform(7, 22), (40, 40, 45))
            y += h
        x += w
    return img.astype(np.float32)


def screen(rng, s):
    """Large blocks of flat colour, as furniture, books and screens make."""
    img = plain(rng, s)
    for _ in range(int(rng.integers(2, 9))):
        a = rng.uniform(-0.3, 1.1, 2) * s
        size = rng.uniform(0.1, 0.9, 2) * s
        box = cv2.boxPoints(((float(a[0]), float(a[1])), (float(size[0]), float(size[1])), float(rng.uniform(0, 90))))
        cv2.fillConvexPoly(img, box.astype(np.int32), tuple(float(v) for v in _colour(rng, 10, 200)), cv2.LINE_AA)
    return img


def granite(rng, s):
    img = np.empty((s, s, 3), np.float32)
    img[:] = _colour(rng)
    k = int(rng.integers(1, 4))
    n = rng.standard_normal((s // k + 1, s // k + 1)).astype(np.float32)
    img += (cv2.resize(n, (s, s)) * rng.uniform(8, 45))[..., None]
    return img


GROUNDS = [plain, pale, wood, cloth, marble, tiles, keyboard, print_matter, screen, granite]
WEIGHTS = np.array([0.16, 0.13, 0.18, 0.14, 0.1, 0.06, 0.05, 0.08, 0.06, 0.04])


def any_ground(rng, s):
    img = GROUNDS[rng.choice(len(GROUNDS), p=WEIGHTS)](rng, s)
    angle, zoom = rng.uniform(0, 360), rng.uniform(0.8, 2.0)
    m = np.vstack([cv2.getRotationMatrix2D((s / 2, s / 2), angle, zoom), [0, 0, 1]])
    m[2, :2] = rng.uniform(-0.6, 0.6, 2) / s / 2
    return cv2.warpPerspective(img, m, (s, s), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
