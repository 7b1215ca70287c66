//! The story of a notice, told to people: a line for each thing that happened, in the order in which it did.
//!
//! Nothing of the messages themselves is told, so a story may be shown to whoever answers the telephone.

use std::fmt::Display;
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};

use super::{Entry, Event, Exchange, Gap};

/// The rows of the decision tables (`domain` 4.3-4.7) in a few words.
const RULES: &[(&str, &str)] = &[
    ("A1", "only POST is taken here"),
    ("A2", "the message is not XML by its content type"),
    ("A3", "the message is too large"),
    ("A5", "the message is no SOAP that can be read"),
    ("A6", "the envelope is of another version of SOAP"),
    ("A7", "a header insists on something that the station does not know"),
    ("A8", "the message asks for nothing that the station does"),
    ("A9", "the SOAPAction is not that of the message"),
    ("A10", "the message breaks the contract"),
    ("A11", "the station failed"),
    ("A12", "the station was too busy or about to stop"),
    ("probe", "the Node asked whether the station is there"),
    ("B1", "the organization is not served here"),
    ("B2", "the broker is not the organization's"),
    ("B3", "the station is not the broker's, or does not serve the organization"),
    ("B4", "the notice is of another organization than the one that was called"),
    ("C1", "there is no such notice"),
    ("C2", "the notice is a draft or not valid yet"),
    ("C3", "the notice is paid"),
    ("C4", "the notice was cancelled"),
    ("C5", "the notice has expired"),
    ("C6", "the debt is being paid through another plan"),
    ("C7", "a payment of the debt is under way elsewhere"),
    ("C8", "the notice cannot be told to the Node as it was loaded"),
    ("C9", "the notice may be paid"),
    ("D1", "the receipt was there before"),
    ("D2", "another receipt with this id was there before"),
    ("D3", "a receipt of a payment that did not go through"),
    ("D4", "the receipt is for somebody else"),
    ("D5", "a copy for the beneficiary of a share"),
    ("D6", "a copy of another station's receipt"),
    ("D7", "the receipt is of a notice that is not known here"),
    ("D8", "the payment is booked"),
    ("D9", "the payment is booked, though the notice was not open"),
    ("D10", "paid once more: a refund may be due"),
    ("D11", "the payment is booked, though it differs from the notice"),
    ("D12", "the receipt is kept, though it does not agree with itself"),
    ("D13", "the receipt could not be stored: the Node sends it again"),
    ("E", "spontaneous payments are not offered"),
    ("E1", "the service is not offered"),
    ("E2", "the service's data cannot be read"),
    ("E3", "the organization does not know whom the service is for"),
    ("E4", "the debt is paid, cancelled or expired"),
    ("E5", "the debt has its notice already"),
    ("E6", "a notice was made for the debt"),
];

/// What a row of the decision tables says; nothing for a row that is not known.
pub fn explain(rule: &str) -> &'static str {
    RULES.iter().find(|(known, _)| *known == rule).map_or("", |(_, words)| words)
}

/// The lines of a story, in the time of a place.
pub fn story<'e, Z>(entries: impl IntoIterator<Item = &'e Entry>, zone: &Z) -> Vec<String>
where
    Z: TimeZone,
    Z::Offset: Display,
{
    let mut entries: Vec<&Entry> = entries.into_iter().collect();
    entries.sort_by_key(|entry| entry.span().0);
    entries.into_iter().map(|entry| line(entry, zone)).collect()
}

fn line<Z>(entry: &Entry, zone: &Z) -> String
where
    Z: TimeZone,
    Z::Offset: Display,
{
    let when = |at: DateTime<Utc>| at.with_timezone(zone).format("%Y-%m-%d %H:%M:%S%.3f").to_string();
    let line = match entry {
        Entry::Exchange(exchange) => format!("{}  {}", when(exchange.received_at), told(exchange)),
        Entry::Event(Event { at, name, why, .. }) => format!("{}  {name:<49}  {why}", when(*at)),
        Entry::Gap(Gap { from, to, count, why }) => {
            let until = when(*to);
            format!("{}  {:<49}  {count} entries were dropped until {until}: {why}", when(*from), "GAP")
        }
    };
    // One entry, one line, whatever its texts hold.
    let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim_end().to_owned()
}

