//! The start-up self-test's SQL half.

use super::{Store, StoreError};

impl Store {
    /// Points of a plane system under its SRID, transformed to WGS 84 as every statement of ours would.
    pub async fn transformed(
        &self,
        srid: i32,
        points_m: &[(f64, f64)],
    ) -> Result<Vec<(f64, f64)>, StoreError> {
        let (eastings, northings): (Vec<f64>, Vec<f64>) = points_m.iter().copied().unzip();
        let rows = sqlx::query!(
            r#"select st_x(place) as "lon!", st_y(place) as "lat!"
               from unnest($2::float8[], $3::float8[]) with ordinality as point (easting_m, northing_m, ordinal),
                    st_transform(st_setsrid(st_makepoint(easting_m, northing_m), $1), 4326) as place
               order by ordinal"#,
            srid, &eastings, &northings
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|row| (row.lon, row.lat)).collect())
    }
}
