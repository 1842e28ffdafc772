#!/usr/bin/python3
"""Reads the answers to OWASP ASVS 5.0.0 in deploy/security/asvs and finds what is wrong with them.

  tests/system/security/asvs.py     prints the table of counts for deploy/security/README.md
"""

import collections
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "deploy" / "security"
CHAPTERS = range(1, 18)

ANSWERS = ("met", "operator", "does not apply", "not met")

# What the standard asks for up to level 2. A line is a section: its requirements of level 1, then
# those of level 2.
REQUIREMENTS = """
1.1: ; 1-2        1.2: 1-5; 6-9    1.3: 1-2; 3-11   1.4: ; 1-3        1.5: 1; 2
2.1: 1; 2-3       2.2: 1-2; 3      2.3: 1; 2-4      2.4: ; 1
3.2: 1-2;         3.3: 1; 2-4      3.4: 1-2; 3-6    3.5: 1-3; 4-5     3.7: ; 1-2
4.1: 1; 2-3       4.2: ; 1         4.3: ; 1-2       4.4: 1; 2-4
5.1: ; 1          5.2: 1-2; 3      5.3: 1-2;        5.4: ; 1-3
6.1: 1; 2-3       6.2: 1-8; 9-12   6.3: 1-2; 3-4    6.4: 1-2; 3-4     6.5: ; 1-5
6.6: ; 1-3        6.8: ; 1-4
7.1: ; 1-3        7.2: 1-4;        7.3: ; 1-2       7.4: 1-2; 3-5     7.5: ; 1-2       7.6: ; 1-2
8.1: 1; 2         8.2: 1-2; 3      8.3: 1;          8.4: ; 1
9.1: 1-3;         9.2: 1; 2-4
10.1: ; 1-2       10.2: ; 1-2      10.3: ; 1-4      10.4: 1-5; 6-11   10.5: ; 1-5      10.6: ; 1-2
10.7: ; 1-3
11.1: ; 1-2       11.2: ; 1-3      11.3: 1-2; 3     11.4: 1; 2-4      11.5: ; 1        11.6: ; 1
12.1: 1; 2-3      12.2: 1-2;       12.3: ; 1-4
13.1: ; 1         13.2: ; 1-5      13.3: ; 1-2      13.4: 1; 2-5
14.1: ; 1-2       14.2: 1; 2-4     14.3: 1; 2-3
15.1: 1; 2-3      15.2: 1; 2-3     15.3: 1; 2-7
16.1: ; 1         16.2: ; 1-5      16.3: ; 1-4      16.4: ; 1-3       16.5: ; 1-3
17.1: ; 1         17.2: ; 1-4      17.3: ; 1-2
"""

Row = collections.namedtuple("Row", "requirement level answer how evidence")


def expected_levels():
    """{"1.2.1": 1, …}: every requirement that has to be answered, and its level."""
    levels = {}
    for section, *of_level in re.findall(r"(\d+\.\d+): ([\d-]*) ?; ?([\d-]*)", REQUIREMENTS):
        for level, numbers in enumerate(of_level, start=1):
            first, _, last = numbers.partition("-")
            for number in range(int(first or 1), int(last or first or 0) + 1):
                levels[f"{section}.{number}"] = level
    return levels


def chapter_path(chapter):
    return f"asvs/v{chapter:02}.md"


def read_answers(folder=FOLDER):
    """{"README.md": text, "asvs/v01.md": text, …} of what is there."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.md"))
    }


def tracked_paths():
    """Every file of the repository, and every folder with one in it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    files = {name for name in listed.split("\0") if name}
    return files | {str(parent) for name in files for parent in pathlib.PurePath(name).parents}


def rows_of(text):
    """The rows of the table in a chapter's text, whatever is wrong with them."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and cells[0] != "requirement" and set(cells[0]) - set("-: "):
            yield Row(*(cells + [""] * 5)[:4], evidence="|".join(cells[4:]))


def is_sentence(text):
    return len(text.split()) >= 4 and text.endswith(".") and not text[0].islower()


def faults_of_row(row, chapter, levels, tracked):
    """What is wrong with one row."""
    if levels.get(row.requirement) is None or row.requirement.split(".")[0] != str(chapter):
        yield "is not asked for in this chapter"
    elif row.level != str(levels[row.requirement]):
        yield f"is of level {levels[row.requirement]}, not {row.level}"
    if row.answer not in ANSWERS:
        yield f"is answered with another word: {row.answer}"
    if not is_sentence(row.how):
        yield "does not say how in a full sentence"
    paths = re.findall(r"`([^`]+)`", row.evidence)
    if re.sub(r"`[^`]+`", "", row.evidence).strip(", "):
        yield f"has evidence that is no list of paths: {row.evidence}"
    if row.answer == "met" and not paths:
        yield "is met without evidence"
    for path in paths:
        if path.rstrip("/") not in tracked:
            yield f"names what is not there: {path}"


def counts_of(texts):
    """{(answer, level): how many} over all chapters."""
    return collections.Counter(
        (row.answer, row.level)
        for chapter in CHAPTERS
        for row in rows_of(texts.get(chapter_path(chapter), ""))
    )


def counts_table(counts):
    """The lines that the README has to have, word for word."""
    lines = ["| answer | level 1 | level 2 | both |", "|---|---|---|---|"]
    for answer in ANSWERS:
        one, two = counts[answer, "1"], counts[answer, "2"]
        lines.append(f"| {answer} | {one} | {two} | {one + two} |")
    one, two = (sum(counts[answer, level] for answer in ANSWERS) for level in "12")
    return lines + [f"| all | {one} | {two} | {one + two} |"]


def faults_of_readme(texts):
    """Whether the README tells the counts of the tables, and all that is not met."""
    readme = texts.get("README.md", "")
    for line in counts_table(counts_of(texts)):
        if line not in readme.splitlines():
            yield f"README.md lacks the line: {line}"
    for chapter in CHAPTERS:
        for row in rows_of(texts.get(chapter_path(chapter), "")):
            if row.answer == "not met" and not re.search(rf"\b{row.requirement}\b", readme):
                yield f"README.md does not tell that {row.requirement} is not met"


def faults_of(texts, tracked):
    """Everything that is wrong with the answers, a line each; empty when all is well."""
    levels = expected_levels()
    chapters = {chapter_path(chapter) for chapter in CHAPTERS}
    others = {path for path in texts if path.startswith("asvs/")} - chapters
    faults = [f"{path} is no chapter" for path in sorted(others)]
    answered = collections.Counter()
    for chapter in CHAPTERS:
        path = chapter_path(chapter)
        for row in rows_of(texts.get(path, "")):
            answered[row.requirement] += 1
            faults += [
                f"{path}: {row.requirement} {fault}"
                for fault in faults_of_row(row, chapter, levels, tracked)
            ]
    for requirement in levels:
        if answered[requirement] != 1:
            faults.append(f"{requirement} is answered {answered[requirement]} times")
    return faults + list(faults_of_readme(texts))


if __name__ == "__main__":
    print("\n".join(counts_table(counts_of(read_answers()))))
