//! Operations at the desk: parcels held still with their neighbours, and what becomes of them, in one transaction.

mod books;
mod burdens;
mod sheets;
mod write;
mod write_rights;

pub use books::{
    Books, ChangeType, HeldCertificate, HeldParty, Mentioned, NamedBlock, NamedGround, TermRule,
};
pub use burdens::{HeldBlock, HeldEncumbrance, HeldRestriction};
pub use sheets::{CommuneEra, MovingSheet, NewSheet, SheetHolding, SheetPath};
pub use write::{Drawn, NewParcel, Renewed};
pub use write_rights::{
    WrittenBlock, WrittenCertificate, WrittenEncumbrance, WrittenLink, WrittenNamedBlock,
    WrittenNote, WrittenParty, WrittenRestriction, WrittenRight,
};

use super::parcels::rings;
use super::{READ, Store, StoreError, Transaction, sound};
use crate::crs::private_srid;
use crate::domain::{
    Area, Boundary, CertificateId, CommuneCode, LandUseRow, ParcelId, PartyId, Revision, RightId,
    RightsRevision, Share, SheetId, SheetKey, ZoneCode,
};
use crate::geometry::{RawPolygon, check_rings, wkb};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::{BTreeSet, HashMap};
use time::Date;

/// A sheet as an operation finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSheet {
    /// Its id.
    pub sheet_id: SheetId,
    /// Commune and number.
    pub key: SheetKey,
    /// The zone of its legal coordinates.
    pub zone: ZoneCode,
    /// The highest parcel number that it ever used.
    pub highest_parcel_no: i32,
    /// The province of the commune.
    pub province_code: Option<String>,
    /// Of what kind the commune is: `ward`, `plain` or `mountain`.
    pub area_kind: String,
    /// The scale of the survey.
    pub scale_denominator: Option<i32>,
}

/// What an operation has to hold.
#[derive(Debug, Default)]
pub struct Reach {
    /// Parcels of the register.
    pub parcels: Vec<ParcelId>,
    /// Boundaries as given, in the zone of a parcel.
    pub surveys: Vec<(ParcelId, RawPolygon)>,
    /// Boundaries as given, in the zone of a sheet.
    pub firsts: Vec<(SheetKey, RawPolygon)>,
    /// Parties, certificates and blocks that are named.
    pub mentioned: Mentioned,
}

/// A current parcel as an operation finds it.
#[derive(Debug, Clone)]
pub struct HeldParcel {
    /// Its id.
    pub parcel_id: ParcelId,
    /// Its last revision.
    pub revision: Revision,
    /// The sheet.
    pub sheet: HeldSheet,
    /// Its number there.
    pub parcel_no: i32,
    /// The legal geometry.
    pub boundary: Boundary,
    /// Whether it was computed from degrees.
    pub is_derived: bool,
    /// The main use by the map.
    pub land_use: Option<String>,
    /// Where it lies.
    pub address: Option<String>,
    /// The area by the papers.
    pub legal_area: Option<Area>,
    /// Whether it, a use or a right of it begins or ends on a day to come.
    pub is_scheduled: bool,
    /// The first day that the register knows it.
    pub since: Date,
    /// Whether an operation made it, so that it was not there before that day.
    pub is_made: bool,
    /// What changes with its rights and all that lies on it.
    pub rights_revision: RightsRevision,
    /// The uses by the register, main use first.
    pub uses: Vec<LandUseRow>,
    /// The rights in it.
    pub rights: Vec<HeldRight>,
    /// The mortgages and leases on it.
    pub encumbrances: Vec<HeldEncumbrance>,
    /// The restrictions on it.
    pub restrictions: Vec<HeldRestriction>,
    /// The blocks on it and on what it came from.
    pub blocks: Vec<HeldBlock>,
}

/// A right in a held parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRight {
    /// Its id.
    pub right_id: RightId,
    /// Whose it is.
    pub party_id: PartyId,
    /// By which certificate.
    pub certificate_id: Option<CertificateId>,
    /// `use`, `management` or `ownership-of-assets`.
    pub kind: String,
    /// How much.
    pub share: Share,
}

