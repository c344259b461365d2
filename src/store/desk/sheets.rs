//! Whole sheets that get other numbers or communes, with all their parcels, in one transaction.

use super::{
    OperationEntry, Store, StoreError, Transaction, entry, hold_communes, insert_entry, sound,
};
use crate::domain::{CommuneCode, Position, SheetId, SheetKey, SheetMove, ZoneCode};
use crate::store::Reservation;
use crate::store::dossier::reservations_of_sheets;
use serde_json::Value;
use std::collections::BTreeSet;
use time::Date;

/// A commune of one era: code and since when.
pub type CommuneEra = (CommuneCode, Date);

/// A sheet that is to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovingSheet {
    /// Its id.
    pub sheet_id: SheetId,
    /// Commune and number.
    pub key: SheetKey,
    /// Since when its commune is there.
    pub commune_from: Date,
    /// The zone of its coordinates.
    pub zone: ZoneCode,
    /// The highest parcel number that it ever used.
    pub highest_parcel_no: i32,
    /// The numbers of its parcels, in order.
    pub numbers: Vec<i32>,
}

/// A sheet that comes into being.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSheet {
    /// The sheet that gives it zone, scale and survey, and the register.
    pub like: SheetId,
    /// Commune and number.
    pub key: SheetKey,
    /// Since when its commune is there.
    pub commune_from: Date,
    /// The highest parcel number that it ever used.
    pub highest_parcel_no: i32,
}

/// A sheet whose parcels go to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetPath {
    /// The sheet.
    pub from: SheetId,
    /// The other.
    pub to: SheetId,
    /// Old and new numbers of parcels.
    pub numbers: Vec<(i32, i32)>,
}

/// Sheets held still: nobody else changes a parcel of their communes, old and new, until this ends.
pub struct SheetHolding {
    transaction: Transaction,
    /// For each move its sheet, if there is one with parcels.
    pub sheets: Vec<Option<MovingSheet>>,
    /// The communes of today that the moves lead to.
    pub communes: Vec<CommuneEra>,
    /// Of the sheets that the moves lead to, those that there are or were.
    pub taken: Vec<(SheetKey, Date)>,
    /// The register position.
    pub position: Position,
}

impl Store {
    /// Holds sheets that are to move.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where somebody else holds one of their communes for long.
    pub async fn hold_sheets(&self, moves: &[SheetMove]) -> Result<SheetHolding, StoreError> {
        let mut transaction = self.begin().await?;
        let communes: BTreeSet<CommuneCode> = moves
            .iter()
            .flat_map(|each| [each.from.commune, each.to.commune])
            .collect();
        hold_communes(&mut transaction, &communes).await?;
        let text = |key: SheetKey| (key.commune.as_str().to_owned(), key.sheet_no);
        let (codes, numbers): (Vec<_>, Vec<_>) = moves.iter().map(|each| text(each.from)).unzip();
        let rows = sqlx::query_file!("src/store/desk/moving_sheets.sql", &codes, &numbers);
        let mut sheets = vec![None; moves.len()];
        for row in rows.fetch_all(&mut *transaction).await? {
            let place = usize::try_from(row.place - 1).unwrap_or(usize::MAX);
            if let Some(sheet) = sheets.get_mut(place) {
                *sheet = Some(MovingSheet {
                    sheet_id: sound(SheetId::try_from(row.sheet_id))?,
                    key: key(&row.commune_code, row.sheet_no)?,
                    commune_from: row.commune_from,
                    zone: row.zone,
                    highest_parcel_no: row.highest_parcel_no,
                    numbers: row.numbers,
                });
            }
        }
        let (codes, numbers): (Vec<_>, Vec<_>) = moves.iter().map(|each| text(each.to)).unzip();
        let units = sqlx::query!(
            "select code, valid_from as \"valid_from!\" from administrative_unit
             where level = 'commune' and code = any ($1) and valid @> today() order by code",
            &codes
        );
        let units = units.fetch_all(&mut *transaction).await?;
        let communes = units
            .into_iter()
            .map(|row| Ok((sound(CommuneCode::parse(&row.code))?, row.valid_from)));
        let communes = communes.collect::<Result<_, StoreError>>()?;
        let rows = sqlx::query!(
            r#"select distinct s.commune_code as "commune_code!", s.sheet_no as "sheet_no!", s.commune_from as "commune_from!"
               from unnest($1::text[], $2::integer[]) as wanted (commune_code, sheet_no)
               join sheet s on s.commune_code = wanted.commune_code and s.sheet_no = wanted.sheet_no order by 1, 2, 3"#,
            &codes,
            &numbers
        );
        let rows = rows.fetch_all(&mut *transaction).await?;
        let taken = rows
            .into_iter()
            .map(|row| Ok((key(&row.commune_code, row.sheet_no)?, row.commune_from)));
        let taken = taken.collect::<Result<_, StoreError>>()?;
        let position = sqlx::query_scalar!("select position from register_state");
        let position = Position(position.fetch_one(&mut *transaction).await?);
        Ok(SheetHolding {
            transaction,
            sheets,
            communes,
            taken,
            position,
        })
    }
}

fn key(commune_code: &str, sheet_no: i32) -> Result<SheetKey, StoreError> {
    Ok(SheetKey {
        commune: sound(CommuneCode::parse(commune_code))?,
        sheet_no,
    })
}

