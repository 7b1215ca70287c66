//! What the kit makes of texts, and what the PDF says of itself.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::sheet::{Mark, Page, Paper, height_of, height_of_line};
use super::text::Shaped;
use super::{About, Align, Anchor, Area, Code, Logo, PAGE_HEIGHT, PAGE_WIDTH, Role, Style, Weight};

pub(crate) fn about() -> About {
    let drawn = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).unwrap();
    About { title: "Avviso di pagamento".into(), author: "Comune di Borgolieve".into(), drawn }
}

/// Where a mark is; text as high as its capitals and what hangs below them.
fn area(mark: &Mark) -> Area {
    match mark {
        Mark::Text { words, line, x, baseline, size, .. } => {
            let scale = size * super::MM_PER_POINT;
            Area::new(*x, baseline - scale * 0.8, words.seen_width(line) * scale, scale)
        }
        Mark::Box { area, .. } | Mark::Modules { area, .. } | Mark::Picture { area, .. } => *area,
        Mark::Rule { from, to, .. } => Area::new(from.0, from.1, to.0 - from.0, to.1 - from.1),
    }
}

/// The words of a mark.
fn words(mark: &Mark) -> Option<String> {
    let Mark::Text { words, line, .. } = mark else { return None };
    let glyphs = &words.glyphs[line.glyphs.clone()];
    let start = glyphs.first()?.glyph.text_range.start;
    Some(words.text[start..glyphs.last()?.glyph.text_range.end].to_owned())
}

/// The areas of everything drawn.
pub(crate) fn areas(paper: &Paper) -> Vec<Area> {
    paper.pages.iter().flat_map(|page| page.marks.iter().map(|(_, mark)| area(mark))).collect()
}

/// What is written inside a QR code or so near to it.
pub(crate) fn words_near_codes(paper: &Paper, margin: f32) -> Vec<String> {
    let mut near = Vec::new();
    for page in &paper.pages {
        let marks = || page.marks.iter().map(|(_, mark)| mark);
        let codes = marks().filter(|mark| matches!(mark, Mark::Modules { code, .. } if code.size() == 33)).map(area);
        for code in codes {
            let touches = |other: &Area| {
                other.x < code.right() + margin
                    && other.right() > code.x - margin
                    && other.y < code.bottom() + margin
                    && other.bottom() > code.y - margin
            };
            near.extend(marks().filter(|mark| touches(&area(mark))).filter_map(words));
        }
    }
    near
}

/// The lines of every page and where they stand.
pub(crate) fn pages(paper: &Paper) -> Vec<Vec<(String, Area)>> {
    let lines = |page: &Page| page.marks.iter().filter_map(|(_, mark)| Some((words(mark)?, area(mark)))).collect();
    paper.pages.iter().map(lines).collect()
}

/// The lines written and their sizes.
pub(crate) fn lines(paper: &Paper) -> Vec<(String, f32)> {
    let size = |mark: &Mark| if let Mark::Text { size, .. } = mark { *size } else { 0.0 };
    let marks = paper.pages.iter().flat_map(|page| &page.marks);
    marks.filter_map(|(_, mark)| Some((words(mark)?, size(mark)))).collect()
}

fn written(text: &str, area: Area, style: Style) -> Vec<(String, f32)> {
    let mut paper = Paper::new();
    paper.write(Role::Paragraph, area, style, text);
    lines(&paper)
}

#[test]
fn what_is_left_of_a_text() {
    for (given, shown) in [
        ("TARI 2026", "TARI 2026"),
        ("perche\u{301}", "perché"),
        ("  two\t\r blanks ", "two blanks"),
        ("a\u{0}b\u{7f}c", "a b c"),
        ("Šťastná Ðorđe ß ẞ Ł ő ț", "Šťastná Ðorđe ß ẞ Ł ő ț"),
        ("Иван Αθηνά Nguyễn", "Иван Αθηνά Nguyễn"),
        ("日本", "RiBen"),
        ("a😀b", "agrinningb"),
        ("שלום", "shlvm"),
        ("\u{202E}evil\u{200F}\u{FEFF}", "evil"),
        ("\u{E000}", "\u{FFFD}"),
        ("\u{301}", "\u{301}"),
        ("", ""),
    ] {
        assert_eq!(Shaped::new(given, Weight::Bold).text, shown, "{given:?}");
    }
}

