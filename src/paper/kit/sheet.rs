//! The paper to draw on: it remembers marks, and what they mean to somebody who listens.

use std::rc::Rc;

use super::code::Code;
use super::logo::Logo;
use super::style::{Align, Anchor, Colour, Style, Weight};
use super::text::{Line, Shaped, visible};
use super::{MM_PER_POINT, PAGE_HEIGHT, PAGE_WIDTH};

/// From one line to the next, in sizes of the text.
const LEADING: f32 = 1.22;

/// From the middle of a line down to where its letters stand: half the height of a capital.
const BELOW_MIDDLE: f32 = 0.345;

/// What is written where a text was cut.
const CUT: &str = "…";

/// A rectangle on a page, in millimetres from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// From the left edge.
    pub x: f32,
    /// From the top.
    pub y: f32,
    /// How wide.
    pub width: f32,
    /// How high.
    pub height: f32,
}

impl Area {
    /// A rectangle.
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Area {
        Area { x, y, width, height }
    }

    /// Its right side.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Its lower side.
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// What is left of it inside a margin.
    pub fn inside(&self, margin: f32) -> Area {
        Area::new(
            self.x + margin,
            self.y + margin,
            (self.width - 2.0 * margin).max(0.0),
            (self.height - 2.0 * margin).max(0.0),
        )
    }

    /// What is left of it below a height that is used up.
    pub fn below(&self, used: f32) -> Area {
        Area::new(self.x, self.y + used, self.width, (self.height - used).max(0.0))
    }

    /// One of several columns of equal width.
    pub fn column(&self, which: usize, of: usize, gap: f32) -> Area {
        let width = (self.width - gap * (of as f32 - 1.0)) / of as f32;
        Area::new(self.x + (width + gap) * which as f32, self.y, width, self.height)
    }

    /// Whether it is on the page.
    pub fn is_on_the_page(&self) -> bool {
        const ROUNDING: f32 = 0.01;
        let fits = |from: f32, to: f32, end: f32| from >= -ROUNDING && to <= end + ROUNDING;
        fits(self.x, self.right(), PAGE_WIDTH) && fits(self.y, self.bottom(), PAGE_HEIGHT)
    }
}

/// What a piece of a document is, for whoever listens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A heading: 1 is the title.
    Heading(u16),
    /// A paragraph; a label and its value are one.
    Paragraph,
    /// A picture, and the words that say what it shows.
    Figure(String),
    /// What was said on an earlier page already, and is not read again.
    Repeated,
    /// What stands at the bottom of every page, and is not read either.
    Foot,
}

/// A piece of the document that was begun: things may be put into it as long as its page lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece(pub(super) usize);

/// Something drawn.
pub(super) enum Mark {
    Text {
        words: Rc<Shaped>,
        line: Line,
        x: f32,
        baseline: f32,
        size: f32,
        colour: Colour,
        language: Option<&'static str>,
    },
    Box {
        area: Area,
        fill: Option<Colour>,
        stroke: Option<Colour>,
        radius: f32,
    },
    Rule {
        from: (f32, f32),
        to: (f32, f32),
        width: f32,
        dashed: bool,
        colour: Colour,
    },
    Modules {
        area: Area,
        code: Code,
    },
    Picture {
        area: Area,
        logo: Logo,
    },
}

/// One page: its marks, each with the piece it belongs to; what belongs to none is decoration.
#[derive(Default)]
pub(super) struct Page {
    pub marks: Vec<(Option<Piece>, Mark)>,
}

/// Where a heading is, for the table of contents.
pub(super) struct Heading {
    pub piece: Piece,
    pub page: usize,
    pub y: f32,
    pub words: String,
}

/// A document that is being drawn.
pub struct Paper {
    pub(super) pages: Vec<Page>,
    pub(super) pieces: Vec<Role>,
    pub(super) headings: Vec<Heading>,
}

impl Default for Paper {
    fn default() -> Paper {
        Paper::new()
    }
}

