"""Findings: for eyes as `file:line: severity: what` with the cure below, for programs as JSON or SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, TextIO
from urllib.parse import quote

from kb.model import Finding
from kb.show.terminal import is_rich, safe

_RANK = {"error": 0, "warning": 1, "info": 2}
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_COLOURS = {"error": "31", "warning": "33", "info": "36"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def order(finding: Finding) -> tuple[object, ...]:
    """Return the key that sorts findings by place, then weight."""
    rank = _RANK.get(finding.severity, 3)
    return finding.path, finding.line, rank, finding.rule, finding.claim, finding.message, finding.focus, finding.value


def looked_line(looked_at: Mapping[str, int]) -> str:
    """Return what was looked at in a line.

    >>> looked_line({"files": 2, "claims": 1})
    'looked at 2 files, 1 claim'
    """
    return "looked at " + (", ".join(counted(count, name) for name, count in looked_at.items()) or "nothing")


def counted(count: int, name: str) -> str:
    """Return a number with its noun, handed over in the plural.

    >>> counted(1, "entities"), counted(1200, "quads")
    ('1 entity', '1,200 quads')
    """
    single = name.removesuffix("ies") + "y" if name.endswith("ies") else name.removesuffix("s")
    return f"{count:,} {single if count == 1 else name}"


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many errors, warnings and infos there are."""
    found = Counter(finding.severity for finding in findings)
    return {severity: found[severity] for severity in _RANK}


def write_table(findings: Sequence[Finding], looked_at: Mapping[str, int], out: TextIO) -> None:
    coloured = is_rich(out)
    for _, group in groupby(findings, key=lambda finding: finding.path):
        for finding in group:
            out.write(_lines(finding, coloured))
        out.write("\n")
    found = {f"{severity}s": count for severity, count in counts(findings).items() if count}
    total = ", ".join(counted(count, name) for name, count in found.items()) or "nothing found"
    out.write(f"{looked_line(looked_at)}\n{total}\n")


def _lines(finding: Finding, coloured: bool) -> str:
    where = f"{finding.path}:{finding.line}: " if finding.line else f"{finding.path}: " if finding.path else ""
    severity = f"\x1b[{_COLOURS.get(finding.severity, '0')}m{finding.severity}\x1b[0m" if coloured else finding.severity
    notes = ", ".join(note for note in (finding.claim and f"claim {finding.claim}", finding.rule) if note)
    cure = f"  {safe(finding.cure)}\n" if finding.cure else ""
    return f"{safe(where)}{severity}: {safe(finding.message)}{f' ({safe(notes)})' if notes else ''}\n{cure}"


def write_json(findings: Sequence[Finding], looked_at: Mapping[str, int], out: TextIO) -> None:
    out.write(f'{{"looked_at": {_json(dict(looked_at))}, "counts": {_json(counts(findings))}, "findings": [')
    out.write(",".join(f"\n{_json(asdict(finding))}" for finding in findings) + "\n]}\n")


def write_jsonl(findings: Sequence[Finding], _: Mapping[str, int], out: TextIO) -> None:
    out.writelines(f"{_json(asdict(finding))}\n" for finding in findings)


def write_sarif(findings: Sequence[Finding], looked_at: Mapping[str, int], out: TextIO) -> None:
    """Write SARIF 2.1.0 as code scanners take it: https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""
    rules = sorted({finding.rule for finding in findings})
    driver = {"name": "kb", "rules": [_rule(rule, findings) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(finding, rules.index(finding.rule)) for finding in findings],
        "properties": {"lookedAt": dict(looked_at)},
    }
    json.dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, out, ensure_ascii=False, indent=1)
    out.write("\n")


def _rule(rule: str, findings: Sequence[Finding]) -> dict[str, Any]:
    mine = [finding for finding in findings if finding.rule == rule]
    worst = min((finding.severity for finding in mine), key=lambda severity: _RANK.get(severity, 3))
    cure = next((finding.cure for finding in mine if finding.cure), "")
    return {"id": rule, "defaultConfiguration": {"level": _LEVELS.get(worst, "note")}} | (
        {"help": {"text": cure}} if cure else {}
    )


def _result(finding: Finding, place: int) -> dict[str, Any]:
    print_ = "\x1f".join((finding.rule, finding.path, finding.claim, finding.focus, finding.value, finding.message))
    extra = {key: value for key in ("cure", "focus", "value") if (value := getattr(finding, key))}
    return {
        "ruleId": finding.rule,
        "ruleIndex": place,
        "level": _LEVELS.get(finding.severity, "note"),
        "message": {"text": "\n".join(filter(None, (finding.message, finding.cure)))},
        "locations": list(_locations(finding)),
        "partialFingerprints": {"kb/v1": hashlib.sha256(print_.encode("utf-8", "surrogatepass")).hexdigest()},
    } | ({"properties": extra} if extra else {})


def _locations(finding: Finding) -> Iterator[dict[str, Any]]:
    location: dict[str, Any] = {}
    if finding.path:
        location["physicalLocation"] = {"artifactLocation": _artifact(finding.path)}
        if finding.line > 0:
            location["physicalLocation"]["region"] = {"startLine": finding.line}
    if finding.claim:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.claim, "kind": "member"}]
    if location:
        yield location


def _artifact(path: str) -> dict[str, str]:
    if PurePosixPath(path).is_absolute():
        return {"uri": f"file://{quote(path)}"}
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
