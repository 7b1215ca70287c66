//! What the sandbox is set up with: where stations are, who takes part, and how TLS is spoken.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use url::Url;

use crate::cli::registry::content;
use crate::cli::{Failure, demo};
use crate::domain::codes::NoticeNumber;
use crate::sandbox::Node;
use crate::sandbox::calls::line::{Credentials, Line};
use crate::sandbox::participants::{Channel, Organization, Participants, Psp};
use crate::sandbox::psp::PATH;
use crate::settings::Settings;
use crate::station::Clock;

/// Where stations have their door, unless somebody says otherwise.
const DOOR: &str = "/soap/paForNode";

#[derive(Debug, Args)]
pub(super) struct Setup {
    /// Where stations are that have no url in the registry: host:port or a URL, to which /soap/paForNode is added when it
    /// has no path. By default the setting listen.
    #[arg(long, value_name = "URL", value_parser = station_url)]
    station: Option<String>,
    /// Who takes part: the station's registry file, with psps, postalAccounts and services in it. By default the
    /// fictional participants of `ec-station demo`.
    #[arg(long, value_name = "FILE")]
    pub(super) registry: Option<PathBuf>,
    /// Certificates of authorities to believe when a station speaks TLS, beside the system's, in PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The Node's own certificate and key, for stations that ask for one, in PEM.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

impl Setup {
    pub(super) fn participants(&self) -> Result<Participants, Failure> {
        let Some(file) = &self.registry else { return Ok(demo::participants()) };
        let misuse = |complaints: Vec<String>| format!("{}:\n  {}", file.display(), complaints.join("\n  "));
        Participants::parse(&content(file)?).map_err(|complaints| Failure::Usage(misuse(complaints)))
    }

    /// The line to stations.
    pub(super) fn line(&self) -> Result<Line, Failure> {
        let read = |file: &Option<PathBuf>| file.as_deref().map(content).transpose();
        let credentials =
            Credentials { authorities: read(&self.ca)?, identity: read(&self.identity)?, headers: vec![] };
        let names = |file: &Option<PathBuf>| file.as_deref().map(Path::display).map(|file| format!(" ({file})"));
        Line::new(&credentials).map_err(|error| {
            let files = [names(&self.ca), names(&self.identity)].into_iter().flatten().collect::<String>();
            Failure::Usage(format!("{}{files}", crate::telemetry::chain(&error)))
        })
    }

    /// A Node with these settings.
    pub(super) fn node(&self, settings: &Settings) -> Result<Node, Failure> {
        let station = self.station.clone().unwrap_or_else(|| door_of(settings.listen));
        Ok(Node::new(self.participants()?, station, settings.sandbox.clone(), Clock::system(), self.line()?))
    }
}

/// The full address of a station, from as much of it as somebody cares to type.
pub(in crate::cli) fn station_url(text: &str) -> Result<String, String> {
    const CURE: &str = "must be host:port or a URL such as https://station.example.org/soap/paForNode";
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let mut url = Url::parse(&full).map_err(|_| CURE.to_owned())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(CURE.into());
    }
    if url.path() == "/" {
        url.set_path(DOOR);
    }
    Ok(url.into())
}

/// The address of a running Node, without a path.
pub(super) fn node_url(text: &str) -> Result<String, String> {
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&full).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    let url = url.ok_or("must be host:port or a URL such as http://127.0.0.1:8081")?;
    Ok(url.as_str().trim_end_matches('/').trim_end_matches(PATH).to_owned())
}

/// Whose a notice may be: of the creditors whose stations have it, or else of those that only get copies.
pub(super) fn creditors_of(participants: &Participants, notice: &NoticeNumber) -> Vec<String> {
    let organizations = participants.organizations();
    let has = |copies: bool| {
        let serves =
            |it: &&&Organization| it.station_of(notice).is_some_and(|station| station.link.broadcast == copies);
        organizations.iter().filter(serves).map(|it| it.fiscal_code.clone()).collect::<Vec<_>>()
    };
    let own = has(false);
    if own.is_empty() { has(true) } else { own }
}

/// Where to listen.
pub(super) fn listen_address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:8081")
}

/// The channel of a PSP over which it may pay notices.
pub(super) fn paying_channel(psp: &Psp) -> Option<&Channel> {
    psp.channels.iter().find(|channel| channel.active && channel.pays_notices())
}

/// The door of a station that listens there. One that listens everywhere is also at home.
pub(in crate::cli) fn door_of(mut listens: SocketAddr) -> String {
    if listens.ip().is_unspecified() {
        listens.set_ip(match listens.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{listens}{DOOR}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_much_of_an_address_as_somebody_types() {
        for (typed, full) in [
            ("127.0.0.1:8080", Ok("http://127.0.0.1:8080/soap/paForNode")),
            ("localhost:8080/", Ok("http://localhost:8080/soap/paForNode")),
            ("https://station.example.org", Ok("https://station.example.org/soap/paForNode")),
            ("https://station.example.org/pa/?x=1", Ok("https://station.example.org/pa/?x=1")),
            ("station.example.org/partner", Ok("http://station.example.org/partner")),
            ("ftp://station.example.org", Err(())),
            ("http://", Err(())),
            ("", Err(())),
            ("a b", Err(())),
        ] {
            assert_eq!(station_url(typed).map_err(drop), full.map(str::to_owned), "{typed}");
        }
    }

    #[test]
    fn a_station_that_listens_everywhere_is_also_at_home() {
        for (listens, door) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/soap/paForNode"),
            ("0.0.0.0:80", "http://127.0.0.1:80/soap/paForNode"),
            ("[::]:80", "http://[::1]:80/soap/paForNode"),
        ] {
            assert_eq!(door_of(listens.parse().unwrap()), door);
        }
    }
}
