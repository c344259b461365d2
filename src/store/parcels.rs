//! Reading parcels: facts for people.

use super::{READ, Store, StoreError, Transaction, sound};
use crate::domain::{
    AsOf, BlockFact, Burdens, CommuneCode, CommuneFact, EncumbranceFact, LandUseFact, Moment,
    NationalCode, ParcelFacts, ParcelId, ParcelKey, Position, RestrictionFact, Revision, RightFact,
    RightsRevision,
};
use crate::geometry::wkb;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::HashMap;
use time::{Date, OffsetDateTime};

/// A parcel as stored: facts, and both geometries as rings (outer first, closed).
#[derive(Debug, Clone)]
pub struct StoredParcel {
    /// What is known of it.
    pub facts: ParcelFacts,
    /// Rings in WGS 84 longitude and latitude.
    pub geographic: Vec<Vec<(f64, f64)>>,
    /// Rings in metres in the sheet's zone: the legal geometry.
    pub legal: Vec<Vec<(f64, f64)>>,
}

struct FactsRow {
    parcel_id: i64,
    national_code: Option<String>,
    commune_code: String,
    commune_name: String,
    sheet_no: i32,
    parcel_no: i32,
    address: Option<String>,
    legal_area_m2: Option<f64>,
    computed_area_m2: f64,
    zone: i32,
    scale_denominator: Option<i32>,
    revision: i32,
    in_force_from: Date,
    recorded_at: OffsetDateTime,
    label_lon: f64,
    label_lat: f64,
    geographic: Vec<u8>,
    legal_geometry: Vec<u8>,
}

/// One state of the register: everything read through it is of one position.
pub struct Snapshot {
    transaction: Transaction,
    position: Position,
    reached_at: OffsetDateTime,
    today: Date,
    taken_at: OffsetDateTime,
}

impl Store {
    /// The register as it is now, held still, for one answer: a statement that takes longer than answers may is ended.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.snapshot_within("10s").await
    }

    pub(super) async fn snapshot_within(&self, timeout: &str) -> Result<Snapshot, StoreError> {
        let mut transaction = self.pool.begin_with(READ).await?;
        let row = sqlx::query!(
            r#"select s.position, coalesce(t.committed_at, now()) as "reached_at!", today() as "today!",
                      clock_timestamp() as "taken_at!", set_config('statement_timeout', $1, true) as timeout
               from register_state s left join change_transaction t on t.position = s.position"#,
            timeout
        )
        .fetch_one(&mut *transaction)
        .await?;
        Ok(Snapshot {
            transaction,
            position: Position(row.position),
            reached_at: row.reached_at,
            today: row.today,
            taken_at: row.taken_at,
        })
    }
}

impl Store {
    /// The state of another snapshot that has been exported by a name and is still held.
    pub(super) async fn same_snapshot(
        &self,
        held: &Snapshot,
        name: &str,
    ) -> Result<Snapshot, StoreError> {
        let mut transaction = self.pool.begin_with(READ).await?;
        // The name is the database's own, and no parameter can stand here.
        let adopt = format!("set transaction snapshot '{name}'; set local statement_timeout = 0");
        sqlx::raw_sql(AssertSqlSafe(adopt))
            .execute(&mut *transaction)
            .await?;
        Ok(Snapshot {
            transaction,
            position: held.position,
            reached_at: held.reached_at,
            today: held.today,
            taken_at: held.taken_at,
        })
    }
}

impl Snapshot {
    /// Has statements planned for what they are asked: one that looks into a place, or has bounds that need not be given.
    pub(in crate::store) async fn plan_anew(&mut self) -> Result<(), StoreError> {
        let plan = sqlx::raw_sql("set local plan_cache_mode = force_custom_plan");
        plan.execute(&mut *self.transaction).await?;
        Ok(())
    }

    /// The position of the last change in it.
    pub fn position(&self) -> Position {
        self.position
    }

    /// When the register reached that position; now, for a register without change.
    pub fn reached_at(&self) -> OffsetDateTime {
        self.reached_at
    }

