//! Whom a message may go to, as far as a URL tells. Where a name leads is known when it is called.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::address::is_public;

/// The longest URL of a receiver.
const LONGEST: usize = 2048;

/// How far messages may go astray: what the settings allow.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Whether http will do.
    pub http: bool,
    /// Whether private addresses will do.
    pub private_addresses: bool,
}

/// A URL that may be called. It may hold what opens the receiver's door, so that its `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Receiver(Url);

/// Why a URL may not be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReceiver {
    /// It is none.
    #[error("must be a URL with a host, of 2048 characters at the most")]
    NoUrl,
    /// It is not https.
    #[error("must begin with https://")]
    NotHttps,
    /// It leads inward.
    #[error("must not lead to a private, link-local or loopback address")]
    Inward,
}

impl Receiver {
    /// A receiver, if it may be called.
    pub fn new(url: &str, bounds: Bounds) -> Result<Receiver, BadReceiver> {
        let parsed = Url::parse(url).ok().filter(|url| url.has_host()).ok_or(BadReceiver::NoUrl)?;
        match parsed.scheme() {
            _ if url.len() > LONGEST => return Err(BadReceiver::NoUrl),
            "https" => {}
            "http" if bounds.http => {}
            _ => return Err(BadReceiver::NotHttps),
        }
        // However they are written: the parser has made dotted numbers of them.
        let address = match parsed.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        if !bounds.private_addresses && address.is_some_and(|address| !is_public(address)) {
            return Err(BadReceiver::Inward);
        }
        Ok(Receiver(parsed))
    }

    /// Its URL.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// What is called: host and port, whatever is asked of them.
    pub fn door(&self) -> String {
        format!("{}:{}", self.0.host_str().unwrap_or_default(), self.0.port_or_known_default().unwrap_or_default())
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receiver(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_be_called() {
        let strict = Bounds { http: false, private_addresses: false };
        let at_a_desk = Bounds { http: true, private_addresses: true };
        let long = format!("https://example.org/{}", "x".repeat(LONGEST));
        use BadReceiver::*;
        for (url, strictly, at_desk) in [
            ("https://portale.example.org/cb.php?s=1", Ok(()), Ok(())),
            ("https://PORTALE.example.org:8443/", Ok(()), Ok(())),
            ("https://8.8.8.8/", Ok(()), Ok(())),
            ("http://portale.example.org/", Err(NotHttps), Ok(())),
            ("ftp://portale.example.org/", Err(NotHttps), Err(NotHttps)),
            ("file:///etc/passwd", Err(NoUrl), Err(NoUrl)),
            ("portale.example.org", Err(NoUrl), Err(NoUrl)),
            ("", Err(NoUrl), Err(NoUrl)),
            ("https://", Err(NoUrl), Err(NoUrl)),
            (&long, Err(NoUrl), Err(NoUrl)),
            // A name is judged where it leads.
            ("https://localhost/", Ok(()), Ok(())),
            ("https://127.0.0.1/", Err(Inward), Ok(())),
            ("https://127.0.0.1./", Err(Inward), Ok(())),
            ("https://127.1/", Err(Inward), Ok(())),
            ("https://0x7f000001/", Err(Inward), Ok(())),
            ("https://2130706433/", Err(Inward), Ok(())),
            ("https://0177.0.0.1/", Err(Inward), Ok(())),
            ("https://%31%32%37.0.0.1/", Err(Inward), Ok(())),
            ("https://１２７.0.0.1/", Err(Inward), Ok(())),
            ("https://10.1.2.3/", Err(Inward), Ok(())),
            ("https://169.254.169.254/latest", Err(Inward), Ok(())),
            ("https://[::1]/", Err(Inward), Ok(())),
            ("https://[::ffff:10.0.0.1]/", Err(Inward), Ok(())),
            ("https://[fe80::1]/", Err(Inward), Ok(())),
            ("https://user:word@[::]/", Err(Inward), Ok(())),
            ("https://0/", Err(Inward), Ok(())),
        ] {
            let judged = |bounds| Receiver::new(url, bounds).map(drop);
            assert_eq!((judged(strict), judged(at_a_desk)), (strictly, at_desk), "{url}");
        }
        let receiver = Receiver::new("https://Portale.example.org/cb?session=secret", strict).unwrap();
        assert_eq!((receiver.door(), format!("{receiver:?}")), ("portale.example.org:443".into(), "Receiver(not shown)".into()));
    }
}
