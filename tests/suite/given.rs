//! What tests begin with: the fictional organizations, positions and messages.

use chrono::{DateTime, Duration, TimeZone, Utc};
use ec_station::domain::amount::{Amount, AmountOrZero};
use ec_station::domain::codes::{Iupd, Iuv, Nav, OrganizationCode};
use ec_station::domain::debtor::{Debtor, PersonKind};
use ec_station::domain::position::{
    Account, DebtPosition, OptionState, Payment, PaymentOption, PositionStatus, Reported, ServiceType, StampRequest,
    Transfer, TransferId,
};
use ec_station::domain::registry::{Organization, StationLink};

pub const COMUNE: &str = "99000001018";
pub const PROVINCIA: &str = "99000002024";
pub const NAV: &str = "307000000001234573";
pub const OTHER_NAV: &str = "307000000001234674";
pub const BANK: &str = "IT41P9999911111000000123456";
pub const POSTAL: &str = "IT94G0760199999000099999999";
pub const HASH: &str = "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=";

/// Noon of a day in autumn 2026.
pub fn today() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
}

pub fn days(days: i64) -> DateTime<Utc> {
    today() + Duration::days(days)
}

pub fn registry() -> Vec<Organization> {
    let organization = |code: &str, name: &str, broadcast| Organization {
        fiscal_code: code.into(),
        company_name: name.into(),
        office_name: None,
        active: true,
        stations: vec![StationLink {
            id_station: format!("{code}_01"),
            id_broker: code.into(),
            aux_digit: 3,
            segregation_code: Some("07".into()),
            broadcast,
        }],
        ibans: None,
        letterhead: None,
    };
    vec![organization(COMUNE, "Comune di Borgolieve", false), organization(PROVINCIA, "Provincia di Terralieve", true)]
}

/// A valid position of one option, 120.50 euro, due tomorrow.
pub fn a_position() -> DebtPosition {
    a_position_of(vec![an_option(NAV)])
}

pub fn a_position_of(options: Vec<PaymentOption>) -> DebtPosition {
    DebtPosition {
        organization: OrganizationCode::new(COMUNE),
        iupd: Iupd::new(format!("IUPD-{}", options[0].nav)),
        company_name: "Comune di Borgolieve".into(),
        office_name: Some("Ufficio Tributi".into()),
        pay_stand_in: true,
        service_type: ServiceType::Gpd,
        status: PositionStatus::Valid,
        publish_date: Some(days(-10)),
        payment_date: None,
        options,
    }
}

pub fn an_option(nav: &str) -> PaymentOption {
    PaymentOption {
        nav: Nav::new(nav),
        iuv: Iuv::new(&nav[1..]),
        amount: euro(12_050),
        notification_fee: AmountOrZero::default(),
        description: "TARI 2026 rata unica".into(),
        plan_description: None,
        debtor: Debtor {
            kind: PersonKind::Natural,
            fiscal_code: "VRDPNC70A01Z999J".into(),
            full_name: "Pancrazio Verdelli".into(),
            street_name: Some("Via dei Tigli".into()),
            civic_number: Some("12/A".into()),
            postal_code: Some("00100".into()),
            city: Some("Borgolieve".into()),
            province: Some("RM".into()),
            region: None,
            country: Some("IT".into()),
            email: Some("p.verdelli@example.org".into()),
            phone: Some("+39 06 000000".into()),
        },
        is_partial_payment: false,
        plan: 1,
        validity_date: None,
        due_date: days(1),
        retention_date: None,
        switch_to_expired: false,
        metadata: vec![],
        transfers: vec![a_transfer(1, 12_050, bank())],
        state: OptionState::Unpaid,
    }
}

pub fn a_transfer(id: i64, cents: i64, account: Account) -> Transfer {
    Transfer {
        id: TransferId::new(id).unwrap(),
        amount: euro(cents),
        organization: OrganizationCode::new(COMUNE),
        company_name: None,
        remittance_information: "TARI 2026".into(),
        category: "0101101IM".into(),
        account,
        metadata: vec![],
        reported: false,
    }
}

pub fn euro(cents: i64) -> Amount {
    Amount::from_cents(cents).unwrap()
}

pub fn bank() -> Account {
    Account::Iban { iban: BANK.into(), postal_iban: None }
}

pub fn bank_and_postal() -> Account {
    Account::Iban { iban: BANK.into(), postal_iban: Some(POSTAL.into()) }
}

pub fn stamp() -> Account {
    Account::Stamp(StampRequest { hash: HASH.into(), kind: "01".into(), province: "RM".into() })
}

pub fn paid() -> OptionState {
    let payment = Payment { date: Some(days(-2)), receipt_id: Some("an-earlier-receipt".into()), ..Payment::default() };
    OptionState::Paid { reported: Reported::No, payment }
}

/// A message in its envelope.
pub fn envelope(body: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:pafn=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><soapenv:Header/><soapenv:Body>{body}\
         </soapenv:Body></soapenv:Envelope>"
    )
}

