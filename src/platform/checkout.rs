//! Checkout: takes a cart and says where the citizen goes to pay it (`domain` 10).

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use url::Url;

use super::cart::{Cart, Generation};
use crate::dialing;
use crate::settings::Pay;
use crate::telemetry::chain;

/// How long a citizen waits for Checkout's answer.
const PATIENCE: Duration = Duration::from_secs(7);

/// Most that is read of a refusal.
const MOST_BYTES: usize = 16 << 10;

/// Most that is logged of one, in characters.
const LONGEST_TITLE: usize = 120;

/// Where carts go, and the key that goes with them. Cheap to clone.
#[derive(Clone)]
pub struct Checkout {
    carts: Url,
    generation: Generation,
    key: Option<HeaderValue>,
    /// It keeps no connection: that would end with the thread that opened it.
    client: Client,
}

impl fmt::Debug for Checkout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkout").field("carts", &self.carts.as_str()).finish_non_exhaustive()
    }
}

/// Why nobody can be sent to Checkout. Told to the operators; nothing in it is a citizen's.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// This machine or the settings do not allow it.
    #[error("Checkout cannot be called: {0}")]
    Setup(String),
    /// It was not reached, or broke off.
    #[error("Checkout gives no answer: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("Checkout gives no answer within {} seconds", PATIENCE.as_secs())]
    TimedOut,
    /// It does not want the cart, or fails.
    #[error("Checkout answers {status}{title}")]
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// How it calls the problem, after a colon.
        title: String,
    },
    /// It took the cart and sends the citizen nowhere, or where he must not go.
    #[error("Checkout sends citizens to no usable address: {0}")]
    Location(&'static str),
}

impl Checkout {
    /// Checkout as the settings have it; none: nobody can pay on the page.
    pub fn of(pay: &Pay) -> Result<Option<Checkout>, CheckoutError> {
        let Some(url) = pay.checkout_url.as_deref() else { return Ok(None) };
        let setup = |what: &dyn fmt::Display| CheckoutError::Setup(what.to_string());
        let carts = Url::parse(&format!("{url}/carts")).map_err(|cause| setup(&cause))?;
        let authorities = dialing::authorities();
        if carts.scheme() == "https" && authorities.is_empty() {
            return Err(setup(&"this machine believes no authority; install its ca-certificates"));
        }
        let tls = dialing::tls(authorities).map_err(|cause| setup(&chain(&cause)))?.with_no_client_auth();
        let client = dialing::client(tls).pool_max_idle_per_host(0).timeout(PATIENCE).build();
        let key = pay.checkout_key.as_deref().map(|key| {
            let mut key = HeaderValue::from_str(key).map_err(|_| setup(&"its key is no text for a header"))?;
            key.set_sensitive(true);
            Ok(key)
        });
        Ok(Some(Checkout {
            carts,
            generation: if url.ends_with("/v2") { Generation::V2 } else { Generation::V1 },
            key: key.transpose()?,
            client: client.map_err(|cause| setup(&chain(&cause)))?,
        }))
    }

    /// Where it takes carts.
    pub fn carts(&self) -> &Url {
        &self.carts
    }

    /// Which version of its API it is.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Brings it a cart. The answer is where the citizen goes on. Checkout may know better what an e-mail address is: a
    /// cart that it does not want with one is brought once more without.
    pub async fn open(&self, cart: &Cart) -> Result<Url, CheckoutError> {
        match (self.bring(cart).await, cart.without_email()) {
            (Err(CheckoutError::Refused { status: StatusCode::BAD_REQUEST, .. }), Some(cart)) => {
                self.bring(&cart).await
            }
            (answer, _) => answer,
        }
    }

