//! What everything on a notice is written with: the languages, the styles, the limits of texts, the header of a page.

use super::words::{self, Words};
use super::{Creditor, Language, PRINTED, PaymentNotice};
use crate::domain::codes::FiscalCode;
use crate::domain::debtor::Debtor;
use crate::domain::notice_codes::in_groups;
use crate::paper::kit::sheet::{Piece, height_of_line, width_of};
use crate::paper::kit::{Area, Colour, Paper, Role, Style, Weight};

/// Most characters of a subject (`domain` 12.1 for all of these).
pub const SUBJECT: usize = 90;
/// Of the creditor's name.
pub const CREDITOR_NAME: usize = 100;
/// Of the recipient's name.
pub const NAME: usize = 70;
/// Of the recipient's address.
pub const ADDRESS: usize = 140;

/// How high the header of every page is.
const HEADER: f32 = 16.0;

/// Between a header and what follows it.
const GAP: f32 = 3.0;

/// As the structure of the document names the second language.
pub const GERMAN: &str = "de-IT";

/// Somebody who draws one notice.
pub struct Pen<'a> {
    /// What is drawn on.
    pub paper: Paper,
    /// Whose notice it is.
    pub creditor: &'a Creditor,
    /// The notice.
    pub notice: &'a PaymentNotice,
}

