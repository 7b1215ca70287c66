//! A careless station: a real one, and in front of it something that does one thing wrong.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::station::agent;

/// What it does with a call. No answer: the connection ends without a word.
pub type Flaw = fn(&Call, &Behind) -> Option<Answer>;

/// The address of a careless station, until it is dropped.
pub struct Careless {
    address: SocketAddr,
    over: Arc<AtomicBool>,
}

/// What it was sent.
#[derive(Clone)]
pub struct Call {
    pub method: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What it answers.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

/// The real station behind it, and what it has noticed so far.
pub struct Behind {
    url: String,
    seen: Mutex<HashMap<String, usize>>,
}

impl Careless {
    /// One that calls the station at that address.
    pub fn before(url: &str, flaw: Flaw) -> Careless {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let (ended, behind) = (over.clone(), Arc::new(Behind { url: url.to_owned(), seen: Mutex::default() }));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), behind) = (stream, behind.clone()) else { continue };
                thread::spawn(move || serve(stream, flaw, &behind));
            }
        });
        Careless { address, over }
    }

    pub fn url(&self) -> String {
        format!("http://{}/soap/paForNode", self.address)
    }
}

impl Drop for Careless {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// One call for each connection.
fn serve(mut stream: TcpStream, flaw: Flaw, behind: &Behind) {
    let Some(call) = Call::read(&mut stream) else { return };
    let Some(answer) = flaw(&call, behind) else { return };
    let Answer { status, content_type, body } = answer;
    let length = body.len();
    let label = if content_type.is_empty() { String::new() } else { format!("Content-Type: {content_type}\r\n") };
    let head = format!("HTTP/1.1 {status} -\r\n{label}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}

impl Behind {
    /// What the real station answers.
    pub fn ask(&self, call: &Call) -> Answer {
        let mut request = ureq::http::Request::builder().method(call.method.as_str()).uri(&self.url);
        for (name, value) in &call.headers {
            if !["host", "content-length", "connection", "accept", "transfer-encoding"].contains(&name.as_str()) {
                request = request.header(name, value);
            }
        }
        let mut response = agent().run(request.body(call.body.clone()).unwrap()).expect("the station answers");
        let label = response.headers().get("content-type").map(|label| label.to_str().unwrap().to_owned());
        let body = response.body_mut().read_to_string().unwrap();
        Answer { status: response.status().as_u16(), content_type: label.unwrap_or_default(), body }
    }

    /// How often it has seen this, this time included.
    pub fn count(&self, what: impl Into<String>) -> usize {
        let mut seen = self.seen.lock().unwrap();
        let count = seen.entry(what.into()).or_default();
        *count += 1;
        *count
    }

    /// Whether it has seen this.
    pub fn has_seen(&self, what: &str) -> bool {
        self.seen.lock().unwrap().contains_key(what)
    }
}

impl Call {
    fn read(stream: &mut TcpStream) -> Option<Call> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 64 * 1024];
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at;
            }
            match stream.read(&mut chunk).ok()? {
                0 => return None,
                count => bytes.extend_from_slice(&chunk[..count]),
            }
        };
        let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
        let mut lines = head.split("\r\n");
        let method = lines.next()?.split(' ').next()?.to_owned();
        let header = |line: &str| line.split_once(':').map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()));
        let headers: Vec<(String, String)> = lines.filter_map(header).collect();
        let length =
            headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
        let mut body = bytes.split_off(end + 4);
        while body.len() < length.unwrap_or(0) {
            match stream.read(&mut chunk).ok()? {
                0 => return None,
                count => body.extend_from_slice(&chunk[..count]),
            }
        }
        Some(Call { method, headers, body })
    }

    /// The body, if it is text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn says(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The text of the first element of that name.
    pub fn element(&self, name: &str) -> String {
        between(&self.text(), &format!("<{name}>"), &format!("</{name}>")).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The name of the request in it.
    pub fn root(&self) -> &'static str {
        let text = self.text();
        let roots = ROOTS.into_iter().find(|(root, _)| {
            text.contains(&format!(":{root}>"))
                || text.contains(&format!(":{root} "))
                || text.contains(&format!("<{root} "))
        });
        roots.map_or("", |(root, _)| root)
    }

    pub fn is_get(&self) -> bool {
        self.root().starts_with("paGetPayment")
    }

    pub fn is_receipt(&self) -> bool {
        self.root().starts_with("paSendRT")
    }

    /// The same with another text in it.
    pub fn with(&self, from: &str, to: &str) -> Call {
        Call { body: self.text().replace(from, to).into_bytes(), ..self.clone() }
    }

    /// The same without what stands between two texts, and without these.
    pub fn without(&self, from: &str, to: &str) -> Call {
        let text = self.text();
        match between(&text, from, to) {
            Some(inner) => self.with(&format!("{from}{inner}{to}"), ""),
            None => self.clone(),
        }
    }
}