    async fn bring(&self, cart: &Cart) -> Result<Url, CheckoutError> {
        let body = serde_json::to_vec(cart).map_err(|cause| CheckoutError::Setup(cause.to_string()))?;
        let mut request = self.client.post(self.carts.clone()).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(key) = &self.key {
            request = request.header("Ocp-Apim-Subscription-Key", key);
        }
        let answer = request.send().await.map_err(silence)?;
        match answer.status() {
            StatusCode::FOUND | StatusCode::SEE_OTHER => {
                next_page(&self.carts, answer.headers().get(LOCATION)).map_err(CheckoutError::Location)
            }
            status => Err(CheckoutError::Refused { status, title: title(answer).await }),
        }
    }
}

/// Where a redirect leads: to a page of https, or of http where Checkout itself is called so.
fn next_page(called: &Url, location: Option<&HeaderValue>) -> Result<Url, &'static str> {
    let location = location.ok_or("there is no Location")?;
    let location = location.to_str().map_err(|_| "the Location is no text")?;
    let page = called.join(location).map_err(|_| "the Location is no URL")?;
    match page.scheme() {
        "https" => Ok(page),
        "http" if called.scheme() == "http" => Ok(page),
        _ => Err("the Location is not of https"),
    }
}

fn silence(error: reqwest::Error) -> CheckoutError {
    if error.is_timeout() {
        return CheckoutError::TimedOut;
    }
    CheckoutError::Unreachable(chain(&error.without_url()))
}

/// How a refusal calls its problem, after a colon. That is the same for all problems of a kind (RFC 9457), while the
/// detail may repeat what a citizen typed.
async fn title(mut answer: Response) -> String {
    #[derive(Deserialize)]
    struct Problem {
        title: String,
    }
    let mut body = Vec::new();
    while let Ok(Some(part)) = answer.chunk().await {
        body.extend_from_slice(&part);
        if body.len() > MOST_BYTES {
            return String::new();
        }
    }
    let Ok(Problem { title }) = serde_json::from_slice(&body) else { return String::new() };
    let shown: String = title.chars().filter(|c| !c.is_control()).take(LONGEST_TITLE).collect();
    format!(": {shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_citizen_may_be_sent() {
        for (called, location, page) in [
            (
                "https://api.example.org/v1/carts",
                Some("https://checkout.example.org/c/1"),
                Ok("https://checkout.example.org/c/1"),
            ),
            ("https://api.example.org/v1/carts", Some("/c/1"), Ok("https://api.example.org/c/1")),
            ("http://127.0.0.1:8081/v1/carts", Some("http://127.0.0.1:8081/c/1"), Ok("http://127.0.0.1:8081/c/1")),
            (
                "http://127.0.0.1:8081/v1/carts",
                Some("https://checkout.example.org/"),
                Ok("https://checkout.example.org/"),
            ),
            (
                "https://api.example.org/v1/carts",
                Some("http://checkout.example.org/"),
                Err("the Location is not of https"),
            ),
            ("https://api.example.org/v1/carts", Some("javascript:alert(1)"), Err("the Location is not of https")),
            ("https://api.example.org/v1/carts", Some("data:text/html,x"), Err("the Location is not of https")),
            ("https://api.example.org/v1/carts", Some("https://"), Err("the Location is no URL")),
            ("https://api.example.org/v1/carts", None, Err("there is no Location")),
        ] {
            let called = Url::parse(called).unwrap();
            let location = location.map(HeaderValue::from_static);
            let answer = next_page(&called, location.as_ref());
            assert_eq!(answer.as_ref().map(Url::as_str).map_err(|no| *no), page, "{location:?}");
        }
    }

    #[test]
    fn which_version_it_is() {
        let pay =
            |url: &str| Pay { public_url: None, checkout_url: Some(url.into()), checkout_key: Some("a-key".into()) };
        for (url, generation) in [
            ("https://api.platform.pagopa.it/checkout/ec/v1", Generation::V1),
            ("https://api.platform.pagopa.it/checkout/ec/v2", Generation::V2),
            ("http://127.0.0.1:1/v2x", Generation::V1),
        ] {
            let pay = pay(url);
            let checkout = Checkout::of(&pay).unwrap().unwrap();
            assert_eq!(checkout.generation(), generation, "{url}");
            assert!(!format!("{checkout:?}").contains("a-key"));
        }
    }
}
