#!/usr/bin/env python3
"""Measures the compile time of routes in Highball and axum, and of the handlers alone.

    benches/compile-time/measure.py [--routes 10,200,1000] [--runs 3] [--release]
    benches/compile-time/measure.py --clean --apps highball,axum

Every app is a separate crate: N handlers in groups of ten, each with one path parameter and
the app state or a JSON body. The dependencies are built first. The result is the CPU time (user
and system) of compiling the crate alone after a `touch`, as the median of the runs. With `--clean`
it is the first build of an app with ten routes, including the dependencies.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import apps

ROOT = Path(__file__).resolve().parents[2]


def main():
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="compile-time-") as folder:
        folder = Path(args.keep or folder)
        if args.clean:
            return measure_clean(folder, args)
        rows = measure_all(folder, args)
    print_table(rows, args)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--routes", default="10,200,1000", type=numbers)
    parser.add_argument("--runs", default=3, type=int)
    parser.add_argument("--release", action="store_true", help="measure release builds, too")
    parser.add_argument("--clean", action="store_true", help="measure first builds instead")
    parser.add_argument("--apps", default="handlers,highball,axum", type=lambda text: text.split(","))
    parser.add_argument("--keep", help="generate the crates here, and keep them")
    return parser.parse_args()


def numbers(text):
    return [int(piece) for piece in text.split(",")]


def commands(args):
    """Returns the commands that are measured, by their names in the table."""
    check = {"check": ["check"]}
    return check | ({"release": ["build", "--release"]} if args.release else {})


def measure_all(folder, args):
    rows = {}
    for app in args.apps:
        for n_routes in args.routes:
            crate = apps.write(folder, ROOT, app, n_routes)
            for word, command in commands(args).items():
                seconds = measure(folder, crate, command, args.runs)
                rows[app, n_routes, word] = seconds
                print(f"{app} {n_routes} {word}: {seconds:.2f} s", file=sys.stderr)
    return rows


def measure_clean(folder, args):
    """Prints the CPU seconds of first builds, and the number of crates."""
    print("| | crates | `cargo build` | `cargo build --release` |\n|---|---|---|---|")
    for app in args.apps:
        crate = apps.write(folder, ROOT, app, apps.GROUP)
        seconds = []
        for word, command in (("debug", ["build"]), ("release", ["build", "--release"])):
            before = cpu_seconds()
            run(folder / app / word, crate, command)
            seconds.append(cpu_seconds() - before)
        print(f"| {app} | {count_crates(crate)} |", " | ".join(f"{s:.1f} s" for s in seconds), "|")


def count_crates(crate):
    command = ["cargo", "tree", "-e", "normal", "--prefix", "none", "--no-dedupe"]
    command += ["--manifest-path", str(crate / "Cargo.toml")]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return len({line.removesuffix(" (*)") for line in lines.splitlines()})


def measure(folder, crate, command, runs):
    """Returns the median of the CPU seconds for the crate alone."""
    run(folder, crate, command)
    times = []
    for _ in range(runs):
        os.utime(crate / "src/main.rs")
        before = cpu_seconds()
        run(folder, crate, command)
        times.append(cpu_seconds() - before)
    return statistics.median(times)


def run(folder, crate, command):
    environment = os.environ | {
        "CARGO_TARGET_DIR": str(folder / "target"),
        # With incremental compilation, only the first run would compile everything.
        "CARGO_INCREMENTAL": "0",
    }
    command = ["cargo", *command, "--quiet", "--manifest-path", str(crate / "Cargo.toml")]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def print_table(rows, args):
    words = list(commands(args))
    print("CPU seconds of the leaf crate:", " / ".join(f"`{word}`" for word in words), "\n")
    print("| |", " | ".join(f"{n} routes" for n in args.routes), "|")
    print("|---|", "---|" * len(args.routes), sep="")
    for app in args.apps:
        cells = [" / ".join(f"{rows[app, n, word]:.2f}" for word in words) for n in args.routes]
        print(f"| {app} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
