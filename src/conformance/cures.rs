//! What to do about the rules that stations break most.

use crate::sandbox::calls::rule::Rule;

/// What to do about notices that can be paid by the fixtures, and are paid by the station.
pub(super) const PAID_BEFORE: &str =
    "The notice is paid already. Was this suite run before? Load the fixtures into a fresh store, and run it again.";

/// A hint, where we know one.
pub(super) fn cure(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::Reachable => "Check the address, the certificate and what stands between.",
        Rule::InTime => "Answer verify and get from your own store; ask nobody while the Node waits.",
        Rule::HttpStatus => "Answer a KO with status 200; keep 500 for SOAP Faults.",
        Rule::ContentType => "Answer with Content-Type: text/xml; charset=utf-8, which is SOAP 1.1's.",
        Rule::Envelope => "Speak SOAP 1.1: http://schemas.xmlsoap.org/soap/envelope/, one element in the Body.",
        Rule::Response => "The first generation ends in Res, the second in Response; only the root is qualified.",
        Rule::Schema => {
            "Only the root is qualified: no default xmlns on it. Amounts have two decimals, empty optional elements are \
             left out, and the order is that of the schema."
        }
        Rule::KoHasFault | Rule::OkHasNoFault => "Write fault if and only if the outcome is KO.",
        Rule::ExactAmount => "Write options as EQ; nothing else is in use.",
        Rule::Account => "Register the account for the beneficiary, or tell one that is.",
        _ => return None,
    })
}
