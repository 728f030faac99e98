"""Invented claims of an invented article, in every form that a fact file knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from .world import Record, World

_RELATIVE = ("yesterday", "last week", "friday", "this month", "months ago", "recently", "two weeks ago", "last year")
_EDTF = ("2031-02", "2031-02-10/2031-02-14", "2031~", "[2031-02-15,2031-02-16]", "2031-03-01/..", "2031-02-XX", "../2030-12")
_VERBS = (("said", "state"), ("announced", "announce"), ("warned", "warn"), ("admitted", "admit"), ("promised", "promise"))


@dataclass(slots=True)
class Scene:
    """What one article is about: a handful of things of each kind, two events, and what it has counted so far."""

    rng: Random
    world: World
    cast: dict[str, list[str]]
    events: list[Record]
    counted: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def one(self, kind: str) -> str:
        return self.rng.choice(self.cast[kind])

    def label(self, ident: str) -> str:
        return self.world.labels[ident]


def make_scene(world: World, rng: Random) -> Scene:
    cast = {kind: [one["id"] for one in rng.sample(records, min(3, len(records)))] for kind, records in world.entities.items()}
    return Scene(rng, world, cast, rng.sample(world.events, 2))


def make_claim(scene: Scene, number: int) -> Record:
    """Return claim `number` of the scene's article, without evidence: YAML key → value as it is written."""
    form = scene.rng.choice(_FORMS) if number >= 4 else _FORMS[number]
    claim = {"id": f"{form.__name__.strip('_').replace('_', '-')}-{number}"} | form(scene)
    claim["label"] = f"{claim['label'].rstrip('.')}, as passage {number + 1} has it."
    if scene.rng.random() < 0.15:
        claim["confidence"] = scene.rng.choice(("0.9", "0.75", "0.5"))
        claim["review"] = "reviewed"
    scene.told.append(claim["id"])
    if "quantity" in claim and "fraction" not in claim["quantity"]:
        scene.counted.append(claim["id"])
    return claim


def _about(scene: Scene, type_: str = "") -> Record:
    event = scene.rng.choice(scene.events)
    return {"event": event["id"], "type": type_ or event["type"]}


def _time(scene: Scene) -> Record:
    chance = scene.rng.random()
    if chance < 0.2:
        return {}
    if chance < 0.35:
        return {"time": "now", "time-basis": "tense"}
    return {"time": f'"{scene.rng.choice(_EDTF)}"' if chance < 0.65 else scene.rng.choice(_RELATIVE)}


def _chain(scene: Scene, speaker: str) -> Record:
    """Return the attribution: a medium, then the speaker, or the speaker alone."""
    verb, act = scene.rng.choice(_VERBS)
    extra = f", addressee: [{scene.one('state')}]" if scene.rng.random() < 0.2 else ""
    extra += f", on-behalf-of: {scene.one('government')}" if speaker in scene.cast["person"] and scene.rng.random() < 0.5 else ""
    medium = scene.one("medium")
    outer = [f"{{source: {medium}, verb: reported, act: report, stance: neutral}}"] if scene.rng.random() < 0.5 else []
    steps = [*outer, f"{{source: {speaker}, verb: {verb}, act: {act}, said: {scene.rng.choice(_RELATIVE[:4])}{extra}}}"]
    return {"attribution": "\n".join(f"- {step}" for step in steps)}


def _movement(scene: Scene) -> Record:
    speaker, force = scene.one("person"), scene.one("armed-force")
    word = scene.rng.choice(("withdrawal", "regrouping"))
    out = {"label": f"{scene.label(speaker)} called the march of the {scene.label(force)} a {word}."} | _chain(scene, speaker)
    out |= {"voice": scene.rng.choice(("direct", "mixed", "indirect"))} | _about(scene, word) | {"agent": force}
    out |= {"origin": f"[{scene.one('place')}, {scene.one('region')}]", "destination": scene.one("state")}
    return out | _time(scene)


def _saw_none(scene: Scene) -> Record:
    speaker = scene.one("group")
    out = {"label": f"The {scene.label(speaker)} had seen nothing leave.", "speaker": speaker, "polarity": "not-observed"}
    return out | _about(scene) | {"place": scene.one("place")} | _time(scene)


def _denial(scene: Scene) -> Record:
    speaker = scene.one("government")
    out = {"label": f"The {scene.label(speaker)} denied that it happened."} | _chain(scene, speaker) | {"polarity": "negated"}
    return out | _about(scene) | {"agent": speaker} | _naming(scene, speaker)


