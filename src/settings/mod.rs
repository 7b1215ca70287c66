//! Settings: a TOML file and variables, read once into types. Nobody else reads the environment.
//!
//! A setting has a path such as `limits.body_bytes`. Its variable is `EC_STATION_` and the path in capitals with `_`
//! for dots: `EC_STATION_LIMITS_BODY_BYTES`. A variable beats the file, the file beats the default. Every bad setting
//! is named before anything starts, with an accepted example and never with its value, which may be a secret.

mod choices;
mod known;
mod values;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use rust_decimal::Decimal;

pub use self::choices::{ArchiveReads, DuplicateReceipt, LogFormat, OnStoreDown, OrphanReceipt, Receipts, SyntaxFault};
use self::known::{GPD_DEFAULTS, nearest};
pub use self::known::{KNOWN, Known};
use self::values::{address, is_open_to_all, key, number, price, thousandths, url};
pub use crate::intake::Validation;
use crate::store::{DatabaseUrl, Pools};
use crate::xml;

/// What the variables begin with.
const PREFIX: &str = "EC_STATION_";

/// How the station was told to behave.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where the data is.
    pub database: DatabaseUrl,
    /// How many connections to it there are, and how long one waits for them.
    pub pools: Pools,
    /// The station's address as the Node calls it.
    pub public_url: Option<String>,
    /// How positions are checked, and whether the Node meets GPD's manners (`gpd-api` 12).
    pub validation: Validation,
    /// The code for messages that break the contract (`domain` 4.2, EXTRAXSD vs XSD).
    pub syntax_fault: SyntaxFault,
    /// The answer to a receipt that was stored before (`domain` 4.6, D1).
    pub duplicate_receipt: DuplicateReceipt,
    /// The answer to a receipt that no position knows (`domain` 4.6, D7).
    pub orphan_receipt: OrphanReceipt,
    /// Whether `paGetPayment` sends the metadata of transfers (`domain` 17).
    pub v1_transfer_metadata: bool,
    /// How reads sound when the store is down (`domain` 4.3, A11).
    pub on_store_down: OnStoreDown,
    /// What is kept of the Node's calls, and when.
    pub archive: Archive,
    /// How often a key may call the operators' API.
    pub api: Api,
    /// Where the front office is, and where its citizens pay.
    pub pay: Pay,
    /// How often an account may call the front office, and at what price.
    pub quota: Quota,
    /// Where callbacks and webhooks may go.
    pub outbox: Outbox,
    /// How the Node of the sandbox behaves.
    pub sandbox: Sandbox,
    /// What a request may cost.
    pub limits: Limits,
    /// What is logged, and how.
    pub log: Log,
}

/// What is kept of the Node's calls, and when. Receipts are always kept in their own transaction.
#[derive(Clone, Debug)]
pub struct Archive {
    /// What happens to verify, get and demand.
    pub reads: ArchiveReads,
}

/// How often a key may call the operators' API.
#[derive(Clone, Debug)]
pub struct Api {
    /// Calls in each window; none means as often as it likes.
    pub calls: Option<u32>,
    /// How long a window is.
    pub window: Duration,
}

/// Where the front office is, and where its citizens pay (`domain` 10, 11).
#[derive(Clone)]
pub struct Pay {
    /// Its address as citizens reach it, without a slash at the end.
    pub public_url: Option<String>,
    /// Where Checkout takes carts, without a slash at the end; none: nobody can pay on the page.
    pub checkout_url: Option<String>,
    /// The subscription key for Checkout.
    pub checkout_key: Option<String>,
}

impl fmt::Debug for Pay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pay { public_url, checkout_url, .. } = self;
        f.debug_struct("Pay")
            .field("public_url", public_url)
            .field("checkout_url", checkout_url)
            .finish_non_exhaustive()
    }
}

/// How often an account may call the front office, and at what price (`domain` 11.6).
#[derive(Clone, Debug)]
pub struct Quota {
    /// Free calls on a day.
    pub calls: u32,
    /// Whether calls beyond are refused.
    pub hard: bool,
    /// Euro for a call beyond.
    pub call_price: Decimal,
    /// Euro that an account is credited for a payment, in thousandths.
    pub payment_credit: i64,
}

