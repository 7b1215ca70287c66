//! `paGetPayment` and `paGetPaymentV2`: two writings of one answer.

use super::facets::{AMOUNT, DATE, TEXT_210, TRANSFER_TYPE};
use super::operation::{Message, Operation, Witness};
use super::reader::{Fields, Malformed};
use super::verify::{about, read_asked_notice, why};
use super::wire::{Form, TransferType, payment};
use crate::domain::bill::Bill;
use crate::domain::receipt::Version;
use crate::journal::About;
use crate::station::Station;
use crate::use_cases::{self, AskedNotice, get_payment};
use crate::xml::{Element, Writer};

/// A notice, and which accounts the PSP can use.
pub(super) struct AskedPayment {
    asked: AskedNotice,
    transfer_type: TransferType,
}

/// Both requests have the same eight fields. The amount, the note and the date are the PSP's own and change nothing:
/// the creditor's amount wins (`domain` 16.16). The type of either is called as its root is.
fn read(root: Element<'_>) -> Result<AskedPayment, Malformed> {
    let mut fields = Fields::of(root, root.name())?;
    let asked = read_asked_notice(root, &mut fields)?;
    fields.optional("amount", &AMOUNT)?;
    fields.optional("paymentNote", &TEXT_210)?;
    let transfer_type = match fields.optional("transferType", &TRANSFER_TYPE)?.as_deref() {
        Some("POSTAL") => TransferType::Postal,
        Some(_) => TransferType::Pagopa,
        None => TransferType::Any,
    };
    fields.optional("dueDate", &DATE)?;
    fields.end()?;
    Ok(AskedPayment { asked, transfer_type })
}

macro_rules! get_operation {
    ($operation:ident, $version:ident, $name:literal, $request:literal, $response:literal, $write:expr) => {
        pub(super) struct $operation;

        impl Operation for $operation {
            const NAME: &'static str = $name;
            const REQUEST: &'static str = $request;
            const RESPONSE: &'static str = $response;
            type Request = AskedPayment;
            type Answer = Bill;

            fn read(root: Element<'_>) -> Result<AskedPayment, Malformed> {
                read(root)
            }

            fn about(request: &AskedPayment) -> About {
                let parameters = request.transfer_type.word().map(|word| ("transferType".into(), word.into()));
                About { parameters: parameters.into_iter().collect(), ..about(&request.asked, Self::NAME) }
            }

            fn why(bill: &Bill) -> (&'static str, String) {
                why(bill)
            }

            async fn run(
                station: &Station,
                request: &AskedPayment,
                _: Message<'_>,
                _: &Witness<'_, Bill>,
            ) -> Result<Bill, use_cases::Error> {
                get_payment(station, &request.asked, Version::$version).await
            }

            fn write(station: &Station, request: &AskedPayment, bill: &Bill, xml: &mut Writer) {
                $write(station, request.transfer_type, bill, xml);
            }
        }
    };
}

get_operation!(GetPayment, V1, "paGetPayment", "paGetPaymentReq", "paGetPaymentRes", write_v1);
get_operation!(GetPaymentV2, V2, "paGetPaymentV2", "paGetPaymentV2Request", "paGetPaymentV2Response", write_v2);

fn write_v1(station: &Station, wanted: TransferType, bill: &Bill, xml: &mut Writer) {
    // In this generation only POSTAL means something (domain 3.2).
    let wanted = if wanted == TransferType::Postal { TransferType::Postal } else { TransferType::Any };
    let transfer_metadata = station.settings.v1_transfer_metadata;
    let fee = station.settings.follows_gpd();
    payment(xml, bill, Form { version: Version::V1, wanted, transfer_metadata, fee });
}

fn write_v2(station: &Station, wanted: TransferType, bill: &Bill, xml: &mut Writer) {
    let fee = station.settings.follows_gpd();
    payment(xml, bill, Form { version: Version::V2, wanted, transfer_metadata: true, fee });
}
