//! The upper part of the first page: who asks whom, how much and when, and where it can be paid.

use super::pen::{CREDITOR_NAME, GERMAN, NAME, Pen, address, limited, named};
use super::words::{self, Words};
use super::{PRINTED, PaymentNotice};
use crate::domain::notice_codes::{italian_amount, italian_date};
use crate::paper::kit::sheet::width_of;
use crate::paper::kit::{Area, Colour, Role, Style, Weight};

const HEADING: Style = Style::new(11.0).weight(Weight::Bold).colour(Colour::BLUE);
const SMALL_HEADING: Style = Style::new(9.5).weight(Weight::Bold);
const TEXT: Style = Style::new(9.0);
const SMALL: Style = Style::new(9.0).colour(Colour::GREY);

/// Between two columns.
const GAP: f32 = 8.0;

/// Draws it; answers where it ends.
pub fn draw(pen: &mut Pen<'_>, with_slips: bool) -> f32 {
    let top = Area { y: Pen::below_header() + 1.0, height: 44.0, ..PRINTED };
    let creditor = creditor(pen, top.column(0, 2, GAP));
    let recipient = recipient(pen, top.column(1, 2, GAP));
    let y = top.y + creditor.max(recipient) + 4.0;
    let rest = Area { y, height: 120.0, ..PRINTED };
    let left = rest.column(0, 2, GAP);
    let used = how_much(pen, left);
    let found = places(pen, rest.column(1, 2, GAP), with_slips);
    y + used.max(found) + 5.0
}

fn creditor(pen: &mut Pen<'_>, area: Area) -> f32 {
    let creditor = pen.creditor;
    let mut used = pen.heading(Role::Heading(2), area, HEADING, words::CREDITOR) + 0.6;
    used += value(pen, area.below(used), words::FISCAL_CODE, &creditor.fiscal_code) + 0.6;
    let name = limited(&creditor.name, CREDITOR_NAME);
    used += paragraph(pen, area.below(used), 10.0, Style::new(11.0).weight(Weight::SemiBold), &name);
    if let Some(office) = creditor.office.as_deref().filter(|office| !office.trim().is_empty()) {
        used += paragraph(pen, area.below(used), 8.0, TEXT, office);
    }
    if let Some(contacts) = creditor.contacts.as_deref().filter(|contacts| !contacts.trim().is_empty()) {
        used += 0.8 + paragraph(pen, area.below(used + 0.8), 16.0, SMALL.smallest(6.0), contacts);
    }
    used
}

fn recipient(pen: &mut Pen<'_>, area: Area) -> f32 {
    let used = pen.heading(Role::Heading(2), area, HEADING, words::RECIPIENT) + 0.6;
    let Some(debtor) = named(&pen.notice.debtor) else {
        return used + pen.paragraph(area.below(used), TEXT, words::NOBODY_NAMED);
    };
    let used = used + value(pen, area.below(used), words::FISCAL_CODE, &debtor.fiscal_code) + 0.6;
    let name = limited(&debtor.full_name, NAME);
    let used = used + paragraph(pen, area.below(used), 10.0, Style::new(11.0).weight(Weight::SemiBold), &name);
    used + paragraph(pen, area.below(used), 16.0, TEXT, &address(debtor))
}

/// A paragraph that may take a part of an area.
fn paragraph(pen: &mut Pen<'_>, area: Area, height: f32, style: Style, text: &str) -> f32 {
    pen.paper.write(Role::Paragraph, Area { height: height.min(area.height), ..area }, style, text)
}

/// A label and its value on one line.
fn value(pen: &mut Pen<'_>, area: Area, label: Words, value: &str) -> f32 {
    let piece = pen.paper.begin(Role::Paragraph);
    let label_width = if pen.speaks_german() { width_of(label.de, SMALL) + 3.0 } else { 0.0 };
    let label_area = Area { width: width_of(label.it, SMALL) + label_width + 2.0, height: 4.4, ..area };
    pen.line(piece, label_area, SMALL, label);
    let rest = Area { x: label_area.right(), width: area.width - label_area.width, ..label_area };
    pen.paper.put(piece, rest, TEXT.weight(Weight::SemiBold), value)
}

