//! The addition to a file that holds a signature and its stamp.

use super::super::flow::{Piece, broken};
use super::super::letters::{Face, Letters, Style};
use super::super::number::{hex, iso_moment, local};
use super::super::paper::{PT_PER_MM, Seat, pack};
use super::{SignError, Signature};
use sha2::{Digest, Sha256};

/// Room for the signature with its certificate and its time-stamp.
const CONTENTS_BYTES: usize = 16 * 1024;
const SIZE_PT: f64 = 8.0;

/// A file with room for a signature at its end.
pub struct Update {
    bytes: Vec<u8>,
    /// Where the hexadecimal digits of the signature begin, after the `<`.
    contents: usize,
}

/// What an addition has to know of the file.
struct Found {
    /// The number of the first free object.
    size: i32,
    /// Where the last table of objects stands.
    table: usize,
    /// The file's id, as it is written.
    id: String,
    /// The box of the signature's field, in points.
    rect: [f64; 4],
    /// Its page.
    page: i32,
}

impl Update {
    /// The file with all but the signature itself.
    pub fn begin(file: &[u8], name: &str, signature: &Signature<'_>) -> Result<Self, SignError> {
        let found = Found::of(file, signature.seat)?;
        let (field, value, stamp) = (signature.seat.object(), found.size, found.size + 1);
        let mut addition = Addition::after(file);
        let [left, bottom, right, top] = found.rect;
        addition.object(
            field,
            format!(
                "<< /Type /Annot /Subtype /Widget /FT /Sig /T ({}) /F 132 /Rect [{left} {bottom} {right} {top}] /P {} 0 R \
                 /V {value} 0 R /AP << /N {stamp} 0 R >> >>",
                signature.seat.name(),
                found.page
            )
            .as_bytes(),
        );
        let contents = addition.value(value, name, signature);
        let fonts = stamp + 1;
        let drawn = drawn(name, signature, (right - left, top - bottom))?;
        addition.stamp(stamp, fonts, &drawn);
        for (object, chunk) in drawn.letters.embed(fonts, pack)? {
            addition.chunk(object, chunk.as_bytes());
        }
        let range_place = addition.range;
        let size = addition.places.iter().map(|(number, _)| number + 1).max();
        let size = size.unwrap_or(found.size).max(found.size);
        let mut bytes = addition.end(file, &found, size);
        let (start, end) = (contents - 1, contents + 2 * CONTENTS_BYTES + 1);
        let range = format!("0 {start} {end} {}", bytes.len() - end);
        for (place, byte) in bytes.iter_mut().skip(range_place).zip(range.bytes()) {
            *place = byte;
        }
        Ok(Self { bytes, contents })
    }

    /// The digest of the file around the signature.
    pub fn digest(&self) -> Vec<u8> {
        let mut digest = Sha256::new();
        digest.update(self.bytes.get(..self.contents - 1).unwrap_or_default());
        let rest = self.contents + 2 * CONTENTS_BYTES + 1;
        digest.update(self.bytes.get(rest..).unwrap_or_default());
        digest.finalize().to_vec()
    }

    /// Puts the signature in.
    pub fn fill(&mut self, signature: &[u8]) -> Result<(), SignError> {
        if signature.len() > CONTENTS_BYTES {
            return Err(SignError::Certificate("it is too long".to_owned()));
        }
        let digits = hex(signature);
        let room = self.bytes.iter_mut().skip(self.contents);
        for (place, digit) in room.zip(digits.bytes()) {
            *place = digit;
        }
        Ok(())
    }

    /// The signed file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Found {
    fn of(file: &[u8], seat: Seat) -> Result<Self, SignError> {
        let missing = || SignError::NoSeat(seat.name());
        let text = String::from_utf8_lossy(
            file.get(file.len().saturating_sub(2048)..)
                .unwrap_or_default(),
        )
        .into_owned();
        let trailer = text
            .rfind("trailer")
            .and_then(|place| text.get(place..))
            .ok_or_else(missing)?;
        let number =
            |name: &str| after(trailer, name).and_then(|rest| numbers(rest).first().copied());
        let table = after(trailer, "startxref").and_then(|rest| numbers(rest).first().copied());
        let id = after(trailer, "/ID").and_then(|rest| rest.split_once(']'));
        let head = format!("\n{} 0 obj", seat.object());
        let place = last(file, head.as_bytes()).ok_or_else(missing)?;
        let field = file.get(place..).unwrap_or_default();
        let end = first(field, b"endobj").ok_or_else(missing)?;
        let field = String::from_utf8_lossy(field.get(..end).unwrap_or_default()).into_owned();
        if field.contains("/V ") {
            return Err(SignError::Signed(seat.name()));
        }
        let rect = after(&field, "/Rect").map(numbers).unwrap_or_default();
        let rect: [f64; 4] = rect
            .get(..4)
            .and_then(|four| four.try_into().ok())
            .ok_or_else(missing)?;
        let page = after(&field, "/P ").and_then(|rest| numbers(rest).first().copied());
        Ok(Self {
            size: number("/Size").and_then(whole).ok_or_else(missing)?,
            table: table
                .and_then(whole)
                .and_then(|table| usize::try_from(table).ok())
                .ok_or_else(missing)?,
            id: id.map(|(id, _)| format!("{id}]")).ok_or_else(missing)?,
            rect,
            page: page.and_then(whole).ok_or_else(missing)?,
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "object numbers and places of our own files"
)]
fn whole(number: f64) -> Option<i32> {
    (number >= 0.0 && number <= f64::from(i32::MAX)).then_some(number as i32)
}

fn after<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.find(name)
        .and_then(|place| text.get(place + name.len()..))
}

/// The numbers that a text begins with.
fn numbers(text: &str) -> Vec<f64> {
    let words = text.split(|letter: char| letter.is_whitespace() || letter == '[' || letter == ']');
    let words = words.filter(|word| !word.is_empty());
    words.map_while(|word| word.parse().ok()).collect()
}

fn first(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .rposition(|window| window == wanted)
}

/// Objects that are added, and where they stand.
struct Addition {
    start: usize,
    bytes: Vec<u8>,
    places: Vec<(i32, usize)>,
    /// Where the byte range stands.
    range: usize,
}

impl Addition {
    fn after(file: &[u8]) -> Self {
        Self {
            start: file.len(),
            bytes: b"\n".to_vec(),
            places: Vec::new(),
            range: 0,
        }
    }

