//! The land office's desk: operations on land.

use super::auth::Officer;
use super::dossier::ReservationAnswer;
use super::extract::{InBody, InPath, InQuery};
use super::{Problem, Shared};
use crate::app::desk::{Committed, DeskError, Wanted};
use crate::app::desk::{Report, Seen, Signed};
use crate::domain::{ParcelId, Revision, RightsRevision};
use crate::policy::Duty;
use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, json};
use utoipa::IntoParams;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPEATED: HeaderName = HeaderName::from_static("idempotency-repeated");
/// The longest key that is taken.
const KEY_BYTES: usize = 200;

/// Whether to do it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Rehearsal {
    /// `true` gives the report and changes nothing.
    #[param(default = false)]
    dry_run: Option<bool>,
}

/// Operations on land and on the rights in it, committed together or not at all.
///
/// The body is a list of operations: `{"operations": [{"kind": "split", "parcel": 1099511627777, "by": {"line_m": [[603000.0,
/// 1192000.0], [603050.0, 1192000.0]]}}], "dossier": "H29.3-261122-0001"}`. Coordinates are metres east and north in the sheet's
/// zone. A parcel that an earlier operation of the list made is `{"operation": 0, "child": 1}`. Kinds:
///
/// - `split`: `by` is `line_m`, `points` (monuments: `[e, n]` or `{"vertex": 2, "distance_m": 5.2}` along an edge), `strip` (`vertex`
///   that an edge begins with, `width_m`), `areas` (`along_m`, `areas_m2`) or `equal` (`along_m`, `parts`); `uses` where the parcel has
///   several.
/// - `merge`: `parcels`. `adjust`: two `parcels` and their new common boundary `line_m`.
/// - `resurvey`: `surveys`, each a `parcel` and its `rings_m` as surveyed.
/// - `register-first`: `sheet` (`commune`, `sheet_no`), `rings_m`, `land_use`, `address`.
/// - `retire`: `parcel`, `because` (`recovery` or `erosion`).
/// - `renumber-sheet`: `sheet`, `new_sheet_no`, `numbers` (pairs of old and new); `merge-communes`: `sheets`, each `from`, `to` and
///   `numbers`. These two are committed alone and need no `If-Match`.
/// - `transfer`: `parcels`, `by` (the code of the change: `CN` sale, `TA` gift, `TK` inheritance, …), `from` (a party's id), `to` (each
///   `party`, by id or by kind, name and number, and `share`), `old_certificate` (`annotate` or `withdraw`), `document`.
/// - `mortgage`, `lease`: `parcels`, `to`, `document`, `rank`, `amount_vnd`, `until`, `part`; `changes` one that is there.
///   `discharge`, `end-lease`: `parcels`, `encumbrance`, `document`.
/// - `block`: `parcels`, `certificate` or `person`, `stops` (`issuing`, `transactions`, `changes`), `letter`, `reason`, `until`, `part`.
///   `unblock`: `parcels`, `block`, `letter`.
/// - `restrict`: `parcels`, `sort`, `content`, `document`, `area_m2`, `until`, `part`. `lift`: `parcels`, `restriction`, `document`.
/// - `change-use`: one of `parcels`, all its `uses`, `document`. `extend`: `parcels`, `land_use`, `term`, `document`.
/// - `issue-certificate`: `parcels`, `serial`, `entry_no`, `issued_on`, `holders`, `replaces` (each `serial`, `as` exchanged, cancelled
///   or withdrawn). `withdraw-certificate`: `parcels`, `serial`, `as`, `document`. `annotate-certificate`: `parcels`, `serial`, `by`,
///   `text`.
/// - `correct`: `parcels`, `party_id` with `party`, `address`, `printed`, `document`. `party-information`: `parcels`, `party_id`, `party`,
///   `document`.
///
/// A `document` or `letter` has `number`, `signed_on` and `signed_by`; a `part` has `text` and `ring_m`. `split` takes `encumbrances` and
/// `restrictions` of each part too; all go to all parts that they can lie on otherwise.
///
/// An operation on land relies on the parcels' revisions, the first two numbers of their ETags; one on rights on the third too.
///
/// What an open dossier reserves, only its plan changes; a rehearsal that names the `dossier` is answered, with the numbers that the plan
/// would get.
#[utoipa::path(
    post, path = "/api/v1/operations", tag = "desk", params(Rehearsal,
        ("If-Match" = String, Header, description = "The ETags of all parcels named: `\"<id>-<revision>-<rights revision>\"`, separated by commas; without the last number for operations on land"),
        ("Idempotency-Key" = Option<String>, Header, description = "A second request with the same key is answered as the first")),
    request_body(content = Object, description = "Operations and dossier"), security(("token" = [])),
    responses(
        (status = 200, description = "The report of a rehearsal", body = Object),
        (status = 201, description = "Committed: the report", body = Object),
        (status = "4XX", description = "A problem (RFC 9457); `unlawful-operation` carries the report with all violations", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn operate(
    server: Shared,
    Officer(officer): Officer,
    InQuery(rehearsal): InQuery<Rehearsal>,
    headers: HeaderMap,
    InBody(wanted): InBody<Wanted>,
) -> Result<Response, Problem> {
    let seen = seen(&headers)?;
    let signed = Signed {
        officer: &officer,
        seen: &seen,
        key: key(&headers)?,
    };
    if rehearsal.dry_run == Some(true) {
        let report: Report = server
            .app
            .rehearse(&wanted, &signed)
            .await
            .map_err(problem)?;
        return Ok(unstored(StatusCode::OK, Json(report).into_response()));
    }
    let Committed {
        operation_id,
        report,
        is_repeated,
    } = server
        .app
        .operate(&wanted, &signed)
        .await
        .map_err(problem)?;
    let mut response = unstored(StatusCode::CREATED, Json(report).into_response());
    let fields = response.headers_mut();
    if let Ok(location) = HeaderValue::try_from(format!("/api/v1/operations/{operation_id}")) {
        fields.insert(header::LOCATION, location);
    }
    if is_repeated {
        fields.insert(REPEATED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The report of operations that were committed.
#[utoipa::path(
    get, path = "/api/v1/operations/{id}", tag = "desk", params(("id" = i64, Path)), security(("token" = [])),
    responses((status = 200, description = "The report", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn operation(
    server: Shared,
    Officer(officer): Officer,
    InPath(id): InPath<i64>,
) -> Result<Response, Problem> {
    officer.may(Duty::Read)?;
    let entry = server.app.operation(id, &officer).await?;
    let entry = entry.ok_or_else(|| no_such_operation(id))?;
    Ok(unstored(StatusCode::OK, Json(entry.report).into_response()))
}

pub(super) fn no_such_operation(id: i64) -> Problem {
    let detail = format!("there is no entry {id}");
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-operation",
        "No such operation",
        detail,
    )
}

/// What `If-Match` says was seen: `"<parcel>-<revision>-<rights revision>"`, or without the last where only the land was.
fn seen(headers: &HeaderMap) -> Result<Vec<Seen>, Problem> {
    let fields = headers.get_all(header::IF_MATCH).iter();
    let tags = fields.flat_map(|field| field.to_str().unwrap_or("?").split(','));
    tags.map(|tag| {
        seen_by(tag).ok_or_else(|| {
            let detail =
                format!("If-Match must hold tags such as \"1099511627777-1-4\", not {tag:?}");
            Problem::bad_parameter(detail)
        })
    })
    .collect()
}

fn seen_by(tag: &str) -> Option<Seen> {
    let tag = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut numbers = tag.split('-');
    let id: i64 = numbers.next()?.parse().ok()?;
    let seen = Seen {
        parcel_id: ParcelId::try_from(id).ok()?,
        revision: Revision(numbers.next()?.parse().ok()?),
        rights: match numbers.next() {
            Some(rights) => Some(RightsRevision(rights.parse().ok()?)),
            None => None,
        },
    };
    numbers.next().is_none().then_some(seen)
}

pub(super) fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=KEY_BYTES).contains(&key.len()));
    let detail = format!("Idempotency-Key must be 1 to {KEY_BYTES} ASCII characters");
    key.map(Some).ok_or_else(|| Problem::bad_parameter(detail))
}

/// An answer that stays in no cache.
pub fn unstored(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

pub(super) fn problem(error: DeskError) -> Problem {
    let detail = error.to_string();
    match error {
        DeskError::App(error) => error.into(),
        DeskError::Denied(denial) => denial.into(),
        DeskError::Size | DeskError::NoParcel(_) | DeskError::NotAlone | DeskError::Text => {
            Problem::bad_parameter(detail)
        }
        DeskError::NoSuchParcel(_) => Problem::new(
            StatusCode::NOT_FOUND,
            "no-such-parcel",
            "No such parcel",
            format!("{detail}: its lineage says what became of it"),
        ),
        DeskError::Busy => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "commune-busy",
            "Somebody else works there",
            format!("{detail}: try again in some seconds"),
        ),
        DeskError::Unconditional(_) => Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "revision-missing",
            "Say which revisions you rely on",
            format!("{detail}: send If-Match with its ETag"),
        ),
        DeskError::Stale { .. } => Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "parcel-changed",
            "A parcel was changed meanwhile",
            format!("{detail}: read it again"),
        ),
        DeskError::Reserved(reservation) => {
            let reserved = ReservationAnswer::from(*reservation);
            let more = Map::from_iter([("reserved_by".to_owned(), json!(reserved))]);
            Problem::new(
                StatusCode::CONFLICT,
                "parcel-reserved",
                "An open dossier reserves the parcel",
                format!("{detail}: it is changed by the plan of that dossier, or after its end"),
            )
            .with(more)
        }
        DeskError::RightsUnseen(_) => Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "rights-revision-missing",
            "Say which state of the rights you rely on",
            format!("{detail}: send If-Match with the ETag that an officer's reading gave"),
        ),
        DeskError::RightsStale { .. } => Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "rights-changed",
            "The rights in a parcel were changed meanwhile",
            format!("{detail}: read it again"),
        ),
        DeskError::KeyReused => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "The key belongs to another request",
            format!("{detail}: take a new key"),
        ),
        DeskError::Unlawful(report) => {
            let report = serde_json::to_value(&report).unwrap_or_default();
            let more = Map::from_iter([("report".to_owned(), report)]);
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unlawful-operation",
                "The operation breaks rules of the register",
                "nothing was changed; the report says what, where and how much",
            )
            .with(more)
        }
    }
}
