//! Print many notices: a ZIP with a PDF for each letter, and a list of the notices that were not printed.

use std::collections::HashSet;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::{NotPrinted, Press, Sheet};
use crate::store::{Store, StoreError};
use crate::use_cases::positions::Desk;

/// The name of the list.
const NOT_PRINTED: &str = "not-printed.csv";

/// A bundle on its way to wherever it goes; it is never held as a whole.
pub struct Bundle<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    /// The notices that stand on its letters: a debtor gets one letter for all the ways to pay a debt.
    covered: HashSet<String>,
    /// The others, and why.
    missing: Vec<(String, String)>,
    contents: Contents,
}

/// What is in a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Letters.
    pub letters: u64,
    /// Notices that were asked for and stand on the letter of another one.
    pub covered: u64,
    /// Notices that were not printed.
    pub missing: u64,
}

/// Why a bundle is not finished.
#[derive(Debug, thiserror::Error)]
pub enum Unfinished {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be written.
    #[error("the bundle cannot be written")]
    Write(#[from] io::Error),
}

impl<W: Write> Bundle<W> {
    /// An empty one.
    pub fn new(out: W) -> Bundle<W> {
        let zip = ZipWriter::new_stream(out);
        Bundle { zip, covered: HashSet::new(), missing: Vec::new(), contents: Contents::default() }
    }

    /// Prints a notice into it, unless it stands on one of its letters. What is wrong with the notice is for the list.
    pub async fn print(
        &mut self,
        press: &Press,
        store: &Store,
        desk: Desk<'_>,
        number: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Unfinished> {
        if self.covered.contains(number) {
            self.contents.covered += 1;
            return Ok(());
        }
        match self.letter(press, store, desk, number, now).await {
            Ok(Some(sheet)) => self.add(&sheet)?,
            Ok(None) => self.contents.covered += 1,
            Err(NotPrinted::Store(cause)) => return Err(cause.into()),
            Err(why) => self.leave_out(number, &why),
        }
        Ok(())
    }

    /// The letter of a notice, unless it was printed already: an IUV and a notice number may mean one notice.
    async fn letter(
        &self,
        press: &Press,
        store: &Store,
        desk: Desk<'_>,
        number: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Sheet>, NotPrinted> {
        let stored = press.find(store, desk, number).await?;
        let option = stored.position.option_of(number).map(|at| &stored.position.options[at]);
        if option.is_some_and(|option| self.covered.contains(option.nav.as_str())) {
            return Ok(None);
        }
        press.print_stored(desk, &stored, number, now).await.map(Some)
    }

    fn add(&mut self, sheet: &Sheet) -> io::Result<()> {
        self.put(&format!("avviso-{}.pdf", sheet.nav), &sheet.pdf)?;
        self.covered.extend(sheet.navs.iter().map(|nav| nav.as_str().to_owned()));
        self.contents.letters += 1;
        Ok(())
    }

    fn leave_out(&mut self, number: &str, why: &NotPrinted) {
        self.missing.push((number.to_owned(), why.to_string()));
        self.contents.missing += 1;
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.zip.start_file(name, SimpleFileOptions::default())?;
        self.zip.write_all(bytes)
    }

    /// Ends it with the list, and gives what it was written to.
    pub fn finish(mut self) -> io::Result<(W, Contents)> {
        let mut list = csv::Writer::from_writer(Vec::new());
        list.write_record(["notice", "reason"])?;
        for (number, why) in std::mem::take(&mut self.missing) {
            list.write_record([number, why])?;
        }
        let list = list.into_inner().map_err(|error| error.into_error())?;
        self.put(NOT_PRINTED, &list)?;
        Ok((self.zip.finish()?.into_inner(), self.contents))
    }
}
