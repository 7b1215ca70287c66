//! `ec-station sandbox pay`: a whole payment, as a PSP makes it, told step by step.

mod journey;
mod pretty;
mod teller;

use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};

use self::journey::{Ending, Journey};
use self::teller::Teller;
use super::setup::{Setup, creditors_of, node_url, paying_channel};
use crate::cli::{DONE_IN_PART, Failure};
use crate::domain::codes::NoticeNumber;
use crate::domain::receipt::Version;
use crate::sandbox::calls::message::Qr;
use crate::sandbox::participants::Participants;
use crate::sandbox::psp::Psp;
use crate::sandbox::{Node, PspCaller};
use crate::settings::{Receipts, Settings};

const EXAMPLES: &str = "\
Examples:
  ec-station sandbox pay --notice 307000000001234573                              # through a Node of its own
  ec-station sandbox pay --notice 307000000001234573 --node http://127.0.0.1:8081 # through one that runs
  ec-station sandbox pay --notice 307000000001234775 --stamp
  ec-station sandbox pay --notice 307000000001234573 --fail drop --raw

Exit codes: 0 paid, or the failure went as it should; 1 not paid, or a station refused the receipt; 2 paid, and a
receipt waits; 64 misused.";

/// How long the Node of a payment whose answer gets lost waits before it sends again.
const SOON: Duration = Duration::from_secs(1);
/// So much longer than the Node a PSP waits, and whoever follows receipts.
const LONGER: Duration = Duration::from_secs(20);

/// Pay a notice as a PSP does, and tell what everybody says and thinks, step by step.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Pay {
    /// The notice to pay, eighteen digits.
    #[arg(long, value_name = "NAV", value_parser = NoticeNumber::parse)]
    notice: NoticeNumber,
    /// The creditor (its fiscal code). By default the one of the registry whose station has the notice.
    #[arg(long, value_name = "CF")]
    organization: Option<String>,
    /// The PSP that pays (its idPSP). By default the first of the registry that may.
    #[arg(long, value_name = "ID")]
    psp: Option<String>,
    /// Buy the digital stamps that the notice asks for.
    #[arg(long, conflicts_with = "v1")]
    stamp: bool,
    /// Let something go wrong: the PSP fails, or never comes back, or the answer to the receipt gets lost.
    #[arg(long, value_enum, value_name = "outcome|timeout|drop", hide_possible_values = true)]
    fail: Option<Fail>,
    /// Pay through the `ec-station sandbox` or `demo` there, instead of a Node of its own.
    #[arg(long, value_name = "URL", value_parser = node_url, conflicts_with_all = ["station", "ca", "identity"])]
    node: Option<String>,
    /// Show the messages too.
    #[arg(long)]
    raw: bool,
    /// Speak the first generation: activatePaymentNotice and sendPaymentOutcome without V2.
    #[arg(long)]
    v1: bool,
    #[command(flatten)]
    setup: Setup,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Fail {
    /// The PSP says that it failed.
    Outcome,
    /// The PSP comes back when its token is dead.
    Timeout,
    /// The station's answer to the receipt gets lost.
    Drop,
}

impl Pay {
    pub(super) async fn run(self, mut settings: Settings) -> Result<ExitCode, Failure> {
        if let Some(node) = &self.node {
            if self.fail == Some(Fail::Drop) {
                let why = "--fail drop needs a Node of its own, whose line can be cut: leave --node out";
                return Err(Failure::Usage(why.into()));
            }
            let participants = self.setup.participants()?;
            let journey = self.journey(&participants, node, &settings).await?;
            return tell(journey).await;
        }
        // It ends with the payment: what it held would never be sent.
        settings.sandbox.receipts = Receipts::Send;
        if self.fail == Some(Fail::Drop) {
            settings.sandbox.retry = settings.sandbox.retry.min(SOON);
        }
        let node = self.setup.node(&settings)?.losing_answers(u32::from(self.fail == Some(Fail::Drop)));
        let listener = TcpListener::bind("127.0.0.1:0").map_err(Failure::io("open a port for the Node"))?;
        let address = listener.local_addr().map_err(Failure::io("read the port's address"))?;
        let server = node.serve(listener).map_err(Failure::io("start the Node"))?;
        tokio::select! {
            ended = self.through(&node, format!("http://{address}"), &settings) => ended,
            stopped = server => {
                stopped.map_err(Failure::io("serve"))?;
                Err(Failure::Other("stopped before the payment had ended".into()))
            }
        }
    }

    /// Through a Node of one's own.
    async fn through(&self, node: &Node, url: String, settings: &Settings) -> Result<ExitCode, Failure> {
        tell(self.journey(&node.participants, &url, settings).await?).await
    }

    async fn journey(&self, participants: &Participants, node: &str, settings: &Settings) -> Result<Journey, Failure> {
        let qr = Qr { organization: self.creditor(participants)?, notice: self.notice.clone() };
        let patience = participants.longest_timeout(settings.sandbox.timeout) + LONGER;
        let psp = self.payer(participants, node, patience)?;
        let teller = Teller::listening(psp.line.clone(), node, &qr, self.raw).await?;
        let version = if self.v1 { Version::V1 } else { Version::V2 };
        let patience = participants.longest_receipt_timeout(settings.sandbox.receipt_timeout) + LONGER;
        Ok(Journey {
            psp,
            qr,
            version,
            fail: self.fail,
            stamps: self.stamp,
            own: self.node.is_none(),
            patience,
            teller,
        })
    }

    /// Whose the notice is.
    fn creditor(&self, participants: &Participants) -> Result<String, Failure> {
        if let Some(organization) = &self.organization {
            return Ok(organization.clone());
        }
        match &creditors_of(participants, &self.notice)[..] {
            [one] => Ok(one.clone()),
            [] => Err(Failure::Usage(
                "no station of the registry has this notice; --organization names a creditor".into(),
            )),
            several => {
                let several = several.join(", ");
                Err(Failure::Usage(format!("the notice may be of {several}; --organization says of which")))
            }
        }
    }

    /// Who pays it.
    fn payer(&self, participants: &Participants, node: &str, patience: Duration) -> Result<Psp, Failure> {
        let psps = participants.psps();
        let wanted = |id: &str| self.psp.as_deref().is_none_or(|psp| psp == id);
        let found = psps.iter().filter(|psp| wanted(&psp.id_psp));
        let found = found.filter_map(|psp| Some((psp, paying_channel(psp)?))).next();
        let Some((psp, channel)) = found else {
            let known: Vec<_> = psps.iter().map(|psp| psp.id_psp.as_str()).collect();
            let why = format!("no such PSP with a channel that pays notices; the registry has {}", known.join(", "));
            return Err(Failure::Usage(why));
        };
        let by = PspCaller {
            psp: psp.id_psp.clone(),
            broker: channel.id_broker_psp.clone(),
            channel: channel.id_channel.clone(),
        };
        Ok(Psp {
            line: self.setup.line()?,
            node: node.to_owned(),
            by,
            password: channel.password.clone(),
            fiscal_code: psp.fiscal_code.clone(),
            patience,
        })
    }
}

async fn tell(mut journey: Journey) -> Result<ExitCode, Failure> {
    Ok(match journey.run().await? {
        Ending::Paid | Ending::AsAsked => ExitCode::SUCCESS,
        Ending::Pending => ExitCode::from(DONE_IN_PART),
        Ending::NotPaid | Ending::Refused => ExitCode::FAILURE,
    })
}
