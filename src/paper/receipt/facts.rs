//! What stands on a receipt, in words: the ten items of `domain` 11.5 together with the mandatory ones of 12.3.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Europe::Rome;

use super::{Payer, ReceiptCopy};
use crate::domain::amount::AmountOrZero;
use crate::domain::codes::is_postal_iban;
use crate::domain::notice_codes::{ITALIAN_MONTHS, in_groups, italian_amount};
use crate::domain::receipt::{Receipt, ReceiptTransfer, Subject};

/// What nobody has told.
const UNKNOWN: &str = "non disponibile";

/// A label and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub label: &'static str,
    pub value: String,
}

fn fact(label: &'static str, value: impl Into<String>) -> Fact {
    Fact { label, value: value.into() }
}

/// When it was paid.
pub(super) fn execution(receipt: &Receipt, received_at: DateTime<Utc>) -> Fact {
    if let Some(at) = receipt.told_local() {
        return fact("Data e ora di esecuzione", long_time(at));
    }
    match &receipt.details.application_date {
        Some(day) => fact("Data di esecuzione", long_day(day)),
        None => {
            fact("Data e ora di ricezione della ricevuta", long_time(received_at.with_timezone(&Rome).naive_local()))
        }
    }
}

/// What tells this payment from others. The bank's reference comes with other messages than the receipt, and so does
/// whether the payment was reversed.
pub(super) fn transaction(receipt: &Receipt) -> Vec<Fact> {
    let day = receipt.details.application_date.as_deref().map_or_else(|| UNKNOWN.to_owned(), long_day);
    vec![
        fact("Data di applicazione", day),
        fact("Codice avviso", in_groups(&receipt.notice_number)),
        fact("Tipo di documento", "896"),
        fact("IUV", receipt.iuv.as_str()),
        fact("Identificativo della transazione (payment token)", &*receipt.receipt_id),
        fact("CRO della transazione", UNKNOWN),
        fact("Data del pagamento annullato", UNKNOWN),
    ]
}

/// Whose notice it was.
pub(super) fn creditor(receipt: &Receipt) -> Vec<Fact> {
    let details = &receipt.details;
    let mut facts = vec![
        fact("Ente creditore", details.company_name.as_deref().unwrap_or(UNKNOWN)),
        fact("Codice fiscale", receipt.organization.as_str()),
    ];
    facts.extend(details.office_name.as_deref().map(|office| fact("Ufficio", office)));
    facts
}

/// Who has collected the money.
pub(super) fn provider(receipt: &Receipt) -> Vec<Fact> {
    let details = &receipt.details;
    let code = details.psp_fiscal_code.as_deref().or(details.psp_partita_iva.as_deref());
    let mut facts = vec![
        fact("Prestatore di servizi di pagamento", details.psp_company_name.as_deref().unwrap_or(UNKNOWN)),
        fact("Codice fiscale", code.unwrap_or(UNKNOWN)),
    ];
    facts.extend(details.payment_method.as_deref().map(|method| fact("Metodo di pagamento", in_words(method))));
    facts.extend(details.channel_description.as_deref().map(|channel| fact("Canale", channel)));
    facts
}

/// How it was paid: the codes that are usual, in words; whatever else came stays as it is.
fn in_words(method: &str) -> &str {
    match method {
        "cash" => "contanti",
        "creditCard" | "CP" => "carta di pagamento",
        "bancomat" => "Bancomat",
        "other" => "altro",
        "AD" => "addebito diretto",
        "BBT" => "bonifico bancario",
        "BP" => "bollettino postale",
        "JIF" | "BPAY" => "Bancomat Pay",
        "MYBK" => "MyBank",
        "OBEP" => "bonifico dal sito della banca",
        "PO" => "presso il prestatore di servizi di pagamento",
        "PPAL" => "PayPal",
        other => other,
    }
}

/// Who has paid, and for whom.
pub(super) fn people(copy: &ReceiptCopy) -> Vec<Fact> {
    let details = &copy.receipt.details;
    let payer = match copy.payer {
        Payer::Hidden => "non mostrato su richiesta".to_owned(),
        Payer::Nobody => "non mostrato".to_owned(),
        Payer::Shown => details.payer.as_ref().and_then(person).unwrap_or_else(|| UNKNOWN.to_owned()),
    };
    let mut facts = vec![fact("Eseguito da", payer)];
    let debtor = details.debtor.as_ref().filter(|_| copy.payer != Payer::Nobody);
    facts.extend(debtor.and_then(person).map(|debtor| fact("Debitore", debtor)));
    facts
}

