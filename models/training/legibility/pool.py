"""Lays generated photos out flat for training: `python pool.py OUT.npz SET...`.

Each SET was made by `generate --defects 1 --maps`. A picture is its document with a rim of what lies around, squeezed
into a square, or, of a page that is higher than wide, into a finer upright rectangle (`OUT.tall.npz`); its map (four pixels a cell, with
the rim) says where print is, is lost, and belongs to a field.
"""
import json
import multiprocessing as mp
import sys
from pathlib import Path

import cv2
import numpy as np

# A square picture's document, px, and the rim around it on each side: what a page finder may cut too wide.
SIDE, RIM = 384, 32
FULL = SIDE + 2 * RIM
# Pixels along a cell of the network's maps.
CELL = 4
MAP = SIDE // CELL
# An upright page's document, px: print of 3 mm on A4 is as high here as that of cards in the square.
TALL = (576, 768)
# Height ÷ width from which on a document is one. As `PAGE` of src/imaging/quality/legibility.rs.
PAGE = 1.2


def rim_of(width, height):
    return width * RIM // SIDE, height * RIM // SIDE


def full_of(width, height):
    across, down = rim_of(width, height)
    return width + 2 * across, height + 2 * down


def lay(job):
    """(whether it is an upright page, picture, map, whether it must be taken again, whether it is readable), or None."""
    cv2.setNumThreads(1)
    folder, line = job
    truth = folder / (Path(line["file"]).stem + ".map.png")
    # What is outside of the frame cannot be seen on the document as it is found.
    if not truth.exists() or line.get("effect") in ("cut_off", "control:corner_cut"):
        return None
    picture = cv2.imread(str(folder / line["file"]))
    quad = np.float32(line["quad"])
    sides = [np.linalg.norm(quad[k] - quad[(k + 1) % 4]) for k in range(4)]
    tall = sides[1] + sides[3] >= PAGE * (sides[0] + sides[2])
    width, height = TALL if tall else (SIDE, SIDE)
    scale = min(1.0, 1.5 * max(width, height) / max(sides))
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    target = np.float32([[0, 0], [width, 0], [width, height], [0, height]]) + np.float32(rim_of(width, height))
    onto = cv2.getPerspectiveTransform(quad * scale, target)
    flat = cv2.warpPerspective(picture, onto, full_of(width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    cells = cv2.resize(cv2.imread(str(truth)), (width // CELL, height // CELL), interpolation=cv2.INTER_NEAREST)
    across, down = (rim // CELL for rim in rim_of(width, height))
    cells = cv2.copyMakeBorder(cells, down, down, across, across, cv2.BORDER_CONSTANT)
    return tall, flat[..., ::-1], cells[..., ::-1], bool(line["must_retake"]), bool(line["readable"])


def main():
    out, sets = sys.argv[1], [Path(p) for p in sys.argv[2:]]
    jobs = [(folder, json.loads(line)) for folder in sets for line in open(folder / "truth.jsonl")]
    with mp.get_context("fork").Pool(2) as pool:
        found = [f for f in pool.imap(lay, jobs, 8) if f is not None]
    for tall, name in ((False, out), (True, out.removesuffix(".npz") + ".tall.npz")):
        some = [f[1:] for f in found if f[0] == tall]
        print(name, len(some), "of", len(jobs), "lost", sum(f[2] for f in some), "readable", sum(f[3] for f in some))
        if some:
            x, y, lost, readable = (np.array(column) for column in zip(*some))
            np.savez(name, x=x, y=y, lost=lost, readable=readable)


if __name__ == "__main__":
    main()
