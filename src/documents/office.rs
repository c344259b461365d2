//! The office that hands documents out, as it describes itself.

use super::DocumentError;
use serde::Deserialize;
use std::path::Path;

/// Who hands documents out: `office.toml` in the folder of documents.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Office {
    /// The agency above it, as it stands at the head of papers.
    pub agency_above: String,
    /// Its own name there.
    pub agency: String,
    /// The place that stands before the date; where there is none, the commune's name does.
    pub place: String,
    /// Its code (QCVN 102:2016, Decision 20/2020/QĐ-TTg), as QR codes of certificates have it: `H29.3`.
    pub unit_code: String,
    /// Who signs certificates, as it stands above the signature.
    pub signatory: String,
    /// The tax office that slips go to.
    pub tax_office: String,
    /// The address at which the public reaches this server, without a slash at the end: QR codes lead there.
    pub public_url: String,
}

impl Default for Office {
    fn default() -> Self {
        Self {
            agency_above: "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG".to_owned(),
            agency: "VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI".to_owned(),
            place: String::new(),
            unit_code: String::new(),
            signatory: "GIÁM ĐỐC".to_owned(),
            tax_office: "Cơ quan thuế".to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
        }
    }
}

impl Office {
    /// Reads `office.toml` of a folder; without the file, nothing is known of the office but what it is.
    pub fn read(folder: &Path) -> Result<Self, DocumentError> {
        match read(&folder.join("office.toml"))? {
            Some(text) => toml::from_str(&text)
                .map_err(|error| DocumentError::Template(format!("office.toml: {error}"))),
            None => Ok(Self::default()),
        }
    }

    /// The place that stands before the date.
    pub fn place_or<'p>(&'p self, commune: &'p str) -> &'p str {
        if self.place.is_empty() {
            commune
        } else {
            &self.place
        }
    }
}

/// The text of a file, if there is one.
pub fn read(path: &Path) -> Result<Option<String>, DocumentError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(DocumentError::File {
            path: path.to_owned(),
            source,
        }),
    }
}
