"""What is written in a line of the training pool: values of the forms' fields, names, and characters without a language."""

import datetime
import pathlib
import random

import jieba

LISTS = pathlib.Path(__file__).resolve().parents[2] / "lists"
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
HAN_DIGITS = "〇一二三四五六七八九"


def _column(name):
    rows = (LISTS / name).read_text(encoding="utf-8").splitlines()
    return [row.split("\t")[0] for row in rows if row and not row.startswith("#")]


class Texts:
    """Draws texts. `known` are the characters that the recogniser has classes for."""

    def __init__(self, known, seed):
        self.rng = random.Random(seed)
        known = {c for c in known if len(c) == 1}
        self.surnames = _column("surnames.tsv")
        self.given = _column("given_names.tsv")
        self.occupations = _column("occupations.txt")
        self.majors = _column("majors.txt")
        self.nations = _column("nations.txt")
        self.levels = _column("education_levels.txt")
        self.schools = _column("schools.tsv")
        self.company_words = _column("company_words.txt")
        regions = [row.split("\t") for row in (LISTS / "regions.tsv").read_text(encoding="utf-8").splitlines()]
        self.regions = [next((c for c in row if any("一" <= x <= "鿿" for x in c)), "") for row in regions]
        with jieba.get_dict_file() as file:
            words = [line.decode("utf-8").split() for line in file]
        words = [(w, int(n)) for w, n, _ in words if all(c in known for c in w) and len(w) <= 6]
        self.words = [w for w, _ in words]
        # The square root keeps 的 and 是 from being a tenth of everything.
        self.word_weights = [n**0.5 for _, n in words]
        gb2312 = []
        for high in range(0xB0, 0xF8):
            for low in range(0xA1, 0xFF):
                try:
                    gb2312.append(bytes([high, low]).decode("gb2312"))
                except UnicodeDecodeError:
                    continue
        self.common = [c for c in gb2312[:3755] if c in known]
        self.second = [c for c in gb2312[3755:] if c in known]
        self.rest = [c for c in known if "一" <= c <= "鿿" and c not in set(gb2312)]

    def one(self):
        kinds = [
            (18, self.characters), (12, self.sentence), (16, self.name), (8, self.id_number), (4, self.phone), (5, self.code),
            (10, self.date), (6, self.word), (5, self.address), (8, self.company), (4, self.school), (3, self.witness),
        ]
        return self.rng.choices([k for _, k in kinds], [w for w, _ in kinds])[0]()

    def character(self):
        pool = self.rng.choices([self.common, self.second, self.rest], [70, 24, 6])[0]
        return self.rng.choice(pool)

    def characters(self):
        return "".join(self.character() for _ in range(self.rng.randint(1, 7)))

    def sentence(self):
        return "".join(self.rng.choices(self.words, self.word_weights, k=self.rng.randint(1, 4)))[:12]

    def name(self):
        rng = self.rng
        family = rng.choice(self.surnames)
        if rng.random() < 0.5:
            return family + "".join(rng.choice(self.given) for _ in range(rng.choice([1, 2, 2, 2])))
        return family + "".join(self.character() for _ in range(rng.choice([1, 2, 2])))

    def rare(self):
        return self.rng.choice(self.rng.choices([self.common, self.second, self.rest], [35, 35, 30])[0])

    def printed_name(self):
        """Names of any characters, and other lines, so that what is common stays known."""
        rng = self.rng
        style = rng.random()
        if style < 0.55:
            family = rng.choice(self.surnames) if rng.random() < 0.85 else self.rare()
            return family + "".join(rng.choice([self.rare, lambda: rng.choice(self.given)])() for _ in range(rng.choice([1, 2, 2, 2])))
        if style < 0.7:
            return "".join(self.rare() for _ in range(rng.randint(1, 6)))
        if style < 0.76:
            return "·".join("".join(rng.choice(self.given) for _ in range(rng.randint(2, 4))) for _ in range(2))
        return rng.choice([self.name, self.name, self.sentence, self.company, self.school, self.address])()

    def id_number(self):
        rng = self.rng
        day = datetime.date(1950, 1, 1) + datetime.timedelta(days=rng.randrange(21500))
        body = f"{rng.randint(110101, 659010)}{day:%Y%m%d}{rng.randrange(1000):03}"
        total = sum(int(d) * w for d, w in zip(body, WEIGHTS))
        return body + "10X98765432"[total % 11]

    def phone(self):
        return f"1{self.rng.choice('3456789')}{self.rng.randrange(10**9):09}"

    def code(self):
        rng = self.rng
        style = rng.randrange(5)
        digits = lambda n: "".join(rng.choice("0123456789") for _ in range(n))  # noqa: E731
        if style == 0:
            return "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") for _ in range(rng.choice([12, 16])))
        if style == 1:
            return rng.choice(["JG", "ZZ", "ZJ", "ZX", "S", "Y", "No.", "JY"]) + digits(rng.randint(8, 16))
        if style == 2:
            return rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") + digits(rng.randint(4, 12))
        if style == 3:
            return digits(rng.randint(1, 4)) + rng.choice(["", "年", "级", "岁", "个月"])
        return digits(rng.randint(8, 18))

    def han(self, n):
        return HAN_DIGITS[n] if n < 10 else ("" if n < 20 else HAN_DIGITS[n // 10]) + "十" + (HAN_DIGITS[n % 10] if n % 10 else "")

    def date(self):
        rng = self.rng
        year, month, day = rng.randint(1950, 2030), rng.randint(1, 12), rng.randint(1, 28)
        style = rng.randrange(9)
        if style == 0:
            return "".join(HAN_DIGITS[int(d)] for d in str(year)) + f"年{self.han(month)}月" + rng.choice(["", f"{self.han(day)}日"])
        if style == 1:
            return rng.choice(["至今", "".join(HAN_DIGITS[int(d)] for d in str(year)), self.han(month), self.han(day)])
        if style == 2:
            return f"{year}年{month}月{day}日"
        if style == 3:
            return f"{year}{rng.choice('.-/')}{month}" + rng.choice(["", f".{day}"])
        if style == 4:
            return f"{year}年{month:02}月"
        if style == 5:
            return str(year)
        return rng.choice([f"{month}", f"{month:02}", f"{day}", f"{day:02}"])

    def word(self):
        rng = self.rng
        level = rng.choice(["一级", "二级", "三级", "四级", "五级"])
        skill = rng.choice(["高级技师", "技师", "高级工", "中级工", "初级工"])
        return rng.choice([
            rng.choice(self.occupations), rng.choice(self.occupations), rng.choice(self.majors), rng.choice(self.levels),
            rng.choice(self.nations) + rng.choice(["", "族"]), rng.choice("男女"), f"{level}/{skill}", f"{level}（{skill}）", level, skill,
            "电子商务师", "已毕业", "在读",
        ])

    def address(self):
        rng = self.rng
        word = lambda: rng.choice(self.given) + rng.choice(self.given)  # noqa: E731
        tail = rng.choice([
            f"{word()}路{rng.randint(1, 999)}号", f"{word()}街道{word()}小区{rng.randint(1, 40)}幢{rng.randint(101, 3200)}室",
            f"{word()}镇{word()}村{rng.randint(1, 20)}组", f"{rng.randint(1, 30)}栋{rng.randint(1, 6)}单元{rng.randint(101, 2900)}号",
        ])
        return (rng.choice(self.regions) if rng.random() < 0.6 else "") + tail

    def company(self):
        rng = self.rng
        place = rng.choice(self.regions).removesuffix("市")
        own = rng.choice([self.character() + self.character(), rng.choice(self.given) + rng.choice(self.given), rng.choice(self.company_words)])
        trade = rng.choice(self.company_words) if rng.random() < 0.5 else rng.choices(self.words, self.word_weights)[0]
        form = rng.choice(["有限公司", "有限责任公司", "股份有限公司", "商行", "工作室", "店", "集团有限公司", "厂"])
        return rng.choice([f"{place}{own}{trade}{form}", f"{own}（{place}）{trade}{form}", f"{own}{trade}{form}"])[:20]

    def school(self):
        rng = self.rng
        if rng.random() < 0.5:
            return rng.choice(self.schools)
        kind = rng.choice(["大学", "学院", "职业技术学院", "中等专业学校", "技工学校", "职业学校", "高级中学"])
        return rng.choice(self.regions).removesuffix("市") + rng.choice(["", rng.choice(self.majors), self.character() + self.character()]) + kind

    def witness(self):
        return self.name() + self.rng.choice(["", " ", "  "]) + self.phone()
