"""Namespaces, and the terms of the ontology that code names. `ontology/` says what they mean; a test holds the two together."""

from __future__ import annotations

from kb.ids import NS

SCHEMES: dict[str, tuple[str, ...]] = {
    "polarity": ("affirmed", "negated", "not-observed"),
    "modality": ("asserted", "planned", "possible", "hypothetical", "predicted", "required", "evaluative", "denied-inference"),
    "certainty": ("certain", "probable", "possible", "unspecified"),
    "voice": ("article", "direct", "indirect", "mixed", "metadata"),
    "zone": ("headline", "body", "biography", "credit", "furniture"),
    "stance": ("endorses", "neutral", "distances"),
    "speech-act": (
        "report", "state", "announce", "admit", "boast", "assess", "predict", "promise", "warn", "raise", "insist",
        "reply", "thank", "declare", "demand", "deny", "credit", "express-support",
    ),
    "event-type": (
        "military", "movement", "withdrawal", "regrouping", "build-up", "presence", "unchanged-strength", "deployment", "offensive", "defence", "invasion",
        "attack", "occupation", "territorial-change", "exercise", "nuclear-use", "strategy-change", "armed-conflict",
        "capitulation", "preparation", "arms-transfer", "economic", "sanction", "asset-freeze", "spending",
        "economic-downturn", "endurance", "political", "support", "announcement", "visit", "meeting", "recognition",
        "election", "overthrow-attempt", "crisis", "cooperation", "de-escalation", "threat",
    ),
    "approximation": ("exact", "about", "more-than", "less-than", "at-least", "at-most", "estimated"),
    "time-basis": ("stated", "relative", "tense", "inferred"),
    "quantity-kind": ("troop-strength", "materiel", "money", "duration", "count"),
    "event-status": ("claimed", "presupposed", "planned", "possible"),
    "question-kind": ("fact", "value", "cause", "framing", "purpose", "forecast", "evaluation"),
    "strength": ("strong", "medium", "weak"),
    "flag-kind": (
        "loaded-word", "scare-quotes", "misspelling", "metonym", "ambiguity", "inconsistency", "anachronism", "oddity",
        "date-unclear", "source-unclear", "translation", "damaged-text",
    ),
    "review": ("unreviewed", "reviewed", "disputed"),
    "valence": ("favourable", "unfavourable", "mixed"),
    "impact": ("none", "some", "severe"),
}

ROLES = ("agent", "recipient", "theme", "instrument", "place", "origin", "destination", "cause", "purpose", "topic")

SCHEMA = "https://schema.org/"
ENTITY_KINDS: dict[str, str] = {
    "person": f"{SCHEMA}Person",
    "body": f"{SCHEMA}Organization",
    "medium": f"{SCHEMA}NewsMediaOrganization",
    "place": f"{SCHEMA}Place",
    "region": f"{NS}Region",
    "state": f"{NS}State",
    "government": f"{NS}Government",
    "armed-force": f"{NS}ArmedForce",
    "materiel": f"{NS}Materiel",
    "office": f"{NS}Office",
    "group": f"{NS}Group",
}
ARTICLE_KINDS: dict[str, str] = {
    "news": f"{SCHEMA}NewsArticle",
    "reportage": f"{SCHEMA}ReportageNewsArticle",
    "opinion": f"{SCHEMA}OpinionNewsArticle",
    "analysis": f"{SCHEMA}AnalysisNewsArticle",
    "background": f"{SCHEMA}BackgroundNewsArticle",
}

PREFIXES: dict[str, str] = {
    "kb": NS,
    "polarity": f"{NS}polarity/",
    "modality": f"{NS}modality/",
    "certainty": f"{NS}certainty/",
    "voice": f"{NS}voice/",
    "zone": f"{NS}zone/",
    "stance": f"{NS}stance/",
    "act": f"{NS}speech-act/",
    "type": f"{NS}event-type/",
    "approx": f"{NS}approximation/",
    "basis": f"{NS}time-basis/",
    "measure": f"{NS}quantity-kind/",
    "status": f"{NS}event-status/",
    "asks": f"{NS}question-kind/",
    "strength": f"{NS}strength/",
    "remark": f"{NS}flag-kind/",
    "review": f"{NS}review/",
    "valence": f"{NS}valence/",
    "impact": f"{NS}impact/",
    "schema": SCHEMA,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "oa": "http://www.w3.org/ns/oa#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "sh": "http://www.w3.org/ns/shacl#",
    "shape": "https://w3id.org/conflict-kb/shapes/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
}
OWN_VOICE = ("article", "metadata")  # the voices that are an article's own
HOLDS_OFFICE = "holds the office of"  # the predicate by which claims give someone an office
HELD_AS = {"polarity": "affirmed", "modality": "asserted"}  # as it must be said to count: not denied, not merely possible or planned
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"


def term(name: str) -> str:
    """Return the IRI of one of our own terms.

    >>> term("speaker")
    'https://w3id.org/conflict-kb/ns/speaker'
    """
    return NS + name
