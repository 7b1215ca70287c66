//! A position as an operator hands it in through the API, whichever version it is written in.

use super::defect::Defect;
use super::given::Given;
use super::judging::{judge_update_v3, judge_v3};
use super::{Rules, judge, judge_update, model, model_v3};
use crate::domain::codes::NoticeNumber;
use crate::domain::position::DebtPosition;

/// A position that is handed in.
pub trait Handed {
    /// Its key, as far as it has one.
    fn iupd(&self) -> &str;
    /// The IUVs of its options, as far as they have one.
    fn iuvs(&self) -> Vec<&str>;
    /// The numbers of its options, to be completed.
    fn numbers(&mut self) -> Vec<OptionNumbers<'_>>;
    /// The verdict on a new position.
    fn judge(&self, rules: &Rules) -> Result<DebtPosition, Vec<Defect>>;
    /// The verdict on one that is to replace what is stored.
    fn judge_update(&self, rules: &Rules) -> Result<DebtPosition, Vec<Defect>>;
}

/// The IUV and the notice number of an option.
pub struct OptionNumbers<'h> {
    /// As it was given, or not.
    pub iuv: &'h mut Given<String>,
    /// As it was given, or not.
    pub nav: &'h mut Given<String>,
}

impl OptionNumbers<'_> {
    /// Whether the station is to make both. A notice that was given alone has its IUV in it, which is written down here.
    pub fn are_wanted(&mut self) -> bool {
        let blank = |given: &Given<String>| match given {
            Given::Absent => true,
            Given::Value(text) => text.trim().is_empty(),
            Given::Wrong(_) => false,
        };
        if !blank(self.iuv) {
            return false;
        }
        if let Some(notice) = self.nav.value().and_then(|nav| NoticeNumber::parse(nav).ok()) {
            *self.iuv = Given::Value(notice.iuv().to_owned());
        }
        blank(self.iuv) && blank(self.nav)
    }

    /// Writes down a notice that was made.
    pub fn set(&mut self, notice: &NoticeNumber) {
        *self.iuv = Given::Value(notice.iuv().to_owned());
        *self.nav = Given::Value(notice.as_str().to_owned());
    }
}

impl Handed for model::Position {
    fn iupd(&self) -> &str {
        self.iupd.value().map_or("", String::as_str)
    }

    fn iuvs(&self) -> Vec<&str> {
        let options = self.payment_option.value().map(Vec::as_slice).unwrap_or_default();
        options.iter().filter_map(|option| option.value()?.iuv.value()).map(String::as_str).collect()
    }

    fn numbers(&mut self) -> Vec<OptionNumbers<'_>> {
        let options = self.payment_option.value_mut().into_iter().flatten().filter_map(Given::value_mut);
        options.map(|option| OptionNumbers { iuv: &mut option.iuv, nav: &mut option.nav }).collect()
    }

    fn judge(&self, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
        judge(self, rules)
    }

    fn judge_update(&self, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
        judge_update(self, rules)
    }
}

impl Handed for model_v3::Position {
    fn iupd(&self) -> &str {
        self.iupd.value().map_or("", String::as_str)
    }

    fn iuvs(&self) -> Vec<&str> {
        let options = self.payment_option.value().into_iter().flatten().filter_map(Given::value);
        let installments = options.filter_map(|option| option.installments.value()).flatten().filter_map(Given::value);
        installments.filter_map(|installment| installment.iuv.value()).map(String::as_str).collect()
    }

    fn numbers(&mut self) -> Vec<OptionNumbers<'_>> {
        let options = self.payment_option.value_mut().into_iter().flatten().filter_map(Given::value_mut);
        let installments =
            options.filter_map(|option| option.installments.value_mut()).flatten().filter_map(Given::value_mut);
        installments.map(|each| OptionNumbers { iuv: &mut each.iuv, nav: &mut each.nav }).collect()
    }

    fn judge(&self, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
        judge_v3(self, rules)
    }

    fn judge_update(&self, rules: &Rules) -> Result<DebtPosition, Vec<Defect>> {
        judge_update_v3(self, rules)
    }
}
