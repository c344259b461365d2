//! The names that columns go by, best first, as `column_key` writes them: folded, letters and digits only.
//!
//! # Source
//! FAMIS, ViLIS and national-database exports, the Plan 515 sheet PL3-01, and headers written out in Vietnamese.

pub(super) const COMMUNE: &[&str] = &[
    "maxa", "maxaphuong", "maphuongxa", "madvhc", "madvhcxa", "madvhccapxa", "madonvihanhchinh",
    "madonvihanhchinhcapxa", "communecode", "commune", "xaid",
];
pub(super) const SHEET: &[&str] = &[
    "sohieutobando", "shbando", "shtobd", "sotobando", "sotobd", "soto", "tobandoso", "tobando", "tobd", "toso",
    "shto", "mapsheet", "sheetno", "sheetnumber", "sheet",
];
pub(super) const PARCEL: &[&str] = &[
    "sothututhua", "shthua", "sohieuthua", "sothuadat", "sothua", "thuadatso", "thuaso", "sttthua", "thua",
    "parcelno", "parcelnumber", "parcel",
];
pub(super) const LAND_USE: &[&str] = &[
    "kyhieumucdichsudung", "kyhieumucdichsudungdat", "kyhieuloaidat", "khloaidat", "maloaidat", "mamucdichsudung",
    "mamucdich", "loaidat", "mucdichsudungdat", "mucdichsudung", "mucdich", "mdsd", "mdsd2003", "landusecode",
    "landuse",
];
pub(super) const AREA: &[&str] = &[
    "dientich", "dientichm2", "dientichbando", "aream2", "area", "shapestarea", "shapearea",
];
pub(super) const LEGAL_AREA: &[&str] = &[
    "dientichphaply", "dientichphaplym2", "dientichpl", "dientichplm2", "dientichgcn", "legalaream2", "legalarea",
];
/// Plain `DIACHI` comes last: beside a holder's name it is the holder's address (see `source`).
pub(super) const PARCEL_ADDRESS: &[&str] = &[
    "diachithuadat", "diachithua", "vitrithuadat", "diadanh", "parceladdress", HOLDERS_ADDRESS, "address",
];
/// The parcel's address where no holder is named, the holder's where one is.
pub(super) const HOLDERS_ADDRESS: &str = "diachi";
pub(super) const NATIONAL_CODE: &[&str] = &[
    "madinhdanhthuadat", "madinhdanhthua", "madinhdanh", "mathuadat", "nationalcode", "nationalparcelcode",
    "parcelcode",
];
pub(super) const SCALE: &[&str] = &[
    "tylebando", "tylebd", "tylebandodiachinh", "mausotyle", "tyledodac", "tyle", "scaledenominator", "scale",
];
pub(super) const IN_FORCE_FROM: &[&str] = &[
    "thoidiembatdau", "ngaybatdau", "hieuluctu", "ngayhieuluc", "tungay", "inforcefrom", "validfrom",
];
pub(super) const PARTY_KIND: &[&str] = &[
    "loaidoituong", "loaichusudung", "loaichu", "loainguoisudung", "loaidoituongsudung", "madoituong",
    "doituongsudung", "doituong", "partykind",
];
pub(super) const PARTY_NAME: &[&str] = &[
    "tenchu", "tenchusudung", "chusudung", "chusudungdat", "tennguoisudungdat", "nguoisudungdat", "tennguoisudung",
    "hotenchu", "hovaten", "hoten", "hotenchusudung", "ownername", "owner", "partyname", "name",
];
pub(super) const PERSONAL_NO: &[&str] = &[
    "sodinhdanhcanhan", "sodinhdanh", "sogiayto", "sogiaytotuythan", "socccd", "socancuoc", "cccd", "socmnd",
    "cmnd", "cccdcmnd", "cmndcccd", "masothue", "mst", "masodoanhnghiep", "personalno", "personalnumber",
];
pub(super) const BIRTH_YEAR: &[&str] = &["namsinh", "ngaysinh", "ngaythangnamsinh", "birthyear"];
pub(super) const RESIDENCE: &[&str] = &[
    "diachichu", "diachichusudung", "diachithuongtru", "noithuongtru", "thuongtru", "diachinguoisudung",
    "diachilienhe", "noio", HOLDERS_ADDRESS, "residence",
];
pub(super) const SHARE: &[&str] = &[
    "phanquyen", "phansudung", "phansohuu", "tylephanquyen", "tylesohuu", "tylesudung", "share", "tyle",
];
pub(super) const SERIAL: &[&str] = &[
    "sophathanh", "sophathanhgcn", "sophathanhgiaychungnhan", "soserigcn", "sophatthanh", "soseri", "serigcn",
    "seri", "sogcn", "certificateserial", "serial",
];
pub(super) const ENTRY_NO: &[&str] = &[
    "sovaoso", "sovaosogcn", "sovaosocapgcn", "sovaosocap", "sovaosocapgiaychungnhan", "entryno",
];
pub(super) const ISSUED_ON: &[&str] = &[
    "ngaycapgcn", "ngaycapgiaychungnhan", "ngaykygcn", "ngaycap", "ngayky", "issuedon", "issuedate",
];
pub(super) const USE_AREA: &[&str] = &[
    "dientichsudung", "dientichmucdich", "dientichloaidat", "dientich", "dientichm2", "aream2", "area",
];
pub(super) const ORIGIN: &[&str] = &[
    "nguongocsudungdat", "nguongocsudung", "manguongoc", "manguongocsudung", "nguongoc", "nguongocsd", "origin",
];
pub(super) const TERM: &[&str] = &["thoihansudungdat", "thoihansudung", "thoihansd", "thoihan", "term"];
