"""Pages for people, made of one build: claims never shown as facts, every side of a question beside the others."""

from kb.pages.site import Page, Site

__all__ = ["Page", "Site"]
