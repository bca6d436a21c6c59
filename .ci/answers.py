#!/usr/bin/env python3
"""Compares the statuses that routes have answered in tests with those that the routes state.

The argument is the file that debug builds append to (`runtime/src/app/seen_answers.rs`). A status of a route whose
answers are known must be one that it states, and the ones that no test has seen are counted. The 500 of a panic and
the 404 and 405 of an app are not answers of a route.
"""

import collections
import sys

# Answers that any route may have: a panic, and a server that stops, is full or cannot send the response.
ALWAYS = {"500"}


def main():
    seen = collections.defaultdict(set)
    stated = {}
    known = {}
    for line in open(sys.argv[1], encoding="utf-8"):
        place, path, status, statuses, is_known = line.rstrip("\n").split("\t")
        route = (place, path)
        seen[route].add(status)
        stated[route] = set(statuses.split())
        known[route] = is_known == "true"
    wrong = []
    for route, statuses in sorted(seen.items()):
        if known[route]:
            wrong += [(route, status) for status in sorted(statuses - stated[route] - ALWAYS)]
    for (place, path), status in wrong:
        print(f"{place}: `{path}` answered {status}, which it does not state")
    unseen = sum(len(stated[route] - seen[route]) for route in seen)
    pairs = sum(len(statuses) for statuses in seen.values())
    unknown = sum(1 for route in seen if not known[route])
    print(
        f"{len(seen)} routes answered {pairs} statuses; {unknown} routes have unknown answers; "
        f"{unseen} statuses are stated and were not seen"
    )
    if "--unseen" in sys.argv:
        for (place, path), statuses in sorted(stated.items()):
            rest = sorted(statuses - seen[(place, path)])
            if rest:
                print(f"not seen: {place} `{path}`: {' '.join(rest)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
