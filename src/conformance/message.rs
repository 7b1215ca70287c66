//! The bytes that are sent: a good request of the Node, changed as a case says.
//!
//! The good request becomes a tree, the changes are made by path, and the tree is written again; so the prefixes are
//! free, and what a case breaks is broken where it says, and nowhere else.

use super::case::{Encoding, Insert, Request};
use crate::domain::registry::Caller;
use crate::sandbox::calls::Primitive;
use crate::soap::{MESSAGES, envelope};
use crate::xml::{Document, Element, Limits, Writer, escape_text};

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `POST`, unless the case says otherwise.
    pub method: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What belongs to the notice, for the texts of a case.
#[derive(Clone, Debug)]
pub struct Words {
    /// To whom it is addressed.
    pub caller: Caller,
    /// The notice number.
    pub nav: String,
    /// The IUV.
    pub iuv: String,
    /// The amount in euro.
    pub amount: String,
    /// The id of the receipt.
    pub receipt_id: String,
}

/// The prefixes of the envelope and of the root, as the Node has them.
pub const PREFIXES: [&str; 2] = ["soapenv", "pafn"];

/// Changes a good request as a case says.
pub fn change(
    good: &str,
    primitive: Primitive,
    request: &Request,
    words: &Words,
    prefixes: &[String; 2],
) -> Result<Message, String> {
    let text = match &request.raw {
        Some(raw) => words.in_xml(raw, primitive),
        None => changed(good, primitive, request, words, request.prefixes.as_ref().unwrap_or(prefixes))?,
    };
    let method = request.method.clone().unwrap_or_else(|| "POST".into());
    let body = if method == "GET" { vec![] } else { encoded(&text, request.encoding) };
    Ok(Message { method, headers: headers(primitive, request), body })
}

fn headers(primitive: Primitive, request: &Request) -> Vec<(String, String)> {
    let charset = match request.encoding {
        Encoding::Utf8 | Encoding::Utf8Marked => "utf-8",
        Encoding::Utf16 => "utf-16",
        Encoding::Latin1 => "iso-8859-1",
    };
    let usual =
        [("Content-Type", format!("text/xml; charset={charset}")), ("SOAPAction", format!("\"{}\"", primitive.name()))];
    let replaced = |name: &str| request.headers.keys().any(|other| other.eq_ignore_ascii_case(name));
    let kept = usual.into_iter().filter(|(name, _)| !replaced(name)).map(|(name, value)| (name.to_owned(), value));
    let given = request.headers.iter().filter(|(_, value)| !value.is_empty());
    kept.chain(given.map(|(name, value)| (name.clone(), value.clone()))).collect()
}

fn changed(
    good: &str,
    primitive: Primitive,
    request: &Request,
    words: &Words,
    prefixes: &[String; 2],
) -> Result<String, String> {
    let document = Document::parse(good, &Limits::default()).map_err(|error| error.to_string())?;
    let root = envelope::open(&document).map_err(|error| error.to_string())?;
    let mut root = Tree::of(root);
    for (path, text) in &request.set {
        root.set(path, words.in_text(text, primitive))?;
    }
    for path in &request.remove {
        root.remove(path)?;
    }
    for insert in &request.insert {
        root.insert(insert, words.in_xml(&insert.xml, primitive))?;
    }
    for (path, name) in &request.rename {
        root.find(path)?.name.clone_from(name);
    }
    if let Some(deep) = request.nested {
        root.parts.push(Part::Raw("<a>".repeat(deep) + &"</a>".repeat(deep)));
    }
    if let Some(name) = &request.root {
        root.name.clone_from(name);
    }
    let namespace = request.namespace.as_deref().unwrap_or(MESSAGES);
    let [soap, ours] = prefixes;
    let prefix = if namespace.is_empty() { "" } else { ours.as_str() };
    let mut xml = Writer::with_capacity(2048);
    let (envelope, body) = (format!("{soap}:Envelope"), format!("{soap}:Body"));
    let declared = [(format!("xmlns:{soap}"), envelope::SOAP), (format!("xmlns:{ours}"), namespace)];
    let declared: Vec<_> =
        declared.iter().filter(|(_, uri)| !uri.is_empty()).map(|(name, uri)| (name.as_str(), *uri)).collect();
    xml.open_with(&envelope, &declared).open(&format!("{soap}:Header")).close(&format!("{soap}:Header")).open(&body);
    root.write(&mut xml, prefix, request.body_is_child_qualified);
    xml.close(&body).close(&envelope);
    Ok(xml.finish())
}

