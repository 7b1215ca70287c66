//! What operators hear when they are declined: one exhaustive match from our words to GPD's (`gpd-api` 3.2).

use actix_web::http::StatusCode;

use super::problem::Problem;
use crate::domain::codes::{Iupd, OrganizationCode};
use crate::domain::denial::Denial;
use crate::intake::{Defect, Sort, Validation};
use crate::station::Station;
use crate::use_cases::positions::Error;

/// GPD's title for content that contradicts itself; under strict validation, for all that is wrong with it.
const WRONG_CONTENT: &str = "Error in the debt position request data";

/// GPD's title for a caller that is confined to other segregation codes.
const FORBIDDEN: &str = "The payment position is forbidden";

/// What a handler speaks of when something is declined.
#[derive(Clone, Copy)]
pub(super) struct Subject<'s> {
    /// The station that declines.
    pub(super) station: &'s Station,
    /// Whose positions are spoken of.
    pub(super) organization: &'s OrganizationCode,
    /// GPD's title when it fails.
    pub(super) failure: &'static str,
}

impl Subject<'_> {
    /// What is said of an error.
    pub(super) fn problem(self, error: Error) -> Problem {
        match error {
            Error::Denied(denial) => of_denial(&denial, self.organization),
            Error::Wrong(defects) => of_defects(defects, self),
            Error::Store(cause) => Problem::failure(self.failure, &cause).saying(of_failure(self)),
        }
    }
}

/// GPD's words where it fails at one of its verbs: `The debt position update is failed` is told as `Update failed for…`.
fn of_failure(subject: Subject<'_>) -> Option<String> {
    let verb = subject.failure.strip_prefix("The debt position ")?.strip_suffix(" is failed")?;
    let mut letters = verb.chars();
    let first = letters.next()?.to_ascii_uppercase();
    let of = format!("Organization Fiscal Code {}", subject.organization);
    Some(format!("{first}{} failed for the debt position with {of}", letters.as_str()))
}

fn of_denial(denial: &Denial, organization: &OrganizationCode) -> Problem {
    use StatusCode as S;
    let of = format!("Organization Fiscal Code {organization}");
    let of_position = |iupd: &Iupd| format!("the debt position with {of} and IUPD {iupd}");
    let related = |iupd: &Iupd, state: &str| {
        let position = of_position(iupd);
        format!("A payment transaction has already been carried out or, {position}, is not in {state} state")
    };
    let (status, title, detail) = match denial {
        Denial::CodeNotAllowed(key) => (
            S::FORBIDDEN,
            FORBIDDEN,
            format!(
                "The caller does not have proper authorization to access or modify the IUVs in the payment position. \
                 [Organization Fiscal Code={organization}, IUPD={key}]"
            ),
        ),
        Denial::NoticeNotAllowed => (
            S::FORBIDDEN,
            FORBIDDEN,
            format!(
                "The caller does not have proper authorization to access or modify the NAVs in the payment position. \
                 [Organization Fiscal Code={organization}]"
            ),
        ),
        Denial::OtherPosition { path, body } => (
            S::BAD_REQUEST,
            WRONG_CONTENT,
            format!(
                "IUPD mistmatch error: path variable IUPD [{path}] and request body IUPD [{body}] must be the same"
            ),
        ),
        Denial::UnknownPosition(iupds) => {
            let keys = iupds.iter().map(Iupd::as_str).collect::<Vec<_>>().join(", ");
            let detail = format!("Not found a debt position for {of} and IUPD {keys}");
            (S::NOT_FOUND, "Not found the debt position", detail)
        }
        Denial::UnknownPositions(iupds) => {
            let keys = iupds.iter().map(Iupd::as_str).collect::<Vec<_>>().join(", ");
            let detail = format!("Not found a debt position for {of} and IUPD [{keys}]");
            (S::NOT_FOUND, "Not found the debt position", detail)
        }
        Denial::UnknownOption(nav) => {
            (S::NOT_FOUND, "Not found the payment option", format!("Not found a payment option for {of} and NAV {nav}"))
        }
        Denial::UnknownIuv(iuv) => {
            (S::NOT_FOUND, "Not found the payment option", format!("Not found a payment option for {of} and IUV {iuv}"))
        }
        Denial::UnknownTransfer { iuv, id } => {
            (S::NOT_FOUND, "Not found the transfer", format!("Not found a transfer for {of}, IUV {iuv} and TxID {id}"))
        }
        Denial::NotUnique(_) => (
            S::CONFLICT,
            "The debt position violated constraints of uniqueness",
            format!("Already exists a debt position for the {of} or one of its payment options is not unique"),
        ),
        Denial::ReservedMetadata => (
            S::CONFLICT,
            "The payment option contains reserved metadata",
            "The caller should not add or modify reserved payment option metadata. Reserved metadata list = \
             {NOTIFICATION_FEE}."
                .to_owned(),
        ),
        Denial::HasPayment(iupd) => (
            S::CONFLICT,
            "Existing related payment found",
            format!("A payment transaction has already been carried out on {}", of_position(iupd)),
        ),
        Denial::OptionPaid(nav) => (
            S::CONFLICT,
            "Existing related payment found",
            format!("A payment transaction has already been carried out for the {of} and NAV {nav}"),
        ),
        Denial::NotUpdatable(iupd) => {
            (S::CONFLICT, "Existing related payment found or not in updatable state", related(iupd, "updatable"))
        }
        Denial::NotPublishable(iupd) => {
            (S::CONFLICT, "Existing related payment found or not in publishable state", related(iupd, "publishable"))
        }
        Denial::NotInvalidable(iupd) => {
            (S::CONFLICT, "Existing related payment found or not in invalidable state", related(iupd, "invalidable"))
        }
        Denial::ValidityBegun(iupd) => (
            S::CONFLICT,
            "Publish request occurred after the validity date began",
            format!("A publish request has been made after the validity date began for {}", of_position(iupd)),
        ),
        Denial::DueDatePassed(iupd) => (
            S::CONFLICT,
            "Publish request occurred after the due date of a payment options has expired",
            format!(
                "A publish request occurred after the due date of a payment options has expired for {}",
                of_position(iupd)
            ),
        ),
        Denial::DueBeforeValidity(iupd) => (
            S::CONFLICT,
            "The due date of a payment option is before the validity date",
            format!(
                "Invalid publish request: the payment option due date cannot be before the validity date for {}",
                of_position(iupd)
            ),
        ),
        Denial::NotReportable { iuv, id } => (
            S::CONFLICT,
            "transfer is not in accountable state",
            format!("The transfer option with {of}, IUV {iuv} and TxID {id} is not in payable state"),
        ),
        Denial::SeveralPlans(iupd) => (
            S::UNPROCESSABLE_ENTITY,
            "MULTI_INSTALLMENT_NOT_SUPPORTED_IN_V1",
            format!(
                "Multi-installment positions are not supported by this version of the API (v1). {of}, IUPD {iupd}."
            ),
        ),
        Denial::FeeOfPaidOption(nav) => (
            S::UNPROCESSABLE_ENTITY,
            "Not in unpaid state for notification fee update",
            format!(
                "The payment option with {of} and NAV {nav} is not in unpaid state and the notification fee cannot be \
                 updated."
            ),
        ),
        Denial::NoTransferForFee(iuv) => (
            S::UNPROCESSABLE_ENTITY,
            "No valid transfer found for notification fee update",
            format!("No transfer found for payment option with IUV {iuv} related to {of}"),
        ),
        Denial::FeeLost(iupd) => (
            S::UNPROCESSABLE_ENTITY,
            "The debt position update is failed",
            format!("No valid transfer found to apply the registered notification fee on {}", of_position(iupd)),
        ),
        Denial::Changed(iupd) => (
            S::PRECONDITION_FAILED,
            "The debt position has changed",
            format!("{} has changed since: read it again, and repeat with the ETag of the answer", of_position(iupd)),
        ),
    };
    Problem::new(status, title, detail)
}

