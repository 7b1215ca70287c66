//! What an OK must say of its notice, as the fixtures have it.

use super::case::Fact;
use super::judge::plain;
use super::notice::Notice;
use crate::domain::amount::AmountOrZero;
use crate::domain::codes::is_postal_iban;
use crate::sandbox::calls::said::{Payment, Said};

/// What is due by what is said.
pub(super) fn amount(said: &Said) -> Option<AmountOrZero> {
    match said {
        Said::Payable(payable) | Said::Demanded(_, payable) => Some(payable.amount),
        Said::Payment(payment) => Some(payment.amount),
        Said::Taken | Said::Ko(_) | Said::Fault { .. } | Said::Nothing => None,
    }
}

/// Whether the fixtures say enough of a notice to tell whether a fact is right.
pub(super) fn known(fact: Fact, notice: &Notice) -> bool {
    match fact {
        Fact::Iuv => true,
        Fact::Amount => notice.amount.is_some(),
        Fact::CompanyName => !notice.company_names.is_empty(),
        Fact::Debtor => notice.debtor.is_some(),
        Fact::MetadataEcho => !notice.metadata.is_empty(),
        Fact::AllCcp => all_ccp(notice).is_some(),
        Fact::Transfers
        | Fact::Accounts
        | Fact::BankAccounts
        | Fact::PostalIban
        | Fact::NoPostalIban
        | Fact::IbanAppoggio
        | Fact::Stamp => !notice.shares.is_empty(),
    }
}

/// How a fact is told wrongly, if it is. What the fixtures do not say cannot be wrong.
pub(super) fn wrong(fact: Fact, said: &Said, notice: &Notice) -> Option<String> {
    let payment = match said {
        Said::Payment(payment) => Some(&**payment),
        _ => None,
    };
    match fact {
        Fact::Amount => {
            let (due, told) = (notice.amount?, amount(said)?);
            (due != told).then(|| format!("the amount is {}, and {} is due", told.euro(), due.euro()))
        }
        Fact::Iuv => (payment?.iuv != notice.iuv).then(|| "the IUV is another".to_owned()),
        Fact::CompanyName => {
            let told = match said {
                Said::Payable(payable) | Said::Demanded(_, payable) => Some(&payable.company_name),
                _ => payment?.company_name.as_ref(),
            };
            let right = |told: &String| notice.company_names.contains(told);
            (!notice.company_names.is_empty() && !told.is_some_and(right)).then(|| "companyName is another".to_owned())
        }
        Fact::Debtor => {
            let (told, right) = (&payment?.debtor, notice.debtor.as_ref()?);
            let kind = &right.entity_unique_identifier_type;
            let same = told.entity_unique_identifier_value == right.entity_unique_identifier_value
                && (kind.is_none() || told.entity_unique_identifier_type == *kind)
                && begins(told.full_name.as_deref()) == begins(right.full_name.as_deref());
            (!same).then(|| "the debtor is another".to_owned())
        }
        Fact::MetadataEcho => {
            let told = &payment?.metadata;
            let lost = notice.metadata.iter().find(|entry| !told.contains(entry))?;
            Some(format!("the metadata {} is missing or another", plain(&lost.key)))
        }
        Fact::AllCcp => {
            let Said::Payable(payable) = said else { return None };
            let right = all_ccp(notice)?;
            (payable.all_ccp != right).then(|| format!("allCCP is {}, where {right} is right", payable.all_ccp))
        }
        Fact::Transfers
        | Fact::Accounts
        | Fact::BankAccounts
        | Fact::PostalIban
        | Fact::NoPostalIban
        | Fact::IbanAppoggio
        | Fact::Stamp => wrong_transfers(fact, payment?, notice),
    }
}

/// A name, as far as the contract has room for it: a longer one of the fixtures is cut.
fn begins(name: Option<&str>) -> Option<String> {
    Some(name?.chars().take(70).collect())
}

/// Whether everything can go to postal accounts; none, where it depends on how one looks at an account at Poste.
fn all_ccp(notice: &Notice) -> Option<bool> {
    let beside = notice.shares.iter().all(|share| share.postal_iban.is_some());
    let own = |iban: &String| is_postal_iban(iban);
    let anyhow =
        notice.shares.iter().all(|share| share.postal_iban.is_some() || share.told.iban.as_ref().is_some_and(own));
    (!notice.shares.is_empty() && beside == anyhow).then_some(beside)
}

fn wrong_transfers(fact: Fact, payment: &Payment, notice: &Notice) -> Option<String> {
    if notice.shares.is_empty() {
        return None;
    }
    if payment.transfers.len() != notice.shares.len() {
        return Some(format!("{} transfers, where {} are right", payment.transfers.len(), notice.shares.len()));
    }
    for share in &notice.shares {
        let id = share.told.id;
        let Some(told) = payment.transfers.iter().find(|transfer| transfer.id == id) else {
            return Some(format!("there is no transfer {id}"));
        };
        let right = &share.told;
        let postal = share.postal_iban.as_ref();
        let appoggio = || told.metadata.iter().find(|entry| entry.key == "IBANAPPOGGIO").map(|entry| &entry.value);
        let same = match fact {
            Fact::Transfers => told.amount == right.amount && told.organization == right.organization,
            Fact::Accounts => told.iban.as_ref() == right.iban.as_ref().or(postal),
            Fact::BankAccounts => postal.is_some() || told.iban == right.iban,
            Fact::PostalIban => postal.is_none() || told.iban.as_ref() == postal,
            Fact::NoPostalIban => postal.is_none() || told.iban == right.iban,
            Fact::IbanAppoggio => postal.is_none() || appoggio() == postal || told.iban.as_ref() == postal,
            Fact::Stamp => told.stamp == right.stamp,
            _ => true,
        };
        if !same {
            let what = match fact {
                Fact::Transfers => "its amount or its beneficiary is another",
                Fact::Accounts | Fact::BankAccounts => "the account is another",
                Fact::PostalIban => "the account is not the postal one",
                Fact::NoPostalIban => "the account is not that of the bank",
                Fact::IbanAppoggio => "the postal account is not told",
                _ => "the stamp is another",
            };
            return Some(format!("transfer {id}: {what}"));
        }
    }
    None
}
