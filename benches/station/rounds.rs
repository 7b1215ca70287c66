//! Servers take turns: A B C A B C, each run checked for what was answered.

use std::time::Duration;

use crate::Result;
use crate::arguments::Arguments;
use crate::client::{self, Orders, Tally};
use crate::messages::Message;
use crate::process::Server;
use crate::spread::Spread;

/// A server that is measured, and with what.
pub struct Turn<'a> {
    /// Its name in the table.
    pub name: String,
    /// The process.
    pub server: &'a Server,
    /// Where it listens.
    pub path: &'a str,
    /// How many ask at the same time.
    pub connections: usize,
    /// What is said; notices that serve once are taken from here.
    pub messages: Vec<Message>,
    /// How many messages it has stored, where each OK must have been one.
    pub stored: Option<&'a dyn Fn() -> Result<i64>>,
}

/// What was seen of a server in all rounds.
#[derive(Default)]
pub struct Figures {
    runs: Vec<Run>,
    /// Why they count for nothing.
    pub void: Option<String>,
}

struct Run {
    tally: Tally,
    processor: Duration,
}

/// The path of the station.
pub const PA_FOR_NODE: &str = "/soap/paForNode";

/// Measures all servers in each round.
pub fn take(turns: &mut [Turn<'_>], arguments: &Arguments) -> Result<Vec<Figures>> {
    let mut figures: Vec<_> = turns.iter().map(|_| Figures::default()).collect();
    for round in 0..arguments.rounds() {
        for (turn, figures) in turns.iter_mut().zip(&mut figures) {
            figures.add(turn.run(round as u64, arguments.run())?);
        }
    }
    Ok(figures)
}

impl Turn<'_> {
    /// One run, and what is wrong with its answers.
    pub fn run(&mut self, seed: u64, measure: Duration) -> Result<(Tally, Duration, Option<String>)> {
        let orders = Orders {
            address: self.server.address,
            path: self.path.into(),
            connections: self.connections,
            warm_up: measure.min(Duration::from_secs(1)) / 4,
            measure,
            messages: self.messages.clone(),
            seed: 0x9e37_79b9_7f4a_7c15 ^ (seed << 17),
        };
        let before = self.stored.map(|stored| stored()).transpose()?;
        let busy = self.server.processor_time();
        let tally = client::send(&orders)?;
        let processor = self.server.processor_time() - busy;
        let stored = self.stored.map(|stored| stored()).transpose()?.zip(before).map(|(after, before)| after - before);
        for (message, left) in self.messages.iter_mut().zip(&tally.left) {
            message.notices = left.clone();
        }
        let wrong = self.wrong(&tally, stored);
        Ok((tally, processor, wrong))
    }

    fn wrong(&self, tally: &Tally, stored: Option<i64>) -> Option<String> {
        let Tally { ok, ko, faults, other, .. } = tally;
        if tally.answers() > *ok {
            let example = tally.example.chars().take(600).collect::<String>();
            return Some(format!("{ok} OK, {ko} KO, {faults} faults, {other} other answers, such as {example}"));
        }
        if tally.measured == 0 {
            return Some("there was nothing to say".into());
        }
        let stored = stored.filter(|stored| *stored != *ok as i64)?;
        Some(format!("{ok} OK and {stored} stored"))
    }
}

impl Figures {
    /// Adds a run.
    pub fn add(&mut self, (tally, processor, wrong): (Tally, Duration, Option<String>)) {
        self.void = self.void.take().or(wrong);
        self.runs.push(Run { tally, processor });
    }

    /// Answers in a second.
    pub fn rate(&self) -> Spread {
        self.spread(Run::rate)
    }

    /// A percentile in milliseconds.
    pub fn milliseconds(&self, which: fn(&Tally) -> u64) -> Spread {
        self.spread(|run| which(&run.tally) as f64 / 1000.0)
    }

    /// Processor time of an answer, in microseconds.
    pub fn processor(&self) -> Spread {
        self.spread(|run| run.processor.as_secs_f64() * 1e6 / run.tally.answers().max(1) as f64)
    }

    /// Our answers in a second as a share of another's, round by round.
    pub fn rate_to(&self, other: &Figures) -> Spread {
        self.to(other, Run::rate)
    }

    /// Our p99 as a multiple of another's, round by round.
    pub fn p99_to(&self, other: &Figures) -> Spread {
        self.to(other, |run| run.tally.p99.max(1) as f64)
    }

    fn spread(&self, value: impl Fn(&Run) -> f64) -> Spread {
        Spread::of(self.runs.iter().map(value))
    }

    fn to(&self, other: &Figures, value: impl Fn(&Run) -> f64) -> Spread {
        Spread::of(self.runs.iter().zip(&other.runs).map(|(our, their)| value(our) / value(their)))
    }
}

impl Run {
    fn rate(&self) -> f64 {
        self.tally.measured as f64 / self.tally.seconds.max(1e-9)
    }
}
