//! Who may see what: audience × purpose × field, as one pure table that every door asks.
//!
//! Deny by default: what the table does not name is hidden. Certificate serials are hidden from the public as *content*;
//! as a *search key* a serial that somebody already holds may still lead to the parcel's public facts. And what officers may do:
//! role × duty × area.

mod audience;
mod duty;
mod field;
mod mask;
mod purpose;
mod table;
mod view;

pub use audience::{Audience, AudienceError};
pub use duty::{AppointmentError, Area, Denial, Duty, Ground, Officer, Role, identity};
pub use field::{Column, Field, FieldError, GROUPS};
pub use mask::mask;
pub(crate) use purpose::is_kebab_case;
pub use purpose::{Purpose, PurposeError};
pub use table::{Visibility, hides_details, hides_land, is_registered, visibility};
pub use view::{Shaped, View};
