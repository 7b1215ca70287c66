//! What a debtor owes: a debt position, its payment options and their transfers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::amount::{Amount, AmountOrZero};
use super::codes::{Iupd, Iuv, Nav, OrganizationCode};
use super::debtor::Debtor;
pub use super::lifecycle::Begun;
pub use super::payment::{OptionState, Payment, PaymentDetails, Reported};

/// Most transfers an option may have.
pub const MOST_TRANSFERS: usize = 5;

/// Most metadata entries an operator may give an option or a transfer (`domain` 7.4).
pub const MOST_METADATA: usize = 10;

/// What a debtor owes to an organization. Its key is (organization, IUPD).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebtPosition {
    /// The creditor.
    pub organization: OrganizationCode,
    /// The creditor's own key.
    pub iupd: Iupd,
    /// Name of the creditor, as citizens read it.
    pub company_name: String,
    /// The office that collects.
    pub office_name: Option<String>,
    /// Whether the Node may answer for us while we are away.
    pub pay_stand_in: bool,
    /// Which service it came through.
    pub service_type: ServiceType,
    /// Where the position stands, as stored; time may have moved it on, see [`DebtPosition::status_at`].
    pub status: PositionStatus,
    /// When it was published.
    pub publish_date: Option<DateTime<Utc>>,
    /// When it was settled.
    pub payment_date: Option<DateTime<Utc>>,
    /// The ways to pay it, in the order they were given.
    pub options: Vec<PaymentOption>,
}

/// Which of pagoPA's services a position came through (`gpd-api` 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ServiceType {
    /// The creditor's own positions.
    #[default]
    Gpd,
    /// The archive of positions that the platform may answer for.
    Aca,
    /// Carts of the old protocol.
    Wisp,
}

impl ServiceType {
    /// GPD's name.
    pub fn as_str(self) -> &'static str {
        match self {
            ServiceType::Gpd => "GPD",
            ServiceType::Aca => "ACA",
            ServiceType::Wisp => "WISP",
        }
    }

    /// Reads GPD's name.
    pub fn parse(name: &str) -> Option<ServiceType> {
        [ServiceType::Gpd, ServiceType::Aca, ServiceType::Wisp].into_iter().find(|one| one.as_str() == name)
    }
}

/// The states of a position (`domain` 5; GPD's names).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PositionStatus {
    /// Being written.
    Draft,
    /// Published, valid later.
    Published,
    /// Payable.
    Valid,
    /// Cancelled by the organization.
    Invalid,
    /// Past its last due date, and it expires then.
    Expired,
    /// Some instalments are paid.
    PartiallyPaid,
    /// Settled.
    Paid,
    /// Settled, and found in the reporting flows.
    Reported,
}

impl PositionStatus {
    /// GPD's name.
    pub fn as_str(self) -> &'static str {
        match self {
            PositionStatus::Draft => "DRAFT",
            PositionStatus::Published => "PUBLISHED",
            PositionStatus::Valid => "VALID",
            PositionStatus::Invalid => "INVALID",
            PositionStatus::Expired => "EXPIRED",
            PositionStatus::PartiallyPaid => "PARTIALLY_PAID",
            PositionStatus::Paid => "PAID",
            PositionStatus::Reported => "REPORTED",
        }
    }

    /// Reads GPD's name.
    pub fn parse(name: &str) -> Option<PositionStatus> {
        use PositionStatus::*;
        [Draft, Published, Valid, Invalid, Expired, PartiallyPaid, Paid, Reported]
            .into_iter()
            .find(|s| s.as_str() == name)
    }

    /// Whether the debt is paid.
    pub fn is_settled(self) -> bool {
        matches!(self, PositionStatus::Paid | PositionStatus::Reported)
    }

    /// Whether its content may still be replaced.
    pub fn is_updatable(self) -> bool {
        matches!(
            self,
            PositionStatus::Draft | PositionStatus::Published | PositionStatus::Valid | PositionStatus::Expired
        )
    }
}

/// One payable notice of a position: the whole amount or an instalment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentOption {
    /// Notice number.
    pub nav: Nav,
    /// The reference that comes back in the receipt.
    pub iuv: Iuv,
    /// What is due, the notification fee included.
    pub amount: Amount,
    /// What its notification cost, once SEND has said so; the primary transfer collects it.
    pub notification_fee: AmountOrZero,
    /// The reason, without personal data.
    pub description: String,
    /// What its plan is about, where version 3 of the API said so.
    pub plan_description: Option<String>,
    /// Who owes it.
    pub debtor: Debtor,
    /// Whether it is one instalment of a plan.
    pub is_partial_payment: bool,
    /// Options with the same number are instalments of one plan; a single payment has a number of its own.
    pub plan: i64,
    /// From when it may be paid; none means from its publication.
    pub validity_date: Option<DateTime<Utc>>,
    /// Until when it should be paid.
    pub due_date: DateTime<Utc>,
    /// Passed on to the Node, which ignores it.
    pub retention_date: Option<DateTime<Utc>>,
    /// Whether it can no longer be paid after its due date.
    pub switch_to_expired: bool,
    /// Given back in the receipt.
    pub metadata: Vec<MapEntry>,
    /// One to five shares of the amount.
    pub transfers: Vec<Transfer>,
    /// Unpaid or paid.
    pub state: OptionState,
}