/// A number of the law, with where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleValue {
    /// Which rule.
    pub rule: String,
    /// The province; none for the country.
    pub province_code: Option<String>,
    /// `ward`, `plain` or `mountain`; none for all.
    pub area_kind: Option<String>,
    /// The use; none for all.
    pub land_use: Option<String>,
    /// The number.
    pub value: f64,
    /// Law and article.
    pub source: String,
}

/// An entry of what officers did, as it was stored.
#[derive(Debug, Clone)]
pub struct OperationEntry {
    /// Its number.
    pub land_operation_id: i64,
    /// What came of it.
    pub report: Value,
    /// The digest of what was asked.
    pub request_sha256: Vec<u8>,
}

/// Parcels and their neighbours, held still: nobody else changes a parcel of their communes until this ends. Dropped without
/// commit, it leaves nothing.
pub struct Holding {
    pub(in crate::store) transaction: Transaction,
    /// The parcels asked for that are current, by id.
    pub parcels: Vec<HeldParcel>,
    /// The parcels beside them, and beside and under boundaries given, by id, without rights and uses.
    pub neighbours: Vec<HeldParcel>,
    /// The sheets asked for that there are.
    pub sheets: Vec<HeldSheet>,
    /// Parties, certificates, blocks by name, and the law of the day.
    pub books: Books,
}

/// Rows by their parcel.
type Held<T> = HashMap<i64, Vec<T>>;

/// How often the communes to hold are looked for anew, when parcels come from a commune that was not held.
const ROUNDS: usize = 5;

impl Store {
    /// Parcels with their neighbours as they are now, of one state; others may change them meanwhile.
    pub async fn look(&self, reach: &Reach) -> Result<Holding, StoreError> {
        let mut transaction = self.pool.begin_with(READ).await?;
        let met = met(&mut transaction, reach).await?;
        Holding::of(transaction, met, &reach.mentioned).await
    }

    /// Holds parcels with their neighbours.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where somebody else holds their communes for long.
    ///
    /// `communes` are those that they probably lie in: where others turn out to be touched, all is read again.
    pub async fn hold(
        &self,
        reach: &Reach,
        mut communes: BTreeSet<CommuneCode>,
    ) -> Result<Holding, StoreError> {
        for _ in 0..ROUNDS {
            let mut transaction = self.begin().await?;
            hold_communes(&mut transaction, &communes).await?;
            let met = met(&mut transaction, reach).await?;
            if met.communes().is_subset(&communes) {
                hold_names(&mut transaction, &reach.mentioned).await?;
                return Holding::of(transaction, met, &reach.mentioned).await;
            }
            communes.extend(met.communes());
        }
        Err(StoreError::Corrupt(
            "parcels whose communes change faster than they can be held".to_owned(),
        ))
    }

    /// An entry of what officers did.
    pub async fn operation(&self, id: i64) -> Result<Option<OperationEntry>, StoreError> {
        let entry = sqlx::query!(
            r#"select report as "report: Json<Value>", request_sha256 from land_operation where land_operation_id = $1"#,
            id
        );
        let entry = entry.fetch_optional(&self.pool).await?;
        Ok(entry.map(|row| OperationEntry {
            land_operation_id: id,
            report: row.report.0,
            request_sha256: row.request_sha256,
        }))
    }
}

