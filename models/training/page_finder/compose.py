"""One training picture: documents on a ground through a phone camera, with mask and edge truth."""
import cv2
import numpy as np

import faces
import grounds

OUT = 256        # side of the network's input
TRUTH = 128      # side of the network's output
WORK = 448       # longest side while composing


def _camera(rng, level):
    """Plane (mm-like units, centred) to unit image coordinates, for a camera tilted a little."""
    tilt = np.radians(np.clip(rng.normal(0, 13 if level else 7, 2), -38, 38))
    cx, sx, cy, sy = np.cos(tilt[0]), np.sin(tilt[0]), np.cos(tilt[1]), np.sin(tilt[1])
    r = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]]) @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    distance = rng.uniform(1.3, 2.6)
    return np.column_stack([r[:, 0], r[:, 1], [0, 0, distance]])


def _place(rng, w, h):
    """Documents as (face, corners in the plane), the plane scaled to the first one's size."""
    kind = rng.random()
    if kind < 0.74:
        chosen = [faces.any_face(rng)]
    elif kind < 0.9:
        chosen = [faces.card(rng) for _ in range(2 if rng.random() < 0.85 else 3)]
    elif kind < 0.96:
        chosen = [faces.any_face(rng) for _ in range(2)]
    else:
        chosen = []
    if not chosen:
        return []
    quarter = rng.choice([0, 90, 180, 270], p=[0.55, 0.18, 0.09, 0.18]) if w >= h or chosen[0][2] < chosen[0][3] else rng.choice([0, 90, 180, 270], p=[0.45, 0.25, 0.05, 0.25])
    base = np.radians(quarter + np.clip(rng.normal(0, 7), -40, 40) if rng.random() < 0.9 else rng.uniform(0, 360))
    placed, offset = [], 0.0
    across = rng.random() < 0.3
    gap = rng.uniform(1.0, 25.0) if len(chosen) > 1 else 0.0
    for k, face in enumerate(chosen):
        fw, fh = face[2], face[3]
        extent = fw if across else fh
        centre = offset + extent / 2
        offset += extent + gap
        c = np.array([centre, rng.uniform(-6, 6) * (k > 0)]) if across else np.array([rng.uniform(-6, 6) * (k > 0), centre])
        a = np.radians(rng.normal(0, 2.5)) * (k > 0) if rng.random() < 0.8 else np.radians(rng.normal(0, 8)) * (k > 0)
        rot = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        corners = np.array([[-fw, -fh], [fw, -fh], [fw, fh], [-fw, fh]]) / 2
        placed.append((face, corners @ rot.T + c))
    everything = np.concatenate([p[1] for p in placed])
    middle = (everything.min(0) + everything.max(0)) / 2
    rot = np.array([[np.cos(base), -np.sin(base)], [np.sin(base), np.cos(base)]])
    return [(f, (q - middle) @ rot.T) for f, q in placed]


def _project(rng, placed, w, h, fill):
    """Corner quads in pixels, scaled so that they fill `fill` of the frame."""
    everything = np.concatenate([q for _, q in placed])
    size = np.ptp(everything, axis=0).max()
    cam = _camera(rng, True)
    quads = []
    for _, q in placed:
        p = np.column_stack([q / size, np.ones(4)]) @ cam.T
        quads.append(p[:, :2] / p[:, 2:])
    pts = np.concatenate(quads)
    lo, hi = pts.min(0), pts.max(0)
    scale = fill * min(w / (hi[0] - lo[0]), h / (hi[1] - lo[1]))
    slack = np.array([w, h]) - scale * (hi - lo)
    jitter = rng.uniform(-0.5, 0.5, 2) * np.maximum(np.abs(slack), 4) * (0.85 if fill < 1 else 0.9)
    shift = np.array([w, h]) / 2 - scale * (lo + hi) / 2 + jitter
    return [q * scale + shift for q in quads]


