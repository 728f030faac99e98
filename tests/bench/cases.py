"""Cases of disagreement and agreement: who says what on a question, and what a comparison must find of it and nothing else.

What is to be found is written beside who says what, by hand: nothing here is worked out as `kb compare` works it out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, str]
BETWEEN, SPEAKER, ARTICLE = "between speakers", "within one speaker", "within one article"
MOST_ADVERSE = 50


@dataclass(frozen=True, slots=True)
class Bundle:
    """Claims of one article. `head`: the outlet whose voice the article is, and its wire, where that matters."""

    claims: tuple[Record, ...]
    head: tuple[str, str] | None = None


@dataclass(slots=True)
class Case:
    """Questions with a cast of their own. Each bundle is said at least once; to repeat one changes nothing that is found."""

    stem: str
    size: int
    questions: list[tuple[Record, list[Record]]] = field(default_factory=list)
    entities: list[tuple[str, Record]] = field(default_factory=list)
    bundles: list[Bundle] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, strength: str, *answers: str, kind: str = "fact") -> None:
        """Ask a question; an answer is `it-did` or `it-did excludes it-did-not,not-seen`."""
        ident = f"{self.stem}-{len(self.questions)}"
        given = [answer.split() for answer in answers]
        records = [
            {"id": parts[0], "label": f"It is {parts[0].replace('-', ' ')}."} | ({parts[1]: f"[{parts[2]}]"} if len(parts) > 1 else {})
            for parts in given
        ]
        self.questions.append(({"id": ident, "label": f"What of {ident.replace('-', ' ')}?", "kind": kind, "strength": strength}, records))

    @property
    def question(self) -> str:
        return self.questions[-1][0]["id"]

    def cast(self, kind: str, role: str, **more: str) -> str:
        """Add an entity of this case and return its id."""
        ident = f"{role}-of-{self.stem}"
        keys = {key.replace("_", "-"): value for key, value in more.items()}
        self.entities.append((kind, {"id": ident, "kind": kind, "label": ident.replace("-", " ").capitalize()} | keys))
        return ident

    def people(self, *roles: str, **more: str) -> list[str]:
        return [self.cast("person", role, **more) for role in roles]

    def says(self, speaker: str, answer: str, **more: str) -> None:
        self.bundles.append(Bundle((self.claim(answer, {"speaker": speaker} | more),)))

    def claim(self, answer: str, words: Record) -> Record:
        return words | {"label": f"{words.get('speaker', 'The article')} holds it {answer}.", "answers": f"{{{self.question}: {answer}}}"}

    def writes(self, outlet: str, *answers: str, wire: str = "") -> None:
        """Let an article of an outlet give answers in its own voice."""
        self.bundles.append(Bundle(tuple(self.claim(answer, {}) for answer in answers), (outlet, wire)))

    def clash(self, one: str, other: str, *scopes: str, kind: str = "contradiction", voices: tuple[str, ...] = (), same: bool | None = None) -> None:
        question = self.questions[-1][0]
        self.found.append({
            "node": f"{self.question}/{kind}/{one}/{other}", "strength": question["strength"], "scopes": list(scopes),
            "voices": sorted(voices), "same_time": same,
        })  # fmt: skip

    def agreed(self, answer: str, origins: int, *adverse: tuple[str, str]) -> None:
        question = self.questions[-1][0]
        self.found.append({
            "node": f"{self.question}/corroboration/{answer}", "strength": question["strength"], "origins": origins,
            "adverse": [list(pair) for pair in adverse[:MOST_ADVERSE]], "more_adverse": len(adverse) > MOST_ADVERSE,
        })  # fmt: skip


def _crowd(case: Case) -> None:
    """Two crowds against each other, who agree on another matter: many times more pairs of claims and of parties than claims."""
    many = max(2, case.size // 20)
    east, west = ([*case.people(*(f"{side}-{number:04}" for number in range(many)))] for side in ("east", "west"))
    case.ask("strong", "it-did excludes it-did-not", "it-did-not")
    for one, other in zip(east, west, strict=True):
        case.says(one, "it-did")
        case.says(other, "it-did-not")
    case.clash("it-did", "it-did-not", BETWEEN)
    case.agreed("it-did", many)
    case.agreed("it-did-not", many)
    case.ask("weak", "known", "unsure qualifies known", kind="evaluation")
    for one in (*east, *west):
        case.says(one, "known")
    case.says(west[0], "unsure")
    case.agreed("known", 2 * many, *((one, other) for one in east for other in west))


def _of_one_time(case: Case) -> None:
    one, other = case.people("mayor", "guard")
    case.ask("strong", "it-did excludes it-did-not", "it-did-not")
    case.says(one, "it-did", time='"2031-02"')
    case.says(other, "it-did-not", time='"2031-02-10/2031-02-14"')
    case.clash("it-did", "it-did-not", BETWEEN, same=True)


def _of_times_apart(case: Case) -> None:
    one, other = case.people("mayor", "guard")
    case.ask("medium", "many", "none excludes many", kind="value")
    case.says(one, "many", time='"2031-01"')
    case.says(other, "none", time='"2031-03"')
    case.clash("many", "none", BETWEEN, same=False)


def _inferred(case: Case) -> None:
    one, other = case.people("mayor", "guard")
    case.ask("weak", "gain excludes loss", "loss", kind="framing")
    case.says(one, "gain", time='"2031-03"')
    case.says(other, "loss")
    case.clash("gain", "loss", BETWEEN)


def _against_oneself(case: Case) -> None:
    [one] = case.people("minister")
    case.ask("strong", "planned excludes forced", "forced", kind="purpose")
    case.says(one, "planned")
    case.says(one, "forced")
    case.clash("forced", "planned", SPEAKER, voices=(one,))


def _three_ways(case: Case) -> None:
    one, two, three = case.people("mayor", "guard", "clerk")
    case.ask("strong", "constant excludes growing,shrinking", "growing excludes shrinking", "shrinking")
    for speaker, answer in ((one, "constant"), (two, "growing"), (three, "shrinking"), (three, "growing")):
        case.says(speaker, answer)
    case.clash("constant", "growing", BETWEEN)
    case.clash("constant", "shrinking", BETWEEN)
    case.clash("growing", "shrinking", BETWEEN, SPEAKER, voices=(three,))
    case.agreed("growing", 2)


def _own_voice(case: Case) -> None:
    outlet = case.cast("medium", "daily")
    case.ask("medium", "orderly excludes rout", "rout", kind="framing")
    case.writes(outlet, "orderly", "rout")
    case.clash("orderly", "rout", ARTICLE, voices=(outlet,))


def _rivals(case: Case) -> None:
    one, other = case.people("mayor", "guard")
    case.ask("weak", "frost competes-with neglect", "neglect", kind="cause")
    case.says(one, "frost", time='"2031-02"')
    case.says(other, "neglect", time='"2031-02-20/.."')
    case.clash("frost", "neglect", BETWEEN, kind="rivalry", same=True)


def _independent(case: Case) -> None:
    outlet = case.cast("medium", "daily")
    one, other = case.people("mayor", "guard")
    case.ask("strong", "it-did", "partly qualifies it-did")
    case.says(one, "it-did")
    case.says(other, "it-did")
    case.writes(outlet, "it-did")
    case.says(one, "partly")
    case.agreed("it-did", 3)


def _copies_of_a_wire(case: Case) -> None:
    """Several outlets print one wire: one origin."""
    wire = case.cast("medium", "wire")
    case.ask("medium", "it-did", "partly qualifies it-did")
    for role in ("daily", "weekly"):
        case.writes(case.cast("medium", role), "it-did", wire=wire)
    case.says(case.people("mayor")[0], "partly")


def _wire_and_outlet(case: Case) -> None:
    wire, daily, weekly = (case.cast("medium", role) for role in ("wire", "daily", "weekly"))
    case.ask("medium", "it-did", "partly qualifies it-did")
    case.writes(daily, "it-did", wire=wire)
    case.writes(weekly, "it-did")
    case.says(case.people("mayor")[0], "partly")
    case.agreed("it-did", 2)


def _collective(case: Case) -> None:
    """A collective and its member: an overlap, not a second origin."""
    union = case.cast("group", "union")
    [one] = case.people("member", member_of=union)
    case.ask("medium", "it-did", "partly qualifies it-did")
    case.says(union, "it-did")
    case.says(one, "it-did")
    case.says(one, "partly")


def _collective_of_two(case: Case) -> None:
    union = case.cast("group", "union")
    one, other = case.people("member", "steward", member_of=union)
    case.ask("strong", "it-did", "partly qualifies it-did")
    for speaker in (union, one, other):
        case.says(speaker, "it-did")
    case.says(one, "partly")
    case.agreed("it-did", 2)


def _state(case: Case) -> None:
    """A government, its ministry, its forces and who holds its office: one voice."""
    state = case.cast("state", "land")
    government = case.cast("government", "government", country=state)
    ministry = case.cast("body", "ministry", part_of=government)
    army = case.cast("armed-force", "army", country=state)
    office = case.cast("office", "premiership", country=state)
    [premier] = case.people("premier")
    case.ask("strong", "it-did", "partly qualifies it-did")
    for speaker in (government, ministry, army, premier):
        case.says(speaker, "it-did")
    case.says(premier, "partly")
    held = {"label": f"{premier} is in office.", "presupposed": "true", "subject": premier, "predicate": "holds the office of", "object": office}
    case.bundles.append(Bundle((held | {"time": "now", "time-basis": "tense"},)))


def _on_behalf(case: Case) -> None:
    one, other = case.people("principal", "spokesman")
    case.ask("weak", "it-did", "partly qualifies it-did")
    case.says(one, "it-did")
    spoken = {"attribution": f"- {{source: {other}, verb: said, act: state, on-behalf-of: {one}}}", "voice": "indirect"}
    case.bundles.append(Bundle((case.claim("it-did", spoken),)))
    case.says(other, "partly")


def _adverse(case: Case) -> None:
    """Two states contradict each other on one question and agree on another."""
    north, south = (case.cast("state", role) for role in ("north", "south"))
    [one], [other] = case.people("envoy", country=north), case.people("legate", country=south)
    case.ask("strong", "it-did excludes it-did-not", "it-did-not")
    case.says(one, "it-did")
    case.says(other, "it-did-not")
    case.clash("it-did", "it-did-not", BETWEEN)
    case.ask("medium", "known", "unsure qualifies known", kind="evaluation")
    case.says(one, "known")
    case.says(other, "known")
    case.says(one, "unsure")
    case.agreed("known", 2, (north, south))


def _compatible(case: Case) -> None:
    """Answers that stand in no relation, one of them taken for granted: nothing."""
    one, other = case.people("mayor", "guard")
    case.ask("medium", "it-did", "how", "how-long qualifies it-did")
    case.says(one, "it-did", presupposed="true")
    case.says(other, "how")
    case.says(one, "how-long", time='"2031-02"')


_TEMPLATES: tuple[Callable[[Case], None], ...] = (
    _of_one_time, _against_oneself, _three_ways, _rivals, _collective, _adverse, _compatible, _of_times_apart, _inferred, _state,
    _on_behalf, _collective_of_two, _own_voice, _copies_of_a_wire, _independent, _wire_and_outlet,
)  # fmt: skip
HEADS_FROM = 12  # articles below which no case asks for an article of a certain outlet


def make_case(rank: int, size: int, articles: int) -> Case:
    """Return the case of a rank: a crowd where there is much to say, each kind of case in turn below."""
    templates = _TEMPLATES if articles >= HEADS_FROM else _TEMPLATES[:-4]
    template = _crowd if rank == 0 or size > 2000 else templates[rank % len(templates)]
    case = Case(f"{template.__name__.strip('_').replace('_', '-')}-{rank}", size)
    template(case)
    return case