impl Holding {
    async fn of(
        mut transaction: Transaction,
        met: Met,
        mentioned: &Mentioned,
    ) -> Result<Self, StoreError> {
        let Met {
            mut parcels,
            neighbours,
            sheets,
        } = met;
        let ids: Vec<i64> = parcels
            .iter()
            .map(|parcel| parcel.parcel_id.into())
            .collect();
        let mut uses = held_uses(&mut transaction, &ids).await?;
        let mut rights = held_rights(&mut transaction, &ids).await?;
        let mut encumbrances = burdens::held_encumbrances(&mut transaction, &ids).await?;
        let mut restrictions = burdens::held_restrictions(&mut transaction, &ids).await?;
        let mut blocks = burdens::held_blocks(&mut transaction, &ids, &mentioned.blocks).await?;
        let mut revisions = rights_revisions(&mut transaction, &ids).await?;
        for parcel in &mut parcels {
            let id = i64::from(parcel.parcel_id);
            parcel.uses = uses.remove(&id).unwrap_or_default();
            parcel.rights = rights.remove(&id).unwrap_or_default();
            parcel.encumbrances = encumbrances.remove(&id).unwrap_or_default();
            parcel.restrictions = restrictions.remove(&id).unwrap_or_default();
            parcel.blocks = blocks.remove(&id).unwrap_or_default();
            parcel.rights_revision = revisions.remove(&id).unwrap_or_default();
        }
        let mut mentioned = mentioned.clone();
        let rights = parcels.iter().flat_map(|parcel| &parcel.rights);
        let takers = parcels.iter().flat_map(|parcel| &parcel.encumbrances);
        mentioned
            .parties
            .extend(rights.clone().map(|right| right.party_id));
        mentioned
            .parties
            .extend(takers.map(|encumbrance| encumbrance.party_id));
        let certificates = rights.filter_map(|right| right.certificate_id);
        let certificates: Vec<i64> = certificates.map(i64::from).collect();
        let books = Books::read(&mut transaction, &ids, &certificates, &mentioned).await?;
        Ok(Self {
            transaction,
            parcels,
            neighbours,
            sheets,
            books,
        })
    }
}

/// What an operation reaches.
struct Met {
    parcels: Vec<HeldParcel>,
    neighbours: Vec<HeldParcel>,
    sheets: Vec<HeldSheet>,
}

impl Met {
    fn communes(&self) -> BTreeSet<CommuneCode> {
        let parcels = self.parcels.iter().chain(&self.neighbours);
        let sheets = parcels.map(|parcel| &parcel.sheet).chain(&self.sheets);
        sheets.map(|sheet| sheet.key.commune).collect()
    }
}

/// Parcels and sheets, and the parcels beside and under what is given.
async fn met(connection: &mut PgConnection, reach: &Reach) -> Result<Met, StoreError> {
    let ids: Vec<i64> = reach.parcels.iter().map(|id| i64::from(*id)).collect();
    let parcels = held_parcels(connection, &ids).await?;
    let sheets = held_sheets(connection, &reach.firsts).await?;
    let zone_of = |id: &ParcelId| {
        let parcel = parcels.iter().find(|parcel| parcel.parcel_id == *id);
        parcel.map(|parcel| parcel.sheet.zone)
    };
    let zone_at = |key: &SheetKey| {
        let sheet = sheets.iter().find(|sheet| sheet.key == *key);
        sheet.map(|sheet| sheet.zone)
    };
    let surveys = reach.surveys.iter().map(|(id, raw)| (zone_of(id), raw));
    let firsts = reach.firsts.iter().map(|(key, raw)| (zone_at(key), raw));
    let drawn: Vec<Vec<u8>> = surveys
        .chain(firsts)
        .filter_map(|(zone, raw)| ewkb(zone?, raw))
        .collect();
    let beside = sqlx::query_file_scalar!("src/store/desk/neighbours.sql", &ids, &drawn);
    let beside = beside.fetch_all(&mut *connection).await?;
    let neighbours = held_parcels(connection, &beside).await?;
    Ok(Met {
        parcels,
        neighbours,
        sheets,
    })
}

/// A boundary as given, if it is lawful taken alone; the plan says what is wrong with it otherwise.
fn ewkb(zone: ZoneCode, raw: &RawPolygon) -> Option<Vec<u8>> {
    let boundary = check_rings(zone, raw).ok()?;
    let mut bytes = Vec::new();
    wkb::write_ewkb(&boundary, private_srid(zone), &mut bytes);
    Some(bytes)
}

async fn held_sheets(
    connection: &mut PgConnection,
    firsts: &[(SheetKey, RawPolygon)],
) -> Result<Vec<HeldSheet>, StoreError> {
    if firsts.is_empty() {
        return Ok(Vec::new());
    }
    let (communes, numbers): (Vec<_>, Vec<_>) = firsts
        .iter()
        .map(|(key, _)| (key.commune.as_str().to_owned(), key.sheet_no))
        .unzip();
    let rows = sqlx::query_file!("src/store/desk/held_sheets.sql", &communes, &numbers);
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            Ok(HeldSheet {
                sheet_id: sound(SheetId::try_from(row.sheet_id))?,
                key: SheetKey {
                    commune: sound(CommuneCode::parse(&row.commune_code))?,
                    sheet_no: row.sheet_no,
                },
                zone: row.zone,
                highest_parcel_no: row.highest_parcel_no,
                province_code: row.province_code,
                area_kind: row.area_kind,
                scale_denominator: row.scale_denominator,
            })
        })
        .collect()
}

