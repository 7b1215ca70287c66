//! Whom to tell when a payment request has ended, and how (`domain` 11.4).

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::domain::address::is_public;

/// Longest URL of a callback.
pub const LONGEST_URL: usize = 2048;
/// Longest name of the field that carries the payload.
pub const LONGEST_FIELD: usize = 64;
/// Most headers of a callback, and the longest name and value of one.
const MOST_HEADERS: usize = 20;
const LONGEST_NAME: usize = 64;
const LONGEST_VALUE: usize = 1024;

/// What the sender writes itself, or what belongs to the connection and not to the message.
const OWN_HEADERS: [&str; 12] = [
    "connection",
    "content-encoding",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// What a callback's own Content-Type may say: the two forms it can have.
const CONTENT_TYPES: [&str; 2] = ["application/json", "application/x-www-form-urlencoded"];

/// A call that the caller of the front office wants to get.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// Where.
    pub url: String,
    /// How.
    pub method: Method,
    /// The field of the form that carries the payload.
    pub field: String,
    /// Headers that go with it, in their order.
    pub headers: Vec<(String, String)>,
}

/// How a callback is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// POST.
    Post,
    /// PUT.
    Put,
}

/// Where callbacks may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Whether http will do.
    pub http: bool,
    /// Whether private addresses will do.
    pub private_addresses: bool,
}

impl Callback {
    /// What is wrong with it: the member, the fault and the cure. What a name resolves to is looked at when it is sent.
    pub fn faults(&self, reach: Reach) -> Vec<String> {
        let mut faults = Vec::new();
        faults.extend(url_fault(&self.url, reach).map(|fault| format!("callback.url {fault}")));
        if self.field.is_empty() || self.field.chars().count() > LONGEST_FIELD || self.field.contains(char::is_control)
        {
            faults.push(format!("callback.field must be a name of 1 to {LONGEST_FIELD} characters, such as data"));
        }
        if self.headers.len() > MOST_HEADERS {
            faults.push(format!("callback.headers has more than {MOST_HEADERS}: take some of them out"));
        }
        let mut names: HashSet<String> = HashSet::new();
        for (name, value) in &self.headers {
            let lower = name.to_ascii_lowercase();
            // A name is anybody's text: only one that is legal is shown.
            match header_fault(&lower, value) {
                Some(Fault::Name) => faults.push("callback.headers has a name that no header can have".into()),
                Some(Fault::Other(fault)) => faults.push(format!("callback.headers.{name} {fault}")),
                None if !names.insert(lower) => {
                    faults.push(format!("callback.headers.{name} is there twice: leave one"));
                }
                None => {}
            }
        }
        faults
    }
}

fn url_fault(text: &str, reach: Reach) -> Option<String> {
    if text.len() > LONGEST_URL {
        return Some(format!("is longer than {LONGEST_URL} characters: shorten it"));
    }
    let example = "such as https://portale.example.org/callback";
    let Ok(url) = Url::parse(text) else { return Some(format!("is no URL: write one, {example}")) };
    match url.scheme() {
        "https" => {}
        "http" if reach.http => {}
        _ => return Some(format!("must begin with https://, {example}")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("holds a user or a password: send them in callback.headers".into());
    }
    let is_inside = match url.host() {
        None => return Some(format!("names no host: write one, {example}")),
        Some(Host::Domain(name)) => is_local_name(name),
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
    };
    (is_inside && !reach.private_addresses)
        .then(|| "names an address that is not public: give one that the internet reaches".into())
}

/// A name that is this machine's or this network's by its ending alone.
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let endings = ["localhost", "local", "localdomain", "internal", "home.arpa"];
    name.is_empty() || endings.iter().any(|end| name == *end || name.ends_with(&format!(".{end}")))
}

/// What is wrong with a header.
enum Fault {
    Name,
    Other(String),
}

/// Looks at a header by its name in small letters.
fn header_fault(name: &str, value: &str) -> Option<Fault> {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(token) {
        return Some(Fault::Name);
    }
    let of_others = OWN_HEADERS.contains(&name) || name.starts_with("proxy-") || name.starts_with("webhook-");
    if of_others {
        return Some(Fault::Other("is not the caller's to set: take it out".into()));
    }
    let printable = |b: u8| b == b'\t' || (b' '..=b'~').contains(&b);
    if value.len() > LONGEST_VALUE || !value.bytes().all(printable) {
        return Some(Fault::Other(format!("must be printable ASCII, {LONGEST_VALUE} characters at the most")));
    }
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (name == "content-type" && !CONTENT_TYPES.contains(&kind.as_str()))
        .then(|| Fault::Other(format!("must be {}", CONTENT_TYPES.join(" or "))))
}

