"""Lays generated photos out flat for training: `python pool.py OUT.npz SET...`.

Each SET was made by `generate --defects 1 --maps`. A picture is its document with a rim of what lies around, squeezed
into a square; its map (96×96 over the document alone) says where print is, is lost, and belongs to a field.
"""
import json
import multiprocessing as mp
import sys
from pathlib import Path

import cv2
import numpy as np

# The document's side, px, and the rim around it on each side: what a page finder may cut too wide.
SIDE, RIM = 384, 32
FULL = SIDE + 2 * RIM
MAP = 96


def lay(job):
    """(picture, map, whether it must be taken again, whether it is readable), or None."""
    cv2.setNumThreads(1)
    folder, line = job
    truth = folder / (Path(line["file"]).stem + ".map.png")
    # What is outside of the frame cannot be seen on the document as it is found.
    if not truth.exists() or line.get("effect") in ("cut_off", "control:corner_cut"):
        return None
    picture = cv2.imread(str(folder / line["file"]))
    quad = np.float32(line["quad"])
    size = max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[1] - quad[2]), np.linalg.norm(quad[2] - quad[3]))
    scale = min(1.0, 1.5 * SIDE / size)
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    target = np.float32([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]]) + RIM
    onto = cv2.getPerspectiveTransform(quad * scale, target)
    flat = cv2.warpPerspective(picture, onto, (FULL, FULL), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    cells = cv2.imread(str(truth))
    return flat[..., ::-1], cells[..., ::-1], bool(line["must_retake"]), bool(line["readable"])


def main():
    out, sets = sys.argv[1], [Path(p) for p in sys.argv[2:]]
    jobs = [(folder, json.loads(line)) for folder in sets for line in open(folder / "truth.jsonl")]
    with mp.get_context("fork").Pool(2) as pool:
        found = [f for f in pool.imap(lay, jobs, 8) if f is not None]
    print(len(found), "of", len(jobs), "lost", sum(f[2] for f in found), "readable", sum(f[3] for f in found))
    np.savez(out, x=np.stack([f[0] for f in found]), y=np.stack([f[1] for f in found]), lost=np.array([f[2] for f in found]), readable=np.array([f[3] for f in found]))


if __name__ == "__main__":
    main()