    /// Both times of what is read for this question.
    pub fn moment(&self, as_of: AsOf) -> Moment {
        as_of.within(self.today, self.taken_at)
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// Parcels by id, in the order of ids; those that are not there then are left out.
    pub async fn parcels(
        &mut self,
        ids: &[ParcelId],
        as_of: AsOf,
    ) -> Result<Vec<StoredParcel>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
        let rows = sqlx::query_file_as!(
            FactsRow,
            "src/store/parcel_facts.sql",
            &ids,
            as_of.at,
            as_of.known
        );
        let rows = rows.fetch_all(self.connection()).await?;
        let mut land_use = self.land_use(&ids, as_of).await?;
        rows.into_iter()
            .map(|row| {
                let uses = land_use.remove(&row.parcel_id).unwrap_or_default();
                stored(row, uses)
            })
            .collect()
    }

    /// The uses of parcels by their ids, main use first; of parcels without any there is no entry.
    pub async fn land_use(
        &mut self,
        ids: &[i64],
        as_of: AsOf,
    ) -> Result<HashMap<i64, Vec<LandUseFact>>, StoreError> {
        let rows = sqlx::query!(
            r#"select l.parcel_id as "parcel_id!", l.code as "code!", l.area_m2::float8 as area_m2, l.origin, l.term,
                      c.name_vi as "name_vi?", c.name_en as "name_en?"
               from land_use_as_of(coalesce($2, today()), coalesce($3, 'infinity'::timestamptz)) l
               left join lateral (
                   select name_vi, name_en from land_use_code c where c.code = l.code order by c.valid desc limit 1
               ) c on true
               where l.parcel_id = any ($1)
               order by l.parcel_id, l.ordinal, l.code"#,
            ids,
            as_of.at,
            as_of.known
        )
        .fetch_all(self.connection())
        .await?;
        let mut uses: HashMap<i64, Vec<_>> = HashMap::new();
        for row in rows {
            uses.entry(row.parcel_id).or_default().push(LandUseFact {
                code: row.code,
                name_vi: row.name_vi,
                name_en: row.name_en,
                area_m2: row.area_m2,
                origin: row.origin,
                term: row.term,
            });
        }
        Ok(uses)
    }

    /// The parcel of a national code, current or not.
    pub async fn parcel_of_code(
        &mut self,
        code: NationalCode,
    ) -> Result<Option<ParcelId>, StoreError> {
        let id = sqlx::query_scalar!(
            "select parcel_id from national_code where code = $1",
            code.as_str()
        );
        id.fetch_optional(self.connection())
            .await?
            .map(|id| sound(ParcelId::try_from(id)))
            .transpose()
    }

    /// The parcel of a commune, sheet and number; of two eras that used the commune's code, the later one's.
    pub async fn parcel_of_key(
        &mut self,
        key: &ParcelKey,
        as_of: AsOf,
    ) -> Result<Option<ParcelId>, StoreError> {
        let id = sqlx::query_scalar!(
            r#"select p.parcel_id as "parcel_id!"
               from parcel_as_of(coalesce($4, today()), coalesce($5, 'infinity'::timestamptz)) p
               where p.commune_code = $1 and p.sheet_no = $2 and p.parcel_no = $3
               order by p.commune_from desc, p.parcel_id limit 1"#,
            key.sheet.commune.as_str(),
            key.sheet.sheet_no,
            key.parcel_no,
            as_of.at,
            as_of.known
        );
        id.fetch_optional(self.connection())
            .await?
            .map(|id| sound(ParcelId::try_from(id)))
            .transpose()
    }

    /// The rights in a parcel. Personal data: ask `policy` first.
    pub async fn rights(
        &mut self,
        id: ParcelId,
        as_of: AsOf,
    ) -> Result<Vec<RightFact>, StoreError> {
        let rows = sqlx::query_file_as!(
            RightFact,
            "src/store/rights.sql",
            i64::from(id),
            as_of.at,
            as_of.known
        );
        Ok(rows.fetch_all(self.connection()).await?)
    }

