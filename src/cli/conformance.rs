//! `ec-station conformance`: whether a station answers as the Node expects.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use chrono::Utc;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use super::output::print_lines;
use super::registry::content;
use super::sandbox::station_url;
use crate::conformance::case::{self, Case};
use crate::conformance::example::{LINES, example};
use crate::conformance::fixtures::Fixtures;
use crate::conformance::message::PREFIXES;
use crate::conformance::report::{Report, json, junit, text};
use crate::conformance::run::Suite;
use crate::sandbox::calls::line::{Credentials, Line};

const AFTER: &str = r#"The fixtures file says what the station holds. It is JSON, with the registry and the positions of a station, as
`ec-station registry import` and `ec-station load` take them:

  {"organizations": [{"fiscalCode": "99000001018", "companyName": "Comune di Borgolieve",
     "stations": [{"idStation": "99000001018_01", "idBroker": "99000001018", "segregationCode": "07"}]}],
   "paymentPositions": [ … as GPD has them, with their notices … ],
   "states": {"307000000001234573": "PAID"}}

How a notice stands may be said in any of these places; the first one counts:
  "states": {NAV: STATE}
  "notices": [{"nav": NAV, "state": STATE, "organization": CF, "amount": CENTS}], also for notices without a position
  "state" of a payment option
  "status" of a payment option, and of a position, in GPD's words
Where nothing is said, the dates of the position say it; else the notice is PAYABLE.
STATE is PAYABLE, PAID, EXPIRED, CANCELLED, DRAFT, NOT_YET_VALID, SUPERSEDED (paid another way) or UNKNOWN.
Where the file has several creditors, "organization" of a position says whose it is.

Cases that pay a notice need one of their own: give the fixtures many that are PAYABLE. What a case lacks is told at
the end. "ibans" of an organization, where it has them, are the accounts that the platform knows of it.

A case is a TOML file; see those of the source, in src/conformance/cases.

Exit codes: 0 every rule that must hold does, 1 some do not or nothing could be tried, 2 nothing is broken but some
cases could not be tried, 64 misused.

A station of ours, with a fresh store that holds the example; a run pays its notices, so every run wants another:
  export EC_STATION_DATABASE_URL=sqlite://conformance.db
  ec-station conformance --example > fixtures.json
  ec-station registry import fixtures.json
  ec-station load fixtures.json --organization 99000001018 --history
  ec-station serve
  ec-station conformance --url http://localhost:8080/soap/paForNode --fixtures fixtures.json

Another's station:
  ec-station conformance --url https://ec.example/pagopa --fixtures fixtures.json --only receipt --junit report.xml \
    --ca authority.pem --identity node.pem --header 'Authorization: Bearer …'"#;

/// How a report becomes a text, strictly or not.
type Written = fn(&Report, bool) -> String;

/// Try a station, this one or another's, and say where it breaks the rules of pagoPA.
///
/// Good and bad messages of the Node are sent to it, one at a time, and each answer is judged as the Node would: its form by
/// the schema, its sense by the rules, its time by the level of service. Notices are paid on the way: never point it at a
/// station that serves people.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER, after_help = "More, with the form of the fixtures: ec-station conformance --help")]
pub(super) struct Conformance {
    /// Where the station takes paForNode: host:port or a URL, to which /soap/paForNode is added when it has no path.
    #[arg(long, value_parser = station_url, required_unless_present_any = ["list", "example"])]
    url: Option<String>,
    /// What it holds, in JSON.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["list", "example"])]
    fixtures: Option<PathBuf>,
    /// Write a report in JUnit's XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a report in JSON; the result of a case is held, broken, advice or not-run.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only cases whose name or rule holds this text.
    #[arg(long, value_name = "PATTERN")]
    only: Option<String>,
    /// Cases of your own, besides those that are built in.
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// Leave out the cases that change the station.
    #[arg(long)]
    read_only: bool,
    /// Rules that should hold must.
    #[arg(long)]
    strict: bool,
    /// A header for every call, such as one that the station wants of its callers; may be repeated.
    #[arg(long = "header", value_name = "'N: V'", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Certificates of authorities, in PEM, believed besides the system's.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The certificate and key to show to the station, in one file of PEM.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// The prefixes of the envelope and of the message; some stations know no others than the Node's.
    #[arg(long, value_name = "SOAP,MESSAGE", default_value_t = PREFIXES.join(","))]
    prefixes: String,
    /// Wait so long for every answer, instead of 7 seconds and 15 for a receipt.
    #[arg(long, value_name = "MS")]
    timeout_ms: Option<u64>,
    /// List the cases and run none.
    #[arg(long)]
    list: bool,
    /// Print a file of fixtures to begin with, with all that the built-in cases need, and run none.
    #[arg(long)]
    example: bool,
}

