//! Rows in PostgreSQL's binary COPY format.
//!
//! # Source
//! PostgreSQL 15 documentation, COPY, *Binary Format*; numeric and range layouts as in `numeric_recv` and `range_recv`.

use super::StoreError;
use sqlx::PgConnection;
use time::{Date, macros::date};

/// Rows for one `COPY … FROM STDIN (FORMAT binary)`.
pub struct CopyRows {
    columns: i16,
    bytes: Vec<u8>,
}

impl CopyRows {
    /// Rows of so many columns.
    pub fn new(columns: i16) -> Self {
        let mut bytes = b"PGCOPY\n\xff\r\n\0".to_vec();
        bytes.extend_from_slice(&[0; 8]);
        Self { columns, bytes }
    }

    /// Starts a row; as many fields as columns must follow.
    pub fn row(&mut self) -> &mut Self {
        self.bytes.extend_from_slice(&self.columns.to_be_bytes());
        self
    }

    /// Any type by its binary form.
    pub fn raw(&mut self, content: &[u8]) -> &mut Self {
        self.length(content.len());
        self.bytes.extend_from_slice(content);
        self
    }

    fn length(&mut self, length: usize) {
        self.bytes
            .extend_from_slice(&i32::try_from(length).unwrap_or(i32::MAX).to_be_bytes());
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.bytes.extend_from_slice(&(-1_i32).to_be_bytes());
        self
    }

    /// `text`, or null.
    pub fn text(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.raw(text.as_bytes()),
            None => self.null(),
        }
    }

    /// `bigint`, or null.
    pub fn bigint(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            Some(number) => self.raw(&number.to_be_bytes()),
            None => self.null(),
        }
    }

    /// `integer`, or null.
    pub fn integer(&mut self, number: Option<i32>) -> &mut Self {
        match number {
            Some(number) => self.raw(&number.to_be_bytes()),
            None => self.null(),
        }
    }

    /// `smallint`, or null.
    pub fn smallint(&mut self, number: Option<i16>) -> &mut Self {
        match number {
            Some(number) => self.raw(&number.to_be_bytes()),
            None => self.null(),
        }
    }

    /// `boolean`.
    pub fn boolean(&mut self, truth: bool) -> &mut Self {
        self.raw(&[u8::from(truth)])
    }

    /// `date`, or null.
    pub fn date(&mut self, day: Option<Date>) -> &mut Self {
        self.integer(day.map(days))
    }

    /// `daterange` from a day on, without end.
    pub fn since(&mut self, day: Date) -> &mut Self {
        const LOWER_INCLUSIVE_UPPER_INFINITE: u8 = 0x02 | 0x10;
        self.length(9);
        self.bytes.push(LOWER_INCLUSIVE_UPPER_INFINITE);
        self.integer(Some(days(day)))
    }

    /// `numeric` with one decimal from tenths, or null.
    pub fn tenths(&mut self, tenths: Option<u64>) -> &mut Self {
        let Some(tenths) = tenths else {
            return self.null();
        };
        let mut groups = Vec::new();
        let mut whole = tenths / 10;
        while whole > 0 {
            groups.push(whole % 10_000);
            whole /= 10_000;
        }
        let weight = i16::try_from(groups.len()).unwrap_or(0) - 1;
        groups.reverse();
        if tenths % 10 > 0 {
            groups.push(tenths % 10 * 1000);
        }
        self.length(8 + 2 * groups.len());
        for part in [i16::try_from(groups.len()).unwrap_or(0), weight, 0, 1] {
            self.bytes.extend_from_slice(&part.to_be_bytes());
        }
        for group in groups {
            self.bytes
                .extend_from_slice(&u16::try_from(group).unwrap_or(0).to_be_bytes());
        }
        self
    }

    /// Sends the rows with a `COPY … FROM STDIN (FORMAT binary)` statement; gives the count that arrived.
    pub async fn send(
        mut self,
        connection: &mut PgConnection,
        statement: &str,
    ) -> Result<u64, StoreError> {
        self.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
        let mut copy = connection.copy_in_raw(statement).await?;
        for chunk in self.bytes.chunks(1 << 20) {
            copy.send(chunk).await?;
        }
        Ok(copy.finish().await?)
    }
}

/// Days since 2000-01-01, PostgreSQL's epoch.
fn days(day: Date) -> i32 {
    day.to_julian_day() - date!(2000 - 01 - 01).to_julian_day()
}
