//! `paSendRT` and `paSendRTV2`: two readings into one receipt, as lenient as money demands.
//!
//! A receipt is refused for its form only when a field that its key or its settlement needs cannot be read. Fields
//! may stand in any order, unknown ones are passed over, texts may be too long, and `standIn` may be spelled and
//! placed in the three ways the protocol's releases had (`domain` 3.4, 4.3 A10).

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::facets::MESSAGES;
use super::operation::{Broken, Message, Operation, Witness};
use super::reader::Malformed;
use super::stamp::read_stamp;
use crate::domain::amount::AmountOrZero;
use crate::domain::codes::{Iuv, NoticeNumber, OrganizationCode, is_organization_code};
use crate::domain::position::MapEntry;
use crate::domain::receipt::{Details, Outcome, Receipt, ReceiptTransfer, Subject, Version};
use crate::domain::registry::Caller;
use crate::domain::stamp::{StampDocument, decode_base64};
use crate::journal::{About, Entry};
use crate::schema::lexical::collapse;
use crate::station::Station;
use crate::store::StoreError;
use crate::use_cases::{self, Delivery, Recorded, record_receipt, refuse_unreadable};
use crate::xml::{Element, Writer};

/// A receipt as one of the two messages brought it.
pub(super) struct Delivered {
    caller: Caller,
    receipt: Receipt,
    content: [u8; 32],
}