impl Paper {
    /// One empty page.
    pub fn new() -> Paper {
        Paper { pages: vec![Page::default()], pieces: Vec::new(), headings: Vec::new() }
    }

    /// Begins the next page.
    pub fn turn_the_page(&mut self) {
        self.pages.push(Page::default());
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Begins a piece of the document.
    pub fn begin(&mut self, role: Role) -> Piece {
        self.pieces.push(role);
        Piece(self.pieces.len() - 1)
    }

    /// Writes a piece that is one text; answers how high the text is.
    pub fn write(&mut self, role: Role, area: Area, style: Style, text: &str) -> f32 {
        let piece = self.begin_heading(role, area, text);
        self.put(piece, area, style, text)
    }

    /// Begins a piece that is put together from several texts. If it is a heading, the table of contents has these
    /// words and this place of it.
    pub fn begin_heading(&mut self, role: Role, area: Area, words: &str) -> Piece {
        let is_heading = matches!(role, Role::Heading(_));
        let piece = self.begin(role);
        if is_heading {
            let (page, words) = (self.pages.len() - 1, visible(words));
            self.headings.push(Heading { piece, page, y: area.y, words });
        }
        piece
    }

    /// Writes a text into a piece. What does not fit its area is made smaller, and cut when that is not enough; one line
    /// is written whatever the area. Answers how high the text is.
    pub fn put(&mut self, piece: Piece, area: Area, style: Style, text: &str) -> f32 {
        let paragraphs: Vec<_> = text.split('\n').map(|text| Rc::new(Shaped::new(text, style.weight))).collect();
        let (size, lines) = fit(&paragraphs, area, &style);
        let line_height = height_of_line(size);
        let height = line_height * lines.len() as f32;
        let top = match style.anchor {
            Anchor::Top => area.y,
            Anchor::Middle => area.y + (area.height - height) / 2.0,
            Anchor::Bottom => area.bottom() - height,
        };
        let scale = size * MM_PER_POINT;
        for (at, (words, line)) in lines.into_iter().enumerate() {
            let end = line.cut.then(|| Rc::new(Shaped::new(CUT, style.weight)));
            let seen = words.seen_width(&line) * scale;
            let width = seen + end.as_ref().map_or(0.0, |end| end.whole_width() * scale);
            let x = match style.align {
                Align::Left => area.x,
                Align::Centre => area.x + (area.width - width) / 2.0,
                Align::Right => area.right() - width,
            };
            let baseline = top + line_height * (at as f32 + 0.5) + BELOW_MIDDLE * scale;
            let mut mark = |words: Rc<Shaped>, line: Line, x: f32| {
                let (colour, language) = (style.colour, style.language);
                self.draw(Some(piece), Mark::Text { words, line, x, baseline, size, colour, language });
            };
            mark(words, line, x);
            if let Some(end) = end {
                let line = Line { glyphs: 0..end.glyphs.len(), cut: false };
                mark(end, line, x + seen);
            }
        }
        height
    }

    /// Writes at the bottom of every page whose it is, and which of how many it is.
    pub fn foot(&mut self, area: Area, style: Style, words: &str) {
        let of = self.pages();
        for at in 0..of {
            let piece = self.begin(Role::Foot);
            let drawn = self.pages.last().map_or(0, |page| page.marks.len());
            let number = format!("pagina {} di {of}", at + 1);
            let width = width_of(&number, style) + 2.0;
            self.put(piece, Area { width: area.width - width, ..area }, style, words);
            self.put(piece, Area { x: area.right() - width, width, ..area }, style.align(Align::Right), &number);
            let marks = self.pages.last_mut().map_or_else(Vec::new, |page| page.marks.split_off(drawn));
            self.pages[at].marks.extend(marks);
        }
    }

    /// Draws a box: filled, framed or both.
    pub fn fill(&mut self, area: Area, fill: Option<Colour>, stroke: Option<Colour>, radius: f32) {
        self.draw(None, Mark::Box { area, fill, stroke, radius });
    }

    /// Draws a line.
    pub fn rule(&mut self, from: (f32, f32), to: (f32, f32), width: f32, colour: Colour) {
        self.draw(None, Mark::Rule { from, to, width, dashed: false, colour });
    }

    /// Draws the line along which one cuts.
    pub fn cutting_line(&mut self, y: f32, from: f32, to: f32) {
        self.draw(None, Mark::Rule { from: (from, y), to: (to, y), width: 0.2, dashed: true, colour: Colour::GREY });
    }

    /// Draws a code, and says what it is.
    pub fn code(&mut self, area: Area, code: Code, said: &str) {
        let piece = self.begin(Role::Figure(said.to_owned()));
        self.draw(Some(piece), Mark::Modules { area, code });
    }

    /// Draws a picture as large as its area allows, flush right and in the middle of its height.
    pub fn picture(&mut self, area: Area, logo: &Logo, role: Role) {
        let piece = self.begin(role);
        let (width, height) = logo.size();
        let scale = (area.width / width).min(area.height / height);
        let (width, height) = (width * scale, height * scale);
        let area = Area::new(area.right() - width, area.y + (area.height - height) / 2.0, width, height);
        self.draw(Some(piece), Mark::Picture { area, logo: logo.clone() });
    }

    fn draw(&mut self, piece: Option<Piece>, mark: Mark) {
        let page = self.pages.last_mut().expect("there is always a page");
        page.marks.push((piece, mark));
    }
}

/// How high a line of text is that has this size.
pub fn height_of_line(size: f32) -> f32 {
    size * LEADING * MM_PER_POINT
}

/// How wide a text is on one line, at the size of its style.
pub fn width_of(text: &str, style: Style) -> f32 {
    Shaped::new(text, style.weight).whole_width() * style.size * MM_PER_POINT
}

/// How high a text is in a column of this width, at the size of its style.
pub fn height_of(text: &str, width: f32, style: Style) -> f32 {
    let width = width / (style.size * MM_PER_POINT);
    let lines = text.split('\n').map(|text| Shaped::new(text, style.weight).lines(width).len());
    height_of_line(style.size) * lines.sum::<usize>() as f32
}

/// The lines of a text and the largest size at which they fit.
fn fit(paragraphs: &[Rc<Shaped>], area: Area, style: &Style) -> (f32, Vec<(Rc<Shaped>, Line)>) {
    let at_size = |size: f32| -> Vec<(Rc<Shaped>, Line)> {
        let width = area.width / (size * MM_PER_POINT);
        let lines =
            paragraphs.iter().flat_map(|words| words.lines(width).into_iter().map(|line| (words.clone(), line)));
        lines.collect()
    };
    let room = |size: f32| (((area.height + 0.01) / height_of_line(size)) as usize).max(1);
    let mut size = style.size;
    loop {
        let mut lines = at_size(size);
        // A single long word would be broken where a smaller size keeps it whole.
        let broken = lines.windows(2).any(|pair| !ends_a_word(&pair[0]) && Rc::ptr_eq(&pair[0].0, &pair[1].0));
        if lines.len() <= room(size) && !broken {
            return (size, lines);
        }
        if size <= style.smallest {
            cut(&mut lines, room(size), area.width / (size * MM_PER_POINT), style.weight);
            return (size, lines);
        }
        size = (size - 0.25).max(style.smallest);
    }
}

fn ends_a_word((words, line): &(Rc<Shaped>, Line)) -> bool {
    words.seen_width(line) < words.width(line.glyphs.clone())
}

/// Leaves as many lines as there is room for; the last says that there was more.
fn cut(lines: &mut Vec<(Rc<Shaped>, Line)>, room: usize, width: f32, weight: Weight) {
    if lines.len() <= room {
        return;
    }
    lines.truncate(room);
    if let Some((words, line)) = lines.last_mut() {
        *line = words.cut(line, width - Shaped::new(CUT, weight).whole_width());
    }
}
