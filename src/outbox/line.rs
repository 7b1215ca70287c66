//! The line to receivers: one call, bounded in time and in what is heard, to the address that was judged and nobody else.

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Response;
use reqwest::dns::Resolve;
use reqwest::header::RETRY_AFTER;
use tokio::time::{Instant, timeout_at};

use super::names::{self, NotPublic};
use super::parcel::Parcel;
use super::trouble::Trouble;
use crate::dialing;
use crate::settings::Outbox;
use crate::telemetry::chain;

/// How much of an answer is heard out, and for how long, so that its sender is not cut short. What it says is nobody's
/// business.
const HEARD_BYTES: usize = 4096;
const HEARD_TIME: Duration = Duration::from_secs(1);

/// How much of an error is kept, in characters.
const LONGEST: usize = 200;

/// How to reach receivers.
pub(super) struct Line {
    client: reqwest::Client,
    patience: Duration,
}

/// Why there is no line.
#[derive(Debug, thiserror::Error)]
pub(super) enum LineError {
    /// TLS cannot be had.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The client could not be made.
    #[error("the HTTP client could not be made")]
    Client(#[from] reqwest::Error),
}

impl Line {
    /// A line as far as the settings allow.
    pub(super) fn new(settings: &Outbox) -> Result<Line, LineError> {
        Line::by(names::of_the_system(settings.private_addresses), settings.timeout)
    }

    fn by(names: impl Resolve + 'static, patience: Duration) -> Result<Line, LineError> {
        let tls = dialing::tls(dialing::authorities())?.with_no_client_auth();
        let client = dialing::client(tls)
            .dns_resolver(names)
            // A connection that stays open would spare the next call the look at its address.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("ec-station/", env!("CARGO_PKG_VERSION")));
        Ok(Line { client: client.build()?, patience })
    }

    /// Sends a parcel.
    pub(super) async fn send(&self, parcel: Parcel, now: DateTime<Utc>) -> Result<(), Trouble> {
        let deadline = Instant::now() + self.patience;
        let headers = parcel.signed_headers(now);
        let call = self.client.request(parcel.method, parcel.url).headers(headers).body(parcel.body);
        let answer = timeout_at(deadline, call.send()).await.map_err(|_| Trouble::Late)?.map_err(trouble)?;
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        if let Some(trouble) = Trouble::of(answer.status().as_u16(), retry_after) {
            return Err(trouble);
        }
        let _ = timeout_at(deadline.min(Instant::now() + HEARD_TIME), hear_out(answer)).await;
        Ok(())
    }
}

async fn hear_out(mut answer: Response) {
    let mut heard = 0;
    while let (true, Ok(Some(chunk))) = (heard < HEARD_BYTES, answer.chunk().await) {
        heard += chunk.len();
    }
}

fn trouble(error: reqwest::Error) -> Trouble {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<NotPublic>() {
            return Trouble::Inward;
        }
        cause = inner.source();
    }
    // The URL may hold what opens the receiver's door.
    let error = error.without_url();
    let said = shortened(chain(&error));
    if error.is_connect() || error.is_builder() { Trouble::Unreachable(said) } else { Trouble::Broken(said) }
}

/// A certificate may name hundreds of names, and an error all of them.
fn shortened(said: String) -> String {
    if said.chars().count() <= LONGEST { said } else { said.chars().take(LONGEST - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::{Ipv4Addr, SocketAddr, TcpListener};

    use super::*;
    use crate::outbox::names::tests::of_a_test;
    use crate::outbox::parcel::tests::a_parcel_to;

    #[test]
    fn what_is_said_is_kept_short() {
        for (said, kept) in [(0, 0), (200, 200), (201, 200), (50_000, 200)] {
            let shortened = shortened("è".repeat(said));
            assert_eq!((shortened.chars().count(), shortened.ends_with('…')), (kept, said > 200), "{said}");
        }
    }

    /// A name may lead anywhere, and elsewhere the next time; nothing is said to whom it must not be.
    #[tokio::test]
    async fn a_name_that_leads_inward_is_not_called() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let here = |_: &str| Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))]);
        let url = format!("http://portale.example.org:{port}/callback");
        for (private, expected) in [(false, Trouble::Inward), (true, Trouble::Late)] {
            let line = Line::by(of_a_test(private, here), Duration::from_millis(300)).unwrap();
            assert_eq!(line.send(a_parcel_to(&url), Utc::now()).await, Err(expected));
            let called = listener.accept().map(drop).map_err(|error| error.kind());
            assert_eq!(called, if private { Ok(()) } else { Err(ErrorKind::WouldBlock) });
        }
    }
}
