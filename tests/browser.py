"""A citizen who pays in a real browser, with a keyboard and no mouse: Chromium, as Debian packages it.

Every page that is seen is looked at by axe-core, in a narrow window and in a wide one, with the page's own policies in
force. What the browser asked for is kept: nothing may leave the station and the Node, and no address may hold anybody's
data. Ends with one clear line: what was learnt as JSON, or what went wrong.

usage: tests/browser.py SCENARIO DESK     SCENARIO: a function below; DESK: JSON with the addresses and the notices
"""
import contextlib
import importlib.resources
import json
import re
import urllib.error
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
        self.seen, self.examined = [], set()

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
        self.seen.append(title)
        # The same page again looks as it did.
        content = self.page.content()
        for width in WIDTHS if content not in self.examined else []:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            expect(wide <= width, f"{title}: {wide} pixels wide in a window of {width}")
            self.examine(f"{title} at {width} pixels")
        self.examined.add(content)

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
def chromium():
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not run as root.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def citizen(desk):
    with chromium() as browser:
        somebody = Citizen(browser, desk)
        yield somebody
        somebody.leave()


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


def opened(desk, **data):
    """The page of a payment request that a portal opens."""
    status, _, body = post(desk["station"] + "/pay/PagoPA", {"data": data})
    expect(status == 200, f"the request was answered {status} {body}")
    return json.loads(body)["data"]["payment_url"]


def opened_for(desk, nav):
    return opened(desk, email=PEOPLE["Indirizzo e-mail"], importo="120.50", ente_pa=desk["organization"], avviso_pa=nav)


def report(desk, url):
    """What the API says of the end of a request."""
    address = desk["station"] + "/pay/" + url.rsplit("/", 1)[1]
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=20) as answer:
        return json.load(answer)["data"][0]["report"]


def wait_for_the_receipt(somebody):
    """Asks the page until it says something else; how often."""
    for asked in range(40):
        if somebody.heading() != "Pagamento in lavorazione":
            return asked
        somebody.page.wait_for_timeout(500)
        somebody.go_to("link", "Aggiorna")
        with somebody.page.expect_navigation():
            somebody.page.keyboard.press("Enter")
    raise Failed("no receipt comes")


def journey(desk):
    """A notice is paid from end to end, and the receipt taken home."""
    nav, company = desk["payable"][0], "Comune di Borgolieve"
    url = opened_for(desk, nav)
    with citizen(desk) as somebody:
        somebody.visit(url)
        somebody.reads("Paga il tuo avviso", company, "TARI 2026 rata unica", "120,50 €", "23 novembre 2026")
        for language, code, heading, amount in (("English", "en", "Pay your notice", "€120.50"),
                                                ("Deutsch", "de", "Zahlungsmitteilung bezahlen", "120,50 €"),
                                                ("Italiano", "it", "Paga il tuo avviso", "120,50 €")):
            somebody.press("link", language)
            expect(somebody.page.locator("html").get_attribute("lang") == code, f"the page is not in {language}")
            somebody.reads(heading, company, amount)
        for label, text in PEOPLE.items():
            somebody.type(label, text)
        somebody.press("button", "Paga 120,50 €")
        somebody.reads(company, "Avviso " + in_fours(nav))
        email = somebody.go_to("textbox", "Il tuo indirizzo e-mail").input_value()
        expect(email == PEOPLE["Indirizzo e-mail"], f"Checkout was told {email!r}")
        somebody.press("button", "Paga")
        wait_for_the_receipt(somebody)
        somebody.look()
        somebody.reads("Pagamento eseguito", "Banca Esempio S.p.A.", "120,50 €", "1,50 €", "122,00 €", nav)
        pdf = somebody.download("link", "Scarica la ricevuta (PDF)")
        expect(pdf.startswith(b"%PDF"), f"the receipt begins with {pdf[:20]}")
        text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
        expect(nav in re.sub(r"\s", "", text), f"the receipt does not name its notice: {text}")
        for language, heading in (("English", "Payment made"), ("Deutsch", "Zahlung ausgeführt")):
            somebody.press("link", language)
            somebody.reads(heading)
        return {"seen": somebody.seen, "report": report(desk, url)}


