"""What every command that asks Wikidata shares: its options, its addresses, and the client made of them."""

from __future__ import annotations

import os
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


def make_client(here: Home, *, offline: bool = False, max_age: float = MAX_AGE, timeout: float = 60.0) -> Client:
    """Return the client for a knowledge base: its contact from corpus.yaml (else KB_CONTACT), its kept answers. `max_age` is in days."""
    from kb.endpoint import Client
    from kb.facts import read_corpus

    contact = read_corpus(here.config, name="corpus/corpus.yaml").contact
    return Client(contact=contact, cache=here.http, max_age=max_age * 86_400, offline=offline, timeout=timeout, tell=say)
