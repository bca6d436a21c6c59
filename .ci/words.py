#!/usr/bin/env python3
"""Checks the prose of this repository: `.ci/words.py`, from anywhere. With `--count` it prints only counts.

No expression of `.ci/words.txt` occurs in prose: in Markdown outside code, in comments of Rust, and in comments that begin
with `#` in code blocks, scripts, TOML files and the data of the tests. None occurs in the name of a test, or in a message
of a published package. No line of Markdown or with a comment has more than 120 characters, apart from tables and lines
with a link. Commits after `FIRST_COMMIT` have a short subject and a body.
"""

import collections
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_LINE = 120
MAX_SUBJECT = 72
FIRST_COMMIT = "16fa8b4"

# Lines that are exempt: the path, and what the line contains. Both are regular expressions.
ALLOWED = [
    # The list itself.
    (r"\.ci/words\.txt", r""),
]

# The parts of a Rust file, in the order in which they are tried. Only comments and messages are prose.
RUST = re.compile(
    r"""
    (?P<comment> //[^\n]* | /\*.*?\*/ )
    | (?P<string> b?c?r(?P<hashes>\#*)".*?"(?P=hashes) | b?c?"(?:[^"\\]|\\.)*" )
    | b?'(?:[^'\\]|\\[^u]|\\x..|\\u\{[^}]*\})'
    """,
    re.VERBOSE | re.DOTALL,
)
# The sources whose texts users read.
PUBLISHED = re.compile(r"(?:macros|macros/stages|runtime|extra/[^/]+)/src/(?!.*\btests\b)")
TESTS = re.compile(r"#\[cfg\(test\)\]\s*mod ")
TEST_NAME = re.compile(r"#\[(?:\w+::)?test\b[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:async\s+)?fn\s+(\w+)")
MARKER = re.compile(r"^\s*(?:///|//!|//|/\*+!?|\*/|\*)?")
FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*([\w,]*)")
INLINE_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
LINK_OR_URL = re.compile(r"\]\(|\]\[|^\s*(?://[/!]?)?\s*\[[^\]]*\]: |https?://")
TABLE = re.compile(r"^\s*(?://[/!])?\s*\|")


def rust_comments(text):
    """Returns the number and the text of each line that is a comment or ends with one, without the code before it."""
    lines = []
    line, end = 1, 0
    for match in RUST.finditer(text):
        line += text.count("\n", end, match.start())
        end = match.start()
        if match["comment"] is not None:
            lines.extend(enumerate(match["comment"].split("\n"), line))
    return lines


def hash_comments(text):
    """Returns the same for a file whose comments begin with `#`."""
    found = re.compile(r"(?:^|\s)#(?!\[|!)(.*)")
    numbered = ((number, found.search(line)) for number, line in enumerate(text.split("\n"), 1))
    return [(number, match[1]) for number, match in numbered if match]


def outside_fences(lines):
    """Drops the code blocks from numbered lines of Markdown, but not the comments in them."""
    fence, language = None, ""
    for number, line in lines:
        match = FENCE.match(line)
        if fence is None and match:
            fence, language = match[1], match[2]
        elif fence is not None:
            if line.strip().startswith(fence):
                fence = None
            elif language in ("sh", "bash", "toml", "yaml"):
                yield from ((number, text) for _, text in hash_comments(line))
            elif language != "text" and (language or not line.startswith("    ")):
                yield from ((number, MARKER.sub("", text)) for _, text in rust_comments(line))
        else:
            yield number, line


def prose(path, text):
    """Returns the numbered lines of prose in a file, and the numbers of the lines whose length counts."""
    if path.endswith(".md"):
        if path == "CHANGELOG.md":
            # Released versions stay as they are.
            text = "\n## ".join(text.split("\n## ")[:2])
        lines = list(outside_fences(enumerate(text.split("\n"), 1)))
        return lines, [number for number, _ in lines]
    if path.endswith(".rs"):
        comments = rust_comments(text)
        lines = outside_fences((number, MARKER.sub("", line)) for number, line in comments)
        return list(lines), [number for number, _ in comments]
    lines = hash_comments(text)
    return lines, [number for number, _ in lines]


