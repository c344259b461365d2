//! Search by sheet and number, certificate serial, or words of an address.

use super::{Snapshot, StoreError, sound};
use crate::domain::{CommuneCode, CommuneFact, ParcelId};

/// A parcel that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The parcel.
    pub parcel_id: ParcelId,
    /// Its commune.
    pub commune: CommuneFact,
    /// Sheet number.
    pub sheet_no: i32,
    /// Parcel number.
    pub parcel_no: i32,
    /// Address of the land.
    pub address: Option<String>,
}

struct Row {
    parcel_id: i64,
    commune_code: String,
    commune_name: String,
    sheet_no: i32,
    parcel_no: i32,
    address: Option<String>,
}

impl TryFrom<Row> for Found {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
            commune: CommuneFact {
                code: sound(CommuneCode::parse(&row.commune_code))?,
                name: row.commune_name,
            },
            sheet_no: row.sheet_no,
            parcel_no: row.parcel_no,
            address: row.address,
        })
    }
}

impl Snapshot {
    /// Parcels of a number in sheets of a number, in any commune or one.
    pub async fn search_number(
        &mut self,
        commune: Option<&str>,
        sheet_no: i32,
        parcel_no: i32,
        limit: i64,
    ) -> Result<Vec<Found>, StoreError> {
        self.plan_anew().await?;
        let rows = sqlx::query_file_as!(
            Row,
            "src/store/search_number.sql",
            commune,
            sheet_no,
            parcel_no,
            limit
        );
        rows.fetch_all(self.connection())
            .await?
            .into_iter()
            .map(Found::try_from)
            .collect()
    }

    /// Parcels of the certificate with a serial, as its key (upper case, no spaces).
    pub async fn search_serial(
        &mut self,
        serial_key: &str,
        limit: i64,
    ) -> Result<Vec<Found>, StoreError> {
        let rows = sqlx::query_file_as!(Row, "src/store/search_serial.sql", serial_key, limit);
        rows.fetch_all(self.connection())
            .await?
            .into_iter()
            .map(Found::try_from)
            .collect()
    }

    /// Parcels whose address holds every word of a folded text, best match first.
    pub async fn search_address(
        &mut self,
        folded: &str,
        limit: i64,
    ) -> Result<Vec<Found>, StoreError> {
        let patterns: Vec<String> = folded
            .split_whitespace()
            .map(|word| format!("%{}%", escape_like(word)))
            .collect();
        self.plan_anew().await?;
        let rows = sqlx::query_file_as!(
            Row,
            "src/store/search_address.sql",
            &patterns,
            folded,
            limit
        );
        rows.fetch_all(self.connection())
            .await?
            .into_iter()
            .map(Found::try_from)
            .collect()
    }
}

fn escape_like(word: &str) -> String {
    word.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}