/// A key and a value that travel with an option or a transfer. No personal data belongs here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapEntry {
    /// Unique in its list.
    pub key: String,
    /// Free text.
    pub value: String,
}

/// The share of one beneficiary account in an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// 1 to 5, unique in the option.
    pub id: TransferId,
    /// Its amount.
    pub amount: Amount,
    /// The beneficiary.
    pub organization: OrganizationCode,
    /// The beneficiary's name; when none was given, the registry's.
    pub company_name: Option<String>,
    /// The reason of this share.
    pub remittance_information: String,
    /// Taxonomy code.
    pub category: String,
    /// Where the money goes.
    pub account: Account,
    /// Given back in the receipt.
    pub metadata: Vec<MapEntry>,
    /// Whether it was found in the reporting flows.
    pub reported: bool,
}

/// A transfer's number: 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferId(u8);

impl TransferId {
    /// One to five.
    pub fn new(id: i64) -> Option<TransferId> {
        u8::try_from(id).ok().filter(|id| (1..=5).contains(id)).map(TransferId)
    }

    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// Where the money of a transfer goes: a bank account, perhaps with a postal one beside it, or a digital stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// An account to credit.
    Iban {
        /// The account.
        iban: String,
        /// The postal account that may be credited instead.
        postal_iban: Option<String>,
    },
    /// A stamp duty to buy; nobody is credited.
    Stamp(StampRequest),
}

/// The request for a digital stamp (*marca da bollo digitale*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampRequest {
    /// Base64 of the SHA-256 of the document.
    pub hash: String,
    /// `01`.
    pub kind: String,
    /// Car-plate code of the payer's province of residence.
    pub province: String,
}

/// One notice as a read primitive sees it: the option and what it needs to know of its position.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Name of the creditor.
    pub company_name: String,
    /// The office that collects.
    pub office_name: Option<String>,
    /// The stored status of the position.
    pub status: PositionStatus,
    /// Whether an option of another plan of the same position has been paid.
    pub rival_paid: bool,
    /// The option itself.
    pub option: PaymentOption,
}

