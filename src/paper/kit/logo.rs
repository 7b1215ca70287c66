//! A creditor's picture.

use std::fmt;

use krilla::Document;
use krilla::geom::Size;
use krilla::image::Image;

use crate::paper::Unprintable;

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
    /// Reads a PNG, which takes a while: how large one may be is decided where it is registered.
    pub fn from_png(bytes: Vec<u8>) -> Result<Logo, Unprintable> {
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
