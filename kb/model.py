"""The words of the knowledge base as frozen objects: no files, no RDF.

The annotations are the fact-file format: `facts` reads YAML by them and generates the JSON Schema from them.
A field's YAML key is its name with hyphens; a `tuple` takes one value or a list; `about` is what an editor shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field  # isort: skip_file
from decimal import Decimal
from typing import Annotated

from kb import vocab
from kb.errors import Fault
from kb.form import (
    Address_, ClaimId_, Edtf_, Entity_, Event_, Language_, Match, OneOf, Point_, Quote_, Ref, Sha256_, Slug, Text_, Thing_, When_, about,
    of_scheme,
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` of a text in code points, end excluded; `sha256` of them in UTF-8, "" before `kb anchor`."""

    start: int
    end: int
    sha256: str = ""

    def __str__(self) -> str:
        return f"{self.start}-{self.end} {self.sha256}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of an attribution, written from the article inwards; the last one is the speaker's."""

    source: Annotated[str, Ref(("entity",))] = field(metadata={"about": "who says it at this step"})
    verb: Text_ | None = about("the reporting verb, as written")
    act: Annotated[str, of_scheme("speech-act")] | None = about("what kind of saying it is")
    stance: Annotated[str, of_scheme("stance")] | None = about("how the step outside this one stands to what is said")
    on_behalf_of: tuple[Entity_, ...] = about("for whom the source speaks", ())
    via: tuple[Entity_, ...] = about("the medium it was said through", ())
    addressee: tuple[Entity_, ...] = about("to whom it was said", ())
    said: When_ | None = about("when it was said: EDTF, or words such as `yesterday` that hang on the article's date")
    said_basis: Annotated[str, of_scheme("time-basis")] | None = about("how we know; set by itself for EDTF (stated) and relative words (relative)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as said: `value`, or bounds, or a fraction of another claim's quantity."""

    value: Decimal | None = about("the number as written")
    min: Decimal | None = about("the lower bound, where a range is said")
    max: Decimal | None = about("the upper bound, where a range is said")
    unit: Text_ | None = about("what is counted, singular: person, rocket, USD, year")
    kind: Annotated[str, of_scheme("quantity-kind")] | None = about("what the number measures")
    approximation: Annotated[str, of_scheme("approximation")] = about("how exact it is said to be", "exact")
    fraction: Decimal | None = about("the part, where a part is said: 0.5 for half")
    fraction_of: ClaimId_ | None = about("the claim of this article whose quantity it is a part of, as claim:ID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An editor's remark on a claim. Never a correction: the claim stays as said."""

    kind: Annotated[str, of_scheme("flag-kind")] = field(metadata={"about": "what kind of remark it is"})
    reason: Text_ = field(metadata={"about": "the remark, in our own words"})
    words: Text_ | None = about("the word or two it is about, as written")
    see: tuple[Thing_, ...] = about("the entity, event or claim that explains it", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing one article, or someone in it, says."""

    id: Annotated[str, Slug()] = field(metadata={"about": "never changes; unique in its article"})
    label: Text_ = field(metadata={"about": "the claim in one sentence of our own"})
    evidence: tuple[Span, ...] = about("START-END in code points, then the digest that `kb anchor` writes", ())
    quote: tuple[Quote_, ...] = about("words of the text, quoted; `kb anchor` turns them into evidence", ())
    attribution_evidence: tuple[Span, ...] = about("where the speaker is named, when that is elsewhere", ())
    attribution_quote: tuple[Quote_, ...] = about("words of the text that name the speaker; `kb anchor` turns them into attribution-evidence", ())
    speaker: Entity_ | None = about("innermost source committed to the content; left out: the article's own voice")
    attribution: tuple[Step, ...] = about("every step from the article (left out) to the speaker", ())
    voice: Annotated[str, of_scheme("voice")] | None = about("article when there is no speaker, else indirect, unless said")
    zone: Annotated[str, of_scheme("zone")] | None = about("follows from the evidence and the article's zones, unless said")
    polarity: Annotated[str, of_scheme("polarity")] = about("`saw no sign of` is not-observed, weaker than negated", "affirmed")
    modality: Annotated[str, of_scheme("modality")] = about("whether it is told as so, planned, possible …", "asserted")
    certainty: Annotated[str, of_scheme("certainty")] = about("how sure the speaker is", "unspecified")
    hedge: Text_ | None = about("the hedging words, as written")
    presupposed: bool = about("true where the text takes it for granted", False)
    valence: Annotated[str, of_scheme("valence")] | None = about("whether the speaker's own words judge a thing good or bad, the claim's negation included")
    toward: tuple[Thing_, ...] = about("who or what the valence is a judgement on; left out: the subject", ())
    impact: Annotated[str, of_scheme("impact")] | None = about("how strongly the speaker says that one thing tells on another")
    subject: Thing_ | None = about("who or what the claim is about")
    predicate: Text_ | None = about("a short verb phrase in our words, in the third person")
    object: tuple[Thing_, ...] = about("what the predicate points to", ())
    value: Text_ | None = about("what the predicate points to, when that is a text or number")
    event: Event_ | None = about("the event it tells of")
    type: Annotated[str, of_scheme("event-type")] | None = about("what this claim calls the event; another may call it otherwise")
    agent: tuple[Thing_, ...] = about("who acts", ())
    recipient: tuple[Thing_, ...] = about("who is given, told, helped or struck", ())
    theme: tuple[Thing_, ...] = about("what is moved, given, said or done", ())
    instrument: tuple[Thing_, ...] = about("with what", ())
    place: tuple[Thing_, ...] = about("where", ())
    origin: tuple[Thing_, ...] = about("where from", ())
    destination: tuple[Thing_, ...] = about("where to", ())
    cause: tuple[Thing_, ...] = about("because of what", ())
    purpose: tuple[Thing_, ...] = about("what for", ())
    topic: tuple[Thing_, ...] = about("what it is about, when that is a matter and not a deed", ())
    time: When_ | None = about("when the content holds: EDTF, or words such as `last week`")
    time_basis: Annotated[str, of_scheme("time-basis")] | None = about("how we know; set by itself for EDTF (stated) and relative words (relative)")
    quantity: Quantity | None = about("the number it gives")
    written: dict[Entity_, tuple[Text_, ...]] = field(
        default_factory=dict, metadata={"about": "entity → the name as written here, when that is not its label: a variant, misspelling or metonym"}
    )
    answers: dict[str, tuple[Text_, ...]] = field(
        default_factory=dict, metadata={"about": "question → the answer this claim gives; a list where it contradicts itself"}
    )
    flags: tuple[Flag, ...] = about("editor's remarks", ())
    confidence: Decimal | None = about("how sure the annotator is of the reading, 0 to 1")
    review: Annotated[str, of_scheme("review")] | None = about("the editor's decision")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is known of an article's text without having it."""

    sha256: Sha256_ = field(metadata={"about": "of the file's bytes"})
    characters: int = field(metadata={"about": "length in code points"})
    file: Text_ | None = about("the file's usual name, to look for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """When the article was written, inferred: an interval and the reasons for it."""

    interval: Edtf_ = field(metadata={"about": "an EDTF interval"})
    because: tuple[Text_, ...] = field(metadata={"about": "each reason, in our own words"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One text by one outlet. Relative dates hang on `written`, else `stated`, else `published`."""

    id: Annotated[str, Slug(graph=True)] = field(metadata={"about": "the file's name without .yaml"})
    title: Text_ = field(metadata={"about": "the title; a supplied one of our own stands in square brackets"})
    kind: Annotated[str, OneOf(tuple(vocab.ARTICLE_KINDS))] = about("what kind of article it is", "news")
    author: tuple[Entity_, ...] = about("who signs it", ())
    publisher: Entity_ | None = about("the outlet")
    published: Edtf_ | None = about("when it was published, known from elsewhere")
    stated: Edtf_ | None = about("the date the text itself carries")
    written: Written | None = about("when it was written, inferred")
    language: Language_ = about("language of the text", "en")
    origin: tuple[Entity_, ...] = about("a wire credit: the same words elsewhere are not a second source", ())
    url: Annotated[str, Match(r"https?://[!-~]+", "an http(s) address")] | None = about("where it stands on the web")
    text: Text | None = about("digest and length of the text")
    zones: dict[Annotated[str, of_scheme("zone")], tuple[Span, ...]] = field(
        default_factory=dict, metadata={"about": "which characters are headline, body, biography, credit, furniture"}
    )
    comment: Text_ | None = about("what a reader of the claims should know about this text")

    @property
    def anchor(self) -> str | None:
        """The EDTF text that relative dates hang on, None when nothing is known."""
        return self.written.interval if self.written else self.stated or self.published

    def zone_at(self, start: int) -> str:
        """Return the zone that character `start` lies in; `body` where none is given."""
        return next((name for name, spans in self.zones.items() for span in spans if span.start <= start < span.end), "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A person, body, state, place or thing that claims name."""

    id: Annotated[str, Slug()] = field(metadata={"about": "never changes; unique among entities and events"})
    kind: Annotated[str, OneOf(tuple(vocab.ENTITY_KINDS))] = field(metadata={"about": "what kind of thing it is"})
    label: Text_ = field(metadata={"about": "its usual English name"})
    labels: dict[Language_, Text_] = field(default_factory=dict, metadata={"about": "language → name"})
    aliases: tuple[Text_, ...] = about("other correct names", ())
    misspellings: tuple[Text_, ...] = about("wrong spellings met in articles", ())
    description: Text_ | None = about("what it is, in one line of our own")
    country: Entity_ | None = about("the state it belongs to")
    part_of: tuple[Entity_, ...] = about("the larger thing it is part of or lies in", ())
    member_of: tuple[Entity_, ...] = about("the bodies or groups it is a member of", ())
    metonym: tuple[Entity_, ...] = about("the place or person whose name stands for it", ())
    coordinates: Point_ = about("latitude and longitude in degrees, WGS84; of a region its middle", ())
    comment: Text_ | None = about("what an editor should know")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that is claimed to happen. Its label is neutral; loaded names belong to claims."""

    id: Annotated[str, Slug()] = field(metadata={"about": "never changes; unique among entities and events"})
    label: Text_ = field(metadata={"about": "a neutral name"})
    type: Annotated[str, of_scheme("event-type")] = field(metadata={"about": "the widest type all tellers would accept"})
    status: Annotated[str, of_scheme("event-status")] = about("how the articles speak of it", "claimed")
    aliases: tuple[Text_, ...] = about("other names, loaded ones too", ())
    description: Text_ | None = about("what it is, in one line of our own")
    part_of: tuple[Event_, ...] = about("the larger event it is part of", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A position on a question."""

    id: Annotated[str, Slug()] = field(metadata={"about": "unique in its question"})
    label: Text_ = field(metadata={"about": "the answer in our own words"})
    excludes: tuple[Text_, ...] = about("answers of this question that cannot hold beside it", ())
    competes_with: tuple[Text_, ...] = about("answers that rival it but may both be true", ())
    qualifies: tuple[Text_, ...] = about("answers that it limits", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What claims disagree about."""

    id: Annotated[str, Slug()] = field(metadata={"about": "never changes"})
    label: Text_ = field(metadata={"about": "the question in our own words"})
    kind: Annotated[str, of_scheme("question-kind")] = field(metadata={"about": "what kind of question it is"})
    strength: Annotated[str, of_scheme("strength")] | None = about("how plainly its answers clash in the texts")
    event: tuple[Event_, ...] = about("the events it asks about", ())
    answers: tuple[Answer, ...] = about("the positions taken on it", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class FactFile:
    """One article and its claims, in the order of the text."""

    article: Article = field(metadata={"about": "the article"})
    claims: tuple[Claim, ...] = about("its claims, in the order of the text", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The least that a build of this corpus holds; less is a finding."""

    articles: int = about("articles", 0)
    claims: int = about("claims", 0)
    claims_per_article: int = about("claims in each article", 0)
    entities: int = about("entities", 0)
    events: int = about("events", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """`corpus.yaml`: what the whole is called, where its IRIs live, what it must hold."""

    title: Text_ = field(metadata={"about": "the corpus's name"})
    description: Text_ | None = about("what it holds, in a line or two")
    licence: Address_ = about("address of the licence", "https://creativecommons.org/publicdomain/zero/1.0/")
    base: Text_ = about("the IRI all things are minted below; ends in a slash", "https://w3id.org/conflict-kb/")
    creator: tuple[Text_, ...] = about("who made it", ())
    contact: Text_ | None = about("mail or web address sent to remote endpoints; without one we stay offline")
    expect: Expected = about("the least a build holds", Expected())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """A file of entities."""

    entities: tuple[Entity, ...] = about("the entities", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """A file of events."""

    events: tuple[Event, ...] = about("the events", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """A file of questions."""

    questions: tuple[Question, ...] = about("the questions", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of a check. `severity` is error, warning or info; `line` counts from 1, 0 when unknown."""

    severity: str
    rule: str
    message: str
    cure: str = ""
    path: str = ""
    line: int = 0
    claim: str = ""
    focus: str = ""
    value: str = ""

    @classmethod
    def of_fault(cls, fault: Fault) -> Finding:
        return cls(severity="error", rule="fact-file", message=fault.message, cure=fault.cure, path=fault.path, line=fault.line)
