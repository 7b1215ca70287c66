//! What is printed.

use std::fmt::Display;

use crate::arguments::Arguments;
use crate::rounds::Figures;
use crate::spread::Spread;

/// What a ratio should be.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// No less.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
    /// Only to be known.
    None,
}

/// Where all this is measured.
pub fn scene(arguments: &Arguments, sync_micros: Spread) {
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get());
    println!("{processors} processors; {} rounds of {:?} a run", arguments.rounds(), arguments.run());
    println!("fdatasync of 4 KiB on the stores' disk: {}", spread(sync_micros, " µs", 0));
}

/// The heading of a table.
pub fn heading(text: impl Display) {
    println!("\n== {text}");
}

/// How many ask at the same time.
pub fn connections(count: usize) -> String {
    if count == 1 { "1 connection".into() } else { format!("{count} connections") }
}

/// What was measured of some servers.
pub fn figures(rows: &[(&str, &Figures)]) {
    println!(
        "  {:<26}{:>28}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "", "requests/s", "p50 ms", "p90 ms", "p99 ms", "max ms", "cpu µs"
    );
    for (name, figures) in rows {
        if let Some(why) = &figures.void {
            println!("  {name:<26}void: {why}");
            continue;
        }
        let milliseconds = |which| format!("{:.2}", figures.milliseconds(which).median);
        println!(
            "  {name:<26}{:>28}{:>10}{:>10}{:>10}{:>10}{:>10.0}",
            spread(figures.rate(), "", 0),
            milliseconds(|tally| tally.p50),
            milliseconds(|tally| tally.p90),
            milliseconds(|tally| tally.p99),
            format!("{:.1}", figures.milliseconds(|tally| tally.max).most),
            figures.processor().median,
        );
    }
}

/// A figure of its own beside its target.
pub fn verdict(name: &str, value: Spread, unit: &str, digits: usize, target: Target) {
    let (wanted, met) = match target {
        Target::AtLeast(least) => (format!("≥ {}", number(least, digits)), value.median >= least),
        Target::AtMost(most) => (format!("≤ {}", number(most, digits)), value.median <= most),
        Target::None => (String::new(), true),
    };
    let met = match target {
        Target::None => "",
        _ if met => "met",
        _ => "MISSED",
    };
    println!("  {name:<36}{:>28}   {wanted:<10} {met}", spread(value, unit, digits));
}

/// A ratio of two servers, unless one of them is void.
pub fn ratio(name: &str, ours: &Figures, value: Spread, theirs: &Figures, target: Target) {
    if ours.void.is_some() || theirs.void.is_some() {
        println!("  {name:<36}{:>28}", "void");
    } else {
        verdict(name, value, "", 2, target);
    }
}

/// The middle, and the least and the most in brackets.
pub fn spread(Spread { median, least, most }: Spread, unit: &str, digits: usize) -> String {
    format!("{}{unit} [{}–{}]", number(median, digits), number(least, digits), number(most, digits))
}

/// A number with a space between its thousands.
pub fn number(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped + rest
}
