//! Law as data: administrative units, land-use codes, rule values.

use super::{Store, StoreError, sound};
use crate::domain::{
    AdministrativeUnit, CommuneCode, CommuneName, LandUseCode, Law, Names, RegisterNo, UnitLevel,
    Validity, ZoneCode,
};
use serde::Deserialize;
use sqlx::types::Json;
use std::collections::HashMap;
use time::Date;

/// Communes in force on a day: when their era began, and their province.
pub type Communes = HashMap<CommuneCode, (Date, String)>;

#[derive(Deserialize)]
struct LegendEntry {
    code: String,
    name_vi: String,
    name_en: String,
    group: Option<String>,
    colour: String,
    is_group: bool,
    in_2024: bool,
    in_older: bool,
}

const LEGEND: &str = include_str!("../../tiles/land-use.json");

impl Store {
    /// Takes the legend's codes in: those of Circular 08/2024 hold from 2024-08-01, the older lists' until then.
    pub(super) async fn seed_land_use(&self) -> Result<(), StoreError> {
        let entries: Vec<LegendEntry> = sound(serde_json::from_str(LEGEND))?;
        for entry in entries {
            let from = if entry.in_older {
                "1993-01-01"
            } else {
                "2024-08-01"
            };
            let until = (!entry.in_2024).then_some("2024-08-01");
            sqlx::query!(
                "insert into land_use_code (code, valid, name_vi, name_en, group_code, is_group, colour)
                 values ($1, daterange($2::text::date, $3::text::date), $4, $5, $6, $7, $8) on conflict do nothing",
                entry.code, from, until, entry.name_vi, entry.name_en, entry.group, entry.is_group, entry.colour
            )
            .execute(&self.pool)
            .await?;
        }
        Ok(())
    }

    /// What the law says, at all times: records are judged by that of their day.
    pub async fn law(&self) -> Result<Law, StoreError> {
        let land_uses = sqlx::query!(
            r#"select code, lower(valid) as "from!", upper(valid) as until from land_use_code where not is_group"#
        )
        .fetch_all(&self.pool)
        .await?;
        let communes = sqlx::query!(
            r#"select code, lower(valid) as "from!", upper(valid) as until from administrative_unit where level = 'commune'"#
        )
        .fetch_all(&self.pool)
        .await?;
        let factor = sqlx::query_scalar!(
            r#"select value::float8 as "value!" from rule_value
               where rule = 'area-difference-factor' and province_code is null and valid @> today()"#
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Law {
            land_uses: land_uses
                .into_iter()
                .map(|row| {
                    (
                        row.code,
                        Validity {
                            from: row.from,
                            until: row.until,
                        },
                    )
                })
                .collect(),
            communes: communes
                .into_iter()
                .map(|row| {
                    (
                        row.code,
                        Validity {
                            from: row.from,
                            until: row.until,
                        },
                    )
                })
                .collect(),
            area_tolerance_factor: factor,
        })
    }

