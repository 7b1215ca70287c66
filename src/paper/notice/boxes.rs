//! The boxes with the codes: one for banks and everybody who reads QR codes, and below it the postal slip where the
//! creditor may print one. They stand one, two or three in a row.

use super::pen::{CREDITOR_NAME, NAME, Pen, SUBJECT, limited, named};
use super::words::{self, Words};
use super::{Creditor, PRINTED, Payable, PaymentNotice, PostalAccount};
use crate::domain::notice_codes::{QrText, SlipText, in_groups, italian_amount, italian_date};
use crate::paper::Unprintable;
use crate::paper::kit::sheet::height_of_line;
use crate::paper::kit::{Align, Area, Code, Colour, Role, Style, Weight};

/// Which of a notice's amounts a box is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// All at once.
    Single,
    /// One of several instalments.
    Instalment {
        /// Counted from one.
        which: usize,
        /// How many there are.
        of: usize,
    },
}

impl Label {
    fn in_words(self, language: fn(&Words) -> &'static str) -> String {
        let say = |words: Words| language(&words);
        match self {
            Label::Single => say(words::SINGLE).to_owned(),
            Label::Instalment { which, of } => format!("{} {which} {} {of}", say(words::INSTALMENT), say(words::OF)),
        }
    }
}

/// One amount with its codes, ready to be drawn.
pub struct Entry<'a> {
    label: Label,
    payable: &'a Payable,
    qr: Code,
    slip: Option<(&'a PostalAccount, &'a str, Code)>,
}

impl<'a> Entry<'a> {
    /// Makes the codes.
    pub fn new(
        creditor: &'a Creditor,
        notice: &PaymentNotice,
        payable: &'a Payable,
        label: Label,
    ) -> Result<Entry<'a>, Unprintable> {
        let (number, code) = (payable.nav.clone(), creditor.fiscal_code.clone());
        let text = QrText { notice: number, creditor: code, amount: payable.amount };
        let too_long = || Unprintable::Drawing("a code does not fit".into());
        let qr = Code::qr(&text.write()).ok_or_else(too_long)?;
        let mut slip = None;
        if let Some((account, authorization)) = creditor.slips() {
            let debtor = named(&notice.debtor);
            let said = SlipText {
                qr: &text,
                account: &account.number,
                fiscal_code: debtor.map_or("", |debtor| &debtor.fiscal_code),
                name: debtor.map_or("", |debtor| &debtor.full_name),
                subject: &payable.subject,
            };
            // An amount too large for a slip can still be paid with the QR code.
            if let Some(said) = said.write() {
                slip = Some((account, authorization, Code::data_matrix(&said).ok_or_else(too_long)?));
            }
        }
        Ok(Entry { label, payable, qr, slip })
    }

    /// Whether it can be paid with a postal slip.
    pub fn has_slip(&self) -> bool {
        self.slip.is_some()
    }
}

impl Creditor {
    /// The account of its postal slips and the words that allow them, when both are known.
    fn slips(&self) -> Option<(&PostalAccount, &str)> {
        let account = self.postal_account.as_ref()?;
        let authorization = account.authorization.as_deref().filter(|words| !words.trim().is_empty())?;
        Some((account, authorization))
    }
}

/// What stands in a box beside its code.
#[derive(Clone, Copy)]
enum Field {
    Account,
    Amount,
    Authorization,
    Cbill,
    Creditor,
    CreditorCode,
    Debtor,
    DocumentType,
    Holder,
    Notice,
    Subject,
}

