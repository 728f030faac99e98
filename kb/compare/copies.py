"""Passages that two articles share nearly word for word, found by MinHash and proposed as of one origin; never applied.

How: a run of three words that stands in one article alone cannot be copied, so only windows of 24 words are sketched of which at
least half the runs stand elsewhere too. They start where the words say (a run whose number divides by 3), so that two copies are
cut alike. Locality-sensitive hashing finds windows like it in the articles before; the two texts are then laid side by side there.
A window is kept for later articles unless it stands there already or 32 like it do, so the work grows with the texts, whatever
they repeat; a passage of many articles is shown once for each, beside an earlier one.

A translation shares no runs. For whole texts names and figures, and their order, are compared as well (`signature` names): weaker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.compare.passages import SHINGLE, Anchors, Reader, Words, anchors, overlap, shingles
from kb.errors import MissingExtra

if TYPE_CHECKING:
    import numpy as np

WINDOW = 22  # runs of three words in a window of 24
SEED, BANDS, ROWS = 20310507, 16, 3  # at a Jaccard similarity of 0.4 a window is found in two cases of three, at 0.6 in 98 of 100
LEAST_WORDS, LEAST_ALIKE = 15, 0.7  # of a passage that is shown
_ALIKE, _SAME, _MOST, _KEPT, _LONGEST = 0.35, 0.9, 16, 32, 4_000
_NAMES, _FIGURES, _NAMES_ALIKE = 8, 2, 0.6


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """Characters `start` to `end` of an article in code points, end excluded."""

    article: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Copy:
    """Two passages alike. `similarity`, 0 to 1: by `words`, twice the words both have in one order, of the words of both;
    by `names`, the names and figures both have in one order, of those of the one with fewer."""

    one: Passage
    other: Passage
    similarity: float
    signature: str = "words"


@dataclass(frozen=True, slots=True)
class _Text:
    article: str
    words: Words
    runs: np.ndarray
    anchors: Anchors

    def window(self, start: int) -> set[int]:
        return set(self.runs[start : start + WINDOW].tolist())


def find_copies(texts: Iterable[tuple[str, str]]) -> list[Copy]:
    """Return the passages shared by texts, given as (article, text), in the order of the articles' names.

    The same texts give the same passages, in any order of reading. Raises MissingExtra without datasketch.
    """
    _library()
    reader = Reader()
    read = [_read(article, text, reader) for article, text in sorted(texts)]
    by_words = list(_by_words(read))
    known = {(copy.one.article, copy.other.article) for copy in by_words}
    by_names = (copy for copy in _by_names(read) if (copy.one.article, copy.other.article) not in known)
    return sorted([*by_words, *by_names])


def _library() -> Any:
    try:
        import datasketch
    except ImportError:
        raise MissingExtra("looking for copies needs the package datasketch", cure="pip install 'conflict-kb[copies]'") from None
    return datasketch


def _read(article: str, text: str, reader: Reader) -> _Text:
    words = reader.words(text)
    return _Text(article, words, shingles(words), anchors(text))


class _Sketches:
    """Sketches of sets of numbers, and those like them: MinHash with a fixed seed, bands of it hashed."""

    def __init__(self, bands: int, rows: int) -> None:
        library = _library()
        self.new = library.MinHash
        self.options = {"num_perm": bands * rows, "seed": SEED, "hashfunc": int}
        self.kept = library.MinHashLSH(num_perm=bands * rows, params=(bands, rows))

    def of(self, sets: Iterable[Iterable[int]]) -> Iterator[Any]:
        return self.new.generator(sets, **self.options)


def _by_words(texts: Sequence[_Text]) -> Iterator[Copy]:
    shared, sketches = _shared_runs(texts), _Sketches(BANDS, ROWS)
    for number, text in enumerate(texts):
        starts = _starts(text.runs, shared)
        alike = {}
        for start, sketch in zip(starts, sketches.of(text.window(start) for start in starts), strict=True):
            near = sketches.kept.query(sketch)
            others = [key for key in near if key[0] != number]
            alike_cut = [key for key in others if texts[key[0]].runs[key[1]] == text.runs[start]]
            found = _alike(text, start, alike_cut or (others if start in (starts[0], starts[-1]) else ()), texts)
            if found:
                alike[start] = found
            if len(near) < _KEPT and (not found or max(found.values()) < _SAME):
                sketches.kept.insert((number, start), sketch, check_duplication=False)
        yield from _copies(text, alike, texts)


def _shared_runs(texts: Sequence[_Text]) -> np.ndarray:
    """Return the runs of words that stand in two texts or more, in order."""
    import numpy

    every = numpy.sort(numpy.concatenate([numpy.unique(text.runs) for text in texts] or [numpy.array([], dtype=numpy.uint32)]))
    return numpy.unique(every[1:][every[1:] == every[:-1]])


def _starts(runs: np.ndarray, shared: np.ndarray) -> list[int]:
    """Return where windows start; a text shorter than a window, and the end of every text, are windows too."""
    import numpy

    length = min(len(runs), WINDOW)
    if length < LEAST_WORDS - 2 or not len(shared):
        return []
    place = numpy.minimum(numpy.searchsorted(shared, runs), len(shared) - 1)
    elsewhere = numpy.concatenate([[0], numpy.cumsum(shared[place] == runs)])
    among = elsewhere[length:] - elsewhere[:-length]
    chosen = runs[: len(among)] % 3 == 0
    chosen[[0, -1]] = True
    return numpy.flatnonzero(chosen & (among * 2 >= length)).tolist()


def _alike(text: _Text, start: int, near: Sequence[tuple[int, int]], texts: Sequence[_Text]) -> dict[tuple[int, int], float]:
    """Return the windows really like this one, of each of at most 16 texts the most alike."""
    window = text.window(start) if near else set()
    found = {key: overlap(window, texts[key[0]].window(key[1])) for key in near}
    best: dict[int, tuple[int, int]] = {}
    for key in sorted((key for key in found if found[key] >= _ALIKE), key=lambda key: (-found[key], key)):
        best.setdefault(key[0], key)
    return {key: found[key] for key in list(best.values())[:_MOST]}


def _copies(text: _Text, alike: dict[int, dict[tuple[int, int], float]], texts: Sequence[_Text]) -> Iterator[Copy]:
    """Yield the passages of a text that stand in earlier ones, those of the text with most of them first, each once."""
    count = Counter(number for found in alike.values() for number in {number for number, _ in found})
    done: list[tuple[int, int]] = []
    for number in sorted(count, key=lambda one: (-count[one], one)):
        seeds = sorted({(start, there) for start, found in alike.items() for other, there in found if other == number and not _within(start, done)})
        for mine, theirs in _stretches(seeds):
            aligned = _aligned(text.words, texts[number].words, mine, theirs)
            if aligned and not _within((aligned[0] + aligned[1]) // 2, done):
                first, last, there, end, similarity = aligned
                done.append((first, last))
                one = Passage(texts[number].article, *texts[number].words.place(there, end))
                yield Copy(one, Passage(text.article, *text.words.place(first, last)), similarity)


def _within(place: int, done: Iterable[tuple[int, int]]) -> bool:
    return any(first <= place < last for first, last in done)


def _stretches(seeds: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield (first, last) window here and there of seeds that go on from each other, about as far apart in both texts."""
    live: list[list[tuple[int, int]]] = []
    for seed in seeds:
        ended = [stretch for stretch in live if seed[0] - stretch[-1][0] > 2 * WINDOW]
        yield from map(_ends, ended)
        live = [stretch for stretch in live if seed[0] - stretch[-1][0] <= 2 * WINDOW] if ended else live
        for stretch in live:
            here, there = seed[0] - stretch[-1][0], seed[1] - stretch[-1][1]
            if abs(here - there) <= WINDOW and seed[0] - stretch[0][0] < _LONGEST:
                stretch.append(seed)
                break
        else:
            live.append([seed])
    yield from map(_ends, live)


