//! Lists of dossiers, and a head's page.

use super::super::auth::Officer;
use super::super::extract::InQuery;
use super::super::{Problem, Shared};
use super::answer::moment;
use crate::domain::Status;
use crate::store::{DossierLine, DossiersWanted, Load};
use axum::Json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

/// How many of what.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct Counts {
    /// Received, and neither done nor ended.
    open: i64,
    /// Filed, and not received yet.
    waiting: i64,
    /// Of those open, due today or tomorrow.
    due_soon: i64,
    /// Of those open, late.
    late: i64,
    /// Of those open, whose clock stands.
    paused: i64,
    /// Done in the last 30 days.
    done: i64,
    /// Of those done, late.
    done_late: i64,
}

impl Counts {
    fn add(&mut self, load: &Load) {
        self.open += load.open;
        self.waiting += load.waiting;
        self.due_soon += load.due_soon;
        self.late += load.late;
        self.paused += load.paused;
        self.done += load.done;
        self.done_late += load.done_late;
    }
}

/// One officer's work.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerLoad {
    /// The officer; none for dossiers that nobody has.
    officer: Option<String>,
    #[serde(flatten)]
    counts: Counts,
}

/// One branch's work.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct BranchLoad {
    branch: String,
    #[serde(flatten)]
    counts: Counts,
    officers: Vec<OfficerLoad>,
}

/// A dossier in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Line {
    code: String,
    procedure: String,
    commune: String,
    branch: String,
    officer: Option<String>,
    step: String,
    status: i16,
    status_vi: &'static str,
    status_en: &'static str,
    received_at: Option<String>,
    due_at: Option<String>,
    paused_for: Option<String>,
    is_late: bool,
}

/// A head's page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Overview {
    /// When it was counted.
    at: String,
    totals: Counts,
    branches: Vec<BranchLoad>,
    /// The late ones, oldest first, 100 at most.
    late: Vec<Line>,
}

/// The work of all officers: open, due, late and paused, by branch and officer; and the late dossiers. For heads, planners and auditors.
#[utoipa::path(
    get, path = "/api/v1/desk/overview", tag = "dossiers", security(("token" = [])),
    responses((status = 200, description = "The work", body = Overview), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn overview(
    server: Shared,
    Officer(officer): Officer,
) -> Result<Json<Overview>, Problem> {
    let (loads, late) = server.app.overview(&officer).await?;
    let mut totals = Counts::default();
    let mut branches: BTreeMap<String, BranchLoad> = BTreeMap::new();
    for load in loads {
        totals.add(&load);
        let branch = branches.entry(load.branch.clone()).or_default();
        branch.branch.clone_from(&load.branch);
        branch.counts.add(&load);
        let mut counts = Counts::default();
        counts.add(&load);
        branch.officers.push(OfficerLoad {
            officer: load.officer,
            counts,
        });
    }
    Ok(Json(Overview {
        at: moment(OffsetDateTime::now_utc()),
        totals,
        branches: branches.into_values().collect(),
        late: late.into_iter().map(line).collect(),
    }))
}

/// Which dossiers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// A national status, 1 to 10.
    #[param(minimum = 1, maximum = 10)]
    status: Option<i16>,
    /// Whose.
    officer: Option<String>,
    /// Of which branch.
    branch: Option<String>,
    /// `true` for late ones only.
    #[param(default = false)]
    late: Option<bool>,
    /// Where the page before ended.
    after: Option<i64>,
    /// How many at most, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
}

/// A page of dossiers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dossiers {
    dossiers: Vec<Line>,
    /// What `after` has to be for the next page; none at the end.
    next: Option<i64>,
}

/// The dossiers of your area, in the order that they came in.
#[utoipa::path(
    get, path = "/api/v1/dossiers", tag = "dossiers", params(Asked), security(("token" = [])),
    responses((status = 200, description = "A page", body = Dossiers), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn dossiers(
    server: Shared,
    Officer(officer): Officer,
    InQuery(asked): InQuery<Asked>,
) -> Result<Json<Dossiers>, Problem> {
    let limit = asked.limit.unwrap_or(50);
    let is_text = |text: &Option<String>| {
        text.as_deref()
            .is_none_or(|text| text.len() <= 200 && !text.contains('\0'))
    };
    if !(1..=200).contains(&limit) || !is_text(&asked.officer) || !is_text(&asked.branch) {
        return Err(Problem::bad_parameter(
            "limit is 1 to 200, officer and branch have at most 200 bytes",
        ));
    }
    let wanted = DossiersWanted {
        status: asked.status,
        officer: asked.officer,
        branch: asked.branch,
        late: asked.late.unwrap_or(false),
        after: asked.after.unwrap_or(0),
        count: limit + 1,
    };
    let mut lines = server.app.dossiers(&officer, &wanted).await?;
    let count = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_more = lines.len() > count;
    lines.truncate(count);
    let next = lines.last().filter(|_| is_more).map(|line| line.dossier_id);
    Ok(Json(Dossiers {
        dossiers: lines.into_iter().map(line).collect(),
        next,
    }))
}

fn line(line: DossierLine) -> Line {
    let names = Status::of(line.status).map(Status::names);
    let (status_vi, status_en) = names.unwrap_or_default();
    Line {
        code: line.code,
        procedure: line.procedure_code,
        commune: line.commune_code,
        branch: line.branch,
        officer: line.officer,
        step: line.step,
        status: line.status,
        status_vi,
        status_en,
        received_at: line.received_at.map(moment),
        due_at: line.due_at.map(moment),
        paused_for: line.paused_for,
        is_late: line.is_late,
    }
}
