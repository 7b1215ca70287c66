//! `ec-station registry`: who is served here.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;
use clap::{Args, Subcommand};

use super::Failure;
use crate::domain::registry::Organization;
use crate::intake::registry;
use crate::store::Store;

/// The organizations that are served, and their stations.
#[derive(Debug, Args)]
pub(super) struct Registry {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add the organizations of a file, or change those that are there.
    ///
    /// The file: {"organizations": [{"fiscalCode": "99000001018", "companyName": "Comune di Borgolieve",
    /// "officeName": "Ufficio Tributi", "stations": [{"idStation": "99000001018_01", "idBroker": "99000001018",
    /// "auxDigit": 3, "segregationCode": "07", "broadcast": false}], "ibans": ["IT41P9999911111000000123456"]}]}
    ///
    /// Where an organization has ibans, strict validation takes no other account of its own; without the property, those
    /// that are registered stay.
    ///
    /// What an organization prints on its notices is its "letterhead": {"cbill": "AB1CD", "contacts": "Tel. 06 0000000",
    /// "website": "www.comune.example", "logo": "<a PNG in base64>", "postalAccount": {"number": "000099999999",
    /// "holder": "Comune di Borgolieve", "authorization": "<the words of Poste Italiane>"}}, each part if there is one.
    /// Without the property, what is registered stays.
    ///
    /// Organizations that are not in it stay as they are. The same file again changes nothing.
    #[command(verbatim_doc_comment, after_help = "Example:\n  ec-station registry import registry.json")]
    Import {
        /// The file, in JSON.
        file: PathBuf,
    },
}

impl Registry {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode, Failure> {
        let Command::Import { file } = self.command;
        let misuse =
            |complaints: Vec<String>| Failure::Usage(format!("{}:\n  {}", file.display(), complaints.join("\n  ")));
        let organizations = registry::parse(&content(&file)?).map_err(misuse)?;
        let judge = |known: &[Organization], file: &[Organization]| {
            let complaints = registry::check_against(known, file);
            if complaints.is_empty() { Ok(()) } else { Err(complaints) }
        };
        let imported = store.import_if(&organizations, judge, Utc::now()).await?.map_err(misuse)?;
        println!(
            "organizations: {} new, {} changed, {} as they were",
            imported.created, imported.updated, imported.unchanged
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// The bytes of a file that fits in memory. One that cannot be read is a misuse: the name is probably wrong.
pub(super) fn content(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::Usage(format!("cannot read {}: {error}", file.display())))
}
