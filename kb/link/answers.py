"""What a person says of a candidate: yes, no, unsure, or that the thing has no item at all; and who that person is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kb.errors import InputError
from kb.judgement import ANSWERS, NO_TERM, PREDICATES, SAME_AS, Judgement
from kb.link.suggest import plain

ALIKE = {"same": SAME_AS} | {one.rpartition("#")[2].removesuffix("Match"): one for one in PREDICATES[1:]}
_KINDS = (*ANSWERS, "none")
_WORDS = {"y": "yes", "n": "no", "u": "unsure", "x": "none"}
_MARKS = ".,:;!?()[]'\""  # around a word, no part of it
_AUTHOR = re.compile(r"agent:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|orcid:(\d{4}-){3}\d{3}[\dX]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says. `kind`: yes, no, unsure, or none (no item); `predicate` is empty where the candidate's own is meant."""

    kind: str
    predicate: str = ""
    comment: str = ""


def read_answer(words: str) -> Answer | None:
    """Return the answer in what a person wrote, None when it is none.

    After yes and unsure may stand how the two are alike (same, exact, close, broad, narrow, related), after each a comment.
    Raises InputError for a word there that looks like one of these and is none: as a comment it would say that the two are one.

    >>> read_answer("n another man of that name")
    Answer(kind='no', predicate='', comment='another man of that name')
    >>> read_answer("yes, related: a part of it").predicate
    'http://www.w3.org/2004/02/skos/core#relatedMatch'
    >>> read_answer("Not there").kind
    'none'
    """
    first, _, rest = " ".join(words.split()).partition(" ")
    if (first + " " + rest[:5]).lower() == "not there":
        first, rest = "none", rest[5:].lstrip(" :,;")
    first = first.lower().rstrip(":,;")
    kind = _WORDS.get(first, first)
    if kind not in _KINDS:
        return None
    second, _, comment = rest.partition(" ")
    if kind in ("yes", "unsure") and (predicate := _alike(second)):
        return Answer(kind, predicate, plain(comment))
    return Answer(kind, "", plain(rest))


def alike_of(predicate: str) -> str:
    """Return how a predicate says that two things are alike, in words for a person.

    >>> alike_of(SAME_AS), alike_of(PREDICATES[2])
    ('the same', 'close match')
    """
    return "the same" if predicate == SAME_AS else predicate.rpartition("#")[2].replace("Match", " match")


def _alike(word: str) -> str:
    """Return the predicate that a word names, the empty string for the first word of a comment. Raises InputError."""
    from rapidfuzz.distance import OSA

    word = word.lower().strip(_MARKS)
    if not word or word in ALIKE:
        return ALIKE.get(word, "")
    short = word.rpartition(":")[2]
    near = [one for one in ALIKE if one.startswith(word) or short.startswith(one) or OSA.distance(word, one) <= (1 if len(one) < 6 else 2)]
    if near == ["same"] and len(word) == len("same") and sorted(word) != sorted("same"):
        near = []  # name, some, came …: words of remarks
    if near:
        cure = f"did you mean {' or '.join(repr(one) for one in near)}? if it is a remark, begin it with another word"
        raise InputError(f"'{plain(word)[:40]}' does not say how the two are alike", cure=cure)
    return ""


def judgement_of(candidate: Judgement, answer: Answer, *, author: str, day: str) -> Judgement:
    """Return the row that says so of a candidate. Its reasons are kept where the answer agrees with them."""
    agrees = answer.kind in ("yes", "unsure")
    row = replace(
        candidate, answer=answer.kind, predicate=answer.predicate or candidate.predicate, negated=answer.kind == "no",
        justification="semapv:ManualMappingCuration", author=author, date=day, confidence=None,
        comment=answer.comment or (candidate.comment if agrees else ""), path="", line=0,
    )  # fmt: skip
    return replace(row, answer="no", object=NO_TERM, object_label="", version="") if answer.kind == "none" else row


def check_author(author: str) -> str:
    """Return who judges, if files can name them. Raises InputError.

    An ORCID's last sign is a check on the others (ISO 7064, MOD 11-2).

    >>> check_author("agent:ada-brink")
    'agent:ada-brink'
    """
    cure = "write agent:NAME, or orcid: and your sixteen digits, with --by or in KB_REVIEWER"
    if not author:
        raise InputError("nobody to sign the judgements", cure=cure)
    if not _AUTHOR.fullmatch(author):
        raise InputError(f"'{author[:60]}' is no id of a person", cure=cure)
    if author.startswith("orcid:"):
        total = 0
        for digit in author.removeprefix("orcid:").replace("-", "")[:-1]:
            total = (total + int(digit)) * 2
        if "0123456789X"[(12 - total % 11) % 11] != author[-1]:
            raise InputError(f"'{author}' is no ORCID: its last sign does not fit the others", cure="look for a slip in it")
    return author