    /// The communes of a day.
    pub async fn communes(&self, day: Date) -> Result<Communes, StoreError> {
        let rows = sqlx::query!(
            r#"select code, valid_from as "valid_from!", coalesce(parent_code, '') as "province!"
               from administrative_unit where level = 'commune' and valid @> $1::date"#,
            day
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok((
                    sound(CommuneCode::parse(&row.code))?,
                    (row.valid_from, row.province),
                ))
            })
            .collect()
    }

    /// Takes administrative units in, with the zone of each province; known ones stay as they are, but one
    /// without end may be given one. Gives how many were new or ended.
    pub async fn add_units(
        &self,
        units: &[(AdministrativeUnit, Option<ZoneCode>)],
    ) -> Result<u64, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let mut added = 0;
        for (unit, zone) in units {
            let level = match unit.level {
                UnitLevel::Province => "province",
                UnitLevel::District => "district",
                UnitLevel::Commune => "commune",
            };
            added += sqlx::query!(
                "insert into administrative_unit (code, level, valid, name, parent_code)
                 values ($1, $2, daterange($3, $4), $5, $6) on conflict on constraint administrative_unit_key do update set valid = excluded.valid
                 where upper_inf(administrative_unit.valid) and not upper_inf(excluded.valid)",
                unit.code, level, unit.validity.from, unit.validity.until, unit.name, unit.parent_code
            )
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if let (UnitLevel::Province, Some(zone)) = (unit.level, zone) {
                sqlx::query!(
                    "insert into province_zone (province_code, zone, valid) values ($1, $2, daterange($3, $4))
                     on conflict do nothing",
                    unit.code, zone, unit.validity.from, unit.validity.until
                )
                .execute(&mut *transaction)
                .await?;
            }
        }
        transaction.commit().await?;
        Ok(added)
    }

    /// The register of a province; opened, with its partitions, on first use.
    pub async fn register_of(&self, province_code: &str) -> Result<RegisterNo, StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("lock table register in share row exclusive mode")
            .execute(&mut *transaction)
            .await?;
        let found = sqlx::query_scalar!(
            r#"select register_no::bigint as "register_no!" from register where province_code = $1 order by register_no limit 1"#,
            province_code
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let number = if let Some(number) = found {
            number
        } else {
            sqlx::query_scalar!(
                r#"with next as (select coalesce(max(register_no), 0)::smallint + 1::smallint as no from register),
                        named as (select coalesce(
                            (select name from administrative_unit where level = 'province' and code = $1 and valid @> today()), $1) as name)
                   select no::bigint as "no!" from next, named, open_register(no::smallint, name, $1)"#,
                province_code
            )
            .fetch_one(&mut *transaction)
            .await?
        };
        transaction.commit().await?;
        sound(RegisterNo::try_from(number))
    }

    /// All land-use codes in force today.
    pub async fn land_use_codes(&self) -> Result<Vec<LandUseCode>, StoreError> {
        let codes = sqlx::query_as!(
            LandUseCode,
            r#"select code, name_vi, name_en, group_code as "group", colour from land_use_code
               where valid @> today() and not is_group order by code"#
        );
        Ok(codes.fetch_all(&self.pool).await?)
    }

    /// What codes of communes, provinces and land uses are called.
    pub async fn names(&self) -> Result<Names, StoreError> {
        let units = sqlx::query!(
            r#"select level, code, valid_from as "valid_from!", name, parent_code
               from administrative_unit where level <> 'district' order by level, code, valid_from"#
        );
        let mut names = Names::default();
        for unit in units.fetch_all(&self.pool).await? {
            if unit.level == "province" {
                names.provinces.insert(unit.code, unit.name);
            } else {
                let key = (sound(CommuneCode::parse(&unit.code))?, unit.valid_from);
                let name = CommuneName {
                    name: unit.name,
                    province_code: unit.parent_code,
                };
                names.communes.insert(key, name);
            }
        }
        let land_uses =
            sqlx::query!("select code, name_vi, name_en from land_use_code order by code, valid");
        for row in land_uses.fetch_all(&self.pool).await? {
            names.land_uses.insert(row.code, (row.name_vi, row.name_en));
        }
        Ok(names)
    }

    /// The zones that sheets of the register use.
    pub async fn zones_in_use(&self) -> Result<Vec<ZoneCode>, StoreError> {
        Ok(
            sqlx::query_scalar!("select distinct zone from sheet order by zone")
                .fetch_all(&self.pool)
                .await?,
        )
    }

    /// Today in Viet Nam, by the database's clock.
    pub async fn today(&self) -> Result<Date, StoreError> {
        Ok(sqlx::query_scalar!(r#"select today() as "today!""#)
            .fetch_one(&self.pool)
            .await?)
    }

    /// The report of a load, as stored.
    pub async fn load_report(&self, load_id: i64) -> Result<Option<serde_json::Value>, StoreError> {
        let report = sqlx::query_scalar!(
            r#"select report as "report: Json<serde_json::Value>" from load where load_id = $1"#,
            load_id
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(report.flatten().map(|Json(report)| report))
    }
}