/// An element with either text or parts.
#[derive(Debug)]
struct Tree {
    name: String,
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Element(Tree),
    /// XML as the case has it.
    Raw(String),
}

impl Tree {
    fn of(element: Element<'_>) -> Tree {
        let parts: Vec<_> = element.children().map(|child| Part::Element(Tree::of(child))).collect();
        let text = if parts.is_empty() { element.text().into_owned() } else { String::new() };
        Tree { name: element.name().to_owned(), text, parts }
    }

    fn write(&self, xml: &mut Writer, prefix: &str, deep: bool) {
        let name = if prefix.is_empty() { self.name.clone() } else { format!("{prefix}:{}", self.name) };
        xml.open(&name).text(&self.text);
        for part in &self.parts {
            match part {
                Part::Element(tree) => tree.write(xml, if deep { prefix } else { "" }, deep),
                Part::Raw(raw) => {
                    xml.raw(raw);
                }
            }
        }
        xml.close(&name);
    }

    /// Where a child stands: by name, or by name and place among those of that name, as in `transfer[2]`.
    fn place(&self, step: &str) -> Option<usize> {
        let (name, number) = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
            Some((name, number)) => (name, number.parse::<usize>().ok()?.checked_sub(1)?),
            None => (step, 0),
        };
        let named = |part: &Part| matches!(part, Part::Element(tree) if tree.name == name);
        self.parts.iter().enumerate().filter(|(_, part)| named(part)).nth(number).map(|(index, _)| index)
    }

    /// The element of a path below this one; "" is this one.
    fn find(&mut self, path: &str) -> Result<&mut Tree, String> {
        let mut here = self;
        for step in path.split('/').filter(|step| !step.is_empty()) {
            let index = here.place(step).ok_or_else(|| format!("the request has no {path}"))?;
            let Some(Part::Element(next)) = here.parts.get_mut(index) else {
                return Err(format!("the request has no {path}"));
            };
            here = next;
        }
        Ok(here)
    }

    /// The element around that of a path, and where it stands in there.
    fn at(&mut self, path: &str) -> Result<(&mut Tree, usize), String> {
        let (parent, step) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = self.find(parent)?;
        let index = parent.place(step).ok_or_else(|| format!("the request has no {path}"))?;
        Ok((parent, index))
    }

    /// Takes an element out. One that a good request may leave out need not be there.
    fn remove(&mut self, path: &str) -> Result<(), String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match self.at(path) {
            Ok((parent, index)) => {
                parent.parts.remove(index);
                Ok(())
            }
            Err(_) if ORDERS.iter().any(|order| order.contains(&name)) => Ok(()),
            Err(missing) => Err(missing),
        }
    }

    /// Gives an element a text; an optional one that is not there comes where the contract has it.
    fn set(&mut self, path: &str, text: String) -> Result<(), String> {
        if let Ok(found) = self.find(path) {
            found.parts.clear();
            found.text = text;
            return Ok(());
        }
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = self.find(parent)?;
        let siblings = |order: &&&[&str]| {
            let known = |part: &&Part| matches!(part, Part::Element(tree) if order.contains(&tree.name.as_str()));
            parent.parts.iter().filter(known).count()
        };
        let order = ORDERS.iter().filter(|order| order.contains(&name)).max_by_key(siblings);
        let order = order.filter(|order| siblings(order) > 0).ok_or_else(|| format!("the request has no {path}"))?;
        let rank = |part: &Part| match part {
            Part::Element(tree) => order.iter().position(|other| *other == tree.name),
            Part::Raw(_) => None,
        };
        let own = order.iter().position(|other| *other == name);
        let index = parent.parts.iter().position(|part| rank(part) > own).unwrap_or(parent.parts.len());
        parent.parts.insert(index, Part::Element(Tree { name: name.to_owned(), text, parts: vec![] }));
        Ok(())
    }

    fn insert(&mut self, insert: &Insert, xml: String) -> Result<(), String> {
        let part = Part::Raw(xml);
        if let Some(path) = &insert.into {
            self.find(path)?.parts.push(part);
            return Ok(());
        }
        let (path, after) = match (&insert.after, &insert.before) {
            (Some(path), _) => (path, 1),
            (None, Some(path)) => (path, 0),
            (None, None) => return Err("request.insert wants one of after, before, into".into()),
        };
        let (parent, index) = self.at(path)?;
        parent.parts.insert(index + after, part);
        Ok(())
    }
}