pub fn head(organization: &str, broker: &str, station: &str) -> String {
    format!("<idPA>{organization}</idPA><idBrokerPA>{broker}</idBrokerPA><idStation>{station}</idStation>")
}

/// The head that the Node sends for the fictional town.
pub fn comune() -> String {
    head(COMUNE, COMUNE, "99000001018_01")
}

pub fn qr_code(organization: &str, nav: &str) -> String {
    format!("<qrCode><fiscalCode>{organization}</fiscalCode><noticeNumber>{nav}</noticeNumber></qrCode>")
}

/// A request of an operation, by the name of its root.
pub fn request(root: &str, content: &str) -> String {
    envelope(&format!("<pafn:{root}>{content}</pafn:{root}>"))
}

pub fn verify(nav: &str) -> String {
    request("paVerifyPaymentNoticeReq", &format!("{}{}", comune(), qr_code(COMUNE, nav)))
}

pub fn get(nav: &str, more: &str) -> String {
    request("paGetPaymentReq", &format!("{}{}{more}", comune(), qr_code(COMUNE, nav)))
}

pub fn get_v2(nav: &str, more: &str) -> String {
    request("paGetPaymentV2Request", &format!("{}{}{more}", comune(), qr_code(COMUNE, nav)))
}

pub fn demand() -> String {
    let service = "<idServizio>00009</idServizio><idSoggettoServizio>00035</idSoggettoServizio>";
    let data = "<datiSpecificiServizioRequest>QUJD</datiSpecificiServizioRequest>";
    request("paDemandPaymentNoticeRequest", &format!("{}{service}{data}", comune()))
}

/// A receipt to be sent; change what matters, then write it as V1 or V2.
#[derive(Clone)]
pub struct Receipt {
    pub head: String,
    pub id: String,
    pub nav: String,
    pub organization: String,
    pub outcome: String,
    pub iuv: String,
    pub amount: String,
    /// The debtor's fiscal code.
    pub debtor: String,
    /// Number, amount, beneficiary, and the base64 of a stamp.
    pub transfers: Vec<(u8, String, String, Option<String>)>,
    /// What stands at the end of the receipt.
    pub tail: String,
}

/// A receipt that settles a notice of the fictional town.
pub fn a_receipt_for(nav: &str) -> Receipt {
    Receipt {
        head: comune(),
        id: format!("receipt-of-{nav}"),
        nav: nav.into(),
        organization: COMUNE.into(),
        outcome: "OK".into(),
        iuv: nav[1..].into(),
        amount: "120.50".into(),
        debtor: "VRDPNC70A01Z999J".into(),
        transfers: vec![(1, "120.50".into(), COMUNE.into(), None)],
        tail: "<paymentDateTime>2026-11-22T09:41:07</paymentDateTime><applicationDate>2026-11-22</applicationDate>\
               <transferDate>2026-11-23</transferDate>"
            .into(),
    }
}

impl Receipt {
    pub fn v1(&self) -> String {
        request("paSendRTReq", &format!("{}{}", self.head, self.element()))
    }

    pub fn v2(&self) -> String {
        request("paSendRTV2Request", &format!("{}{}", self.head, self.element()))
    }

    /// The `receipt` element.
    pub fn element(&self) -> String {
        let transfers: String = self.transfers.iter().map(transfer_element).collect();
        format!(
            "<receipt><receiptId>{}</receiptId><noticeNumber>{}</noticeNumber><fiscalCode>{}</fiscalCode>\
             <outcome>{}</outcome><creditorReferenceId>{}</creditorReferenceId><paymentAmount>{}</paymentAmount>\
             <description>TARI 2026</description><companyName>Comune di Borgolieve</companyName><debtor>\
             <uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>\
             <entityUniqueIdentifierValue>{}</entityUniqueIdentifierValue></uniqueIdentifier>\
             <fullName>Pancrazio Verdelli</fullName></debtor><transferList>{transfers}</transferList>\
             <idPSP>99000003030</idPSP><PSPCompanyName>Banca Esempio S.p.A.</PSPCompanyName>\
             <idChannel>99000003030_01</idChannel><channelDescription>app</channelDescription>\
             <paymentMethod>creditCard</paymentMethod><fee>1.50</fee>{}</receipt>",
            self.id, self.nav, self.organization, self.outcome, self.iuv, self.amount, self.debtor, self.tail
        )
    }
}

fn transfer_element((id, amount, organization, stamp): &(u8, String, String, Option<String>)) -> String {
    let account = match stamp {
        Some(stamp) => format!("<MBDAttachment>{stamp}</MBDAttachment>"),
        None => format!("<IBAN>{BANK}</IBAN>"),
    };
    format!(
        "<transfer><idTransfer>{id}</idTransfer><transferAmount>{amount}</transferAmount>\
         <fiscalCodePA>{organization}</fiscalCodePA>{account}<remittanceInformation>TARI 2026</remittanceInformation>\
         <transferCategory>0101101IM</transferCategory></transfer>"
    )
}

/// The rows of a text table: cells are parted by bars, the first row is the heading.
pub fn rows(table: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    table.lines().filter(|line| !line.trim().is_empty()).map(cells).skip(1).collect()
}