def words(lines, pattern):
    """Yields the line and the text of each match. A match may continue on the next line."""
    text, starts, last = "", [], 0
    for number, line in lines:
        # A control character matches none of the expressions, so a match ends where the prose does.
        text += "\n" if number == last + 1 else "\n\x01\n"
        starts.append((len(text), number))
        text += line.strip()
        last = number
    # Code in a sentence is not prose. Its length is kept, and so are its ends of lines.
    text = INLINE_CODE.sub(lambda code: re.sub(r"[^\n]", "\x01", code[0]), text)
    idx = 0
    for match in pattern.finditer(text):
        while idx + 1 < len(starts) and starts[idx + 1][0] <= match.start():
            idx += 1
        yield starts[idx][1], " ".join(match[0].split())


def names_and_messages(path, text):
    """Yields the line and the text of each name of a test in a Rust file, and of each literal with several words."""
    for match in TEST_NAME.finditer(text):
        yield text.count("\n", 0, match.start(1)) + 1, match[1].replace("_", " ")
    if PUBLISHED.match(path):
        tests = TESTS.search(text)
        for match in RUST.finditer(text, 0, tests.start() if tests else len(text)):
            if match["string"] and " " in match["string"]:
                yield text.count("\n", 0, match.start()) + 1, match["string"]


def is_allowed(path, line):
    return any(re.fullmatch(each, path) and re.search(text, line) for each, text in ALLOWED)


def check_file(path, pattern):
    """Yields what is wrong with a file, as the number of the line, the word and the line."""
    text = (ROOT / path).read_text(encoding="utf-8")
    source = text.split("\n")
    lines, counted = prose(path, text)
    for number, word in words(lines, pattern):
        if not is_allowed(path, source[number - 1]):
            yield number, word, source[number - 1].strip()
    if path.endswith(".rs"):
        for number, part in names_and_messages(path, text):
            for match in [] if is_allowed(path, source[number - 1]) else pattern.finditer(part):
                yield number, " ".join(match[0].split()), source[number - 1].strip()
    for number in sorted(set(counted)):
        line = source[number - 1]
        if len(line) > MAX_LINE and not LINK_OR_URL.search(line) and not TABLE.match(line):
            yield number, f"{len(line)} characters", line.strip()


def git(*args):
    run = subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    return run.stdout if run.returncode == 0 else None


def check_commits():
    """Yields what is wrong with the commits since the first one that counts. A shallow clone may not have it."""
    if git("merge-base", "--is-ancestor", FIRST_COMMIT, "HEAD") is None:
        return
    log = git("log", "--no-merges", "--format=%h%x00%s%x00%b%x01", f"{FIRST_COMMIT}..HEAD")
    for commit in log.split("\x01")[:-1]:
        name, subject, body = commit.strip().split("\0")
        if len(subject) > MAX_SUBJECT:
            yield f"commit {name}: {len(subject)} characters: {subject}"
        if not body.strip():
            yield f"commit {name}: no body: {subject}"


def is_checked(path):
    if path.endswith((".md", ".rs", ".toml", ".py", ".sh")) or path.startswith(".ci/"):
        return True
    return path.startswith("tests/") and path.endswith(".txt")


def main():
    expressions = (ROOT / ".ci/words.txt").read_text(encoding="utf-8").split("\n")
    expressions = [line.replace(" ", r"\s+") for line in expressions if line and not line.startswith("#")]
    # Every expression begins at a word. Only these positions are tried, which takes a third of the time.
    pattern = re.compile(rf"\b(?=\w)(?:{'|'.join(expressions)})", re.IGNORECASE)
    count = "--count" in sys.argv[1:]
    found = collections.Counter()
    # New files count before they are committed.
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for path in sorted(path for path in set(listed) if is_checked(path) and (ROOT / path).is_file()):
        for number, word, line in check_file(path, pattern):
            found[path.split("/")[0] if "/" in path else path] += 1
            if not count:
                print(f"{path}:{number}: {word}: {line}")
    for wrong in check_commits():
        found["commits"] += 1
        if not count:
            print(wrong)
    if count:
        for folder, number in sorted(found.items()):
            print(f"{number:5} {folder}")
    if found:
        sys.exit(f"{found.total()} passages to reword; `.ci/words.txt` says why")


if __name__ == "__main__":
    main()
