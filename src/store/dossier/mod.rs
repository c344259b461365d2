//! Dossiers: read, held still for a step, and written with the entry that says who did what.

mod citizens;
mod delegation;
mod law;
mod overview;
mod papers;
mod plan;
mod tax;
mod write;

pub use citizens::{About, Message, Posting, Said};
pub use delegation::Delegation;
pub use law::{CalendarDay, Procedure, ProcedureRule, StepName};
pub use overview::{DossierLine, Load, Wanted as DossiersWanted};
pub use papers::PaperRow;
pub use plan::{Approval, DossierChange, ParcelState, PlanRow};
pub use tax::{Known, Notice, NoticeRow, Payment, SlipRow};
pub use write::{Entry, Filing};

use super::desk::busy;
use super::{Store, StoreError, Transaction, sound};
use crate::domain::{DossierCode, ParcelId, Stage, Status};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// A dossier.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// Its number in the database.
    pub dossier_id: i64,
    /// The code that it is known by everywhere.
    pub code: DossierCode,
    /// Whether the code was given here.
    pub is_numbered_here: bool,
    /// The procedure, with the province's suffix.
    pub procedure_code: String,
    /// The commune that the land is in.
    pub commune_code: String,
    /// Its province.
    pub province_code: Option<String>,
    /// The communes that took over from it, each with its province; none while it is there.
    pub became: Vec<Became>,
    /// Whose code it is.
    pub agency: String,
    /// Who handles it.
    pub branch: String,
    /// *Kênh thực hiện*: 1 direct, 2 online, 3 by post.
    pub channel: i16,
    /// Why it was taken in on paper.
    pub paper_reason: Option<String>,
    /// Who files it.
    pub applicant_name: String,
    /// The applicant's personal or enterprise number.
    pub applicant_no: Option<String>,
    /// The applicant's telephone.
    pub phone: Option<String>,
    /// What is wanted.
    pub summary: Option<String>,
    /// When it was filed.
    pub filed_at: OffsetDateTime,
    /// When it was received.
    pub received_at: Option<OffsetDateTime>,
    /// Where it stands inside the office.
    pub step: Stage,
    /// Where it stands for everybody else.
    pub status: Status,
    /// Where it stood before a withdrawal was asked for.
    pub step_before: Option<Stage>,
    /// Who has it.
    pub officer: Option<String>,
    /// When it is due; none before receipt and while the clock stands.
    pub due_at: Option<OffsetDateTime>,
    /// Why the clock stands.
    pub paused_for: Option<String>,
    /// Whether more time was given.
    pub is_extended: bool,
    /// How often papers were asked for.
    pub supplements: i32,
    /// When it was done, refused or stopped.
    pub ended_at: Option<OffsetDateTime>,
    /// Grows with every step.
    pub version: i32,
    /// The digest of what was filed last.
    pub content_sha256: Vec<u8>,
    /// The parcels that it is about.
    pub parcels: Vec<ParcelId>,
}

/// A commune that took over from one that merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Became {
    /// Its province.
    pub province: Option<String>,
    /// Its code.
    pub commune: String,
}

impl Became {
    /// From the codes of the communes, and those of their provinces in the same order.
    fn of((communes, provinces): (Vec<String>, Vec<String>)) -> Vec<Self> {
        let both = communes.into_iter().zip(provinces);
        both.map(|(commune, province)| Self {
            province: Some(province).filter(|province| !province.is_empty()),
            commune,
        })
        .collect()
    }
}

impl Dossier {
    /// Whether it is filed for a commune, by the name of then or of today.
    pub fn is_of(&self, commune: &str) -> bool {
        self.commune_code == commune || self.became.iter().any(|became| became.commune == commune)
    }
}

/// When the clock stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseRow {
    /// From when.
    pub started_at: OffsetDateTime,
    /// Until when; none while it lasts.
    pub ended_at: Option<OffsetDateTime>,
    /// Why.
    pub reason: String,
}

