"""A citizen who pays in a real browser, with a keyboard and no mouse: Chromium, as Debian packages it.

Every page that is seen is looked at by axe-core, in a narrow window and in a wide one, with the page's own policies in
force. What the browser asked for is kept: nothing may leave the station and the Node, and no address may hold anybody's
data. Ends with one clear line: what was learnt as JSON, or what went wrong.

usage: tests/browser.py SCENARIO DESK     SCENARIO: a function below; DESK: JSON with the addresses and the notices
"""
import contextlib
import importlib.resources
import io
import json
import re
import sys
import urllib.parse
import urllib.request

import pypdfium2
from playwright.sync_api import sync_playwright

from third_party import Failed, expect, tell

CHROMIUM = "/usr/bin/chromium"
AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
WIDTHS = [320, 1280]
PATIENCE_MS = 15_000
# Far more stops than any of the pages has.
MOST_TABS = 60

PEOPLE = {
    "Indirizzo e-mail": "pancrazio.verdelli@example.org",
    "Nome": "Pancrazio",
    "Cognome": "Verdelli",
    "Telefono": "+39 06 000000",
}


class Citizen:
    """Somebody with a browser and a keyboard."""

    def __init__(self, browser, desk, locale="it-IT"):
        self.desk = desk
        self.context = browser.new_context(locale=locale, accept_downloads=True)
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.context.new_page()
        self.asked, self.complaints, self.refused = [], [], set()
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("response", self.note_refusal)
        self.page.on("console", self.note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.seen = []

    def note_refusal(self, response):
        if response.status >= 400:
            self.refused.add(response.url)

    def note_console(self, message):
        # A form that comes back has a status that says so, and Chromium calls that an error.
        is_status = "Failed to load resource" in message.text and message.location.get("url") in self.refused
        if message.type in ("error", "warning") and not (is_status and message.location["url"] == self.page.url):
            self.complaints.append(f"{message.type}: {message.text} at {message.location.get('url')}")

    def visit(self, url):
        self.page.goto(url)
        self.look()

    def look(self):
        """Has the page examined, as it is before anybody does anything."""
        self.page.wait_for_load_state("load")
        title = self.page.title()
        expect(title.strip(), f"{self.page.url} has no title")
        expect(self.page.locator("h1").count() == 1, f"{title}: one h1")
        expect(self.page.locator("script").count() == 0, f"{title}: there is JavaScript")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            expect(wide <= width, f"{title}: {wide} pixels wide in a window of {width}")
            self.examine(f"{title} at {width} pixels")
        self.seen.append(title)

    def examine(self, what):
        self.page.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
        options = {"runOnly": RULES, "resultTypes": ["violations", "incomplete"]}
        result = self.page.evaluate("options => axe.run(document, options)", options)
        # What axe cannot decide about colours, a person would have to look at.
        doubts = [it for it in result["incomplete"] if it["id"] == "color-contrast"]
        for found in result["violations"] + doubts:
            nodes = "; ".join(node["html"] for node in found["nodes"])
            self.complaints.append(f"{what}: {found['id']}: {found['help']}: {nodes}")

    def go_to(self, role, name):
        """Presses Tab until this has the focus, and sees that it does."""
        target = self.page.get_by_role(role, name=name, exact=isinstance(name, str))
        expect(target.count() == 1, f"{self.page.title()}: {target.count()} times {role} {name}")
        for _ in range(MOST_TABS):
            if target.evaluate("it => it === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        else:
            raise Failed(f"{self.page.title()}: Tab does not lead to {role} {name}")
        shown = target.evaluate("it => { const s = getComputedStyle(it); return s.outlineStyle != 'none' || s.boxShadow != 'none' }")
        expect(shown, f"{self.page.title()}: nothing shows that {role} {name} has the focus")
        return target

    def press(self, role, name):
        """Goes there and presses Enter; a page follows."""
        self.go_to(role, name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def type(self, label, text):
        self.go_to("textbox", label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def paste(self, label, text):
        """As from a scanner or the clipboard: all at once."""
        self.go_to("textbox", label)
        self.page.keyboard.insert_text(text)

    def download(self, role, name):
        self.go_to(role, name)
        with self.page.expect_download() as download:
            self.page.keyboard.press("Enter")
        with open(download.value.path(), "rb") as file:
            return file.read()

    def heading(self):
        return self.page.locator("h1").inner_text()

    def reads(self, *texts):
        words = " ".join(self.page.locator("main").inner_text().split())
        for text in texts:
            expect(text in words, f"{self.page.title()}: no {text!r} in {words!r}")

    def leave(self):
        """Judges all that was seen and asked."""
        homes = {urllib.parse.urlsplit(self.desk[home]).netloc for home in ("station", "node")}
        for url in self.asked:
            parts = urllib.parse.urlsplit(url)
            expect(parts.scheme == "data" or parts.netloc in homes, f"the browser asked elsewhere: {url}")
            plain = urllib.parse.unquote_plus(url).lower()
            told = [text for text in self.desk["secrets"] + list(PEOPLE.values()) if text.lower() in plain]
            expect(not told, f"somebody's data in an address: {url}")
        expect(not self.complaints, "\n".join(self.complaints))
        self.context.close()


@contextlib.contextmanager
def citizen(desk, locale="it-IT"):
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not run as root.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        somebody = Citizen(browser, desk, locale)
        yield somebody
        somebody.leave()
        browser.close()


def post(url, body):
    """What a portal's server says and hears: the status, where it leads, and the body."""
    class Staying(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        answer = urllib.request.build_opener(Staying, urllib.request.ProxyHandler({})).open(request, timeout=20)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers.get("Location"), answer.read().decode()


def cart(desk, nav):
    home = desk["node"] + "/checkout/back-"
    notice = {"noticeNumber": nav, "fiscalCode": desk["organization"], "amount": 12050,
              "companyName": "Comune di Borgolieve", "description": "TARI 2026 rata unica"}
    returns = {f"return{end}Url": home + end.lower() for end in ("Ok", "Cancel", "Error", "Waiting")}
    status, page, body = post(desk["node"] + "/checkout/ec/v2/carts", {"paymentNotices": [notice], "returnUrls": returns})
    expect(status == 302, f"the cart was answered {status} {body}")
    return page


def checkout(desk):
    """The stand-in's own pages, whoever sends citizens there."""
    nav = desk["payable"][0]
    with citizen(desk) as somebody:
        page = somebody.page
        address = cart(desk, nav)
        somebody.visit(address)
        somebody.reads("Paga 120,50 €", "Comune di Borgolieve", "Avviso 3070 0000 0001 2345 73")
        somebody.type("Il tuo indirizzo e-mail", "nobody@-@nowhere")
        page.evaluate("document.forms[0].noValidate = true")
        somebody.press("button", "Paga")
        somebody.reads("Scrivi il tuo indirizzo e-mail")
        somebody.type("Il tuo indirizzo e-mail", PEOPLE["Indirizzo e-mail"])
        somebody.go_to("button", "Paga")
        with page.expect_navigation(url=re.compile("back-ok$")):
            page.keyboard.press("Enter")
        somebody.visit(address)
        ends = [somebody.heading()]
        for button in ("Annulla", "Il pagamento fallisce", "L’esito tarda"):
            address = cart(desk, desk["payable"][1])
            somebody.visit(address)
            somebody.type("Il tuo indirizzo e-mail", PEOPLE["Indirizzo e-mail"])
            somebody.go_to("button", button)
            with page.expect_navigation(url=re.compile("back-(cancel|error|waiting)$")):
                page.keyboard.press("Enter")
            somebody.visit(address)
            ends.append(somebody.heading())
        somebody.visit(desk["node"] + "/checkout/0123456789abcdef0123456789abcdef")
        ends.append(somebody.heading())
        return ends


SCENARIOS = {function.__name__: function for function in (checkout,)}


def run(scenario, desk):
    return SCENARIOS[scenario](json.loads(desk))


if __name__ == "__main__":
    tell("browser", "tests/browser.py SCENARIO DESK", run)
