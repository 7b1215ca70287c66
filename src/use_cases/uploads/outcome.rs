//! What became of an item, in the words in which GPD's reports have it (`gpd-api` 14): the standard ones, and core's own
//! where those would say too little.

use crate::domain::denial::Denial;
use crate::domain::upload::Outcome;
use crate::intake::{Defect, Sort};

/// What the rules on stored positions say.
pub(super) fn of_denial(denial: &Denial) -> Outcome {
    match denial {
        Denial::CodeNotAllowed(_) | Denial::NoticeNotAllowed => Outcome::standard(403),
        Denial::UnknownPosition(_) => Outcome::standard(404),
        Denial::NotUnique(_) => Outcome::standard(409),
        Denial::HasPayment(_) => Outcome::told(409, "Existing related payment found"),
        Denial::NotUpdatable(_) => Outcome::told(409, "Existing related payment found or not in updatable state"),
        Denial::FeeLost(_) => Outcome::told(422, "The debt position update is failed"),
        _ => Outcome::told(409, denial.to_string()),
    }
}

/// What is wrong with what was handed in: the sort of fault that GPD would find first.
pub(super) fn of_defects(defects: &[Defect]) -> Outcome {
    let Some(first) = defects.iter().min_by_key(|defect| defect.complaint.sort) else { return Outcome::standard(400) };
    match first.complaint.sort {
        Sort::Form | Sort::Value => {
            let values = defects.iter().filter(|defect| defect.complaint.sort <= Sort::Value);
            let told: Vec<_> = values.map(|defect| format!("{}: {}", defect.place, defect.complaint.reason)).collect();
            Outcome::told(400, told.join(", "))
        }
        Sort::Congruence => Outcome::told(400, first.complaint.reason.clone()),
        Sort::Reserved => Outcome::told(409, "The payment option contains reserved metadata"),
        Sort::Twin => Outcome::standard(409),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Iupd;
    use crate::intake::Complaint;

    #[test]
    fn the_first_sort_of_fault_is_told() {
        let defect = |field, reason: &'static str, sort| Defect::of(field, Complaint::new(reason, "").sorted(sort));
        let twin = || defect("iuv", "twice", Sort::Twin);
        let late = || defect("dueDate", "Dates congruence error", Sort::Congruence);
        let blank = || defect("companyName", "company name is required", Sort::Value);
        assert_eq!(of_defects(&[]), Outcome::standard(400));
        assert_eq!(of_defects(&[twin()]), Outcome::standard(409));
        assert_eq!(of_defects(&[twin(), late()]), Outcome::told(400, "Dates congruence error"));
        let told = Outcome::told(400, "companyName: company name is required, iupd: no");
        assert_eq!(of_defects(&[late(), blank(), defect("iupd", "no", Sort::Form)]), told);
    }

    #[test]
    fn a_denial_names_no_position() {
        let iupd = || Iupd::new("TARI-1");
        for (denial, outcome) in [
            (Denial::UnknownPosition(vec![iupd()]), Outcome::standard(404)),
            (Denial::CodeNotAllowed(iupd()), Outcome::standard(403)),
            (Denial::NotUnique(None), Outcome::standard(409)),
            (Denial::HasPayment(iupd()), Outcome::told(409, "Existing related payment found")),
        ] {
            assert_eq!(of_denial(&denial), outcome);
        }
    }
}
