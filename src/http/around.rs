//! What surrounds every request: its id, its place in the log, its count, and headers that keep browsers to this origin.
//!
//! One layer, because each takes its time from every tile that is only copied out of the cache.

use super::{problem, tiles};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use metrics::{Counter, Histogram};
use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tracing::{Instrument, Span};

/// Names a request in the log and in the answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest request id that is taken from a client.
const LONGEST_ID: usize = 128;

const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; font-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PROTECTION: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Runs a request with all that surrounds it.
pub async fn around(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&request);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    let (method, uri) = (request.method().clone(), request.uri().clone());
    // Tiles are asked for by the thousand: theirs is made where something goes wrong.
    let place = if route == tiles::ROUTE {
        Span::none()
    } else {
        span(&method, &uri, Some(&id))
    };
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let mut response = match answer.instrument(place).await {
        Ok(response) => response,
        Err(cause) => span(&method, &uri, Some(&id)).in_scope(|| problem::panicked(&*cause)),
    };
    let headers = response.headers_mut();
    headers.reserve(PROTECTION.len() + 1);
    headers.insert(REQUEST_ID, id);
    for (name, value) in PROTECTION {
        headers.entry(name).or_insert(value);
    }
    count(route, method_name(&method), response.status(), started);
    response
}

/// A request's place in the log.
///
/// Paths carry no personal data; queries may (a search text), so they are not logged.
pub fn span(method: &Method, uri: &Uri, id: Option<&HeaderValue>) -> Span {
    let id = id.and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", %method, path = uri.path(), id)
}

/// The client's own id of a request if it is a short visible text, else a new one.
fn request_id(request: &Request) -> HeaderValue {
    static STARTED: LazyLock<u64> = LazyLock::new(rand::random);
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    let given = request.headers().get(REQUEST_ID).filter(|id| {
        (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
    });
    given.cloned().unwrap_or_else(|| {
        let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
        let id = format!("{:016x}-{number:x}", *STARTED);
        HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("-"))
    })
}

/// Where the requests of a route, a method and a status are counted.
struct Meter {
    method: &'static str,
    status: StatusCode,
    requests: Counter,
    seconds: Histogram,
}

thread_local! {
    /// By route. Looking a meter up by its labels would cost more than counting.
    static METERS: RefCell<HashMap<Box<str>, Vec<Meter>>> = RefCell::default();
}

fn count(route: &str, method: &'static str, status: StatusCode, started: Instant) {
    METERS.with_borrow_mut(|meters| {
        if !meters.contains_key(route) {
            meters.insert(route.into(), Vec::new());
        }
        let Some(meters) = meters.get_mut(route) else {
            return;
        };
        let is_it = |meter: &&Meter| meter.method == method && meter.status == status;
        if meters.iter().find(is_it).is_none() {
            meters.push(Meter::new(route, method, status));
        }
        if let Some(meter) = meters.iter().find(is_it) {
            meter.requests.increment(1);
            meter.seconds.record(started.elapsed());
        }
    });
}

impl Meter {
    fn new(route: &str, method: &'static str, status: StatusCode) -> Self {
        let labels = [
            ("route", route.to_owned()),
            ("method", method.to_owned()),
            ("status", status.as_str().to_owned()),
        ];
        Self {
            method,
            status,
            requests: metrics::counter!("diaba_http_requests_total", &labels),
            seconds: metrics::histogram!("diaba_http_request_duration_seconds", &labels[..2]),
        }
    }
}

/// The method as a label of few values, whatever a client sends.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
