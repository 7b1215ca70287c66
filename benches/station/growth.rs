//! Does a verify get slower as the store grows?

use crate::Result;
use crate::arguments::Arguments;
use crate::database::{Databases, Engine};
use crate::messages;
use crate::notices;
use crate::process::Server;
use crate::rounds::{PA_FOR_NODE, Turn, take};
use crate::table::{self, Target};

/// Positions of the small store.
const SMALL: u64 = 10_000;

pub fn run(arguments: &Arguments, databases: &Databases, engine: Engine) -> Result<()> {
    table::heading(format_args!(
        "growth · {engine} · verify of any notice, {}",
        table::connections(arguments.connections)
    ));
    let sizes = [SMALL, arguments.positions()];
    let mut servers = Vec::new();
    for size in sizes {
        let database = databases.filled(engine, &[notices::single(size)])?;
        servers.push((size, Server::station(&database, &[])?));
    }
    let turn = |(size, server)| Turn {
        name: format!("{} positions", table::number(size as f64, 0)),
        server,
        path: PA_FOR_NODE,
        connections: arguments.connections,
        messages: vec![messages::verify(notices::single(size))],
        stored: None,
    };
    let mut turns: Vec<_> = servers.iter().map(|(size, server)| turn((*size, server))).collect();
    let all = take(&mut turns, arguments)?;
    table::figures(&turns.iter().map(|turn| turn.name.as_str()).zip(&all).collect::<Vec<_>>());
    let [small, large] = all.as_slice() else { unreachable!("there are two") };
    table::ratio("large / small", large, large.rate_to(small), small, Target::AtLeast(0.9));
    Ok(())
}
