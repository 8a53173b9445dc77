"""Faces of invented documents: layouts only, drawn at about 400 px, no real text or logo.

Each function returns (rgb uint8 HxWx3, alpha uint8 HxW, width_mm, height_mm).
What matters for a page finder is what competes with the paper's edge: printed borders, table
frames, portrait boxes, seals, folds, pale and coloured paper, rounded corners.
"""
import cv2
import numpy as np


def _text_rows(img, rng, x0, y0, x1, y1, pitch, ink, fill=0.75):
    """Rows of small dashes: how print looks at this size."""
    y = y0
    while y + pitch * 0.6 < y1:
        x = x0
        end = x0 + (x1 - x0) * (rng.uniform(0.2, 1.0) if rng.random() < fill else rng.uniform(0.9, 1.0))
        glyph = max(2, pitch * rng.uniform(0.45, 0.7))
        while x + glyph < end:
            if rng.random() < 0.93:
                a, b = int(x + glyph * 0.1), int(x + glyph * 0.85)
                top, bottom = int(y), int(y + glyph)
                for _ in range(3):
                    if rng.random() < 0.5:
                        yy = rng.integers(top, max(top + 1, bottom))
                        cv2.line(img, (a, int(yy)), (b, int(yy)), ink, 1)
                    else:
                        xx = rng.integers(a, max(a + 1, b))
                        cv2.line(img, (int(xx), top), (int(xx), bottom), ink, 1)
            x += glyph
        y += pitch


def _ink(rng):
    v = int(rng.integers(10, 80))
    return (v, v, int(min(255, v + rng.integers(0, 40))))


