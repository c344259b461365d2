//! Administrative units (*đơn vị hành chính*), keyed by code and validity, because codes are reused.

use serde::{Deserialize, Serialize};
use time::Date;

/// The level of a unit. Districts were abolished on 2025-07-01 and live on in old records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitLevel {
    /// *Tỉnh*, *thành phố trực thuộc trung ương*.
    Province,
    /// *Quận*, *huyện*, until 2025-06-30.
    District,
    /// *Xã*, *phường*, *đặc khu*; formerly also *thị trấn*.
    Commune,
}

/// A period of law: from a day, and until before another if it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Validity {
    /// The first day.
    pub from: Date,
    /// The first day after the period.
    pub until: Option<Date>,
}

impl Validity {
    /// Whether the day lies in the period.
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// A province, district or commune of one era.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdministrativeUnit {
    /// Two, three or five digits by level.
    pub code: String,
    /// The level.
    pub level: UnitLevel,
    /// When it was so.
    pub validity: Validity,
    /// The name with its kind: `Xã Hòa Mẫu`.
    pub name: String,
    /// The unit above.
    pub parent_code: Option<String>,
}
