#!/usr/bin/env python3
"""Checks the rust-version of each published package against those of its dependencies.

It fails if a package that is not `publish = false` has a normal or build dependency, resolved in Cargo.lock with all
features and for all targets, whose rust-version is higher than the package's. Development dependencies do not count:
no user builds them.

A feature may require a newer Rust than its package if the package declares it:

    [package.metadata.rust-version]
    yaml = "1.89"

The version then applies to the dependencies that only this feature brings. A declaration that is no longer needed is
an error too, so that it goes away when the dependency does.
"""

import json
import os
import subprocess
import sys

CARGO = os.environ.get("CARGO", "cargo")


def cargo(*args):
    command = [CARGO, *args, "--locked"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def version(text):
    """Returns "1.88" as (1, 88, 0)."""
    numbers = [int(number) for number in text.split(".")]
    return tuple(numbers + [0] * (3 - len(numbers)))


def dependencies(name, *features):
    """Returns the dependencies that a user of a package builds, as pairs of name and version.

    `cargo metadata` has one graph for the whole workspace, in which the features of one member hold for all.
    `cargo tree` resolves the package alone, as a user of it does.
    """
    lines = cargo(
        "tree", "--package", name, "--edges", "normal,build", "--target", "all",
        "--prefix", "none", "--format", "{p}", "--no-dedupe", *features,
    ).splitlines()
    # "serde v1.0.229 (proc-macro)"
    pairs = {(words[0], words[1].removeprefix("v")) for words in map(str.split, lines) if words}
    return {pair for pair in pairs if pair[0] != name}


def without(package, feature):
    """Returns the features of a package that do not enable `feature`, directly or through others."""
    features = package["features"]

    def enables(name):
        return name == feature or any(enables(each) for each in features.get(name, []))

    return [name for name in features if not enables(name)]


def newer(pairs, limit, rust_versions):
    """Returns a line for each package that requires a newer Rust than `limit`."""
    lines = []
    for name, number in sorted(pairs):
        required = rust_versions[name, number]
        if required and version(required) > version(limit):
            lines.append(f"{name} {number} requires {required}")
    return lines


def check(package, rust_versions):
    """Returns the mistakes of one package."""
    name, limit = package["name"], package["rust_version"]
    if not limit:
        return [f"{name} has no rust-version"]
    every = dependencies(name, "--all-features")
    mistakes, optional = [], set()
    declared = (package["metadata"] or {}).get("rust-version", {})
    for feature, feature_limit in declared.items():
        rest = ",".join(without(package, feature))
        brought = every - dependencies(name, "--no-default-features", "--features", rest)
        optional |= brought
        if not newer(brought, limit, rust_versions):
            mistakes.append(f"{name} declares {feature_limit} for its feature `{feature}`, but {limit} is enough")
        for line in newer(brought, feature_limit, rust_versions):
            mistakes.append(f"{name} declares {feature_limit} for its feature `{feature}`, but {line}")
    for line in newer(every - optional, limit, rust_versions):
        mistakes.append(f"{name} has rust-version {limit}, but {line}")
    return mistakes


def main():
    metadata = json.loads(cargo("metadata", "--format-version", "1", "--all-features"))
    rust_versions = {(each["name"], each["version"]): each["rust_version"] for each in metadata["packages"]}
    members = set(metadata["workspace_members"])
    # `publish` is an empty list for `publish = false`, and null if the manifest does not contain it.
    published = [each for each in metadata["packages"] if each["id"] in members and each["publish"] != []]
    mistakes = [mistake for package in published for mistake in check(package, rust_versions)]
    for mistake in mistakes:
        print(f"error: {mistake}", file=sys.stderr)
    if mistakes:
        sys.exit(1)
    for package in published:
        print(package["name"], package["rust_version"])


if __name__ == "__main__":
    main()