macro_rules! receipt_operation {
    ($operation:ident, $name:literal, $request:literal, $response:literal) => {
        pub(super) struct $operation;

        impl Operation for $operation {
            const NAME: &'static str = $name;
            const REQUEST: &'static str = $request;
            const RESPONSE: &'static str = $response;
            type Request = Delivered;
            type Answer = Recorded;
            const KEEPS_JOURNAL: bool = true;

            fn read(root: Element<'_>) -> Result<Delivered, Malformed> {
                read(root)
            }

            fn about(request: &Delivered) -> About {
                about(request, Self::NAME)
            }

            fn why(recorded: &Recorded) -> (&'static str, String) {
                (recorded.rule, recorded.why.clone())
            }

            async fn run(
                station: &Station,
                request: &Delivered,
                message: Message<'_>,
                witness: &Witness<'_, Recorded>,
            ) -> Result<Recorded, use_cases::Error> {
                let Delivered { caller, receipt, content } = request;
                let Message { raw, incoming, .. } = message;
                let content_type = incoming.content_type();
                let delivery = Delivery { operation: Self::NAME, caller, receipt, content, raw, content_type, witness };
                record_receipt(station, delivery).await
            }

            fn write(_: &Station, _: &Delivered, _: &Recorded, _: &mut Writer) {}

            async fn before_refusal(
                station: &Station,
                message: Message<'_>,
                malformed: &Malformed,
                witness: &(dyn Fn() -> Entry + '_),
            ) -> Result<(), use_cases::Error> {
                let recipient = find(message.root, "idPA").map(|element| element.text());
                let reason = malformed.to_string();
                refuse_unreadable(station, Self::NAME, recipient.as_deref(), &reason, message.raw, witness).await
            }

            fn broken(_: &Station, _: &StoreError) -> Broken {
                Broken::Fault
            }
        }
    };
}

receipt_operation!(SendRt, "paSendRT", "paSendRTReq", "paSendRTRes");
receipt_operation!(SendRtV2, "paSendRTV2", "paSendRTV2Request", "paSendRTV2Response");

fn about(request: &Delivered, operation: &str) -> About {
    let Delivered { caller, receipt, .. } = request;
    let Caller { organization, broker, station } = caller.clone();
    let details = &receipt.details;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let stand_in = details.stand_in.then(|| ("standIn".to_owned(), "true".to_owned()));
    About {
        operation: operation.into(),
        organization,
        broker,
        station,
        nav: receipt.notice_number.to_string(),
        iuv: receipt.iuv.as_str().to_owned(),
        receipt_id: receipt.receipt_id.clone(),
        psp: text(&details.id_psp),
        channel: text(&details.id_channel),
        payment_method: text(&details.payment_method),
        parameters: stand_in.into_iter().collect(),
    }
}

fn read(root: Element<'_>) -> Result<Delivered, Malformed> {
    let caller = Caller {
        organization: needed(root, "idPA")?.into_owned(),
        broker: optional(root, "idBrokerPA").unwrap_or_default(),
        station: optional(root, "idStation").unwrap_or_default(),
    };
    let element = the_only(root, "receipt")?;
    let receipt = Receipt {
        version: if root.name() == SendRtV2::REQUEST { Version::V2 } else { Version::V1 },
        recipient: OrganizationCode::new(&*caller.organization),
        receipt_id: the_only(element, "receiptId")?.text().into_owned(),
        notice_number: parsed(element, "noticeNumber", "must be eighteen digits", |text| {
            NoticeNumber::parse(text).ok()
        })?,
        organization: parsed(element, "fiscalCode", "must be eleven digits", organization)?,
        outcome: parsed(element, "outcome", "must be OK or KO", |text| match text {
            "OK" => Some(Outcome::Ok),
            "KO" => Some(Outcome::Ko),
            _ => None,
        })?,
        iuv: Iuv::new(needed(element, "creditorReferenceId")?),
        amount: parsed(element, "paymentAmount", AN_AMOUNT, |text| AmountOrZero::from_euro(text).ok())?,
        transfers: transfers(element)?,
        details: details(root, element),
    };
    Ok(Delivered { caller, receipt, content: content_digest(root, element) })
}

const AN_AMOUNT: &str = "must be an amount such as 120.50, up to 999999999.99";

fn organization(text: &str) -> Option<OrganizationCode> {
    is_organization_code(text).then(|| OrganizationCode::new(text))
}

/// The transfers that can be read; one at least must be.
fn transfers(receipt: Element<'_>) -> Result<Vec<ReceiptTransfer>, Malformed> {
    let list = the_only(receipt, "transferList")?;
    let transfers: Vec<_> = all(list, "transfer").filter_map(transfer).collect();
    if transfers.is_empty() {
        return Err(Malformed::at(list, "must hold a transfer with idTransfer, transferAmount and fiscalCodePA"));
    }
    Ok(transfers)
}

fn transfer(element: Element<'_>) -> Option<ReceiptTransfer> {
    Some(ReceiptTransfer {
        id: code(element, "idTransfer")?.parse().ok()?,
        amount: AmountOrZero::from_euro(&code(element, "transferAmount")?).ok()?,
        organization: organization(&code(element, "fiscalCodePA")?)?,
        company_name: optional(element, "companyName"),
        iban: optional(element, "IBAN"),
        remittance_information: optional(element, "remittanceInformation"),
        category: optional(element, "transferCategory"),
        metadata: metadata(element),
        stamp: find(element, "MBDAttachment").map(|attachment| stamp(&attachment.text())),
    })
}

/// The stamp document in its base64. What cannot be decoded is kept as it was written.
fn stamp(text: &str) -> StampDocument {
    match decode_base64(text) {
        Some(bytes) => StampDocument { stamp: read_stamp(&bytes), bytes },
        None => StampDocument { bytes: text.as_bytes().to_vec(), stamp: Err("the attachment is not base64".into()) },
    }
}

fn details(root: Element<'_>, receipt: Element<'_>) -> Details {
    let text = |name| optional(receipt, name);
    let amount = |name| code(receipt, name).and_then(|text| AmountOrZero::from_euro(&text).ok());
    let stand_in = ["standIn", "standin"].into_iter().find_map(|name| find(receipt, name).or(find(root, name)));
    Details {
        description: text("description"),
        company_name: text("companyName"),
        office_name: text("officeName"),
        debtor: find(receipt, "debtor").map(subject),
        id_psp: text("idPSP"),
        psp_fiscal_code: text("pspFiscalCode"),
        psp_partita_iva: text("pspPartitaIVA"),
        psp_company_name: text("PSPCompanyName"),
        id_channel: text("idChannel"),
        channel_description: text("channelDescription"),
        payer: find(receipt, "payer").map(subject),
        payment_method: text("paymentMethod"),
        payment_note: text("paymentNote"),
        fee: amount("fee"),
        primary_ci_incurred_fee: amount("primaryCiIncurredFee"),
        id_bundle: text("idBundle"),
        id_ci_bundle: text("idCiBundle"),
        payment_date_time: text("paymentDateTime"),
        application_date: text("applicationDate"),
        transfer_date: text("transferDate"),
        metadata: metadata(receipt),
        stand_in: stand_in.is_some_and(|flag| matches!(&*collapse(flag.text()), "true" | "1")),
    }
}

fn subject(element: Element<'_>) -> Subject {
    let text = |name| optional(element, name);
    let identifier = |name| find(element, "uniqueIdentifier").and_then(|inner| optional(inner, name));
    Subject {
        entity_unique_identifier_type: identifier("entityUniqueIdentifierType"),
        entity_unique_identifier_value: identifier("entityUniqueIdentifierValue"),
        full_name: text("fullName"),
        street_name: text("streetName"),
        civic_number: text("civicNumber"),
        postal_code: text("postalCode"),
        city: text("city"),
        state_province_region: text("stateProvinceRegion"),
        country: text("country"),
        email: text("e-mail"),
    }
}

fn metadata(element: Element<'_>) -> Vec<MapEntry> {
    let entries = find(element, "metadata").into_iter().flat_map(|list| all(list, "mapEntry"));
    let entry = |element| Some(MapEntry { key: optional(element, "key")?, value: optional(element, "value")? });
    entries.filter_map(entry).collect()
}

/// Children of a name, in no namespace as the contract has it, or in the messages' own as careless writers have it.
fn all<'d>(parent: Element<'d>, name: &'static str) -> impl Iterator<Item = Element<'d>> {
    parent.children().filter(move |child| child.name() == name && matches!(child.namespace(), "" | MESSAGES))
}

fn find<'d>(parent: Element<'d>, name: &'static str) -> Option<Element<'d>> {
    all(parent, name).next()
}

/// A needed field. Two of them cannot be read: neither is more right than the other.
fn the_only<'d>(parent: Element<'d>, name: &'static str) -> Result<Element<'d>, Malformed> {
    let mut found = all(parent, name);
    let first = found.next().ok_or_else(|| Malformed::at(parent, format!("{name} is missing")))?;
    if found.next().is_some() { Err(Malformed::at(first, "stands here twice")) } else { Ok(first) }
}

/// The text of a needed field; blank is as good as missing.
fn needed<'d>(parent: Element<'d>, name: &'static str) -> Result<Cow<'d, str>, Malformed> {
    let element = the_only(parent, name)?;
    let text = element.text();
    if text.trim().is_empty() { Err(Malformed::at(element, "is blank")) } else { Ok(text) }
}

fn parsed<T>(
    parent: Element<'_>,
    name: &'static str,
    rule: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, Malformed> {
    let element = the_only(parent, name)?;
    parse(element.text().trim()).ok_or_else(|| Malformed::at(element, rule))
}

fn optional(parent: Element<'_>, name: &'static str) -> Option<String> {
    find(parent, name).map(|element| element.text().into_owned())
}

fn code<'d>(parent: Element<'d>, name: &'static str) -> Option<Cow<'d, str>> {
    find(parent, name).map(|element| collapse(element.text()))
}

/// A digest of what the receipt says: element names and texts, whatever prefixes, blanks, comments or encoding it was
/// written with. A retransmission has the same one; V1 and V2 of one receipt have not, if V2 says more.
fn content_digest(root: Element<'_>, receipt: Element<'_>) -> [u8; 32] {
    let mut digest = Sha256::new();
    let stand_in = ["standIn", "standin"].into_iter().filter_map(|name| find(root, name));
    for top in std::iter::once(receipt).chain(stand_in) {
        let mut waiting = vec![(top, 0u32)];
        while let Some((element, depth)) = waiting.pop() {
            let text = element.text();
            digest.update(depth.to_be_bytes());
            digest.update(element.name());
            digest.update([0]);
            digest.update(text.trim());
            digest.update([0]);
            waiting.extend(element.children().map(|child| (child, depth + 1)));
        }
    }
    digest.finalize().into()
}
