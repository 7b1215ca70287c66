//! `ec-station sandbox`: a Node to try a station with, and payments through it.

mod pay;
mod screen;
mod setup;

use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::process::ExitCode;
use std::task::Poll;

use clap::{Args, Subcommand};
use futures_util::poll;
use tracing::info;

use self::screen::screen;
use self::setup::{Setup, listen_address};
pub(super) use self::setup::{door_of, station_url};
use super::Failure;
use crate::sandbox::Node;
use crate::settings::{Receipts, Settings, variable};

const EXAMPLES: &str = "\
Examples:
  ec-station sandbox                                       # the station of these settings, the demo's participants
  ec-station sandbox --station https://station.example.org/soap/paForNode --registry registry.json
  ec-station sandbox pay --notice 307000000001234573       # a whole payment, told step by step

PSPs find nodeForPsp at /nodo/node-for-psp/v1. The Node remembers while it runs, and no database is touched.";

/// Be the Node: take payments as PSPs make them, and call the station as pagoPA does.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(super) struct Sandbox {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    setup: Setup,
    /// Address and port to listen on, instead of the setting sandbox.listen.
    #[arg(long, value_name = "ADDRESS", value_parser = listen_address)]
    listen: Option<SocketAddr>,
    /// Send receipts by itself, or hold them until somebody asks; instead of the setting sandbox.receipts.
    #[arg(long, value_name = "send|hold")]
    receipts: Option<Receipts>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Pay(Box<pay::Pay>),
}

impl Sandbox {
    /// Whether the command tells a story of its own.
    pub(super) fn tells_a_story(&self) -> bool {
        self.command.is_some()
    }

    pub(super) async fn run(self, mut settings: Settings) -> Result<ExitCode, Failure> {
        if let Some(Command::Pay(pay)) = self.command {
            return pay.run(settings).await;
        }
        settings.sandbox.receipts = self.receipts.unwrap_or(settings.sandbox.receipts);
        let node = self.setup.node(&settings)?;
        let address = self.listen.unwrap_or(settings.sandbox.listen);
        let listener = TcpListener::bind(address).map_err(Failure::io(format!(
            "listen on {address}; another port is chosen with --listen 127.0.0.1:0 or {}",
            variable("sandbox.listen")
        )))?;
        let address = listener.local_addr().map_err(Failure::io("read the port's address"))?;
        println!("{}", screen(&format!("http://{address}"), &node, self.setup.registry.as_deref()));
        serve(node, listener).await
    }
}

/// Serves on an open port until SIGTERM or SIGINT.
pub(super) async fn serve(node: Node, listener: TcpListener) -> Result<ExitCode, Failure> {
    let address = listener.local_addr().map_err(Failure::io("read the port's address"))?;
    let mut server = pin!(node.serve(listener).map_err(Failure::io("start the Node"))?);
    // Its first step makes it listen to signals: whoever reads the line may send one.
    let ended = poll!(server.as_mut());
    info!(%address, "the Node listens; SIGTERM stops");
    match ended {
        Poll::Ready(ended) => ended,
        Poll::Pending => server.await,
    }
    .map_err(Failure::io("serve"))?;
    info!("the Node stopped");
    Ok(ExitCode::SUCCESS)
}
