//! A receipt for citizens, digital and printable (`domain` 11.5, 12.3).

mod facts;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use self::facts::Fact;
use super::Unprintable;
use super::kit::sheet::height_of_line;
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

const LABEL: Style = Style::new(8.0).colour(Colour::GREY);
const VALUE: Style = Style::new(10.0).weight(Weight::SemiBold);
const SECTION: Style = Style::new(11.0).weight(Weight::Bold).colour(Colour::BLUE);

/// Draws a receipt. Equal input makes equal bytes.
pub fn draw(copy: &ReceiptCopy) -> Result<Vec<u8>, Unprintable> {
    let receipt = &copy.receipt;
    let mut sheet = Sheet { paper: Paper::new(), y: TOP };
    sheet.head(copy);
    sheet.summary(&facts::total(receipt), &facts::execution(receipt, copy.received_at));
    sheet.section("Pagamento");
    sheet.wide(&facts::reason(receipt));
    sheet.rows(&facts::transaction(receipt), 2);
    sheet.section("Ente creditore");
    sheet.rows(&facts::creditor(receipt), 3);
    sheet.section("Chi ha incassato e chi ha pagato");
    sheet.rows(&facts::provider(receipt), 2);
    sheet.rows(&facts::people(copy), 2);
    sheet.section("A chi va il denaro");
    for transfer in &receipt.transfers {
        sheet.share(&facts::share(receipt, transfer), &facts::worth(transfer.amount));
    }
    sheet.section("Riepilogo degli importi");
    sheet.sums(&facts::sums(receipt));
    sheet.foot();
    let author = receipt.details.company_name.clone().unwrap_or_else(|| receipt.organization.as_str().to_owned());
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

    fn section(&mut self, title: &str) {
        self.make_room(24.0);
        self.y += 5.0;
        self.y += self.paper.write(Role::Heading(2), self.rest(), SECTION, title) + 0.8;
        self.paper.rule((LEFT, self.y), (LEFT + WIDTH, self.y), 0.25, Colour::LINE);
        self.y += 2.2;
    }

    /// Labels with their values, some beside each other.
    fn rows(&mut self, facts: &[Fact], columns: usize) {
        for row in facts.chunks(columns) {
            self.make_room(14.0);
            self.row(row, columns, self.rest());
        }
    }

    fn row(&mut self, facts: &[Fact], columns: usize, area: Area) {
        let mut height: f32 = 0.0;
        for (at, fact) in facts.iter().enumerate() {
            height = height.max(self.fact(area.column(at, columns, GAP), fact));
        }
        self.y += height + 2.0;
    }

    /// One that takes the whole width.
    fn wide(&mut self, fact: &Fact) {
        self.y += self.fact(self.rest(), fact) + 2.0;
    }

    fn fact(&mut self, area: Area, fact: &Fact) -> f32 {
        let piece = self.paper.begin(Role::Paragraph);
        let label = self.paper.put(piece, area, LABEL, fact.label);
        label + self.paper.put(piece, area.below(label), VALUE, &fact.value)
    }

    /// A beneficiary, and what it gets.
    fn share(&mut self, facts: &[Fact], worth: &str) {
        let rows = facts.len().div_ceil(2) as f32;
        self.make_room(rows * 13.0);
        let top = self.y;
        let amount = Area::new(LEFT + WIDTH - 34.0, top, 34.0, 8.0);
        for pair in facts.chunks(2) {
            self.row(pair, 2, Area { width: WIDTH - 38.0, ..self.rest() });
        }
        let style = Style::new(12.0).weight(Weight::Bold).align(Align::Right);
        let piece = self.paper.begin(Role::Paragraph);
        self.paper.put(piece, amount, LABEL.align(Align::Right), "Importo");
        self.paper.put(piece, amount.below(height_of_line(8.0)), style, worth);
        self.paper.rule((LEFT, self.y), (LEFT + WIDTH, self.y), 0.15, Colour::LINE);
        self.y += 2.2;
    }

    fn sums(&mut self, sums: &[Fact]) {
        for (at, sum) in sums.iter().enumerate() {
            self.make_room(8.0);
            let is_total = at + 1 == sums.len();
            let size = if is_total { 13.0 } else { 10.0 };
            let weight = if is_total { Weight::Bold } else { Weight::Regular };
            let height = height_of_line(size) + 1.0;
            let area = Area::new(LEFT + WIDTH - 110.0, self.y, 110.0, height);
            if is_total {
                self.paper.rule((area.x, self.y), (area.right(), self.y), 0.4, Colour::BLUE);
            }
            let style = Style::new(size).weight(weight).anchor(Anchor::Middle);
            let piece = self.paper.begin(Role::Paragraph);
            self.paper.put(piece, Area { width: 72.0, ..area }, style, sum.label);
            let value = Area { x: area.x + 72.0, width: 38.0, ..area };
            self.paper.put(piece, value, style.align(Align::Right), &sum.value);
            self.y += height + 0.6;
        }
    }

    fn foot(&mut self) {
        const WORDS: &str = "Questa ricevuta riporta i dati della ricevuta telematica ricevuta dalla piattaforma pagoPA, \
                             che attesta il pagamento e libera il debitore dalla data e ora di esecuzione.";
        let area = Area::new(LEFT, 280.0, WIDTH, 9.0);
        self.paper.write(Role::Paragraph, area, Style::new(7.5).colour(Colour::GREY), WORDS);
    }
}
