"""The benchmark's figures as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan, log
from statistics import median
from typing import Any

from .timing import share

# `keep` is the usual way's alone: what it has loaded lies in memory, ours on disk.
_STEPS = {
    "read + map": ("read", "map"), "load": ("load",), "read + map + load": ("read", "map", "load"),
    "the same, kept on disk": ("read", "map", "load", "keep"), "check": ("check",),
}  # fmt: skip


def table(run: dict[str, Any]) -> str:
    """Return the steps of one size, both ways side by side; processor seconds, as other work may share the machine."""
    ours, naive = run["ours"], run.get("naive")
    load = ", ".join(f"{value:.1f}" for value in run["load"])
    lines = [f"**{run['articles']:,} articles, {ours['claims']:,} claims, {ours['quads']:,} quads** (machine load {load})", ""]
    lines += _rows(["step", "ours, CPU s", "usual, CPU s", "times", "claims/s", "ours, wall s", "usual, wall s"])
    for name, steps in _STEPS.items():
        here, there = _sum(ours["cpu"], steps), _sum(naive["cpu"], steps) if naive else None
        walls = _sum(ours["seconds"], steps), _sum(naive["seconds"], steps) if naive else None
        lines.append(_row([name, _s(here), _s(there), _times(here, there), f"{ours['claims'] / here:,.0f}", *map(_s, walls)]))
    for name, pick in (("query, median", median), ("query, 95 %", lambda values: share(values, 0.95))):
        here, there = (pick(_finite(side["queries"])) if side else None for side in (ours, naive))
        lines.append(_row([name, "", "", _times(here, there), "", _s(here), _s(there)]))
    for name, one in run["build"].items():
        lines.append(_row([f"kb build, {name}", _s(one["cpu"]), "", "", f"{ours['claims'] / one['seconds']:,.0f}", _s(one["seconds"]), one.get("failed", "")]))
    lines.append(_row(["peak memory, MiB", ours["memory"], naive["memory"] if naive else "", "", "", f"{run['build']['full']['memory']} (build)", ""]))
    if "same findings" in run:
        lines += ["", "Findings: " + ", ".join(f"{name} {value}" for name, value in run["same findings"].items())]
    return "\n".join(lines)


def query_table(run: dict[str, Any]) -> str:
    ours, naive = run["ours"]["queries"], run.get("naive", {}).get("queries", {})
    lines = [f"Stored queries at {run['articles']:,} articles, milliseconds (wall)", "", *_rows(["query", "ours", "usual", "times"])]
    for name, here in ours.items():
        there = naive.get(name)
        lines.append(_row([name, *(_ms(value) for value in (here, there)), _times(here, there)]))
    return "\n".join(lines)


def growth_table(runs: list[dict[str, Any]]) -> str:
    """Return how time and memory grow from the smallest size to the largest: 1 is linear, 1.11 is n·log n from 1,500 to 150,000 claims."""
    first, last = runs[0], runs[-1]
    grown = log(last["ours"]["claims"] / first["ours"]["claims"])
    sizes = f"{first['articles']:,} to {last['articles']:,} articles"
    lines = [f"Growth from {sizes}, exponent of the number of claims", "", *_rows(["what", *(f"{run['articles']:,}" for run in runs), "exponent"])]
    for name, values in _grown(runs):
        lines.append(_row([name, *(_s(value) for value in values), f"{log(values[-1] / values[0]) / grown:.2f}"]))
    return "\n".join(lines)


def compare_table(runs: list[dict[str, Any]]) -> str:
    """Return what was found of what was planted, how long it took, and how that grows with claims that take a position."""
    heads = ["articles", "claims that take a position", "questions", "planted, found as planted", "others", "compare, CPU s", "table, CPU s", "exponent"]
    heads += ["derived in full build", "after one edit", "one edited, CPU s"]
    lines, first = _rows(heads), runs[0]["compare"]
    for run in runs:
        one = run["compare"]
        apart = [side["side"] for key in ("not as planted", "not as planted in the graph") for side in one[key]]
        took, grown = sum(one["cpu"].values()) / sum(first["cpu"].values()), one["claims"] / first["claims"]
        build = [run["build"][name]["derived"] for name in ("full", "one edited")]
        lines.append(_row([
            f"{run['articles']:,}", f"{one['claims']:,}", one["questions"], f"{one['planted']}, {one['planted'] - apart.count('planted')}",
            apart.count("found"), *map(_s, one["cpu"].values()), f"{log(took) / log(grown):.2f}" if grown > 1 else "", *build,
            _s(run["build"]["one edited"]["cpu"]),
        ]))  # fmt: skip
    return "\n".join(lines)


def _grown(runs: list[dict[str, Any]]) -> Iterable[tuple[str, list[float]]]:
    for step in ("read", "map", "load", "check"):
        yield f"{step}, CPU s", [run["ours"]["cpu"][step] for run in runs]
    for name in runs[0]["build"]:
        yield f"kb build, {name}, wall s", [run["build"][name]["seconds"] for run in runs]
    yield "query median, s", [median(_finite(run["ours"]["queries"])) for run in runs]
    yield "memory, steps, MiB", [run["ours"]["memory"] for run in runs]
    yield "memory, kb build, MiB", [run["build"]["full"]["memory"] for run in runs]


def _finite(queries: dict[str, float]) -> list[float]:
    """Return seconds, those that were ended at their cap, without those that could not run."""
    return [abs(value) for value in queries.values() if not isnan(value)]


def _sum(values: dict[str, float], steps: tuple[str, ...]) -> float:
    found = [values.get(step, 0.0) for step in steps]
    return sum(map(abs, found)) * (-1 if min(found) < 0 else 1)


def _times(here: float | None, there: float | None) -> str:
    if not here or not there or here < 0 or isnan(here) or isnan(there):
        return ""
    return f"{'≥ ' * (there < 0)}{abs(there) / here:,.1f}"


def _s(value: float | None) -> str:
    return "" if value is None else f"{'≥ ' * (value < 0)}{abs(value):,.3g}"


def _ms(value: float | None) -> str:
    if value is None:
        return ""
    return "failed" if isnan(value) else f"{'≥ ' * (value < 0)}{abs(value) * 1000:,.1f}"


def _rows(heads: list[str]) -> list[str]:
    return [_row(heads), _row(["---"] + ["---:"] * (len(heads) - 1))]


def _row(cells: list[Any]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