/// Where callbacks and webhooks may go (`domain` 11.4).
#[derive(Clone, Debug)]
pub struct Outbox {
    /// Whether http will do.
    pub http: bool,
    /// Whether private addresses will do.
    pub private_addresses: bool,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// How the Node of the sandbox behaves (`domain` 2, 15).
#[derive(Clone, Debug)]
pub struct Sandbox {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// What happens to receipts.
    pub receipts: Receipts,
    /// How often a receipt is sent that gets no answer.
    pub attempts: u32,
    /// How long it waits before it is sent again.
    pub retry: Duration,
    /// The life of a payment token, and the longest that a PSP may ask for.
    pub token: Duration,
    /// How long an answer of the station may take.
    pub timeout: Duration,
    /// How long the answer to a receipt may take.
    pub receipt_timeout: Duration,
}

/// What a request may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest request, in bytes.
    pub body_bytes: usize,
    /// Bounds on its XML.
    pub xml: xml::Limits,
    /// Time to receive it.
    pub receive: Duration,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct Log {
    /// Text for people or JSON for machines.
    pub format: LogFormat,
    /// A filter in `tracing`'s notation.
    pub level: String,
}

/// Everything that is wrong with the settings, one line each.
#[derive(Debug, PartialEq, Eq)]
pub struct BadSettings(pub Vec<String>);

impl fmt::Display for BadSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings cannot be used:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for BadSettings {}

impl Settings {
    /// Reads a TOML file, if one is named, and the variables.
    pub fn read(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Settings, BadSettings> {
        let mut source = Source::default();
        if let Some(file) = file {
            source.add_file(file);
        }
        source.add_variables(variables);
        source.settings()
    }

    /// Whether the Node meets GPD's manners.
    pub fn follows_gpd(&self) -> bool {
        self.validation == Validation::Gpd
    }

    /// The defaults.
    pub fn defaults() -> Settings {
        Source::default().settings().expect("the defaults are right")
    }
}

/// The name of a setting's variable.
pub fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "_").to_ascii_uppercase())
}

/// Values by path, with where each came from, and what was wrong so far.
#[derive(Default)]
struct Source {
    values: BTreeMap<String, (String, String)>,
    wrong: Vec<String>,
}

impl Source {
    fn add_file(&mut self, file: &Path) {
        let shown = file.display();
        let parsed = std::fs::read_to_string(file)
            .map_err(|e| format!("{shown}: cannot be read: {e}"))
            .and_then(|text| text.parse::<toml::Table>().map_err(|e| format!("{shown}: not TOML: {}", e.message())));
        match parsed {
            Ok(table) => self.add_table("", &table, &shown.to_string()),
            Err(line) => self.wrong.push(line),
        }
    }

    fn add_table(&mut self, parent: &str, table: &toml::Table, file: &str) {
        for (key, value) in table {
            let path = if parent.is_empty() { key.clone() } else { format!("{parent}.{key}") };
            let text = match value {
                toml::Value::Table(inner) => {
                    self.add_table(&path, inner, file);
                    continue;
                }
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                _ => {
                    self.wrong.push(format!("{path} in {file}: must be a text or a whole number"));
                    continue;
                }
            };
            match KNOWN.iter().find(|known| known.path == path) {
                Some(known) => drop(self.values.insert(known.path.into(), (text, format!("{path} in {file}")))),
                None => self.wrong.push(format!("{path} in {file}: no such setting{}", nearest(&path))),
            }
        }
    }

    fn add_variables(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in variables {
            if !name.starts_with(PREFIX) || name == CONFIG_VARIABLE || is_of_a_cluster(&name) {
                continue;
            }
            match KNOWN.iter().find(|known| variable(known.path) == name) {
                Some(known) => drop(self.values.insert(known.path.into(), (value, name))),
                None => {
                    let path = name[PREFIX.len()..].to_ascii_lowercase();
                    self.wrong.push(format!("{name}: no such setting{}", nearest(&path)));
                }
            }
        }
    }

