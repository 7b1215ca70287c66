//! The tagged PDF that a paper becomes: PDF/UA-1, so that it can be listened to.

use std::num::NonZeroU16;

use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagKind, TagTree};
use krilla::{Document, SerializeSettings};

use super::sheet::{Area, Heading, Mark, Page, Paper, Piece, Role};
use super::style::Colour;
use super::text::{Line, Shaped};
use super::{Code, MM_PER_POINT, PAGE_HEIGHT, PAGE_WIDTH};
use crate::paper::Unprintable;

/// Who made the document, for those who look at its properties.
const PRODUCER: &str = "ec-station";

/// What a document says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// Its title. Viewers show it, so no debtor is named in it.
    pub title: String,
    /// Whose document it is.
    pub author: String,
    /// When it was drawn.
    pub drawn: DateTime<Utc>,
}

impl Paper {
    /// The PDF. One with a letter of which nobody can tell a reader what it is goes without the promise that it is
    /// accessible: paper that says the rest is better than none.
    pub fn finish(self, about: &About) -> Result<Vec<u8>, Unprintable> {
        let written = match self.written(about, configuration()?)? {
            Err(KrillaError::Validation(_)) => self.written(about, Configuration::default())?,
            written => written,
        };
        written.map_err(|error| Unprintable::Drawing(in_words(&error)))
    }

    fn written(
        &self,
        about: &About,
        configuration: Configuration,
    ) -> Result<Result<Vec<u8>, KrillaError>, Unprintable> {
        let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        let mut said: Vec<Vec<Identifier>> = vec![Vec::new(); self.pieces.len()];
        for page in &self.pages {
            draw_page(&mut document, page, &self.pieces, &mut said)?;
        }
        document.set_tag_tree(tree(self, said));
        document.set_outline(outline(&self.headings));
        document.set_metadata(metadata(about));
        Ok(document.finish())
    }
}

fn configuration() -> Result<Configuration, Unprintable> {
    let accessible = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    accessible.finish().map_err(|_| Unprintable::Drawing("PDF/UA-1 is not known".into()))
}

/// What went wrong, without the texts of the document.
fn in_words(error: &KrillaError) -> String {
    match error {
        KrillaError::Validation(_) => "it would not be accessible".into(),
        KrillaError::Font(..) => "a font cannot be embedded".into(),
        KrillaError::Image(..) => "a picture cannot be read".into(),
        _ => "the PDF cannot be written".into(),
    }
}

fn metadata(about: &About) -> Metadata {
    let at = about.drawn;
    let drawn = krilla::metadata::DateTime::new(at.year().clamp(0, 9999) as u16)
        .month(at.month() as u8)
        .day(at.day() as u8)
        .hour(at.hour() as u8)
        .minute(at.minute() as u8)
        .second(at.second() as u8)
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(about.title.clone())
        .authors(vec![about.author.clone()])
        .language("it-IT".into())
        .producer(PRODUCER.into())
        .creator(PRODUCER.into())
        .creation_date(drawn)
}

fn outline(headings: &[Heading]) -> Outline {
    let mut outline = Outline::new();
    for heading in headings {
        let place = XyzDestination::new(heading.page, Point::from_xy(0.0, points(heading.y)));
        outline.push_child(OutlineNode::new(heading.words.clone(), place));
    }
    outline
}

/// The structure: every piece in the order in which it was begun.
fn tree(paper: &Paper, said: Vec<Vec<Identifier>>) -> TagTree {
    let mut tree = TagTree::new();
    for ((at, role), identifiers) in paper.pieces.iter().enumerate().zip(said) {
        let kind: TagKind = match role {
            Role::Heading(level) => {
                let heading = paper.headings.iter().find(|heading| heading.piece == Piece(at));
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                Tag::Hn(level, heading.map(|heading| heading.words.clone())).into()
            }
            Role::Paragraph => Tag::P.into(),
            Role::Figure(words) => Tag::Figure(Some(words.clone())).into(),
            Role::Repeated | Role::Foot => continue,
        };
        let mut group = TagGroup::new(kind);
        identifiers.into_iter().for_each(|identifier| group.push(identifier));
        if !group.children.is_empty() {
            tree.push(group);
        }
    }
    tree
}

fn draw_page(
    document: &mut Document,
    page: &Page,
    pieces: &[Role],
    said: &mut [Vec<Identifier>],
) -> Result<(), Unprintable> {
    let size = PageSettings::from_wh(points(PAGE_WIDTH), points(PAGE_HEIGHT));
    let size = size.ok_or_else(|| Unprintable::Drawing("a page has no size".into()))?;
    let mut drawn = document.start_page_with(size);
    let mut surface = drawn.surface();
    for (piece, mark) in &page.marks {
        let role = piece.map(|Piece(at)| &pieces[at]);
        let identifier = surface.start_tagged(tag(role, mark));
        draw(&mut surface, mark);
        surface.end_tagged();
        if let Some(Piece(at)) = piece {
            said[*at].push(identifier);
        }
    }
    surface.finish();
    drawn.finish();
    Ok(())
}

