//! A large CSV file through `ec-station load`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use chrono::Utc;
use ec_station::settings::variable;

use crate::Result;
use crate::arguments::Arguments;
use crate::database::{Database, Databases, Engine};
use crate::notices::{self, IBAN, ORGANIZATION, TRANSFER_EURO, nav};
use crate::process::{memory, station};
use crate::spread::Spread;
use crate::table::{self, Target};

/// How often the file is loaded, each time into a store of its own.
const LOADS: usize = 3;

const COLUMNS: &str = "iupd,type,fiscalCode,fullName,companyName,officeName,nav,amount,description,isPartialPayment,\
                       dueDate,idTransfer,transferAmount,remittanceInformation,category,iban";

pub fn run(arguments: &Arguments, databases: &Databases, engine: Engine) -> Result<()> {
    let positions = arguments.positions();
    let rows = table::number(positions as f64, 0);
    table::heading(format_args!("loading · {engine} · {LOADS} times a CSV of {rows} positions with a transfer each"));
    let file = databases.folder().join("positions.csv");
    write(&file, positions)?;
    let (mut rates, mut times, mut peaks) = (vec![], vec![], vec![]);
    for _ in 0..LOADS {
        let database = databases.filled(engine, &[])?;
        let (time, peak) = load(&file, &database)?;
        let stored = databases.number(&database, "SELECT COUNT(*) FROM payment_option")?;
        if stored != positions as i64 {
            println!("  void: {stored} of {positions} positions were stored");
            return Ok(());
        }
        times.push(time.as_secs_f64());
        rates.push(positions as f64 / time.as_secs_f64());
        peaks.push(peak as f64 / f64::from(1 << 20));
    }
    std::fs::remove_file(file)?;
    table::verdict("positions in a second", Spread::of(rates), "", 0, Target::None);
    let minute = if engine == Engine::Sqlite && positions == 1_000_000 { Target::AtMost(60.0) } else { Target::None };
    table::verdict("time of the file", Spread::of(times), " s", 1, minute);
    table::verdict("most memory", Spread::of(peaks), " MiB", 1, Target::None);
    Ok(())
}

fn write(path: &Path, positions: u64) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let due = (Utc::now() + chrono::Duration::days(30)).date_naive();
    writeln!(file, "{COLUMNS}")?;
    for number in notices::single(positions) {
        let nav = nav(number);
        writeln!(
            file,
            "IUPD-{nav},F,VRDPNC70A01Z999J,Pancrazio Verdelli,Comune di Borgolieve,Ufficio Tributi,{nav},{TRANSFER_EURO},\
             TARI 2026 rata unica,false,{due},1,{TRANSFER_EURO},TARI 2026,0101101IM,{IBAN}"
        )?;
    }
    Ok(file.flush()?)
}

/// Loads the file; gives the time and the most memory.
fn load(file: &Path, database: &Database) -> Result<(Duration, u64)> {
    let begin = Instant::now();
    let mut loader = station()
        .arg("load")
        .arg(file)
        .args(["--organization", ORGANIZATION, "--publish"])
        .env(variable("database.url"), &database.url)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = loader.try_wait()? {
            break status;
        }
        peak = memory(loader.id(), "VmHWM").max(peak);
        std::thread::sleep(Duration::from_millis(20));
    };
    let time = begin.elapsed();
    if status.success() {
        return Ok((time, peak));
    }
    let said = std::io::read_to_string(loader.stderr.take().expect("it is piped"))?;
    Err(format!("the file could not be loaded: {}", said.trim()).into())
}
