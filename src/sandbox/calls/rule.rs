//! What a station's answer has to be, rule by rule, and the document each rule comes from.

/// A rule that the Node holds every answer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// There is somebody to talk to.
    Reachable,
    /// The answer comes before the Node gives up.
    InTime,
    /// 200, for a KO too; 500 only with a SOAP Fault.
    HttpStatus,
    /// XML, and said to be.
    ContentType,
    /// Well-formed XML without a document type.
    WellFormed,
    /// A SOAP 1.1 envelope with one element in its Body.
    Envelope,
    /// That element is the response of what was asked.
    Response,
    /// The response keeps to the schema.
    Schema,
    /// A KO says why.
    KoHasFault,
    /// An OK has no fault.
    OkHasNoFault,
    /// An OK says what it is about.
    OkHasData,
    /// A fault of a creditor's station has a code of its own kind.
    FaultCode,
    /// One payment option.
    OneOption,
    /// That is to be paid as it is.
    ExactAmount,
    /// The creditor that was asked answers.
    Organization,
    /// The payment is that of the notice.
    Reference,
    /// The transfers add up.
    Sum,
    /// The transfers have numbers of their own.
    TransferIds,
    /// Each transfer goes to an account, or buys a stamp.
    Destination,
    /// The beneficiaries are known to the platform.
    Beneficiary,
    /// The accounts are registered for them.
    Account,
    /// The notice of a payment on demand is complete.
    DemandedNotice,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 22] = [
        Rule::Reachable,
        Rule::InTime,
        Rule::HttpStatus,
        Rule::ContentType,
        Rule::WellFormed,
        Rule::Envelope,
        Rule::Response,
        Rule::Schema,
        Rule::KoHasFault,
        Rule::OkHasNoFault,
        Rule::OkHasData,
        Rule::FaultCode,
        Rule::OneOption,
        Rule::ExactAmount,
        Rule::Organization,
        Rule::Reference,
        Rule::Sum,
        Rule::TransferIds,
        Rule::Destination,
        Rule::Beneficiary,
        Rule::Account,
        Rule::DemandedNotice,
    ];

    /// Whether the Node itself gives up on an answer that breaks it. How an answer is labelled is between the station and
    /// its own clients, and the Node hands on whatever code a KO has.
    pub fn stops_the_node(self) -> bool {
        !matches!(self, Rule::HttpStatus | Rule::ContentType | Rule::FaultCode)
    }

    /// A short stable name, for reports.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// The rule in a sentence.
    pub fn text(self) -> &'static str {
        self.words().1
    }

    /// Where it comes from.
    pub fn source(self) -> &'static str {
        self.words().2
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        const PRIMITIVES: &str = "SANP, primitives of the creditor's station";
        const NODE_CHECKS: &str = "SANP, activation of a payment: the Node's checks";
        const CONTRACT: &str = "paForNode.xsd 3.9";
        match self {
            Rule::Reachable => ("reachable", "The station can be reached, day and night.", "SANP, service levels"),
            Rule::InTime => (
                "in-time",
                "The station answers before the Node gives up: 7 seconds, 15 for a receipt.",
                "SANP, service levels",
            ),
            Rule::HttpStatus => (
                "http-status",
                "An answer has status 200, a KO too; 500 is for a SOAP Fault only.",
                "SOAP 1.1, 6.2; WS-I Basic Profile 1.1, 3.4",
            ),
            Rule::ContentType => ("content-type", "The answer is labelled text/xml.", "SOAP 1.1, 6"),
            Rule::WellFormed => {
                ("well-formed", "The answer is well-formed XML without a document type.", "SOAP 1.1, 3; XML 1.0")
            }
            Rule::Envelope => {
                ("envelope", "The answer is a SOAP 1.1 Envelope, one element in its Body.", "SOAP 1.1, 4")
            }
            Rule::Response => (
                "response",
                "The Body holds the response element of the operation that was asked.",
                "paForNode.wsdl 3.9",
            ),
            Rule::Schema => {
                ("schema", "The response keeps to the schema: names, order, types, no namespace inside.", CONTRACT)
            }
            Rule::KoHasFault => ("ko-has-fault", "A KO has a fault that says why.", PRIMITIVES),
            Rule::OkHasNoFault => ("ok-has-no-fault", "An OK has no fault.", PRIMITIVES),
            Rule::OkHasData => ("ok-has-data", "An OK has all that the primitive promises.", PRIMITIVES),
            Rule::FaultCode => {
                ("fault-code", "The code of the fault is one of a creditor's station.", "error catalogue")
            }
            Rule::OneOption => ("one-option", "There is exactly one payment option.", PRIMITIVES),
            Rule::ExactAmount => ("exact-amount", "The option is to be paid as it is: EQ.", PRIMITIVES),
            Rule::Organization => ("organization", "fiscalCodePA is the creditor that was asked.", PRIMITIVES),
            Rule::Reference => ("reference", "creditorReferenceId is the IUV of the notice.", "SACI, identifiers"),
            Rule::Sum => ("sum", "paymentAmount is the sum of the transfers.", NODE_CHECKS),
            Rule::TransferIds => ("transfer-ids", "Each transfer has a number of its own.", NODE_CHECKS),
            Rule::Destination => {
                ("destination", "Each transfer has an account or a stamp to buy, not both.", NODE_CHECKS)
            }
            Rule::Beneficiary => ("beneficiary", "The platform knows every beneficiary.", NODE_CHECKS),
            Rule::Account => ("account", "Each account is registered for its beneficiary.", NODE_CHECKS),
            Rule::DemandedNotice => ("demanded-notice", "The notice of a payment on demand is complete.", PRIMITIVES),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_a_name_of_its_own() {
        let mut names = Rule::ALL.map(Rule::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
