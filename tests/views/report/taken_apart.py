"""A page of HTML taken apart by the parser of the standard library."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """Tags with their attributes, texts, and the text of each section."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.sections: dict[str, str] = {}
        self.key = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "section":
            self.key = dict(attrs)["id"]

    def handle_data(self, data):
        self.sections[self.key] = f"{self.sections.get(self.key, '')} {data}"

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]
