//! Payment notices as PDF over HTTP, each drawn anew from the store.

use std::time::Instant;

use crate::Result;
use crate::arguments::Arguments;
use crate::database::{Databases, Engine};
use crate::notices::{self, ORGANIZATION, nav};
use crate::process::Server;
use crate::spread::Spread;
use crate::table::{self, Target};

/// Different notices that are asked for in turn.
const NOTICES: u64 = 1_000;

/// On one core, after the first one has read the fonts.
const A_SECOND: f64 = 30.0;

pub fn run(arguments: &Arguments, databases: &Databases, engine: Engine) -> Result<()> {
    table::heading(format_args!("paper · {engine} · 1 connection, a notice of one page at a time"));
    let database = databases.filled(engine, &[notices::single(NOTICES)])?;
    let server = Server::station(&database, &[])?;
    let mut numbers = notices::single(NOTICES).cycle();
    let mut print = || -> Result<usize> {
        let number = nav(numbers.next().expect("it goes round"));
        let url = format!("http://{}/organizations/{ORGANIZATION}/notices/{number}/pdf", server.address);
        let mut answer = server.agent().get(url).call()?;
        let pdf = answer.body_mut().read_to_vec()?;
        if pdf.starts_with(b"%PDF-") { Ok(pdf.len()) } else { Err("an answer was no PDF".into()) }
    };
    let bytes = print()?;
    let (mut rates, mut of_core) = (vec![], vec![]);
    for _ in 0..arguments.rounds() {
        let (begin, processor) = (Instant::now(), server.processor_time());
        let mut count = 0.0;
        while begin.elapsed() < arguments.run() {
            print()?;
            count += 1.0;
        }
        rates.push(count / begin.elapsed().as_secs_f64());
        of_core.push(count / (server.processor_time() - processor).as_secs_f64());
    }
    table::verdict("notices in a second", Spread::of(rates), "", 0, Target::None);
    table::verdict("  in a second of one processor", Spread::of(of_core), "", 0, Target::AtLeast(A_SECOND));
    table::verdict("size of one", Spread::of(vec![bytes as f64 / 1024.0]), " KiB", 1, Target::None);
    Ok(())
}
