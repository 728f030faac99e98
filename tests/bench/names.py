"""The local index of names under load: a million generated labels built and looked up. `python -m tests.bench.names --labels 1000000`.

The words are made up, with the frequencies of real ones: few very common, many rare. Queries are names of the index, one in
four with a slip, one in four in another order, one in ten not in it, and a hundred of the commonest words only.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median

from kb.facts import Names
from kb.ids import Mint
from kb.link import Index, build_index, suggest
from kb.model import Entity

_CONSONANTS, _VOWELS = "bcdfghjklmnprstvz", "aeiou"
_KINDS = ("median", "p99", "worst")
_FIRST = 900_000_000  # ids that Wikidata has not given yet


def words(count: int, seed: int) -> list[str]:
    """Return made-up words of two to four syllables, each once, in an order that stands for their frequency."""
    random, found = Random(seed), {}
    while len(found) < count:
        found["".join(random.choice(_CONSONANTS) + random.choice(_VOWELS) for _ in range(random.choice((2, 3, 3, 4))))] = None
    return list(found)


def names(count: int, seed: int) -> Iterator[str]:
    """Yield names of one to five words; the n-th commonest word stands about 1/n as often as the commonest."""
    random = Random(seed)
    known = words(max(2_000, count // 8), seed)
    for _ in range(count):
        length = random.choice((1, 2, 2, 2, 3, 3, 4, 5))
        yield " ".join(known[int(len(known) ** random.random()) - 1].capitalize() for _ in range(length))


def write_extract(path: Path, count: int, seed: int) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.write("id\tlabel\tdescription\tclasses\n")
        for place, name in enumerate(names(count, seed)):
            out.write(f"Q{_FIRST + place}\t{name}\ta made-up thing\tQ43229\n")


def queries(count: int, labels: int, seed: int) -> list[str]:
    """Return names to look up: of the index, with a slip, turned about, unknown, and of common words only."""
    random, step = Random(seed + 1), max(1, labels // count)
    picked = [name for place, name in enumerate(names(labels, seed)) if place % step == 0][: count - count // 10]
    common = words(max(2_000, labels // 8), seed)[:12]
    asked = [_changed(name, place % 20, random) for place, name in enumerate(picked)]
    return asked + [" ".join(random.sample(common, random.choice((1, 2, 3)))) for _ in range(count - len(asked))]


def _changed(name: str, kind: int, random: Random) -> str:
    if kind < 5:
        at = random.randrange(len(name))
        return name[:at] + random.choice(_CONSONANTS) + name[at + 1 :]
    if kind < 10:
        return " ".join(reversed(name.split()))
    return " ".join(part[::-1] for part in name.split()) if kind < 12 else name


def look_up(path: Path, labels: int, seed: int, count: int = 1_000) -> dict[str, float]:
    """Return seconds a look-up (median, 99 of 100, worst) by the wall and by the processor, and seconds to suggest for `count` things."""
    asked = queries(count, labels, seed)
    things = tuple(Entity(id=f"thing-{place}", kind="body", label=name) for place, name in enumerate(asked))
    found: dict[str, float] = {}
    with closing(Index(path)) as index:
        index.find("import what a first look-up imports")
        times = sorted(_timed(index, name) for name in asked), sorted(_timed(index, name, clock=time.thread_time) for name in asked)
        for clock, seconds in zip(("wall", "processor"), times, strict=True):
            found |= {f"{clock} median": median(seconds), f"{clock} p99": seconds[len(seconds) * 99 // 100], f"{clock} worst": seconds[-1]}
        start, busy = time.perf_counter(), time.process_time()
        given = list(suggest(Names.of(things, (), (), {}), [], [index], Mint()))
        found |= {"suggest": time.perf_counter() - start, "suggest processor": time.process_time() - busy}
        found |= {"candidates": len(given), "with one": len({one.thing for one in given})}
    return found


def _timed(index: Index, name: str, clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    index.find(name)
    return clock() - start


def measure(labels: int, seed: int) -> dict[str, float]:
    """Return all figures; building and looking up run in processes of their own, for their peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        extract, index = Path(folder) / "labels.tsv", Path(folder) / "names.index"
        write_extract(extract, labels, seed)
        steps = {}
        for step in ("build", "look"):
            call = [sys.executable, "-m", "tests.bench.names", "--step", step, "--labels", str(labels), "--seed", str(seed), str(extract), str(index)]
            steps |= json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
        return steps | {"labels": labels, "extract bytes": extract.stat().st_size, "index bytes": index.stat().st_size}


def run_step(step: str, labels: int, seed: int, extract: Path, index: Path) -> dict[str, float]:
    start = time.perf_counter()
    found = {"items": build_index([extract], index)} if step == "build" else look_up(index, labels, seed)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {**found, f"{step} seconds": time.perf_counter() - start, f"{step} memory": memory}


def report(found: dict[str, float]) -> str:
    """Return the figures as a Markdown table."""
    rows = [
        ("build", f"{found['build seconds']:.0f} s, peak {found['build memory'] / 2**20:.0f} MB of memory"),
        ("size", f"{found['index bytes'] / 1e6:.0f} MB for {found['extract bytes'] / 1e6:.0f} MB of labels"),
        *((f"look-up, {clock}", ", ".join(f"{kind} {1000 * found[f'{clock} {kind}']:.2f} ms" for kind in _KINDS)) for clock in ("wall", "processor")),
        ("suggestions", f"{1000 / found['suggest']:.0f} things a second by the wall, {1000 / found['suggest processor']:.0f} by the processor; {found['with one']:.0f} of 1,000 have a candidate"),
        ("memory to look up", f"peak {found['look memory'] / 2**20:.0f} MB"),
    ]
    return "\n".join([f"| {found['labels']:,} labels | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--labels", type=int, default=1_000_000)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--step", choices=("build", "look"))
    reader.add_argument("paths", nargs="*", type=Path)
    given = reader.parse_args()
    if given.step:
        print(json.dumps(run_step(given.step, given.labels, given.seed, *given.paths)))
    else:
        print(report(measure(given.labels, given.seed)))


if __name__ == "__main__":
    main()
