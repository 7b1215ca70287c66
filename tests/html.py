#!/usr/bin/env python3
"""A second opinion on pages: is this HTML as a strict parser wants it, and can everybody use it?

The test program keeps one judge running and asks it line by line, one JSON object each way:

  {"op": "ready"}                               {"ok": true}
  {"op": "read", "page": "<!DOCTYPE html>..."}  {"faults": [], "title": "...", "language": "it", "heading": "...",
                                                 "main": "...", "links": {text: address}, "fields": {label: value},
                                                 "described": {label: text}, "buttons": ["..."], "actions": ["..."]}

A page with faults may tell of nothing else.

usage: html.py
"""
import json
import sys

import html5lib

FIELDS = {"input", "select", "textarea"}
FOREIGN = ("http:", "https:", "//", "data:", "javascript:")


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def parse(page):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(page)


class Judge:
    def __init__(self, page):
        self.faults = []
        self.root = parse(page)
        self.all = [element for element in self.root.iter() if isinstance(element.tag, str)]
        ids = [element.get("id") for element in self.all if element.get("id")]
        self.by_id = {element.get("id"): element for element in self.all if element.get("id")}
        self.expect(len(ids) == len(set(ids)), "an id stands twice")

    def expect(self, right, fault):
        if not right:
            self.faults.append(fault)

    def named(self, *tags):
        return [element for element in self.all if element.tag in tags]

    def structure(self):
        self.expect(self.root.get("lang") in ("it", "en", "de"), "the page has no language")
        for tag in ("h1", "main", "header", "footer", "title"):
            self.expect(len(self.named(tag)) == 1, f"there is not one {tag}")
        self.expect(bool(text_of(self.named("title")[0])), "the title is empty")
        levels = [int(element.tag[1]) for element in self.named("h1", "h2", "h3", "h4")]
        self.expect(levels[:1] == [1], "the first heading is no h1")
        self.expect(all(b - a <= 1 for a, b in zip(levels, levels[1:])), "a level of headings is left out")
        self.expect(all(text_of(heading) for heading in self.named("h1", "h2", "h3")), "a heading is empty")
        for nav in self.named("nav"):
            self.expect(nav.get("aria-label"), "a nav has no name")
        first = self.named("a")[0]
        self.expect(first.get("href") == "#content", "the first link does not skip to the content")

    def safety(self):
        self.expect(not self.named("script", "style", "iframe", "object", "base"), "there is an element that must not be")
        for element in self.all:
            for name, value in element.attrib.items():
                self.expect(not name.startswith("on") and name != "style", f"{element.tag} has {name}")
                if name in ("src", "href", "action", "formaction"):
                    self.expect(not value.startswith(FOREIGN), f"{element.tag} leads elsewhere: {value}")

    def references(self):
        for element in self.all:
            for name in ("aria-describedby", "aria-labelledby"):
                for reference in (element.get(name) or "").split():
                    self.expect(reference in self.by_id, f"{name} names {reference}, which is not there")
            address = element.get("href") or ""
            if element.tag == "a" and address.startswith("#"):
                self.expect(address[1:] in self.by_id, f"{address} leads nowhere")
            if element.tag == "a":
                self.expect(bool(text_of(element)), "a link has no text")

    def labels(self):
        labels = {label.get("for"): text_of(label) for label in self.named("label")}
        for field in self.named(*FIELDS):
            self.expect(labels.get(field.get("id")), f"{field.get('name')} has no label")
            self.expect(field.get("autocomplete"), f"{field.get('name')} says nothing of its purpose")
            if field.get("aria-invalid"):
                self.expect(field.get("aria-describedby"), f"{field.get('name')} is wrong and does not say why")
        for fieldset in self.named("fieldset"):
            self.expect([child.tag for child in fieldset][:1] == ["legend"], "a fieldset has no legend")
        for button in self.named("button"):
            self.expect(bool(text_of(button)), "a button has no text")
        return labels

    def verdict(self):
        self.structure()
        self.safety()
        self.references()
        labels = self.labels()
        fields = self.named(*FIELDS)
        label = lambda field: labels.get(field.get("id"), "")
        described = lambda field: " ".join(
            text_of(self.by_id[one]) for one in (field.get("aria-describedby") or "").split() if one in self.by_id
        )
        return {
            "faults": self.faults,
            "title": text_of(self.named("title")[0]),
            "language": self.root.get("lang"),
            "heading": text_of(self.named("h1")[0]),
            "main": text_of(self.named("main")[0]),
            "links": {text_of(link): link.get("href") for link in self.named("a")},
            "fields": {label(field): field.get("value") or "" for field in fields},
            "described": {label(field): described(field) for field in fields},
            "buttons": [text_of(button) for button in self.named("button")],
            "actions": [form.get("action") for form in self.named("form")],
        }


def answer(question):
    if question["op"] == "ready":
        return {"ok": True}
    try:
        return Judge(question["page"]).verdict()
    except Exception as fault:
        return {"faults": [f"{type(fault).__name__}: {fault}"]}


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
