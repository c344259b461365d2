//! VN-2000 zones and the one pinned datum shift.
//!
//! Every coordinate operation is written out as a pipeline, so PROJ never chooses one: left to choose, it takes EPSG:5194
//! around Ho Chi Minh City, 0.8 m off and in another parcel-code cell.

mod self_test;
mod shift;
mod spatial_ref;
mod transform;
mod zone;

pub use self_test::{Disagreement, LIMIT_MM, compare, self_test_points};
pub use spatial_ref::{SpatialRef, private_srid, spatial_ref_sys};
pub use transform::{CrsError, Degrees, from_wgs84, point_to_wgs84, to_wgs84};
pub use zone::{GEOGRAPHIC, ZONES, Zone, successor, zone};
