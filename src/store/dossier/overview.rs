//! All dossiers of an area at once: what is due, late or paused, by branch and officer.

use super::{Store, StoreError};
use crate::policy::{Area, Officer};
use time::OffsetDateTime;

/// Dossiers of one officer of a branch.
#[derive(Debug, Clone)]
pub struct Load {
    /// The branch.
    pub branch: String,
    /// The officer; none for those that nobody has.
    pub officer: Option<String>,
    /// Received, and neither done nor ended.
    pub open: i64,
    /// Filed, and not received yet.
    pub waiting: i64,
    /// Of those open, due today or tomorrow.
    pub due_soon: i64,
    /// Of those open, late.
    pub late: i64,
    /// Of those open, whose clock stands.
    pub paused: i64,
    /// Done in the last 30 days.
    pub done: i64,
    /// Of those done, late.
    pub done_late: i64,
}

/// A line of a list of dossiers.
#[derive(Debug, Clone)]
pub struct DossierLine {
    /// Its number, by which lists go on.
    pub dossier_id: i64,
    /// The code.
    pub code: String,
    /// The procedure.
    pub procedure_code: String,
    /// The commune.
    pub commune_code: String,
    /// The branch.
    pub branch: String,
    /// Who has it.
    pub officer: Option<String>,
    /// Where it stands.
    pub step: String,
    /// As everybody else is told.
    pub status: i16,
    /// When it was received.
    pub received_at: Option<OffsetDateTime>,
    /// When it is due.
    pub due_at: Option<OffsetDateTime>,
    /// Why the clock stands.
    pub paused_for: Option<String>,
    /// Whether it is late.
    pub is_late: bool,
}

/// Which dossiers are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this status.
    pub status: Option<i16>,
    /// Of this officer.
    pub officer: Option<String>,
    /// Of this branch.
    pub branch: Option<String>,
    /// Only late ones.
    pub late: bool,
    /// After this one.
    pub after: i64,
    /// So many.
    pub count: i64,
}

/// Provinces and communes of an officer; none for everywhere.
fn areas(officer: &Officer) -> Option<Vec<String>> {
    let areas = officer.areas.as_ref()?;
    Some(areas.iter().map(Area::to_string).collect())
}

impl Store {
    /// The work of all officers in an officer's area.
    pub async fn loads(&self, officer: &Officer) -> Result<Vec<Load>, StoreError> {
        let areas = areas(officer);
        let loads = sqlx::query_file_as!(Load, "src/store/dossier/loads.sql", areas.as_deref());
        Ok(loads.fetch_all(&self.pool).await?)
    }

    /// A page of the dossiers in an officer's area.
    pub async fn dossiers(
        &self,
        officer: &Officer,
        wanted: &Wanted,
    ) -> Result<Vec<DossierLine>, StoreError> {
        let areas = areas(officer);
        let lines = sqlx::query_file_as!(
            DossierLine,
            "src/store/dossier/dossiers.sql",
            areas.as_deref(),
            wanted.status,
            wanted.officer,
            wanted.branch,
            wanted.late,
            wanted.after,
            wanted.count
        );
        Ok(lines.fetch_all(&self.pool).await?)
    }
}