/// A step that was taken.
#[derive(Debug, Clone)]
pub struct StepRow {
    /// The version that it made.
    pub version: i32,
    /// What was done.
    pub verb: String,
    /// From where; none for the first.
    pub from_step: Option<String>,
    /// To where.
    pub to_step: String,
    /// The status since.
    pub to_status: i16,
    /// By whom.
    pub actor: String,
    /// For whom, who was absent.
    pub on_behalf_of: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The due time since.
    pub due_at: Option<OffsetDateTime>,
    /// When.
    pub at: OffsetDateTime,
}

/// A parcel that an open dossier reserves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Which.
    pub parcel_id: ParcelId,
    /// The dossier.
    pub code: DossierCode,
    /// Who has it.
    pub officer: Option<String>,
    /// Since when.
    pub since: OffsetDateTime,
    /// Until when, as far as that is known.
    pub due_at: Option<OffsetDateTime>,
}

/// How a held dossier stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// As it is.
    pub dossier: Dossier,
    /// When its clock stood, in order.
    pub pauses: Vec<PauseRow>,
    /// The time of the database.
    pub now: OffsetDateTime,
}

/// A dossier that nobody else changes until this ends. Dropped without commit, it leaves nothing.
pub struct HeldDossier {
    transaction: Transaction,
    /// How it stands.
    pub standing: Standing,
}

impl Store {
    /// A dossier with its pauses.
    pub async fn dossier(
        &self,
        code: &DossierCode,
    ) -> Result<Option<(Dossier, Vec<PauseRow>)>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        found(&mut connection, code, false).await
    }

    /// Holds a dossier for a step.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where somebody else holds it for long.
    pub async fn hold_dossier(
        &self,
        code: &DossierCode,
    ) -> Result<Option<HeldDossier>, StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query!("select set_config('lock_timeout', '5s', true) as waits")
            .fetch_one(&mut *transaction)
            .await?;
        let standing = standing(&mut transaction, code).await?;
        Ok(standing.map(|standing| HeldDossier {
            transaction,
            standing,
        }))
    }

    /// The codes of dossiers whose clocks run or stand, in a province or everywhere.
    pub async fn running(&self, province: Option<&str>) -> Result<Vec<DossierCode>, StoreError> {
        let codes = sqlx::query_scalar!(
            "select code from dossier
             where status in (2, 4, 5, 6, 7) and received_at is not null and ($1::text is null or province_code = $1) order by code",
            province
        );
        let codes = codes.fetch_all(&self.pool).await?;
        codes
            .iter()
            .map(|code| sound(DossierCode::parse(code)))
            .collect()
    }

    /// The steps of a dossier, in order.
    pub async fn dossier_steps(&self, dossier_id: i64) -> Result<Vec<StepRow>, StoreError> {
        let steps = sqlx::query_as!(
            StepRow,
            "select version, verb, from_step, to_step, to_status, actor, on_behalf_of, reason, due_at, at from dossier_step
             where dossier_id = $1 order by version",
            dossier_id
        );
        Ok(steps.fetch_all(&self.pool).await?)
    }

    /// The dossiers that reserve parcels: for each parcel the one received first.
    pub async fn reservations(&self, parcels: &[ParcelId]) -> Result<Vec<Reservation>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        reservations(&mut connection, parcels).await
    }
}

/// How a dossier stands, which nobody else changes until the transaction ends.
pub(super) async fn standing(
    connection: &mut PgConnection,
    code: &DossierCode,
) -> Result<Option<Standing>, StoreError> {
    let found = found(&mut *connection, code, true).await?;
    let now = now(connection).await?;
    Ok(found.map(|(dossier, pauses)| Standing {
        dossier,
        pauses,
        now,
    }))
}

/// The time of the database.
pub(super) async fn now(connection: &mut PgConnection) -> Result<OffsetDateTime, StoreError> {
    let now = sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#);
    Ok(now.fetch_one(connection).await?)
}

