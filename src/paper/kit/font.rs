//! The fonts, embedded in the binary: Titillium Web, which the public administration writes with, and Noto Sans for
//! the letters it lacks. Both are under the SIL Open Font License; its texts lie beside them.

use std::sync::LazyLock;

use rustybuzz::Face;

use super::style::Weight;

/// A font, as the shaper and as the PDF know it.
pub struct Font {
    /// For shaping.
    pub face: Face<'static>,
    /// For drawing.
    pub drawn: krilla::text::Font,
}

impl Font {
    fn read(bytes: &'static [u8]) -> Font {
        let face = Face::from_slice(bytes, 0).expect("an embedded font can be read");
        let drawn = krilla::text::Font::new(bytes.into(), 0).expect("an embedded font can be drawn");
        Font { face, drawn }
    }

    fn has(&self, c: char) -> bool {
        self.face.glyph_index(c).is_some_and(|glyph| glyph.0 != 0)
    }

    /// Whether every one of these characters has a glyph.
    pub fn has_all(&self, characters: &str) -> bool {
        characters.chars().all(|c| self.has(c))
    }
}

static REGULAR: LazyLock<Font> = LazyLock::new(|| Font::read(include_bytes!("../fonts/TitilliumWeb-Regular.ttf")));
static SEMI_BOLD: LazyLock<Font> = LazyLock::new(|| Font::read(include_bytes!("../fonts/TitilliumWeb-SemiBold.ttf")));
static BOLD: LazyLock<Font> = LazyLock::new(|| Font::read(include_bytes!("../fonts/TitilliumWeb-Bold.ttf")));
static OTHER_LETTERS: LazyLock<Font> = LazyLock::new(|| Font::read(include_bytes!("../fonts/NotoSans-Regular.ttf")));

/// The font of a weight.
pub fn of(weight: Weight) -> &'static Font {
    match weight {
        Weight::Regular => &REGULAR,
        Weight::SemiBold => &SEMI_BOLD,
        Weight::Bold => &BOLD,
    }
}

/// The font for what the others do not have.
pub fn of_other_letters() -> &'static Font {
    &OTHER_LETTERS
}
