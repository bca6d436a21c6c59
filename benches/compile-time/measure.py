#!/usr/bin/env python3
"""Measures the compile time and the memory of routes in Highball and axum, and of the handlers alone.

    benches/compile-time/measure.py [--routes 10,200,1000] [--runs 3]
    benches/compile-time/measure.py --kinds all --shapes grouped,flat --builds check,first,edited
    benches/compile-time/measure.py --kinds shop --routes 10,100,1000,10000 --builds check,release --runs 1
    benches/compile-time/measure.py --clean --apps highball,axum

Every app is a separate crate with N handlers of one kind: `common` has one path parameter and the app state or a JSON
body, `shop` the mix of `examples/shop`, and `kinds.py` contains the others. They are in groups of ten, or in one group
if the shape is `flat`. The dependencies are built first. The result is the CPU time (user and system) of compiling the
crate alone and the largest memory of a process, as the medians of the runs. The runs of all crates alternate, because
the speed of a machine changes.

| Build | Command | What has changed |
|---|---|---|
| check | `cargo check`, without incremental state | the time of the file |
| release | `cargo build --release` | the time of the file |
| first | `cargo check` that writes incremental state | there is no such state yet |
| edited | `cargo check` with incremental state | the body of one handler |

With `--clean` it measures the first build of an app with ten routes, including the dependencies.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import apps
from kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]
CARGO = os.environ.get("CARGO", "cargo")
BUILDS = ("check", "release", "first", "edited")


@dataclass
class Crate:
    """A crate in one kind of build, and what its runs took."""

    app: str
    kind: str
    shape: str
    n_routes: int
    build: str
    folder: Path
    seconds: list = field(default_factory=list)
    mebibytes: list = field(default_factory=list)

    def row(self):
        return self.app, self.kind, self.shape


def main():
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="compile-time-") as folder:
        folder = Path(args.keep or folder).resolve()
        if args.clean:
            return measure_clean(folder, args)
        crates = [Crate(*each, write(folder, *each[:4])) for each in selected(args)]
        measure(folder, crates, args.runs)
    for build in args.builds:
        print_table(build, [crate for crate in crates if crate.build == build], args.routes)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--routes", default="10,200,1000", type=numbers)
    parser.add_argument("--runs", default=3, type=int)
    parser.add_argument("--apps", default="handlers,highball,axum", type=names(apps.HEAD))
    parser.add_argument("--kinds", default="common", type=names(KINDS), help="all, or some of: " + ", ".join(KINDS))
    parser.add_argument("--shapes", default="grouped", type=names(apps.SHAPES), help="grouped, flat")
    parser.add_argument("--builds", default="check", type=names(BUILDS), help=", ".join(BUILDS))
    parser.add_argument("--clean", action="store_true", help="measure first builds with the dependencies instead")
    parser.add_argument("--keep", help="generate the crates here, and keep them")
    return parser.parse_args()


def numbers(text):
    return [int(piece) for piece in text.split(",")]


def names(known):
    """Returns a parser of a list of these names, or of `all`."""

    def parse(text):
        found = list(known) if text == "all" else text.split(",")
        if unknown := [name for name in found if name not in known]:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
        return found

    return parse


def selected(args):
    """Returns the app, the kind, the shape, the number of routes and the build of each crate."""
    return [
        (app, kind, shape, n_routes, build)
        for build in args.builds
        for kind in args.kinds
        for shape in args.shapes
        for app in args.apps
        for n_routes in args.routes
        if apps.is_supported(app, kind)
    ]


def write(folder, app, kind, shape, n_routes):
    return apps.write(folder, ROOT, app, kind, shape, n_routes)


def measure(folder, crates, runs):
    """Builds the dependencies and the crates once, and then measures each crate in turn."""
    for crate in crates:
        prepare(crate, 0)
        run(folder, crate)
    for n in range(1, runs + 1):
        for crate in crates:
            prepare(crate, n)
            if crate.build == "first":
                forget(folder, crate)
            seconds, mebibytes = run(folder, crate)
            crate.seconds.append(seconds)
            crate.mebibytes.append(mebibytes)
            words = " ".join([*crate.row(), str(crate.n_routes), crate.build])
            print(f"{n}/{runs} {words}: {seconds:.2f} s, {mebibytes:.0f} MiB", file=sys.stderr)


def prepare(crate, n):
    """Changes the program so that cargo compiles it again. Only `edited` has another body each time."""
    source = apps.source(crate.app, crate.kind, crate.shape, crate.n_routes)
    apps.edit(crate.folder, source, n if crate.build == "edited" else 0)


def is_incremental(build):
    return build in ("first", "edited")


def target(folder, build):
    # One folder for both would compile the dependencies again after each change of the setting.
    return folder / ("target-incremental" if is_incremental(build) else "target")


def forget(folder, crate):
    """Deletes the incremental state of a crate."""
    name = crate.folder.name.replace("-", "_")
    for state in (target(folder, crate.build) / "debug/incremental").glob(f"{name}-*"):
        shutil.rmtree(state)


def run(folder, crate):
    command = ["build", "--release"] if crate.build == "release" else ["check"]
    return cargo(target(folder, crate.build), crate.folder, command, is_incremental(crate.build))


def cargo(target_folder, crate, command, incremental=False):
    """Returns the CPU seconds of cargo and its children, and the largest memory of one of them in MiB."""
    environment = os.environ | {
        "CARGO_TARGET_DIR": str(target_folder),
        "CARGO_INCREMENTAL": str(int(incremental)),
    }
    command = [CARGO, *command, "--quiet", "--manifest-path", str(crate / "Cargo.toml")]
    with tempfile.TemporaryFile("w+") as log:
        child = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        # Its usage includes that of the children for which it has waited, such as rustc.
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            log.seek(0)
            sys.exit(log.read())
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def print_table(build, crates, routes):
    """Prints a row for each app, kind and shape, and the milliseconds that one more route takes."""
    print(f"\n{build}: CPU seconds / MiB\n")
    print("| |", " | ".join(f"{n} routes" for n in routes), "| ms a route |")
    print("|---|" + "---|" * (len(routes) + 1))
    for row in dict.fromkeys(crate.row() for crate in crates):
        found = [crate for crate in crates if crate.row() == row]
        seconds = [statistics.median(crate.seconds) for crate in found]
        mebibytes = [statistics.median(crate.mebibytes) for crate in found]
        cells = [f"{time:.2f} / {memory:.0f}" for time, memory in zip(seconds, mebibytes)]
        cells.append(slope(routes, seconds))
        print(f"| {', '.join(row)} |", " | ".join(cells), "|")


def slope(routes, seconds):
    more = routes[-1] - routes[0]
    return f"{1000 * (seconds[-1] - seconds[0]) / more:.2f}" if more else ""


def measure_clean(folder, args):
    """Prints the CPU seconds of first builds, and the number of crates."""
    print("| | crates | `cargo build` | `cargo build --release` |\n|---|---|---|---|")
    for app in args.apps:
        crate = write(folder, app, "common", "grouped", apps.GROUP)
        debug, _ = cargo(folder / app / "debug", crate, ["build"])
        release, _ = cargo(folder / app / "release", crate, ["build", "--release"])
        print(f"| {app} | {count_crates(crate)} | {debug:.1f} s | {release:.1f} s |")


def count_crates(crate):
    command = [CARGO, "tree", "-e", "normal", "--prefix", "none", "--no-dedupe"]
    command += ["--manifest-path", str(crate / "Cargo.toml")]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return len({line.removesuffix(" (*)") for line in lines.splitlines()})


if __name__ == "__main__":
    main()