impl Conformance {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        if self.example {
            eprintln!("note: as fixtures.json it is loaded and tried so, on a fresh store:\n  {}", LINES.join("\n  "));
            return print_lines([format!("{:#}", example())]).map(|()| ExitCode::SUCCESS);
        }
        let cases = self.chosen()?;
        let (Some(url), Some(fixtures), false) = (&self.url, &self.fixtures, self.list) else {
            return self.show(&cases);
        };
        if cases.is_empty() {
            return Err(Failure::Usage("no case is called so; `ec-station conformance --list` tells them all".into()));
        }
        let now = Utc::now();
        let shown = fixtures.display();
        let fixtures = Fixtures::parse(&content(fixtures)?, url, now);
        let fixtures = fixtures.map_err(|error| Failure::Usage(format!("{shown}: {error}")))?;
        let line = Line::new(&self.credentials()?).map_err(|error| Failure::Usage(crate::telemetry::chain(&error)))?;
        let suite = Suite {
            line: &line,
            url,
            fixtures: &fixtures,
            cases: &cases,
            read_only: self.read_only,
            patience: self.timeout_ms.map(Duration::from_millis),
            prefixes: self.both_prefixes()?,
        };
        let forms = [(&self.junit, junit::write as Written), (&self.json, json::write)];
        let wanted = forms.into_iter().filter_map(|(file, form)| Some((file.as_deref()?, form)));
        let files = wanted.map(|(file, form)| Ok((file, form, created(file)?))).collect::<Result<Vec<_>, Failure>>()?;
        let style =
            ProgressStyle::with_template("{bar:40} {pos} of {len} {msg}").unwrap_or(ProgressStyle::default_bar());
        let bar = ProgressBar::new(cases.len() as u64).with_style(style);
        let report = suite.run(now, |case| {
            bar.set_message(case.id.clone());
            bar.inc(1);
        });
        let report = report.await;
        bar.finish_and_clear();
        let report = report.map_err(Failure::Conformance)?;
        print_lines(text::write(&report, self.strict).lines().map(str::to_owned))?;
        for (name, form, mut file) in files {
            let written = file.write_all(form(&report, self.strict).as_bytes());
            written.map_err(Failure::io(format!("write {}", name.display())))?;
        }
        Ok(ExitCode::from(report.exit_code(self.strict)))
    }

    fn show(&self, cases: &[Case]) -> Result<ExitCode, Failure> {
        let width = cases.iter().map(|case| case.id.len()).max().unwrap_or_default();
        let line =
            |case: &Case| format!("{:<7} {:<width$} {:<24} {}", case.severity.as_str(), case.id, case.rule, case.title);
        print_lines(cases.iter().map(line)).map(|()| ExitCode::SUCCESS)
    }

    fn chosen(&self) -> Result<Vec<Case>, Failure> {
        let misuse = |error: case::CaseError| Failure::Usage(error.to_string());
        let mut cases = case::built_in().map_err(misuse)?;
        if let Some(folder) = &self.cases {
            cases.extend(case::in_folder(folder).map_err(misuse)?);
        }
        if let Some(pattern) = &self.only {
            cases.retain(|case| case.id.contains(pattern.as_str()) || case.rule.contains(pattern.as_str()));
        }
        Ok(cases)
    }

    fn credentials(&self) -> Result<Credentials, Failure> {
        let read = |file: &Option<PathBuf>| file.as_deref().map(Path::new).map(content).transpose();
        Ok(Credentials { authorities: read(&self.ca)?, identity: read(&self.identity)?, headers: self.headers.clone() })
    }

    fn both_prefixes(&self) -> Result<[String; 2], Failure> {
        let good = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        match self.prefixes.split_once(',') {
            Some((soap, message)) if good(soap) && good(message) && soap != message => {
                Ok([soap.to_owned(), message.to_owned()])
            }
            _ => Err(Failure::Usage("--prefixes wants two different ones, such as soapenv,pafn".into())),
        }
    }
}

/// The file of a report, before anything is sent: a notice that was paid for a report that cannot be written is lost.
fn created(file: &Path) -> Result<File, Failure> {
    File::create(file).map_err(|error| Failure::Usage(format!("cannot write {}: {error}", file.display())))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write it as NAME: VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
