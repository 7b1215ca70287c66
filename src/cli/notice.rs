//! `ec-station notice`: payment notices as PDF, one or many.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::registry::content;
use super::{DONE_IN_PART, Failure, existing_store};
use crate::domain::codes::{OrganizationCode, SegregationCodes};
use crate::domain::position::DebtPosition;
use crate::domain::printable::printable;
use crate::settings::Settings;
use crate::store::{Key, Listing, MOST_ON_A_PAGE, Order, Store};
use crate::use_cases::paper::{Bundle, NotPrinted, Press, Unfinished, print_notice};
use crate::use_cases::positions::Desk;

const EXAMPLES: &str = "\
Examples:
  ec-station notice 307000000001234573 -o notice.pdf
  ec-station notice 307000000001234573 -o - | lp
  ec-station notice --iupd TARI-2026-1 --iupd TARI-2026-2 -o notices.zip
  ec-station notice --list notices.txt --organization 99000001018 -o notices.zip
  ec-station notice --all --organization 99000001018 -o notices.zip";

/// Print payment notices.
///
/// What can be paid is printed, also ahead of the day from which it can; what is a draft, paid, cancelled or expired is
/// not. The other ways to pay a debt stand on the same notice. The registry says what the creditor prints beside its name
/// (`letterhead`): the slip of Poste Italiane is there with a postal account, its authorization, and transfers that can
/// all be credited to postal accounts.
///
/// One notice becomes a PDF. Many become a ZIP with a PDF for each letter and a list of the notices that were not printed,
/// not-printed.csv; a file of the name is overwritten. Exit code 0: all printed; 2: some not; 1: failed, or the one notice
/// cannot be printed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Notice {
    #[command(flatten)]
    which: Which,
    /// Fiscal code of the organization; needed where several have the notice, or several are registered.
    #[arg(long, value_name = "CF")]
    organization: Option<String>,
    /// Write to this file, or - for the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Which ones.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The notice number, or the IUV.
    #[arg(value_name = "NAV")]
    notice: Option<String>,
    /// All the notices of a position; may be there several times.
    #[arg(long)]
    iupd: Vec<String>,
    /// The notices in this file, a number a line.
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// All that can be paid.
    #[arg(long)]
    all: bool,
}