    fn settings(mut self) -> Result<Settings, BadSettings> {
        let validation = self.take("validation", str::parse);
        if validation == Validation::Gpd {
            for (path, value) in GPD_DEFAULTS {
                let origin = format!("{path}, by validation");
                self.values.entry((*path).into()).or_insert_with(|| ((*value).into(), origin));
            }
        }
        let settings = Settings {
            listen: self.take("listen", address),
            database: self.take("database.url", |text| {
                text.parse().map_err(|e| format!("{e}; an accepted one is sqlite://ec-station.db"))
            }),
            pools: Pools {
                read_connections: self.take("database.read_connections", |text| number(text, 1, 1000)) as u32,
                write_connections: self.take("database.write_connections", |text| number(text, 1, 1000)) as u32,
                connect_patience: self.seconds("database.connect_seconds", 5),
                write_patience: self.seconds("database.write_seconds", 12),
                statement_patience: self.seconds("database.statement_seconds", 60),
                durable: self.flag("database.durable"),
            },
            public_url: self.url("public_url"),
            validation,
            syntax_fault: self.take("syntax_fault", str::parse),
            duplicate_receipt: self.take("duplicate_receipt", str::parse),
            orphan_receipt: self.take("orphan_receipt", str::parse),
            v1_transfer_metadata: self.flag("v1_transfer_metadata"),
            on_store_down: self.take("on_store_down", str::parse),
            archive: Archive { reads: self.take("archive.reads", str::parse) },
            api: Api {
                calls: self.take("api.calls", |text| number(text, 0, 10_000_000).map(|n| (n > 0).then_some(n as u32))),
                window: self.seconds("api.window_seconds", 3600),
            },
            pay: self.pay(),
            quota: Quota {
                calls: self.take("quota.calls", |text| number(text, 0, 1_000_000_000)) as u32,
                hard: self.flag("quota.hard"),
                call_price: self.take("quota.call_price", price),
                payment_credit: self.take("quota.payment_credit", thousandths),
            },
            outbox: Outbox {
                http: self.flag("outbox.http"),
                private_addresses: self.flag("outbox.private_addresses"),
                timeout: self.milliseconds("outbox.timeout_ms", 1, 60_000),
            },
            sandbox: Sandbox {
                listen: self.take("sandbox.listen", address),
                receipts: self.take("sandbox.receipts", str::parse),
                attempts: self.take("sandbox.attempts", |text| number(text, 1, 10_000)) as u32,
                retry: self.milliseconds("sandbox.retry_ms", 1, 86_400_000),
                token: self.milliseconds("sandbox.token_ms", 1, 1_800_000),
                timeout: self.milliseconds("sandbox.timeout_ms", 1, 600_000),
                receipt_timeout: self.milliseconds("sandbox.receipt_timeout_ms", 1, 600_000),
            },
            limits: Limits {
                body_bytes: self.take("limits.body_bytes", |text| number(text, 1024, 16 << 20)),
                xml: xml::Limits {
                    depth: self.take("limits.depth", |text| number(text, 8, 1000)),
                    attributes: self.take("limits.attributes", |text| number(text, 1, 1000)),
                    elements: self.take("limits.elements", |text| number(text, 100, 10_000_000)),
                },
                receive: self.seconds("limits.receive_seconds", 3600),
            },
            log: Log {
                format: self.take("log.format", str::parse),
                level: self.take("log.level", |text| {
                    let filter = text.parse::<tracing_subscriber::EnvFilter>();
                    filter
                        .map(|_| text.to_owned())
                        .map_err(|_| "must be a level such as info, or a filter such as info,sqlx=warn".into())
                }),
            },
        };
        if self.wrong.is_empty() { Ok(settings) } else { Err(BadSettings(self.wrong)) }
    }

    fn pay(&mut self) -> Pay {
        let origin = self.values.get("pay.checkout_url").map(|(_, origin)| origin.clone());
        let (public_url, checkout_url) = (self.url("pay.public_url"), self.url("pay.checkout_url"));
        let checkout_key = self.take("pay.checkout_key", key);
        if let (Some(origin), Some(url), Some(_)) = (origin, &checkout_url, &checkout_key)
            && is_open_to_all(url)
        {
            self.wrong.push(format!("{origin}: must be a URL of https, because pay.checkout_key goes with each call"));
        }
        Pay { public_url, checkout_url, checkout_key }
    }

    fn flag(&mut self, path: &str) -> bool {
        self.take(path, |text| text.parse().map_err(|_| "must be true or false".to_owned()))
    }

    fn url(&mut self, path: &str) -> Option<String> {
        self.take(path, url)
    }

    fn seconds(&mut self, path: &str, most: usize) -> Duration {
        self.take(path, |text| number(text, 1, most).map(|seconds| Duration::from_secs(seconds as u64)))
    }

    fn milliseconds(&mut self, path: &str, least: usize, most: usize) -> Duration {
        self.take(path, |text| number(text, least, most).map(|ms| Duration::from_millis(ms as u64)))
    }

