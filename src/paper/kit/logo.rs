//! A creditor's picture.

use std::fmt;

use krilla::Document;
use krilla::geom::Size;
use krilla::image::Image;

use crate::paper::Unprintable;

/// Most pixels on a side.
const MOST_PIXELS: u32 = 4096;

/// A picture that was read and can be drawn as often as one likes.
#[derive(Clone)]
pub struct Logo(pub(super) Image);

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.size();
        write!(f, "Logo({width}x{height})")
    }
}

impl Logo {
    /// Reads a PNG of at most 4096 pixels on a side.
    pub fn from_png(bytes: Vec<u8>) -> Result<Logo, Unprintable> {
        let fits = dimensions(&bytes).is_some_and(|sides| sides.iter().all(|side| (1..=MOST_PIXELS).contains(side)));
        if !fits {
            return Err(Unprintable::Logo);
        }
        let image = Image::from_png(bytes.into(), false).map_err(|_| Unprintable::Logo)?;
        // Whether its pixels can be read is told by a drawing only, and no notice shall fail for it.
        let mut trial = Document::new();
        let mut page = trial.start_page();
        let mut surface = page.surface();
        surface.draw_image(image.clone(), Size::from_wh(1.0, 1.0).ok_or(Unprintable::Logo)?);
        surface.finish();
        page.finish();
        trial.finish().map_err(|_| Unprintable::Logo)?;
        Ok(Logo(image))
    }

    /// Width and height, in pixels.
    pub(super) fn size(&self) -> (f32, f32) {
        let (width, height) = self.0.size();
        (width as f32, height as f32)
    }
}

/// Width and height as the first chunk of a PNG tells them, before anything is unpacked.
fn dimensions(bytes: &[u8]) -> Option<[u32; 2]> {
    let side = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let is_png = bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16) == Some(b"IHDR");
    is_png.then_some([side(16)?, side(20)?])
}
