//! What paper is drawn with: fonts, text in boxes, shapes, codes, and the structure that a screen reader follows.
//!
//! A `Paper` remembers what is drawn and turns it into a PDF at the end, because only then is known what everything
//! is called. Places and lengths are millimetres from the top left corner, sizes of text are points.
//!
//! * `font`: the fonts, embedded. `text`: words to glyphs, glyphs to lines. `style`: how text looks.
//! * `sheet`: the paper to draw on. `document`: the tagged PDF it becomes.
//! * `code`: QR and Data Matrix. `logo`: a creditor's picture.

pub mod code;
mod document;
mod font;
pub mod logo;
pub mod sheet;
pub mod style;
#[cfg(test)]
pub(crate) mod tests;
mod text;

pub use code::Code;
pub use document::About;
pub use logo::Logo;
pub use sheet::{Area, Paper, Role};
pub use style::{Align, Anchor, Colour, Style, Weight};

/// Width of a page: A4, in millimetres.
pub const PAGE_WIDTH: f32 = 210.0;

/// Height of a page.
pub const PAGE_HEIGHT: f32 = 297.0;

/// Millimetres in a point.
const MM_PER_POINT: f32 = 25.4 / 72.0;
