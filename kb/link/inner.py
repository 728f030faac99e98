"""What is no thing of the world: inner pages of the wikis and mere names, known by what is said of them, in whichever language."""

from __future__ import annotations

import re

_SAID = re.compile(
    r"(?:Wikimedia|Wikipedia|Wikinews|Wikidata) |disambiguation page$|(?:(?:fe)?male |unisex |double )?(?:family|given|first) name\b|surname\b"
    r"|Wikimedia-|(?:weiblicher |männlicher )?(?:Familien|Vor|Nach)name\b"
    r"|(?:page|catégorie|modèle)\b.*\bWikim[eé]dia\b|page d['’]homonymie\b|nom de famille\b|prénom\b"
    r"|(?:página|categoría|plantilla|artículo)\b.*\bde Wikimedia\b|apellido\b|nombre de pila\b"
    r"|(?:сторінка|категорія|шаблон|список)\b.*\bВікімедіа\b|прізвище\b"
    r"|(?:страница|категория|шаблон|список)\b.*\bВикимедиа\b|фамилия\b"
)
_LABEL = re.compile(r"(?:Template|Category|Module|Portal|Help|Draft|Wikipedia|Wikidata|Project|User|File|MediaWiki):\S|Lists? of ")


def says_inner(description: str) -> bool:
    """Say whether a description, or the label of a class, is that of an inner page or a mere name.

    >>> [says_inner(said) for said in ("Wikimedia-Begriffsklärungsseite", "family name", "hosts Wikipedia", "a family")]
    [True, True, False, False]
    """
    return _SAID.match(description) is not None


def names_inner(label: str) -> bool:
    """Say whether a label is that of an inner page: of another name space, or of a list."""
    return _LABEL.match(label) is not None