/// An exchange after its time: operation, outcome, row, how long it took, why.
fn told(exchange: &Exchange) -> String {
    let operation = if exchange.about.operation.is_empty() { &exchange.path } else { &exchange.about.operation };
    let outcome = match &exchange.fault {
        Some(fault) => format!("{} {fault}", exchange.outcome.as_str()),
        None => exchange.outcome.as_str().to_owned(),
    };
    let rule = exchange.rule.as_deref().unwrap_or_default();
    let words: Vec<_> = [explain(rule), &exchange.why].into_iter().filter(|words| !words.is_empty()).collect();
    let why = words.join(": ");
    format!("{operation:<21}  {outcome:<29}  {rule:<5}  {:>10}  {why}", milliseconds(exchange.answered_in))
}

/// With one digit behind the point, cut rather than rounded.
fn milliseconds(duration: Duration) -> String {
    let tenths = duration.as_micros() / 100;
    format!("{}.{} ms", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::super::tests::given;
    use super::*;
    use crate::domain::bill::Defect;
    use crate::domain::refusal::Refusal;

    #[test]
    fn a_notice_has_a_story() {
        let Entry::Exchange(mut get) = given::a_refusal("307000000001234573") else { panic!() };
        let mut verify = given::exchange();
        verify.received_at = "2026-03-10T09:41:07.123Z".parse().unwrap();
        (verify.answered_in, verify.why) = (Duration::from_micros(3_299), "120.50".into());
        get.received_at = "2026-03-10T09:52:00Z".parse().unwrap();
        get.answered_in = Duration::from_micros(950);
        let entries = [
            Entry::Exchange(get),
            given::an_event("307000000001234573"),
            given::a_gap(),
            Entry::Exchange(Box::new(verify)),
        ];
        let expected = "\
2026-03-10 10:41:07.123  paVerifyPaymentNotice  OK                             C9         3.2 ms  the notice may be paid: 120.50
2026-03-10 10:41:07.123  GAP                                                12 entries were dropped until 2026-03-10 10:41:09.123: the disk was too slow
2026-03-10 10:41:07.124  OPTION_PAID                                        120.50 paid
2026-03-10 10:52:00.000  paGetPayment           KO PAA_PAGAMENTO_ANNULLATO     C4         0.9 ms  the notice was cancelled";
        let rome = FixedOffset::east_opt(3600).unwrap();
        assert_eq!(story(&entries, &rome).join("\n"), expected);
    }

    #[test]
    fn nothing_of_the_messages_is_told() {
        let entries = [given::a_receipt("307000000001234573"), given::a_get("307000000001234573")];
        let told = story(&entries, &Utc).join("\n");
        for people in ["Pancrazio", "VRDPNC", "Tigli"] {
            assert!(!told.contains(people), "{told}");
        }
    }

    #[test]
    fn an_entry_is_one_line() {
        let mut exchange = given::exchange();
        exchange.about.operation = String::new();
        exchange.path = "/partner\n2026 forged".into();
        exchange.rule = None;
        exchange.why = "\u{1b}[2J".into();
        let lines = story(&[Entry::Exchange(Box::new(exchange))], &Utc);
        assert!(!lines[0].contains(char::is_control), "{lines:?}");
    }

    #[test]
    fn every_refusal_has_its_words() {
        use Refusal::*;
        for refusal in [
            UnknownOrganization,
            WrongBroker,
            WrongStation,
            OtherOrganization,
            UnknownNotice,
            Probe,
            NotPublished,
            AlreadyPaid,
            Cancelled,
            Expired,
            Superseded,
            Unpresentable(Defect::Amount),
            DuplicateReceipt,
            AlteredReceipt,
            NotABeneficiary,
            OrphanReceipt,
            ServiceNotActive,
        ] {
            assert_ne!(explain(refusal.rule()), "", "{refusal}");
        }
        assert_eq!(explain("Z9"), "");
    }
}
