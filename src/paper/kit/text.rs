//! Words to glyphs, glyphs to lines.
//!
//! A text is shaped once, at size one; how wide it is at any size is a multiplication. That makes trying sizes cheap.

use std::ops::Range;

use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::font::{self, Font};
use super::style::Weight;
use crate::domain::notice_codes::in_latin;

/// What stands for a character that no font has.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// One paragraph, shaped at size one.
pub struct Shaped {
    /// What its glyphs say.
    pub text: String,
    /// Its glyphs from left to right.
    pub glyphs: Vec<Glyph>,
}

/// A glyph and the font it is from.
pub struct Glyph {
    /// Its font.
    pub font: &'static Font,
    /// The glyph itself; it knows which part of the text it stands for.
    pub glyph: KrillaGlyph,
}

/// Some of a paragraph's glyphs, on one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Which glyphs.
    pub glyphs: Range<usize>,
    /// Whether something was cut after them.
    pub cut: bool,
}

/// The text as paper can carry it: composed letters, one blank between words, nothing that cannot be seen.
pub fn visible(text: &str) -> String {
    let seen = text.nfc().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c });
    let spaced: String = seen.collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Marks that steer direction, joining and breaking: they have no shape of their own.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Cuts a text into letters with the marks that belong to them.
fn letters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut characters = rest.char_indices().skip(1);
        let end = characters.find(|(_, c)| !is_combining_mark(*c)).map_or(rest.len(), |(at, _)| at);
        let (letter, after) = rest.split_at(end);
        rest = after;
        (!letter.is_empty()).then_some(letter)
    })
}

/// The text in runs of one font each; what no font has stands in Latin letters, or is replaced.
fn runs(text: &str, weight: Weight) -> Vec<(&'static Font, String)> {
    let fonts = [font::of(weight), font::of_other_letters()];
    let mut runs: Vec<(&'static Font, String)> = Vec::new();
    let mut push = |font: &'static Font, letter: &str| match runs.last_mut() {
        Some((last, text)) if std::ptr::eq(*last, font) => text.push_str(letter),
        _ => runs.push((font, letter.to_owned())),
    };
    for letter in letters(text) {
        match fonts.iter().find(|font| font.has_all(letter)) {
            Some(font) => push(font, letter),
            None => match in_latin(letter).filter(|latin| fonts[0].has_all(latin)) {
                Some(latin) => push(fonts[0], &latin),
                None => push(fonts[1], REPLACEMENT.encode_utf8(&mut [0; 4])),
            },
        }
    }
    runs
}

impl Shaped {
    /// Shapes one paragraph.
    pub fn new(text: &str, weight: Weight) -> Shaped {
        let mut shaped = Shaped { text: String::new(), glyphs: Vec::new() };
        for (font, run) in runs(&visible(text), weight) {
            shaped.push(font, &run);
        }
        shaped
    }

    fn push(&mut self, font: &'static Font, run: &str) {
        let start = self.text.len();
        self.text.push_str(run);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(run);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let made = rustybuzz::shape(&font.face, &[], buffer);
        let em = font.drawn.units_per_em();
        let infos = made.glyph_infos();
        for (at, (info, position)) in infos.iter().zip(made.glyph_positions()).enumerate() {
            let next = infos[at..].iter().find(|after| after.cluster > info.cluster);
            let end = next.map_or(run.len(), |after| after.cluster as usize);
            let glyph = KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                position.x_advance as f32 / em,
                position.x_offset as f32 / em,
                position.y_offset as f32 / em,
                0.0,
                start + info.cluster as usize..start + end,
                None,
            );
            self.glyphs.push(Glyph { font, glyph });
        }
    }

    /// How wide some of its glyphs are at size one.
    pub fn width(&self, glyphs: Range<usize>) -> f32 {
        self.glyphs[glyphs].iter().map(|one| one.glyph.x_advance).sum()
    }

    /// How wide all of it is at size one.
    pub fn whole_width(&self) -> f32 {
        self.width(0..self.glyphs.len())
    }

    fn is_blank(&self, at: usize) -> bool {
        &self.text[self.glyphs[at].glyph.text_range.clone()] == " "
    }

    /// Whether a line may end before this glyph when nothing better is found.
    fn begins_a_letter(&self, at: usize) -> bool {
        at == 0 || self.glyphs[at].glyph.text_range != self.glyphs[at - 1].glyph.text_range
    }

    /// The glyphs without the blanks at their end.
    fn trimmed(&self, mut glyphs: Range<usize>) -> Range<usize> {
        while !glyphs.is_empty() && self.is_blank(glyphs.end - 1) {
            glyphs.end -= 1;
        }
        glyphs
    }

    /// Breaks the paragraph into lines: between words, and inside a word only when it is wider than a line.
    /// A blank stays at the end of its line, so that the words stay apart for whoever copies or listens.
    pub fn lines(&self, width: f32) -> Vec<Line> {
        let mut lines = Vec::new();
        let (mut start, mut after_blank, mut used) = (0, None, 0.0);
        let mut at = 0;
        while at < self.glyphs.len() {
            used += self.glyphs[at].glyph.x_advance;
            if self.is_blank(at) {
                after_blank = Some(at + 1);
            } else if used > width && at > start {
                let letter = (start + 1..=at).rev().find(|at| self.begins_a_letter(*at));
                let end = after_blank.or(letter).unwrap_or(at);
                lines.push(Line { glyphs: start..end, cut: false });
                (start, after_blank) = (end, None);
                used = self.width(start..at + 1);
            }
            at += 1;
        }
        if start < self.glyphs.len() {
            lines.push(Line { glyphs: start..self.glyphs.len(), cut: false });
        }
        lines
    }

    /// How wide a line looks at size one: the blank at its end does not count.
    pub fn seen_width(&self, line: &Line) -> f32 {
        self.width(self.trimmed(line.glyphs.clone()))
    }

    /// Shortens a line so that something of the given width finds room after it.
    pub fn cut(&self, line: &Line, room: f32) -> Line {
        let mut glyphs = self.trimmed(line.glyphs.clone());
        while !glyphs.is_empty() && self.width(glyphs.clone()) > room {
            glyphs.end = (glyphs.start..glyphs.end).rev().find(|at| self.begins_a_letter(*at)).unwrap_or(glyphs.start);
            glyphs = self.trimmed(glyphs);
        }
        Line { glyphs, cut: true }
    }
}
