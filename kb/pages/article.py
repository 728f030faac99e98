"""One article: its dates apart, its claims in the order of its text, and the text itself where it may be shown."""

from __future__ import annotations

from dataclasses import dataclass

from kb.pages.cards import Card, cards
from kb.pages.claim import Properties, one, properties
from kb.pages.reading import Reader, Thing, clip
from kb.pages.texts import Bar, Piece, bars, pieces
from kb.pages.times import Time, time_of
from kb.rows import Term, iri
from kb.vocab import ARTICLE_KINDS, PREFIXES

MOST = 500  # claims of one article on its page
_KINDS = {iri: kind for kind, iri in ARTICLE_KINDS.items() if kind != "news"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """`pieces` are empty where the text may not be shown; then `bars` show where claims stand in it."""

    template = "article.html"
    article: Thing
    kind: str
    author: tuple[Thing, ...]
    publisher: tuple[Thing, ...]
    origin: tuple[Thing, ...]
    stated: str
    written: str
    because: tuple[str, ...]
    published: str
    anchor: Time | None
    language: str
    characters: int
    sha256: str
    url: str
    comment: str
    place: str
    claims: tuple[Card, ...]
    number: int
    pieces: tuple[Piece, ...]
    bars: tuple[Bar, ...]

    @property
    def title(self) -> str:
        return self.article.label

    @property
    def lanes(self) -> int:
        return max((bar.lane for bar in self.bars), default=-1) + 1


def article_view(reader: Reader, article: str, *, text: str | None = None, place: str = "") -> ArticleView | None:
    """Return an article with its claims; None for what is none. `text` is handed in only where it may be shown."""
    thing = reader.thing(article)
    if not (reader.is_known(article) and thing.path.startswith("id/article/")):
        return None
    own = properties(reader, f"BIND({iri(article)} AS ?node) ?node ?property ?value").get(article, {})
    told = reader.claims(f"?claim kb:reportedIn {iri(article)}")
    claims = tuple(cards(reader, told[:MOST]).values())
    characters = int(one(own, "characters") or 0)
    return ArticleView(
        article=thing, kind=_kind(own), author=_things(reader, own, "schema:author"), publisher=_things(reader, own, "schema:publisher"),
        origin=tuple(reader.thing(value.value) for value in own.get("origin", ())), stated=_day(one(own, "statedDate")), written=_day(one(own, "writtenDate")),
        because=tuple(clip(value.value) for value in own.get("writtenBecause", ())), published=_day(one(own, f"{PREFIXES['schema']}datePublished")),
        anchor=time_of(one(own, "time"), one(own, "earliest"), one(own, "latest"), reader.word(one(own, "timeBasis"))),
        language=one(own, f"{PREFIXES['schema']}inLanguage"), characters=characters, sha256=one(own, "sha256"), url=_url(one(own, f"{PREFIXES['schema']}url")),
        comment=clip(one(own, f"{PREFIXES['rdfs']}comment")), place=place, claims=claims, number=len(told),
        pieces=tuple(pieces(text, claims)) if text is not None else (), bars=tuple(bars(claims, characters)),
    )  # fmt: skip


def _kind(own: Properties) -> str:
    return next((_KINDS[value.value] for value in own.get(f"{PREFIXES['rdf']}type", ()) if value.value in _KINDS), "news")


def _things(reader: Reader, own: Properties, name: str) -> tuple[Thing, ...]:
    prefix, local = name.split(":")
    values: list[Term] = own.get(PREFIXES[prefix] + local, [])
    return tuple(reader.thing(value.value) for value in values)


def _day(edtf: str) -> str:
    """Return a date of the article's own in words, as far as they are plain days."""
    first, _, last = edtf.partition("/")
    time = time_of(edtf, first, last or first) if first else None
    return time.shown if time else ""


def _url(address: str) -> str:
    return address if address.startswith(("https://", "http://")) else ""


