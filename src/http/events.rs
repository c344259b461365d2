//! Server-sent events: who watches learns at once what has become visible.

use super::extract::InQuery;
use super::{Problem, Shared};
use crate::app::{App, Published, Watcher};
use crate::domain::Position;
use crate::page::WorldBox;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::broadcast::error::RecvError;
use utoipa::{IntoParams, ToSchema};

/// A sign of life where nothing happens.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// When a client should come back after a lost connection.
const RETRY: Duration = Duration::from_secs(2);
/// The most boxes and parcels that one event names.
const BOXES: usize = 64;
const PARCELS: usize = 256;

type Told = Result<Event, Infallible>;

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// The last position that the client knows; the header `Last-Event-ID` goes before it. Without either: from now on.
    after: Option<i64>,
}

/// What has become visible.
#[derive(Debug, Serialize, ToSchema)]
struct Visible {
    /// The register position that answers have from now on.
    position: i64,
    /// West, south, east, north in degrees of everything that looks different on the map; absent where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    bounds: Option<[f64; 4]>,
    /// The same place by place, before and after; absent where there are more than 64.
    #[serde(skip_serializing_if = "Option::is_none")]
    boxes: Option<Vec<[f64; 4]>>,
    /// Of how many parcels the land has changed: none where only rights, restrictions or blocks did, which are not public.
    parcel_count: usize,
    /// Their ids; absent where there are more than 256.
    #[serde(skip_serializing_if = "Option::is_none")]
    parcels: Option<Vec<i64>>,
    /// Whether the change was made past the program, by plain SQL.
    outside: bool,
    /// When it was committed.
    #[serde(with = "time::serde::rfc3339")]
    committed_at: OffsetDateTime,
}

impl Visible {
    fn of(published: &Published) -> Self {
        let touched = &published.touched;
        let all = touched
            .iter()
            .fold(WorldBox::EMPTY, |all, place| all.join(*place));
        let parcel_count = published.parcel_ids.len();
        Self {
            position: published.position.0,
            bounds: (!touched.is_empty()).then(|| all.to_degrees()),
            boxes: (touched.len() <= BOXES)
                .then(|| touched.iter().map(|place| place.to_degrees()).collect()),
            parcel_count,
            parcels: (parcel_count <= PARCELS).then(|| {
                published
                    .parcel_ids
                    .iter()
                    .map(|id| i64::from(*id))
                    .collect()
            }),
            outside: published.is_outside,
            committed_at: published.at,
        }
    }
}

/// Everything that becomes visible, as it does: server-sent events.
///
/// `position` comes first and says where the register stands; `change` says what has changed; `reset` says that something was
/// missed: read anew what you hold. The id of each is its register position, and `Last-Event-ID` or `after` goes on from there;
/// a `position` told to one who goes on has none, for what was missed follows it.
#[utoipa::path(
    get, path = "/events", tag = "map", params(Since, ("Last-Event-ID" = Option<i64>, Header, description = "The last position that the client knows")),
    responses(
        (status = 200, content_type = "text/event-stream", description = "Events `position`, `change`, `reset`; the data of a `change` is this JSON", body = Visible),
        (status = 400, description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "A problem (RFC 9457): too many subscribers, or not ready", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn events(
    server: Shared,
    InQuery(since): InQuery<Since>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = last_event_id(&headers)?.or(since.after);
    if known.is_some_and(|position| position < 0) {
        return Err(Problem::bad_parameter("after must not be negative"));
    }
    if !server.app.is_ready() {
        return Err(Problem::not_ready());
    }
    let watcher = server.app.watch().ok_or_else(too_many)?;
    let app = Arc::clone(&server.app);
    let told = told(app, watcher, known.map(Position)).await?;
    Ok(answer(told, HEARTBEAT))
}

fn answer(told: impl Stream<Item = Told> + Send + 'static, heartbeat: Duration) -> Response {
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    let stream = Sse::new(told).keep_alive(KeepAlive::new().interval(heartbeat));
    (unbuffered, stream).into_response()
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(id) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let position = id.to_str().ok().and_then(|id| id.trim().parse().ok());
    let unreadable = || Problem::bad_parameter("Last-Event-ID must be a register position");
    position.map(Some).ok_or_else(unreadable)
}

fn too_many() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too-many-subscribers",
        "Too many subscribers",
        "try again later, or ask another server",
    )
}

/// What was missed, then what comes, until the server stops.
async fn told(
    app: Arc<App>,
    watcher: Watcher,
    known: Option<Position>,
) -> Result<impl Stream<Item = Told> + use<>, Problem> {
    // The watcher was there before this: what is published meanwhile comes twice rather than never.
    let position = app.state().position();
    let stands = standing("position", position).retry(RETRY);
    let (first, reached) = if let Some(known) = known {
        // Without an id: a client that is cut off before it has heard what it missed goes on from where it was.
        let mut first = vec![stands];
        if let Some(missed) = app.replay(known, position).await? {
            first.extend(missed.iter().map(change));
            (first, position.max(known))
        } else {
            first.push(reset(position));
            (first, position)
        }
    } else {
        (vec![stands.id(position.to_string())], position)
    };
    let end = watcher.end.clone();
    let coming = stream::unfold((app, watcher), move |(app, mut watcher)| async move {
        let event = next(&app, &mut watcher, reached).await?;
        Some((event, (app, watcher)))
    });
    Ok(stream::iter(first)
        .chain(coming)
        .map(Ok)
        .take_until(end.cancelled_owned()))
}

/// The next event that is news to one who knows a position; `None` at the end.
async fn next(app: &App, watcher: &mut Watcher, known: Position) -> Option<Event> {
    loop {
        match watcher.published.recv().await {
            Ok(published)
                if published.position <= known && published.after < published.position => {}
            Ok(published) => return Some(change(&published)),
            Err(RecvError::Lagged(_)) => {
                // What is still in the backlog is older than the position that is told.
                watcher.published = watcher.published.resubscribe();
                return Some(reset(app.state().position()));
            }
            Err(RecvError::Closed) => return None,
        }
    }
}

fn change(published: &Published) -> Event {
    let event = Event::default()
        .event("change")
        .id(published.position.to_string());
    let data = serde_json::to_string(&Visible::of(published)).unwrap_or_default();
    event.data(data)
}

fn reset(position: Position) -> Event {
    standing("reset", position).id(position.to_string())
}

fn standing(name: &str, position: Position) -> Event {
    let event = Event::default().event(name);
    event.data(format!(r#"{{"position":{position}}}"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_stream_gives_signs_of_life() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let stream = answer(stream::pending(), Duration::from_millis(10));
            let mut body = stream.into_body().into_data_stream();
            for _ in 0..3 {
                // a comment, and the end of an event that is none (HTML, server-sent events, 9.2.6)
                assert_eq!(body.next().await.unwrap().unwrap(), ":\n\n");
            }
        });
    }
}
