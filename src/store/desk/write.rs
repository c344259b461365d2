//! Writing what becomes of held parcels.

use super::{
    HeldParcel, Holding, OperationEntry, StoreError, entry, insert_entry, new_entry, sound,
};
use crate::crs::private_srid;
use crate::domain::{
    Area, Boundary, Ending, LandUseRow, NationalCode, ParcelId, RegisterNo, Revision, SheetId,
    fold_text,
};
use crate::geometry::wkb;
use serde_json::Value;

/// A boundary with the copies that follow from it.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The legal geometry.
    pub boundary: Boundary,
    /// Rings in longitude and latitude, not closed.
    pub geographic: Vec<Vec<(f64, f64)>>,
    /// Label point in longitude and latitude.
    pub label: (f64, f64),
    /// The area of the boundary.
    pub computed_area: Area,
}

/// A parcel that comes into being.
#[derive(Debug, Clone)]
pub struct NewParcel {
    /// Its sheet.
    pub sheet_id: SheetId,
    /// Its number there.
    pub parcel_no: i32,
    /// Its geometry.
    pub drawn: Drawn,
    /// Whether a parent's geometry was computed from degrees.
    pub is_derived: bool,
    /// The main use.
    pub land_use: Option<String>,
    /// Where it lies.
    pub address: Option<String>,
    /// The area by the papers.
    pub legal_area: Option<Area>,
    /// The uses by the register.
    pub uses: Vec<LandUseRow>,
    /// The parcels that it came from, with the area from each.
    pub parents: Vec<(ParcelId, Option<Area>)>,
}

/// A parcel that stays, drawn anew.
#[derive(Debug, Clone)]
pub struct Renewed<'a> {
    /// As it was.
    pub parcel: &'a HeldParcel,
    /// Its geometry now.
    pub drawn: Drawn,
    /// The main use now.
    pub land_use: Option<String>,
    /// Where it lies, as the register says now.
    pub address: Option<String>,
    /// The area by the papers now.
    pub legal_area: Option<Area>,
}

/// One version row, column by column.
#[derive(Default)]
struct Versions {
    parcel_ids: Vec<i64>,
    revisions: Vec<i32>,
    sheet_ids: Vec<i64>,
    parcel_nos: Vec<i32>,
    land_uses: Vec<Option<String>>,
    addresses: Vec<Option<String>>,
    address_keys: Vec<Option<String>>,
    legal_areas: Vec<Option<i64>>,
    computed_areas: Vec<i64>,
    legal_geometries: Vec<Vec<u8>>,
    geographics: Vec<Vec<u8>>,
    label_points: Vec<Vec<u8>>,
    are_derived: Vec<bool>,
}

impl Holding {
    /// What was done under a key before.
    pub async fn entry(
        &mut self,
        officer: &str,
        key: &str,
    ) -> Result<Option<OperationEntry>, StoreError> {
        entry(&mut self.transaction, officer, key).await
    }

    /// The number of the entry that is being made.
    pub async fn new_entry(&mut self) -> Result<i64, StoreError> {
        new_entry(&mut self.transaction).await
    }

    /// Makes parcels; gives their ids and, where a cell was free, their national codes.
    pub async fn make(
        &mut self,
        entry: i64,
        parcels: &[NewParcel],
    ) -> Result<Vec<(ParcelId, Option<NationalCode>)>, StoreError> {
        if parcels.is_empty() {
            return Ok(Vec::new());
        }
        let registers: Vec<_> = parcels
            .iter()
            .map(|parcel| parcel.sheet_id.register())
            .collect();
        let ids = self.new_ids(&registers).await?;
        let mut versions = Versions::default();
        for (parcel, id) in parcels.iter().zip(&ids) {
            versions.push(
                (*id, Revision(1)),
                parcel.sheet_id,
                parcel.parcel_no,
                &parcel.drawn,
                parcel.is_derived,
            );
            versions.describe(
                parcel.land_use.as_deref(),
                parcel.address.as_deref(),
                parcel.legal_area,
            );
        }
        sqlx::query!(
            "insert into parcel (parcel_id) select * from unnest($1::bigint[])",
            &versions.parcel_ids
        )
        .execute(&mut *self.transaction)
        .await?;
        self.write(entry, &versions).await?;
        self.follow_up(entry, parcels, &versions).await?;
        let codes = self.codes(&versions.parcel_ids).await?;
        let ids = ids.into_iter().map(|id| sound(ParcelId::try_from(id)));
        ids.zip(codes).map(|(id, code)| Ok((id?, code))).collect()
    }

