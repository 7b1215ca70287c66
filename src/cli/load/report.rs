//! What was rejected: the first on the screen, all in a file.

use std::fs::File;
use std::path::Path;

use indicatif::ProgressBar;

use crate::cli::Failure;
use crate::intake::Rejection;

/// Rejections to show on the screen.
const MOST_SHOWN: u64 = 20;

/// Where rejections go.
pub(super) struct Report {
    file: Option<csv::Writer<File>>,
    bar: ProgressBar,
    count: u64,
}

impl Report {
    /// Creates the file, if one is wanted. It may not be the one that is loaded.
    pub(super) fn open(rejects: Option<&Path>, loaded: &Path, bar: ProgressBar) -> Result<Report, Failure> {
        let file = rejects.map(|path| create(path, loaded)).transpose()?;
        Ok(Report { file, bar, count: 0 })
    }

    /// Tells a rejection.
    pub(super) fn add(&mut self, rejection: &Rejection) -> Result<(), Failure> {
        let Rejection { line, iupd, field, reason, cure, .. } = rejection;
        self.count += 1;
        if self.count <= MOST_SHOWN {
            let place: String =
                [iupd, field].into_iter().filter(|part| !part.is_empty()).map(|part| format!("{part}: ")).collect();
            self.bar.suspend(|| eprintln!("line {line}: {place}{reason}; {cure}"));
        }
        match &mut self.file {
            Some(file) => file.write_record([&line.to_string(), iupd, field, reason, cure]).map_err(unwritable),
            None => Ok(()),
        }
    }

    /// Tells how many more there are, and completes the file.
    pub(super) fn close(self) -> Result<(), Failure> {
        let more = self.count.saturating_sub(MOST_SHOWN);
        let hint = if self.file.is_some() { "all are in the file of rejects" } else { "use --rejects FILE for all" };
        if more > 0 {
            eprintln!("… and {more} more; {hint}");
        }
        self.file.map_or(Ok(()), |mut file| file.flush()).map_err(Failure::io("write the rejects"))
    }
}

fn create(path: &Path, loaded: &Path) -> Result<csv::Writer<File>, Failure> {
    let unusable = |why: String| Failure::Usage(format!("cannot write {}: {why}", path.display()));
    if let (Ok(one), Ok(other)) = (path.canonicalize(), loaded.canonicalize())
        && one == other
    {
        return Err(unusable("it is the file to load".into()));
    }
    let file = File::create(path).map_err(|error| unusable(error.to_string()))?;
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(["line", "iupd", "field", "reason", "cure"]).map_err(unwritable)?;
    Ok(writer)
}

fn unwritable(error: csv::Error) -> Failure {
    Failure::io("write the rejects")(error.into())
}