def _ends(stretch: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], tuple[int, int]]:
    there = [place for _, place in stretch]
    return (stretch[0][0], stretch[-1][0]), (min(there), max(there))


def _aligned(here: Words, there: Words, mine: tuple[int, int], theirs: tuple[int, int]) -> tuple[int, int, int, int, float] | None:
    """Return the words (from, to here; from, to there) that two texts share around a stretch, and how alike they are."""
    best = _best_run(list(_steps(here, there, _cuts(mine, len(here)), _cuts(theirs, len(there)))))
    if best is None:
        return None
    (_, first, _, there_first, _), (_, _, last, _, there_last) = best[0], best[-1]
    same = sum(end - start for equal, start, end, _, _ in best if equal)
    similarity = round(2 * same / (last - first + there_last - there_first), 3)
    return (first, last, there_first, there_last, similarity) if same >= LEAST_WORDS and similarity >= LEAST_ALIKE else None


def _cuts(windows: tuple[int, int], words: int) -> tuple[int, int, int, int]:
    """Return where the words before a stretch of windows begin, the stretch itself begins and ends, and the words after it end."""
    end = min(windows[1] + WINDOW + SHINGLE - 1, words)
    return max(windows[0] - 2 * WINDOW, 0), windows[0], end, min(end + 2 * WINDOW, words)