/// Under strict validation every defect with its cure; as GPD, the first sort of fault there is, in its words.
fn of_defects(mut defects: Vec<Defect>, subject: Subject<'_>) -> Problem {
    let sort = |defects: &[Defect]| defects.iter().map(|defect| defect.complaint.sort).min().unwrap_or_default();
    let mut first = sort(&defects);
    if first > Sort::Value && subject.station.settings.validation == Validation::Gpd {
        // The form of all positions is looked at before the content of any; then one comes after the other.
        let position = defects.iter().map(|defect| defect.place.position).min();
        defects.retain(|defect| Some(defect.place.position) == position);
        first = sort(&defects);
    }
    match first {
        Sort::Reserved => return of_denial(&Denial::ReservedMetadata, subject.organization),
        Sort::Twin if subject.station.settings.validation == Validation::Gpd => {
            return of_denial(&Denial::NotUnique(None), subject.organization);
        }
        _ => {}
    }
    if subject.station.settings.validation == Validation::Strict {
        let told = defects
            .iter()
            .map(|Defect { place, complaint }| format!("{place}: {}; {}", complaint.reason, complaint.cure));
        return Problem::new(StatusCode::BAD_REQUEST, WRONG_CONTENT, told.collect::<Vec<_>>().join(", "));
    }
    defects.retain(|defect| defect.complaint.sort == first);
    let told = |Defect { place, complaint }: &Defect| format!("{place}: {}", complaint.reason);
    match first {
        Sort::Congruence => {
            defects.sort_by_key(|defect| {
                let place = defect.place;
                (place.option, place.installment, order(place.field))
            });
            let reason = defects.first().map(|defect| defect.complaint.reason.clone().into_owned());
            Problem::new(StatusCode::BAD_REQUEST, WRONG_CONTENT, reason.unwrap_or_default())
        }
        Sort::Form => {
            Problem::bad_request(format!("JSON parse error: {}", defects.first().map(told).unwrap_or_default()))
        }
        _ => {
            // Of constraints on the whole request GPD says nothing.
            let told = defects.iter().filter(|defect| !defect.complaint.reason.is_empty()).map(told);
            Problem::bad_request(told.collect::<Vec<_>>().join(", "))
        }
    }
}

/// In which order GPD looks at what must agree (`gpd-api` 5.1).
fn order(field: &str) -> usize {
    const ORDER: [&[&str]; 7] = [
        &["validityDate"],
        &["dueDate"],
        &["retentionDate"],
        &["transfer"],
        &["idTransfer"],
        &["iban", "stamp"],
        &["amount"],
    ];
    ORDER.iter().position(|fields| fields.contains(&field)).unwrap_or(ORDER.len())
}
