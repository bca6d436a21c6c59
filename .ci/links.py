#!/usr/bin/env python3
"""Checks the Markdown of this repository: `.ci/links.py`, from anywhere, with no arguments.

Every link to a file of this repository leads to one, relative or by its address on GitHub, and every anchor to a heading
of that file. Every page below a folder `docs/` that contains Rust code is listed in a test that compiles the code.
Every path in inline code that begins with the folder of a package exists, and so do the files, folders and functions
that ARCHITECTURE.md names.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# `[text](target)`, and the definition `[text]: target` on a separate line.
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)[^)]*\)|^\[[^\]]+\]: +(\S+)", re.MULTILINE)
# rustdoc shows some pages in which a relative link would lead nowhere. They link to this address.
REPOSITORY = "https://github.com/highball-rs/highball/blob/main/"
FENCE = re.compile(r"^```.*?^```[^\n]*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
SOURCE = re.compile(r"[\w.][\w./-]*(\.rs|/)")
FROM_ROOT = re.compile(r"(benches|docs|examples|extra|load|macros|runtime)/[\w./-]+")

# Files that list the pages whose code they test. The pages of the second one do not contain programs but quotes of
# `examples/tutorial` and `tests/journal`, so they cannot be documentation tests: a test of `examples/tutorial` finds
# each block in their files.
PAGE_TESTS = [
    "runtime/src/doctests.rs",
    "examples/tutorial/tests/steps/main.rs",
    "extra/alerts/src/doctests.rs",
    "extra/cache/src/doctests.rs",
    "extra/db/src/doctests.rs",
    "extra/jobs-amqp/src/doctests.rs",
    "extra/metrics/src/doctests.rs",
    "extra/recovery/src/doctests.rs",
    "extra/object-pool/src/doctests.rs",
    "extra/openapi/src/doctests.rs",
    "extra/profile/src/doctests.rs",
    "extra/session/src/doctests.rs",
]


def prose(page):
    """Returns the text of a page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page):
    """Returns the anchors of a page's headings, as GitHub derives them."""
    found = {}
    for heading in HEADING.findall(prose(page)):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        count = found.get(anchor, 0)
        found[anchor] = count + 1
        if count:
            found[f"{anchor}-{count}"] = 1
    return found.keys()


def broken_links(page):
    """Yields a line for each link of a page that leads nowhere."""
    # Links in inline code are examples, not links.
    for groups in LINK.findall(re.sub(r"`[^`\n]*`", "", prose(page))):
        target = "".join(groups)
        folder, local = page.parent, target
        if target.startswith(REPOSITORY):
            folder, local = ROOT, target.removeprefix(REPOSITORY)
        elif re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = local.partition("#")
        file = (folder / path).resolve() if path else page
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: {target}: there is no such file"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            yield f"{page.relative_to(ROOT)}: {target}: there is no such heading"


def untested_pages(pages):
    """Yields a line for each page with Rust code that no test compiles."""
    tests = "".join((ROOT / name).read_text(encoding="utf-8") for name in PAGE_TESTS)
    for page in pages:
        name = page.relative_to(ROOT).as_posix()
        code = "\n```rust" in page.read_text(encoding="utf-8")
        if "docs/" in name and code and f'{name}"' not in tests:
            yield f"{name}: its code is not compiled; list the page in {PAGE_TESTS[0]}"


def missing_paths(page):
    """Yields a line for each path from the root of the repository, in inline code, that does not exist."""
    for code in CODE.findall(prose(page)):
        if FROM_ROOT.fullmatch(code) and not (ROOT / code).exists():
            yield f"{page.relative_to(ROOT)}: {code}: there is no such file or folder"


def missing_sources(page):
    """Yields a line for each source file, folder and function that a page names and that does not exist.

    A path is relative to the repository, to `runtime/src/`, or to the package that the heading names. The rows of the
    tables with a column `Function` name the files of their functions.
    """
    name = page.relative_to(ROOT)
    for section in re.split(r"^(?=##)", prose(page), flags=re.MULTILINE):
        folders = [ROOT, ROOT / "runtime/src"]
        for code in CODE.findall(section.split("\n")[0]):
            folders += [ROOT / code, ROOT / code / "src"]
        for code in CODE.findall(section):
            if SOURCE.fullmatch(code) and not any((folder / code).exists() for folder in folders):
                yield f"{name}: {code}: there is no such file or folder"
        if "| File | Function |" not in section:
            continue
        for row in re.findall(r"^\|.*\|$", section, re.MULTILINE):
            files, functions = (CODE.findall(cell) for cell in row.split("|")[-3:-1])
            found = [folder / file for file in files for folder in folders if (folder / file).is_file()]
            texts = [file.read_text(encoding="utf-8") for file in found]
            for function in functions:
                if not any(defines(text, function) for text in texts):
                    yield f"{name}: {function}: it is in none of these files: {', '.join(files)}"


def defines(text, function):
    """Returns whether a source file defines a function, or a method that is written as `Type::method`."""
    owner, _, name = function.rpartition("::")
    if owner and not re.search(rf"^(impl|.*\btrait)\b.*\b{owner}\b", text, re.MULTILINE):
        return False
    return bool(re.search(rf"\bfn {name}\b", text))


def main():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    pages = [page for name in listed.stdout.split() if (page := ROOT / name).exists()]
    faults = [fault for page in pages for fault in broken_links(page)]
    faults += untested_pages(pages)
    faults += [fault for page in pages for fault in missing_paths(page)]
    faults += missing_sources(ROOT / "ARCHITECTURE.md")
    print("\n".join(faults) or f"{len(pages)} pages: every link leads somewhere, and every source exists")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