def _flat(rng, img, face, w, h):
    """Where a scanner or a screen shows the face: filling the frame, or squarely on an even bed."""
    frame = np.array([[0, 0], [w, 0], [w, h], [0, h]], float)
    if rng.random() < 0.6:
        return frame + rng.uniform(-2, 2, (4, 2))
    img[:] = np.clip(rng.uniform(205, 255) + rng.uniform(-5, 5, 3), 0, 255)
    scale = rng.uniform(0.4, 0.98) * min(w / face[2], h / face[3])
    half = np.array([face[2], face[3]]) * scale / 2
    centre = np.array([w, h]) / 2 + rng.uniform(-1, 1, 2) * (np.array([w, h]) / 2 - half)
    a = np.radians(rng.normal(0, 0.8))
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return (np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half) @ turn.T + centre


def _clutter(rng, img, w, h):
    """Pens, cups, corners of other things."""
    for _ in range(int(rng.integers(0, 4))):
        c = tuple(float(v) for v in rng.uniform(5, 240, 3))
        p = (int(rng.uniform(0, w)), int(rng.uniform(0, h)))
        kind = rng.integers(0, 4)
        if kind == 0:
            a, l = rng.uniform(0, np.pi), rng.uniform(60, 260)
            cv2.line(img, p, (int(p[0] + l * np.cos(a)), int(p[1] + l * np.sin(a))), c, int(rng.integers(3, 12)), cv2.LINE_AA)
        elif kind == 1:
            if rng.random() < 0.4:  # a saucer or a plate below the cup
                cv2.circle(img, p, int(rng.uniform(60, 170)), tuple(float(v) for v in rng.uniform(90, 250) + rng.uniform(-25, 5, 3)), -1, cv2.LINE_AA)
            cv2.circle(img, p, int(rng.uniform(15, 110)), c, -1, cv2.LINE_AA)
            cv2.circle(img, p, int(rng.uniform(8, 50)), tuple(float(v) for v in rng.uniform(5, 240, 3)), -1, cv2.LINE_AA)
        elif kind == 2:
            box = cv2.boxPoints(((float(p[0]), float(p[1])), (float(rng.uniform(20, 200)), float(rng.uniform(20, 200))), float(rng.uniform(0, 90))))
            cv2.fillConvexPoly(img, box.astype(np.int32), c, cv2.LINE_AA)
        else:
            pts = np.cumsum(rng.normal(0, 35, (8, 2)), 0) + p
            cv2.polylines(img, [pts.astype(np.int32)], False, c, int(rng.integers(1, 5)), cv2.LINE_AA)


