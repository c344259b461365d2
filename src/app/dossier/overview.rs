//! A head's look at everything.

use super::DossierError;
use crate::app::App;
use crate::policy::{Duty, Officer};
use crate::store::{DossierLine, DossiersWanted, Load};

/// How many late dossiers are listed.
const LATE: i64 = 100;

impl App {
    /// The work of all officers in an officer's area, and the dossiers that are late.
    pub async fn overview(
        &self,
        officer: &Officer,
    ) -> Result<(Vec<Load>, Vec<DossierLine>), DossierError> {
        officer.may(Duty::Oversee)?;
        let late = DossiersWanted {
            late: true,
            count: LATE,
            ..DossiersWanted::default()
        };
        let lines = self.store.dossiers(officer, &late).await?;
        Ok((self.store.loads(officer).await?, lines))
    }

    /// A page of the dossiers in an officer's area.
    pub async fn dossiers(
        &self,
        officer: &Officer,
        wanted: &DossiersWanted,
    ) -> Result<Vec<DossierLine>, DossierError> {
        officer.may(Duty::See)?;
        Ok(self.store.dossiers(officer, wanted).await?)
    }
}
