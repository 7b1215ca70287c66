//! A receipt for citizens, digital and printable (`domain` 11.5, 12.3).

mod facts;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use self::facts::Fact;
use super::Unprintable;
use super::kit::sheet::{height_of, height_of_line};
use super::kit::{About, Align, Anchor, Area, Colour, Logo, PAGE_WIDTH, Paper, Role, Style, Weight};
use crate::domain::receipt::Receipt;

/// A receipt that one of those concerned has got.
#[derive(Clone)]
pub struct ReceiptCopy {
    /// What it says.
    pub receipt: Receipt,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Whether it says who has paid.
    pub payer: Payer,
    /// The creditor's picture.
    pub logo: Option<Logo>,
}

/// Whether a receipt says who has paid: that may be nobody's business but theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Payer {
    /// As the receipt has it.
    #[default]
    Shown,
    /// A debtor has asked for the receipt.
    Hidden,
    /// Whoever asks has not shown who he is: the debtor is not named either.
    Nobody,
}

const LEFT: f32 = 18.0;
const WIDTH: f32 = PAGE_WIDTH - 2.0 * LEFT;
const TOP: f32 = 14.0;
/// Where the next page begins.
const BOTTOM: f32 = 276.0;
/// Between two columns.
const GAP: f32 = 8.0;
/// Between two rows.
const ROW_GAP: f32 = 2.0;
/// How wide the facts of a share are, beside what it is worth.
const SHARE: f32 = WIDTH - 38.0;
/// How wide the column of the sums is.
const SUMS: f32 = 110.0;

const LABEL: Style = Style::new(8.0).colour(Colour::GREY);
const VALUE: Style = Style::new(10.0).weight(Weight::SemiBold);
const SECTION: Style = Style::new(11.0).weight(Weight::Bold).colour(Colour::BLUE);

/// Draws a receipt. Equal input makes equal bytes.
pub fn draw(copy: &ReceiptCopy) -> Result<Vec<u8>, Unprintable> {
    let receipt = &copy.receipt;
    let mut sheet = Sheet { paper: Paper::new(), y: TOP };
    sheet.head(copy);
    sheet.summary(&facts::total(receipt), &facts::execution(receipt, copy.received_at));
    sheet.rows_of("Pagamento", &[facts::reason(receipt)], 1);
    sheet.rows(&facts::transaction(receipt), 2);
    sheet.rows_of("Ente creditore", &facts::creditor(receipt), 3);
    sheet.rows_of("Chi ha incassato e chi ha pagato", &facts::provider(receipt), 2);
    sheet.rows(&facts::people(copy), 2);
    for (at, transfer) in receipt.transfers.iter().enumerate() {
        let facts = facts::share(receipt, transfer);
        if at == 0 {
            sheet.section("A chi va il denaro", height_of_share(&facts));
        }
        sheet.share(&facts, &facts::worth(transfer.amount));
    }
    sheet.section("Riepilogo degli importi", 24.0);
    sheet.sums(&facts::sums(receipt), &facts::total(receipt), facts::incurred(receipt).as_ref());
    let author = receipt.details.company_name.clone().unwrap_or_else(|| receipt.organization.as_str().to_owned());
    sheet.foot(&format!("{author} – IUV {}", receipt.iuv));
    let title = format!("Ricevuta di pagamento {}", receipt.iuv);
    sheet.paper.finish(&About { title, author, drawn: copy.received_at })
}

/// The paper, filled from the top.
struct Sheet {
    paper: Paper,
    y: f32,
}

impl Sheet {
    /// As wide as the text and as high as anything may become.
    fn rest(&self) -> Area {
        Area::new(LEFT, self.y, WIDTH, BOTTOM - self.y)
    }

