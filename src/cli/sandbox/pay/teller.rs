//! Tells the story of a payment: what the Node remembers of it, in order, for people.

use std::io::Write;
use std::time::{Duration, Instant};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;

use super::pretty::pretty;
use crate::cli::Failure;
use crate::sandbox::calls::line::{Line, Silence};
use crate::sandbox::calls::message::Qr;
use crate::sandbox::receipts::ReceiptPage;
use crate::sandbox::story::{Between, Step};

/// How long the Node may take to tell.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is asked for more.
const PAUSE: Duration = Duration::from_millis(50);

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const THOUGHT: Style = AnsiColor::Cyan.on_default();

/// Somebody who listens to the Node and tells people.
pub(super) struct Teller {
    line: Line,
    node: String,
    notice: String,
    /// Whether messages are shown.
    raw: bool,
    /// The last step that was heard.
    last: u64,
    /// Steps that are still to be told.
    heard: Vec<Step>,
    /// When the first one was.
    began: Option<DateTime<Utc>>,
    acts: u32,
    out: AutoStream<std::io::Stdout>,
}

/// What became of the receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// All have an answer.
    Answered(Vec<ReceiptPage>),
    /// The Node keeps them.
    Held,
    /// One got none that the Node can use.
    Waiting,
    /// One is out, and nothing has come back yet.
    OnItsWay,
}

/// For how long receipts are followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Follow {
    /// So long at most after the last time that something happened.
    pub(super) patience: Duration,
    /// Whether also one that got no answer, until it is sent again.
    pub(super) again: bool,
}

impl Teller {
    /// Listens from now on.
    pub(super) async fn listening(line: Line, node: &str, qr: &Qr, raw: bool) -> Result<Teller, Failure> {
        let mut teller = Teller {
            line,
            node: node.to_owned(),
            notice: qr.notice.to_string(),
            raw,
            last: 0,
            heard: vec![],
            began: None,
            acts: 0,
            out: anstream::stdout(),
        };
        let before: Vec<Step> = teller.page("story", "&after=0&messages=false").await?;
        teller.last = before.last().map_or(0, |step| step.number);
        Ok(teller)
    }

    /// Tells what is new.
    pub(super) async fn catch_up(&mut self) -> Result<(), Failure> {
        self.listen().await?;
        for step in std::mem::take(&mut self.heard) {
            self.tell(&step);
        }
        Ok(())
    }

    /// Tells what PSP and Node have said to one another; receipts, which may be faster, belong to the next act.
    pub(super) async fn catch_up_with_the_psp(&mut self) -> Result<(), Failure> {
        self.listen().await?;
        let steps = std::mem::take(&mut self.heard);
        let answered = steps.iter().rposition(|step| step.between == Between::NodeToPsp);
        for (at, step) in steps.into_iter().enumerate() {
            let with_stations = matches!(step.between, Between::NodeToStation | Between::StationToNode);
            if with_stations || answered.is_some_and(|answered| at > answered) {
                self.heard.push(step);
            } else {
                self.tell(&step);
            }
        }
        Ok(())
    }

    /// Hears what is new.
    async fn listen(&mut self) -> Result<(), Failure> {
        let steps: Vec<Step> = self.page("story", &format!("&after={}&messages={}", self.last, self.raw)).await?;
        self.last = steps.last().map_or(self.last, |step| step.number);
        self.heard.extend(steps);
        Ok(())
    }