/// Headers and URLs hold what opens the receiver's door.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Reach = Reach { http: false, private_addresses: false };
    const LOOSE: Reach = Reach { http: true, private_addresses: true };

    fn to(url: &str) -> Callback {
        Callback { url: url.into(), method: Method::Post, field: "data".into(), headers: vec![] }
    }

    #[test]
    fn where_a_callback_may_go() {
        for (url, strict, loose) in [
            ("https://portale.example.org/cb.php?a=b", true, true),
            ("https://portale.example.org:8443/", true, true),
            ("HTTPS://8.8.8.8/", true, true),
            ("https://[2606:4700::1111]/", true, true),
            ("http://portale.example.org/", false, true),
            ("https://127.0.0.1/", false, true),
            ("https://127.1/", false, true),
            ("https://0x7f.0.0.1/", false, true),
            ("https://2130706433/", false, true),
            ("https://10.0.0.1/", false, true),
            ("https://169.254.169.254/latest", false, true),
            ("https://[::1]/", false, true),
            ("https://[::ffff:10.0.0.1]/", false, true),
            ("https://localhost/", false, true),
            ("https://LOCALHOST./", false, true),
            ("https://a.localhost/", false, true),
            ("https://printer.local/", false, true),
            ("https://notlocalhost/", true, true),
            ("https://user@portale.example.org/", false, false),
            ("https://:secret@portale.example.org/", false, false),
            ("ftp://portale.example.org/", false, false),
            ("file:///etc/passwd", false, false),
            ("javascript:alert(1)", false, false),
            ("portale.example.org", false, false),
            ("https://", false, false),
            ("", false, false),
        ] {
            assert_eq!(to(url).faults(STRICT).is_empty(), strict, "{url}");
            assert_eq!(to(url).faults(LOOSE).is_empty(), loose, "{url}");
        }
        assert!(!to(&format!("https://example.org/{}", "x".repeat(LONGEST_URL))).faults(LOOSE).is_empty());
    }

    #[test]
    fn which_headers_may_go_with_it() {
        for (name, value, fault) in [
            ("session_id", "k3-77", ""),
            ("X-Empty", "", ""),
            ("Authorization", "Bearer abc", ""),
            ("Content-Type", "application/json; charset=utf-8", ""),
            ("content-type", "application/x-www-form-urlencoded", ""),
            ("Content-Type", "text/xml", "must be application/json or application/x-www-form-urlencoded"),
            ("Host", "a", "is not the caller's to set: take it out"),
            ("CONTENT-LENGTH", "1", "is not the caller's to set: take it out"),
            ("Transfer-Encoding", "chunked", "is not the caller's to set: take it out"),
            ("Connection", "close", "is not the caller's to set: take it out"),
            ("Proxy-Authorization", "x", "is not the caller's to set: take it out"),
            ("Webhook-Signature", "v1,x", "is not the caller's to set: take it out"),
            ("x", "a\r\nb: c", "must be printable ASCII, 1024 characters at the most"),
            ("x", "è", "must be printable ASCII, 1024 characters at the most"),
        ] {
            let mut callback = to("https://portale.example.org/");
            callback.headers.push((name.into(), value.into()));
            let expected: Vec<String> = Some(fault)
                .filter(|f| !f.is_empty())
                .map(|f| format!("callback.headers.{name} {f}"))
                .into_iter()
                .collect();
            assert_eq!(callback.faults(STRICT), expected, "{name}: {value}");
        }
        for name in ["", "a b", "a:", "è", "a\r\n", &"x".repeat(LONGEST_NAME + 1)] {
            let mut callback = to("https://portale.example.org/");
            callback.headers.push((name.into(), "x".into()));
            assert_eq!(callback.faults(STRICT), ["callback.headers has a name that no header can have"], "{name:?}");
        }
        let mut twice = to("https://portale.example.org/");
        twice.headers = vec![("A".into(), "1".into()), ("a".into(), "2".into())];
        assert_eq!(twice.faults(STRICT), ["callback.headers.a is there twice: leave one"]);
    }
}