impl PaymentOption {
    /// Whether it is past its due date and expires then. It is not yet past at the due instant itself.
    pub fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.switch_to_expired && now > self.due_date
    }

    /// Whether every transfer can be credited to a postal account (`allCCP`, `domain` 7.1). An account that is itself
    /// at *Poste Italiane* counts, unless one follows GPD, which looks only at the account beside it.
    pub fn all_ccp(&self, own_account_counts: bool) -> bool {
        self.transfers.iter().all(|transfer| match &transfer.account {
            Account::Iban { postal_iban: Some(_), .. } => true,
            Account::Iban { iban, .. } => own_account_counts && super::codes::is_postal_iban(iban),
            Account::Stamp(_) => false,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::debtor::PersonKind;
    use crate::domain::table::rows;
    use chrono::{Duration, TimeZone};

    pub(crate) fn today() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
    }

    pub(crate) fn an_option() -> PaymentOption {
        PaymentOption {
            nav: Nav::new("307000000001234573"),
            iuv: Iuv::new("07000000001234573"),
            amount: Amount::from_cents(12_050).unwrap(),
            notification_fee: AmountOrZero::default(),
            description: "TARI 2026".into(),
            plan_description: None,
            debtor: Debtor {
                kind: PersonKind::Natural,
                fiscal_code: "VRDPNC70A01Z999J".into(),
                full_name: "Pancrazio Verdelli".into(),
                street_name: None,
                civic_number: None,
                postal_code: None,
                city: None,
                province: None,
                region: None,
                country: None,
                email: None,
                phone: None,
            },
            is_partial_payment: false,
            plan: 1,
            validity_date: None,
            due_date: today() + Duration::days(1),
            retention_date: None,
            switch_to_expired: false,
            metadata: vec![],
            transfers: vec![Transfer {
                id: TransferId::new(1).unwrap(),
                amount: Amount::from_cents(12_050).unwrap(),
                organization: OrganizationCode::new("99000001018"),
                company_name: None,
                remittance_information: "TARI 2026".into(),
                category: "0101101IM".into(),
                account: Account::Iban { iban: "IT41P9999911111000000123456".into(), postal_iban: None },
                metadata: vec![],
                reported: false,
            }],
            state: OptionState::Unpaid,
        }
    }

    pub(crate) fn a_notice() -> Notice {
        Notice {
            company_name: "Comune di Borgolieve".into(),
            office_name: None,
            status: PositionStatus::Valid,
            rival_paid: false,
            option: an_option(),
        }
    }

    pub(crate) fn a_position(options: Vec<PaymentOption>) -> DebtPosition {
        DebtPosition {
            organization: OrganizationCode::new("99000001018"),
            iupd: Iupd::new("TARI-2026-1"),
            company_name: "Comune di Borgolieve".into(),
            office_name: None,
            pay_stand_in: true,
            service_type: ServiceType::Gpd,
            status: PositionStatus::Valid,
            publish_date: None,
            payment_date: None,
            options,
        }
    }

    pub(crate) fn paid() -> OptionState {
        OptionState::Paid {
            reported: Reported::No,
            payment: Payment { receipt_id: Some("first".into()), ..Payment::default() },
        }
    }

    pub(crate) fn day(word: &str) -> Option<DateTime<Utc>> {
        match word {
            "yesterday" => Some(today() - Duration::days(1)),
            "now" => Some(today()),
            "tomorrow" => Some(today() + Duration::days(1)),
            _ => None,
        }
    }

    #[test]
    fn how_time_moves_a_position() {
        let table = "
            stored         valid_from due       expires | status
            DRAFT          -          yesterday yes     | DRAFT
            PUBLISHED      tomorrow   tomorrow  no      | PUBLISHED
            PUBLISHED      now        tomorrow  no      | VALID
            PUBLISHED      yesterday  yesterday yes     | EXPIRED
            VALID          -          yesterday yes     | EXPIRED
            VALID          -          yesterday no      | VALID
            VALID          -          now       yes     | VALID
            INVALID        -          yesterday yes     | INVALID
            PAID           -          yesterday yes     | PAID";
        for row in rows(table) {
            let mut option = an_option();
            option.validity_date = day(row[1]);
            option.due_date = day(row[2]).unwrap();
            option.switch_to_expired = row[3] == "yes";
            let mut position = a_position(vec![option]);
            position.status = PositionStatus::parse(row[0]).unwrap();
            assert_eq!(position.status_at(today()).as_str(), row[4], "{row:?}");
        }
    }

    #[test]
    fn what_payments_make_of_a_position() {
        // Options as plan+state: 1u is an unpaid option of plan 1, 0p a paid instalment of plan 0, r a reported one.
        let table = "
            options      | status
            1u           | VALID
            1p           | PAID
            1r           | REPORTED
            0p,0u        | PARTIALLY_PAID
            0p,0p        | PAID
            0p,0p,1u     | PAID
            0r,0r,1u     | REPORTED
            0r,0p,1u     | PAID
            0p,0u,1p     | PAID
            0u,0u,1p     | PAID";
        for row in rows(table) {
            let options = row[0].split(',').map(|cell| PaymentOption {
                plan: i64::from(cell.as_bytes()[0] - b'0'),
                state: match &cell[1..] {
                    "u" => OptionState::Unpaid,
                    "p" => paid(),
                    _ => OptionState::Paid { reported: Reported::Fully, payment: Payment::default() },
                },
                ..an_option()
            });
            assert_eq!(a_position(options.collect()).status_after_payment().as_str(), row[1], "{row:?}");
        }
    }

    #[test]
    fn what_publication_makes_of_a_draft() {
        let table = "
            valid_from        | status
            -                 | VALID
            now               | VALID
            tomorrow          | PUBLISHED
            tomorrow,-        | VALID
            tomorrow,tomorrow | PUBLISHED";
        for row in rows(table) {
            let options = row[0].split(',').map(|from| PaymentOption { validity_date: day(from), ..an_option() });
            let mut position = a_position(options.collect());
            position.status = PositionStatus::Draft;
            position.publish(today());
            assert_eq!((position.status.as_str(), position.publish_date), (row[1], Some(today())), "{row:?}");
        }
    }

    #[test]
    fn which_positions_may_be_replaced() {
        use PositionStatus::*;
        let updatable: Vec<_> = [Draft, Published, Valid, Invalid, Expired, PartiallyPaid, Paid, Reported]
            .into_iter()
            .filter(|status| status.is_updatable())
            .collect();
        assert_eq!(updatable, [Draft, Published, Valid, Expired]);
    }

    #[test]
    fn which_options_can_go_to_postal_accounts() {
        let account =
            |iban: &str, postal: Option<&str>| Account::Iban { iban: iban.into(), postal_iban: postal.map(Into::into) };
        let (bank, postal) = ("IT41P9999911111000000123456", "IT94G0760199999000099999999");
        let stamp = Account::Stamp(StampRequest { hash: "AAAA".into(), kind: "01".into(), province: "RM".into() });
        for (accounts, own_counts, all_ccp) in [
            (vec![account(bank, Some(postal))], false, true),
            (vec![account(bank, None)], true, false),
            (vec![account(postal, None)], true, true),
            (vec![account(postal, None)], false, false),
            (vec![account(bank, Some(postal)), account(bank, None)], true, false),
            (vec![account(bank, Some(postal)), stamp], true, false),
        ] {
            let mut option = an_option();
            let transfer = option.transfers[0].clone();
            option.transfers = accounts.into_iter().map(|account| Transfer { account, ..transfer.clone() }).collect();
            assert_eq!(option.all_ccp(own_counts), all_ccp);
        }
    }
}
