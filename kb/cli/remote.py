"""What every command that asks Wikidata shares: its options, its addresses, and the client made of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import say

if TYPE_CHECKING:
    from kb.endpoint import Client
    from kb.home import Home

SPARQL = "https://query.wikidata.org/sparql"
API = "https://www.wikidata.org/w/api.php"
RECONCILE = "https://wikidata.reconci.link/en/api"
MAX_AGE = 7.0  # days

Endpoint = Annotated[str | None, typer.Option("--endpoint", help="The SPARQL endpoint of Wikidata; else KB_WIKIDATA_ENDPOINT, else its public one.")]
Offline = Annotated[bool, typer.Option("--offline", help="Ask nobody: answers that are kept count at any age.")]
MaxAge = Annotated[float, typer.Option("--max-age", help="Days that a kept answer counts; 0 asks anew.", min=0)]

Timeout = Annotated[float, typer.Option("--timeout", help="Seconds that a service has for each answer.", min=0.1)]
TIMEOUT = 60.0  # seconds; the public SPARQL endpoint ends a query after as many


def sparql_address(given: str | None) -> str:
    """Return the address of the SPARQL endpoint that speaks for Wikidata."""
    return given or os.environ.get("KB_WIKIDATA_ENDPOINT") or SPARQL


def has_sparql(given: str | None) -> bool:
    """Say whether such an endpoint is named by the user, and not merely the public one."""
    return bool(given or os.environ.get("KB_WIKIDATA_ENDPOINT"))


def api_address() -> str:
    """Return the address of Wikidata's Action API."""
    return os.environ.get("KB_WIKIDATA_API") or API


def has_api() -> bool:
    """Say whether another Wikibase than the public one is named."""
    return bool(os.environ.get("KB_WIKIDATA_API"))


def reconcile_address() -> str:
    """Return the address of the reconciliation service."""
    return os.environ.get("KB_RECONCILE") or RECONCILE


def make_client(here: Home, *, offline: bool = False, max_age: float = MAX_AGE, timeout: float = TIMEOUT, tell_age: bool = True) -> Client:
    """Return the client for a knowledge base: its contact from corpus.yaml (else KB_CONTACT), its kept answers. `max_age` is in days.

    It says when it waits and, with `tell_age`, how old the answers are that it takes from those kept.
    """
    from kb.endpoint import Client, prune
    from kb.facts import read_corpus

    if not offline:
        prune(here.http)
    contact = read_corpus(here.config, name="corpus/corpus.yaml").contact
    client = Client(contact=contact, cache=here.http, max_age=max_age * 86_400, offline=offline, timeout=timeout, tell=say)
    return replace(client, met=_Ages()) if tell_age else client


class _Ages:
    """Says of which day a kept answer is, once for each older day: of many answers the oldest counts."""

    def __init__(self) -> None:
        self.oldest = ""

    def __call__(self, asked: float, now: float) -> None:
        day = day_of(asked)
        if now - asked >= 86_400 and (not self.oldest or day < self.oldest):
            self.oldest = day
            say(f"answers kept since {day} are used; --max-age 0 asks anew")


def as_of(client: Client, asked: Sequence[float]) -> str:
    """Return the day of the oldest of some answers, and how long that is ago."""
    days = int((client.clock() - min(asked)) // 86_400)
    return day_of(min(asked)) + (f", {days} day{'s' * (days != 1)} ago" if days > 0 else "")


def day_of(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
