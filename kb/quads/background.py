"""Entities, events and questions → the quads of their graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.ids import Mint
from kb.model import Answer, Entity, Event, Question
from kb.quads.terms import COMMENT, LABEL, TYPE, Pairs, number, own, tagged, word
from kb.vocab import ENTITY_KINDS


def _in_graph(subject: str, pairs: Iterable[tuple[str, str]], graph: str) -> Iterator[str]:
    for property_, value in pairs:
        yield f"<{subject}> {property_} {value} <{graph}> ."


def entity_quads(entities: Iterable[Entity], mint: Mint) -> Iterator[str]:
    """Yield the quads of the graph `entities`."""
    for one in entities:
        yield from _in_graph(mint.entity(one.id), _entity_pairs(one, mint), mint.graph("entities"))


def _entity_pairs(one: Entity, mint: Mint) -> Pairs:
    yield TYPE, own("Entity")
    yield TYPE, f"<{ENTITY_KINDS[one.kind]}>"
    yield LABEL, tagged(one.label)
    yield from _entity_names(one)
    if one.description:
        yield own("dcterms:description"), tagged(one.description)
    if one.country:
        yield own("country"), f"<{mint.entity(one.country)}>"
    links = (("dcterms:isPartOf", one.part_of), ("schema:memberOf", one.member_of), ("metonym", one.metonym))
    for property_, names in links:
        for name in names:
            yield own(property_), f"<{mint.entity(name)}>"
    for property_, degrees in zip(("geo:lat", "geo:long"), one.coordinates, strict=False):
        yield own(property_), number(degrees)
    if one.comment:
        yield COMMENT, tagged(one.comment)


def _entity_names(one: Entity) -> Pairs:
    for language, label in ({"en": one.label} | {key: label for key, label in one.labels.items() if key != "en"}).items():
        yield own("skos:prefLabel"), tagged(label, language)
    for name in one.aliases:
        yield own("skos:altLabel"), tagged(name)
    for name in one.misspellings:
        yield own("skos:hiddenLabel"), tagged(name)


def event_quads(events: Iterable[Event], mint: Mint) -> Iterator[str]:
    """Yield the quads of the graph `events`."""
    for one in events:
        pairs = [(TYPE, own("Event")), (LABEL, tagged(one.label)), (own("eventType"), word("event-type", one.type))]
        pairs.append((own("eventStatus"), word("event-status", one.status)))
        pairs += [(own("skos:altLabel"), tagged(name)) for name in one.aliases]
        pairs += [(own("dcterms:description"), tagged(one.description))] if one.description else []
        pairs += [(own("dcterms:isPartOf"), f"<{mint.event(name)}>") for name in one.part_of]
        yield from _in_graph(mint.event(one.id), pairs, mint.graph("events"))


def question_quads(questions: Iterable[Question], mint: Mint) -> Iterator[str]:
    """Yield the quads of the graph `questions`. Exclusion and rivalry are written both ways, as they hold both ways."""
    graph = mint.graph("questions")
    for one in questions:
        pairs = [(TYPE, own("Question")), (LABEL, tagged(one.label)), (own("questionKind"), word("question-kind", one.kind))]
        pairs += [(own("strength"), word("strength", one.strength))] if one.strength else []
        pairs += [(own("about"), f"<{mint.event(name)}>") for name in one.event]
        pairs += [(own("answer"), f"<{mint.answer(one.id, answer.id)}>") for answer in one.answers]
        yield from _in_graph(mint.question(one.id), pairs, graph)
        for answer in one.answers:
            yield from _answer_quads(one.id, answer, mint, graph)


def _answer_quads(question: str, one: Answer, mint: Mint, graph: str) -> Iterator[str]:
    iri = mint.answer(question, one.id)
    yield from _in_graph(iri, [(TYPE, own("Answer")), (LABEL, tagged(one.label))], graph)
    for property_, others in (("excludes", one.excludes), ("competesWith", one.competes_with)):
        for other in others:
            there = mint.answer(question, other)
            yield from _in_graph(iri, [(own(property_), f"<{there}>")], graph)
            yield from _in_graph(there, [(own(property_), f"<{iri}>")], graph)
    for other in one.qualifies:
        yield from _in_graph(iri, [(own("qualifies"), f"<{mint.answer(question, other)}>")], graph)
