"""Copied passages for eyes and for programs: positions, likeness, claims. No word of a text is shown, as it may not be ours to show."""

from __future__ import annotations

import json
from typing import Any, TextIO

from kb.compare.copies import Passage
from kb.compare.shared import Found, Shared
from kb.rows import literal
from kb.show.results import write_csv
from kb.show.terminal import safe

COLUMNS = ("signature", "similarity", "article", "start", "end", "claims", "otherArticle", "otherStart", "otherEnd", "otherClaims", "origins")


def summary(found: Found) -> str:
    """Return what was looked at and found, in a line."""
    proposed = sum(one.is_proposed for one in found.shared)
    looked_at = f"looked at {found.texts:,} texts of {found.articles:,} articles"
    return f"{looked_at}; passages alike: {len(found.shared)}; of one origin already: {len(found.shared) - proposed}; proposed as of one origin: {proposed}"


def write_table(found: Found, out: TextIO, base: str) -> None:
    """Write each pair of passages with the claims that rest on them, then the sum."""

    def short(thing: str) -> str:
        return safe(thing.removeprefix(f"{base}id/").partition("/")[2] if thing.startswith(base) else thing)

    for one in found.shared:
        origin = f"of one origin already: {', '.join(map(short, one.origins))}" if one.origins else "proposed as of one origin: give both articles the same `origin:`"
        out.write(f"alike by {one.copy.signature}, {one.copy.similarity:.3f}; {origin}\n")
        for passage, claims in ((one.copy.one, one.claims), (one.copy.other, one.other_claims)):
            out.write(f"  {short(passage.article)} {passage.start}-{passage.end}\n")
            out.writelines(f"    {short(claim)}\n" for claim in claims)
        out.write("\n")
    out.write(f"{summary(found)}\n")


def write_json(found: Found, out: TextIO) -> None:
    """Write one object: the passages and the sum."""
    out.write(json.dumps({"copies": [_object(one) for one in found.shared], "summary": summary(found)}, ensure_ascii=False, indent=1) + "\n")


def write_jsonl(found: Found, out: TextIO) -> None:
    """Write a pair of passages a line."""
    out.writelines(json.dumps(_object(one), ensure_ascii=False) + "\n" for one in found.shared)


def _object(one: Shared) -> dict[str, Any]:
    def side(passage: Passage, claims: tuple[str, ...]) -> dict[str, Any]:
        return {"article": passage.article, "start": passage.start, "end": passage.end, "claims": list(claims)}

    sides = [side(one.copy.one, one.claims), side(one.copy.other, one.other_claims)]
    return {"signature": one.copy.signature, "similarity": one.copy.similarity, "origins": list(one.origins), "proposed": one.is_proposed, "passages": sides}


def write_rows(found: Found, out: TextIO) -> None:
    """Write CSV, a row for each pair of passages."""

    def side(passage: Passage, claims: tuple[str, ...]) -> tuple[str, ...]:
        return passage.article, str(passage.start), str(passage.end), " ".join(claims)

    rows = (
        (
            one.copy.signature, f"{one.copy.similarity:.3f}", *side(one.copy.one, one.claims), *side(one.copy.other, one.other_claims),
            " ".join(one.origins),
        )
        for one in found.shared
    )  # fmt: skip
    write_csv(COLUMNS, (list(map(literal, row)) for row in rows), out)
