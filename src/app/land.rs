//! Reading the land: by name, by place, by words.

use super::{App, AppError, FEW_PAGES};
use crate::domain::{
    AsOf, Burdens, CommuneCode, CommuneFact, LandUseFact, Moment, Names, NationalCode, ParcelId,
    ParcelKey, Position, RightFact, RightsRevision, fold_text, parse_number,
};
use crate::index::State;
use crate::page::{Fine, FineBox, ParcelView};
use crate::policy::{Audience, Denial, Duty, Field, Ground, Officer, Purpose, hides_land};
use crate::store::{AccessEntry, Found, Reservation, Snapshot, StoreError, StoredParcel};

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
    /// Rights.
    pub rights: Vec<RightFact>,
    /// What lies on it beside.
    pub burdens: Burdens,
    /// What changes with its rights and all that lies on it, where it is read as it is now.
    pub rights_revision: Option<RightsRevision>,
    /// Both times.
    pub moment: Moment,
    /// The open dossier that reserves it.
    pub reserved_by: Option<Reservation>,
}

/// Parcels in memory, found for an answer to the public.
#[derive(Debug, Clone)]
pub struct Land<'a> {
    /// The parcels.
    pub parcels: Vec<ParcelView<'a>>,
    /// What codes are called.
    pub names: &'a Names,
    /// The register position that they show.
    pub position: Position,
    /// Both times, where another one than now was asked for.
    pub moment: Option<Moment>,
}

/// An officer who reads.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Who.
    pub officer: &'a Officer,
    /// The request, as the ledger keeps it: method, path and times.
    pub request: &'a str,
}