fn how_much(pen: &mut Pen<'_>, area: Area) -> f32 {
    let notice = pen.notice;
    let mut used = pen.heading(Role::Heading(2), area, HEADING, words::HOW_MUCH) + 1.2;
    let instalments: i64 = notice.instalments.iter().map(|instalment| instalment.payable.amount.cents()).sum();
    let cents = notice.single.as_ref().map_or(instalments, |single| single.amount.cents());
    let ground = Area { y: area.y + used, height: 20.0, ..area };
    pen.paper.fill(ground, Some(Colour::PALE), None, 1.5);
    let inside = ground.inside(3.0);
    let style = Style::new(22.0).weight(Weight::Bold).smallest(12.0);
    let amount = format!("{} euro", italian_amount(cents));
    pen.paper.write(Role::Paragraph, Area { y: ground.y + 1.6, height: 9.6, ..inside }, style, &amount);
    due(pen, Area { y: ground.y + 10.8, height: 8.8, ..inside }, notice);
    used += ground.height + 2.0;
    let said = match (&notice.single, notice.instalments.len()) {
        (Some(_), 1..) => Some(words::OR_IN_INSTALMENTS),
        (None, 2..) => Some(words::IN_INSTALMENTS),
        _ => None,
    };
    if let Some(said) = said {
        used += pen.paragraph(area.below(used), TEXT.weight(Weight::SemiBold), said) + 1.5;
    }
    used + pen.paragraph(area.below(used), TEXT, words::AMOUNT_MAY_CHANGE)
}

/// Until when, or in how many instalments.
fn due(pen: &mut Pen<'_>, area: Area, notice: &PaymentNotice) {
    let Some(first) = notice.payables().next() else { return };
    let date = italian_date(first.due_date);
    let (by, the_first_by) = match first.overdue {
        true => (words::OVERDUE, words::THE_FIRST_OVERDUE),
        false => (words::BY, words::THE_FIRST_BY),
    };
    let said = |language: fn(Words) -> &'static str| {
        let until = match (&notice.single, notice.instalments.len()) {
            (None, of @ 2..) => format!("in {of} {} {date}", language(the_first_by)),
            _ => format!("{} {date}", language(by)),
        };
        if first.overdue { format!("{until}, {}", language(words::STILL_PAYABLE)) } else { until }
    };
    let italian = said(|words| words.it);
    let style = Style::new(12.0).weight(Weight::SemiBold).smallest(8.0);
    if !pen.speaks_german() {
        pen.paper.write(Role::Paragraph, area, style, &italian);
        return;
    }
    let piece = pen.paper.begin(Role::Paragraph);
    let style = style.at(10.0);
    let used = pen.paper.put(piece, Area { height: area.height / 2.0, ..area }, style, &italian);
    let german = said(|words| words.de);
    pen.paper.put(piece, area.below(used), style.colour(Colour::GREY).language(GERMAN), &german);
}

fn places(pen: &mut Pen<'_>, area: Area, with_slips: bool) -> f32 {
    let mut used = pen.heading(Role::Heading(2), area, HEADING, words::WHERE) + 1.2;
    used += pen.heading(Role::Heading(3), area.below(used), SMALL_HEADING, words::ONLINE) + 0.4;
    used += pen.paragraph(area.below(used), TEXT, words::ONLINE_PLACES);
    if pen.creditor.takes_payments_online {
        used += pen.paragraph(area.below(used), TEXT, words::CREDITOR_SITE);
    }
    used += 1.8;
    used += pen.heading(Role::Heading(3), area.below(used), SMALL_HEADING, words::IN_PERSON) + 0.4;
    used += pen.paragraph(area.below(used), TEXT, words::PLACES);
    if with_slips {
        used += pen.paragraph(area.below(used), TEXT, words::POST_OFFICES);
    }
    used
}