/// A person by name and code; nobody where that is not to be said.
fn person(subject: &Subject) -> Option<String> {
    let code = subject.entity_unique_identifier_value.as_deref().filter(|code| !code.is_empty());
    if code == Some("ANONIMO") {
        return None;
    }
    let name = subject.full_name.as_deref().filter(|name| !name.is_empty());
    match (name, code) {
        (Some(name), Some(code)) => Some(format!("{name} ({code})")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// The reason of the whole payment.
pub(super) fn reason(receipt: &Receipt) -> Fact {
    fact("Causale", receipt.details.description.as_deref().unwrap_or(UNKNOWN))
}

/// What one beneficiary gets.
pub(super) fn share(receipt: &Receipt, transfer: &ReceiptTransfer) -> Vec<Fact> {
    let own = transfer.organization == receipt.organization;
    let name = transfer.company_name.as_deref();
    let name = name.or(receipt.details.company_name.as_deref().filter(|_| own)).unwrap_or(UNKNOWN);
    let mut facts =
        vec![fact("Beneficiario", name), fact("Codice fiscale", transfer.organization.as_str()), account(transfer)];
    facts.extend(transfer.remittance_information.as_deref().map(|reason| fact("Causale del versamento", reason)));
    match transfer.stamp.as_ref().map(|document| &document.stamp) {
        Some(Ok(stamp)) => {
            facts.push(fact("Marca da bollo digitale (IUBD)", &*stamp.iubd));
            facts.push(fact("Acquistata il", long_time_of(&stamp.bought_at)));
            facts.push(fact("Impronta del documento", &*stamp.digest));
        }
        Some(Err(_)) => facts.push(fact("Marca da bollo digitale", "il documento allegato non è leggibile")),
        None => {}
    }
    facts
}

/// What a share is worth.
pub(super) fn worth(amount: AmountOrZero) -> String {
    euro(amount.cents())
}

/// The account that was credited: twelve digits of the postal one, or the bank's.
fn account(transfer: &ReceiptTransfer) -> Fact {
    match transfer.iban.as_deref() {
        Some(iban) if is_postal_iban(iban) => fact("CCP del beneficiario", iban.get(15..).unwrap_or(iban)),
        Some(iban) => fact("IBAN del beneficiario", iban),
        None if transfer.stamp.is_some() => fact("Conto del beneficiario", "nessun accredito: marca da bollo"),
        None => fact("Conto del beneficiario", UNKNOWN),
    }
}

/// What was charged, which makes the total.
pub(super) fn sums(receipt: &Receipt) -> Vec<Fact> {
    let details = &receipt.details;
    let fee = details.fee.map_or_else(|| "non comunicata".to_owned(), |fee| euro(fee.cents()));
    vec![fact("Importo", euro(receipt.amount.cents())), fact("Commissione del prestatore", fee)]
}

/// What the creditor bears, which is no part of the total.
pub(super) fn incurred(receipt: &Receipt) -> Option<Fact> {
    let fee = receipt.details.primary_ci_incurred_fee.filter(|fee| fee.cents() > 0)?;
    Some(fact("Commissione a carico dell’ente, non inclusa", euro(fee.cents())))
}

/// What the payer was charged; without the fee where nobody has told it.
pub(super) fn total(receipt: &Receipt) -> Fact {
    let fee = receipt.details.fee;
    let label = if fee.is_some() { "Totale pagato" } else { "Totale pagato, commissione esclusa" };
    fact(label, euro(receipt.amount.cents() + fee.map_or(0, AmountOrZero::cents)))
}

fn euro(cents: i64) -> String {
    format!("{} €", italian_amount(cents))
}

/// `10 marzo 2026, 09:41:07`.
fn long_time(at: NaiveDateTime) -> String {
    format!("{}, {}", long_date(at.date()), at.format("%H:%M:%S"))
}

/// The same of a text, which stays as it is where it is no time.
fn long_time_of(text: &str) -> String {
    let time = text.get(..19).and_then(|text| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok());
    time.map_or_else(|| text.to_owned(), long_time)
}

/// A day of a text, which stays as it is where it is none.
fn long_day(text: &str) -> String {
    let day = text.trim().get(..10).and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
    day.map_or_else(|| text.to_owned(), long_date)
}

fn long_date(day: NaiveDate) -> String {
    format!("{:02} {} {:04}", day.day(), ITALIAN_MONTHS[day.month0() as usize], day.year())
}
