//! A short fingerprint of what a record says, by which the next load knows that it says nothing new.
//!
//! What a load adds by default (its date, its scale) and what is computed from the rest (areas, label points) is left out. The
//! start point of a ring says nothing either: other formats and tools choose another.

use crate::domain::{
    Area, CertificateRecord, GridPoint, LandUseRow, NationalCode, ParcelKey, ParcelRecord,
    PartyKind, RightRow,
};
use sha2::{Digest as _, Sha256};
use time::Date;

/// The first half of a SHA-256.
pub type Digest = [u8; 16];

/// The fingerprint of a parcel record.
pub fn parcel_digest(record: &ParcelRecord) -> Digest {
    let mut content = Content::new(1);
    content.key(&record.key);
    content.number(i64::from(record.boundary.zone()));
    content.number(i64::from(record.derived));
    let mut rings: Vec<Vec<GridPoint>> = record
        .boundary
        .rings()
        .iter()
        .map(|ring| from_smallest(ring))
        .collect();
    if let Some((_, holes)) = rings.split_first_mut() {
        holes.sort_unstable();
    }
    content.unsigned(rings.len() as u64);
    for ring in &rings {
        content.unsigned(ring.len() as u64);
        for point in ring {
            content.number(point.east_mm);
            content.number(point.north_mm);
        }
    }
    content.optional(record.legal_area.map(Area::tenths_m2), Content::unsigned);
    content.optional(record.land_use.as_ref(), Content::land_use);
    content.optional(record.address.as_deref(), Content::text);
    content.optional(record.national_code, Content::code);
    content.optional(record.scale_denominator.map(i64::from), Content::number);
    content.optional(record.in_force_from, Content::day);
    content.digest()
}

/// The fingerprint of a register row.
pub fn row_digest(row: &RightRow) -> Digest {
    let mut content = Content::new(2);
    content.key(&row.parcel);
    content.optional(row.national_code, Content::code);
    content.number(match row.party.kind {
        PartyKind::Individual => 0,
        PartyKind::Couple => 1,
        PartyKind::Household => 2,
        PartyKind::Organisation => 3,
        PartyKind::Community => 4,
    });
    content.text(&row.party.name);
    content.optional(row.party.personal_no.as_deref(), Content::text);
    content.optional(row.party.birth_year.map(i64::from), Content::number);
    content.optional(row.party.residence.as_deref(), Content::text);
    content.number(i64::from(row.share.numerator()));
    content.number(i64::from(row.share.denominator()));
    content.optional(row.certificate.as_ref(), Content::certificate);
    content.optional(row.land_use.as_ref(), Content::land_use);
    content.digest()
}

fn from_smallest(ring: &[GridPoint]) -> Vec<GridPoint> {
    let mut turned = ring.to_vec();
    let start = (0..turned.len())
        .min_by_key(|&place| turned.get(place))
        .unwrap_or(0);
    turned.rotate_left(start);
    turned
}

/// Content in one unambiguous writing: numbers have eight bytes, texts their length, options a mark.
struct Content(Sha256);

impl Content {
    /// Starts with the kind of record, which also numbers this writing.
    fn new(kind: u8) -> Self {
        Self(Sha256::new_with_prefix([kind]))
    }

    fn number(&mut self, number: i64) {
        self.0.update(number.to_le_bytes());
    }

    fn unsigned(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.unsigned(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    fn optional<T>(&mut self, value: Option<T>, write: fn(&mut Self, T)) {
        self.0.update([u8::from(value.is_some())]);
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn key(&mut self, key: &ParcelKey) {
        self.text(key.sheet.commune.as_str());
        self.number(i64::from(key.sheet.sheet_no));
        self.number(i64::from(key.parcel_no));
    }

    fn land_use(&mut self, land_use: &LandUseRow) {
        self.text(&land_use.code);
        self.optional(land_use.area_tenths_m2, Self::unsigned);
        self.optional(land_use.origin.as_deref(), Self::text);
        self.optional(land_use.term.as_deref(), Self::text);
    }

    fn certificate(&mut self, certificate: &CertificateRecord) {
        self.text(&certificate.serial);
        self.optional(certificate.entry_no.as_deref(), Self::text);
        self.optional(certificate.issued_on, Self::day);
    }

    fn code(&mut self, code: NationalCode) {
        self.text(code.as_str());
    }

    fn day(&mut self, day: Date) {
        self.number(i64::from(day.to_julian_day()));
    }

    fn digest(self) -> Digest {
        let hash: [u8; 32] = self.0.finalize().into();
        let mut half = Digest::default();
        half.iter_mut()
            .zip(hash)
            .for_each(|(byte, of_hash)| *byte = of_hash);
        half
    }
}
