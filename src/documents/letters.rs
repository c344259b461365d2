//! The typeface: how wide words are, and which letters of it a document takes along.

use super::DocumentError;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Filter, Finish, Name, Rect, Ref, Str};
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;

/// The typeface's style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    /// Upright.
    Regular,
    /// Bold.
    Bold,
    /// Italic.
    Italic,
}

impl Face {
    /// All styles, in the order of a document's fonts.
    pub const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Italic];

    /// What it is called in a page's resources.
    pub fn name(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"F1"),
            Self::Bold => Name(b"F2"),
            Self::Italic => Name(b"F3"),
        }
    }

    fn full_name(self) -> &'static str {
        match self {
            Self::Regular => "DIABAA+LiberationSerif",
            Self::Bold => "DIABAB+LiberationSerif-Bold",
            Self::Italic => "DIABAC+LiberationSerif-Italic",
        }
    }

    fn data(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("fonts/LiberationSerif-Regular.ttf"),
            Self::Bold => include_bytes!("fonts/LiberationSerif-Bold.ttf"),
            Self::Italic => include_bytes!("fonts/LiberationSerif-Italic.ttf"),
        }
    }
}

/// A style and its size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// The style.
    pub face: Face,
    /// The size in points.
    pub size_pt: f64,
}

/// How many objects a style takes in a file.
pub const OBJECTS: i32 = 6;

/// A style's letters as far as a document uses them.
struct Used {
    face: Face,
    font: ttf_parser::Face<'static>,
    /// The number of each letter in the document, from 1.
    numbers: BTreeMap<char, u16>,
    /// Letter and glyph of each number.
    glyphs: Vec<(char, u16)>,
}

/// The letters that a document uses.
pub struct Letters {
    used: Vec<Used>,
}

impl Letters {
    /// None yet.
    pub fn new() -> Result<Self, DocumentError> {
        let used = Face::ALL.into_iter().map(|face| {
            Ok(Used {
                face,
                font: ttf_parser::Face::parse(face.data(), 0)
                    .map_err(|error| DocumentError::Typeface(error.to_string()))?,
                numbers: BTreeMap::new(),
                glyphs: Vec::new(),
            })
        });
        Ok(Self {
            used: used.collect::<Result<_, DocumentError>>()?,
        })
    }

    fn face(&self, face: Face) -> Option<&Used> {
        self.used.iter().find(|used| used.face == face)
    }

    /// How wide a text is.
    ///
    /// # Units
    /// Millimetres.
    pub fn width_mm(&self, style: Style, text: &str) -> f64 {
        let units: f64 = self.face(style.face).map_or(0.0, |used| {
            text.chars()
                .map(|letter| f64::from(used.advance(used.glyph(letter))))
                .sum()
        });
        units / 1000.0 * style.size_pt / super::paper::PT_PER_MM
    }

    /// A text as the document writes it: two bytes a letter.
    pub fn encode(&mut self, face: Face, text: &str) -> Vec<u8> {
        let Some(used) = self.used.iter_mut().find(|used| used.face == face) else {
            return Vec::new();
        };
        text.chars()
            .flat_map(|letter| used.number(letter).to_be_bytes())
            .collect()
    }

    /// The objects of the styles from a number on, six for each, each by itself; styles without letters are left out.
    pub fn embed(
        &self,
        first: i32,
        pack: impl Fn(&[u8]) -> Vec<u8>,
    ) -> Result<Vec<(i32, Chunk)>, DocumentError> {
        let mut chunks = Vec::new();
        for (place, used) in (0..).zip(&self.used) {
            if !used.glyphs.is_empty() {
                let first = first + place * OBJECTS;
                chunks.extend((first..).zip(used.embed(first, &pack)?));
            }
        }
        Ok(chunks)
    }

    /// The styles in use with the objects of their fonts.
    pub fn fonts(&self, first: i32) -> impl Iterator<Item = (Face, Ref)> + '_ {
        let used = (0..).zip(&self.used);
        used.filter(|(_, used)| !used.glyphs.is_empty())
            .map(move |(place, used)| (used.face, Ref::new(first + place * OBJECTS)))
    }
}

impl Used {
    fn glyph(&self, letter: char) -> u16 {
        self.font.glyph_index(letter).map_or(0, |glyph| glyph.0)
    }

