"""How `kb serve` bears a load: `python -m tests.bench.load FOLDER` prints Markdown tables of a built knowledge base's server.

FOLDER is made by `python -m tests.bench.generate FOLDER --articles 1000` and `kb --dir FOLDER build`. The clients are wrk's
(Debian's package `wrk`), which asks the next as soon as it has the answer; the two servers take turns on the same store.
Processor time of the servers is given beside the clock's, as other work may share the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urljoin

from kb.home import Home
from kb.store import open_store

RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_LINKED = re.compile(r'(?:<script src|<link rel="stylesheet" href)="([^"]+)"')
_SCRIPT = """
local paths = {}
for line in io.lines(os.getenv("LOAD_PATHS")) do paths[#paths + 1] = line end
local unique, once, n = os.getenv("LOAD_UNIQUE") == "1", os.getenv("LOAD_ONCE") == "1", 0
function init() math.randomseed(tonumber(os.getenv("LOAD_SEED"))) end
function request()
  n = n + 1
  local path = paths[once and (n - 1) % #paths + 1 or math.random(#paths)]
  if unique then path = path .. "%20%23" .. os.getenv("LOAD_SEED") .. "x" .. n end
  return wrk.format("GET", path, {["Accept"] = os.getenv("LOAD_ACCEPT"), ["Accept-Encoding"] = os.getenv("LOAD_CODING")})
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\\nFIGURES {"requests": %d, "seconds": %.3f, "p50": %.3f, "p95": %.3f, "p99": %.3f, "errors": %d}\\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass
class Server:
    """A running server: its process and where it answers queries."""

    name: str
    process: subprocess.Popen
    root: str
    path: str

    def pids(self) -> list[int]:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, found)]

    def told(self, name: str) -> Iterator[str]:
        """Yield what the system tells of each process that is still there."""
        for pid in self.pids():
            with contextlib.suppress(OSError):
                yield Path(f"/proc/{pid}/{name}").read_text()

    def cpu(self) -> float:
        """Return the processor seconds of the server and its workers that live."""
        ticks = [text.rpartition(")")[2].split()[11:13] for text in self.told("stat")]
        return sum(int(one) for pair in ticks for one in pair) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[int, int]:
        """Return MiB of memory: the server's own, and all together, what is shared counted once."""
        kept = [int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1]) >> 10 for text in self.told("smaps_rollup")]
        return kept[0], sum(kept)


@contextmanager
def running(name: str, command: Sequence[str], root: str, path: str) -> Iterator[Server]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while status(f"{root}{path}?query=ASK%7B%7D") != 200:
            if time.monotonic() > end or process.poll() is not None:
                raise SystemExit(f"{name} does not answer")
            time.sleep(0.1)
        time.sleep(1)
        yield Server(name, process, root, path)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def status(address: str, timeout: float = 120) -> int:
    try:
        with urllib.request.urlopen(address, timeout=timeout) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as wrong:
        return wrong.code
    except OSError:
        return 0


def ours(folder: Path, port: int) -> Any:
    command = [sys.executable, "-c", "from kb.cli import main; main()", "--dir", str(folder), "serve", "--port", str(port), "--timeout", "30"]
    return running("kb serve", command, f"http://127.0.0.1:{port}", "/sparql")


