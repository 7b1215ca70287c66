//! What a PSP is told of a notice that can be paid: the same in three answers, but for a few fields.

use crate::sandbox::calls::message::optional;
use crate::sandbox::calls::said::Payable;
use crate::xml::Writer;

/// `paymentOptionDescription`. Only a postal slip's has `allCCP`.
pub(super) fn option(xml: &mut Writer, payable: &Payable, all_ccp: Option<bool>) {
    xml.open("paymentOptionDescription").element("amount", &payable.amount.euro()).element("options", "EQ");
    optional(xml, "dueDate", payable.due_date.as_deref());
    optional(xml, "paymentNote", payable.detail.as_deref());
    optional(xml, "allCCP", all_ccp.map(|all| if all { "true" } else { "false" }));
    xml.close("paymentOptionDescription");
}

/// `companyName` and `officeName`, at the end.
pub(super) fn payee(xml: &mut Writer, payable: &Payable) {
    xml.element("companyName", &payable.company_name);
    optional(xml, "officeName", payable.office_name.as_deref());
}
