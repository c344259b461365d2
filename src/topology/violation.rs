//! What is wrong with a change: a stable code, the place on the ground, how much, and which parcels.

use crate::domain::{Fault, FaultCode, GridPoint};
use crate::geometry::to_grid;
use std::fmt;

macro_rules! violation_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $code:literal),+ $(,)?) => {
        /// Every way in which an operation on land can fail in the plane. Codes are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ViolationCode {
            $($(#[doc = $doc])+ $variant,)+
            /// A boundary, taken alone, is not lawful; the code is that of the load report.
            Boundary(FaultCode),
        }

        impl ViolationCode {
            /// All codes but those of single boundaries.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as written in reports.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Boundary(code) => code.as_str(),
                }
            }
        }
    };
}

violation_codes! {
    // The line drawn.
    /// The line has fewer than two distinct points.
    LineEmpty "line-empty",
    /// The line has more points than a line can have.
    LineTooManyPoints "line-too-many-points",
    /// A point of the line cannot lie in the zone.
    LineOutsideZone "line-outside-zone",
    /// The line crosses or touches itself.
    LineCrossesItself "line-crosses-itself",
    /// The line passes the parcel by; how much: the distance.
    LineMisses "line-misses-parcel",
    /// The line only touches the boundary.
    LineTouches "line-touches-only",
    /// The line runs along the boundary; how much: for how long.
    LineFollows "line-follows-boundary",
    /// The line starts or ends in the parcel; how much: the length of the loose end.
    LineEndsInside "line-ends-inside",
    /// The line crosses or touches a hole; how much: the length in the hole.
    LineCrossesHole "line-crosses-hole",
    /// The new boundary of two parcels leaves both; how much: the length outside.
    LineLeavesParcels "line-leaves-parcels",
    // The operation.
    /// The parcels lie in different zones.
    ZonesDiffer "zones-differ",
    /// The operation needs more parcels.
    TooFewParcels "too-few-parcels",
    /// The parcels touch at a point only.
    ParcelsTouchAtPoint "parcels-touch-at-a-point",
    /// The parcels don't touch; how much: the distance of their nearest vertices.
    ParcelsApart "parcels-apart",
    /// The two parcels share several pieces of boundary, and the line starts or ends at none of them.
    SharedBoundaryUnclear "shared-boundary-unclear",
    /// The new boundary does not divide the two parcels into two.
    NotTwoParcels "not-two-parcels",
    /// The direction of the cuts has no length.
    DirectionMissing "direction-missing",
    /// Number or size of the areas cannot be had from the parcel; how much: the area that is missing.
    AreaCannotBeMet "area-cannot-be-met",
    /// The cut that gives the area leaves a parcel in several pieces; how much: the area of a piece.
    AreaInPieces "area-in-pieces",
    /// There is no such edge, or the edge is shorter than the monument is along it; how much: the distance asked for.
    MonumentNotOnEdge "monument-not-on-edge",
    /// A strip along an edge has no width, or the land beside the edge is narrower; how much: the width asked for.
    StripDoesNotFit "strip-does-not-fit",
    // What is left.
    /// Parcels overlap; how much: the area.
    ParcelsOverlap "parcels-overlap",
    /// Land that belonged to a parcel belongs to none; how much: the area.
    Gap "gap-between-parcels",
    /// Land that belonged to none of the parcels belongs to one now; how much: the area.
    LandAdded "land-added",
    /// A vertex lies on (within a millimetre of) the edge of a parcel that lacks it; how much: the distance.
    VertexUnshared "vertex-unshared",
    /// A parcel is narrower than 0.05 m in the mean; how much: its width.
    Sliver "sliver",
}

/// How much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Extent {
    /// Square metres.
    AreaM2(f64),
    /// Metres.
    LengthM(f64),
    /// A number of things.
    Count(usize),
}

/// One thing wrong with a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// What.
    pub code: ViolationCode,
    /// Where on the ground, if anywhere.
    pub place: Option<GridPoint>,
    /// How much.
    pub extent: Extent,
    /// Which parcels, as numbers in the list that was judged.
    pub parcels: Vec<usize>,
    /// Whether it was there before the change.
    pub existed: bool,
}

impl Violation {
    /// A new violation of the change as a whole.
    pub(super) fn new(code: ViolationCode, place: Option<GridPoint>, extent: Extent) -> Self {
        Self {
            code,
            place,
            extent,
            parcels: Vec::new(),
            existed: false,
        }
    }

    /// A violation at a place that has a length.
    pub(super) fn along(code: ViolationCode, place: GridPoint, length_m: f64) -> Self {
        Self::new(code, Some(place), Extent::LengthM(length_m))
    }

    /// The fault of a boundary that an operation made.
    pub(super) fn of_boundary(fault: &Fault) -> Self {
        let place = fault.place.map(|place| to_grid(place.x, place.y));
        Self::new(ViolationCode::Boundary(fault.code), place, Extent::Count(1))
    }

    /// The same about parcels of the list.
    pub(super) fn about(self, parcels: impl IntoIterator<Item = usize>) -> Self {
        Self {
            parcels: parcels.into_iter().collect(),
            ..self
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        match self.extent {
            Extent::AreaM2(area_m2) => write!(f, ", {area_m2:.3} m²")?,
            Extent::LengthM(length_m) => write!(f, ", {length_m:.3} m")?,
            Extent::Count(count) => write!(f, ", {count}")?,
        }
        self.place.map_or(Ok(()), |place| {
            write!(
                f,
                " at E {:.3} N {:.3}",
                place.easting_m(),
                place.northing_m()
            )
        })
    }
}
