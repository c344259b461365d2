//! Procedure dossiers (*hồ sơ thủ tục*): codes, steps with their allowed moves, and the clock. Pure.

mod clock;
mod code;
mod step;

pub use clock::{Calendar, Deadline, Pause, due_at, worked_minutes};
pub use code::{DossierCode, DossierCodeError};
pub use step::{Move, Stage, Status, Verb};
