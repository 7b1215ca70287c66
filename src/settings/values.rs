//! How the values of settings are read; what is wrong is told as a cure.

use std::net::SocketAddr;

use rust_decimal::Decimal;
use url::{Host, Url};

/// An address to listen on.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:8080".to_owned())
}

/// The beginning of addresses, without a slash at its end; none where the text is empty.
pub(super) fn url(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.ok_or("must be empty or a URL, such as https://station.example.org")?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end with its path: paths are added to it, so leave out what follows ? or #".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must begin with its host, such as https://station.example.org: leave out what precedes @".into());
    }
    Ok(Some(url.as_str().trim_end_matches('/').into()))
}

/// Whether what is sent there can be read on the way: by http, and not to this machine.
pub(super) fn is_open_to_all(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && !is_here
}

/// A key that goes with calls in a header; none where the text is empty.
pub(super) fn key(text: &str) -> Result<Option<String>, String> {
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("must be empty or letters, digits and signs of ASCII, without blanks and line ends".into());
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A whole number within bounds.
pub(super) fn number(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let value = text.parse().ok().filter(|value| (least..=most).contains(value));
    value.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

/// An amount in euro, of any number of decimals.
pub(super) fn price(text: &str) -> Result<Decimal, String> {
    let price = text.parse::<Decimal>().ok().filter(|price| (Decimal::ZERO..=Decimal::from(1000)).contains(price));
    price.ok_or_else(|| "must be an amount in euro from 0 to 1000, such as 0.001".to_owned())
}

/// An amount in euro, in thousandths.
pub(super) fn thousandths(text: &str) -> Result<i64, String> {
    let whole = (price(text)? * Decimal::from(1000)).normalize();
    let whole = Some(whole).filter(Decimal::is_integer).and_then(|whole| whole.try_into().ok());
    whole.ok_or_else(|| "must have three decimals at the most, such as 0.20".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::table::rows;

    #[test]
    fn which_addresses_are_beginnings() {
        assert_eq!(url(""), Ok(None));
        let table = "
            text                             | answer
            https://pay.example.org          | https://pay.example.org
            https://Pay.example.org/station/ | https://pay.example.org/station
            http://127.0.0.1:8081/v1         | http://127.0.0.1:8081/v1
            http://[::1]:8081                | http://[::1]:8081
            pay.example.org                  | URL
            ftp://pay.example.org            | URL
            https://                         | URL
            https://pay.example.org?x=1      | path
            https://pay.example.org#x        | path
            https://user@pay.example.org     | host
            https://:secret@pay.example.org  | host";
        for row in rows(table) {
            match url(row[0]) {
                Ok(url) => assert_eq!(url.as_deref(), Some(row[1])),
                Err(cure) => assert!(cure.contains(row[1]) && !cure.contains("secret"), "{row:?}: {cure}"),
            }
        }
    }

    #[test]
    fn who_reads_along() {
        for (url, open) in [
            ("https://api.example.org", false),
            ("http://api.example.org", true),
            ("http://192.168.0.1", true),
            ("http://127.0.0.1:8081", false),
            ("http://[::1]:8081", false),
            ("http://localhost:8081", false),
            ("http://localhost.example.org", true),
        ] {
            assert_eq!(is_open_to_all(url), open, "{url}");
        }
    }

    #[test]
    fn which_keys_can_be_sent() {
        assert_eq!((key(""), key("k3-77")), (Ok(None), Ok(Some("k3-77".into()))));
        for text in ["a b", "a\n", "é", "\u{7f}"] {
            assert!(key(text).is_err(), "{text:?}");
        }
    }
}
