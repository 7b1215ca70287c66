#!/usr/bin/env python3
"""Second and third opinion on a SOAP message: is it valid by the contract's schema?

Two validators that share no code answer: libxml2 (through lxml) with its own parser, and the xmlschema package on
top of expat. The test program keeps one oracle running and asks it line by line, one JSON object each way:

  {"op": "ready"}                                          {"ok": true}
  {"op": "request", "message": base64, "charset": null}    {"libxml2": bool, "xmlschema": bool, "reason": "..."}
  {"op": "reply", "message": base64}                       {"ok": bool, "reason": "..."}
  {"op": "element", "schema": path, "message": base64}     as for a request, of a message that has no envelope

usage: oracle.py XSD_FOLDER
"""
import base64
import codecs
import functools
import json
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

import xmlschema
from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
XML_SPACE = " \t\r\n"


class Refused(Exception):
    """The message is not one a station may accept; the text says why."""


class Libxml2:
    """Parses and validates with libxml2."""

    def __init__(self, schema_path):
        document = etree.parse(schema_path)
        self.namespace = document.getroot().get("targetNamespace")
        self.schema = etree.XMLSchema(document)
        self.elements = {f"{{{self.namespace}}}{e.get('name')}" for e in document.iterfind(f"{{{XSD}}}element")}

    def parse(self, message, encoding=None):
        parser = etree.XMLParser(encoding=encoding, resolve_entities=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring(message, parser)
        except etree.XMLSyntaxError as error:
            raise Refused(str(error)) from error
        if root.getroottree().docinfo.doctype:
            raise Refused("a DOCTYPE is not allowed")
        return root

    def validate(self, element):
        if element.tag not in self.elements:
            raise Refused(f"{element.tag} is not an element of the schema")
        if not self.schema.validate(element):
            raise Refused(str(self.schema.error_log[0].message))


class NamespacedTree(ElementTree.TreeBuilder):
    """Builds an ElementTree, which forgets prefixes, without losing what an xsi:type means.

    The value of xsi:type is a qualified name, to be read with the prefixes in scope where it stands. Each one is
    rewritten to a prefix that is the same everywhere; `namespaces` tells what those stand for.
    """

    def __init__(self):
        super().__init__()
        self.scopes = [("xml", "http://www.w3.org/XML/1998/namespace")]
        self.namespaces = {}

    def start_ns(self, prefix, uri):
        self.scopes.append((prefix or "", uri or ""))

    def end_ns(self, prefix):
        self.scopes.pop()

    def doctype(self, *_):
        raise Refused("a DOCTYPE is not allowed")

    def start(self, tag, attributes):
        if XSI_TYPE in attributes:
            attributes[XSI_TYPE] = self.in_global_prefixes(attributes[XSI_TYPE])
        return super().start(tag, attributes)

    def in_global_prefixes(self, qname):
        prefix, _, local = qname.strip(XML_SPACE).rpartition(":")
        uri = dict(self.scopes).get(prefix)
        if uri is None:
            return f"undeclared:{local}" if prefix else qname
        if uri == "":
            return local
        known = {bound: name for name, bound in self.namespaces.items()}
        chosen = known.get(uri, f"n{len(self.namespaces)}")
        self.namespaces[chosen] = uri
        return f"{chosen}:{local}"


class Xmlschema:
    """Parses with expat and validates with the xmlschema package."""

    def __init__(self, schema_path):
        self.schema = xmlschema.XMLSchema10(schema_path)
        self.namespaces = {}

    def parse(self, message, encoding=None):
        tree = NamespacedTree()
        parser = ElementTree.XMLParser(target=tree, encoding=encoding)
        try:
            parser.feed(message)
            root = parser.close()
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise Refused(str(error)) from error
        self.namespaces = tree.namespaces
        return root

    def validate(self, element):
        if element.tag not in self.schema.maps.elements:
            raise Refused(f"{element.tag} is not an element of the schema")
        errors = self.schema.iter_errors(element, namespaces=self.namespaces, use_location_hints=False)
        for error in errors:
            raise Refused(f"{error.path}: {error.reason}")


def child_elements(parent):
    """The elements in an element that may hold nothing else, comments and processing instructions aside."""
    texts = [parent.text] + [child.tail for child in parent]
    if any(text and text.strip(XML_SPACE) for text in texts):
        raise Refused(f"text in {parent.tag}")
    return [child for child in parent if isinstance(child.tag, str)]


def body_of(root):
    """What stands in the Body: exactly one element, in an Envelope of SOAP 1.1 with a Header or without."""
    if root.tag != f"{{{SOAP}}}Envelope":
        raise Refused(f"the root is {root.tag}")
    parts = child_elements(root)
    names = [part.tag.replace(f"{{{SOAP}}}", "soap:") for part in parts]
    head = 2 if names[:1] == ["soap:Header"] else 1
    if names[:head] not in (["soap:Body"], ["soap:Header", "soap:Body"]):
        raise Refused(f"the Envelope holds {names}")
    # SOAP 1.1 lets elements of foreign namespaces follow the Body.
    if any(name.startswith("soap:") or not name.startswith("{") for name in names[head:]):
        raise Refused(f"the Envelope holds {names}")
    content = child_elements(parts[head - 1])
    if len(content) != 1:
        raise Refused(f"the Body holds {len(content)} elements")
    return content[0]


def encoding_of(message, charset):
    """What the parser is to be told: the charset counts only where neither a mark nor the XML declaration says more.

    RFC 7303 would have the charset before the declaration. The station trusts the document, because clients send a
    charset that their HTTP library chose and a declaration that their XML library wrote.
    """
    marks = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    declared = re.match(rb"<\?xml[^>]*?\sencoding\s*=", message)
    return None if message.startswith(marks) or declared else charset


def verdict(validator, message, charset):
    """None if the message is valid, otherwise the reason. A validator that breaks down has not accepted it."""
    try:
        root = validator.parse(message, encoding_of(message, charset))
        element = body_of(root)
        if not element.tag.endswith(("Req", "Request")):
            raise Refused(f"{element.tag} is not a request")
        validator.validate(element)
    except Refused as refusal:
        return str(refusal)
    except Exception as error:  # a message must never end the oracle
        return f"{type(error).__name__}: {error}"
    return None


def judge_request(validators, query):
    message = base64.b64decode(query["message"])
    judges = {name: validators[name] for name in ("libxml2", "xmlschema")}
    reasons = {name: verdict(v, message, query.get("charset")) for name, v in judges.items()}
    first = next((f"{name}: {reason}" for name, reason in reasons.items() if reason is not None), "")
    return {**{name: reason is None for name, reason in reasons.items()}, "reason": short(first)}


def judge_reply(validators, query):
    message = base64.b64decode(query["message"])
    try:
        message.decode("utf-8")
        root = validators["libxml2"].parse(message)
        declared = root.getroottree().docinfo.encoding
        if declared.upper() != "UTF-8":
            raise Refused(f"the encoding is declared as {declared}")
        element = body_of(root)
        if element.tag == f"{{{SOAP}}}Fault":
            check_fault(element)
        else:
            validators["contracts"][etree.QName(element).namespace].validate(element)
            check_outcome(element)
    except KeyError as namespace:
        return {"ok": False, "reason": f"no contract has the namespace {namespace}"}
    except Refused as refusal:
        return {"ok": False, "reason": short(str(refusal))}
    return {"ok": True, "reason": ""}


def check_fault(fault):
    """SOAP 1.1, 4.4: unqualified faultcode, then faultstring; the code is a name in the envelope's namespace."""
    names = [child.tag for child in child_elements(fault)]
    if names not in (["faultcode", "faultstring"] + rest for rest in ([], ["faultactor"], ["detail"], ["faultactor", "detail"])):
        raise Refused(f"the Fault holds {names}")
    prefix, _, code = (fault[0].text or "").strip(XML_SPACE).rpartition(":")
    # The Node writes its own codes bare.
    if not prefix and code.startswith("PPT_"):
        return
    if fault[0].nsmap.get(prefix or None) != SOAP or not code:
        raise Refused(f"the faultcode {fault[0].text!r} is not in the envelope's namespace")


def check_outcome(response):
    """What the Node wants and a schema cannot say: KO holds a fault and nothing else, OK holds none."""
    names = [child.tag for child in child_elements(response)]
    outcome = response.findtext("outcome")
    if outcome is None:
        raise Refused(f"{response.tag} is not a reply")
    if outcome == "KO" and names != ["outcome", "fault"]:
        raise Refused(f"a KO holds {names}")
    if outcome == "OK" and "fault" in names:
        raise Refused("an OK holds a fault")


@functools.cache
def opinions(schema_path):
    return {"libxml2": Libxml2(schema_path), "xmlschema": Xmlschema(schema_path)}


def judge_element(query):
    message = base64.b64decode(query["message"])
    accepted, first = {}, ""
    for name, validator in opinions(query["schema"]).items():
        try:
            validator.validate(validator.parse(message))
            accepted[name] = True
        except Exception as error:  # of whatever kind: it has not accepted the element
            accepted[name] = False
            first = first or f"{name}: {error}"
    return {**accepted, "reason": short(first)}


def short(reason):
    return " ".join(reason.split())[:300]


def answer(validators, line):
    try:
        query = json.loads(line)
        match query["op"]:
            case "ready":
                return {"ok": True}
            case "request":
                return judge_request(validators, query)
            case "reply":
                return judge_reply(validators, query)
            case "element":
                return judge_element(query)
            case other:
                return {"ok": False, "reason": f"unknown op {other!r}"}
    except Exception as error:  # a question that makes no sense must not end the oracle either
        return {"ok": False, "reason": short(f"{type(error).__name__}: {error}")}


def main():
    schema_path = os.path.join(sys.argv[1], "paForNode.xsd")
    validators = {"libxml2": Libxml2(schema_path), "xmlschema": Xmlschema(schema_path)}
    # Replies come from the station and from the Node of the sandbox.
    node = Libxml2(os.path.join(sys.argv[1], "nodeForPsp.xsd"))
    validators["contracts"] = {each.namespace: each for each in (validators["libxml2"], node)}
    for line in sys.stdin.buffer:
        print(json.dumps(answer(validators, line)), flush=True)


if __name__ == "__main__":
    main()