#[test]
fn letters_are_kerned() {
    let width = |text: &str| Shaped::new(text, Weight::Regular).whole_width();
    assert!(width("AV") < width("A") + width("V"), "A and V stand closer");
    assert!((width("nn") - 2.0 * width("n")).abs() < 0.001);
}

#[test]
fn how_text_fits_its_area() {
    let area = Area::new(10.0, 10.0, 30.0, 3.0 * height_of_line(10.0));
    let style = Style::new(10.0).smallest(8.0);
    assert_eq!(written("one line", area, style), [("one line".to_owned(), 10.0)]);
    let two = written("enough for two lines of words", area, style);
    assert!(two.len() > 1 && two[0].0.ends_with(' ') && two[0].1 == 10.0, "{two:?}");
    assert_eq!(written("a\nb", area, style).len(), 2, "a line of its own");
    let smaller = written("this is a little more than just three lines of ten points can take", area, style);
    assert!((8.0..10.0).contains(&smaller[0].1) && smaller.last().unwrap().0.ends_with("take"), "{smaller:?}");
    let cut = written(&"far too long ".repeat(30), area, style);
    assert_eq!((cut.last().unwrap().0.as_str(), cut[0].1), ("…", 8.0));
    let squeezed = written("so long", Area::new(0.0, 0.0, 30.0, 0.0), style);
    assert_eq!(squeezed, [("so long".to_owned(), 10.0)], "one line is written whatever the room");
    for text in ["one line", "enough for two lines of words", "a\nb"] {
        let lines = written(text, area, style).len() as f32;
        assert_eq!(height_of(text, area.width, style), lines * height_of_line(10.0), "{text}");
    }
    let word = written(&"x".repeat(80), area, style);
    assert!(word.len() > 1, "a word wider than the area is broken");
}

#[test]
fn where_text_stands_in_its_area() {
    let area = Area::new(20.0, 30.0, 100.0, 50.0);
    let at = |align, anchor| {
        let mut paper = Paper::new();
        paper.write(Role::Paragraph, area, Style::new(12.0).align(align).anchor(anchor), "Importo");
        let text = areas(&paper)[0];
        (text.x, text.y)
    };
    let (left, top) = at(Align::Left, Anchor::Top);
    let (centre, middle) = at(Align::Centre, Anchor::Middle);
    let (right, bottom) = at(Align::Right, Anchor::Bottom);
    assert!(left == 20.0 && left < centre && centre < right && right < 120.0);
    assert!(top >= 29.9 && top < middle && middle < bottom && bottom < 80.0);
}

#[test]
fn equal_papers_are_equal_bytes() {
    let draw = || {
        let mut paper = Paper::new();
        paper.write(Role::Heading(1), Area::new(10.0, 10.0, 100.0, 10.0), Style::new(14.0), "Avviso");
        paper.code(Area::new(10.0, 30.0, 25.0, 25.0), Code::qr("PAGOPA|002").unwrap(), "Codice QR");
        paper.finish(&about()).unwrap()
    };
    let pdf = draw();
    assert_eq!(pdf, draw());
    for said in ["pdfuaid:part", "/StructTreeRoot", "/Lang(it-IT)", "/FontFile2"] {
        assert!(pdf.windows(said.len()).any(|at| at == said.as_bytes()), "{said} is not in it");
    }
}

#[test]
fn a_logo_is_a_png() {
    assert!(Logo::from_png(Vec::new()).is_err());
    assert!(Logo::from_png(b"GIF89a".to_vec()).is_err());
    assert!(Logo::from_png(PNG.to_vec()).is_ok());
    let cut = &PNG[..PNG.len() - 20];
    assert!(Logo::from_png(cut.to_vec()).is_err(), "a picture that ends too early");
}

/// One blue pixel.
pub(crate) const PNG: &[u8] =
    b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90\x77\x53\xde\x00\x00\x00\x0c\x49\x44\x41\x54\x78\x9c\x63\x60\x48\x3b\x03\x00\x01\x9c\x01\x33\xe1\xb2\x60\xb9\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_written_can_be_drawn(text in any::<String>(), x in 0f32..200.0, y in 0f32..290.0) {
        let mut paper = Paper::new();
        let area = Area::new(x, y, PAGE_WIDTH - x, PAGE_HEIGHT - y);
        let height = paper.write(Role::Paragraph, area, Style::new(9.0), &text);
        prop_assert!(height <= area.height + 0.02);
        for drawn in areas(&paper) {
            prop_assert!(drawn.is_on_the_page(), "{drawn:?}");
        }
        prop_assert!(paper.finish(&about()).is_ok());
    }
}