/// A dossier with its pauses; held until the transaction's end where that is wanted.
pub(super) async fn found(
    connection: &mut PgConnection,
    code: &DossierCode,
    is_held: bool,
) -> Result<Option<(Dossier, Vec<PauseRow>)>, StoreError> {
    if is_held {
        let lock = sqlx::query!(
            "select 1 as one from dossier where code = $1 for update",
            code.as_str()
        );
        lock.fetch_optional(&mut *connection).await.map_err(busy)?;
    }
    let row = sqlx::query_file!("src/store/dossier/dossier.sql", code.as_str());
    let Some(row) = row.fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let pauses = pauses(connection, row.dossier_id).await?;
    let dossier = Dossier {
        dossier_id: row.dossier_id,
        code: sound(DossierCode::parse(&row.code))?,
        is_numbered_here: row.is_numbered_here,
        procedure_code: row.procedure_code,
        commune_code: row.commune_code,
        province_code: row.province_code,
        became: Became::of((row.became, row.provinces)),
        agency: row.agency,
        branch: row.branch,
        channel: row.channel,
        paper_reason: row.paper_reason,
        applicant_name: row.applicant_name,
        applicant_no: row.applicant_no,
        phone: row.phone,
        summary: row.summary,
        filed_at: row.filed_at,
        received_at: row.received_at,
        step: step(&row.step)?,
        status: status(row.status)?,
        step_before: row.step_before.as_deref().map(step).transpose()?,
        officer: row.officer,
        due_at: row.due_at,
        paused_for: row.paused_for,
        is_extended: row.is_extended,
        supplements: row.supplements,
        ended_at: row.ended_at,
        version: row.version,
        content_sha256: row.content_sha256,
        parcels: row
            .parcels
            .into_iter()
            .map(|id| sound(ParcelId::try_from(id)))
            .collect::<Result<_, _>>()?,
    };
    Ok(Some((dossier, pauses)))
}

/// When a dossier's clock stood, in order.
async fn pauses(
    connection: &mut PgConnection,
    dossier_id: i64,
) -> Result<Vec<PauseRow>, StoreError> {
    let pauses = sqlx::query_as!(
        PauseRow,
        "select started_at, ended_at, reason from dossier_pause where dossier_id = $1 order by started_at",
        dossier_id
    );
    Ok(pauses.fetch_all(connection).await?)
}

/// The dossiers that reserve parcels: for each parcel the one received first.
pub(super) async fn reservations(
    connection: &mut PgConnection,
    parcels: &[ParcelId],
) -> Result<Vec<Reservation>, StoreError> {
    let ids: Vec<i64> = parcels.iter().map(|id| i64::from(*id)).collect();
    let rows = sqlx::query_file!("src/store/dossier/reservations.sql", &ids);
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Reservation {
                parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
                code: sound(DossierCode::parse(&row.code))?,
                officer: row.officer,
                since: row.since,
                due_at: row.due_at,
            })
        })
        .collect()
}

/// The open dossiers that reserve current parcels of sheets: for each such parcel the one received first.
pub(super) async fn reservations_of_sheets(
    connection: &mut PgConnection,
    sheets: &[i64],
) -> Result<Vec<Reservation>, StoreError> {
    let ids = sqlx::query_scalar!(
        "select distinct p.parcel_id from dossier_parcel p
         join dossier d on d.dossier_id = p.dossier_id
         join parcel_version v on v.parcel_id = p.parcel_id
         where d.ended_at is null and v.sheet_id = any ($1) and upper_inf(v.recorded) and is_in_force(v.legal, v.recorded, today(), 'infinity') order by 1",
        sheets
    );
    let ids = ids.fetch_all(&mut *connection).await?;
    let ids: Result<Vec<_>, _> = ids.into_iter().map(ParcelId::try_from).collect();
    reservations(connection, &sound(ids)?).await
}

pub(super) fn step(name: &str) -> Result<Stage, StoreError> {
    let unknown = || StoreError::Corrupt(format!("a dossier in the unknown step {name:?}"));
    Stage::of(name).ok_or_else(unknown)
}

pub(super) fn status(number: i16) -> Result<Status, StoreError> {
    let unknown = || StoreError::Corrupt(format!("a dossier in the unknown status {number}"));
    Status::of(number).ok_or_else(unknown)
}
