//! Where names lead: looked up by ourselves, so that what was judged is what is called.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use crate::domain::address::is_public;

/// Lookups at a time: a holder's that do not end leave some to the others, and threads to the rest of the station.
const LOOKUPS: usize = 400;

/// Looks names up, and gives of what is found only what may be called.
pub(super) struct Names<L> {
    /// Whether private addresses may be called.
    private_addresses: bool,
    lookup: L,
    turns: Arc<Semaphore>,
}

/// A name leads inward, and only there.
#[derive(Debug, thiserror::Error)]
#[error("no public address")]
pub(super) struct NotPublic;

/// Names as the system knows them.
pub(super) fn of_the_system(
    private_addresses: bool,
) -> Names<impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Copy + Send + Sync + 'static> {
    Names::by(private_addresses, |name: &str| (name, 0).to_socket_addrs().map(Iterator::collect))
}

impl<L> Names<L> {
    fn by(private_addresses: bool, lookup: L) -> Names<L> {
        Names { private_addresses, lookup, turns: Arc::new(Semaphore::new(LOOKUPS)) }
    }
}

impl<L: Fn(&str) -> io::Result<Vec<SocketAddr>> + Copy + Send + Sync + 'static> Resolve for Names<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let Names { private_addresses, lookup, ref turns } = *self;
        let turns = turns.clone();
        Box::pin(async move {
            let turn = turns.acquire_owned().await?;
            // The system's own way to look up a name waits, also for nobody.
            let look = move || {
                let _turn = turn;
                lookup(name.as_str())
            };
            let mut found = tokio::task::spawn_blocking(look).await??;
            let any = !found.is_empty();
            found.retain(|address| private_addresses || is_public(address.ip()));
            if any && found.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Names that lead where a test says.
    pub(in crate::outbox) fn of_a_test<L>(private_addresses: bool, lookup: L) -> Names<L> {
        Names::by(private_addresses, lookup)
    }

    #[tokio::test]
    async fn only_public_addresses_are_given() {
        let lookup = |name: &str| -> io::Result<Vec<SocketAddr>> {
            let addresses = match name {
                "public" => vec!["8.8.8.8", "2606:4700::1111"],
                "inward" => vec!["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254"],
                "mixed" => vec!["192.168.0.1", "1.1.1.1", "::ffff:127.0.0.1"],
                "nothing" => vec![],
                _ => return Err(io::ErrorKind::NotFound.into()),
            };
            Ok(addresses.into_iter().map(|address| (address.parse::<std::net::IpAddr>().unwrap(), 0).into()).collect())
        };
        for (name, private, given) in [
            ("public", false, Ok(2)),
            ("inward", false, Err(true)),
            ("inward", true, Ok(4)),
            ("mixed", false, Ok(1)),
            ("mixed", true, Ok(3)),
            ("nothing", false, Ok(0)),
            ("unknown", false, Err(false)),
            ("unknown", true, Err(false)),
        ] {
            let found = of_a_test(private, lookup).resolve(name.parse().unwrap()).await;
            let found = found.map(Iterator::count).map_err(|error| error.is::<NotPublic>());
            assert_eq!(found, given, "{name} {private}");
        }
    }
}