fn tag<'m>(role: Option<&Role>, mark: &'m Mark) -> ContentTag<'m> {
    let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
    match (role, mark) {
        (None, _) => artifact(ArtifactType::Layout),
        (Some(Role::Repeated), _) => artifact(ArtifactType::Header),
        (Some(Role::Foot), _) => artifact(ArtifactType::Footer),
        (Some(_), Mark::Text { language, .. }) => ContentTag::Span(SpanTag::empty().with_lang(*language)),
        (Some(_), _) => ContentTag::Other,
    }
}

fn points(millimetres: f32) -> f32 {
    millimetres / MM_PER_POINT
}

fn colour(Colour(red, green, blue): Colour) -> krilla::color::rgb::Color {
    krilla::color::rgb::Color::new(red, green, blue)
}

fn filled(with: Colour) -> Option<Fill> {
    Some(Fill { paint: colour(with).into(), ..Fill::default() })
}

fn stroked(with: Colour, width: f32, dashed: bool) -> Option<Stroke> {
    let dash = dashed.then(|| StrokeDash { array: vec![4.0, 3.0], offset: 0.0 });
    Some(Stroke { paint: colour(with).into(), width: points(width), dash, ..Stroke::default() })
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) {
    match mark {
        Mark::Text { words, line, x, baseline, size, colour, .. } => {
            surface.set_stroke(None);
            surface.set_fill(filled(*colour));
            draw_text(surface, words, line, Point::from_xy(points(*x), points(*baseline)), *size);
        }
        Mark::Box { area, fill, stroke, radius } => {
            surface.set_fill(fill.and_then(filled));
            surface.set_stroke(stroke.and_then(|with| stroked(with, 0.25, false)));
            draw_path(surface, |path| rounded(path, area, *radius));
        }
        Mark::Rule { from, to, width, dashed, colour } => {
            surface.set_fill(None);
            surface.set_stroke(stroked(*colour, *width, *dashed));
            draw_path(surface, |path| {
                path.move_to(points(from.0), points(from.1));
                path.line_to(points(to.0), points(to.1));
            });
        }
        Mark::Modules { area, code } => {
            surface.set_stroke(None);
            surface.set_fill(filled(Colour::BLACK));
            draw_path(surface, |path| modules(path, area, code));
        }
        Mark::Picture { area, logo } => {
            let Some(size) = Size::from_wh(points(area.width), points(area.height)) else { return };
            surface.push_transform(&Transform::from_translate(points(area.x), points(area.y)));
            surface.draw_image(logo.0.clone(), size);
            surface.pop();
        }
    }
}

fn draw_path(surface: &mut Surface<'_>, build: impl FnOnce(&mut PathBuilder)) {
    let mut path = PathBuilder::new();
    build(&mut path);
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// Draws the glyphs of a line, those of one font at a time.
fn draw_text(surface: &mut Surface<'_>, words: &Shaped, line: &Line, start: Point, size: f32) {
    let mut x = start.x;
    for run in words.glyphs[line.glyphs.clone()].chunk_by(|one, next| std::ptr::eq(one.font, next.font)) {
        let glyphs: Vec<_> = run.iter().map(|one| one.glyph.clone()).collect();
        let font = run[0].font.drawn.clone();
        surface.draw_glyphs(Point::from_xy(x, start.y), &glyphs, font, &words.text, size, false);
        x += glyphs.iter().map(|glyph| glyph.x_advance * size).sum::<f32>();
    }
}

/// All dark modules as one path: drawn one by one they would be parted by hairlines.
fn modules(path: &mut PathBuilder, area: &Area, code: &Code) {
    let side = area.width / code.size() as f32;
    for (row, first, length) in code.bars() {
        let (x, y) = (area.x + side * first as f32, area.y + side * row as f32);
        let bar = Rect::from_xywh(points(x), points(y), points(side * length as f32), points(side));
        bar.into_iter().for_each(|bar| path.push_rect(bar));
    }
}

fn rounded(path: &mut PathBuilder, area: &Area, radius: f32) {
    // How far the handles of a quarter of a circle reach.
    const HANDLE: f32 = 0.552_284_8;
    let (left, top, right, bottom) = (points(area.x), points(area.y), points(area.right()), points(area.bottom()));
    let r = points(radius.min(area.width / 2.0).min(area.height / 2.0));
    let h = r * (1.0 - HANDLE);
    path.move_to(left + r, top);
    path.line_to(right - r, top);
    path.cubic_to(right - h, top, right, top + h, right, top + r);
    path.line_to(right, bottom - r);
    path.cubic_to(right, bottom - h, right - h, bottom, right - r, bottom);
    path.line_to(left + r, bottom);
    path.cubic_to(left + h, bottom, left, bottom - h, left, bottom - r);
    path.line_to(left, top + r);
    path.cubic_to(left, top + h, left + h, top, left + r, top);
    path.close();
}
