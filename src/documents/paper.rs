//! Sheets of paper: what is drawn where, and the file that comes of it.

use super::DocumentError;
use super::letters::{Face, Letters, OBJECTS, Style};
use super::number::hex;
use libdeflater::{CompressionLvl, Compressor};
use pdf_writer::types::{AnnotationFlags, FieldType, LineCapStyle, SigFlags};
use pdf_writer::{Buf, Content, Filter, Finish, Pdf, Rect, Ref, Str, TextStr};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// Points in a millimetre.
pub const PT_PER_MM: f64 = 72.0 / 25.4;

/// A place on a page, or a way: millimetres from the left and from the top edge.
pub type At = (f64, f64);

/// A size of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paper {
    /// 210 mm wide, 297 mm high.
    A4,
    /// 297 mm wide, 210 mm high.
    A4Landscape,
    /// 297 mm wide, 420 mm high.
    A3,
    /// 420 mm wide, 297 mm high.
    A3Landscape,
    /// A page of the certificates before 2025: 190 mm wide, 265 mm high.
    OldCertificate,
}

impl Paper {
    /// Width and height.
    ///
    /// # Source
    /// ISO 216; Circular 23/2014/TT-BTNMT Art. 3 (certificates).
    pub fn size_mm(self) -> At {
        match self {
            Self::A4 => (210.0, 297.0),
            Self::A4Landscape => (297.0, 210.0),
            Self::A3 => (297.0, 420.0),
            Self::A3Landscape => (420.0, 297.0),
            Self::OldCertificate => (190.0, 265.0),
        }
    }
}

/// Whose signature a place is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seat {
    /// The officer who answers for the content.
    Officer,
    /// The office.
    Office,
}

impl Seat {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Officer, Self::Office];

    /// The name of the field in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Office => "office",
        }
    }

    /// The number of the field's object: the same in every document, so that who signs later finds it.
    pub fn object(self) -> i32 {
        match self {
            Self::Officer => 5,
            Self::Office => 6,
        }
    }
}

/// A page in the making.
pub struct Page {
    content: Content,
    size_mm: At,
    seats: Vec<(Seat, Rect)>,
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a file has single precision"
)]
fn pt(mm: f64) -> f32 {
    (mm * PT_PER_MM) as f32
}

impl Page {
    /// An empty page.
    pub fn new(paper: Paper) -> Self {
        Self {
            content: Content::new(),
            size_mm: paper.size_mm(),
            seats: Vec::new(),
        }
    }

    fn place(&self, (x_mm, y_mm): At) -> (f32, f32) {
        (pt(x_mm), pt(self.size_mm.1 - y_mm))
    }

    /// Writes a text whose base line begins at a place.
    pub fn text(&mut self, letters: &mut Letters, at: At, style: Style, text: &str) {
        self.text_turned(letters, (at, 0.0), style, text);
    }

    /// The same, turned about the place by an angle (radians, counter-clockwise).
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a file has single precision"
    )]
    pub fn text_turned(
        &mut self,
        letters: &mut Letters,
        (at, angle): (At, f64),
        style: Style,
        text: &str,
    ) {
        let (x, y) = self.place(at);
        let (sin, cos) = (angle.sin() as f32, angle.cos() as f32);
        let bytes = letters.encode(style.face, text);
        self.content
            .begin_text()
            .set_font(style.face.name(), style.size_pt as f32)
            .set_text_matrix([cos, sin, -sin, cos, x, y])
            .show(Str(&bytes))
            .end_text();
    }

    /// Draws a straight line.
    pub fn line(&mut self, from: At, to: At, width_mm: f64) {
        let ((ax, ay), (bx, by)) = (self.place(from), self.place(to));
        self.content
            .set_line_width(pt(width_mm))
            .move_to(ax, ay)
            .line_to(bx, by)
            .stroke();
    }

    /// Draws closed outlines.
    pub fn outline(&mut self, rings: &[Vec<At>], width_mm: f64) {
        self.content.set_line_width(pt(width_mm));
        self.rings(rings);
        self.content.stroke();
    }

    /// Fills closed outlines with a grey (0 black, 1 white); holes stay open.
    pub fn fill(&mut self, rings: &[Vec<At>], gray: f32) {
        self.content.set_fill_gray(gray);
        self.rings(rings);
        self.content.fill_even_odd().set_fill_gray(0.0);
    }

    fn rings(&mut self, rings: &[Vec<At>]) {
        for ring in rings {
            for (number, at) in ring.iter().enumerate() {
                let (x, y) = self.place(*at);
                if number == 0 {
                    self.content.move_to(x, y);
                } else {
                    self.content.line_to(x, y);
                }
            }
            self.content.close_path();
        }
    }

    /// Draws only inside a box (left, top, width, height) until [`Page::unclip`].
    pub fn clip(&mut self, (x_mm, y_mm): At, (width_mm, height_mm): At) {
        let (x, y) = self.place((x_mm, y_mm + height_mm));
        self.content.save_state();
        self.content
            .rect(x, y, pt(width_mm), pt(height_mm))
            .clip_nonzero()
            .end_path()
            .set_line_cap(LineCapStyle::RoundCap);
    }

    /// Ends [`Page::clip`].
    pub fn unclip(&mut self) {
        self.content.restore_state();
    }

    /// Keeps a box for a signature.
    pub fn keep(&mut self, seat: Seat, (x_mm, y_mm): At, (width_mm, height_mm): At) {
        let (left, top) = self.place((x_mm, y_mm));
        let (right, bottom) = self.place((x_mm + width_mm, y_mm + height_mm));
        self.seats.push((seat, Rect::new(left, bottom, right, top)));
    }
}

