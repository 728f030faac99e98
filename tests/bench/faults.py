"""Faults that a fact file can be read with and that a shape finds: one changed claim each, and where it must be found."""

from __future__ import annotations

from .claims import Scene
from .world import Record

# name → (rule that finds it, part of the claim it is found at, keys changed, keys taken out)
FAULTS: dict[str, tuple[str, str, Record, str]] = {
    "missing-type": ("Claim-event-typed", "", {}, "type"),
    "bounds-reversed": ("Quantity-order", "/quantity", {"quantity": "{min: 900, max: 300, unit: person}"}, ""),
    "no-unit": ("Quantity-value-unit", "/quantity", {"quantity": "{value: 12}"}, ""),
    "no-digest": ("Evidence-digest", "/evidence/1", {"evidence": "3-9"}, ""),
    "no-evidence": ("Claim-evidence", "", {}, "evidence"),
    "voice-without-speaker": ("Claim-voice-steps", "", {"voice": "direct"}, "attribution"),
    "speaks-for-itself": ("Attribution-on-behalf-of", "/attribution/1", {"attribution": "- {source: SPEAKER, on-behalf-of: SPEAKER}"}, ""),
    "sure-hedge": ("Claim-hedge-certainty", "", {"hedge": "perhaps", "certainty": "certain"}, ""),
    "hedged-presupposition": ("Claim-presupposed-hedge", "", {"hedge": "perhaps", "presupposed": "true"}, ""),
    "type-without-event": ("Claim-type-event", "", {"subject": "STATE", "predicate": "acts"}, "event"),
    "nothing-said": ("Claim-content", "", {}, "event type"),
    "object-without-predicate": ("Claim-object-predicate", "", {"object": "STATE"}, ""),
    "object-and-value": ("Claim-object-or-value", "", {"predicate": "acts", "object": "STATE", "value": "long ago"}, ""),
    "overconfident": ("Claim-confidence", "", {"confidence": "1.5"}, ""),
    "own-agent": ("Claim-self", "", {"agent": "claim:SELF"}, ""),
    "long-label": ("Claim-label", "", {"label": "very " * 60 + "long"}, ""),
}


def fault_name(number: int) -> str:
    return list(FAULTS)[number % len(FAULTS)]


def faulty_claim(name: str, number: int, scene: Scene, evidence: str) -> Record:
    """Return a claim that is well but for the fault `name`."""
    _, _, changed, gone = FAULTS[name]
    speaker, state, ident = scene.one("person"), scene.one("state"), f"{name}-{number}"
    claim = {
        "id": ident, "label": "Something was done by someone.", "evidence": evidence,
        "attribution": f"- {{source: {speaker}, verb: said, act: state}}",
        "event": scene.events[0]["id"], "type": scene.events[0]["type"], "agent": state,
    }  # fmt: skip
    claim |= changed
    for word, meant in (("SPEAKER", speaker), ("STATE", state), ("SELF", ident)):
        claim = {key: value.replace(word, meant) for key, value in claim.items()}
    return {key: value for key, value in claim.items() if key not in gone.split()}


def fault_record(name: str, article: str, claim: str) -> dict[str, str]:
    """Return what the check must say of it: `focus` below the base IRI's `id/`, and `rule`."""
    rule, part, _, _ = FAULTS[name]
    return {"fault": name, "article": article, "claim": claim, "focus": f"claim/{article}/{claim}{part}", "rule": rule}
