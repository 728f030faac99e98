"""What no fact file can know alone: ids taken twice, claims of another article, texts that are others than they were."""

from __future__ import annotations

from collections.abc import Iterator

from kb.build.manifest import Entry, Manifest
from kb.errors import Fault, did_you_mean
from kb.home import Home
from kb.model import Finding

_HINTS = 10  # articles not there for which the nearest is looked for: among 10,000 that takes a twentieth of a second


def other_texts(manifest: Manifest, home: Home) -> Iterator[Finding]:
    """Yield a warning for each text at hand that is not the one its claims were made on: its words are not shown."""
    at_hand = {path.name for path in home.texts.rglob("*") if path.is_file()} if home.texts.is_dir() else set()
    for entry in manifest.entries.values():
        if entry.file in at_hand and not entry.shown:
            message = f"the text {entry.file} at hand is not the one the claims were made on; its words are not shown"
            cure = "bring the old text back, or anchor the claims again and give `text:` the new digest"
            yield Finding(severity="warning", rule="text-digest", message=message, cure=cure, path=entry.path, line=1)


def taken_twice(entries: list[Entry]) -> list[Fault]:
    first: dict[str, str] = {}
    faults = []
    for entry in sorted(entries, key=lambda entry: entry.path):
        if entry.article in first:
            message = f"the article id '{entry.article}' is taken by {first[entry.article]}"
            faults.append(Fault(entry.path, 1, message, "rename one of the two files and its article"))
        first.setdefault(entry.article, entry.path)
    return faults


def missing_claims(entries: list[Entry]) -> list[Fault]:
    """Return a fault for each claim of another article that is named and not there."""
    claims = {entry.article: frozenset(entry.claims) for entry in entries}
    faults, near = [], {}
    for entry in entries:
        for use, kind in entry.uses.items():
            article, _, claim = use.removeprefix("claim:").partition("/")
            if kind != "claim" or claim in claims.get(article, ()):
                continue
            if article in claims:
                cure = did_you_mean(claim, claims[article]) or f"look at the ids of the claims of '{article}'"
            else:
                if article not in near:
                    near[article] = did_you_mean(article, claims) if len(near) < _HINTS else ""
                cure = near[article] or f"there is no article '{article}'"
            faults.append(Fault(entry.path, 0, f"no claim '{article}/{claim}' in another article", cure))
    return faults
