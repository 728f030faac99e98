"""Which article says what on which question: sizes fall as 1/rank, so that a few questions have thousands of claims, and most have few."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any

from .cases import Bundle, Case, Record, make_case

TAKING = 4  # claims that take a position, an article


@dataclass(slots=True)
class Plan:
    """`claims` and `heads`: article number → what stands in it; `given`: question/answer → number of its claims."""

    cases: list[Case]
    claims: dict[int, list[Record]] = field(default_factory=dict)
    heads: dict[int, tuple[str, str]] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)

    def disagreements(self) -> dict[str, Any]:
        """Return what a comparison must find: the nodes, all of them, and the number of claims of each answer."""
        nodes = [one for case in self.cases for one in case.found]
        return {"claims": sum(self.given.values()), "answers": self.given, "nodes": sorted(nodes, key=lambda one: one["node"])}


def make_plan(articles: int, seed: int) -> Plan:
    """Return the plan of a corpus: articles/20 + 20 cases, about four claims an article."""
    rng, count = Random(f"{seed} plan"), articles // 20 + 20
    weight = articles * TAKING / sum(1 / rank for rank in range(1, count + 1))
    plan = Plan([make_case(rank, round(weight / (rank + 1)), articles) for rank in range(count)])
    for case in plan.cases:
        said = 0
        for number, bundle in enumerate(cycle(case.bundles)):
            if number >= len(case.bundles) and said >= case.size:
                break
            said += len(bundle.claims)
            _place(plan, bundle, rng.randrange(articles), articles)
    return plan


def _place(plan: Plan, bundle: Bundle, first: int, articles: int) -> None:
    """Put a bundle into the first article from there on that can hold it."""
    turn = (number % articles for number in range(first, first + articles))
    number = first if bundle.head is None else next(number for number in turn if plan.heads.setdefault(number, bundle.head) == bundle.head)
    plan.claims.setdefault(number, []).extend(bundle.claims)
    for claim in bundle.claims:
        if "answers" in claim:
            name = claim["answers"].strip("{}").replace(": ", "/")
            plan.given[name] = plan.given.get(name, 0) + 1
