//! What is wrong with a record: a stable code, the place on the ground, and how much.

use serde::Serialize;
use std::fmt;

/// The EPSG code of a VN-2000 plane zone; `crs` knows which exist.
pub type ZoneCode = i32;

/// A place on the ground, in a zone's plane coordinates (metres) or, without zone, longitude and latitude (degrees).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Place {
    /// EPSG code of the zone; `None` for WGS 84 longitude and latitude.
    pub zone: Option<ZoneCode>,
    /// Easting in metres, or longitude in degrees.
    pub x: f64,
    /// Northing in metres, or latitude in degrees.
    pub y: f64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.zone {
            Some(zone) => write!(f, "E {:.3} N {:.3} (EPSG:{zone})", self.x, self.y),
            None => write!(f, "{:.7}, {:.7}", self.x, self.y),
        }
    }
}

/// Whether a fault keeps a record out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The record is kept out.
    Error,
    /// The record goes in; somebody should look.
    Warning,
}

macro_rules! fault_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $code:literal $severity:ident),+ $(,)?) => {
        /// Every code that a load report can carry. Codes are stable: they stand in reports, counters and problem types.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultCode { $($(#[doc = $doc])+ $variant),+ }

        impl FaultCode {
            /// All codes, in the order of the report.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as written in reports.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Whether the fault keeps the record out.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),+ }
            }
        }
    };
}

fault_codes! {
    // The file as a whole.
    /// The file cannot be opened or breaks off.
    FileUnreadable "file-unreadable" Error,
    /// The content is of another format than the name says.
    FileNotWhatItsNameSays "file-not-what-its-name-says" Error,
    /// No column could be taken for one that is needed.
    ColumnMissing "column-missing" Error,
    /// The file's coordinate reference system is not one of the zones, nor geographic.
    CrsNotSupported "crs-not-supported" Error,
    /// The file says no coordinate reference system and none was given.
    CrsMissing "crs-missing" Error,
    // The record.
    /// A line of the register that cannot be read as a row.
    RowUnreadable "row-unreadable" Error,
    /// An attribute is not text in the file's encoding.
    TextNotUtf8 "text-not-utf8" Error,
    /// Commune, sheet or parcel number is missing or not a number.
    IdentityMissing "identity-missing" Error,
    /// The commune did not exist at the date.
    CommuneUnknown "commune-unknown" Error,
    /// The same commune, sheet and number stands more than once in the delivery.
    ParcelNumberDuplicate "parcel-number-duplicate" Error,
    /// The number was that of a parcel that an operation has ended; retired numbers never return.
    ParcelNumberRetired "parcel-number-retired" Error,
    /// The given national code belongs to another parcel.
    NationalCodeTaken "national-code-taken" Error,
    /// The given national code is not twelve GeoHash characters.
    NationalCodeMalformed "national-code-malformed" Error,
    /// The file gives another national code than the register has; codes never change.
    NationalCodeKept "national-code-kept" Warning,
    /// The sheet is in another zone than the file.
    SheetZoneDiffers "sheet-zone-differs" Error,
    /// The given national code does not point into the parcel.
    NationalCodeOutside "national-code-outside" Warning,
    // Geometry alone.
    /// There is no geometry.
    GeometryMissing "geometry-missing" Error,
    /// The geometry is not a polygon.
    GeometryNotPolygon "geometry-not-polygon" Error,
    /// A parcel is one polygon; this one has several parts.
    GeometryMultipart "geometry-multipart" Error,
    /// Fewer than three distinct points, or no area.
    GeometryEmpty "geometry-empty" Error,
    /// A coordinate is not a number.
    CoordinateNotFinite "coordinate-not-finite" Error,
    /// The coordinates are northing first.
    AxesSwapped "axes-swapped" Error,
    /// The coordinates cannot lie in the zone.
    CoordinateOutsideZone "coordinate-outside-zone" Error,
    /// The boundary crosses or touches itself.
    BoundaryCrossesItself "boundary-crosses-itself" Error,
    /// A hole lies outside its outer ring, or in another hole.
    HoleOutside "hole-outside" Error,
    /// The boundary goes out and back along the same line.
    BoundarySpike "boundary-spike" Error,
    /// More points than a parcel can have.
    TooManyPoints "too-many-points" Error,
    // Attributes.
    /// The land-use code was not in force at the date.
    LandUseUnknown "land-use-unknown" Error,
    /// The record names several uses; one is kept as the main use (the first, or one whose details are not public).
    LandUseSeveral "land-use-several" Warning,
    /// Two rows give one parcel the same use with different content.
    LandUseConflict "land-use-conflict" Error,
    /// A number cannot be read.
    NumberUnreadable "number-unreadable" Error,
    /// A date cannot be read.
    DateUnreadable "date-unreadable" Error,
    /// A share is not a fraction between 0 and 1.
    ShareUnreadable "share-unreadable" Error,
    /// Nobody is named.
    PartyMissing "party-missing" Error,
    /// The same right stands twice, with different content.
    RightDuplicate "right-duplicate" Error,
    /// The desk has changed or ended the right since it was delivered; an old file does not undo that.
    RightRegistered "right-registered" Error,
    /// The stated area differs from the computed one by more than the tolerance of the scale.
    AreaOutsideTolerance "area-outside-tolerance" Warning,
    /// The areas of the use rows do not add up to the parcel's.
    LandUseAreasDiffer "land-use-areas-differ" Warning,
    /// The shares of a parcel's rights do not add up to one.
    SharesNotWhole "shares-not-whole" Warning,
    /// The personal number is neither 9 nor 12 digits.
    PersonalNumberDoubtful "personal-number-doubtful" Warning,
    /// The certificate serial has not the form of any era.
    SerialDoubtful "serial-doubtful" Warning,
    /// The sheet could not be written; nothing of it is in the register.
    SheetFailed "sheet-failed" Error,
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for FaultCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing wrong with one record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fault {
    /// What.
    pub code: FaultCode,
    /// Where on the ground, if anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How much, and what to do: one clause in English.
    pub detail: String,
}

impl Fault {
    /// A fault without a place.
    pub fn new(code: FaultCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            place: None,
            detail: detail.into(),
        }
    }

    /// A fault at a place.
    pub fn at(code: FaultCode, place: Place, detail: impl Into<String>) -> Self {
        Self {
            code,
            place: Some(place),
            detail: detail.into(),
        }
    }

    /// Whether it keeps the record out.
    pub fn is_error(&self) -> bool {
        self.code.severity() == Severity::Error
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)?;
        self.place.map_or(Ok(()), |place| write!(f, " at {place}"))
    }
}
