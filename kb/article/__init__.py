"""Article text ↔ characters: evidence found, digested, verified, and how much of a text it covers.

An offset counts the code points of the file's bytes decoded as UTF-8, end excluded (W3C Web Annotation, TextPositionSelector).
Nothing is translated: `\\r\\n` is two characters, a byte order mark is the first one, decomposed letters stay decomposed.
"""

from kb.article.cover import Coverage, Stretch, coverage
from kb.article.evidence import Finder, fill, find_evidence, verify
from kb.article.text import digest, find_texts, read_text, text_of

__all__ = [
    "Coverage",
    "Finder",
    "Stretch",
    "coverage",
    "digest",
    "fill",
    "find_evidence",
    "find_texts",
    "read_text",
    "text_of",
    "verify",
]
