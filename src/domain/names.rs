//! What codes are called.

use super::CommuneCode;
use std::collections::HashMap;
use time::Date;

/// What codes of communes, provinces and land uses are called.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Names {
    /// Communes by code and the first day of the era that the code is from.
    pub communes: HashMap<(CommuneCode, Date), CommuneName>,
    /// Provinces by code, of the latest era.
    pub provinces: HashMap<String, String>,
    /// Land uses by code, of the latest list: in Vietnamese, in English.
    pub land_uses: HashMap<String, (String, String)>,
}

/// What a commune is called, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommuneName {
    /// The name with its kind: `Xã Hòa Mẫu`.
    pub name: String,
    /// The code of its province.
    pub province_code: Option<String>,
}