    /// Goes on where there is so much room.
    fn make_room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.paper.turn_the_page();
            self.y = TOP;
        }
    }

    fn head(&mut self, copy: &ReceiptCopy) {
        let receipt = &copy.receipt;
        let head = Area::new(LEFT, self.y, WIDTH, 16.0);
        let brand = Style::new(20.0).weight(Weight::Bold).colour(Colour::BLUE);
        self.paper.write(Role::Paragraph, Area { width: 60.0, ..head }, brand, "pagoPA");
        if let Some(logo) = &copy.logo {
            let name = receipt.details.company_name.as_deref().unwrap_or_default();
            let said = format!("Logo di {name}");
            self.paper.picture(Area::new(LEFT + WIDTH - 40.0, self.y, 40.0, 16.0), logo, Role::Figure(said));
        }
        self.y += 14.0;
        let title = Style::new(22.0).weight(Weight::Bold);
        self.y += self.paper.write(Role::Heading(1), self.rest(), title, "Ricevuta di pagamento") + 1.0;
        if receipt.recipient != receipt.organization {
            let mut shares = receipt.transfers.iter().filter(|transfer| transfer.organization == receipt.recipient);
            let name = shares.find_map(|transfer| transfer.company_name.as_deref()).unwrap_or("ente");
            let words = format!("Copia per il beneficiario {name} (codice fiscale {})", receipt.recipient);
            self.y += self.paper.write(Role::Paragraph, self.rest(), Style::new(10.0), &words) + 1.0;
        }
        self.y += 3.0;
    }

    /// What everybody looks for first.
    fn summary(&mut self, total: &Fact, execution: &Fact) {
        let area = Area::new(LEFT, self.y, WIDTH, 22.0);
        self.paper.fill(area, Some(Colour::PALE), None, 1.5);
        self.paper.fill(Area { width: 1.5, ..area }, Some(Colour::BLUE), None, 0.0);
        let inside = Area::new(LEFT + 6.0, self.y + 3.5, WIDTH - 10.0, 16.0);
        for (at, (fact, size)) in [(total, 18.0), (execution, 14.0)].into_iter().enumerate() {
            let column = inside.column(at, 2, GAP);
            let piece = self.paper.begin(Role::Paragraph);
            self.paper.put(piece, Area { height: 5.0, ..column }, LABEL.smallest(6.0), fact.label);
            self.paper.put(piece, column.below(5.5), Style::new(size).weight(Weight::Bold), &fact.value);
        }
        self.y += 22.0;
    }

    /// A title, on the page of what comes first below it.
    fn section(&mut self, title: &str, first: f32) {
        const HEAD: f32 = 14.0;
        self.make_room(HEAD + first.min(BOTTOM - TOP - HEAD));
        self.y += 5.0;
        self.y += self.paper.write(Role::Heading(2), self.rest(), SECTION, title) + 0.8;
        self.paper.rule((LEFT, self.y), (LEFT + WIDTH, self.y), 0.25, Colour::LINE);
        self.y += 2.2;
    }

    /// A section that begins with these rows.
    fn rows_of(&mut self, title: &str, facts: &[Fact], columns: usize) {
        let first = facts.chunks(columns).next().map_or(0.0, |row| height_of_row(row, columns, WIDTH));
        self.section(title, first);
        self.rows(facts, columns);
    }

    /// Labels with their values, some beside each other.
    fn rows(&mut self, facts: &[Fact], columns: usize) {
        for row in facts.chunks(columns) {
            self.row(row, columns, WIDTH);
        }
    }

    fn row(&mut self, facts: &[Fact], columns: usize, width: f32) {
        self.make_room(height_of_row(facts, columns, width));
        let area = Area { width, ..self.rest() };
        let mut height: f32 = 0.0;
        for (at, fact) in facts.iter().enumerate() {
            height = height.max(self.fact(area.column(at, columns, GAP), fact));
        }
        self.y += height + ROW_GAP;
    }

    fn fact(&mut self, area: Area, fact: &Fact) -> f32 {
        let piece = self.paper.begin(Role::Paragraph);
        let label = self.paper.put(piece, area, LABEL, fact.label);
        label + self.paper.put(piece, area.below(label), VALUE, &fact.value)
    }

    /// A beneficiary, and what it gets: on one page where it can be.
    fn share(&mut self, facts: &[Fact], worth: &str) {
        self.make_room(height_of_share(facts));
        let amount = Area::new(LEFT + WIDTH - 34.0, self.y, 34.0, 8.0);
        for (at, pair) in facts.chunks(2).enumerate() {
            self.row(pair, 2, SHARE);
            if at == 0 {
                self.worth(amount, worth);
            }
        }
        self.paper.rule((LEFT, self.y), (LEFT + WIDTH, self.y), 0.15, Colour::LINE);
        self.y += 2.2;
    }

    fn worth(&mut self, area: Area, worth: &str) {
        let style = Style::new(12.0).weight(Weight::Bold).align(Align::Right);
        let piece = self.paper.begin(Role::Paragraph);
        self.paper.put(piece, area, LABEL.align(Align::Right), "Importo");
        self.paper.put(piece, area.below(height_of_line(8.0)), style, worth);
    }

    /// A column that adds up, and below it what is no part of it.
    fn sums(&mut self, sums: &[Fact], total: &Fact, besides: Option<&Fact>) {
        for sum in sums {
            self.sum(sum, Style::new(10.0));
        }
        self.make_room(8.0);
        let left = LEFT + WIDTH - SUMS;
        self.paper.rule((left, self.y), (LEFT + WIDTH, self.y), 0.4, Colour::BLUE);
        self.sum(total, Style::new(13.0).weight(Weight::Bold));
        if let Some(fact) = besides {
            self.sum(fact, Style::new(8.5).colour(Colour::GREY));
        }
    }

    fn sum(&mut self, sum: &Fact, style: Style) {
        const VALUE: f32 = 38.0;
        let height = height_of_line(style.size()) + 1.0;
        self.make_room(height);
        let area = Area::new(LEFT + WIDTH - SUMS, self.y, SUMS, height);
        let style = style.anchor(Anchor::Middle);
        let piece = self.paper.begin(Role::Paragraph);
        self.paper.put(piece, Area { width: SUMS - VALUE, ..area }, style, sum.label);
        let value = Area { x: area.right() - VALUE, width: VALUE, ..area };
        self.paper.put(piece, value, style.align(Align::Right), &sum.value);
        self.y += height + 0.6;
    }

    fn foot(&mut self, whose: &str) {
        const WORDS: &str = "Questa ricevuta riporta i dati della ricevuta telematica ricevuta dalla piattaforma pagoPA, \
                             che attesta il pagamento e libera il debitore dalla data e ora di esecuzione.";
        let area = Area::new(LEFT, 280.0, WIDTH, 9.0);
        self.paper.write(Role::Paragraph, area, Style::new(7.5).colour(Colour::GREY), WORDS);
        self.paper.foot(Area::new(LEFT, 288.0, WIDTH, 3.2), Style::new(7.0).colour(Colour::GREY), whose);
    }
}

/// How much room a share takes; one that no page has room for begins where its first row finds some.
fn height_of_share(facts: &[Fact]) -> f32 {
    let heights: Vec<f32> = facts.chunks(2).map(|pair| height_of_row(pair, 2, SHARE)).collect();
    let whole = heights.iter().sum();
    if whole <= BOTTOM - TOP { whole } else { heights[0] }
}

/// How much room a row takes: that of its highest fact, written at full size.
fn height_of_row(facts: &[Fact], columns: usize, width: f32) -> f32 {
    let column = Area::new(0.0, 0.0, width, 0.0).column(0, columns, GAP).width;
    let heights = facts.iter().map(|fact| height_of(fact.label, column, LABEL) + height_of(&fact.value, column, VALUE));
    heights.fold(0.0, f32::max) + ROW_GAP
}
