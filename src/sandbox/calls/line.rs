//! The line to a station: one POST, and the patience of the Node.

use std::fmt;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::Primitive;
use crate::dialing;

/// Largest answer that is read.
const MOST_BYTES: usize = 4 << 20;

/// How to reach stations.
#[derive(Clone, Debug)]
pub struct Line {
    client: reqwest::Client,
    /// A connection ends with the thread that opened it, and those that answer PSPs end before the last receipt is sent.
    receipts: reqwest::Client,
}

/// With what the Node shows itself, and whom it believes, where stations want TLS (`domain` 14).
#[derive(Clone, Default)]
pub struct Credentials {
    /// Certificates of authorities, in PEM, believed besides the system's.
    pub authorities: Option<Vec<u8>>,
    /// The Node's own certificate chain and key, in PEM.
    pub identity: Option<Vec<u8>>,
    /// Headers that go with every call.
    pub headers: Vec<(String, String)>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(not shown)")
    }
}

/// Why there is no line.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// A certificate or key that cannot be used.
    #[error("{0} cannot be used; it must be PEM")]
    Pem(&'static str),
    /// A header that is none.
    #[error("the header {0} cannot be sent")]
    Header(String),
    /// TLS does not take them.
    #[error("the certificates cannot be used")]
    Tls(#[source] rustls::Error),
    /// The client could not be made.
    #[error("the HTTP client could not be made")]
    Client(#[source] reqwest::Error),
}

/// What was said, and what was heard. Its `Debug` shows neither: people stand in messages.
#[derive(Clone)]
pub struct Exchange {
    /// The bytes that went out.
    pub sent: Vec<u8>,
    /// What came back.
    pub heard: Result<Heard, Silence>,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("heard", &self.heard).field("took", &self.took).finish_non_exhaustive()
    }
}

/// What a station answered.
#[derive(Clone)]
pub struct Heard {
    /// HTTP status.
    pub status: u16,
    /// The label of the body.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Heard { status, content_type, .. } = self;
        f.debug_struct("Heard").field("status", status).field("content_type", content_type).finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Nobody took the call.
    Unreachable(String),
    /// It took longer than the Node waits.
    TimedOut,
    /// The connection broke, or the answer has no end.
    Broken(String),
}

impl Line {
    /// A line that shows these credentials.
    pub fn new(credentials: &Credentials) -> Result<Line, LineError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &credentials.headers {
            let bad = || LineError::Header(name.clone());
            let name: reqwest::header::HeaderName = name.parse().map_err(|_| bad())?;
            let mut value = HeaderValue::from_str(value).map_err(|_| bad())?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let tls = tls(credentials)?;
        let client =
            || dialing::client(tls.clone()).default_headers(headers.clone()).build().map_err(LineError::Client);
        Ok(Line { client: client()?, receipts: client()? })
    }

    /// Calls a station, with the SOAPAction of an operation.
    pub async fn call(&self, url: &str, action: &str, message: Vec<u8>, patience: Duration) -> Exchange {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
        if let Ok(action) = HeaderValue::from_str(&format!("\"{action}\"")) {
            headers.insert("SOAPAction", action);
        }
        let is_receipt = Primitive::named(action).is_some_and(Primitive::is_receipt);
        let client = if is_receipt { &self.receipts } else { &self.client };
        let request = client.post(url).headers(headers);
        exchange(request, message, patience).await
    }

    /// Sends whatever is asked for, by names: what cannot be a method or a header is nobody's to answer.
    pub async fn send_as(
        &self,
        url: &str,
        method: &str,
        headers: &[(String, String)],
        body: Vec<u8>,
        patience: Duration,
    ) -> Result<Exchange, LineError> {
        let bad = |name: &str| LineError::Header(name.to_owned());
        let method = reqwest::Method::from_bytes(method.as_bytes()).map_err(|_| bad(method))?;
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(|_| bad(name))?;
            map.insert(name.parse::<reqwest::header::HeaderName>().map_err(|_| bad(name))?, value);
        }
        Ok(self.send(url, method, map, body, patience).await)
    }

    /// Asks for a page.
    pub async fn fetch(&self, url: &str, patience: Duration) -> Exchange {
        self.send(url, reqwest::Method::GET, HeaderMap::new(), vec![], patience).await
    }

    /// Sends whatever is asked for.
    pub async fn send(
        &self,
        url: &str,
        method: reqwest::Method,
        headers: HeaderMap,
        body: Vec<u8>,
        patience: Duration,
    ) -> Exchange {
        exchange(self.client.request(method, url).headers(headers), body, patience).await
    }
}

async fn exchange(request: reqwest::RequestBuilder, body: Vec<u8>, patience: Duration) -> Exchange {
    let started = Instant::now();
    let heard = match tokio::time::timeout(patience, hear(request.body(body.clone()))).await {
        Ok(heard) => heard,
        Err(_) => Err(Silence::TimedOut),
    };
    Exchange { sent: body, heard, took: started.elapsed() }
}

async fn hear(request: reqwest::RequestBuilder) -> Result<Heard, Silence> {
    let mut answer = request.send().await.map_err(silence)?;
    let status = answer.status().as_u16();
    let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(silence)? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            return Err(Silence::Broken(format!("the answer is longer than {MOST_BYTES} bytes")));
        }
    }
    Ok(Heard { status, content_type, body })
}

/// Whether a text is an address that can be called.
pub fn is_address(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn silence(error: reqwest::Error) -> Silence {
    if error.is_connect() || error.is_builder() {
        Silence::Unreachable(crate::telemetry::chain(&error.without_url()))
    } else if error.is_timeout() {
        Silence::TimedOut
    } else {
        Silence::Broken(crate::telemetry::chain(&error.without_url()))
    }
}

fn tls(credentials: &Credentials) -> Result<rustls::ClientConfig, LineError> {
    let mut roots = dialing::authorities();
    if let Some(pem) = &credentials.authorities {
        for certificate in certificates(pem, "the file of authorities")? {
            roots.add(certificate).map_err(LineError::Tls)?;
        }
    }
    let builder = dialing::tls(roots).map_err(LineError::Tls)?;
    let Some(pem) = &credentials.identity else { return Ok(builder.with_no_client_auth()) };
    const WHAT: &str = "the certificate and key of the Node";
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| LineError::Pem(WHAT))?;
    builder.with_client_auth_cert(certificates(pem, WHAT)?, key).map_err(LineError::Tls)
}

fn certificates(pem: &[u8], what: &'static str) -> Result<Vec<CertificateDer<'static>>, LineError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or(LineError::Pem(what))
}