/// Fields side by side, and how high they are.
type Row = (f32, &'static [Field]);

/// How a box is laid out: the side of its code, how much stays blank below the code, the rows right of it, and those
/// below.
struct Layout {
    code: f32,
    blank: f32,
    beside: &'static [Row],
    below: &'static [Row],
}

use Field::*;

/// The QR code of a notice is 25 mm wide, whatever the box (`domain` 12.1).
const QR_SIDE: f32 = 25.0;

/// Four modules of the QR code: scanners need them blank on every side.
const QUIET: f32 = 3.1;

/// Modules of four tenths of a millimetre.
const DATA_MATRIX_SIDE: f32 = 26.0;

/// For one, two and three in a row.
const BANK: [Layout; 3] = [
    Layout {
        code: QR_SIDE,
        blank: QUIET,
        beside: &[(9.2, &[Debtor, Amount]), (9.2, &[Subject, Notice]), (10.6, &[Creditor, CreditorCode, Cbill])],
        below: &[],
    },
    Layout {
        code: QR_SIDE,
        blank: QUIET,
        beside: &[(9.2, &[Amount]), (9.2, &[Notice]), (9.2, &[CreditorCode, Cbill])],
        below: &[(8.0, &[Debtor]), (8.0, &[Subject])],
    },
    Layout {
        code: QR_SIDE,
        blank: QUIET,
        beside: &[(9.2, &[Amount]), (9.2, &[CreditorCode]), (8.0, &[Cbill])],
        below: &[(7.0, &[Notice]), (8.0, &[Debtor]), (10.6, &[Subject])],
    },
];

/// The same for postal slips, which never stand three in a row.
const SLIP: [Layout; 2] = [
    Layout {
        code: DATA_MATRIX_SIDE,
        blank: 1.4,
        beside: &[
            (10.6, &[Holder, Account, Amount]),
            (9.2, &[Debtor, Notice]),
            (10.6, &[Subject, CreditorCode, DocumentType]),
        ],
        below: &[(8.0, &[Authorization])],
    },
    Layout {
        code: DATA_MATRIX_SIDE,
        blank: 1.4,
        beside: &[(9.2, &[Account, Amount]), (9.2, &[Notice]), (9.2, &[CreditorCode, DocumentType])],
        below: &[(8.0, &[Holder]), (8.0, &[Debtor]), (8.0, &[Subject]), (10.6, &[Authorization])],
    },
];

/// The title of a box, on its coloured ground.
const TITLE: Style = Style::new(9.5).smallest(6.5).weight(Weight::Bold).colour(Colour::WHITE);

const TITLE_HEIGHT: f32 = 5.8;
const PADDING: f32 = QUIET;
const SLIP_GAP: f32 = 1.4;
/// Labels have blank above them: so far above a code the rows beside it begin.
const ABOVE: f32 = 1.0;

const ROW_GAP: f32 = 4.0;
const COLUMN_GAP: f32 = 3.0;

fn sum(rows: &[Row]) -> f32 {
    rows.iter().map(|row| row.0).sum()
}

impl Layout {
    fn height(&self) -> f32 {
        TITLE_HEIGHT + PADDING + self.upper() + sum(self.below) + PADDING * 0.4
    }

    /// From the top of the code to the rows below it.
    fn upper(&self) -> f32 {
        (self.code + self.blank).max(sum(self.beside) - ABOVE)
    }
}

fn height_of_row(columns: usize, entries: &[Entry<'_>]) -> f32 {
    let with_slips = entries.iter().any(Entry::has_slip);
    let slip = SLIP.get(columns - 1).filter(|_| with_slips).map_or(0.0, |slip| slip.height() + SLIP_GAP);
    BANK[columns - 1].height() + slip
}

/// Draws a row of boxes at this height, or on the next page when there is no room for it and for the row that is to stay
/// with it; answers where it ends.
pub fn row(pen: &mut Pen<'_>, y: f32, columns: usize, entries: &[Entry<'_>], follower: Option<&[Entry<'_>]>) -> f32 {
    let height = height_of_row(columns, entries);
    let both = follower.map_or(height, |follower| height + ROW_GAP + height_of_row(columns, follower));
    let together = Pen::below_header() + both <= PRINTED.bottom();
    let y = if y + if together { both } else { height } > PRINTED.bottom() {
        pen.turn_the_page();
        Pen::below_header()
    } else {
        pen.paper.cutting_line(y - ROW_GAP / 2.0, PRINTED.x, PRINTED.right());
        y
    };
    let area = Area { y, height, ..PRINTED };
    for (at, entry) in entries.iter().enumerate() {
        let area = area.column(at, columns, COLUMN_GAP);
        let bank = &BANK[columns - 1];
        draw_bank(pen, Area { height: bank.height(), ..area }, bank, entry);
        if let (Some((_, _, code)), Some(slip)) = (&entry.slip, SLIP.get(columns - 1)) {
            let area = Area { height: slip.height(), ..area.below(bank.height() + SLIP_GAP) };
            draw_slip(pen, area, slip, entry, code);
        }
    }
    y + height + ROW_GAP
}

fn draw_bank(pen: &mut Pen<'_>, area: Area, layout: &Layout, entry: &Entry<'_>) {
    let (left, right) = frame(pen, area, Colour::BLUE, 0.46);
    let (italian, german) = (entry.label.in_words(|words| words.it), entry.label.in_words(|words| words.de));
    let piece = pen.paper.begin_heading(Role::Heading(2), left, &italian);
    pen.pair(piece, left, TITLE, &italian, &german);
    let date = italian_date(entry.payable.due_date);
    let by = if entry.payable.overdue { words::OVERDUE } else { words::BY };
    let by = match pen.speaks_german() {
        true => format!("{} / {} {date}", by.it, by.de),
        false => format!("{} {date}", by.it),
    };
    pen.paper.write(Role::Paragraph, right, TITLE.weight(Weight::SemiBold).align(Align::Right), &by);
    let said = format!("Codice QR dell’avviso {}", in_groups(&entry.payable.nav));
    fill(pen, area, layout, entry, &entry.qr, &said);
}

fn draw_slip(pen: &mut Pen<'_>, area: Area, layout: &Layout, entry: &Entry<'_>, code: &Code) {
    let share = if pen.speaks_german() { 0.72 } else { 0.6 };
    let (left, right) = frame(pen, area, Colour::GREY, share);
    pen.heading(Role::Heading(3), left, TITLE, words::SLIP);
    let label = entry.label.in_words(|words| words.it);
    pen.paper.write(Role::Paragraph, right, TITLE.weight(Weight::SemiBold).align(Align::Right), &label);
    let said = format!("Codice Data Matrix del bollettino per l’avviso {}", in_groups(&entry.payable.nav));
    fill(pen, area, layout, entry, code, &said);
}

/// The frame of a box and the ground of its title; answers where the title's two parts stand.
fn frame(pen: &mut Pen<'_>, area: Area, colour: Colour, left: f32) -> (Area, Area) {
    const ROUND: f32 = 1.2;
    pen.paper.fill(area, Some(Colour::WHITE), Some(colour), ROUND);
    let title = Area { height: TITLE_HEIGHT, ..area };
    pen.paper.fill(title, Some(colour), None, ROUND);
    pen.paper.fill(Area { height: TITLE_HEIGHT - ROUND, ..title.below(ROUND) }, Some(colour), None, 0.0);
    // As high as one line, so that a long title gets smaller instead of breaking.
    let height = height_of_line(TITLE.size());
    let y = title.y + (TITLE_HEIGHT - height) / 2.0;
    let inside = Area { x: title.x + PADDING, y, width: title.width - 2.0 * PADDING, height };
    let first = Area { width: inside.width * left, ..inside };
    (first, Area { x: first.right() + 1.0, width: inside.width - first.width - 1.0, ..inside })
}

/// The code and the fields around it.
fn fill(pen: &mut Pen<'_>, area: Area, layout: &Layout, entry: &Entry<'_>, code: &Code, said: &str) {
    let (left, top) = (area.x + PADDING, area.y + TITLE_HEIGHT + PADDING);
    let width = area.width - 2.0 * PADDING;
    pen.paper.code(Area::new(left, top, layout.code, layout.code), code.clone(), said);
    let beside = layout.code + PADDING;
    rows(pen, Area::new(left + beside, top - ABOVE, width - beside, 0.0), layout.beside, entry);
    rows(pen, Area::new(left, top + layout.upper(), width, 0.0), layout.below, entry);
}

fn rows(pen: &mut Pen<'_>, area: Area, rows: &[Row], entry: &Entry<'_>) {
    let mut y = area.y;
    for (height, fields) in rows {
        let row = Area { y, height: *height, ..area };
        for (at, field) in fields.iter().enumerate() {
            draw_field(pen, row.column(at, fields.len(), COLUMN_GAP), *field, entry);
        }
        y += height;
    }
}

fn draw_field(pen: &mut Pen<'_>, area: Area, field: Field, entry: &Entry<'_>) {
    const VALUE: Style = Style::new(8.5).weight(Weight::SemiBold).smallest(6.0);
    const LARGE: Style = Style::new(11.0).weight(Weight::Bold).smallest(6.5);
    let account = entry.slip.as_ref();
    let debtor = named(&pen.notice.debtor).map(|debtor| limited(&debtor.full_name, NAME));
    let (label, value, style) = match field {
        Account => (words::ACCOUNT, account.map(|(account, ..)| format!("{:0>12}", account.number)), LARGE),
        Amount => (words::AMOUNT, Some(format!("Euro {}", italian_amount(entry.payable.amount.cents()))), LARGE),
        Authorization => (words::AUTHORIZATION, account.map(|(_, words, _)| (*words).to_owned()), VALUE),
        Cbill => (words::CBILL, pen.creditor.cbill.clone(), VALUE),
        Creditor => (words::CREDITOR, Some(limited(&pen.creditor.name, CREDITOR_NAME)), VALUE),
        CreditorCode => (words::CREDITOR_CODE, Some(pen.creditor.fiscal_code.clone()), VALUE),
        Debtor => (words::DEBTOR, debtor, VALUE),
        DocumentType => (words::DOCUMENT_TYPE, Some("896".to_owned()), VALUE),
        Holder => (words::HOLDER, account.map(|(account, ..)| account.holder.clone()), VALUE),
        Notice => (words::NOTICE, Some(in_groups(&entry.payable.nav)), LARGE),
        Subject => (words::SUBJECT, Some(limited(&entry.payable.subject, SUBJECT)), VALUE),
    };
    if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
        pen.cell(area, label, &value, style);
    }
}