    /// What lies on a parcel beside the rights of its holders. Personal data: ask `policy` first.
    pub async fn burdens(&mut self, id: ParcelId, as_of: AsOf) -> Result<Burdens, StoreError> {
        let id = i64::from(id);
        let rows = sqlx::query_file!("src/store/burdens_on.sql", id, as_of.at, as_of.known);
        let rows = rows.fetch_all(self.connection()).await?;
        let encumbrances = rows.into_iter().map(|row| {
            let is_mortgage = row.kind == "mortgage";
            let fact = EncumbranceFact {
                encumbrance_id: row.encumbrance_id,
                party_kind: row.party_kind,
                party_name: row.party_name,
                personal_no: row.personal_no,
                rank: row.rank,
                sub_kind: row.sub_kind,
                contract_no: row.contract_no,
                contract_on: row.contract_on,
                registered_at: row.registered_at,
                amount_vnd: row.amount_vnd,
                content: row.content,
                in_force_until: row.until,
                part: row.part,
            };
            (is_mortgage, fact)
        });
        let (mortgages, leases): (Vec<_>, Vec<_>) = encumbrances.partition(|(is, _)| *is);
        let restrictions = sqlx::query_as!(
            RestrictionFact,
            r#"select restriction_id, kind as sort, content, document, area_m2::float8 as area_m2, lower(legal) as "in_force_from!",
                      upper(legal) as in_force_until, part
               from restriction
               where parcel_id = $1 and is_in_force(legal, recorded, coalesce($2, today()), coalesce($3, 'infinity'::timestamptz))
               order by restriction_id"#,
            id,
            as_of.at,
            as_of.known
        );
        let restrictions = restrictions.fetch_all(self.connection()).await?;
        let blocks = sqlx::query_file_as!(
            BlockFact,
            "src/store/blocks_on.sql",
            id,
            as_of.at,
            as_of.known
        );
        let blocks = blocks.fetch_all(self.connection()).await?;
        Ok(Burdens {
            mortgages: mortgages.into_iter().map(|(_, fact)| fact).collect(),
            leases: leases.into_iter().map(|(_, fact)| fact).collect(),
            restrictions,
            blocks,
        })
    }

    /// What changes with a parcel's rights and all that lies on it.
    pub async fn rights_revision(&mut self, id: ParcelId) -> Result<RightsRevision, StoreError> {
        let revision = sqlx::query_scalar!(
            r#"select rights_revision($1) as "revision!""#,
            i64::from(id)
        );
        Ok(RightsRevision(revision.fetch_one(self.connection()).await?))
    }
}

fn stored(row: FactsRow, land_use: Vec<LandUseFact>) -> Result<StoredParcel, StoreError> {
    Ok(StoredParcel {
        geographic: rings(&row.geographic)?,
        legal: rings(&row.legal_geometry)?,
        facts: ParcelFacts {
            parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
            national_code: row
                .national_code
                .map(|code| sound(NationalCode::parse(&code)))
                .transpose()?,
            commune: CommuneFact {
                code: sound(CommuneCode::parse(&row.commune_code))?,
                name: row.commune_name,
            },
            sheet_no: row.sheet_no,
            parcel_no: row.parcel_no,
            address: row.address,
            land_use,
            legal_area_m2: row.legal_area_m2,
            computed_area_m2: row.computed_area_m2,
            zone: row.zone,
            scale_denominator: row.scale_denominator,
            revision: Revision(row.revision),
            in_force_from: row.in_force_from,
            recorded_at: row.recorded_at,
            label_point: [row.label_lon, row.label_lat],
        },
    })
}

pub(super) fn rings(bytes: &[u8]) -> Result<Vec<Vec<(f64, f64)>>, StoreError> {
    wkb::read_polygon(bytes)
        .map(|polygon| polygon.rings)
        .map_err(|faults| {
            StoreError::Corrupt(format!("a geometry that cannot be read: {faults:?}"))
        })
}
