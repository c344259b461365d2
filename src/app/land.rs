//! Reading the land: by name, by place, by words.

use super::{App, AppError};
use crate::domain::{
    CommuneFact, LandUseFact, NationalCode, ParcelId, ParcelKey, Position, RightFact, fold_text,
    parse_number,
};
use crate::page::{Fine, FineBox, ParcelView};
use crate::policy::{Audience, Field, Purpose, hides_details};
use crate::store::{AccessEntry, Found, Snapshot, StoredParcel};

/// How a parcel is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// By id.
    Id(ParcelId),
    /// By national code.
    Code(NationalCode),
    /// By commune, sheet and number.
    Key(ParcelKey),
}

/// A parcel as it was read for somebody.
#[derive(Debug, Clone)]
pub struct ReadParcel {
    /// Facts and geometry.
    pub stored: StoredParcel,
    /// Rights, where the reader is an officer.
    pub rights: Option<Vec<RightFact>>,
}

/// What an officer sees beyond the public.
const PERSONAL: [Field; 9] = [
    Field::PartyKind,
    Field::PartyName,
    Field::PersonalNo,
    Field::BirthYear,
    Field::Residence,
    Field::Share,
    Field::CertificateSerial,
    Field::CertificateEntryNo,
    Field::CertificateIssuedOn,
];

/// A search by words needs one of so many letters: shorter ones have no index.
const SEARCHED_LETTERS: usize = 3;

/// Why a search result is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchKind {
    /// The national code, or sheet and parcel number.
    Parcel,
    /// A certificate's serial.
    Certificate,
    /// Words of the address.
    Address,
}

/// A search result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Why.
    pub kind: SearchKind,
    /// The parcel.
    pub parcel_id: ParcelId,
    /// Its commune.
    pub commune: CommuneFact,
    /// Its sheet.
    pub sheet_no: i32,
    /// Its number.
    pub parcel_no: i32,
    /// Its address.
    pub address: Option<String>,
}

impl App {
    /// A current parcel, with the position of the answer; an officer gets its rights too.
    ///
    /// An officer's reading is in the ledger before it is answered.
    pub async fn parcel(
        &self,
        asked: Asked,
        officer: Option<&str>,
        request: &str,
    ) -> Result<(Option<ReadParcel>, Position), AppError> {
        let mut snapshot = self.store.snapshot().await?;
        let position = snapshot.position();
        let Some(stored) = find(&mut snapshot, asked).await? else {
            return Ok((None, position));
        };
        let id = stored.facts.parcel_id;
        let rights = match officer {
            Some(_) => Some(snapshot.rights(id).await?),
            None => None,
        };
        drop(snapshot);
        if let Some(officer) = officer {
            let fields: Vec<String> = PERSONAL.map(|field| field.name().to_owned()).to_vec();
            let entry = AccessEntry {
                actor: officer,
                audience: Audience::Officer.name(),
                service: "api",
                purpose: Some(Purpose::REGISTER_KEEPING.as_str()),
                dossier: None,
                request,
                parcel_id: Some(id),
                fields: &fields,
                position,
                outcome: "answered",
            };
            self.store.record_access(&entry).await?;
        }
        Ok((Some(ReadParcel { stored, rights }), position))
    }

    /// Current parcels by id, in the order of ids, with the position that they were read at.
    pub async fn parcels(
        &self,
        ids: &[ParcelId],
    ) -> Result<(Vec<StoredParcel>, Position), AppError> {
        let mut snapshot = self.store.snapshot().await?;
        Ok((snapshot.parcels(ids).await?, snapshot.position()))
    }

    /// The parcels that cover a place.
    pub fn ids_at(&self, lon: f64, lat: f64) -> Result<(Vec<ParcelId>, Position), AppError> {
        let state = self.filled()?;
        let ids = state
            .parcels_at(lon, lat)?
            .iter()
            .map(|parcel| parcel.parcel_id())
            .collect();
        Ok((ids, state.position()))
    }

    /// A page of the parcels that share a point with a box (west, south, east, north): those after an id, up to a count.
    pub fn ids_in(
        &self,
        bounds: [f64; 4],
        after: Option<ParcelId>,
        count: usize,
    ) -> Result<(Vec<ParcelId>, Position), AppError> {
        let state = self.filled()?;
        let ids = ids(&state.parcels_in(FineBox::from_degrees(bounds), after, count));
        Ok((ids, state.position()))
    }

    /// A page of the parcels that share a point with a polygon of longitudes and latitudes (rings not closed).
    pub fn ids_within(
        &self,
        polygon: &[Vec<(f64, f64)>],
        after: Option<ParcelId>,
        count: usize,
    ) -> Result<(Vec<ParcelId>, Position), AppError> {
        let rings: Vec<Vec<Fine>> = polygon
            .iter()
            .map(|ring| {
                ring.iter()
                    .map(|(lon, lat)| Fine::from_degrees(*lon, *lat))
                    .collect()
            })
            .collect();
        let state = self.filled()?;
        let ids = ids(&state.parcels_meeting(&rings, after, count));
        Ok((ids, state.position()))
    }

    /// The nearest parcels to a place with their distances in metres, within 5 km.
    pub fn nearest(
        &self,
        lon: f64,
        lat: f64,
        count: usize,
    ) -> Result<(Vec<(ParcelId, f64)>, Position), AppError> {
        const REACH_M: f64 = 5000.0;
        let state = self.filled()?;
        let found = state.nearest(lon, lat, count, REACH_M).into_iter();
        let found = found
            .map(|(parcel, distance_m)| (parcel.parcel_id(), distance_m))
            .collect();
        Ok((found, state.position()))
    }

