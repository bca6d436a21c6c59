#!/usr/bin/env python3
"""Compares load generators: `tests/topology/generators.py INSTANCE HIGHBALL_LOAD`, with two release builds.

Each generator has one thread, if it has an option for that. It first sends as fast as it can over 64 connections, and
then 1,000 requests a second while the server is stopped for one second of five. Without coordinated omission, a fifth
of those requests waits, and the 90th percentile is 500 ms. Generators that are not installed are left out. WRK, HEY,
H2LOAD, AB, AUTOCANNON, K6 and OHA can name their programs, and ROUNDS the number of rounds.
"""

import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

SECONDS = 5
ROUNDS = int(os.environ.get("ROUNDS", "3"))
RATE = 1000
CONNECTIONS = 64
PORT = 8099
URL = f"http://127.0.0.1:{PORT}/ping"
K6 = """
import http from 'k6/http';
const rate = Number(__ENV.RATE);
const shape = rate
  ? { executor: 'constant-arrival-rate', rate, timeUnit: '1s', preAllocatedVUs: 64, maxVUs: 64 }
  : { executor: 'constant-vus', vus: 64 };
export const options = {
  discardResponseBodies: true,
  scenarios: { all: { duration: '%ds', ...shape } },
  summaryTrendStats: ['p(90)'],
};
export default () => { http.get('%s'); };
export function handleSummary(data) { return { stdout: JSON.stringify(data.metrics) }; }
""" % (SECONDS, URL)


def number(pattern, text):
    found = re.search(pattern, text)
    return float(found[1]) if found else float("nan")


def value(read, text):
    """Returns a number of a report, or not a number if a generator was too slow to write one."""
    try:
        return read(text)
    except (KeyError, ValueError):
        return float("nan")


def milliseconds(pattern, text):
    """Returns a time with a unit, in milliseconds."""
    found = re.search(pattern + r"\s*([\d.]+)\s*(us|ms|s)?", text)
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000, None: 1000}[found[2]] if found else float("nan")


def own_p90(text):
    """Returns the 90th percentile of a report of highball-load, in milliseconds."""
    buckets = sorted(json.loads(text)["targets"][0]["record"]["latency"]["buckets"])
    left = 0.9 * sum(count for _, count in buckets)
    for value, count in buckets:
        left -= count
        if left <= 0:
            return value / 1e6
    return float("nan")


def own_count(text):
    return sum(json.loads(text)["targets"][0]["record"]["statuses"].values()) / SECONDS


def generators(own, script):
    """Yields the name, the commands for the highest and for a fixed rate, and how to read responses/s and p90."""
    basic = ["-q", "-c", str(CONNECTIONS), "-d", f"{SECONDS}s", "--json", "-"]
    yield "highball-load", [own, *basic, URL], None, own_count, own_p90
    yield (
        "highball-load --rate",
        [own, *basic, "-r", "1000000", "--timeout", "100ms", URL],
        [own, *basic, "-r", str(RATE), URL],
        own_count,
        own_p90,
    )
    each = RATE / CONNECTIONS
    name = os.environ.get
    wrk = [name("WRK", "wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", URL]
    wrk_rate = lambda text: number(r"Requests/sec:\s+([\d.]+)", text)
    yield "wrk", wrk, wrk, wrk_rate, lambda text: milliseconds(r"90%", text)
    hey = [name("HEY", "hey"), "-z", f"{SECONDS}s", "-c", str(CONNECTIONS), "-cpus", "1"]
    yield (
        "hey", [*hey, URL], [*hey, "-q", str(round(each)), URL],
        lambda text: number(r"Requests/sec:\s+([\d.]+)", text), lambda text: milliseconds(r"90%+ in", text),
    )
    ab = [name("AB", "ab"), "-k", "-q", "-c", str(CONNECTIONS), "-t", str(SECONDS), "-n", "10000000", URL]
    ab_rate = lambda text: number(r"Requests per second:\s+([\d.]+)", text)
    yield "ab", ab, ab, ab_rate, lambda text: number(r"90%\s+(\d+)", text)
    h2load = [name("H2LOAD", "h2load"), "--h1", "-t1", f"-c{CONNECTIONS}", f"-D{SECONDS}", URL]
    yield "h2load --h1", h2load, None, lambda text: number(r"finished in .*?, ([\d.]+) req/s", text), None
    cannon = [name("AUTOCANNON", "autocannon"), "-c", str(CONNECTIONS), "-d", str(SECONDS), "--json", "-n"]
    yield (
        "autocannon", [*cannon, URL], [*cannon, "-R", str(RATE), URL],
        lambda text: json.loads(text)["requests"]["average"], lambda text: json.loads(text)["latency"]["p90"],
    )
    k6 = [name("K6", "k6"), "run", "--quiet", "--no-usage-report", script]
    yield (
        "k6", ["env", "RATE=0", *k6], ["env", f"RATE={RATE}", *k6],
        lambda text: json.loads(text)["http_reqs"]["values"]["rate"],
        lambda text: json.loads(text)["http_req_duration"]["values"]["p(90)"],
    )
    oha = [name("OHA", "oha"), "-c", str(CONNECTIONS), "-z", f"{SECONDS}s", "--no-tui", "--output-format", "json"]
    yield (
        "oha", [*oha, URL], [*oha, "-q", str(RATE), "--latency-correction", URL],
        lambda text: json.loads(text)["summary"]["requestsPerSec"],
        lambda text: json.loads(text)["latencyPercentiles"]["p90"] * 1000,
    )


def run(command, server=None):
    """Runs a generator. Returns its output and its CPU time. The server stops for a second."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        if server:
            time.sleep(2)
            server.send_signal(signal.SIGSTOP)
            time.sleep(1)
            server.send_signal(signal.SIGCONT)
        limit = threading.Timer(SECONDS + 20, child.kill)
        limit.start()
        _, _, used = os.wait4(child.pid, 0)
        limit.cancel()
        child.returncode = 0
        output.seek(0)
        return output.read().decode(errors="replace"), used.ru_utime + used.ru_stime


def is_installed(command):
    program = command[2] if command[0] == "env" else command[0]
    return shutil.which(program)


def main():
    instance, own = sys.argv[1:]
    with tempfile.NamedTemporaryFile("w", suffix=".js") as script:
        script.write(K6)
        script.flush()
        all_of_them = [each for each in generators(own, script.name) if is_installed(each[1])]
        settings = {**os.environ, "HOST": "127.0.0.1", "PORT": str(PORT)}
        server = subprocess.Popen([instance], env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            rates, costs = {}, {}
            for _ in range(ROUNDS):
                for name, fast, _, rate, _ in all_of_them:
                    text, cpu = run(fast)
                    answered = value(rate, text)
                    rates.setdefault(name, []).append(answered)
                    costs.setdefault(name, []).append(cpu / (answered * SECONDS) * 1e6)
            print("| | responses/s | CPU time of each, µs | p90 with a stop of 1 s, ms |\n|---|---|---|---|")
            for name, _, fixed, _, p90 in all_of_them:
                stalled = f"{value(p90, run(fixed, server)[0]):.0f}" if fixed and p90 else "-"
                low, high = min(rates[name]), max(rates[name])
                cost = statistics.median(costs[name])
                print(f"| {name} | {low:,.0f} to {high:,.0f} | {cost:.1f} | {stalled} |", flush=True)
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
