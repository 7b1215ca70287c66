//! The cases of the suite: what is sent, about which notice, and every answer to it that is reasonable.
//!
//! A case is a TOML file; its place, such as `paVerifyPaymentNotice/expired`, is its name. All members:
//!
//! ```toml
//! title = "An expired notice"                  # what is tested, for people
//! primitive = "paVerifyPaymentNotice"          # or primitives = [...]: the case runs once for each
//! rule = "C6"                                  # a short stable name; several cases may share one
//! requirement = "An expired notice is refused with PAA_PAGAMENTO_SCADUTO."
//! source = "error catalogue; SANP, verify"     # where the rule comes from
//! severity = "must"                            # or should: reported, and no failure unless the run is strict
//! cure = "Compare the due date with now."      # optional: what to do about it
//!
//! [notice]                                     # left out: no notice in particular
//! state = "EXPIRED"                            # one of [`State`]; left out: PAYABLE
//! with = ["stamp"]                             # what it has, of [`Trait`]
//! without = ["postal"]                         # and what it has not
//! fresh = true                                 # the case changes it: no other case gets it afterwards
//!
//! [request]                                    # changes to the good request of the primitive for that notice
//! recipient = "beneficiary"                    # addressed to another beneficiary of the notice, not to its owner
//! set = { "qrCode/noticeNumber" = "123" }      # texts of elements, by their path below the root
//! remove = ["qrCode", "receipt/transferList/transfer[2]"]   # what may be missing may be missing already
//! rename = { "qrCode" = "qrcode" }
//! insert = [{ after = "idStation", xml = "<foo/>" }]   # or before = …, or into = … (as its last child)
//! nested = 5000                                # so many elements inside one another, at the end
//! root = "paGetPaymentReq"                     # another name of the root
//! namespace = ""                               # another namespace of the root
//! body_is_child_qualified = true               # its children are in that namespace too
//! prefixes = ["s", "m"]                        # of the envelope and of the root
//! raw = '''<anything/>'''                      # the whole body instead
//! headers = { SOAPAction = "\"other\"" }       # replaces; "" leaves the header out
//! method = "GET"
//! encoding = "UTF-16"                          # of [`Encoding`]: the bytes are transcoded
//! repeat = 2                                   # the same is sent so often; `expect` is for the last answer
//!
//! [[before]]                                   # steps that come first: primitive, request, expect, expect_first
//! primitive = "paGetPayment"                   # left out: that of the case. Without expect an OK is expected
//!
//! [expect]
//! outcome = ["OK", "KO", "FAULT", "HTTP"]      # a case holds when any of these is the answer
//! faults = ["PAA_PAGAMENTO_SCADUTO"]           # codes that are right for a KO; none: any
//! http = [200]                                 # statuses that are right; none: those of the Node's rule
//! facts = ["amount"]                           # what an OK must say, of [`Fact`]
//! same = true                                  # the same answer as to the step before
//! within_ms = 7000                             # left out: as long as the Node waits
//!
//! [expect_first]                               # for the answers before the last, with `repeat`
//! ```
//!
//! `HTTP` is an error status without SOAP. In the texts of `set`, `insert` and `raw` stand `{idPA}`, `{idBrokerPA}`,
//! `{idStation}`, `{nav}`, `{iuv}`, `{amount}`, `{receiptId}` and `{root}` for what belongs to the notice.

mod expect;
mod file;
mod notice;
mod request;

use std::collections::BTreeSet;
use std::path::Path;

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

pub use self::expect::{Expect, Fact, Outcome};
pub use self::notice::{NoticeWanted, State, Trait};
pub use self::request::{Encoding, Insert, Recipient, Request};
use crate::sandbox::calls::Primitive;

/// The cases that are part of the binary.
static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/conformance/cases");

/// A case for one primitive.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its place below the folder of cases, with the primitive where the file is for several.
    pub id: String,
    /// What is tested.
    pub title: String,
    /// The primitive that is asked.
    pub primitive: Primitive,
    /// A short stable name of the rule that is tested.
    pub rule: String,
    /// The rule in a sentence.
    pub requirement: String,
    /// Where it comes from.
    pub source: String,
    /// How much it matters.
    pub severity: Severity,
    /// What to do about a station that breaks it.
    pub cure: Option<String>,
    /// The notice it needs.
    pub notice: Option<NoticeWanted>,
    /// What is said, in order; the last step is the one that is tested.
    pub steps: Vec<Step>,
}

/// One thing that is said, perhaps several times.
#[derive(Clone, Debug)]
pub struct Step {
    /// The primitive that is asked.
    pub primitive: Primitive,
    /// How the request differs from a good one.
    pub request: Request,
    /// What the last answer must be.
    pub expect: Expect,
    /// What the answers before the last must be.
    pub expect_first: Expect,
}

/// How much a rule matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Who breaks it is not paid, or not understood.
    #[default]
    Must,
    /// Good manners.
    Should,
}

impl Severity {
    /// As it stands in a case.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Must => "must",
            Severity::Should => "should",
        }
    }
}

/// A file of cases that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {what}")]
pub struct CaseError {
    file: String,
    what: String,
}

/// The cases that are part of the binary, in the order of their names.
pub fn built_in() -> Result<Vec<Case>, CaseError> {
    let mut files = Vec::new();
    let mut folders = vec![&BUILT_IN];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let text = String::from_utf8_lossy(file.contents()).into_owned();
            files.push((file.path().to_path_buf(), text));
        }
    }
    of_files(files)
}

/// The cases of a folder and of those below it.
pub fn in_folder(folder: &Path) -> Result<Vec<Case>, CaseError> {
    let failed =
        |at: &Path, error: std::io::Error| CaseError { file: at.display().to_string(), what: error.to_string() };
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).map_err(|error| failed(&at, error))? {
            let path = entry.map_err(|error| failed(&at, error))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
                files.push((path.strip_prefix(folder).unwrap_or(&path).to_path_buf(), text));
            }
        }
    }
    of_files(files)
}

fn of_files(mut files: Vec<(std::path::PathBuf, String)>) -> Result<Vec<Case>, CaseError> {
    files.sort();
    let mut cases = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "toml")) {
        let name = path.with_extension("").to_string_lossy().replace('\\', "/");
        cases.extend(Case::parse(&name, text)?);
    }
    Ok(cases)
}

impl Case {
    /// What is compared with the fixtures.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let expected = self.steps.iter().flat_map(|step| step.expect_first.facts.iter().chain(&step.expect.facts));
        BTreeSet::from_iter(expected.copied()).into_iter().collect()
    }

    /// Whether a station that is asked all this is another afterwards.
    pub fn changes_the_station(&self) -> bool {
        self.notice.as_ref().is_some_and(|notice| notice.fresh)
            || self.steps.iter().any(|step| step.primitive.is_receipt() || step.primitive == Primitive::Demand)
    }
}
