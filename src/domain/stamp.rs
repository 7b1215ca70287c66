//! The digital stamp that comes back in a receipt, checked against what was asked for (`domain` 7.3).
//!
//! Failures are anomalies, never a refusal: the stamp is bought. The signature is kept untouched and unchecked.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::anomaly::{Anomaly, AnomalyKind};
use super::position::StampRequest;

/// What a *marca da bollo digitale* says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stamp {
    /// The stamp's id.
    pub iubd: String,
    /// When it was bought, as written.
    pub bought_at: String,
    /// Its value in euro.
    pub importo: Decimal,
    /// `01`.
    pub kind: String,
    /// Fiscal code of the PSP that sold it.
    pub psp_fiscal_code: String,
    /// Base64 of the document's SHA-256, as written.
    pub digest: String,
}

/// The stamp document attached to a transfer of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampDocument {
    /// The decoded bytes, untouched: the signature covers them.
    pub bytes: Vec<u8>,
    /// What it says, or why it cannot be read.
    pub stamp: Result<Stamp, String>,
}

/// Compares a stamp with its transfer, and with the request where we made it.
pub fn check(
    document: &StampDocument,
    transfer_id: i64,
    amount_cents: i64,
    request: Option<&StampRequest>,
) -> Vec<Anomaly> {
    let stamp = match &document.stamp {
        Ok(stamp) => stamp,
        Err(reason) => {
            return vec![Anomaly::new(AnomalyKind::StampUnreadable, format!("transfer {transfer_id}: {reason}"))];
        }
    };
    let mut anomalies = Vec::new();
    let mut doubt = |kind, note: String| anomalies.push(Anomaly::new(kind, format!("transfer {transfer_id}: {note}")));
    if stamp.importo != Decimal::new(amount_cents, 2) {
        doubt(
            AnomalyKind::StampAmountDiffers,
            format!("the stamp is worth {}, the transfer {}", stamp.importo, Decimal::new(amount_cents, 2)),
        );
    }
    let wanted = request.map_or("01", |request| request.kind.as_str());
    if stamp.kind != wanted {
        doubt(AnomalyKind::StampTypeDiffers, format!("type {} instead of {wanted}", shown(&stamp.kind)));
    }
    if let Some(request) = request
        && !same_digest(&request.hash, &stamp.digest)
    {
        doubt(AnomalyKind::StampDigestDiffers, "the stamp was bought for another document".into());
    }
    anomalies
}

/// Compares what the two base64 texts mean.
fn same_digest(one: &str, other: &str) -> bool {
    matches!((decode_base64(one), decode_base64(other)), (Some(one), Some(other)) if one == other)
}

/// Decodes base64 as it stands in XML, where blanks and line breaks are legal in it.
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    let bare: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(bare).ok()
}

/// A short text of the document, shortened for a note.
fn shown(text: &str) -> String {
    text.chars().take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> StampRequest {
        StampRequest {
            hash: "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=".into(),
            kind: "01".into(),
            province: "RM".into(),
        }
    }

    fn document() -> StampDocument {
        StampDocument {
            bytes: vec![],
            stamp: Ok(Stamp {
                iubd: "IUBD-1".into(),
                bought_at: "2026-03-10T10:02:44".into(),
                importo: Decimal::new(16, 0),
                kind: "01".into(),
                psp_fiscal_code: "99000003030".into(),
                digest: request().hash,
            }),
        }
    }

    #[test]
    fn what_is_wrong_with_a_stamp() {
        type Change = fn(&mut StampDocument);
        let cases: &[(&str, Change, &[AnomalyKind])] = &[
            ("as it should be", |_| {}, &[]),
            ("a line break in the digest", |d| d.stamp.as_mut().unwrap().digest.insert(10, '\n'), &[]),
            (
                "another document",
                |d| d.stamp.as_mut().unwrap().digest = "AAAA".into(),
                &[AnomalyKind::StampDigestDiffers],
            ),
            (
                "another amount",
                |d| d.stamp.as_mut().unwrap().importo = Decimal::new(1599, 2),
                &[AnomalyKind::StampAmountDiffers],
            ),
            ("another type", |d| d.stamp.as_mut().unwrap().kind = "02".into(), &[AnomalyKind::StampTypeDiffers]),
            ("unreadable", |d| d.stamp = Err("no root".into()), &[AnomalyKind::StampUnreadable]),
        ];
        for (what, change, kinds) in cases {
            let mut document = document();
            change(&mut document);
            let found: Vec<_> = check(&document, 3, 1600, Some(&request())).iter().map(|a| a.kind).collect();
            assert_eq!(found, *kinds, "{what}");
        }
    }

    #[test]
    fn without_a_request_the_digest_is_nobodys_business() {
        let mut document = document();
        document.stamp.as_mut().unwrap().digest = "AAAA".into();
        assert_eq!(check(&document, 3, 1600, None), vec![]);
    }
}
