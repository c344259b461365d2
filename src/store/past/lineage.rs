//! Reading what parcels came from and what became of them.

use crate::domain::{
    CommuneCode, CommuneFact, NamedParcel, NationalCode, OperationLine, OperationQuery, ParcelId,
    ParcelKey, Step, SuccessorCommune, TimelineEntry,
};
use crate::store::{Snapshot, StoreError, sound};
use serde_json::{Map, Value};
use time::Date;

/// A parcel that carries or carried an identity, one of today that is or came of it, and after how many generations.
pub type Descent = (ParcelId, Option<(ParcelId, i32)>);

impl Snapshot {
    /// The steps to what a parcel came from and from it to what became of it, nearest first.
    pub async fn lineage(&mut self, id: ParcelId) -> Result<Vec<Step>, StoreError> {
        let rows = sqlx::query_file!("src/store/past/lineage.sql", i64::from(id));
        let rows = rows.fetch_all(self.connection()).await?.into_iter();
        rows.map(|row| {
            Ok(Step {
                generation: row.generation,
                parent_id: sound(ParcelId::try_from(row.parent_id))?,
                child_id: sound(ParcelId::try_from(row.child_id))?,
                happened_on: row.happened_on,
                operation_id: row.land_operation_id,
                area_m2: row.area_tenths_m2.map(|tenths| tenths as f64 / 10.0),
            })
        })
        .collect()
    }

    /// What parcels are called, or were called last, by id.
    pub async fn named_parcels(
        &mut self,
        ids: &[ParcelId],
    ) -> Result<Vec<NamedParcel>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
        let rows = sqlx::query_file!("src/store/past/named_parcels.sql", &ids);
        let rows = rows.fetch_all(self.connection()).await?.into_iter();
        rows.map(|row| {
            let code = row.national_code;
            let code = code.map(|code| sound(NationalCode::parse(&code)));
            Ok(NamedParcel {
                parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
                national_code: code.transpose()?,
                commune: CommuneFact {
                    code: sound(CommuneCode::parse(&row.commune_code))?,
                    name: row.commune_name,
                },
                sheet_no: row.sheet_no,
                parcel_no: row.parcel_no,
                legal_area_m2: row.legal_area_m2,
                computed_area_m2: Some(row.computed_area_m2),
                legal_from: row.legal_from,
                legal_until: row.legal_until,
                is_current: row.is_current,
                codes: row.codes.unwrap_or_default(),
            })
        })
        .collect()
    }

    /// Everything that was ever known of a parcel, in the order in which it came to be known.
    pub async fn timeline(&mut self, id: ParcelId) -> Result<Vec<TimelineEntry>, StoreError> {
        let rows = sqlx::query_file!("src/store/past/timeline.sql", i64::from(id));
        let rows = rows.fetch_all(self.connection()).await?.into_iter();
        let entries = rows.map(|row| TimelineEntry {
            kind: row.kind,
            id: row.id,
            revision: row.revision,
            legal_from: row.legal_from,
            legal_until: row.legal_until,
            recorded_from: row.recorded_from,
            recorded_until: row.recorded_until,
            operation_id: row.operation_id,
            facts: members(row.facts),
            details: members(row.details),
        });
        Ok(entries.collect())
    }

    /// Operations, the latest first, up to a count.
    pub async fn operations(
        &mut self,
        query: &OperationQuery,
        count: i64,
    ) -> Result<Vec<OperationLine>, StoreError> {
        self.plan_anew().await?;
        let rows = sqlx::query_file_as!(
            OperationLine,
            "src/store/past/operations.sql",
            query.dossier,
            query.parcel,
            query.document,
            query.before,
            count
        );
        Ok(rows.fetch_all(self.connection()).await?)
    }

    /// The parcels that carry or carried an identity, each with what is current of it; of several, those of a day.
    pub async fn descents(
        &mut self,
        key: &ParcelKey,
        at: Option<Date>,
    ) -> Result<Vec<Descent>, StoreError> {
        let rows = sqlx::query_file!(
            "src/store/past/successors.sql",
            key.sheet.commune.as_str(),
            key.sheet.sheet_no,
            key.parcel_no,
            at
        );
        let rows = rows.fetch_all(self.connection()).await?.into_iter();
        rows.map(|row| {
            let successor = row.successor.map(|id| sound(ParcelId::try_from(id)));
            let successor = successor.transpose()?;
            Ok((
                sound(ParcelId::try_from(row.found))?,
                successor.map(|id| (id, row.generations.unwrap_or_default())),
            ))
        })
        .collect()
    }

    /// The communes that took over from one, nearest first.
    pub async fn successor_communes(
        &mut self,
        commune: CommuneCode,
        at: Option<Date>,
    ) -> Result<Vec<SuccessorCommune>, StoreError> {
        let rows = sqlx::query_file_as!(
            SuccessorCommune,
            "src/store/past/successor_communes.sql",
            commune.as_str(),
            at
        );
        Ok(rows.fetch_all(self.connection()).await?)
    }
}

fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