def _strength(scene: Scene) -> Record:
    force, number = scene.one("armed-force"), scene.rng.randrange(100, 90000)
    kind = scene.rng.choice(("more than", "about", "at-least", "exact"))
    value = f"value: {number}" if scene.rng.random() < 0.8 else f"min: {number}, max: {number + 500}"
    out = {"label": f"So many soldiers of the {scene.label(force)} stand there."} | _chain(scene, scene.one("body")) | _about(scene)
    out |= {"agent": force, "place": f"[{scene.one('place')}, {scene.one('place')}]"} | _time(scene)
    return out | {"quantity": f"{{{value}, unit: person, kind: troop-strength, approximation: {kind}}}"}


def _transfer(scene: Scene) -> Record:
    giver, taker = scene.one("state"), scene.one("state")
    out = {"label": f"{scene.label(giver)} hands launchers to {scene.label(taker)}.", "modality": scene.rng.choice(("asserted", "planned"))}
    out |= _about(scene, "arms-transfer") | {"agent": giver, "recipient": taker, "theme": scene.one("materiel")} | _time(scene)
    return out | {"quantity": f"{{value: {scene.rng.randrange(2, 400)}, unit: launcher, kind: materiel}}"}


def _money(scene: Scene) -> Record:
    if scene.counted and scene.rng.random() < 0.4:
        part = f"{{fraction: 0.5, fraction-of: claim:{scene.rng.choice(scene.counted)}, approximation: about}}"
        return {"label": "Half of it had been given before."} | _about(scene, "support") | {"quantity": part}
    speaker = scene.one("person")
    out = {"label": f"{scene.label(speaker)} put a sum on the help.", "speaker": speaker} | _about(scene, "spending")
    amount = f"{scene.rng.randrange(1, 999) / 10}"
    return out | {"topic": scene.one("state"), "quantity": f"{{value: {amount}, unit: million crowns, kind: money, approximation: about}}"}


def _office(scene: Scene) -> Record:
    person, office = scene.one("person"), scene.one("office")
    out = {"label": f"{scene.label(person)} is {scene.label(office)}.", "presupposed": "true", "subject": person}
    return out | {"predicate": "holds the office of", "object": office, "time": "now", "time-basis": "tense"} | _naming(scene, person)


def _forecast(scene: Scene) -> Record:
    speaker = scene.one("person")
    out = {"label": f"{scene.label(speaker)} expects the money to run out."} | _chain(scene, speaker)
    out |= {"modality": "predicted", "certainty": "probable", "hedge": "it is likely that"} | _about(scene, "economic-downturn")
    return out | {"theme": scene.one("state"), "cause": scene.rng.choice(scene.events)["id"], "time": "2032"}


def _opinion(scene: Scene) -> Record:
    state = scene.one("state")
    out = {"label": f"The article finds the conduct of {scene.label(state)} unwise.", "modality": "evaluative", "subject": state}
    flag = f'- {{kind: loaded-word, reason: "A word that judges, kept as said.", words: unwise, see: [{state}]}}'
    return out | {"predicate": "acts unwisely in", "object": scene.rng.choice(scene.events)["id"], "flags": flag}


def _remark(scene: Scene) -> Record:
    if not scene.told:
        return _opinion(scene)
    out = {"label": "One statement is a comment on the other.", "subject": f"claim:{scene.told[0]}", "predicate": "comments on"}
    return out | {"object": f"[claim:{scene.rng.choice(scene.told)}]"} | _time(scene)


def _value(scene: Scene) -> Record:
    body = scene.one("body")
    out = {"label": f"The {scene.label(body)} was founded long ago.", "subject": body, "predicate": "was founded in"}
    return out | {"value": str(scene.rng.randrange(1800, 2020)), "zone": "biography"}


def _naming(scene: Scene, ident: str) -> Record:
    if scene.rng.random() < 0.5:
        return {}
    written = scene.label(ident).split()[-1]
    return {
        "written": f"{{{ident}: {written}}}",
        "flags": f'- {{kind: metonym, reason: "Another name, short for the whole.", words: {written}, see: {ident}}}',
    }


def position(scene: Scene, words: Record, number: int) -> Record:
    """Return claim `number` of the scene's article, which takes a planned position."""
    claim = {"id": f"answer-{number}"} | words | {"label": f"{words['label'].rstrip('.')}, as passage {number + 1} has it."}
    if "speaker" in words and scene.rng.random() < 0.5:
        speaker = claim.pop("speaker")
        claim["attribution"] = f"- {{source: {scene.one('medium')}, verb: reported, act: report}}\n- {{source: {speaker}, verb: said, act: state, said: yesterday}}"
    return claim if "predicate" in words else claim | _about(scene) | {"theme": scene.one("state")}


_FORMS: tuple[Callable[[Scene], Record], ...] = (
    _movement, _strength, _saw_none, _office, _denial, _transfer, _money, _forecast, _opinion, _remark, _value, _movement,
)  # fmt: skip