/// What a file says of itself.
#[derive(Debug, Clone)]
pub struct About {
    /// Its title.
    pub title: String,
    /// When it was made.
    pub made_at: OffsetDateTime,
}

/// Packs a stream; the same bytes give the same bytes.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packer = Compressor::new(CompressionLvl::default());
    let mut packed = vec![0; packer.zlib_compress_bound(bytes.len())];
    let length = packer.zlib_compress(bytes, &mut packed).unwrap_or(0);
    packed.truncate(length);
    packed
}

const CATALOG: i32 = 1;
const PAGES: i32 = 2;
const INFO: i32 = 3;
/// The objects of the fonts; before them those of the signature fields.
const FONTS: i32 = 7;

/// The pages as one file. The same pages give the same bytes.
pub fn bind(pages: Vec<Page>, letters: &Letters, about: &About) -> Result<Vec<u8>, DocumentError> {
    let first = FONTS + OBJECTS * i32::try_from(Face::ALL.len()).unwrap_or(0);
    let ids: Vec<(Ref, Ref)> = (0..)
        .map(|number| {
            (
                Ref::new(first + 2 * number),
                Ref::new(first + 2 * number + 1),
            )
        })
        .take(pages.len())
        .collect();
    let mut pdf = Pdf::new();
    let mut seats: Vec<Seat> = Vec::new();
    let mut print = Sha256::new();
    for (page, (id, content_id)) in pages.into_iter().zip(&ids) {
        let content: Buf = page.content.finish();
        print.update(content.as_slice());
        pdf.stream(*content_id, &pack(&content))
            .filter(Filter::FlateDecode);
        let mut leaf = pdf.page(*id);
        leaf.parent(Ref::new(PAGES))
            .contents(*content_id)
            .media_box(Rect::new(0.0, 0.0, pt(page.size_mm.0), pt(page.size_mm.1)));
        let new: Vec<_> = page
            .seats
            .into_iter()
            .filter(|(seat, _)| !seats.contains(seat))
            .collect();
        if !new.is_empty() {
            leaf.annotations(new.iter().map(|(seat, _)| Ref::new(seat.object())));
        }
        let mut resources = leaf.resources();
        let mut fonts = resources.fonts();
        for (face, font) in letters.fonts(FONTS) {
            fonts.pair(face.name(), font);
        }
        fonts.finish();
        resources.finish();
        leaf.finish();
        for (seat, rect) in new {
            field(&mut pdf, seat, rect, *id);
            seats.push(seat);
        }
    }
    let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    pdf.pages(Ref::new(PAGES))
        .kids(ids.iter().map(|(id, _)| *id))
        .count(count);
    for (_, chunk) in letters.embed(FONTS, pack)? {
        pdf.extend(&chunk);
    }
    describe(&mut pdf, about, &seats);
    print.update(about.title.as_bytes());
    let print = print.finalize();
    // In letters, so that who adds to the file copies it as it stands.
    let id = hex(print.get(..8).unwrap_or_default()).into_bytes();
    pdf.set_file_id((id.clone(), id));
    Ok(pdf.finish())
}

/// An empty signature field that shows itself at its place.
fn field(pdf: &mut Pdf, seat: Seat, rect: Rect, page: Ref) {
    let mut field = pdf.form_field(Ref::new(seat.object()));
    field
        .field_type(FieldType::Signature)
        .partial_name(TextStr(seat.name()));
    let mut widget = field.into_annotation();
    widget
        .rect(rect)
        .page(page)
        .flags(AnnotationFlags::PRINT | AnnotationFlags::LOCKED);
}

fn describe(pdf: &mut Pdf, about: &About, seats: &[Seat]) {
    let mut info = pdf.document_info(Ref::new(INFO));
    info.title(TextStr(&about.title))
        .producer(TextStr("Địa Bạ"))
        .creation_date(date(about.made_at));
    info.finish();
    let mut catalog = pdf.catalog(Ref::new(CATALOG));
    catalog.pages(Ref::new(PAGES)).lang(TextStr("vi-VN"));
    catalog.viewer_preferences().display_doc_title(true);
    if !seats.is_empty() {
        catalog
            .form()
            .fields(seats.iter().map(|seat| Ref::new(seat.object())))
            .sig_flags(SigFlags::SIGNATURES_EXIST | SigFlags::APPEND_ONLY);
    }
}

/// A time as files write it.
pub fn date(at: OffsetDateTime) -> pdf_writer::Date {
    let (hours, minutes, _) = at.offset().as_hms();
    pdf_writer::Date::new(u16::try_from(at.year()).unwrap_or(0))
        .month(at.month().into())
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(hours)
        .utc_offset_minute(minutes.unsigned_abs())
}
