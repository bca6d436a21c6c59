#!/usr/bin/env python3
"""Checks that the documentation of every public item has an example that names the item.

Run it after `cargo doc --workspace --no-deps` with every feature, as in `.ci/run`. It reads the HTML in `target/doc`, or
in the folder that is given as an argument. It checks the library of each package that `cargo metadata` lists as
publishable, in all of its public modules. A library of macros is checked where other packages re-export it.

An example is a block of Rust code that is compiled, anywhere on the item's page: `no_run` and `compile_fail` count,
`ignore` and blocks in another language do not. Hidden lines do not count, since a reader does not see them. Items of
packages outside the workspace, which rustdoc shows where they are re-exported, are not checked.

Prints the items without an example, by crate, and exits with 1 if there are any.
"""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Elements that have no end tag.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}

# How an example names an item of this kind; `{}` is the name.
NAMED = {
    "attr": r"#!?\[\s*(?:\w+::)*{}\b",
    "derive": r"\bderive\([^)]*\b{}\b",
    "macro": r"\b{}!",
}
NAMED_OTHERWISE = r"\b{}\b"


class Tree(HTMLParser):
    """Reads a page with the classes of the elements that are open."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        classes = (attrs.get("class") or "").split()
        self.begin(tag, attrs, classes)
        if tag not in VOID:
            self.open.append((tag, classes))

    def handle_endtag(self, tag):
        while self.open:
            closed, classes = self.open.pop()
            self.end(closed, classes)
            if closed == tag:
                return

    def begin(self, tag, attrs, classes):
        pass

    def end(self, tag, classes):
        pass


class Items(Tree):
    """The list of all items of a crate, `all.html`: their addresses."""

    def __init__(self):
        super().__init__()
        self.links = []

    def begin(self, tag, attrs, classes):
        is_item = any("all-items" in classes for _, classes in self.open)
        if tag == "a" and is_item:
            self.links.append(attrs["href"])


class Page(Tree):
    """The page of an item: where its source is, and its examples."""

    def __init__(self):
        super().__init__()
        self.source = None
        self.examples = []
        self.code = None

    def begin(self, tag, attrs, classes):
        if tag == "a" and "src" in classes and self.source is None:
            self.source = attrs["href"]
        is_ignored = any("ignore" in classes for _, classes in self.open)
        if tag == "pre" and "rust-example-rendered" in classes and not is_ignored:
            self.code = []

    def handle_data(self, data):
        if self.code is not None:
            self.code.append(data)

    def end(self, tag, classes):
        if tag == "pre" and self.code is not None:
            self.examples.append("".join(self.code))
            self.code = None


def read(parser, path):
    parser.feed(path.read_text(encoding="utf-8"))
    parser.close()
    return parser


def packages():
    """Returns the crates with documentation, and those of them that are published libraries."""
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    own, published = set(), []
    for package in json.loads(output)["packages"]:
        for target in package["targets"]:
            crate = target["name"].replace("-", "_")
            own.add(crate)
            # An empty list is `publish = false`.
            if package["publish"] != [] and "lib" in target["kind"]:
                published.append(crate)
    return own, sorted(published)


def source_of(page, own):
    """Returns the source file and line of an item, or None if it is not of the workspace."""
    match = re.fullmatch(r"(?:\.\./)+src/((\w+)/.*)", page.source or "")
    return match.group(1) if match and match.group(2) in own else None


def has_example(page, kind, name):
    pattern = NAMED.get(kind, NAMED_OTHERWISE).format(re.escape(name))
    return any(re.search(pattern, code) for code in page.examples)


def check(doc, crate, own):
    """Returns the number of items in a crate, and those without an example, as kinds and paths."""
    folder = doc / crate
    # An item may have several pages, one for each module that re-exports it; the shortest path comes first.
    paths, shown = {}, set()
    for link in sorted(read(Items(), folder / "all.html").links, key=lambda link: (link.count("/"), link)):
        page = read(Page(), folder / link)
        source = source_of(page, own)
        if source is None:
            continue
        *modules, file = link.split("/")
        kind, name, _ = file.split(".")
        item = (kind, name, source)
        paths.setdefault(item, "::".join([crate, *modules, name]))
        if has_example(page, kind, name):
            shown.add(item)
    missing = [(kind, path) for (kind, name, source), path in paths.items() if (kind, name, source) not in shown]
    return len(paths), sorted(missing)


def main():
    doc = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "doc"
    own, published = packages()
    n_missing = 0
    for crate in published:
        if not (doc / crate / "all.html").exists():
            sys.exit(f"{doc / crate} has no all.html: run `cargo doc` first, as in `.ci/run`")
        n_items, missing = check(doc, crate, own)
        n_missing += len(missing)
        print(f"{crate}: {n_items} public items, {len(missing)} without an example that names them")
        for kind, path in missing:
            print(f"  {kind:<7} {path}")
    sys.exit(1 if n_missing else 0)


if __name__ == "__main__":
    main()