impl<'a> Pen<'a> {
    /// Begins a notice: its first page and the header.
    pub fn new(creditor: &'a Creditor, notice: &'a PaymentNotice) -> Pen<'a> {
        let mut pen = Pen { paper: Paper::new(), creditor, notice };
        pen.header(Role::Heading(1), Role::Paragraph);
        pen
    }

    /// Where the header ends.
    pub fn below_header() -> f32 {
        PRINTED.y + HEADER + GAP
    }

    /// Begins the next page; what its header says was said before.
    pub fn turn_the_page(&mut self) {
        self.paper.turn_the_page();
        self.header(Role::Repeated, Role::Repeated);
    }

    fn header(&mut self, title: Role, other: Role) {
        let area = Area { height: HEADER, ..PRINTED };
        let wordmark = Area { width: 30.0, height: 10.0, ..area };
        let style = Style::new(21.0).weight(Weight::Bold).colour(Colour::BLUE);
        self.paper.write(other.clone(), wordmark, style, "pagoPA");
        let logo_width = if self.creditor.logo.is_some() { 42.0 } else { 0.0 };
        let middle = Area { x: area.x + 34.0, width: area.width - 34.0 - logo_width, ..area };
        let style = Style::new(15.0).weight(Weight::Bold);
        let title_area = Area { height: 7.0, ..middle };
        self.heading(title, title_area, style, words::TITLE);
        let style = Style::new(9.5).weight(Weight::SemiBold).colour(Colour::GREY);
        self.paper.write(other.clone(), middle.below(7.4), style, &limited(&self.notice.subject, SUBJECT));
        if let Some(logo) = &self.creditor.logo {
            let area = Area::new(area.right() - 38.0, area.y, 38.0, HEADER - 1.5);
            let role = match other {
                Role::Repeated => Role::Repeated,
                _ => Role::Figure(limited(&self.creditor.name, CREDITOR_NAME)),
            };
            self.paper.picture(area, logo, role);
        }
        self.paper.rule((area.x, area.bottom()), (area.right(), area.bottom()), 0.6, Colour::BLUE);
    }

    /// Whether German stands beside Italian.
    pub fn speaks_german(&self) -> bool {
        self.creditor.language == Language::ItalianAndGerman
    }

    /// Words of one line, the German ones after the Italian ones.
    pub fn line(&mut self, piece: Piece, area: Area, style: Style, words: Words) {
        self.pair(piece, area, style, words.it, words.de);
    }

    /// A text of one line in both languages, as large as both fit.
    pub fn pair(&mut self, piece: Piece, area: Area, style: Style, italian: &str, german: &str) {
        const PARTED: &str = "/ ";
        if !self.speaks_german() || italian == german {
            self.paper.put(piece, area, style, italian);
            return;
        }
        let german = format!("{PARTED}{german}");
        let (size, smallest) = style.sizes();
        let width = |text: &str| width_of(text, style);
        let blank = width("n") * 0.5;
        let share = area.width / (width(italian) + blank + width(&german));
        let fitting = style.at((size * share.min(0.99)).max(smallest).min(size));
        let start = (width(italian) + blank) * fitting.size() / size;
        self.paper.put(piece, Area { width: start, ..area }, fitting, italian);
        let rest = Area { x: area.x + start, width: (area.width - start).max(0.0), ..area };
        self.paper.put(piece, rest, fitting.language(GERMAN), &german);
    }

    /// A paragraph, with the German one below it; answers how high they are.
    pub fn paragraph(&mut self, area: Area, style: Style, words: Words) -> f32 {
        let mut used = self.paper.write(Role::Paragraph, area, style, words.it);
        if self.speaks_german() {
            let style = style.language(GERMAN).colour(Colour::GREY);
            used += 0.6 + self.paper.write(Role::Paragraph, area.below(used + 0.6), style, words.de);
        }
        used
    }

    /// A heading of one line; answers how high it is.
    pub fn heading(&mut self, role: Role, area: Area, style: Style, words: Words) -> f32 {
        let piece = self.paper.begin_heading(role, area, words.it);
        self.line(piece, area, style, words);
        height_of_line(style.size())
    }

    /// A label and its value: one paragraph, the label above.
    pub fn cell(&mut self, area: Area, label: Words, value: &str, style: Style) {
        const LABEL: Style = Style::new(6.5).smallest(6.5).colour(Colour::GREY);
        const LABEL_HEIGHT: f32 = 2.8;
        let piece = self.paper.begin(Role::Paragraph);
        let line = Area { height: LABEL_HEIGHT, ..area };
        let beside = width_of(label.it, LABEL) + width_of(label.de, LABEL) + 2.0 < area.width;
        let used = if !self.speaks_german() || beside || label.it == label.de {
            self.line(piece, line, LABEL, label);
            LABEL_HEIGHT
        } else {
            self.paper.put(piece, line, LABEL, label.it);
            self.paper.put(piece, Area { y: line.bottom(), ..line }, LABEL.language(GERMAN), label.de);
            2.0 * LABEL_HEIGHT
        };
        self.paper.put(piece, area.below(used), style, value);
    }

    /// Writes on every page whose notice it is; where there are several numbers, the first.
    pub fn foot(&mut self) {
        let nav = self.notice.payables().next().map(|first| in_groups(&first.nav)).unwrap_or_default();
        let words = format!("{} – avviso {nav}", limited(&self.creditor.name, CREDITOR_NAME));
        let area = Area { y: PRINTED.bottom() + 0.2, height: 3.2, ..PRINTED };
        self.paper.foot(area, Style::new(7.0).colour(Colour::GREY), &words);
    }
}

/// A text of at most so many characters; what was cut off is hinted at.
pub fn limited(text: &str, most: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

/// The debtor, unless it is nobody in particular.
pub fn named(debtor: &Debtor) -> Option<&Debtor> {
    (debtor.fiscal_code != FiscalCode::ANONYMOUS).then_some(debtor)
}

/// The address as an envelope has it: street and number, then postal code, town and province.
pub fn address(debtor: &Debtor) -> String {
    let joined = |parts: &[&Option<String>]| {
        let parts = parts.iter().filter_map(|part| part.as_deref()).map(str::trim);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let street = joined(&[&debtor.street_name, &debtor.civic_number]);
    let mut town = joined(&[&debtor.postal_code, &debtor.city]);
    if let Some(province) = debtor.province.as_deref().map(str::trim).filter(|province| !province.is_empty()) {
        town = format!("{town} ({province})").trim_start().to_owned();
    }
    let country = debtor.country.as_deref().map(str::trim).filter(|country| !country.is_empty() && *country != "IT");
    let lines = [street, town, country.unwrap_or_default().to_owned()];
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    limited(&lines.join("\n"), ADDRESS)
}