    fn here(&self) -> usize {
        self.start + self.bytes.len()
    }

    fn object(&mut self, number: i32, body: &[u8]) {
        self.places.push((number, self.here()));
        self.bytes.extend(format!("{number} 0 obj\n").bytes());
        self.bytes.extend(body);
        self.bytes.extend(b"\nendobj\n\n");
    }

    /// An object that is written already.
    fn chunk(&mut self, number: i32, bytes: &[u8]) {
        self.places.push((number, self.here()));
        self.bytes.extend(bytes);
    }

    /// The signature's dictionary; gives where its digits begin.
    fn value(&mut self, number: i32, name: &str, signature: &Signature<'_>) -> usize {
        const RANGE_DIGITS: usize = 44;
        let at = local(signature.at);
        let time = format!(
            "D:{:04}{:02}{:02}{:02}{:02}{:02}+07'00'",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        );
        let utf_16: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf_16 = hex(&utf_16);
        self.places.push((number, self.here()));
        let head = format!(
            "{number} 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ({time}) /Name <FEFF{utf_16}> \
             /ByteRange ["
        );
        self.bytes.extend(head.bytes());
        self.range = self.here();
        self.bytes.extend(std::iter::repeat_n(b' ', RANGE_DIGITS));
        self.bytes.extend(b"] /Contents <");
        let contents = self.here();
        self.bytes
            .extend(std::iter::repeat_n(b'0', 2 * CONTENTS_BYTES));
        self.bytes.extend(b"> >>\nendobj\n\n");
        contents
    }

    fn stamp(&mut self, number: i32, fonts: i32, drawn: &Drawn) {
        let packed = pack(&drawn.content);
        let used = drawn.letters.fonts(fonts);
        let resources: Vec<String> = used
            .map(|(face, font)| {
                format!(
                    "/{} {} 0 R ",
                    String::from_utf8_lossy(face.name().0),
                    font.get()
                )
            })
            .collect();
        let resources = resources.concat();
        let mut body = format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 {} {}] /Resources << /Font << {resources}>> >> /Filter /FlateDecode \
             /Length {} >>\nstream\n",
            drawn.size_pt.0, drawn.size_pt.1, packed.len()
        )
        .into_bytes();
        body.extend(packed);
        body.extend(b"\nendstream");
        self.object(number, &body);
    }

    fn end(mut self, file: &[u8], found: &Found, size: i32) -> Vec<u8> {
        let table = self.here();
        let mut text = "xref\n".to_owned();
        for (number, place) in &self.places {
            text += &format!("{number} 1\n{place:010} 00000 n \n");
        }
        text += &format!(
            "trailer\n<< /Size {size} /Root 1 0 R /Info 3 0 R /Prev {} /ID{} >>\nstartxref\n{table}\n%%EOF\n",
            found.table, found.id
        );
        self.bytes.extend(text.bytes());
        let mut whole = file.to_vec();
        whole.extend(self.bytes);
        whole
    }
}

/// A stamp: who signed, for which agency, when.
struct Drawn {
    content: Vec<u8>,
    letters: Letters,
    size_pt: (f64, f64),
}

/// # Source
/// Decree 30/2020/NĐ-CP, annex I, II.8: signer or agency, and the time by ISO 8601 with the zone; the agency's in red.
fn drawn(
    name: &str,
    signature: &Signature<'_>,
    (width, height): (f64, f64),
) -> Result<Drawn, SignError> {
    let mut letters = Letters::new()?;
    let style = |face| Style {
        face,
        size_pt: SIZE_PT,
    };
    let lines: [Vec<Piece>; 3] = [
        vec![
            (style(Face::Regular), "Ký bởi: ".to_owned()),
            (style(Face::Bold), name.to_owned()),
        ],
        vec![(
            style(Face::Regular),
            format!("Cơ quan: {}", signature.agency),
        )],
        vec![(
            style(Face::Regular),
            format!("Thời gian ký: {}", iso_moment(signature.at)),
        )],
    ];
    let colour = match signature.seat {
        Seat::Officer => "0 0 0.7",
        Seat::Office => "0.8 0 0",
    };
    let mut content = format!(
        "{colour} rg {colour} RG 0.7 w 0.5 0.5 {} {} re S\n",
        width - 1.0,
        height - 1.0
    )
    .into_bytes();
    let mut y = height - 4.0 - SIZE_PT;
    for line in lines {
        for line in broken(&letters, line, (width - 8.0) / PT_PER_MM) {
            let mut x = 4.0;
            for (style, text) in line {
                let digits = hex(&letters.encode(style.face, &text));
                let font = String::from_utf8_lossy(style.face.name().0).into_owned();
                content.extend(
                    format!(
                        "BT /{font} {} Tf {x} {y} Td <{digits}> Tj ET\n",
                        style.size_pt
                    )
                    .bytes(),
                );
                x += letters.width_mm(style, &text) * PT_PER_MM;
            }
            y -= SIZE_PT * 1.22;
        }
    }
    Ok(Drawn {
        content,
        letters,
        size_pt: (width, height),
    })
}
