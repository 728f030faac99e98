"""How long it takes to look for copies, and whether every planted one is found: `python -m tests.bench.copies 1000 4000`.

Texts of 600 invented words, drawn by Zipf's law; every tenth holds 100 words of an earlier one, each in twenty changed.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Iterator

WORDS, COPIED, CHANGED = 600, 100, 20


def planted(count: int, seed: int = 1) -> tuple[list[tuple[str, str]], set[tuple[str, str]]]:
    """Return (article, text) of each, and the pairs of articles that share a passage."""
    chance = random.Random(seed)
    words = [f"w{number:x}" for number in range(20_000)]
    weights = [1 / (place + 1) for place in range(len(words))]
    texts: list[tuple[str, str]] = []
    pairs: set[tuple[str, str]] = set()
    for number in range(count):
        text = chance.choices(words, weights, k=WORDS)
        if number % 10 == 9:
            source = texts[number - 5][1].split()
            start = chance.randrange(0, len(source) - COPIED)
            piece = source[start : start + COPIED]
            text[200:200] = [word if chance.randrange(CHANGED) else f"new{chance.randrange(10**6)}" for word in piece]
            pairs.add((f"a{number - 5:06}", f"a{number:06}"))
        texts.append((f"a{number:06}", " ".join(text)))
    return texts, pairs


def report(counts: list[int]) -> Iterator[str]:
    from kb.compare.copies import find_copies

    for count in counts:
        texts, pairs = planted(count)
        begun = time.process_time()
        found = {(copy.one.article, copy.other.article) for copy in find_copies(texts)}
        seconds = time.process_time() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        yield f"{count:,} texts: {len(found & pairs)} of {len(pairs)} planted found, {len(found - pairs)} others; {seconds:.1f} CPU s, {1000 * seconds / count:.1f} ms a text, peak {memory} MiB"


if __name__ == "__main__":
    for line in report([int(word) for word in sys.argv[1:]] or [1000]):
        print(line)
