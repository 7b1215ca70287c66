//! How the values of settings are read; what is wrong is told as a cure.

use std::net::SocketAddr;

use rust_decimal::Decimal;

/// An address to listen on.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:8080".to_owned())
}

/// The beginning of addresses, without a slash at its end; none where the text is empty.
pub(super) fn url(text: &str) -> Result<Option<String>, String> {
    match text {
        "" => Ok(None),
        url if url.starts_with("https://") || url.starts_with("http://") => Ok(Some(url.trim_end_matches('/').into())),
        _ => Err("must be empty or a URL, such as https://station.example.org".into()),
    }
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
