//! May a notice be paid now? By the specifications, and by GPD's lights.

use chrono::{DateTime, Utc};

use super::position::{Notice, PositionStatus};
use super::refusal::Refusal;

/// May this notice be paid now? Verify and get both ask here, so they never disagree (`domain` 4.5, C1-C6).
pub fn payable(notice: Option<Notice>, now: DateTime<Utc>) -> Result<Notice, Refusal> {
    let notice = notice.ok_or(Refusal::UnknownNotice)?;
    let option = &notice.option;
    if option.state.is_paid() {
        return Err(Refusal::AlreadyPaid);
    }
    match notice.status {
        PositionStatus::Paid | PositionStatus::Reported => Err(Refusal::AlreadyPaid),
        PositionStatus::Draft => Err(Refusal::NotPublished),
        PositionStatus::Invalid => Err(Refusal::Cancelled),
        _ if option.validity_date.is_some_and(|from| from > now) => Err(Refusal::NotPublished),
        PositionStatus::Expired => Err(Refusal::Expired),
        _ if option.has_expired(now) => Err(Refusal::Expired),
        _ if notice.rival_paid => Err(Refusal::Superseded),
        PositionStatus::Published | PositionStatus::Valid | PositionStatus::PartiallyPaid => Ok(notice),
    }
}

/// The same as GPD sees it (`gpd-api` 6.5): an unpaid option that is not valid yet, or whose debt is paid another way,
/// is not there, whatever else is true of it.
pub fn payable_in_gpd(notice: Option<Notice>, now: DateTime<Utc>) -> Result<Notice, Refusal> {
    match &notice {
        Some(unpaid) if !unpaid.option.state.is_paid() => {
            if unpaid.rival_paid || unpaid.status.is_settled() {
                return Err(Refusal::Superseded);
            }
            if unpaid.option.validity_date.is_some_and(|from| from > now) {
                return Err(Refusal::NotPublished);
            }
        }
        _ => {}
    }
    payable(notice, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::position::tests::{a_notice, day, paid, today};
    use crate::domain::table::rows;

    #[test]
    fn when_a_notice_may_be_paid() {
        let table = "
            position       option valid_from due       expires rival_paid | answer        in_gpd
            none           -      -          now       no      no         | UnknownNotice UnknownNotice
            DRAFT          unpaid -          tomorrow  no      no         | NotPublished  NotPublished
            PUBLISHED      unpaid tomorrow   tomorrow  no      no         | NotPublished  NotPublished
            PUBLISHED      unpaid yesterday  tomorrow  no      no         | pay           pay
            PUBLISHED      unpaid now        tomorrow  no      no         | pay           pay
            VALID          unpaid tomorrow   tomorrow  no      no         | NotPublished  NotPublished
            VALID          unpaid -          tomorrow  yes     no         | pay           pay
            VALID          unpaid -          now       yes     no         | pay           pay
            VALID          unpaid -          yesterday yes     no         | Expired       Expired
            VALID          unpaid -          yesterday no      no         | pay           pay
            VALID          unpaid tomorrow   yesterday yes     no         | NotPublished  NotPublished
            INVALID        unpaid -          yesterday yes     no         | Cancelled     Cancelled
            INVALID        unpaid tomorrow   tomorrow  no      no         | Cancelled     NotPublished
            EXPIRED        unpaid -          yesterday no      no         | Expired       Expired
            PARTIALLY_PAID unpaid -          tomorrow  no      no         | pay           pay
            PARTIALLY_PAID paid   -          tomorrow  no      no         | AlreadyPaid   AlreadyPaid
            PARTIALLY_PAID unpaid -          tomorrow  no      yes        | Superseded    Superseded
            PARTIALLY_PAID unpaid -          yesterday yes     yes        | Expired       Superseded
            PARTIALLY_PAID unpaid tomorrow   tomorrow  no      no         | NotPublished  NotPublished
            PAID           unpaid -          tomorrow  no      yes        | AlreadyPaid   Superseded
            PAID           paid   -          yesterday yes     no         | AlreadyPaid   AlreadyPaid
            REPORTED       paid   -          yesterday yes     no         | AlreadyPaid   AlreadyPaid";
        for row in rows(table) {
            let notice = PositionStatus::parse(row[0]).map(|status| {
                let mut notice = a_notice();
                notice.status = status;
                notice.rival_paid = row[5] == "yes";
                notice.option.validity_date = day(row[2]);
                notice.option.due_date = day(row[3]).unwrap();
                notice.option.switch_to_expired = row[4] == "yes";
                if row[1] == "paid" {
                    notice.option.state = paid();
                }
                notice
            });
            let words = |answer: Result<Notice, Refusal>| answer.map_or_else(|no| format!("{no:?}"), |_| "pay".into());
            assert_eq!(words(payable(notice.clone(), today())), row[6], "{row:?}");
            assert_eq!(words(payable_in_gpd(notice, today())), row[7], "{row:?} in GPD");
        }
    }
}