    /// Parses a setting. A bad one is noted, and its default stands in so that the others are looked at too.
    fn take<T>(&mut self, path: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
        let known = KNOWN.iter().find(|known| known.path == path).expect("every setting is known");
        if let Some((text, origin)) = self.values.remove(path) {
            match parse(&text) {
                Ok(value) => return value,
                Err(cure) => self.wrong.push(format!("{origin}: {cure}")),
            }
        }
        parse(known.default).unwrap_or_else(|_| unreachable!("the default of {path} is right"))
    }
}

/// Kubernetes tells the containers of a service called `ec-station` where it is, in variables that begin like ours.
fn is_of_a_cluster(name: &str) -> bool {
    let rest = &name[PREFIX.len()..];
    rest == "PORT" || rest.starts_with("PORT_") || rest.starts_with("SERVICE_")
}

/// Names the settings file; no setting itself.
pub const CONFIG_VARIABLE: &str = "EC_STATION_CONFIG";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, variables: &[(&str, &str)]) -> Result<Settings, BadSettings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("station.toml");
        std::fs::write(&path, file).unwrap();
        let answer = Settings::read(Some(&path), variables.iter().map(|(k, v)| (k.to_string(), v.to_string())));
        answer.map_err(|bad| {
            BadSettings(bad.0.into_iter().map(|l| l.replace(&path.display().to_string(), "FILE")).collect())
        })
    }

    #[test]
    fn a_variable_beats_the_file_and_the_file_the_default() {
        let settings = read(
            "listen = '0.0.0.0:1'\nsyntax_fault = 'xsd'\n[limits]\ndepth = 16",
            &[("EC_STATION_LISTEN", "0.0.0.0:2")],
        )
        .unwrap();
        assert_eq!(settings.listen, "0.0.0.0:2".parse().unwrap());
        assert_eq!(settings.syntax_fault, SyntaxFault::Xsd);
        assert_eq!(settings.limits.xml.depth, 16);
        assert_eq!(settings.database, "sqlite://ec-station.db".parse().unwrap());
    }

    #[test]
    fn every_bad_setting_is_named_at_once_and_no_value_is_shown() {
        let bad = read(
            "lisen = 'secret'\norphan_receipt = 'secret'",
            &[("EC_STATION_LIMITS_DEPTH", "secret"), ("EC_STATION_DATABASE_URL", "secret")],
        );
        let lines = bad.unwrap_err().0;
        assert_eq!(
            lines,
            [
                "lisen in FILE: no such setting; perhaps listen?",
                "database.url must begin with sqlite:// or postgres://; an accepted one is sqlite://ec-station.db"
                    .replace("database.url", "EC_STATION_DATABASE_URL:")
                    .as_str(),
                "orphan_receipt in FILE: must be one of: ok, fault_sconosciuto, fault_semantica",
                "EC_STATION_LIMITS_DEPTH: must be a whole number from 8 to 1000",
            ]
        );
    }

    #[test]
    fn validation_as_in_gpd_brings_defaults_that_any_word_beats() {
        use OrphanReceipt::FaultSconosciuto;
        for (file, variables, answers) in [
            ("", &[][..], (SyntaxFault::ExtraXsd, OrphanReceipt::Ok)),
            ("validation = 'gpd'", &[], (SyntaxFault::Xsd, FaultSconosciuto)),
            ("", &[("EC_STATION_VALIDATION", "gpd")], (SyntaxFault::Xsd, FaultSconosciuto)),
            ("validation = 'gpd'", &[("EC_STATION_VALIDATION", "strict")], (SyntaxFault::ExtraXsd, OrphanReceipt::Ok)),
            ("validation = 'gpd'\nsyntax_fault = 'extraxsd'", &[], (SyntaxFault::ExtraXsd, FaultSconosciuto)),
            (
                "orphan_receipt = 'ok'",
                &[("EC_STATION_VALIDATION", "gpd"), ("EC_STATION_SYNTAX_FAULT", "extraxsd")],
                (SyntaxFault::ExtraXsd, OrphanReceipt::Ok),
            ),
        ] {
            let settings = read(file, variables).unwrap();
            assert_eq!((settings.syntax_fault, settings.orphan_receipt), answers, "{file} {variables:?}");
        }
    }

    #[test]
    fn the_defaults_are_right() {
        Settings::defaults();
    }
}