def blank(desk):
    """Nobody has said what is to be paid: the citizen does."""
    typed, pasted = desk["payable"]
    with citizen(desk) as somebody:
        somebody.visit(opened(desk, email=PEOPLE["Indirizzo e-mail"]))
        somebody.press("button", "Continua")
        somebody.reads("Controlla i dati")
        wrong = somebody.page.get_by_role("alert").get_by_role("link").first
        somebody.go_to("link", wrong.inner_text())
        somebody.page.keyboard.press("Enter")
        expect(somebody.page.evaluate("document.activeElement.tagName") == "INPUT", "the summary does not lead to the field")
        somebody.type("Codice fiscale dell’ente", "9900000101")
        somebody.type("Numero avviso", typed[:-1])
        somebody.press("button", "Continua")
        somebody.reads("Il codice fiscale dell’ente ha 11 cifre", "Il numero avviso ha 18 cifre")
        somebody.type("Codice fiscale dell’ente", desk["organization"])
        somebody.type("Numero avviso", desk["cancelled"])
        somebody.press("button", "Continua")
        somebody.reads("L’ente ha annullato l’avviso")
        somebody.type("Numero avviso", in_fours(typed))
        somebody.press("button", "Continua")
        somebody.reads("Paga il tuo avviso", "120,50 €", typed)
        somebody.visit(opened(desk, email=PEOPLE["Indirizzo e-mail"]))
        somebody.paste("Testo del codice QR", "PAGOPA|003|what")
        somebody.press("button", "Continua")
        somebody.reads("Il testo non è quello del codice QR")
        somebody.go_to("textbox", "Testo del codice QR")
        somebody.page.keyboard.press("Control+A")
        somebody.paste("Testo del codice QR", f"PAGOPA|002|{pasted}|{desk['organization']}|12050")
        somebody.press("button", "Continua")
        somebody.reads("Paga il tuo avviso", "120,50 €", pasted)
        return somebody.seen


def closed(desk):
    """Requests whose notices cannot be paid any more, in the language of the browser."""
    told = {}
    with chromium() as browser:
        for locale in ("it-IT", "en-GB", "de-AT"):
            somebody = Citizen(browser, desk, locale)
            told[locale] = []
            for url in [*desk["closed"], desk["station"] + "/payment/0123456789abcdef01234567"]:
                somebody.visit(url)
                expect(somebody.page.locator("html").get_attribute("lang") == locale[:2], f"{url} is not in {locale}")
                told[locale].append(somebody.heading())
            somebody.leave()
    return told


def trouble(desk):
    """Payments that are given up, fail, and take their time: the page says only what is true."""
    nav = desk["payable"][0]
    url = opened_for(desk, nav)
    with citizen(desk) as somebody:
        told = []
        somebody.visit(url)
        for button, news in (("Annulla", "Hai lasciato il sito di pagamento."),
                             ("Il pagamento fallisce", "Il sito di pagamento segnala un errore")):
            somebody.press("button", "Paga 120,50 €")
            somebody.press("button", button)
            somebody.reads(news)
            told.append(somebody.heading())
            expect(report(desk, url) is None, f"a report without a receipt, after {button}")
        somebody.press("button", "Paga 120,50 €")
        somebody.press("button", "L’esito tarda")
        told.append(somebody.heading())
        expect(report(desk, url) is None, "a report without a receipt, while it is late")
        asked = wait_for_the_receipt(somebody)
        expect(asked > 2, "the outcome was not late")
        told.append(somebody.heading())
        expect(report(desk, url)["payment_status"] == "OK", "the receipt is there, and no report")
        return told


def in_fours(digits):
    return " ".join(re.findall(".{1,4}", digits))


SCENARIOS = {function.__name__: function for function in (blank, checkout, closed, journey, trouble)}


def run(scenario, desk):
    return SCENARIOS[scenario](json.loads(desk))


if __name__ == "__main__":
    tell("browser", "tests/browser.py SCENARIO DESK", run)
