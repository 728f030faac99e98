"""What a person decided on one link between a thing of ours and an item of Wikidata: a frozen object, no files, no RDF."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kb.vocab import PREFIXES

ANSWERS = ("yes", "no", "unsure")
WIKIDATA = PREFIXES["wd"]
NO_TERM = "https://w3id.org/sssom/NoTermFound"
SAME_AS = f"{PREFIXES['schema']}sameAs"
IDENTITY = frozenset({SAME_AS, f"{PREFIXES['skos']}exactMatch"})
PREDICATES = (SAME_AS, *(f"{PREFIXES['skos']}{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One row of `corpus/links/<answer>.sssom.tsv`. `subject`, `predicate` and `object` are IRIs, the rest as written.

    `object` is NO_TERM when no item was found. `negated` says that the link does not hold. `version` is the item's revision.
    """

    answer: str
    subject: str
    predicate: str
    object: str
    negated: bool = False
    subject_label: str = ""
    object_label: str = ""
    justification: str = ""
    author: str = ""
    reviewer: str = ""
    version: str = ""
    date: str = ""
    confidence: Decimal | None = None
    comment: str = ""
    path: str = ""
    line: int = 0

    @property
    def thing(self) -> str:
        """The subject as people name it: entity/… or event/…"""
        return self.subject.rpartition("/id/")[2]

    @property
    def item(self) -> str:
        """The id of the item, Q…; NoTermFound where none was found."""
        return self.object.rpartition("/")[2]

    @property
    def is_identity(self) -> bool:
        """Whether the predicate says that subject and object are one: two such links must not meet in one item."""
        return self.predicate in IDENTITY

    @property
    def has_item(self) -> bool:
        return self.object != NO_TERM

    @property
    def is_link(self) -> bool:
        """Whether the graph holds it: what a person affirmed, and nothing else."""
        return self.answer == "yes" and self.has_item and not self.negated
