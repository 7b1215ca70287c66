//! What the answer to a case must be.

use serde::{Deserialize, Serialize};

/// Every answer that is reasonable.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// What it may be.
    pub outcome: Vec<Outcome>,
    /// The codes that are right for a KO; none: any.
    #[serde(default)]
    pub faults: Vec<String>,
    /// The statuses that are right; none: those of the Node's rule.
    #[serde(default)]
    pub http: Vec<u16>,
    /// What an OK must say of the notice.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// Whether it must be the same answer as to the step before.
    #[serde(default)]
    pub same: bool,
    /// In how many milliseconds it must come.
    #[serde(default)]
    pub within_ms: Option<u64>,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    /// A response that says OK.
    Ok,
    /// A response that says KO.
    Ko,
    /// A SOAP Fault.
    Fault,
    /// An error status without SOAP.
    Http,
}

/// What an OK says of the notice, as the fixtures have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub enum Fact {
    /// What is due.
    #[serde(rename = "amount")]
    Amount,
    /// The IUV.
    #[serde(rename = "iuv")]
    Iuv,
    /// The transfers: numbers, amounts, beneficiaries.
    #[serde(rename = "transfers")]
    Transfers,
    /// Whether all of it can go to postal accounts.
    #[serde(rename = "allCCP")]
    AllCcp,
    /// The name of the creditor.
    #[serde(rename = "companyName")]
    CompanyName,
    /// Who owes it.
    #[serde(rename = "debtor")]
    Debtor,
    /// The creditor's metadata.
    #[serde(rename = "metadata-echo")]
    MetadataEcho,
    /// The accounts are the banks'.
    #[serde(rename = "accounts")]
    Accounts,
    /// Where there is no postal account, the account is the bank's.
    #[serde(rename = "bank-accounts")]
    BankAccounts,
    /// The accounts are the postal ones.
    #[serde(rename = "postal-iban")]
    PostalIban,
    /// No account is a postal one.
    #[serde(rename = "no-postal-iban")]
    NoPostalIban,
    /// The postal account is told beside that of the bank, in the transfer's metadata.
    #[serde(rename = "iban-appoggio")]
    IbanAppoggio,
    /// The stamp to buy.
    #[serde(rename = "stamp")]
    Stamp,
}

impl Expect {
    /// An OK, whatever it says.
    pub(super) fn ok() -> Expect {
        Expect { outcome: vec![Outcome::Ok], faults: vec![], http: vec![], facts: vec![], same: false, within_ms: None }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.outcome.is_empty() {
            return Err("expect.outcome cannot be empty".into());
        }
        if !self.faults.is_empty() && !self.outcome.contains(&Outcome::Ko) {
            return Err("expect.faults are those of a KO, which is no outcome here".into());
        }
        if !self.facts.is_empty() && !self.outcome.contains(&Outcome::Ok) {
            return Err("expect.facts are told by an OK, which is no outcome here".into());
        }
        Ok(())
    }
}