/// Takes the communes' locks in the order of their codes, so that nobody waits for who waits for them.
async fn hold_communes(
    connection: &mut PgConnection,
    communes: &BTreeSet<CommuneCode>,
) -> Result<(), StoreError> {
    let codes: Vec<String> = communes
        .iter()
        .map(|commune| commune.as_str().to_owned())
        .collect();
    let locks = sqlx::query!(
        "select set_config('lock_timeout', '5s', true), set_config('plan_cache_mode', 'force_generic_plan', true) as plans,
                (select count(pg_advisory_xact_lock(1, code::integer)) from unnest($1::text[]) as code)",
        &codes
    );
    locks.fetch_one(&mut *connection).await.map_err(busy)?;
    // Nobody else records anything of them from now on.
    sqlx::query!(
        "select set_config('diaba.recording_time', clock_timestamp()::text, true) as recording_time"
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// What was done under an officer's key before.
async fn entry(
    connection: &mut PgConnection,
    officer: &str,
    key: &str,
) -> Result<Option<OperationEntry>, StoreError> {
    let entry = sqlx::query!(
        r#"select land_operation_id, report as "report: Json<Value>", request_sha256
           from land_operation where officer_identity(officer) = $1 and idempotency_key = $2"#,
        officer,
        key
    );
    let entry = entry.fetch_optional(connection).await?;
    Ok(entry.map(|row| OperationEntry {
        land_operation_id: row.land_operation_id,
        report: row.report.0,
        request_sha256: row.request_sha256,
    }))
}

/// The number of an entry that is being made.
async fn new_entry(connection: &mut PgConnection) -> Result<i64, StoreError> {
    let id = sqlx::query_scalar!(
        r#"select nextval(pg_get_serial_sequence('land_operation', 'land_operation_id')) as "id!""#
    );
    Ok(id.fetch_one(connection).await?)
}

/// Writes an entry. A key makes a second request with it find this one.
async fn insert_entry(
    connection: &mut PgConnection,
    operation_id: i64,
    (officer, dossier, key): (&str, Option<&str>, Option<&str>),
    (request, request_sha256): (&Value, &[u8]),
    report: &Value,
) -> Result<(), StoreError> {
    let insertion = sqlx::query!(
        "insert into land_operation (land_operation_id, officer, dossier_code, request, report, idempotency_key, request_sha256)
         overriding system value values ($1, $2, $3, $4, $5, $6, $7)",
        operation_id, officer, dossier, request, report, key, request_sha256
    );
    let inserted = insertion.execute(&mut *connection).await;
    inserted.map_err(|error| {
        let broken = error
            .as_database_error()
            .and_then(|error| error.constraint());
        match broken {
            Some("land_operation_once") => StoreError::Taken("of an idempotent request".to_owned()),
            _ => error.into(),
        }
    })?;
    // After all else that it wrote: the books find it by the parcels.
    sqlx::query!(
        "insert into land_operation_parcel (parcel_id, land_operation_id, commune_code)
         select p.parcel_id, $1, c.commune_code
         from parcels_of_operation(pg_current_xact_id(), $2) as p (parcel_id)
         cross join lateral communes_of(p.parcel_id) as c (commune_code)",
        operation_id,
        report
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the locks of the numbers and serials that are named, so that nobody makes the same party or certificate meanwhile.
async fn hold_names(
    connection: &mut PgConnection,
    mentioned: &Mentioned,
) -> Result<(), StoreError> {
    let names = mentioned.personal_nos.iter().chain(&mentioned.serial_keys);
    for name in names.collect::<BTreeSet<_>>() {
        let lock = sqlx::query!("select pg_advisory_xact_lock(2, hashtext($1))", name);
        lock.execute(&mut *connection).await.map_err(busy)?;
    }
    Ok(())
}

/// PostgreSQL's lock_not_available.
pub(super) fn busy(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code());
    if code.as_deref() == Some("55P03") {
        return StoreError::Busy;
    }
    error.into()
}

async fn held_parcels(
    connection: &mut PgConnection,
    ids: &[i64],
) -> Result<Vec<HeldParcel>, StoreError> {
    let rows = sqlx::query_file!("src/store/desk/held_parcels.sql", ids);
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            Ok(HeldParcel {
                parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
                revision: Revision(row.revision),
                sheet: HeldSheet {
                    sheet_id: sound(SheetId::try_from(row.sheet_id))?,
                    key: SheetKey {
                        commune: sound(CommuneCode::parse(&row.commune_code))?,
                        sheet_no: row.sheet_no,
                    },
                    zone: row.zone,
                    highest_parcel_no: row.highest_parcel_no,
                    province_code: row.province_code,
                    area_kind: row.area_kind,
                    scale_denominator: row.scale_denominator,
                },
                parcel_no: row.parcel_no,
                boundary: boundary(row.zone, &row.legal_geometry)?,
                is_derived: row.is_derived,
                land_use: row.land_use,
                address: row.address,
                legal_area: row.legal_area_tenths_m2.and_then(tenths),
                is_scheduled: row.is_scheduled,
                since: row.since,
                is_made: row.is_made,
                rights_revision: RightsRevision::default(),
                uses: Vec::new(),
                rights: Vec::new(),
                encumbrances: Vec::new(),
                restrictions: Vec::new(),
                blocks: Vec::new(),
            })
        })
        .collect()
}

pub(super) fn boundary(zone: i32, bytes: &[u8]) -> Result<Boundary, StoreError> {
    let raw = RawPolygon {
        rings: rings(bytes)?,
    };
    check_rings(zone, &raw)
        .map_err(|faults| StoreError::Corrupt(format!("an unlawful boundary: {faults:?}")))
}

fn tenths(tenths_m2: i64) -> Option<Area> {
    u64::try_from(tenths_m2).ok().map(Area::from_tenths_m2)
}

async fn held_uses(
    connection: &mut PgConnection,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<LandUseRow>>, StoreError> {
    let rows = sqlx::query!(
        r#"select parcel_id, code, (area_m2 * 10)::bigint as area_tenths_m2, origin, term from land_use_row
           where parcel_id = any ($1) and upper_inf(recorded) and is_in_force(legal, recorded, today(), 'infinity') order by parcel_id, ordinal, code"#,
        ids
    );
    let mut uses: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        uses.entry(row.parcel_id).or_default().push(LandUseRow {
            code: row.code,
            area_tenths_m2: row
                .area_tenths_m2
                .and_then(|tenths| u64::try_from(tenths).ok()),
            origin: row.origin,
            term: row.term,
        });
    }
    Ok(uses)
}

async fn held_rights(
    connection: &mut PgConnection,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<HeldRight>>, StoreError> {
    let rows = sqlx::query_file!("src/store/desk/held_rights.sql", ids);
    let mut rights: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        let share = Share::new(row.share_numerator, row.share_denominator).ok_or_else(|| {
            StoreError::Corrupt(format!("a share of no sense in right {}", row.right_id))
        })?;
        rights.entry(row.parcel_id).or_default().push(HeldRight {
            right_id: sound(RightId::try_from(row.right_id))?,
            party_id: sound(PartyId::try_from(row.party_id))?,
            certificate_id: row
                .certificate_id
                .map(|id| sound(CertificateId::try_from(id)))
                .transpose()?,
            kind: row.kind,
            share,
        });
    }
    Ok(rights)
}

async fn rights_revisions(
    connection: &mut PgConnection,
    ids: &[i64],
) -> Result<HashMap<i64, RightsRevision>, StoreError> {
    let rows = sqlx::query!(
        r#"select id as "id!", rights_revision(id) as "revision!" from unnest($1::bigint[]) as id"#,
        ids
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, RightsRevision(row.revision)))
        .collect())
}