def _portrait(img, rng, x, y, w, h):
    x, y, w, h = int(x), int(y), int(w), int(h)
    if w < 6 or h < 8:
        return
    back = [(250, 250, 250), (70, 130, 210), (190, 30, 40), (225, 230, 235)][rng.integers(0, 4)]
    grey = rng.random() < 0.15
    patch = np.empty((h, w, 3), np.uint8)
    patch[:] = back
    cloth = tuple(int(v) for v in rng.integers(10, 230, 3))
    skin = tuple(int(v) for v in (rng.integers(170, 235), rng.integers(130, 185), rng.integers(105, 160)))
    cv2.ellipse(patch, (w // 2, int(h * 1.02)), (int(w * 0.45), int(h * 0.32)), 0, 0, 360, cloth, -1, cv2.LINE_AA)
    cv2.ellipse(patch, (w // 2, int(h * 0.42)), (int(w * 0.27), int(h * 0.27)), 0, 0, 360, (25, 22, 20), -1, cv2.LINE_AA)
    cv2.ellipse(patch, (w // 2, int(h * 0.47)), (int(w * 0.21), int(h * 0.23)), 0, 0, 360, skin, -1, cv2.LINE_AA)
    if grey:
        patch[:] = patch.mean(2, keepdims=True).astype(np.uint8)
    H, W = img.shape[:2]
    img[y:min(H, y + h), x:min(W, x + w)] = patch[: max(0, min(h, H - y)), : max(0, min(w, W - x))]
    if rng.random() < 0.3:
        cv2.rectangle(img, (x, y), (x + w, y + h), _ink(rng), 1)


def _seal(img, rng, x, y, r):
    layer = img.copy()
    red = (int(rng.integers(180, 235)), int(rng.integers(10, 60)), int(rng.integers(10, 60)))
    cv2.circle(layer, (int(x), int(y)), int(r), red, max(1, int(r * 0.07)), cv2.LINE_AA)
    cv2.circle(layer, (int(x), int(y)), max(1, int(r * 0.2)), red, -1, cv2.LINE_AA)
    for a in np.linspace(0.8 * np.pi, 2.2 * np.pi, 12):
        c = (int(x + 0.75 * r * np.cos(a)), int(y + 0.75 * r * np.sin(a)))
        cv2.rectangle(layer, (c[0] - 2, c[1] - 2), (c[0] + 1, c[1] + 2), red, -1)
    k = rng.uniform(0.5, 0.9)
    cv2.addWeighted(layer, k, img, 1 - k, 0, dst=img)


def _code(img, rng, x, y, s):
    n = int(rng.integers(17, 30))
    bits = (rng.random((n, n)) < 0.5).astype(np.uint8) * 235 + 10
    q = cv2.resize(bits, (int(s), int(s)), interpolation=cv2.INTER_NEAREST)
    H, W = img.shape[:2]
    x, y = int(x), int(y)
    h, w = min(q.shape[0], H - y), min(q.shape[1], W - x)
    if h > 0 and w > 0:
        img[y:y + h, x:x + w] = q[:h, :w, None]


def _guilloche(img, rng, strength):
    h, w = img.shape[:2]
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    f = rng.uniform(0.03, 0.25, 3)
    wave = np.sin(xx * f[0] + 6 * np.sin(yy * f[1] * 0.3)) + np.sin(yy * f[2] + 5 * np.sin(xx * f[0] * 0.3))
    tint = rng.uniform(-1, 1, 3)
    img[:] = np.clip(img + wave[..., None] * tint * strength, 0, 255).astype(np.uint8)


def _paper(rng, w, h, colour):
    img = np.empty((h, w, 3), np.float32)
    img[:] = colour
    if rng.random() < 0.5:
        g = rng.uniform(-12, 12, (2, 2, 3)).astype(np.float32)
        img += cv2.resize(g, (w, h), interpolation=cv2.INTER_LINEAR)
    return np.clip(img, 0, 255).astype(np.uint8)


def _white(rng):
    base = rng.uniform(225, 255)
    return np.clip(base + rng.uniform(-8, 4, 3) + np.array([2, 1, -4]) * rng.uniform(0, 2), 0, 255)


def _pastel(rng):
    return rng.uniform(185, 255, 3)


def _alpha(w, h, radius):
    a = np.zeros((h, w), np.uint8)
    r = int(radius)
    if r <= 0:
        a[:] = 255
        return a
    cv2.rectangle(a, (r, 0), (w - 1 - r, h - 1), 255, -1)
    cv2.rectangle(a, (0, r), (w - 1, h - 1 - r), 255, -1)
    for cx in (r, w - 1 - r):
        for cy in (r, h - 1 - r):
            cv2.circle(a, (cx, cy), r, 255, -1, cv2.LINE_AA)
    return a


def card(rng):
    """Bank-card sized: portrait or emblem side, pale print, rounded corners."""
    w, h = 428, 270
    img = _paper(rng, w, h, rng.uniform(195, 250, 3) if rng.random() < 0.85 else rng.uniform(60, 220, 3))
    _guilloche(img, rng, rng.uniform(0, 9))
    ink, label = _ink(rng), tuple(int(v) for v in rng.integers(40, 150, 3))
    if rng.random() < 0.5:
        for _ in range(2):
            c = tuple(int(v) for v in rng.integers(150, 245, 3))
            cv2.ellipse(img, (int(rng.integers(0, w)), int(rng.integers(0, h))), (int(rng.integers(40, 160)), int(rng.integers(20, 90))), 0, 0, 360, c, -1, cv2.LINE_AA)
    if rng.random() < 0.55:
        side = 1 if rng.random() < 0.85 else -1
        px = w * 0.63 if side > 0 else w * 0.06
        _portrait(img, rng, px, h * rng.uniform(0.12, 0.2), w * rng.uniform(0.24, 0.31), h * rng.uniform(0.52, 0.62))
        x0 = w * 0.08 if side > 0 else w * 0.42
        for k in range(5):
            y = h * (0.18 + 0.115 * k)
            _text_rows(img, rng, x0, y, x0 + 34, y + 12, 14, label)
            _text_rows(img, rng, x0 + 44, y, x0 + rng.uniform(70, 190), y + 12, 15, ink)
        _text_rows(img, rng, w * 0.08, h * 0.83, w * 0.27, h * 0.9, 14, label)
        _text_rows(img, rng, w * 0.35, h * 0.83, w * 0.82, h * 0.91, 17, ink)
    else:
        red = (int(rng.integers(170, 215)), int(rng.integers(20, 70)), int(rng.integers(20, 70)))
        cv2.circle(img, (int(w * 0.16), int(h * 0.25)), int(h * 0.15), red, -1, cv2.LINE_AA)
        cv2.circle(img, (int(w * 0.16), int(h * 0.25)), int(h * 0.09), (220, 180, 60), -1, cv2.LINE_AA)
        _text_rows(img, rng, w * 0.34, h * 0.13, w * 0.86, h * 0.23, 26, ink, 0)
        _text_rows(img, rng, w * 0.3, h * 0.3, w * 0.9, h * 0.42, 34, ink, 0)
        for y in (0.72, 0.84):
            _text_rows(img, rng, w * 0.24, h * y, w * 0.37, h * (y + 0.06), 15, ink)
            _text_rows(img, rng, w * 0.41, h * y, w * 0.8, h * (y + 0.06), 15, ink)
    return img, _alpha(w, h, h * rng.uniform(0.045, 0.07)), 85.6, 54.0


def form(rng):
    """A4 with a table, partly filled by hand."""
    w, h = 297, 420
    img = _paper(rng, w, h, _white(rng))
    ink, hand = _ink(rng), [(20, 30, 120), (25, 25, 30), (15, 40, 160)][rng.integers(0, 3)]
    m = w * rng.uniform(0.05, 0.15)
    top = h * rng.uniform(0.07, 0.16)
    bottom = h * rng.uniform(0.7, 0.97)
    _text_rows(img, rng, w * 0.25, top - 22, w * 0.75, top - 8, 13, ink, 0)
    rows = int(rng.integers(6, 22))
    ys = np.linspace(top, bottom, rows + 1)
    keep = [0] + [i for i in range(1, rows) if rng.random() < 0.85] + [rows]
    t = 1 if rng.random() < 0.8 else 2
    for i in keep:
        cv2.line(img, (int(m), int(ys[i])), (int(w - m), int(ys[i])), ink, t)
    cv2.rectangle(img, (int(m), int(top)), (int(w - m), int(bottom)), ink, t)
    for a, b in zip(keep, keep[1:]):
        xs = np.sort(rng.uniform(m, w - m, int(rng.integers(0, 5))))
        edges = [m, *xs, w - m]
        for x in xs:
            cv2.line(img, (int(x), int(ys[a])), (int(x), int(ys[b])), ink, 1)
        for left, right in zip(edges, edges[1:]):
            if rng.random() < 0.7:
                _text_rows(img, rng, left + 3, ys[a] + 3, right - 3, ys[b] - 1, rng.uniform(7, 11), hand if rng.random() < 0.4 else ink)
    if rng.random() < 0.4:
        _portrait(img, rng, w - m - 50, top + 1, 48, 66)
    if rng.random() < 0.3:
        _seal(img, rng, rng.uniform(0.4, 0.85) * w, rng.uniform(0.6, 0.9) * h, rng.uniform(18, 30))
    return img, _alpha(w, h, 0), 210.0, 297.0


def report(rng):
    """A4 print or screenshot: label and value rows, portrait, code."""
    w, h = 297, 420
    img = _paper(rng, w, h, _white(rng))
    ink = _ink(rng)
    _text_rows(img, rng, w * 0.28, h * 0.07, w * 0.72, h * 0.1, 14, ink, 0)
    for k in range(int(rng.integers(6, 16))):
        y = h * 0.16 + k * h * 0.045
        _text_rows(img, rng, w * 0.1, y, w * 0.27, y + 7, 9, ink)
        _text_rows(img, rng, w * 0.3, y, w * rng.uniform(0.4, 0.7), y + 7, 9, ink)
        if rng.random() < 0.4:
            cv2.line(img, (int(w * 0.08), int(y + 12)), (int(w * 0.92), int(y + 12)), (205, 205, 205), 1)
    _portrait(img, rng, w * 0.74, h * 0.15, w * 0.14, h * 0.13)
    _code(img, rng, w * rng.uniform(0.1, 0.7), h * 0.78, w * 0.14)
    _text_rows(img, rng, w * 0.1, h * 0.9, w * 0.9, h * 0.97, 7, ink)
    if rng.random() < 0.25:
        c = tuple(int(v) for v in rng.integers(60, 230, 3))
        cv2.rectangle(img, (int(w * 0.05), int(h * 0.04)), (int(w * 0.95), int(h * 0.96)), c, int(rng.integers(1, 3)))
    return img, _alpha(w, h, 0), 210.0, 297.0


def _border(img, rng, x0, y0, x1, y1):
    """Ornamental printed border, inset from the paper's edge."""
    w, h = x1 - x0, y1 - y0
    c = tuple(int(v) for v in rng.integers(20, 210, 3))
    inset = rng.uniform(0.025, 0.08) * min(w, h)
    a, b = (int(x0 + inset), int(y0 + inset)), (int(x1 - inset), int(y1 - inset))
    style = rng.integers(0, 4)
    if style == 0:
        cv2.rectangle(img, a, b, c, int(rng.integers(1, 5)))
    elif style == 1:
        cv2.rectangle(img, a, b, c, 2)
        cv2.rectangle(img, (a[0] + 5, a[1] + 5), (b[0] - 5, b[1] - 5), c, 1)
    else:
        band = int(rng.integers(6, 18))
        layer = img.copy()
        cv2.rectangle(layer, (a[0] + band // 2, a[1] + band // 2), (b[0] - band // 2, b[1] - band // 2), c, band)
        k = rng.uniform(0.3, 0.9)
        cv2.addWeighted(layer, k, img, 1 - k, 0, dst=img)
        if style == 3:
            step = int(rng.integers(6, 16))
            d = tuple(int(v) for v in rng.integers(120, 255, 3))
            for x in range(a[0], b[0], step):
                cv2.circle(img, (x, a[1] + band // 2), 2, d, -1)
                cv2.circle(img, (x, b[1] - band // 2), 2, d, -1)
            for y in range(a[1], b[1], step):
                cv2.circle(img, (a[0] + band // 2, y), 2, d, -1)
                cv2.circle(img, (b[0] - band // 2, y), 2, d, -1)


def _certificate_half(img, rng, x0, x1, h, text):
    ink = _ink(rng)
    w = x1 - x0
    if text:
        _text_rows(img, rng, x0 + w * 0.2, h * 0.12, x0 + w * 0.8, h * 0.2, rng.uniform(16, 30), ink, 0)
        _text_rows(img, rng, x0 + w * 0.13, h * 0.3, x0 + w * 0.87, h * rng.uniform(0.55, 0.8), rng.uniform(11, 20), ink)
        _seal(img, rng, x0 + w * rng.uniform(0.55, 0.8), h * rng.uniform(0.65, 0.82), h * rng.uniform(0.06, 0.13))
    else:
        _portrait(img, rng, x0 + w * rng.uniform(0.25, 0.5), h * rng.uniform(0.15, 0.35), h * 0.22, h * 0.3)
        _text_rows(img, rng, x0 + w * 0.15, h * 0.7, x0 + w * 0.85, h * 0.85, 14, ink)
        if rng.random() < 0.5:
            _seal(img, rng, x0 + w * 0.6, h * 0.55, h * 0.11)


def certificate(rng):
    """Landscape or portrait certificate, often with a printed border."""
    w, h = (420, 297) if rng.random() < 0.7 else (297, 420)
    if rng.random() < 0.3:
        w = int(w * rng.uniform(0.85, 1.15))
    img = _paper(rng, w, h, _pastel(rng) if rng.random() < 0.6 else _white(rng))
    if rng.random() < 0.5:
        _guilloche(img, rng, rng.uniform(1, 8))
    if rng.random() < 0.75:
        _border(img, rng, 0, 0, w, h)
    ink = _ink(rng)
    _text_rows(img, rng, w * 0.25, h * 0.12, w * 0.75, h * 0.2, rng.uniform(18, 34), ink, 0)
    if rng.random() < 0.7:
        _portrait(img, rng, w * rng.choice([0.1, 0.7]), h * rng.uniform(0.2, 0.5), h * 0.18, h * 0.25)
    _text_rows(img, rng, w * 0.14, h * 0.34, w * 0.86, h * rng.uniform(0.6, 0.75), rng.uniform(11, 20), ink)
    _seal(img, rng, w * rng.uniform(0.55, 0.8), h * rng.uniform(0.7, 0.82), min(w, h) * rng.uniform(0.06, 0.13))
    if rng.random() < 0.4:
        _code(img, rng, w * 0.12, h * 0.72, min(w, h) * 0.13)
    scale = rng.uniform(0.6, 1.4)
    return img, _alpha(w, h, 0), w * 0.707 * scale, h * 0.707 * scale


def spread(rng):
    """An open booklet: two halves, a fold, sometimes a cover that shows around the paper."""
    w, h = 420, int(rng.uniform(270, 310))
    img = _paper(rng, w, h, _pastel(rng) if rng.random() < 0.6 else _white(rng))
    if rng.random() < 0.5:
        _guilloche(img, rng, rng.uniform(1, 8))
    mid = w // 2
    if rng.random() < 0.6:
        if rng.random() < 0.7:
            _border(img, rng, 0, 0, mid, h)
            _border(img, rng, mid, 0, w, h)
        else:
            _border(img, rng, 0, 0, w, h)
    swap = rng.random() < 0.3
    _certificate_half(img, rng, 0, mid, h, swap)
    _certificate_half(img, rng, mid, w, h, not swap)
    x = np.arange(w, dtype=np.float32)
    depth = rng.uniform(0.02, 0.4)
    shade = 1 - depth * np.exp(-np.abs(x - mid) / rng.uniform(3, 25))
    shade *= 1 + rng.uniform(-0.12, 0.12) * np.sign(x - mid)
    img = np.clip(img * shade[None, :, None], 0, 255).astype(np.uint8)
    scale = rng.uniform(0.6, 1.1)
    return img, _alpha(w, h, h * 0.02 if rng.random() < 0.3 else 0), w * 0.6 * scale, h * 0.6 * scale


FACES = [card, form, report, certificate, spread]
WEIGHTS = np.array([0.34, 0.2, 0.12, 0.22, 0.12])


def any_face(rng):
    return FACES[rng.choice(len(FACES), p=WEIGHTS)](rng)
