//! Reading the columns of pages for the index: the whole register commune by commune, or some parcels.

use super::{READ, Snapshot, Store, StoreError, sound};
use crate::domain::{Area, AsOf, CommuneCode, NationalCode, ParcelId, Position, Revision, Span};
use crate::geometry::wkb;
use crate::page::{Fine, PageParcel, PageSheet, PageUse};
use crate::policy::{Audience, hides_details};
use futures_util::TryStreamExt;
use sqlx::PgConnection;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use time::{Date, OffsetDateTime};

struct PageRow {
    parcel_id: i64,
    national_code: Option<String>,
    commune_code: String,
    commune_from: Date,
    sheet_no: i32,
    zone: i32,
    scale_denominator: Option<i32>,
    parcel_no: i32,
    land_use: Option<String>,
    codes: Option<Vec<String>>,
    areas_tenths_m2: Option<Vec<Option<i64>>>,
    origins: Option<Vec<Option<String>>>,
    terms: Option<Vec<Option<String>>>,
    address: Option<String>,
    legal_area_tenths_m2: Option<i64>,
    computed_area_tenths_m2: i64,
    revision: i32,
    in_force_from: Date,
    recorded_at: OffsetDateTime,
    label_lon: f64,
    label_lat: f64,
    geographic: Vec<u8>,
    codes_since: Option<Vec<String>>,
}

/// A commune's code and its sheets.
type CommuneSheets = (String, Vec<i64>);

/// A polygon of longitudes and latitudes, and a commune; none for everywhere.
pub type Within<'a> = (Option<&'a [Vec<(f64, f64)>]>, Option<CommuneCode>);

/// All current parcels, commune by commune, at one position.
pub struct Communewise {
    snapshots: Vec<Snapshot>,
    position: Position,
    day: Date,
    waiting: VecDeque<CommuneSheets>,
}

/// One of the connections that read it: it takes the next commune that no other has taken.
pub struct CommuneReader {
    snapshot: Snapshot,
    waiting: Arc<Mutex<VecDeque<CommuneSheets>>>,
}

/// Connections that the whole register is read through: reading is the database's work, a core for each.
const READERS: usize = 4;

impl Store {
    /// Starts to read the whole register.
    pub async fn communewise(&self) -> Result<Communewise, StoreError> {
        let mut first = self.snapshot_within("0").await?;
        let row = sqlx::query!(r#"select today() as "today!", pg_export_snapshot() as "name!""#);
        let row = row.fetch_one(first.connection()).await?;
        let sheets = sqlx::query!(
            r#"select commune_code as "commune_code!", array_agg(sheet_id order by sheet_id) as "sheet_ids!"
               from sheet group by commune_code order by commune_code"#
        );
        let sheets = sheets.fetch_all(first.connection()).await?;
        let position = first.position();
        let mut snapshots = Vec::with_capacity(READERS);
        for _ in 1..READERS {
            snapshots.push(self.same_snapshot(&first, &row.name).await?);
        }
        snapshots.push(first);
        Ok(Communewise {
            snapshots,
            position,
            day: row.today,
            waiting: sheets
                .into_iter()
                .map(|row| (row.commune_code, row.sheet_ids))
                .collect(),
        })
    }

    /// Those of some parcels that are current.
    pub async fn page_parcels(&self, ids: &[ParcelId]) -> Result<Vec<PageParcel>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
        let mut reading = self.pool.begin_with(READ).await?;
        page_parcels(&mut reading, &ids, AsOf::default()).await
    }

    /// What the database calls the transaction that reached a position: another one after a backup was restored.
    pub async fn reached_by(&self, position: Position) -> Result<Option<String>, StoreError> {
        let txid = sqlx::query_scalar!(
            r#"select txid || ' ' || committed_at as "txid!" from change_transaction where position = $1"#,
            position.0
        );
        Ok(txid.fetch_optional(&self.pool).await?)
    }
}

impl Snapshot {
    /// The parcels that share a point with a polygon of longitudes and latitudes: those after an id, up to a count, by id.
    pub async fn page_parcels_at(
        &mut self,
        place: &[Vec<(f64, f64)>],
        as_of: AsOf,
        (after, count): (Option<ParcelId>, usize),
    ) -> Result<Vec<PageParcel>, StoreError> {
        let mut shape = Vec::new();
        wkb::write_ewkb_lonlat(place, 4326, &mut shape);
        self.plan_anew().await?;
        let ids = sqlx::query_file_scalar!(
            "src/store/parcels_at_place.sql",
            shape,
            as_of.at,
            as_of.known,
            after.map_or(0, i64::from),
            i64::try_from(count).unwrap_or(i64::MAX)
        );
        let ids = ids.fetch_all(self.connection()).await?;
        page_parcels(self.connection(), &ids, as_of).await
    }

    /// Parcels that are in law on any day of a span: those after an id, up to a count, by id, each as on the last of these days.
    pub async fn page_parcels_during(
        &mut self,
        (place, commune): Within<'_>,
        (span, known): (Span, Option<OffsetDateTime>),
        (after, count): (Option<ParcelId>, usize),
    ) -> Result<Vec<PageParcel>, StoreError> {
        let shape = place.map(|place| {
            let mut shape = Vec::new();
            wkb::write_ewkb_lonlat(place, 4326, &mut shape);
            shape
        });
        self.plan_anew().await?;
        let rows = sqlx::query_file!(
            "src/store/parcels_during.sql",
            shape,
            span.from,
            span.until,
            known,
            commune.map(String::from),
            after.map_or(0, i64::from),
            i64::try_from(count).unwrap_or(i64::MAX)
        );
        let mut of_days: BTreeMap<Date, Vec<i64>> = BTreeMap::new();
        for row in rows.fetch_all(self.connection()).await? {
            of_days.entry(row.day).or_default().push(row.parcel_id);
        }
        let mut parcels = Vec::new();
        for (day, ids) in of_days {
            let as_of = AsOf {
                at: Some(day),
                known,
            };
            parcels.extend(page_parcels(self.connection(), &ids, as_of).await?);
        }
        Ok(parcels)
    }