/// The names of requests and of their responses.
const ROOTS: [(&str, &str); 6] = [
    ("paVerifyPaymentNoticeReq", "paVerifyPaymentNoticeRes"),
    ("paGetPaymentReq", "paGetPaymentRes"),
    ("paGetPaymentV2Request", "paGetPaymentV2Response"),
    ("paSendRTReq", "paSendRTRes"),
    ("paSendRTV2Request", "paSendRTV2Response"),
    ("paDemandPaymentNoticeRequest", "paDemandPaymentNoticeResponse"),
];

impl Answer {
    /// An answer to a call, with this after its head.
    pub fn to(call: &Call, content: &str) -> Answer {
        let root = ROOTS.into_iter().find(|(root, _)| *root == call.root()).map_or("unknown", |(_, response)| response);
        Answer::enveloped(&format!(
            "<p:{root} xmlns:p=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\">{content}</p:{root}>"
        ))
    }

    /// A KO.
    pub fn ko(call: &Call, code: &str) -> Answer {
        let fault = format!("<faultCode>{code}</faultCode><faultString>No</faultString><id>99000001018</id>");
        Answer::to(call, &format!("<outcome>KO</outcome><fault>{fault}</fault>"))
    }

    /// A SOAP Fault.
    pub fn fault() -> Answer {
        let fault = "<s:Fault><faultcode>s:Server</faultcode><faultstring>No</faultstring></s:Fault>";
        Answer { status: 500, ..Answer::enveloped(fault) }
    }

    /// A status without a word.
    pub fn bare(status: u16) -> Answer {
        Answer { status, content_type: String::new(), body: String::new() }
    }

    fn enveloped(content: &str) -> Answer {
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{content}</s:Body></s:Envelope>"
        );
        Answer { status: 200, content_type: "text/xml; charset=utf-8".into(), body }
    }

    pub fn says(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    pub fn is_ok(&self) -> bool {
        self.says("<outcome>OK</outcome>")
    }

    pub fn is_ko(&self) -> bool {
        self.says("<outcome>KO</outcome>")
    }

    pub fn element(&self, name: &str) -> String {
        between(&self.body, &format!("<{name}>"), &format!("</{name}>")).unwrap_or_default()
    }

    /// The same with another text in it.
    pub fn with(self, from: &str, to: &str) -> Answer {
        Answer { body: self.body.replace(from, to), ..self }
    }

    /// The same with another text in the first element of that name.
    pub fn with_element(self, name: &str, value: &str) -> Answer {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        match between(&self.body, &open, &close) {
            Some(inner) => {
                let body = self.body.replacen(&format!("{open}{inner}{close}"), &format!("{open}{value}{close}"), 1);
                Answer { body, ..self }
            }
            None => self,
        }
    }

    /// The same without the elements of that name.
    pub fn without(mut self, name: &str) -> Answer {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        while let Some(inner) = between(&self.body, &open, &close) {
            self.body = self.body.replacen(&format!("{open}{inner}{close}"), "", 1);
        }
        self
    }
}

/// What stands between two texts.
pub fn between(text: &str, from: &str, to: &str) -> Option<String> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(inner, _)| inner.to_owned())
}