    /// What comes with new parcels: their places in their sheets, their parents, their uses.
    async fn follow_up(
        &mut self,
        entry: i64,
        parcels: &[NewParcel],
        versions: &Versions,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "update sheet s set highest_parcel_no = greatest(s.highest_parcel_no, used.parcel_no)
             from (select sheet_id, max(parcel_no) as parcel_no from unnest($1::bigint[], $2::integer[]) as used (sheet_id, parcel_no)
                   group by sheet_id) as used
             where s.sheet_id = used.sheet_id",
            &versions.sheet_ids, &versions.parcel_nos
        )
        .execute(&mut *self.transaction)
        .await?;
        let (mut children, mut parents, mut areas) = (Vec::new(), Vec::new(), Vec::new());
        let mut uses = Vec::new();
        for (parcel, id) in parcels.iter().zip(&versions.parcel_ids) {
            let made = sound(ParcelId::try_from(*id))?;
            uses.extend(parcel.uses.iter().map(|row| (made, row)));
            for (parent, area) in &parcel.parents {
                children.push(*id);
                parents.push(i64::from(*parent));
                areas.push(area.map(tenths));
            }
        }
        sqlx::query!(
            "insert into lineage (child_parcel_id, parent_parcel_id, happened_on, area_m2, land_operation_id)
             select child_id, parent_id, today(), area / 10.0, $4
             from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as link (child_id, parent_id, area)",
            &children, &parents, &areas as &[Option<i64>], entry
        )
        .execute(&mut *self.transaction)
        .await?;
        self.write_uses(&uses).await
    }

    /// Takes national codes for new parcels; gives those that they have now.
    async fn codes(&mut self, ids: &[i64]) -> Result<Vec<Option<NationalCode>>, StoreError> {
        sqlx::query!(
            "select assign_code(v.parcel_id, v.label_point, v.geographic) from parcel_version v
             where v.parcel_id = any ($1) order by v.parcel_id",
            ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let codes = sqlx::query_scalar!(
            r#"select n.code as "code?" from unnest($1::bigint[]) with ordinality as made (id, place)
               left join national_code n on n.parcel_id = made.id order by place"#,
            ids
        );
        let codes = codes.fetch_all(&mut *self.transaction).await?;
        let code = |code: Option<String>| {
            code.map(|code| sound(NationalCode::parse(&code)))
                .transpose()
        };
        codes.into_iter().map(code).collect()
    }

    /// Draws parcels anew; gives their revisions now.
    pub async fn renew(
        &mut self,
        entry: i64,
        renewed: &[Renewed<'_>],
    ) -> Result<Vec<Revision>, StoreError> {
        let ids: Vec<i64> = renewed
            .iter()
            .map(|each| each.parcel.parcel_id.into())
            .collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let last = sqlx::query_scalar!(
            r#"select close_parcel(id, daterange(today(), null)) as "last!"
               from unnest($1::bigint[]) with ordinality as closed (id, place) order by place"#,
            &ids
        );
        let last = last.fetch_all(&mut *self.transaction).await?;
        let mut versions = Versions::default();
        let revisions: Vec<_> = last.into_iter().map(|last| Revision(last + 1)).collect();
        for (each, revision) in renewed.iter().zip(&revisions) {
            let parcel = each.parcel;
            let id = (parcel.parcel_id.into(), *revision);
            versions.push(
                id,
                parcel.sheet.sheet_id,
                parcel.parcel_no,
                &each.drawn,
                parcel.is_derived,
            );
            versions.describe(
                each.land_use.as_deref(),
                each.address.as_deref(),
                each.legal_area,
            );
        }
        self.write(entry, &versions).await?;
        Ok(revisions)
    }

    /// Writes uses of parcels by the register that hold from today on.
    pub async fn write_uses(&mut self, uses: &[(ParcelId, &LandUseRow)]) -> Result<(), StoreError> {
        if uses.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = uses.iter().map(|(id, _)| i64::from(*id)).collect();
        let codes: Vec<_> = uses.iter().map(|(_, row)| row.code.clone()).collect();
        let areas: Vec<_> = uses
            .iter()
            .map(|(_, row)| {
                row.area_tenths_m2
                    .and_then(|tenths| i64::try_from(tenths).ok())
            })
            .collect();
        let origins: Vec<_> = uses.iter().map(|(_, row)| row.origin.clone()).collect();
        let terms: Vec<_> = uses.iter().map(|(_, row)| row.term.clone()).collect();
        sqlx::query_file!(
            "src/store/supersede_uses.sql",
            &ids,
            &codes,
            &areas as &[Option<i64>],
            &origins as &[Option<String>],
            &terms as &[Option<String>],
            self.books.today
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Ends parcels today in law, with their uses, rights, mortgages, leases and restrictions.
    pub async fn retire(&mut self, parcels: &[&HeldParcel]) -> Result<(), StoreError> {
        if parcels.is_empty() {
            return Ok(());
        }
        let ids: Vec<ParcelId> = parcels.iter().map(|parcel| parcel.parcel_id).collect();
        let numbers: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
        sqlx::query_file!("src/store/desk/retire.sql", &numbers)
            .fetch_one(&mut *self.transaction)
            .await?;
        self.end_uses(&ids).await?;
        let rights = of_each(parcels, |parcel| &parcel.rights, |right| right.right_id);
        self.end_rights(&rights).await?;
        let charges = of_each(
            parcels,
            |parcel| &parcel.encumbrances,
            |charge| charge.encumbrance_id,
        );
        self.end_encumbrances(&charges).await?;
        let limits = of_each(
            parcels,
            |parcel| &parcel.restrictions,
            |limit| limit.restriction_id,
        );
        self.end_restrictions(&limits).await
    }

    /// Keeps why retired parcels have no successor.
    pub async fn keep_ends(
        &mut self,
        entry: i64,
        ends: &[(ParcelId, Ending)],
    ) -> Result<(), StoreError> {
        let (ids, reasons): (Vec<i64>, Vec<String>) = ends
            .iter()
            .map(|(id, because)| (i64::from(*id), because.as_str().to_owned()))
            .unzip();
        if ids.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "insert into parcel_end (parcel_id, reason, happened_on, land_operation_id)
             select id, reason, today(), $3 from unnest($1::bigint[], $2::text[]) as ended (id, reason)",
            &ids, &reasons, entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Makes the entry, and everything durable and visible. `key` makes a second request with it find this one.
    pub async fn commit(
        mut self,
        operation_id: i64,
        by: (&str, Option<&str>, Option<&str>),
        request: (&Value, &[u8]),
        report: &Value,
    ) -> Result<(), StoreError> {
        insert_entry(&mut self.transaction, operation_id, by, request, report).await?;
        self.transaction.commit().await?;
        Ok(())
    }

    /// New ids, one of each of some registers, in their order.
    pub(super) async fn new_ids(
        &mut self,
        registers: &[RegisterNo],
    ) -> Result<Vec<i64>, StoreError> {
        if registers.is_empty() {
            return Ok(Vec::new());
        }
        let registers: Vec<i64> = registers.iter().map(|no| i64::from(*no)).collect();
        let ids = sqlx::query_scalar!(
            r#"select nextval(('register_id_' || register_no)::regclass) as "id!"
               from unnest($1::bigint[]) with ordinality as wanted (register_no, place) order by place"#,
            &registers
        );
        Ok(ids.fetch_all(&mut *self.transaction).await?)
    }

    async fn write(&mut self, entry: i64, rows: &Versions) -> Result<(), StoreError> {
        sqlx::query_file!(
            "src/store/desk/write_versions.sql",
            &rows.parcel_ids,
            &rows.revisions,
            &rows.sheet_ids,
            &rows.parcel_nos,
            &rows.land_uses as &[Option<String>],
            &rows.addresses as &[Option<String>],
            &rows.address_keys as &[Option<String>],
            &rows.legal_areas as &[Option<i64>],
            &rows.computed_areas,
            &rows.legal_geometries,
            &rows.geographics,
            &rows.label_points,
            &rows.are_derived,
            entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}

impl Versions {
    fn push(
        &mut self,
        (id, revision): (i64, Revision),
        sheet: SheetId,
        parcel_no: i32,
        drawn: &Drawn,
        is_derived: bool,
    ) {
        let srid = private_srid(drawn.boundary.zone());
        let (mut legal, mut geographic) = (Vec::new(), Vec::new());
        wkb::write_ewkb(&drawn.boundary, srid, &mut legal);
        wkb::write_ewkb_lonlat(&drawn.geographic, 4326, &mut geographic);
        self.parcel_ids.push(id);
        self.revisions.push(revision.0);
        self.sheet_ids.push(sheet.into());
        self.parcel_nos.push(parcel_no);
        self.computed_areas.push(tenths(drawn.computed_area));
        self.legal_geometries.push(legal);
        self.geographics.push(geographic);
        self.label_points.push(wkb::ewkb_point(drawn.label, 4326));
        self.are_derived.push(is_derived);
    }

    fn describe(
        &mut self,
        land_use: Option<&str>,
        address: Option<&str>,
        legal_area: Option<Area>,
    ) {
        self.land_uses.push(land_use.map(str::to_owned));
        self.addresses.push(address.map(str::to_owned));
        self.address_keys.push(address.map(fold_text));
        self.legal_areas.push(legal_area.map(tenths));
    }
}

/// Parcels with the ids of what they have.
fn of_each<T, Id>(
    parcels: &[&HeldParcel],
    all: impl Fn(&HeldParcel) -> &[T],
    id: impl Fn(&T) -> Id,
) -> Vec<(ParcelId, Id)> {
    let mut pairs = Vec::new();
    for parcel in parcels {
        let own = all(parcel).iter();
        pairs.extend(own.map(|each| (parcel.parcel_id, id(each))));
    }
    pairs
}

fn tenths(area: Area) -> i64 {
    i64::try_from(area.tenths_m2()).unwrap_or(i64::MAX)
}
