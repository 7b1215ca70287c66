//! `paVerifyPaymentNotice`: can this notice be paid now, and for how much?

use super::facets::{FISCAL_CODE_PA, NOTICE_NUMBER, TEXT_35};
use super::operation::{Message, Operation, Witness};
use super::reader::{Fields, Malformed};
use super::wire::{date, optional_text, text};
use crate::domain::bill::Bill;
use crate::domain::codes::{NoticeNumber, is_organization_code};
use crate::domain::registry::Caller;
use crate::journal::About;
use crate::station::Station;
use crate::use_cases::{self, AskedNotice, present_notice};
use crate::xml::{Element, Writer};

pub(super) struct Verify;

impl Operation for Verify {
    const NAME: &'static str = "paVerifyPaymentNotice";
    const REQUEST: &'static str = "paVerifyPaymentNoticeReq";
    const RESPONSE: &'static str = "paVerifyPaymentNoticeRes";
    type Request = AskedNotice;
    type Answer = Bill;

    fn read(root: Element<'_>) -> Result<AskedNotice, Malformed> {
        let mut fields = Fields::of(root, Self::REQUEST)?;
        let asked = read_asked_notice(root, &mut fields)?;
        fields.end()?;
        Ok(asked)
    }

    fn about(request: &AskedNotice) -> About {
        about(request, Self::NAME)
    }

    fn why(bill: &Bill) -> (&'static str, String) {
        why(bill)
    }

    async fn run(
        station: &Station,
        request: &AskedNotice,
        _: Message<'_>,
        _: &Witness<'_, Bill>,
    ) -> Result<Bill, use_cases::Error> {
        present_notice(station, request).await
    }

    fn write(station: &Station, request: &AskedNotice, bill: &Bill, xml: &mut Writer) {
        let notice = bill.notice();
        let option = &notice.option;
        xml.open("paymentList").open("paymentOptionDescription");
        xml.element("amount", &option.amount.euro());
        xml.element("options", "EQ");
        xml.element("dueDate", &date(option.due_date));
        optional_text(xml, "detailDescription", Some(&option.description), 140);
        let in_gpd = station.settings.follows_gpd();
        let all_ccp = option.all_ccp(!in_gpd);
        xml.element("allCCP", if all_ccp { "true" } else { "false" });
        xml.close("paymentOptionDescription").close("paymentList");
        text(xml, "paymentDescription", &option.description, 140);
        xml.element("fiscalCodePA", creditor(request));
        text(xml, "companyName", &notice.company_name, 140);
        match notice.office_name.as_deref() {
            office if in_gpd => text(xml, "officeName", office.unwrap_or_default(), 140),
            office => optional_text(xml, "officeName", office, 140),
        }
    }
}

/// The organization that was called. In GPD that may be any text, and another than the notice's; what is no code cannot
/// be told.
fn creditor(asked: &AskedNotice) -> &str {
    let called = &asked.caller.organization;
    if is_organization_code(called) { called } else { &asked.fiscal_code }
}

/// The head that every request begins with.
pub(super) fn read_caller(fields: &mut Fields<'_>) -> Result<Caller, Malformed> {
    Ok(Caller {
        organization: fields.required("idPA", &TEXT_35)?.into_owned(),
        broker: fields.required("idBrokerPA", &TEXT_35)?.into_owned(),
        station: fields.required("idStation", &TEXT_35)?.into_owned(),
    })
}

/// The head and the QR code: how verify and both gets begin.
pub(super) fn read_asked_notice(root: Element<'_>, fields: &mut Fields<'_>) -> Result<AskedNotice, Malformed> {
    let caller = read_caller(fields)?;
    let mut code = fields.structure("qrCode", "ctQrCode")?;
    let fiscal_code = code.required("fiscalCode", &FISCAL_CODE_PA)?.into_owned();
    let notice = code.required("noticeNumber", &NOTICE_NUMBER)?;
    code.end()?;
    let notice = NoticeNumber::parse(&notice).map_err(|rule| Malformed::at(root, rule.to_string()))?;
    Ok(AskedNotice { caller, fiscal_code, notice })
}

pub(super) fn about(asked: &AskedNotice, operation: &str) -> About {
    let Caller { organization, broker, station } = asked.caller.clone();
    About {
        operation: operation.into(),
        organization,
        broker,
        station,
        nav: asked.notice.to_string(),
        ..About::default()
    }
}

/// Why a notice may be paid (C9).
pub(super) fn why(bill: &Bill) -> (&'static str, String) {
    ("C9", format!("{} are due", bill.notice().option.amount.euro()))
}
