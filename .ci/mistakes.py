#!/usr/bin/env python3
"""Scores compile errors: `.ci/mistakes.py [--min N] [--table] [--show] [NAME ..]`, from anywhere.

It compiles the programs in `tests/mistakes/`. Each program has one mistake, and comments with the words that its first
message should contain. `docs/design/mistakes.md` describes the scores. A NAME is a part of the name of a program, and
selects it. `--show` also prints the messages. `--table` prints the table of the page instead, with the scores. With
`--min N`, it fails if fewer than N percent of the programs have the right line, the name of the thing and the way out.

The dependencies must have been downloaded: it works offline, with the versions in `Cargo.lock`.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "tests/mistakes"
PROJECT = ROOT / "target/mistakes"
CARGO = os.environ.get("CARGO", "cargo")

FULL = 'features = ["cookies", "multipart", "ws"]'
# Packages differ in how they depend on Highball. A program belongs to `full` unless it names another one.
PACKAGES = {
    "full": f'highball = {{ path = "../../../runtime", {FULL} }}',
    "plain": 'highball = { path = "../../../runtime" }',
    "renamed": 'web = { package = "highball", path = "../../../runtime" }',
}
DEPENDENCIES = """
serde = { version = "1", features = ["derive"] }
tower-http = { version = "0.7", features = ["compression-gzip"] }
"""
KEYS = {"mistake", "thing", "way", "level", "or", "package"}
# Names of generated code, which a user has not written.
GENERATED = re.compile(r"'?\b__[A-Za-z]\w*|\b_::_\b")


class Program:
    """A program with its mistake, and the words that its first message should contain."""

    def __init__(self, path):
        self.name = path.stem
        self.path = path
        self.lines = set()
        text = path.read_text(encoding="utf-8")
        # Messages quote code, so the program is compiled without these comments. Each line keeps its number.
        self.code = re.sub(r" *//~.*", "", text)
        keys = {}
        for number, line in enumerate(text.split("\n"), 1):
            if header := re.match(r"//~ (\w+): (.+)", line):
                keys[header[1]] = header[2]
            elif marker := re.search(r"//~(\^*) here$", line):
                self.lines.add(number - len(marker[1]))
        if not KEYS.issuperset(keys) or not {"mistake", "thing", "way"} <= keys.keys() or not self.lines:
            sys.exit(f"{path.relative_to(ROOT)}: it needs `mistake`, `thing`, `way` and a line that is marked `here`")
        self.mistake = keys["mistake"]
        self.things = keys["thing"].split(" | ")
        self.ways = keys["way"].split(" | ")
        # No macro can recognise some mistakes for certain, so a warning is the best result.
        self.level = keys.get("level", "error")
        # Some programs are right in another framework, and Highball may accept them.
        self.may_compile = keys.get("or") == "compiles"
        self.package = keys.get("package", "full")


class Score:
    """What the compiler printed for a program."""

    def __init__(self, program, messages):
        levels = ("error",) if program.level == "error" else ("error", "warning")
        messages = [each for each in messages if each["level"] in levels]
        self.program = program
        self.messages = messages
        self.accepted = program.may_compile and not messages
        first = messages[0] if messages else None
        words = without_paths(text(first)) if first else ""
        proposed = without_paths(suggestions(first)) if first else ""
        self.caught = first is not None or self.accepted
        self.line = self.accepted or (first is not None and line(first, program) in program.lines)
        self.thing = self.accepted or any(thing in words for thing in program.things)
        self.way = self.accepted or any(way in words + proposed for way in program.ways)
        self.errors = len(messages)
        rendered = "\n".join(each["rendered"].strip() for each in messages)
        self.length = len(rendered.splitlines())
        self.generated = sorted(set(GENERATED.findall(rendered)))

    def good(self):
        return self.line and self.thing and self.way


def text(message):
    """Returns the words of a message and its notes, without the code that rustc quotes."""
    labels = [span["label"] or "" for span in message["spans"]]
    return "\n".join([message["message"], *labels, *map(text, message["children"])])


def suggestions(message):
    """Returns the code that a message suggests, as rustc prints it, and each replacement in backticks."""
    found = [suggestions(child) for child in message["children"]]
    for span in message["spans"]:
        if (replacement := span["suggested_replacement"]) is not None and span["text"]:
            quoted = span["text"][0]
            before = quoted["text"][: quoted["highlight_start"] - 1]
            after = quoted["text"][quoted["highlight_end"] - 1 :]
            found += [before + replacement + after, f"`{replacement.strip()}`"]
    return "\n".join(found)


def without_paths(words):
    """Returns words twice: as they are, and with `Json` in place of `highball::Json`."""
    return words + "\n" + re.sub(r"\b(?:[a-z_]\w*::)+(?=[A-Za-z])", "", words)


def line(message, program):
    """Returns the line of the program that a message points at. A place in a macro is where the macro is called."""
    for span in message["spans"]:
        if not span["is_primary"]:
            continue
        while span["expansion"]:
            span = span["expansion"]["span"]
        if span["file_name"].endswith(f"/{program.name}.rs"):
            return span["line_start"]
    return None


def make_project(programs):
    """Makes a workspace with a package for each way to depend on Highball, and the programs as its binaries."""
    shutil.rmtree(PROJECT, ignore_errors=True)
    PROJECT.mkdir(parents=True)
    packages = sorted({program.package for program in programs})
    members = ", ".join(f'"{name}"' for name in packages)
    (PROJECT / "Cargo.toml").write_text(f'[workspace]\nresolver = "3"\nmembers = [{members}]\n')
    shutil.copy(ROOT / "Cargo.lock", PROJECT)
    for name in packages:
        manifest = f'[package]\nname = "mistakes-{name}"\nversion = "0.0.0"\nedition = "2024"\npublish = false\n'
        manifest += f"\n[dependencies]\n{PACKAGES[name]}\n{DEPENDENCIES.strip()}\n"
        folder = PROJECT / name / "src/bin"
        folder.mkdir(parents=True)
        (PROJECT / name / "Cargo.toml").write_text(manifest)
        for program in programs:
            if program.package == name:
                (folder / f"{program.name}.rs").write_text(program.code)
    return packages


def check(package):
    """Returns the messages of rustc for each program of a package."""
    command = [CARGO, "check", "--offline", "--keep-going", "--message-format=json", "-p", f"mistakes-{package}"]
    # Every program is compiled once, so incremental caches would only take space.
    env = os.environ | {"CARGO_TARGET_DIR": str(ROOT / "target"), "CARGO_INCREMENTAL": "0"}
    run = subprocess.run(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    messages = {}
    for each in map(json.loads, run.stdout.splitlines()):
        if each["reason"] == "compiler-artifact" and f"/{package}/" in each["manifest_path"]:
            messages.setdefault(each["target"]["name"], [])
        # The last error of a program, "aborting due to ..", has no place.
        if each["reason"] == "compiler-message" and each["message"]["spans"]:
            messages.setdefault(each["target"]["name"], []).append(each["message"])
    return messages, run.stderr


def score(programs):
    """Compiles the programs and returns their scores."""
    scores = []
    for package in make_project(programs):
        messages, log = check(package)
        for program in programs:
            if program.package != package:
                continue
            if program.name not in messages:
                sys.exit(f"{log}\n{program.name}: it was not compiled")
            scores.append(Score(program, messages[program.name]))
    return sorted(scores, key=lambda each: each.program.name)


def print_scores(scores, show):
    columns = ("caught", "line", "thing", "way")
    width = max(len(each.program.name) for each in scores)
    print(f"{'':{width}}  caught  line  thing  way  errors  lines")
    for each in scores:
        caught, *rest = ("yes" if getattr(each, column) else "-" for column in columns)
        row = f"{caught:>6}  {rest[0]:>4}  {rest[1]:>5}  {rest[2]:>3}  {each.errors:6}  {each.length:5}"
        print(f"{each.program.name:{width}}  {row}")
        if show:
            print("\n".join(message["rendered"].rstrip() + "\n" for message in each.messages))
    percent = [100 * sum(getattr(each, column) for each in scores) / len(scores) for column in columns]
    print("\n" + ", ".join(f"{column} {number:.0f} %" for column, number in zip(columns, percent)))
    warned = sum(all(message["level"] == "warning" for message in each.messages) for each in scores if each.messages)
    accepted = sum(each.accepted for each in scores)
    print(f"{warned} caught by a warning only, {accepted} that compile and may")
    stopped = [each for each in scores if each.errors]
    if stopped:
        errors = statistics.median(each.errors for each in stopped)
        lines = statistics.median(each.length for each in stopped)
        one = sum(each.errors == 1 for each in stopped)
        print(f"median of {errors:g} errors and {lines:g} lines, {one} of {len(stopped)} with exactly one")
    for each in scores:
        if each.generated:
            print(f"generated names in {each.program.name}: {', '.join(each.generated)}")


def code(words):
    """Returns words as inline code in a table of Markdown."""
    words = words.replace("|", "\\|")
    return f"`` {words} ``" if "`" in words else f"`{words}`"


def print_table(scores):
    """Prints the table of the page, with the scores in the last column."""
    for each in scores:
        program = each.program
        way = " or ".join(map(code, program.ways))
        thing = " or ".join(map(code, program.things))
        print(f"| {program.name[:2]} | {program.mistake} | {thing} | {way} | {summary(each)} |")


def summary(each):
    """Returns the score of a program in a few words."""
    if each.accepted:
        return "compiles"
    if not each.caught:
        return "not caught"
    missing = [column for column in ("line", "thing", "way") if not getattr(each, column)]
    result = "no " + ", ".join(missing) if missing else "good"
    return f"{result}; {each.errors} / {each.length}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--min", type=float, metavar="N", help="the least percentage of good messages")
    parser.add_argument("--table", action="store_true", help="print the table of the page")
    parser.add_argument("--show", action="store_true", help="print the messages, too")
    parser.add_argument("names", nargs="*", metavar="NAME", help="parts of the names of programs")
    args = parser.parse_args()
    programs = [Program(path) for path in sorted(PROGRAMS.glob("*.rs"))]
    programs = [each for each in programs if not args.names or any(name in each.name for name in args.names)]
    if not programs:
        sys.exit("no program has such a name")
    scores = score(programs)
    if args.table:
        return print_table(scores)
    print_scores(scores, args.show)
    good = 100 * sum(each.good() for each in scores) / len(scores)
    print(f"line, thing and way together: {good:.0f} %")
    if args.min is not None and good < args.min:
        sys.exit(f"fewer than {args.min:g} % of the messages have the line, the thing and the way out")


if __name__ == "__main__":
    main()
