//! Documents and their templates.

use super::certificate::{Certificate, CertificateNotes};
use super::drawing::Drawing;
use super::extract::Extract;
use super::filling::{Filling, Vocabulary};
use super::office::{Office, read};
use super::receipt::{Apology, Receipt};
use super::registers::{CadastralPage, CertificateBook, ChangeBook, ParcelIndex};
use super::tax_slip::TaxSlip;
use super::template::{Parts, Template};
use super::{DocumentError, flow};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use time::{Date, UtcOffset};

const PARTS: &str = include_str!("templates/parts.toml");

/// A kind of document.
pub trait Document {
    /// What it gives to its template.
    const WORDS: Vocabulary;
    /// Its templates by name, where the office has none of its own: one, or one for each form of it.
    const TEMPLATES: &'static [(&'static str, &'static str)];

    /// The template that it takes: the first, where it does not say otherwise.
    fn template(&self) -> &str {
        Self::TEMPLATES.first().map_or("", |(name, _)| name)
    }

    /// The day that it is of.
    fn day(&self) -> Date;

    /// Its content.
    fn filling(&self, office: &Office) -> Filling;
}

/// Whether documents of a kind are results of a dossier: what an approver has to agree to before the office signs it.
pub fn is_result(kind: &str) -> bool {
    let results = [Certificate::TEMPLATES, Drawing::TEMPLATES];
    let mut kinds = results.iter().copied().flatten();
    kinds.any(|(name, _)| *name == kind)
}

/// A document as it is handed out.
#[derive(Debug, Clone)]
pub struct Issued {
    /// What it is checked by: 16 letters and digits.
    pub code: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The documents that an office hands out.
pub struct Documents {
    office: Office,
    templates: BTreeMap<&'static str, Template>,
}

impl Documents {
    /// Reads the office's own folder: `office.toml`, and the templates that it has in place of the usual ones. A folder without
    /// them, or none, is right too.
    ///
    /// # Errors
    /// Where a template asks for what its document does not have: better at the start than in front of a citizen.
    pub fn open(folder: &Path) -> Result<Self, DocumentError> {
        let mut documents = Self {
            office: Office::read(folder)?,
            templates: BTreeMap::new(),
        };
        let templates = folder.join("templates");
        let parts = read(&templates.join("parts.toml"))?;
        let parts = Parts::read(parts.as_deref().unwrap_or(PARTS))?;
        documents.add::<Extract>(&templates, &parts)?;
        documents.add::<Drawing>(&templates, &parts)?;
        documents.add::<Receipt>(&templates, &parts)?;
        documents.add::<Apology>(&templates, &parts)?;
        documents.add::<TaxSlip>(&templates, &parts)?;
        documents.add::<ParcelIndex>(&templates, &parts)?;
        documents.add::<CertificateBook>(&templates, &parts)?;
        documents.add::<ChangeBook>(&templates, &parts)?;
        documents.add::<CadastralPage>(&templates, &parts)?;
        documents.add::<Certificate>(&templates, &parts)?;
        documents.add::<CertificateNotes>(&templates, &parts)?;
        Ok(documents)
    }

    fn add<D: Document>(&mut self, folder: &Path, parts: &Parts) -> Result<(), DocumentError> {
        for (name, usual) in D::TEMPLATES {
            let own = read(&folder.join(format!("{name}.toml")))?;
            let template =
                Template::read((name, own.as_deref().unwrap_or(usual)), parts, &D::WORDS)?;
            self.templates.insert(name, template);
        }
        Ok(())
    }

    /// The office.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// A document as a PDF file, with the code that it is checked by: made from everything that stands on it.
    pub fn issue<D: Document>(&self, document: &D) -> Result<Issued, DocumentError> {
        let mut filling = document.filling(&self.office);
        let uncoded = self.render(document.template(), &filling, document.day())?;
        let code = code(&Sha256::digest(&uncoded));
        filling.text(
            "check_url",
            format!("{}/api/v1/documents/{code}", self.office.public_url),
        );
        filling.text("code", in_fours(&code));
        let bytes = self.render(document.template(), &filling, document.day())?;
        Ok(Issued { code, bytes })
    }

    fn render(&self, name: &str, filling: &Filling, day: Date) -> Result<Vec<u8>, DocumentError> {
        let template = self
            .templates
            .get(name)
            .ok_or_else(|| DocumentError::Template(format!("{name} has none")))?;
        let midnight = day.midnight();
        let made_at = UtcOffset::from_hms(7, 0, 0).map_or(midnight.assume_utc(), |offset| {
            midnight.assume_offset(offset)
        });
        flow::render(template, filling, made_at)
    }
}

/// The first 80 bits of a digest in letters that are not mistaken for each other.
///
/// # Source
/// Crockford's base 32.
fn code(digest: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = digest
        .iter()
        .take(10)
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let bits: Vec<u8> = bits.collect();
    let letters = bits.chunks(5).map(|five| {
        five.iter()
            .fold(0, |number, bit| number << 1 | usize::from(*bit))
    });
    letters
        .filter_map(|number| LETTERS.get(number))
        .map(|letter| char::from(*letter))
        .collect()
}

/// As people read it: `0123-4567-89AB-CDEF`.
fn in_fours(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let fours: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    fours.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_first_eighty_bits_of_a_digest_in_base_32() {
        // 0x00 0x44 0x32 0x14 0xC7 holds the fives 0 1 2 3 4 5 6 7; all ones are Z.
        let digest = [
            0x00, 0x44, 0x32, 0x14, 0xC7, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xAB,
        ];
        assert_eq!(code(&digest), "01234567ZZZZZZZZ");
        assert_eq!(in_fours("01234567ZZZZZZZZ"), "0123-4567-ZZZZ-ZZZZ");
    }
}
