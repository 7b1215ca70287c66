//! Print a receipt.

use super::{NotPrinted, drawn};
use crate::domain::codes::Iuv;
use crate::paper::kit::Logo;
use crate::paper::receipt::{Payer, ReceiptCopy, draw};
use crate::store::{ReceiptKey, Store};
use crate::use_cases::positions::Desk;

/// A receipt on paper.
#[derive(Clone, Debug)]
pub struct PrintedReceipt {
    /// The IUV that was paid.
    pub iuv: Iuv,
    /// The PDF.
    pub pdf: Vec<u8>,
}

/// Prints the receipt that an organization has for an IUV, a notice number, or a receipt's own id. The document is as old
/// as the receipt: it is the same byte by byte whenever it is printed.
pub async fn print_receipt(
    store: &Store,
    desk: Desk<'_>,
    key: ReceiptKey<'_>,
    payer: Payer,
) -> Result<PrintedReceipt, NotPrinted> {
    let unknown = || match key {
        ReceiptKey::Number(number) => desk.unknown_notice(number),
        ReceiptKey::Digest(_) => desk.unknown_notice(""),
    };
    let found = store.receipt_to_print(desk.organization, key).await?;
    let found = found.filter(|found| desk.codes.allow(found.receipt.iuv.as_str())).ok_or_else(unknown)?;
    let letterhead = store.letterhead(found.receipt.organization.as_str()).await?.unwrap_or_default();
    let iuv = found.receipt.iuv.clone();
    let copy = move || {
        let logo = letterhead.logo_png().and_then(|png| Logo::from_png(png).ok());
        ReceiptCopy { receipt: found.receipt, received_at: found.received_at, payer, logo }
    };
    Ok(PrintedReceipt { iuv, pdf: drawn(move || draw(&copy())).await? })
}