    /// A parcel as pages have it.
    pub async fn page_parcel(
        &mut self,
        id: ParcelId,
        as_of: AsOf,
    ) -> Result<Option<PageParcel>, StoreError> {
        let parcels = page_parcels(self.connection(), &[id.into()], as_of).await?;
        Ok(parcels.into_iter().next())
    }
}

impl Communewise {
    /// The position that is read.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The day whose law is read.
    pub fn day(&self) -> Date {
        self.day
    }

    /// Leaves communes out, by their codes.
    pub fn keep(&mut self, is_wanted: impl Fn(&str) -> bool) {
        self.waiting.retain(|(code, _)| is_wanted(code));
    }

    /// The connections to read through, all at once.
    pub fn readers(self) -> impl Iterator<Item = CommuneReader> {
        let waiting = Arc::new(Mutex::new(self.waiting));
        let reader = move |snapshot| CommuneReader {
            snapshot,
            waiting: Arc::clone(&waiting),
        };
        self.snapshots.into_iter().map(reader)
    }
}

impl CommuneReader {
    /// The parcels of the next commune that has any.
    pub async fn next(&mut self) -> Result<Option<(CommuneCode, Vec<PageParcel>)>, StoreError> {
        while let Some((code, sheet_ids)) = self.take() {
            let ids = sqlx::query_scalar!(
                r#"select parcel_id as "parcel_id!" from current_parcel where sheet_id = any ($1) order by parcel_id"#,
                &sheet_ids
            );
            let ids = ids.fetch_all(self.snapshot.connection()).await?;
            let parcels = page_parcels(self.snapshot.connection(), &ids, AsOf::default()).await?;
            if !parcels.is_empty() {
                return Ok(Some((sound(CommuneCode::parse(&code))?, parcels)));
            }
        }
        Ok(None)
    }

    fn take(&self) -> Option<CommuneSheets> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.pop_front()
    }
}

async fn page_parcels(
    connection: &mut PgConnection,
    ids: &[i64],
    as_of: AsOf,
) -> Result<Vec<PageParcel>, StoreError> {
    let rows = sqlx::query_file_as!(
        PageRow,
        "src/store/page_parcels.sql",
        ids,
        as_of.at,
        as_of.known
    );
    let mut rows = rows.fetch(connection);
    let mut parcels = Vec::with_capacity(ids.len());
    while let Some(row) = rows.try_next().await? {
        parcels.push(page_parcel(row)?);
    }
    Ok(parcels)
}

fn page_parcel(mut row: PageRow) -> Result<PageParcel, StoreError> {
    let uses = uses(&mut row);
    // As the policy has it: of land without any known use nobody can say that it is not defence land.
    let since = row.codes_since.iter().flatten();
    let mut codes = uses.iter().map(|used| &used.code).chain(since);
    let is_open = !uses.is_empty() && codes.all(|code| !hides_details(code, Audience::Public));
    let open = |ring: Vec<(f64, f64)>| {
        let points = ring.len().saturating_sub(1);
        ring.into_iter()
            .take(points)
            .map(|(lon, lat)| Fine::from_degrees(lon, lat))
            .collect()
    };
    let code = row
        .national_code
        .map(|code| sound(NationalCode::parse(&code)));
    Ok(PageParcel {
        parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
        national_code: code.transpose()?,
        commune: sound(CommuneCode::parse(&row.commune_code))?,
        sheet: PageSheet {
            commune_from: row.commune_from,
            sheet_no: row.sheet_no,
            zone: row.zone,
            scale_denominator: row.scale_denominator,
        },
        parcel_no: row.parcel_no,
        uses,
        is_open,
        legal_area: row.legal_area_tenths_m2.map(area),
        computed_area: area(row.computed_area_tenths_m2),
        address: row.address,
        revision: Revision(row.revision),
        in_force_from: row.in_force_from,
        recorded_at: row.recorded_at,
        label: Fine::from_degrees(row.label_lon, row.label_lat),
        rings: super::parcels::rings(&row.geographic)?
            .into_iter()
            .map(open)
            .collect(),
    })
}

/// The register's uses; else the map's.
fn uses(row: &mut PageRow) -> Vec<PageUse> {
    let Some(codes) = row.codes.take() else {
        let of_map = row.land_use.take().map(|code| PageUse {
            code,
            area: None,
            origin: None,
            term: None,
        });
        return of_map.into_iter().collect();
    };
    let areas = row.areas_tenths_m2.take().unwrap_or_default();
    let origins = row.origins.take().unwrap_or_default();
    let terms = row.terms.take().unwrap_or_default();
    let details = areas.into_iter().zip(origins.into_iter().zip(terms));
    codes
        .into_iter()
        .zip(details)
        .map(|(code, (tenths, (origin, term)))| PageUse {
            code,
            area: tenths.map(area),
            origin,
            term,
        })
        .collect()
}

/// Tenths that are checked not to be negative.
fn area(tenths: i64) -> Area {
    Area::from_tenths_m2(tenths.unsigned_abs())
}