/// Where the contract has elements that a good request may leave out, among their siblings.
const ORDERS: [&[&str]; 4] = [
    &["idPA", "idBrokerPA", "idStation", "qrCode", "amount", "paymentNote", "transferType", "dueDate"],
    &[
        "receiptId",
        "noticeNumber",
        "fiscalCode",
        "outcome",
        "creditorReferenceId",
        "paymentAmount",
        "description",
        "companyName",
        "officeName",
        "debtor",
        "transferList",
        "idPSP",
        "pspFiscalCode",
        "pspPartitaIVA",
        "PSPCompanyName",
        "idChannel",
        "channelDescription",
        "payer",
        "paymentMethod",
        "paymentNote",
        "fee",
        "primaryCiIncurredFee",
        "idBundle",
        "idCiBundle",
        "paymentDateTime",
        "applicationDate",
        "transferDate",
        "metadata",
        "standIn",
    ],
    &[
        "idTransfer",
        "transferAmount",
        "fiscalCodePA",
        "companyName",
        "IBAN",
        "MBDAttachment",
        "remittanceInformation",
        "transferCategory",
        "metadata",
    ],
    &[
        "uniqueIdentifier",
        "fullName",
        "streetName",
        "civicNumber",
        "postalCode",
        "city",
        "stateProvinceRegion",
        "country",
        "e-mail",
    ],
];

impl Words {
    fn in_text(&self, text: &str, primitive: Primitive) -> String {
        self.all(primitive).iter().fold(text.to_owned(), |text, (name, word)| text.replace(name, word))
    }

    fn in_xml(&self, xml: &str, primitive: Primitive) -> String {
        self.all(primitive).iter().fold(xml.to_owned(), |xml, (name, word)| xml.replace(name, &escape_text(word)))
    }

    fn all(&self, primitive: Primitive) -> [(&'static str, &str); 8] {
        let Caller { organization, broker, station } = &self.caller;
        [
            ("{idPA}", organization),
            ("{idBrokerPA}", broker),
            ("{idStation}", station),
            ("{nav}", &self.nav),
            ("{iuv}", &self.iuv),
            ("{amount}", &self.amount),
            ("{receiptId}", &self.receipt_id),
            ("{root}", primitive.request()),
        ]
    }
}

fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    let declared = |name: &str| match text.starts_with("<?xml") {
        true => text.to_owned(),
        false => format!("<?xml version=\"1.0\" encoding=\"{name}\"?>{text}"),
    };
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Marked => ["\u{FEFF}", text].concat().into_bytes(),
        Encoding::Utf16 => {
            let marked = format!("\u{FEFF}{}", declared("UTF-16"));
            marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }
        Encoding::Latin1 => declared("ISO-8859-1").chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::NoticeNumber;
    use crate::domain::receipt::Version;
    use crate::sandbox::calls::message::{Activation, Qr, get};

    fn sent(request: &str) -> Result<Message, String> {
        let request: Request = toml::from_str(request).unwrap();
        let caller = Caller { organization: "99000001018".into(), broker: "B&B".into(), station: "S_01".into() };
        let notice = NoticeNumber::parse("307000000001234573").unwrap();
        let qr = Qr { organization: "99000001018".into(), notice };
        let words = Words {
            caller: caller.clone(),
            nav: "307000000001234573".into(),
            iuv: "07000000001234573".into(),
            amount: "1.00".into(),
            receipt_id: "token".into(),
        };
        let good = get(Version::V1, &caller, &qr, &Activation::default());
        change(&good, Primitive::Get, &request, &words, &PREFIXES.map(str::to_owned))
    }

    /// What stands between the tags of the root.
    fn inside(request: &str) -> String {
        let text = String::from_utf8(sent(request).unwrap().body).unwrap();
        let from = text.find("Req>").unwrap() + 4;
        text[from..text.rfind("</").map_or(text.len(), |_| text.rfind("</pafn:paGetPaymentReq").unwrap())].to_owned()
    }

