//! Is this change lawful among its neighbours: operations on land as plane geometry, and the judgement of what they leave.
//!
//! An operation takes boundaries before and gives boundaries after; every neighbour whose edge a new vertex lies on takes the
//! vertex too, so what one parcel loses by the rounding of a vertex another gains, to the square millimetre. Pure: who the
//! parcels are, and what is stored, is up to the caller; parcels are told by their number in the lists given.

mod adjust;
mod area;
mod change;
mod check;
mod cover;
mod frame;
mod land;
mod line;
mod merge;
mod split;
mod strip;
mod survey;
mod trace;
mod violation;

pub use adjust::adjust;
pub use area::{Division, split_equally, split_into_areas};
pub use change::Change;
pub use check::check;
pub use line::{LINE_POINT_LIMIT, Line, point_along};
pub use merge::merge;
pub use split::split;
pub use strip::strip;
pub use survey::resurvey;
pub use violation::{Extent, Violation, ViolationCode};

#[cfg(test)]
mod tests;