def _printed_sheet(rng, img, cards):
    """A page that is larger than the cards and mostly out of the frame: ground, not a document."""
    face = faces.any_face(rng)
    while face[2] < 150 or face[3] < 150:
        face = faces.any_face(rng)
    h, w = img.shape[:2]
    fh, fw = face[1].shape
    size = np.ptp(cards, axis=0).max() * rng.uniform(1.6, 3.2)
    angle = np.radians(rng.normal(0, 12) + rng.choice([0, 90, 180, 270]))
    rot = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = cards.mean(0) + rng.uniform(-0.9, 0.9, 2) * size * 0.7
    quad = np.array([[-face[2], -face[3]], [face[2], -face[3]], [face[2], face[3]], [-face[2], face[3]]]) / max(face[2:4])
    quad = quad * size / 2 @ rot.T + centre
    m = cv2.getPerspectiveTransform(np.float32([[0, 0], [fw, 0], [fw, fh], [0, fh]]), quad.astype(np.float32))
    warped = cv2.warpPerspective(face[0], m, (w, h), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(face[1], m, (w, h), flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    img += (warped.astype(np.float32) - img) * alpha[..., None]


def _fingers(rng, img, quad):
    """One to three fingertips over an edge."""
    skin = np.array([rng.uniform(150, 240), rng.uniform(105, 185), rng.uniform(80, 155)])
    k = rng.integers(0, 4)
    a, b = quad[k], quad[(k + 1) % 4]
    side = np.linalg.norm(b - a)
    inward = quad.mean(0) - (a + b) / 2
    inward /= np.linalg.norm(inward) + 1e-6
    t = rng.uniform(0.1, 0.9)
    for _ in range(int(rng.integers(1, 4))):
        r = side * rng.uniform(0.04, 0.1)
        tip = a + (b - a) * t + inward * r * rng.uniform(0.2, 1.5)
        root = tip - inward * side * rng.uniform(0.5, 1.0) + (b - a) * rng.uniform(-0.15, 0.15)
        cv2.line(img, tuple(tip.astype(int).tolist()), tuple(root.astype(int).tolist()), tuple(float(v) for v in skin * rng.uniform(0.85, 1.05)), max(2, int(2 * r)), cv2.LINE_AA)
        t += 2.1 * r / side


def _light(rng, img, w, h):
    g = rng.uniform(0.65, 1.25, (2, 2)) if rng.random() < 0.7 else rng.uniform(0.9, 1.1, (2, 2))
    img *= cv2.resize(g.astype(np.float32), (w, h), interpolation=cv2.INTER_LINEAR)[..., None]
    if rng.random() < 0.35:
        m = np.zeros((h, w), np.float32)
        pts = np.array([rng.uniform(-0.3, 1.3, 2) * (w, h) for _ in range(int(rng.integers(3, 6)))])
        cv2.fillPoly(m, [cv2.convexHull(pts.astype(np.int32))], 1.0)
        m = cv2.GaussianBlur(m, (0, 0), rng.uniform(2, 40))
        img *= 1 - m[..., None] * rng.uniform(0.15, 0.55)
    if rng.random() < 0.2:
        m = np.zeros((h, w), np.float32)
        cv2.ellipse(m, (int(rng.uniform(0, w)), int(rng.uniform(0, h))), (int(rng.uniform(8, 70)), int(rng.uniform(8, 40))), float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        m = cv2.GaussianBlur(m, (0, 0), rng.uniform(4, 20))
        img += m[..., None] * rng.uniform(80, 330)


def compose(rng):
    """(picture uint8 OUTxOUTx3, truth uint8 TRUTHxTRUTHx2: mask, edge; quads in unit coordinates)."""
    aspect = rng.choice([3 / 4, 4 / 3, 9 / 16, 16 / 9, 1.0, 0.707, 1.585, 0.46], p=[0.34, 0.24, 0.08, 0.08, 0.06, 0.08, 0.06, 0.06])
    w, h = (WORK, int(WORK / aspect)) if aspect >= 1 else (int(WORK * aspect), WORK)
    s = max(w, h)
    img = np.ascontiguousarray(grounds.any_ground(rng, s)[:h, :w])
    if rng.random() < 0.5:
        _clutter(rng, img, w, h)
    placed = _place(rng, w, h)
    quads = []
    if placed:
        r = rng.random()
        fill = rng.uniform(0.45, 0.97) if r < 0.8 else rng.uniform(0.97, 1.35) if r < 0.92 else rng.uniform(1.4, 2.2)
        quads = _project(rng, placed, w, h, fill)
        if r > 0.87:  # a scan or a screenshot
            placed, quads = placed[:1], [_flat(rng, img, placed[0][0], w, h)]
        if placed[0][0][2] == 85.6 and rng.random() < 0.12:  # cards on a blank sheet
            sheet = np.concatenate(quads)
            m = sheet.mean(0)
            hull = cv2.boxPoints(cv2.minAreaRect(sheet.astype(np.float32)))
            cv2.fillConvexPoly(img, ((hull - m) * rng.uniform(1.3, 2.4) + m).astype(np.int32), tuple(float(v) for v in rng.uniform(215, 252) + rng.uniform(-6, 4, 3)), cv2.LINE_AA)
        if placed[0][0][2] == 85.6 and rng.random() < 0.4:  # cards on or beside printed matter
            _printed_sheet(rng, img, np.concatenate(quads))
    mask = np.zeros((OUT, OUT), np.uint8)
    edge = np.zeros((OUT, OUT), np.uint8)
    to_out = np.array([OUT / w, OUT / h])
    for (face, _), quad in zip(placed, quads):
        rgb, alpha = face[0], face[1]
        fh, fw = alpha.shape
        src = np.array([[0, 0], [fw, 0], [fw, fh], [0, fh]], np.float32)
        m = cv2.getPerspectiveTransform(src, quad.astype(np.float32))
        shrink = np.sqrt(abs(cv2.contourArea(quad.astype(np.float32))) / (fw * fh))
        soft = cv2.GaussianBlur(rgb, (0, 0), 0.45 / shrink) if shrink < 0.8 else rgb
        warped = cv2.warpPerspective(soft, m, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        a = cv2.warpPerspective(alpha, m, (w, h), flags=cv2.INTER_LINEAR).astype(np.float32) / 255
        if rng.random() < 0.75:  # contact shadow
            sigma, strength = rng.uniform(1, 9), rng.uniform(0.05, 0.5)
            off = rng.uniform(-5, 5, 2)
            sh = cv2.warpAffine(a, np.float32([[1, 0, off[0]], [0, 1, off[1]]]), (w, h))
            img *= 1 - strength * cv2.GaussianBlur(sh, (0, 0), sigma)[..., None]
        if rng.random() < 0.15:  # a lit or dark rim of the sheet's thickness
            cv2.polylines(img, [quad.astype(np.int32)], True, (float(rng.uniform(20, 255)),) * 3, 2, cv2.LINE_AA)
        tone = rng.uniform(0.72, 1.05) if rng.random() < 0.6 else 1.0
        img += (warped.astype(np.float32) * tone - img) * a[..., None]
        q = np.round(quad * to_out * 16).astype(np.int32)
        cv2.fillConvexPoly(edge, q, 0, shift=4)
        cv2.fillConvexPoly(mask, q, 255, cv2.LINE_AA, shift=4)
        cv2.polylines(edge, [q], True, 255, 3, cv2.LINE_AA, shift=4)
    if quads and rng.random() < 0.12:
        _fingers(rng, img, quads[int(rng.integers(0, len(quads)))])
    _light(rng, img, w, h)
    cast = rng.uniform(0.82, 1.15, 3) if rng.random() < 0.6 else np.ones(3)
    img = img * cast * rng.uniform(0.6, 1.15)
    if rng.random() < 0.4:
        img = cv2.GaussianBlur(img, (0, 0), rng.uniform(0.4, 2.2))
    if rng.random() < 0.08:
        k = int(rng.integers(3, 9))
        kern = np.zeros((k, k), np.float32)
        cv2.line(kern, (0, int(rng.integers(0, k))), (k - 1, int(rng.integers(0, k))), 1.0, 1)
        img = cv2.filter2D(img, -1, kern / kern.sum())
    img = np.clip(img, 0, 255)
    if rng.random() < 0.3:
        img = 255 * (img / 255) ** rng.uniform(0.6, 1.6)
    small = cv2.resize(img.astype(np.float32), (OUT, OUT), interpolation=cv2.INTER_AREA)
    small += rng.standard_normal(small.shape).astype(np.float32) * (rng.uniform(0, 9) if rng.random() < 0.5 else 1)
    small = np.clip(small, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        _, enc = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))])
        small = cv2.imdecode(enc, cv2.IMREAD_COLOR)
    truth = np.stack([cv2.resize(mask, (TRUTH, TRUTH), interpolation=cv2.INTER_AREA), cv2.resize(edge, (TRUTH, TRUTH), interpolation=cv2.INTER_AREA)], -1)
    return small, truth, [q / (w, h) for q in quads]