impl SheetHolding {
    /// What was done under a key before.
    pub async fn entry(
        &mut self,
        officer: &str,
        key: &str,
    ) -> Result<Option<OperationEntry>, StoreError> {
        entry(&mut self.transaction, officer, key).await
    }

    /// The ids of the sheets that move.
    fn moving(&self) -> Vec<i64> {
        let sheets = self.sheets.iter().flatten();
        sheets.map(|sheet| sheet.sheet_id.into()).collect()
    }

    /// The open dossiers that reserve parcels of the sheets that move: for each such parcel the one received first.
    pub async fn reservations(&mut self) -> Result<Vec<Reservation>, StoreError> {
        let moving = self.moving();
        reservations_of_sheets(&mut self.transaction, &moving).await
    }

    /// The sheets with parcels of some communes, without those that move.
    pub async fn left(&mut self, communes: &[CommuneEra]) -> Result<Vec<SheetKey>, StoreError> {
        let moving = self.moving();
        let (codes, days): (Vec<_>, Vec<_>) = communes
            .iter()
            .map(|(code, from)| (code.as_str().to_owned(), *from))
            .unzip();
        let rows = sqlx::query_file!("src/store/desk/sheets_left.sql", &codes, &days, &moving);
        let rows = rows.fetch_all(&mut *self.transaction).await?;
        rows.into_iter()
            .map(|row| key(&row.commune_code, row.sheet_no))
            .collect()
    }

    /// Makes sheets; gives their ids.
    pub async fn make(&mut self, sheets: &[NewSheet]) -> Result<Vec<SheetId>, StoreError> {
        let mut ids = Vec::with_capacity(sheets.len());
        for sheet in sheets {
            let id = sqlx::query_scalar!(
                r#"insert into sheet (sheet_id, commune_code, commune_from, sheet_no, zone, scale_denominator, survey_document_id, highest_parcel_no)
                   select nextval(('register_id_' || $1::bigint)::regclass), $2, $3, $4, zone, scale_denominator, survey_document_id, $5
                   from sheet where sheet_id = $6 returning sheet_id"#,
                i64::from(sheet.like.register()),
                sheet.key.commune.as_str(),
                sheet.commune_from,
                sheet.key.sheet_no,
                sheet.highest_parcel_no,
                i64::from(sheet.like)
            );
            let id = id.fetch_one(&mut *self.transaction).await?;
            ids.push(sound(SheetId::try_from(id))?);
        }
        Ok(ids)
    }

    /// Moves all parcels of sheets, and keeps for ever where they went; gives how many parcels.
    pub async fn move_parcels(
        &mut self,
        operation_id: i64,
        paths: &[SheetPath],
    ) -> Result<i64, StoreError> {
        let (from, to): (Vec<i64>, Vec<i64>) = paths
            .iter()
            .map(|path| (i64::from(path.from), i64::from(path.to)))
            .unzip();
        let given = paths.iter().flat_map(|path| {
            path.numbers
                .iter()
                .map(|numbers| (i64::from(path.from), *numbers))
        });
        let (sheets, numbers): (Vec<i64>, Vec<(i32, i32)>) = given.unzip();
        let (old, new): (Vec<i32>, Vec<i32>) = numbers.into_iter().unzip();
        let moved = sqlx::query_file_scalar!(
            "src/store/desk/move_parcels.sql",
            &from,
            &to,
            &sheets,
            &old,
            &new,
            operation_id
        );
        let moved = moved.fetch_one(&mut *self.transaction).await?;
        sqlx::query!(
            "insert into sheet_succession (predecessor_sheet_id, successor_sheet_id, happened_on, land_operation_id)
             select from_id, to_id, today(), $3 from unnest($1::bigint[], $2::bigint[]) as path (from_id, to_id)",
            &from, &to, operation_id
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(moved)
    }

    /// Keeps which commune became which, and ends in law today those that have ended and not yet been ended.
    pub async fn succeed(
        &mut self,
        steps: &BTreeSet<(CommuneEra, CommuneEra)>,
    ) -> Result<(), StoreError> {
        for ((code, from), (successor, successor_from)) in steps {
            let is_partial = steps
                .iter()
                .filter(|(old, _)| *old == (*code, *from))
                .count()
                > 1;
            sqlx::query!(
                "insert into administrative_succession (level, predecessor_code, predecessor_from, successor_code, successor_from, is_partial)
                 values ('commune', $1, $2, $3, $4, $5) on conflict do nothing",
                code.as_str(), from, successor.as_str(), successor_from, is_partial
            )
            .execute(&mut *self.transaction)
            .await?;
            sqlx::query!(
                "update administrative_unit set valid = daterange(lower(valid), today())
                 where level = 'commune' and code = $1 and valid_from = $2 and valid @> today() and lower(valid) < today()",
                code.as_str(), from
            )
            .execute(&mut *self.transaction)
            .await?;
        }
        Ok(())
    }

    /// The number of the entry that is being made.
    pub async fn new_entry(&mut self) -> Result<i64, StoreError> {
        super::new_entry(&mut self.transaction).await
    }

    /// Makes the entry, and everything durable and visible.
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
}