impl Notice {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let store = existing_store(settings).await?;
        let now = Utc::now();
        match &self.which.notice {
            Some(number) => self.one(&store, number, now).await,
            None => self.many(&store, now).await,
        }
    }

    async fn one(&self, store: &Store, number: &str, now: DateTime<Utc>) -> Result<ExitCode, Failure> {
        let organization = self.owner(store, number).await?;
        let printed = print_notice(store, desk(&organization, &SegregationCodes::all()), number, now).await;
        let sheet = printed.map_err(|why| match why {
            NotPrinted::Store(cause) => cause.into(),
            why => Failure::Other(format!("{number}: {why}")),
        })?;
        let mut out = self.out()?;
        out.write_all(&sheet.pdf).and_then(|()| out.flush()).map_err(Failure::io("write the notice"))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Whose notice it is.
    async fn owner(&self, store: &Store, number: &str) -> Result<OrganizationCode, Failure> {
        if let Some(code) = &self.organization {
            return Ok(OrganizationCode::new(code));
        }
        let mut owners = Vec::new();
        for organization in store.organizations().await? {
            let code = OrganizationCode::new(organization.fiscal_code);
            if store.position(&code, Key::Number(number)).await?.is_some() {
                owners.push(code);
            }
        }
        match &owners[..] {
            [owner] => Ok(owner.clone()),
            [] => Err(Failure::Other(format!("{number}: there is no such notice"))),
            several => {
                let codes: Vec<_> = several.iter().map(OrganizationCode::as_str).collect();
                Err(Failure::Usage(format!("{number} is a notice of {}: choose with --organization", codes.join(", "))))
            }
        }
    }

    async fn many(&self, store: &Store, now: DateTime<Utc>) -> Result<ExitCode, Failure> {
        let organization = self.organization(store).await?;
        let numbers = self.numbers(store, &organization, now).await?;
        let (press, codes) = (Press::of(store, &organization).await?, SegregationCodes::all());
        let mut bundle = Bundle::new(self.out()?);
        let style =
            ProgressStyle::with_template("{bar:40} {pos} of {len} {eta}").unwrap_or(ProgressStyle::default_bar());
        let bar = ProgressBar::new(numbers.len() as u64).with_style(style);
        for number in &numbers {
            bundle.print(&press, store, desk(&organization, &codes), number, now).await.map_err(unfinished)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        let (mut out, contents) = bundle.finish().map_err(Failure::io("write the notices"))?;
        out.flush().map_err(Failure::io("write the notices"))?;
        let (letters, missing) = (contents.letters, contents.missing);
        eprintln!("{letters} letters, {missing} notices not printed, {} on the letter of another", contents.covered);
        Ok(if missing == 0 { ExitCode::SUCCESS } else { ExitCode::from(DONE_IN_PART) })
    }

    /// Whose notices they are: the only organization's, unless one is named.
    async fn organization(&self, store: &Store) -> Result<OrganizationCode, Failure> {
        if let Some(code) = &self.organization {
            return Ok(OrganizationCode::new(code));
        }
        match &store.organizations().await?[..] {
            [only] => Ok(OrganizationCode::new(&only.fiscal_code)),
            several => {
                Err(Failure::Usage(format!("{} organizations are registered: add --organization", several.len())))
            }
        }
    }

    /// The numbers of all that is to be printed.
    async fn numbers(
        &self,
        store: &Store,
        organization: &OrganizationCode,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, Failure> {
        if let Some(file) = &self.which.list {
            return listed(file);
        }
        if self.which.all {
            return every(store, organization, now).await;
        }
        let mut numbers = Vec::new();
        for iupd in &self.which.iupd {
            let stored = store.position(organization, Key::Iupd(iupd)).await?;
            let stored = stored.ok_or_else(|| Failure::Other(format!("{iupd}: there is no such position")))?;
            let of_position = payable(&stored.position, now);
            // Where nothing can be paid, the first one says why.
            let first = || stored.position.options.first().map(|option| option.nav.as_str().to_owned());
            numbers.extend(if of_position.is_empty() { Vec::from_iter(first()) } else { of_position });
        }
        Ok(numbers)
    }

    fn out(&self) -> Result<Box<dyn Write>, Failure> {
        if self.output == Path::new("-") {
            return Ok(Box::new(BufWriter::new(std::io::stdout())));
        }
        let unusable = |error| Failure::Usage(format!("cannot write {}: {error}", self.output.display()));
        Ok(Box::new(BufWriter::new(File::create(&self.output).map_err(unusable)?)))
    }
}

/// Whoever runs a command may see everything.
fn desk<'d>(organization: &'d OrganizationCode, codes: &'d SegregationCodes) -> Desk<'d> {
    Desk { organization, codes, by: "the command line" }
}

fn unfinished(why: Unfinished) -> Failure {
    match why {
        Unfinished::Store(cause) => cause.into(),
        Unfinished::Write(cause) => Failure::io("write the notices")(cause),
    }
}

fn listed(file: &Path) -> Result<Vec<String>, Failure> {
    let text = String::from_utf8_lossy(&content(file)?).into_owned();
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The numbers of all that an organization's debtors can pay, in the order in which the positions came.
async fn every(store: &Store, organization: &OrganizationCode, now: DateTime<Utc>) -> Result<Vec<String>, Failure> {
    let codes = SegregationCodes::all();
    let mut listing = Listing {
        organization,
        service: None,
        statuses: &[],
        due: None,
        paid: None,
        codes: &codes,
        order: Order::Inserted,
        descending: false,
        limit: MOST_ON_A_PAGE,
        page: 0,
    };
    let mut numbers = Vec::new();
    loop {
        let page = store.positions(&listing).await?;
        numbers.extend(page.positions.iter().flat_map(|stored| payable(&stored.position, now)));
        listing.page += 1;
        if listing.page >= page.pages(listing.limit) {
            return Ok(numbers);
        }
    }
}

fn payable(position: &DebtPosition, now: DateTime<Utc>) -> Vec<String> {
    let numbers = position.options.iter().map(|option| option.nav.as_str());
    numbers.filter(|number| printable(position, number, now).is_ok()).map(str::to_owned).collect()
}
