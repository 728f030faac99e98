"""Model → quads, as canonical N-Quads lines without line ends: the only place where the two meet.

One named graph for each article and one each for entities, events and questions. No blank nodes, no `xsd:string`;
lexical forms are ours and canonical, because both RDF libraries rewrite what they do not find so.
"""

from kb.quads.article import article_quads, claim_class
from kb.quads.background import entity_quads, event_quads, question_quads
from kb.quads.links import alignment_quads, fetched_quads, link_quads, same_as_quads

VERSION = 3  # raise it when the mapping changes: builds made by another mapping are made anew

__all__ = [
    "VERSION", "alignment_quads", "article_quads", "claim_class", "entity_quads", "event_quads", "fetched_quads", "link_quads",
    "question_quads", "same_as_quads",
]  # fmt: skip