    /// In thousandths of the size.
    fn advance(&self, glyph: u16) -> f32 {
        let units = self.font.glyph_hor_advance(ttf_parser::GlyphId(glyph));
        self.in_thousandths(f32::from(units.unwrap_or(0)))
    }

    fn in_thousandths(&self, units: f32) -> f32 {
        units * 1000.0 / f32::from(self.font.units_per_em())
    }

    /// The letter's number in the document. A letter that the typeface lacks is drawn as an empty box and is still the same letter
    /// for who copies or searches the text.
    fn number(&mut self, letter: char) -> u16 {
        if let Some(number) = self.numbers.get(&letter) {
            return *number;
        }
        self.glyphs.push((letter, self.glyph(letter)));
        let number = u16::try_from(self.glyphs.len()).unwrap_or(u16::MAX);
        self.numbers.insert(letter, number);
        number
    }

    /// The objects: font, its one descendant, descriptor, file, letters of numbers, glyphs of numbers.
    fn embed(
        &self,
        first: i32,
        pack: impl Fn(&[u8]) -> Vec<u8>,
    ) -> Result<[Chunk; 6], DocumentError> {
        let [font, cid_font, descriptor, file, to_unicode, to_glyph] =
            [0, 1, 2, 3, 4, 5].map(|step| Ref::new(first + step));
        let mut chunks: [Chunk; 6] = std::array::from_fn(|_| Chunk::new());
        let [
            of_font,
            of_cid_font,
            of_descriptor,
            of_file,
            of_unicode,
            of_glyph,
        ] = &mut chunks;
        let name = Name(self.face.full_name().as_bytes());
        let system = SystemInfo {
            registry: Str(b"Adobe"),
            ordering: Str(b"Identity"),
            supplement: 0,
        };
        let mut glyphs = GlyphRemapper::new();
        let mut map = vec![0, 0];
        for (_, glyph) in &self.glyphs {
            map.extend(glyphs.remap(*glyph).to_be_bytes());
        }
        let subset = subsetter::subset(self.face.data(), 0, &glyphs)
            .map_err(|error| DocumentError::Typeface(error.to_string()))?;
        of_font
            .type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid_font)
            .to_unicode(to_unicode);
        let mut cid = of_cid_font.cid_font(cid_font);
        cid.subtype(CidFontType::Type2)
            .base_font(name)
            .system_info(system)
            .font_descriptor(descriptor)
            .cid_to_gid_map_stream(to_glyph);
        let widths = self.glyphs.iter().map(|(_, glyph)| self.advance(*glyph));
        cid.widths().consecutive(1, widths);
        cid.finish();
        self.describe(of_descriptor, descriptor, file);
        let length = i32::try_from(subset.len()).unwrap_or(i32::MAX);
        of_file
            .stream(file, &pack(&subset))
            .filter(Filter::FlateDecode)
            .pair(Name(b"Length1"), length);
        let mut unicode = UnicodeCmap::new(Name(b"Custom"), system);
        for (number, (letter, _)) in (1_u16..).zip(&self.glyphs) {
            unicode.pair(number, *letter);
        }
        of_unicode
            .stream(to_unicode, &pack(&unicode.finish()))
            .filter(Filter::FlateDecode);
        of_glyph
            .stream(to_glyph, &pack(&map))
            .filter(Filter::FlateDecode);
        Ok(chunks)
    }

    fn describe(&self, chunk: &mut Chunk, descriptor: Ref, file: Ref) {
        let bounds = self.font.global_bounding_box();
        let scaled = |units: i16| self.in_thousandths(f32::from(units));
        let slope = if self.face == Face::Italic {
            FontFlags::ITALIC
        } else {
            FontFlags::empty()
        };
        chunk
            .font_descriptor(descriptor)
            .name(Name(self.face.full_name().as_bytes()))
            .flags(FontFlags::SERIF | FontFlags::SYMBOLIC | slope)
            .bbox(Rect::new(
                scaled(bounds.x_min),
                scaled(bounds.y_min),
                scaled(bounds.x_max),
                scaled(bounds.y_max),
            ))
            .italic_angle(self.font.italic_angle())
            .ascent(scaled(self.font.ascender()))
            .descent(scaled(self.font.descender()))
            .cap_height(scaled(self.font.capital_height().unwrap_or(0)))
            .stem_v(if self.face == Face::Bold { 140.0 } else { 80.0 })
            .font_file2(file);
    }
}