    #[test]
    fn what_is_changed_and_nothing_else() {
        const HEAD: &str = "<idPA>99000001018</idPA><idBrokerPA>B&amp;B</idBrokerPA><idStation>S_01</idStation>";
        const QR: &str =
            "<qrCode><fiscalCode>99000001018</fiscalCode><noticeNumber>307000000001234573</noticeNumber></qrCode>";
        for (request, expected) in [
            ("", format!("{HEAD}{QR}")),
            ("set = { idStation = \"<{idBrokerPA}>\" }", format!("{HEAD}{QR}").replace("S_01", "&lt;B&amp;B&gt;")),
            ("set = { \"qrCode/noticeNumber\" = \"1\" }", format!("{HEAD}{QR}").replace("307000000001234573", "1")),
            // Optional elements come where they belong, in whatever order the case has them.
            (
                "set = { transferType = \"POSTAL\", amount = \"{amount}\" }",
                format!("{HEAD}{QR}<amount>1.00</amount><transferType>POSTAL</transferType>"),
            ),
            ("remove = [\"qrCode\"]", HEAD.to_owned()),
            ("remove = [\"paymentNote\"]", format!("{HEAD}{QR}")),
            ("rename = { qrCode = \"qrcode\" }", format!("{HEAD}{QR}").replace("qrCode>", "qrcode>")),
            (
                "insert = [{ after = \"idPA\", xml = \"<a>{idBrokerPA}</a>\" }]",
                format!("{HEAD}{QR}").replace("</idPA>", "</idPA><a>B&amp;B</a>"),
            ),
            ("insert = [{ before = \"idPA\", xml = \"<a/>\" }]", format!("<a/>{HEAD}{QR}")),
            (
                "insert = [{ into = \"qrCode\", xml = \"<a/>\" }, { into = \"\", xml = \"<b/>\" }]",
                format!("{HEAD}{QR}<b/>").replace("</qrCode>", "<a/></qrCode>"),
            ),
            // Another order: an element leaves and comes again.
            (
                "remove = [\"idPA\"]\ninsert = [{ after = \"idStation\", xml = \"<idPA/>\" }]",
                format!("{HEAD}<idPA/>{QR}").replace("<idPA>99000001018</idPA>", ""),
            ),
            ("nested = 3", format!("{HEAD}{QR}<a><a><a></a></a></a>")),
        ] {
            assert_eq!(inside(request), expected, "{request}");
        }
    }

    #[test]
    fn what_is_around_it() {
        let text = |request: &str| String::from_utf8(sent(request).unwrap().body).unwrap();
        for (request, held) in [
            ("", "<soapenv:Body><pafn:paGetPaymentReq><idPA>"),
            ("root = \"other\"", "<soapenv:Body><pafn:other><idPA>"),
            ("namespace = \"\"", "<soapenv:Body><paGetPaymentReq><idPA>"),
            ("namespace = \"urn:x\"", "xmlns:pafn=\"urn:x\""),
            ("body_is_child_qualified = true", "<pafn:paGetPaymentReq><pafn:idPA>"),
            ("prefixes = [\"s\", \"m\"]", "<s:Body><m:paGetPaymentReq><idPA>"),
            (
                "raw = \"{root} {nav} {iuv} {receiptId} {idBrokerPA}\"",
                "paGetPaymentReq 307000000001234573 07000000001234573 token B&amp;B",
            ),
        ] {
            assert!(text(request).contains(held), "{request}: {}", text(request));
        }
    }

    #[test]
    fn bytes_and_headers() {
        let headers = |request: &str| {
            sent(request).unwrap().headers.into_iter().map(|(n, v)| format!("{n}: {v}")).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(headers(""), "Content-Type: text/xml; charset=utf-8\nSOAPAction: \"paGetPayment\"");
        assert_eq!(
            headers("headers = { soapaction = \"\", \"X\" = \"1\" }"),
            "Content-Type: text/xml; charset=utf-8\nX: 1"
        );
        assert!(headers("encoding = \"UTF-16\"").starts_with("Content-Type: text/xml; charset=utf-16\n"));
        let body = |request: &str| sent(request).unwrap().body;
        assert!(body("encoding = \"UTF-16\"").starts_with(b"\xFF\xFE<\0?\0x\0"));
        assert!(body("encoding = \"UTF-8-BOM\"").starts_with(b"\xEF\xBB\xBF<soapenv:"));
        assert_eq!(
            body("raw = \"è€\"\nencoding = \"ISO-8859-1\""),
            b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\xE8?"
        );
        assert_eq!((sent("method = \"GET\"").unwrap().method, body("method = \"GET\"")), ("GET".into(), vec![]));
    }

    #[test]
    fn what_cannot_be_changed_is_told() {
        for request in [
            "set = { nobody = \"1\" }",
            "set = { \"receipt/fee\" = \"1\" }",
            "remove = [\"nobody\"]",
            "remove = [\"qrCode/nobody\"]",
            "rename = { nobody = \"a\" }",
            "insert = [{ after = \"qrCode[2]\", xml = \"<a/>\" }]",
        ] {
            assert!(sent(request).is_err(), "{request}");
        }
    }
}
