"""What a comparison gives: plain frozen objects, every one of them leading back to its claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kb.vocab import OWN_VOICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A claim that gives an answer. Things are IRIs; `evidence` are code points, end excluded.

    `said_until` is the last day on which it may have been said: never after its article. `when`: the first and last day
    on which it was said, its article's where that is not known, as texts. Of the article: `wires`, its
    credits, who signs it, its outlet, and the digest of its text.
    """

    claim: str
    answer: str
    label: str
    article: str
    speaker: str
    speaker_label: str
    voice: str
    zone: str
    evidence: tuple[tuple[int, int], ...] = ()
    is_dated: bool = False
    earliest: date | None = None
    latest: date | None = None
    said: str = ""
    said_from: date | None = None
    said_until: date | None = None
    when: tuple[str, str] = ("", "")
    behalf: tuple[str, ...] = ()
    wires: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    publisher: str = ""
    text: str = ""

    @property
    def is_own_voice(self) -> bool:
        """Whether the article says it in its own words."""
        return self.voice in OWN_VOICE

    @property
    def voices(self) -> tuple[str, ...]:
        """Who is committed to it: the speaker, or all who sign an article's own words."""
        return self.authors if self.is_own_voice and self.authors else (self.speaker,)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the words come from: the wires that an article's own words are credited to, else who is committed to them."""
        return self.wires if self.is_own_voice and self.wires else self.voices


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """An answer and the claims that give it."""

    answer: str
    label: str
    claims: tuple[Given, ...] = ()
    excludes: tuple[str, ...] = ()
    competes: tuple[str, ...] = ()
    qualifies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two answers that exclude (`contradiction`) or rival (`rivalry`) each other, both given.

    `scopes`: between speakers, within one speaker, within one article. `voices`: who gives both.
    `same_time`: whether claims of both sides speak of one day; None where none do and a claim without time might.
    `earliest`, `latest`: the first and the last such day, None where open.
    """

    iri: str
    kind: str
    one: Position
    other: Position
    scopes: tuple[str, ...]
    voices: tuple[str, ...] = ()
    same_time: bool | None = None
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One independent origin: its sources, those folded into it as they overlap with it, and how many utterances it made."""

    sources: tuple[str, ...]
    folded: tuple[str, ...]
    claims: tuple[Given, ...]
    utterances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Corroboration:
    """An answer that claims of two or more origins give. `adverse`: pairs of parties in it that contradict each other elsewhere,
    the first of them where `has_more_adverse`."""

    iri: str
    position: Position
    origins: tuple[Origin, ...]
    adverse: tuple[tuple[str, str], ...] = ()
    has_more_adverse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """A question with its answers, in their order, and what became of them. `undated`: claims left out, as for the comparison."""

    question: str
    label: str
    kind: str
    strength: str
    positions: tuple[Position, ...]
    clashes: tuple[Clash, ...] = ()
    corroborations: tuple[Corroboration, ...] = ()
    undated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """An article's own word on how claims stand to each other, `against` or `with`, and the questions where that shows.

    `missed`: the members that no question shows so beside another one. To contradict claims is to contradict each, to agree with
    someone is to agree with something he says: of claims of one speaker one is enough.
    """

    claim: str
    label: str
    word: str
    bearing: str
    members: tuple[str, ...]
    found: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All of it. `names`: IRI → label; `undated`: claims left out, as it is not known when they were said."""

    questions: tuple[QuestionResult, ...]
    relations: tuple[Relation, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    undated: int = 0

    def clashes(self, kind: str) -> list[Clash]:
        return [clash for question in self.questions for clash in question.clashes if clash.kind == kind]

    @property
    def corroborations(self) -> list[Corroboration]:
        """Corroborations, those between adverse parties first, then those of most origins."""
        found = (corroboration for question in self.questions for corroboration in question.corroborations)
        return sorted(found, key=lambda one: (not one.adverse, -len(one.origins), one.iri))
