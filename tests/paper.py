#!/usr/bin/env python3
"""A second opinion on documents: what a PDF shows, says and contains, by PDFium and ZXing.

The test program keeps one judge running and asks it line by line, one JSON object each way:

  {"op": "ready"}                               {"ok": true}
  {"op": "look", "pdf": base64, "dpi": 200}     {"ok": true, "title": "...", "language": "it-IT", "tagged": true,
                                                 "fonts": [{"name": "...", "embedded": true}],
                                                 "pages": [{"width": 595.3, "height": 841.9, "text": "...",
                                                            "codes": [{"format": "QRCode", "text": "..."}],
                                                            "ink": 0.08, "clean_edges": true,
                                                            "structure": [["H1", ""], ["Figure", "..."]]}]}

A document that cannot be read is answered with {"ok": false, "reason": "..."}. Texts are as they are extracted, codes
as they are read from the rendered pixels; "structure" has every element's kind and its alternative text.

usage: paper.py
"""
import base64
import ctypes
import json
import sys

import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp
from PIL import Image, ImageOps

# What nearly every printer leaves blank at every edge, in inches.
EDGE = 5 / 25.4


def utf16(function, *arguments):
    """What a function of PDFium writes into a buffer, as a text."""
    size = function(*arguments, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    # Some functions want a pointer to anything, some one to characters of two bytes: this is both.
    function(*arguments, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: size - 2].decode("utf-16-le")


def codes(image):
    found = zxingcpp.read_barcodes(image)
    return [{"format": str(code.format).replace(" ", ""), "text": code.text} for code in found]


def looks(page, dpi):
    picture = page.render(scale=dpi / 72).to_pil().convert("L")
    ink = ImageOps.invert(picture)
    edge = round(EDGE * dpi)
    inside = Image.new("L", picture.size, 0)
    inside.paste(255, (edge, edge, picture.width - edge, picture.height - edge))
    outside = Image.composite(Image.new("L", picture.size, 0), ink, inside)
    dark = sum(count * value for value, count in enumerate(ink.histogram())) / (255 * picture.width * picture.height)
    return {"codes": codes(picture), "ink": round(dark, 4), "clean_edges": outside.getbbox() is None}


def structure(page):
    """The elements in the order in which they are read: what each is, and its alternative text."""
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    found = []

    def walk(element):
        kind = utf16(pdfium.FPDF_StructElement_GetType, element)
        found.append([kind, utf16(pdfium.FPDF_StructElement_GetAltText, element)])
        for at in range(pdfium.FPDF_StructElement_CountChildren(element)):
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, at)
            if child:
                walk(child)

    try:
        for at in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, at))
    finally:
        pdfium.FPDF_StructTree_Close(tree)
    return found


def fonts(page):
    for text in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        font = pdfium.FPDFTextObj_GetFont(text)
        size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
        name = ctypes.create_string_buffer(size)
        pdfium.FPDFFont_GetBaseFontName(font, name, size)
        yield name.value.decode(), pdfium.FPDFFont_GetIsEmbedded(font) == 1


def look(question):
    pdf = base64.b64decode(question["pdf"])
    document = pypdfium2.PdfDocument(pdf)
    pages, used = [], set()
    for page in document:
        width, height = page.get_size()
        text = page.get_textpage().get_text_range()
        used.update(fonts(page))
        seen = looks(page, question["dpi"])
        pages.append({"width": width, "height": height, "text": text, "structure": structure(page), **seen})
    return {
        "ok": True,
        "title": document.get_metadata_value("Title"),
        "tagged": bool(pdfium.FPDFCatalog_IsTagged(document)),
        "language": utf16(pdfium.FPDFCatalog_GetLanguage, document),
        "pages": pages,
        "fonts": [{"name": name, "embedded": embedded} for name, embedded in sorted(used)],
    }


def answer(line):
    try:
        question = json.loads(line)
        match question["op"]:
            case "ready":
                return {"ok": True}
            case "look":
                return look(question)
            case other:
                return {"ok": False, "reason": f"unknown op {other!r}"}
    except Exception as error:  # a question that makes no sense must not end the judge
        return {"ok": False, "reason": f"{type(error).__name__}: {error}"}


def main():
    for line in sys.stdin.buffer:
        print(json.dumps(answer(line)), flush=True)


if __name__ == "__main__":
    main()
