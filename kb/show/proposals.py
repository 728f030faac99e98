"""Proposals for eyes and for programs: the rule, what it is about, and the claims of each side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

from kb.compare.proposals import MOST_PAIRS, Proposal, Score
from kb.rows import literal
from kb.show.results import write_csv
from kb.show.terminal import safe

MOST_SIDES, MOST_CLAIMS = 10, 10  # shown of a proposal in a table, and of each of its sides, at most
COLUMNS = ("rule", "about", "value", "claim", "speaker", "article", "label")


def write_table(proposals: Sequence[Proposal], sum_: str, out: TextIO, base: str) -> None:
    """Write each proposal, 10 sides of it with 10 claims each and how many more there are, then the sum."""

    def short(thing: str) -> str:
        return safe(" ".join(one.removeprefix(f"{base}id/").partition("/")[2] if one.startswith(base) else one for one in thing.split(" ")))

    for proposal in proposals:
        out.write(f"{proposal.rule}: {short(proposal.about)}\n")
        for side in proposal.sides[:MOST_SIDES]:
            out.write(f"  {short(side.value)}\n")
            out.writelines(f"    {safe(claim.speaker_label)}: {short(claim.claim)}\n      {safe(claim.label)}\n" for claim in side.claims[:MOST_CLAIMS])
            if len(side.claims) > MOST_CLAIMS:
                out.write(f"    and {len(side.claims) - MOST_CLAIMS:,} more\n")
        if more := proposal.sides[MOST_SIDES:]:
            out.write(f"  and {len(more):,} more values, of {sum(len(side.claims) for side in more):,} claims\n")
        out.write("\n")
    out.write(f"{sum_}\n")


def summary(proposals: Sequence[Proposal], new: Sequence[Proposal], found: Score) -> str:
    """Return how the rules did, in a line."""
    more = f"; {found.left_out:,} pairs beyond the first {MOST_PAIRS:,} of a proposal are left out" if found.left_out else ""
    return (
        f"{len(proposals)} proposals, {len(proposals) - len(new)} of them entered already; of {found.curated} pairs of claims entered "
        f"the rules find {found.found}, and propose {found.false} that are not{more}"
    )


def write_json(proposals: Sequence[Proposal], sum_: str, out: TextIO) -> None:
    """Write one object: the proposals and the sum."""
    out.write(json.dumps({"proposals": [_object(one) for one in proposals], "summary": sum_}, ensure_ascii=False, indent=1) + "\n")


def write_jsonl(proposals: Sequence[Proposal], _: str, out: TextIO) -> None:
    """Write a proposal a line."""
    out.writelines(json.dumps(_object(one), ensure_ascii=False) + "\n" for one in proposals)


def _object(one: Proposal) -> dict[str, Any]:
    sides = [
        {"value": side.value, "claims": [{"claim": claim.claim, "speaker": claim.speaker, "label": claim.label} for claim in side.claims]}
        for side in one.sides
    ]
    return {"rule": one.rule, "about": one.about, "sides": sides}


def write_rows(proposals: Sequence[Proposal], _: str, out: TextIO) -> None:
    """Write CSV, a row for each claim of a side."""
    rows = (
        list(map(literal, (one.rule, one.about, side.value, claim.claim, claim.speaker, claim.article, claim.label)))
        for one in proposals for side in one.sides for claim in side.claims
    )  # fmt: skip
    write_csv(COLUMNS, rows, out)
