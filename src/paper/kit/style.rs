//! How text looks.

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Text, and the modules of codes.
    pub const BLACK: Colour = Colour(0, 0, 0);
    /// Text on dark ground.
    pub const WHITE: Colour = Colour(255, 255, 255);
    /// What leads the eye: the blue of the public administration's sites.
    pub const BLUE: Colour = Colour(0x00, 0x66, 0xCC);
    /// Text that explains; dark enough to be read by everybody.
    pub const GREY: Colour = Colour(0x45, 0x5A, 0x64);
    /// Lines and frames.
    pub const LINE: Colour = Colour(0xB1, 0xB9, 0xC3);
    /// The ground of a box.
    pub const PALE: Colour = Colour(0xF0, 0xF5, 0xFA);
}

/// How heavy the letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Running text.
    Regular,
    /// Values that matter.
    SemiBold,
    /// Headings.
    Bold,
}

/// To which side lines are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Flush left.
    Left,
    /// In the middle.
    Centre,
    /// Flush right.
    Right,
}

/// Where in its area a text stands that does not fill it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At the top.
    Top,
    /// Half-way.
    Middle,
    /// At the bottom.
    Bottom,
}

/// How a text looks. Text that does not fit its area is first made smaller and then cut.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub(super) weight: Weight,
    pub(super) size: f32,
    pub(super) smallest: f32,
    pub(super) colour: Colour,
    pub(super) align: Align,
    pub(super) anchor: Anchor,
    pub(super) language: Option<&'static str>,
}

impl Style {
    /// Black running text of a size in points that may shrink by a quarter.
    pub const fn new(size: f32) -> Style {
        Style {
            weight: Weight::Regular,
            size,
            smallest: size * 0.75,
            colour: Colour::BLACK,
            align: Align::Left,
            anchor: Anchor::Top,
            language: None,
        }
    }

    /// Its size and the one it may shrink to.
    pub const fn sizes(self) -> (f32, f32) {
        (self.size, self.smallest)
    }

    /// Its size, unless it had to shrink.
    pub const fn size(self) -> f32 {
        self.size
    }

    /// At another size, which may become as small as before.
    pub const fn at(self, size: f32) -> Style {
        Style { size, ..self }
    }

    /// In another weight.
    pub const fn weight(self, weight: Weight) -> Style {
        Style { weight, ..self }
    }

    /// How small it may become before it is cut.
    pub const fn smallest(self, smallest: f32) -> Style {
        Style { smallest, ..self }
    }

    /// In another colour.
    pub const fn colour(self, colour: Colour) -> Style {
        Style { colour, ..self }
    }

    /// To another side.
    pub const fn align(self, align: Align) -> Style {
        Style { align, ..self }
    }

    /// At another height of its area.
    pub const fn anchor(self, anchor: Anchor) -> Style {
        Style { anchor, ..self }
    }

    /// In another language than the document, as RFC 3066 names it.
    pub const fn language(self, language: &'static str) -> Style {
        Style { language: Some(language), ..self }
    }
}
