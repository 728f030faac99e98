"""The benchmark's runner: `python -m tests.bench.run --articles 100 1000 --naive` prints Markdown tables as each size is done, then JSON.

Each side runs in processes of its own. A figure written `≥` was ended at a cap.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from .generate import generate
from .report import compare_table, growth_table, query_table, table

QUERY_CAP = 60.0


def measure(folder: Path, articles: int, given: argparse.Namespace) -> dict[str, Any]:
    """Return all figures of one size."""
    home = folder / f"corpus-{articles}"
    generate(home, articles=articles, seed=given.seed)
    if given.compare:
        builds = _builds(home)
        return {"articles": articles, "load": os.getloadavg(), "build": builds, "compare": _json("compared", "run", home)}
    made = [_json("ours", "make", home, _fresh(folder / "cache")) for _ in range(given.repeat)]
    asked = _json("ours", "query", home, folder / "cache", given.query_cap)
    found = {"articles": articles, "load": os.getloadavg(), "ours": _best(made) | asked, "build": _builds(home)}
    found["compare"] = _json("compared", "run", home)
    if given.naive:
        found["naive"] = _naive(home, made[-1]["files"], given)
    if given.faults:
        found["same findings"] = compare_findings(folder, articles, given)
    return found


def compare_findings(folder: Path, articles: int, given: argparse.Namespace) -> dict[str, Any]:
    """Return how many findings each side has on a corpus with planted faults, and whether they are the same, and all planted."""
    home = folder / f"faulty-{articles}"
    planted = generate(home, articles=articles, seed=given.seed, faults=min(given.faults, articles))
    ours = _json("ours", "make", home, _fresh(folder / "cache"))
    usual = _json("naive", "check", home, stdin=_data(ours["files"]), cap=given.cap)
    here, there = ({tuple(pair) for pair in side.get("findings", ())} for side in (ours, usual))
    wanted = {(one["focus"], one["rule"]) for one in planted}
    found = {(focus.rpartition("/id/")[2], rule) for focus, rule in here}
    return {"planted": len(wanted), "ours": len(here), "naive": len(there), "same": here == there, "all found": wanted == found}


def _naive(home: Path, files: list[str], given: argparse.Namespace) -> dict[str, Any]:
    read = _json("naive", "read", home, stdin=files)
    checked = _json("naive", "check", home, stdin=_data(files), cap=given.cap)
    asked = _json("naive", "query", home, given.query_cap, stdin=files)
    seconds, cpu = (read[key] | checked.get(key, {"check": -given.cap}) for key in ("seconds", "cpu"))
    return {"seconds": seconds, "cpu": cpu, "queries": asked["queries"], "memory": max(read["memory"], checked.get("memory", 0))}


def _data(files: list[str]) -> list[str]:
    """Leave the ontology out: `ours` puts it fourth, after entities, events and questions."""
    return files[:3] + files[4:]


def _best(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of each step over the runs."""
    steps = {key: {step: median(run[key][step] for run in runs) for step in runs[0][key]} for key in ("seconds", "cpu")}
    return {key: value for key, value in runs[0].items() if key not in ("files", "findings")} | steps | {"findings": len(runs[0]["findings"])}


def _json(way: str, step: str, *arguments: object, stdin: list[str] = (), cap: float | None = None) -> dict[str, Any]:
    """Return what a side prints as JSON; nothing when it was ended `cap` seconds after it had said that it was ready."""
    command = [sys.executable, "-m", f"{__package__}.{way}", step, *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as names:
        names.write("\n".join(stdin))
        names.seek(0)
        process = subprocess.Popen(command, stdin=names, stdout=subprocess.PIPE, text=True)
    if cap is not None:
        process.stdout.readline()
    try:
        text, _ = process.communicate(timeout=cap)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return {}
    if process.returncode:
        raise SystemExit(f"{way} {step} ended with {process.returncode}")
    return json.loads(text)


def _builds(home: Path) -> dict[str, Any]:
    """Return seconds and memory of `kb build`: all, after one edit, with no change."""
    shutil.rmtree(home / ".kb", ignore_errors=True)
    full = _build(home)
    file = sorted((home / "corpus").glob("year-*/*.yaml"))[0]
    file.write_bytes(file.read_bytes().replace(b"label: ", b"label: Again ", 1))
    return {"full": full, "one edited": _build(home), "no change": _build(home)}


def _build(home: Path) -> dict[str, float]:
    command = [sys.executable, "-c", "from kb.cli import main; main()", "--dir", str(home), "build"]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    found = {"seconds": time.perf_counter() - start, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss >> 10}
    found["derived"] = json.loads((home / ".kb" / "current" / "report.json").read_text("utf-8"))["derived"]
    return found | ({"failed": said.strip().splitlines()[-1]} if process.returncode else {})


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000])
    parser.add_argument("--compare", action="store_true", help="only builds and the comparison with what was planted")
    parser.add_argument("--naive", action="store_true", help="the usual way beside ours")
    parser.add_argument("--faults", type=int, default=0, help="compare what both find on a corpus with so many planted faults")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cap", type=float, default=900.0, help="seconds after which the usual SHACL check is ended")
    parser.add_argument("--query-cap", type=float, default=QUERY_CAP, help="seconds after which a query is ended")
    parser.add_argument("--json", type=Path, help="file for the figures; stdout when left out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for articles in given.articles:
            runs.append(measure(Path(folder), articles, given))
            if not given.compare:
                print(f"{table(runs[-1])}\n\n{query_table(runs[-1])}\n", flush=True)
            if given.json:
                given.json.write_text(json.dumps(runs, indent=1) + "\n", "utf-8")
    if len(runs) > 1 and not given.compare:
        print(growth_table(runs))
    print(compare_table(runs))
    if not given.json:
        print(f"\n```json\n{json.dumps(runs, indent=1)}\n```")


if __name__ == "__main__":
    main()