def _steps(here: Words, there: Words, mine: Sequence[int], theirs: Sequence[int]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Yield how to get from the words here to those there: whether they are equal, from, to here, from, to there.

    The stretch and what lies before and after are laid side by side each for itself, so that a passage next to it, which
    stands elsewhere in the other text, does not draw the words of the stretch away.
    """
    from rapidfuzz.distance import Indel

    for place in range(3):
        one, other = (words.codes[cuts[place] : cuts[place + 1]].tolist() for words, cuts in ((here, mine), (there, theirs)))
        for step in Indel.opcodes(one, other):
            left, right = mine[place], theirs[place]
            yield step.tag == "equal", left + step.src_start, left + step.src_end, right + step.dest_start, right + step.dest_end


def _best_run(steps: Sequence[tuple[bool, int, int, int, int]]) -> list[tuple[bool, int, int, int, int]] | None:
    """Return the steps between which the words in common most outweigh the others (the largest sum of a run)."""
    best, best_sum, start, total = None, 0, 0, 0
    for place, (equal, first, last, there, end) in enumerate(steps):
        total += (last - first) if equal else -max(last - first, end - there)
        if total <= 0:
            start, total = place + 1, 0
        elif total > best_sum:
            best, best_sum = (start, place + 1), total
    return None if best is None else list(steps[slice(*best)])


def _by_names(texts: Sequence[_Text]) -> Iterator[Copy]:
    """Yield whole texts with most names and figures in common, in one order; what many texts name tells nothing."""
    met = Counter(code for text in texts for code in text.anchors.codes)
    most = max(20, len(texts) // 100)
    rare = [{code for code in text.anchors.codes if 1 < met[code] <= most} for text in texts]
    sketches = _Sketches(32, 2)
    chosen = [number for number, codes in enumerate(rare) if len(codes) >= _NAMES]
    for number, sketch in zip(chosen, sketches.of(sorted(rare[number]) for number in chosen), strict=True):
        near = sorted(sketches.kept.query(sketch), key=lambda one: (-overlap(rare[number], rare[one]), one))
        for other in near[:1]:
            yield from _named_alike(texts[other], texts[number], rare[other] & rare[number], met, most)
        if len(near) < _MOST:
            sketches.kept.insert(number, sketch, check_duplication=False)


def _named_alike(one: _Text, other: _Text, both: set[int], met: Counter[int], most: int) -> Iterator[Copy]:
    from rapidfuzz.distance import LCSseq

    in_order = LCSseq.similarity(one.anchors.order(both), other.anchors.order(both))
    fewer = min(sum(met[code] <= most for code in text.anchors.codes) for text in (one, other))
    similarity = round(in_order / fewer, 3)
    if in_order >= _NAMES and one.anchors.figures(both) >= _FIGURES and similarity >= _NAMES_ALIKE:
        yield Copy(Passage(one.article, *one.anchors.span(both)), Passage(other.article, *other.anchors.span(both)), similarity, "names")
