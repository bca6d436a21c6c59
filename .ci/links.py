#!/usr/bin/env python3
"""Checks the Markdown of this repository: `.ci/links.py`, from anywhere, with no arguments.

Every relative link leads to a file, every anchor to a heading of that file, and every page below
`docs/` that contains Rust code is listed as a documentation test in `runtime/src`.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)[^)]*\)")
FENCE = re.compile(r"^```.*?^```[^\n]*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


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
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", prose(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: {target}: there is no such file"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            yield f"{page.relative_to(ROOT)}: {target}: there is no such heading"


def untested_pages(pages):
    """Yields a line for each page with Rust code that no documentation test includes."""
    tests = "".join(file.read_text() for file in (ROOT / "runtime/src").glob("*.rs"))
    for page in pages:
        name = page.relative_to(ROOT).as_posix()
        code = "\n```rust" in page.read_text(encoding="utf-8")
        if name.startswith("docs/") and code and name.removeprefix("docs/") not in tests:
            yield f"{name}: its code is not compiled; list the page in runtime/src"


def main():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    pages = [page for name in listed.stdout.split() if (page := ROOT / name).exists()]
    faults = [fault for page in pages for fault in broken_links(page)]
    faults += untested_pages(pages)
    print("\n".join(faults) or f"{len(pages)} pages: every link leads somewhere")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