    /// Tells what happens to receipts, until all have an answer or nothing more is to be expected.
    pub(super) async fn follow(&mut self, token: &str, follow: Follow) -> Result<Delivery, Failure> {
        let (mut since, mut before) = (Instant::now(), vec![]);
        loop {
            let mut receipts: Vec<ReceiptPage> = self.page("receipts", "").await?;
            receipts.retain(|receipt| receipt.payment_token == token);
            self.catch_up().await?;
            if !receipts.is_empty() && receipts.iter().all(|receipt| receipt.state == "NOTIFIED") {
                return Ok(Delivery::Answered(receipts));
            }
            if receipts.iter().any(|receipt| receipt.held) {
                return Ok(Delivery::Held);
            }
            let waits = |receipt: &ReceiptPage| matches!(&*receipt.state, "NOTIFIED" | "NOTICE_PENDING");
            let tried = !receipts.is_empty() && receipts.iter().all(waits) && !follow.again;
            if tried {
                return Ok(Delivery::Waiting);
            }
            if receipts != before {
                (since, before) = (Instant::now(), receipts);
            } else if since.elapsed() > follow.patience {
                let out = receipts.iter().any(|receipt| receipt.state == "NOTICE_SENT");
                return Ok(if out { Delivery::OnItsWay } else { Delivery::Waiting });
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One of the Node's pages about the notice.
    async fn page<T: DeserializeOwned>(&self, name: &str, more: &str) -> Result<T, Failure> {
        let url = format!("{}/sandbox/{name}?notice={}{more}", self.node, self.notice);
        let exchange = self.line.fetch(&url, PATIENCE).await;
        let silent = |silence| match silence {
            Silence::Unreachable(_) => format!("nobody answers at {}", self.node),
            Silence::TimedOut => format!("{} does not answer within {} s", self.node, PATIENCE.as_secs()),
            Silence::Broken(why) => format!("the connection to {} broke: {why}", self.node),
        };
        let heard = exchange.heard.map_err(|silence| Failure::Other(silent(silence)))?;
        let unlike = |_| Failure::Other(format!("{} does not answer as an ec-station sandbox does", self.node));
        serde_json::from_slice(&heard.body).map_err(unlike)
    }

    /// Begins a new act.
    pub(super) fn act(&mut self, title: &str) {
        self.acts += 1;
        let act = self.acts;
        self.print(&format!("\n{BOLD}{act}. {}{BOLD:#}\n", harmless(title)));
    }

    fn tell(&mut self, step: &Step) {
        let began = *self.began.get_or_insert(step.at);
        let ms = (step.at - began).num_milliseconds();
        let who = match step.between {
            Between::PspToNode => "PSP → Node",
            Between::NodeToPsp => "Node → PSP",
            Between::NodeToStation => "Node → station",
            Between::StationToNode => "station → Node",
            Between::Node => "Node",
        };
        let style = match (step.between, step.what.contains(" KO")) {
            (Between::NodeToPsp, false) => GOOD,
            (Between::NodeToPsp, true) => BAD,
            _ => Style::new(),
        };
        let what = harmless(&step.what);
        self.print(&format!("{DIM}{ms:>7} ms  {who:<14}{DIM:#}  {style}{what}{style:#}"));
        if let Some(thought) = &step.thought {
            self.beneath(THOUGHT, &format!("the Node thinks: {thought}"));
        }
        if let Some(message) = step.message.as_ref().filter(|_| self.raw) {
            for line in pretty(message).lines() {
                self.beneath(DIM, line);
            }
        }
    }

    /// Something beneath a step.
    pub(super) fn note(&mut self, text: &str) {
        self.beneath(Style::new(), text);
    }

    fn beneath(&mut self, style: Style, text: &str) {
        self.print(&format!("{:28}{style}{}{style:#}", "", harmless(text)));
    }

    /// A good end.
    pub(super) fn good(&mut self, text: &str) {
        self.print(&format!("\n{GOOD}{}{GOOD:#}", harmless(text)));
    }

    /// A bad end.
    pub(super) fn bad(&mut self, text: &str) {
        self.print(&format!("\n{BAD}{}{BAD:#}", harmless(text)));
    }

    /// A line.
    pub(super) fn line(&mut self, text: &str) {
        self.print(&harmless(text));
    }

    /// The payment goes on when nobody reads any more.
    fn print(&mut self, text: &str) {
        let _ = writeln!(self.out, "{text}");
    }
}

/// A text that came from outside, so that it cannot break the terminal.
pub(super) fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_that_moves_the_cursor() {
        for (text, shown) in [
            ("Comune di Borgolieve, 120.50 €", "Comune di Borgolieve, 120.50 €"),
            ("\u{9b}2J", " 2J"),
            ("\u{1b}[2Ja\r\nb\tc\u{7f}\u{85}", " [2Ja  b c  "),
        ] {
            assert_eq!(harmless(text), shown);
        }
    }
}