def oxigraph(folder: Path, port: int) -> Any:
    beside = Path(sys.executable).with_name("oxigraph")
    command = [str(beside if beside.exists() else "oxigraph"), "serve-read-only", "--location", str(Home(folder).store.resolve()), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    return running("oxigraph serve-read-only", command, f"http://127.0.0.1:{port}", "/query")


class Load:
    """Clients that ask: `paths` are what they ask for."""

    def __init__(self, scratch: Path, clients: int, seconds: float) -> None:
        self.scratch, self.clients, self.seconds, self.runs = scratch, clients, seconds, 0
        (scratch / "load.lua").write_text(_SCRIPT, "utf-8")

    def run(self, server: Server, paths: Sequence[str], *, unique: bool = False, once: bool = False, accept: str = "application/sparql-results+json", coding: str = "identity") -> dict[str, float]:
        """Return requests, requests a second, milliseconds and processor µs a request. `unique` makes no two requests alike."""
        self.runs += 1
        (self.scratch / "paths").write_text("\n".join(paths) + "\n", "utf-8")
        environment = os.environ | {"LOAD_PATHS": str(self.scratch / "paths"), "LOAD_UNIQUE": str(int(unique)), "LOAD_ONCE": str(int(once)), "LOAD_SEED": str(self.runs),
                                    "LOAD_ACCEPT": accept, "LOAD_CODING": coding}  # fmt: skip
        command = ["wrk", "-t1", f"-c{self.clients}", f"-d{self.seconds:g}s", "--timeout", "60s", "-s", str(self.scratch / "load.lua"), server.root]
        before = server.cpu()
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        used = server.cpu() - before
        found = json.loads(re.search(r"FIGURES (.*)", done.stdout)[1])
        return found | {"rate": found["requests"] / found["seconds"], "cpu": used / max(1, found["requests"]) * 1e6}


def claims(folder: Path) -> list[str]:
    query = "SELECT DISTINCT ?c WHERE { ?c a <https://w3id.org/conflict-kb/ns/Claim> } ORDER BY ?c"
    return [row[0].value for row in open_store(Home(folder).store).query(query).rows]


def points(path: str, things: Sequence[str]) -> list[str]:
    """Return the addresses of point queries: all that is said of one claim, 25 to 40 rows."""
    return [f"{path}?query={quote(f'SELECT ?p ?o WHERE {{ <{thing}> ?p ?o }}', safe='')}" for thing in things]


def throughput(folder: Path, load: Load, rounds: int, port: int) -> Iterator[str]:
    """Yield the lines of a table: both servers in turn, the median of the rounds."""
    found: dict[str, list[dict[str, float]]] = {}
    things = claims(folder)
    with ours(folder, port) as here, oxigraph(folder, port + 1) as there:
        for _ in range(rounds):
            found.setdefault("oxigraph serve-read-only", []).append(load.run(there, points(there.path, things), unique=True))
            found.setdefault("kb serve, every query another", []).append(load.run(here, points(here.path, things), unique=True))
            found.setdefault("kb serve, 500 queries again and again", []).append(load.run(here, points(here.path, things[:500])))
    yield from rows(["point queries", "requests/s", "of oxigraph", "p50 ms", "p95 ms", "p99 ms", "CPU µs", "errors"])
    base = median(run["rate"] for run in found["oxigraph serve-read-only"])
    for name, runs in found.items():
        figures = {key: median(run[key] for run in runs) for key in runs[0]}
        yield row([name, f"{figures['rate']:,.0f}", f"{figures['rate'] / base:.0%}", *(f"{figures[key]:.1f}" for key in ("p50", "p95", "p99")), f"{figures['cpu']:.0f}", f"{figures['errors']:.0f}"])


def pages(folder: Path, load: Load, port: int) -> Iterator[str]:
    base = Home(folder)
    things = [f"/id/claim/{iri.rpartition('/id/claim/')[2]}.html" for iri in claims(folder)]
    kinds = {
        "claims, 200 of them": things[:: len(things) // 200],
        "articles, 50 of them": sorted({f"/id/article/{path.split('/')[3]}.html" for path in things})[:50],
        "entities, events, questions, 60 of them": [f"/{kind}" for kind in named(base)[:60]],
        "home, lists, timeline": ["/", "/articles.html", "/entities.html", "/questions.html", "/claims.html", "/timeline.html"],
        "claims, all 15,000 once each": things,
    }
    yield from rows(["pages", "requests", "requests/s", "p50 ms", "p95 ms", "p99 ms", "errors"])
    with ours(folder, port) as here:
        for name, paths in kinds.items():
            for again in (False, True):
                found = load.run(here, paths, once=not again, accept="text/html", coding="gzip")
                label = name + (", made before" if again else ", first")
                yield row([label, f"{found['requests']:,.0f}", f"{found['rate']:,.0f}", *(f"{found[key]:.1f}" for key in ("p50", "p95", "p99")), f"{found['errors']:.0f}"])
        yield ""
        own, all_ = here.memory()
        yield f"Memory after that: server {own} MiB, with workers {all_} MiB."


def named(home: Home) -> list[str]:
    query = """PREFIX kb: <https://w3id.org/conflict-kb/ns/>
SELECT DISTINCT ?thing WHERE { ?thing a ?class VALUES ?class { kb:Question kb:Event kb:Entity } } ORDER BY DESC(STR(?thing))"""
    return [f"id/{row[0].value.rpartition('/id/')[2]}.html" for row in open_store(home.store).query(query).rows]


def runaways(folder: Path, load: Load, rounds: int, port: int) -> Iterator[str]:
    things = claims(folder)
    calm, hurt, ends = [], [], []
    with ours(folder, port) as here:
        for number in range(rounds):
            calm.append(load.run(here, points(here.path, things), unique=True))
            with away(here, 20, number, ends):
                hurt.append(load.run(here, points(here.path, things), unique=True))
                own, all_ = here.memory()
    yield from rows(["point queries", "requests/s", "p50 ms", "p95 ms", "p99 ms", "errors"])
    for name, runs in (("alone", calm), ("beside 20 runaway queries", hurt)):
        figures = {key: median(run[key] for run in runs) for key in runs[0]}
        yield row([name, f"{figures['rate']:,.0f}", *(f"{figures[key]:.1f}" for key in ("p50", "p95", "p99")), f"{figures['errors']:.0f}"])
    times = [median(run[key] for run in hurt) / median(run[key] for run in calm) for key in ("p50", "p95")]
    yield ""
    yield f"p50 × {times[0]:.2f}, p95 × {times[1]:.2f}; the runaways got {', '.join(map(str, sorted(set(ends))))}; memory then: server {own} MiB, with workers {all_} MiB."


@contextmanager
def away(server: Server, many: int, number: int, ends: list[int]) -> Iterator[None]:
    """Keep `many` runaway queries going: one that is ended is asked anew."""
    stop = threading.Event()

    def run(one: int) -> None:
        asked = 0
        while not stop.is_set():
            asked += 1
            ends.append(status(f"{server.root}{server.path}?query={quote(f'{RUNAWAY} #{number}x{one}x{asked}')}"))
            time.sleep(0.5)

    threads = [threading.Thread(target=run, args=(one,), daemon=True) for one in range(many)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    yield
    stop.set()
    for thread in threads:
        thread.join(70)


def weights(folder: Path, port: int) -> Iterator[str]:
    """Yield the bytes that a first visit to each kind of page loads: the page and what it links, without and with gzip."""
    things = [f"/id/claim/{claims(folder)[0].rpartition('/id/claim/')[2]}.html", *(f"/{path}" for path in dict((one.split("/")[1], one) for one in named(Home(folder))).values())]
    paths = ["/", *things, f"/id/article/{things[0].split('/')[3]}.html", "/claims.html", "/questions.html", "/timeline.html", "/map.html", "/graph.html", "/queries.html", "/query/said-by.html", "/ns.html"]
    yield from rows(["page", "kB", "kB in gzip", "files"])
    with ours(folder, port) as here:
        for path in paths:
            body, packed = fetched(here.root + path)
            linked = [urljoin(here.root + path, name) for name in _LINKED.findall(body.decode())]
            sizes = [(len(body), packed), *((len(one), small) for one, small in map(fetched, linked))]
            yield row([path, f"{sum(one for one, _ in sizes) / 1000:.0f}", f"{sum(small for _, small in sizes) / 1000:.0f}", len(sizes)])


def fetched(address: str) -> tuple[bytes, int]:
    with urllib.request.urlopen(address, timeout=120) as answer:
        body = answer.read()
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Encoding": "gzip"}), timeout=120) as answer:
        return body, len(answer.read())


def rows(heads: list[str]) -> list[str]:
    return [row(heads), row(["---"] + ["---:"] * (len(heads) - 1))]


def row(cells: list[Any]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a knowledge base that is built")
    parser.add_argument("--only", nargs="+", choices=["throughput", "pages", "runaways", "weights"], default=["throughput", "pages", "runaways", "weights"])
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=18080)
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not here: apt-get install wrk")
    with tempfile.TemporaryDirectory() as scratch:
        load = Load(Path(scratch), given.clients, given.seconds)
        tables = {
            "throughput": lambda: throughput(given.folder, load, given.rounds, given.port), "pages": lambda: pages(given.folder, load, given.port),
            "runaways": lambda: runaways(given.folder, load, given.rounds, given.port), "weights": lambda: weights(given.folder, given.port),
        }  # fmt: skip
        for name in given.only:
            before = os.getloadavg()[0]
            for line in tables[name]():
                print(line, flush=True)
            print(f"\n({given.clients} clients, {given.seconds:g} s a run; machine load before {before:.1f})\n", flush=True)


if __name__ == "__main__":
    main()