    /// Finds parcels by what people type: a national code, `sheet/parcel` (`12/34`, `tờ 12 thửa 34`, after a commune code if
    /// wanted), a certificate serial, else words of an address.
    pub async fn search(
        &self,
        text: &str,
        count: i64,
    ) -> Result<(Vec<SearchHit>, Position), AppError> {
        let mut snapshot = self.store.snapshot().await?;
        let position = snapshot.position();
        let folded = fold_text(text.trim());
        if let Ok(code) = NationalCode::parse(&folded)
            && let Some(id) = snapshot.parcel_of_code(code).await?
        {
            let found = snapshot
                .parcels(&[id])
                .await?
                .into_iter()
                .map(|parcel| SearchHit {
                    kind: SearchKind::Parcel,
                    parcel_id: id,
                    commune: parcel.facts.commune,
                    sheet_no: parcel.facts.sheet_no,
                    parcel_no: parcel.facts.parcel_no,
                    address: parcel
                        .facts
                        .address
                        .filter(|_| is_open(&parcel.facts.land_use)),
                });
            return Ok((found.collect(), position));
        }
        let (kind, found) = if let Some((commune, sheet_no, parcel_no)) = numbers(&folded) {
            (
                SearchKind::Parcel,
                snapshot
                    .search_number(commune.as_deref(), sheet_no, parcel_no, count)
                    .await?,
            )
        } else if let Some(serial_key) = serial_key(text) {
            (
                SearchKind::Certificate,
                snapshot.search_serial(&serial_key, count).await?,
            )
        } else if folded
            .split_whitespace()
            .any(|word| word.chars().count() >= SEARCHED_LETTERS)
        {
            (
                SearchKind::Address,
                snapshot.search_address(&folded, count).await?,
            )
        } else {
            (SearchKind::Address, Vec::new())
        };
        let ids: Vec<i64> = found.iter().map(|found| found.parcel_id.into()).collect();
        let mut uses = snapshot.land_use(&ids).await?;
        let hits = found.into_iter().map(|found| {
            let uses = uses.remove(&found.parcel_id.into()).unwrap_or_default();
            hit(kind, found, &uses)
        });
        Ok((hits.collect(), position))
    }
}

fn ids(parcels: &[ParcelView<'_>]) -> Vec<ParcelId> {
    parcels.iter().map(|parcel| parcel.parcel_id()).collect()
}

fn hit(kind: SearchKind, found: Found, uses: &[LandUseFact]) -> SearchHit {
    SearchHit {
        kind,
        parcel_id: found.parcel_id,
        commune: found.commune,
        sheet_no: found.sheet_no,
        parcel_no: found.parcel_no,
        address: found.address.filter(|_| is_open(uses)),
    }
}

/// Whether the public may see details of land of these uses; of land without any known use nobody can say that.
fn is_open(uses: &[LandUseFact]) -> bool {
    !uses.is_empty()
        && uses
            .iter()
            .all(|row| !hides_details(&row.code, Audience::Public))
}

/// The current parcel that is asked for.
pub(super) async fn find(
    snapshot: &mut Snapshot,
    asked: Asked,
) -> Result<Option<StoredParcel>, AppError> {
    let id = match asked {
        Asked::Id(id) => Some(id),
        Asked::Code(code) => snapshot.parcel_of_code(code).await?,
        Asked::Key(key) => snapshot.parcel_of_key(&key).await?,
    };
    match id {
        Some(id) => Ok(snapshot.parcels(&[id]).await?.pop()),
        None => Ok(None),
    }
}

/// Commune (five digits, if given), sheet and parcel number of a folded text that holds nothing else.
fn numbers(folded: &str) -> Option<(Option<String>, i32, i32)> {
    let spaced = folded.replace(['/', '-', ',', ';'], " ");
    let words: Vec<&str> = spaced
        .split_whitespace()
        .filter(|word| !["to", "thua", "so", "ban", "do"].contains(word))
        .collect();
    let whole = |word: &str| {
        word.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| parse_number(word).ok())
            .flatten()
    };
    match words[..] {
        [sheet, parcel] => Some((None, whole(sheet)?, whole(parcel)?)),
        [commune, sheet, parcel] if commune.len() == 5 && whole(commune).is_some() => {
            Some((Some(commune.to_owned()), whole(sheet)?, whole(parcel)?))
        }
        _ => None,
    }
}

/// The key of a text that has the form of a certificate serial: one or two letters, then six to eight digits.
fn serial_key(text: &str) -> Option<String> {
    let key: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect();
    let letters = key
        .chars()
        .take_while(|letter| letter.is_alphabetic())
        .count();
    let digits: String = key.chars().skip(letters).collect();
    let fits = (1..=2).contains(&letters)
        && (6..=8).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_for_a_sheet_and_a_parcel_is_understood() {
        for text in [
            "12/34",
            "12 34",
            "to 12 thua 34",
            "to ban do so 12, thua so 34",
        ] {
            assert_eq!(numbers(text), Some((None, 12, 34)), "{text}");
        }
        assert_eq!(
            numbers("99001 12/34"),
            Some((Some("99001".to_owned()), 12, 34))
        );
        for text in ["12", "12/34/56", "duong 12 34", "12/0", ""] {
            assert_eq!(numbers(text), None, "{text}");
        }
    }

    #[test]
    fn serials_of_every_era_are_known_and_addresses_are_not() {
        for text in ["AA 00000001", "bx123456", "DĐ 123456", "A 123456"] {
            assert!(serial_key(text).is_some(), "{text}");
        }
        for text in ["12/34", "ABC 123456", "AA 123", "Thôn 3"] {
            assert!(serial_key(text).is_none(), "{text}");
        }
    }
}
