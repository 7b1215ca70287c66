//! `ec-station serve`: answer the Node until told to stop.

use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::process::ExitCode;
use std::task::Poll;

use futures_util::poll;
use tracing::{info, warn};

use super::Failure;
use crate::keyring::Holder;
use crate::settings::Settings;
use crate::station::{Clock, Station};

pub(super) const EXAMPLES: &str = "\
Examples:
  ec-station serve --config station.toml
  EC_STATION_LISTEN=0.0.0.0:8080 ec-station serve

SIGTERM stops it: what is being asked is still answered. `ec-station --help` lists the settings.";

/// Opens the store, then the port, and serves until SIGTERM or SIGINT.
pub(super) async fn run(settings: Settings) -> Result<ExitCode, Failure> {
    let address = settings.listen;
    let station = Station::build(settings, Clock::system()).await?;
    let listener = TcpListener::bind(address).map_err(Failure::io(format!("listen on {address}")))?;
    tell_of_the_gate(&station, address).await;
    serve(station, listener).await
}

/// Serves on an open port, from its first step on. What was being answered when SIGTERM came is answered; then the store
/// is closed.
pub(super) async fn serve(station: Station, listener: TcpListener) -> Result<ExitCode, Failure> {
    let address = listener.local_addr().map_err(Failure::io("read the port's address"))?;
    let mut server = pin!(station.serve(listener).map_err(Failure::io("start the server"))?);
    // Its first step makes it listen to signals: whoever reads the line may send one.
    let ended = poll!(server.as_mut());
    info!(%address, "listening; SIGTERM stops");
    match ended {
        Poll::Ready(ended) => ended,
        Poll::Pending => server.await,
    }
    .map_err(Failure::io("serve"))?;
    station.close().await;
    info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Says to whom the operators' API answers while there are no keys.
pub(super) async fn tell_of_the_gate(station: &Station, address: SocketAddr) {
    match station.keys.holder(None).await {
        Ok(Holder::NobodyHasKeys) if address.ip().is_loopback() => {
            info!(
                "no API key exists: the operators' API answers programs on this machine; make one with `ec-station key create`"
            );
        }
        Ok(Holder::NobodyHasKeys) => {
            warn!(
                "no API key exists: the operators' API answers programs on this machine only; `ec-station key create`"
            );
        }
        Ok(_) => {}
        Err(cause) => warn!(%cause, "the keys of the operators' API could not be read"),
    }
}