/// Why an officer does not read a parcel.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not this officer's to read.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The register failed.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// What an officer sees beyond the public.
const PERSONAL: [Field; 15] = [
    Field::PartyKind,
    Field::PartyName,
    Field::PersonalNo,
    Field::BirthYear,
    Field::Residence,
    Field::Share,
    Field::CertificateSerial,
    Field::CertificateEntryNo,
    Field::CertificateIssuedOn,
    Field::CertificateStatus,
    Field::Blocks,
    Field::BlockReason,
    Field::Restrictions,
    Field::Mortgages,
    Field::Leases,
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
    /// A parcel with its rights as an officer reads it, with the position of the answer.
    ///
    /// The reading is in the ledger before it is answered.
    pub async fn parcel(
        &self,
        asked: Asked,
        as_of: AsOf,
        reader: &Reader<'_>,
    ) -> Result<(Option<ReadParcel>, Position), ReadError> {
        let mut snapshot = self.store.snapshot().await?;
        let (position, moment) = (snapshot.position(), snapshot.moment(as_of));
        let Some(stored) = find(&mut snapshot, asked, as_of).await? else {
            return Ok((None, position));
        };
        let id = stored.facts.parcel_id;
        let rights = snapshot.rights(id, as_of).await?;
        let burdens = snapshot.burdens(id, as_of).await?;
        let rights_revision = if as_of.is_now() {
            Some(snapshot.rights_revision(id).await?)
        } else {
            None
        };
        drop(snapshot);
        self.note_reading(reader, &[id], position).await?;
        let reserved_by = self.store.reservations(&[id]).await?.pop();
        let read = ReadParcel {
            stored,
            rights,
            burdens,
            rights_revision,
            moment,
            reserved_by,
        };
        Ok((Some(read), position))
    }

    /// Writes into the access ledger that an officer reads what the register knows of persons by some parcels; of persons alone,
    /// where there is none. Who is competent for none of them is denied, and that is in the ledger too.
    pub(super) async fn note_reading(
        &self,
        reader: &Reader<'_>,
        parcels: &[ParcelId],
        position: Position,
    ) -> Result<(), ReadError> {
        let denial = self.denial(reader.officer, parcels).await?;
        let shown = if denial.is_none() { &PERSONAL[..] } else { &[] };
        let fields: Vec<String> = shown.iter().map(|field| field.name().to_owned()).collect();
        let entry = |parcel_id| AccessEntry {
            actor: &reader.officer.name,
            audience: Audience::Officer.name(),
            service: "api",
            purpose: Some(Purpose::REGISTER_KEEPING.as_str()),
            dossier: None,
            request: reader.request,
            parcel_id,
            fields: &fields,
            position,
            outcome: if denial.is_none() {
                "answered"
            } else {
                "denied"
            },
        };
        if parcels.is_empty() {
            self.store.record_access(&entry(None)).await?;
        }
        for parcel in parcels {
            self.store.record_access(&entry(Some(*parcel))).await?;
        }
        match denial {
            Some(denial) => Err(denial.into()),
            None => Ok(()),
        }
    }

    /// Why an officer may not read of persons by any of some parcels; of persons alone, only the role counts.
    pub(super) async fn denial(
        &self,
        officer: &Officer,
        parcels: &[ParcelId],
    ) -> Result<Option<Denial>, AppError> {
        if let Err(denial) = officer.may(Duty::Read) {
            return Ok(Some(denial));
        }
        let mut denial = None;
        for (province, commune) in self.store.grounds_of(parcels).await? {
            let province = province.as_deref();
            let commune = &*commune;
            match officer.may_at(Duty::Read, Ground { province, commune }) {
                Ok(()) => return Ok(None),
                Err(other) => denial = Some(other),
            }
        }
        Ok(denial)
    }

    /// A current parcel as the public may see it, from memory. Only a code that was moved far from its parcel is looked up in
    /// the database.
    pub async fn public_parcel<T>(
        &self,
        asked: Asked,
        show: impl FnOnce(&Land<'_>) -> T,
    ) -> Result<T, AppError> {
        let mut state = self.filled()?;
        let mut id = in_memory(&state, asked);
        if let (Asked::Code(code), None) = (asked, id) {
            id = self.store.snapshot().await?.parcel_of_code(code).await?;
            state = self.filled()?;
        }
        let parcels = id.and_then(|id| state.parcel(id)).into_iter().collect();
        Ok(show(&Land::of(&state, parcels)))
    }

    /// The parcels that cover a place.
    pub fn parcels_at<T>(
        &self,
        lon: f64,
        lat: f64,
        show: impl FnOnce(&Land<'_>) -> T,
    ) -> Result<T, AppError> {
        let state = self.filled()?;
        Ok(show(&Land::of(&state, state.parcels_at(lon, lat)?)))
    }

    /// Whether what is in a box is read so quickly that others may wait for that.
    pub fn is_quick(&self, bounds: [f64; 4]) -> bool {
        let state = self.state();
        let pages = state.pages_near(FineBox::from_degrees(bounds).world());
        pages.take(FEW_PAGES + 1).count() <= FEW_PAGES
    }

    /// A page of the parcels that share a point with a box (west, south, east, north): those after an id, up to a count.
    pub fn parcels_in<T>(
        &self,
        bounds: [f64; 4],
        after: Option<ParcelId>,
        count: usize,
        show: impl FnOnce(Land<'_>) -> T,
    ) -> Result<T, AppError> {
        let state = self.filled()?;
        let parcels = state.parcels_in(FineBox::from_degrees(bounds), after, count);
        Ok(show(Land::of(&state, parcels)))
    }

    /// A page of the parcels that share a point with a polygon of longitudes and latitudes (rings not closed).
    pub fn parcels_within<T>(
        &self,
        polygon: &[Vec<(f64, f64)>],
        after: Option<ParcelId>,
        count: usize,
        show: impl FnOnce(Land<'_>) -> T,
    ) -> Result<T, AppError> {
        let fine = |(lon, lat): &(f64, f64)| Fine::from_degrees(*lon, *lat);
        let rings: Vec<Vec<Fine>> = polygon
            .iter()
            .map(|ring| ring.iter().map(fine).collect())
            .collect();
        let state = self.filled()?;
        let parcels = state.parcels_meeting(&rings, after, count);
        Ok(show(Land::of(&state, parcels)))
    }

    /// A page of all parcels, or of those of a commune: those after an id, up to a count.
    pub fn parcels_after<T>(
        &self,
        commune: Option<CommuneCode>,
        after: Option<ParcelId>,
        count: usize,
        show: impl FnOnce(Land<'_>) -> T,
    ) -> Result<T, AppError> {
        let state = self.filled()?;
        let parcels = state.parcels_after(commune, after, count);
        Ok(show(Land::of(&state, parcels)))
    }

    /// The nearest parcels to a place within 5 km, with their distances in metres.
    pub fn nearest<T>(
        &self,
        lon: f64,
        lat: f64,
        count: usize,
        show: impl FnOnce(&Land<'_>, &[f64]) -> T,
    ) -> Result<T, AppError> {
        const REACH_M: f64 = 5000.0;
        let state = self.filled()?;
        let (parcels, distances_m): (Vec<_>, Vec<_>) =
            state.nearest(lon, lat, count, REACH_M).into_iter().unzip();
        Ok(show(&Land::of(&state, parcels), &distances_m))
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
                .parcels(&[id], AsOf::default())
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
        let mut uses = snapshot.land_use(&ids, AsOf::default()).await?;
        let hits = found.into_iter().map(|found| {
            let uses = uses.remove(&found.parcel_id.into()).unwrap_or_default();
            hit(kind, found, &uses)
        });
        Ok((hits.collect(), position))
    }
}

impl<'a> Land<'a> {
    fn of(state: &'a State, parcels: Vec<ParcelView<'a>>) -> Self {
        Self {
            parcels,
            names: state.names(),
            position: state.position(),
            moment: None,
        }
    }

    /// Parcels of another time.
    pub(super) fn recalled(state: &'a State, parcels: Vec<ParcelView<'a>>, moment: Moment) -> Self {
        Self {
            moment: Some(moment),
            ..Self::of(state, parcels)
        }
    }
}

fn in_memory(state: &State, asked: Asked) -> Option<ParcelId> {
    let found = match asked {
        Asked::Id(id) => state.parcel(id),
        Asked::Code(code) => state.parcel_of_code(code),
        Asked::Key(key) => state.parcel_of_key(&key),
    };
    found.map(|parcel| parcel.parcel_id())
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
    !hides_land(uses.iter().map(|row| &*row.code), Audience::Public)
}

/// The parcel that is asked for.
pub(super) async fn find(
    snapshot: &mut Snapshot,
    asked: Asked,
    as_of: AsOf,
) -> Result<Option<StoredParcel>, StoreError> {
    match id_of(snapshot, asked, as_of).await? {
        Some(id) => Ok(snapshot.parcels(&[id], as_of).await?.pop()),
        None => Ok(None),
    }
}

pub(super) async fn id_of(
    snapshot: &mut Snapshot,
    asked: Asked,
    as_of: AsOf,
) -> Result<Option<ParcelId>, StoreError> {
    match asked {
        Asked::Id(id) => Ok(Some(id)),
        Asked::Code(code) => snapshot.parcel_of_code(code).await,
        Asked::Key(key) => snapshot.parcel_of_key(&key, as_of).await,
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
pub(super) fn serial_key(text: &str) -> Option<String> {
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
