//! The front door: takes connections in, as many as may be, and sees that nobody blocks it.
//!
//! | somebody | is met by |
//! |---|---|
//! | opens connections and says nothing, or speaks slowly | a time limit for each request's head, also while a connection idles |
//! | sends a head without end | a limit in bytes: 431 |
//! | opens more connections than may be | the oldest are asked to end after their present request |
//! | takes an answer byte by byte | a least pace of writing |

use super::paced::{Pace, Paced};
use super::sender::Peer;
use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// How long the door waits for an asked connection to end before it asks the next.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long it waits where the system gives no more connections.
const PAUSE: Duration = Duration::from_millis(200);

/// What a client may ask of the door.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections open at once.
    pub connections: usize,
    /// The bytes of a request's head.
    pub head_bytes: usize,
    /// The time for a request's head, counted from the end of the answer before.
    pub head_time: Duration,
    /// The slowest pace at which an answer must be taken.
    pub pace: Pace,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head_bytes: 64 * 1024,
            head_time: Duration::from_secs(10),
            pace: Pace {
                least_bytes: 16 * 1024,
                each: Duration::from_mins(1),
            },
        }
    }
}

/// Serves until stopped, then until the last connection has ended.
pub async fn serve(listener: TcpListener, routes: Router, limits: Limits, stop: CancellationToken) {
    let mut door = Door::new(routes, limits);
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let (socket, peer) = match accepted {
            Ok((socket, address)) => (socket, Peer(address.ip())),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a connection could not be accepted"
                );
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        match stop.run_until_cancelled(door.place()).await {
            Some(place) => door.let_in((socket, peer), place),
            None => break,
        }
    }
    drop(listener);
    door.close().await;
}

struct Door {
    http: http1::Builder,
    routes: Router,
    limits: Limits,
    places: Arc<Semaphore>,
    /// How each connection is asked to end, the oldest first; some have ended already.
    guests: VecDeque<Weak<Notify>>,
}

impl Door {
    fn new(routes: Router, limits: Limits) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_header_size(limits.head_bytes)
            .max_buf_size(limits.head_bytes.max(16 * 1024));
        Self {
            http,
            routes,
            limits,
            places: Arc::new(Semaphore::new(limits.connections)),
            guests: VecDeque::new(),
        }
    }

    /// A place for one more connection. Where all are taken, the oldest connections are asked to end.
    async fn place(&mut self) -> Option<OwnedSemaphorePermit> {
        loop {
            let place = Arc::clone(&self.places).acquire_owned();
            if let Ok(place) = tokio::time::timeout(PATIENCE, place).await {
                return place.ok();
            }
            while let Some(oldest) = self.guests.pop_front() {
                if let Some(leave) = oldest.upgrade() {
                    leave.notify_one();
                    break;
                }
            }
        }
    }

    fn let_in(&mut self, (socket, peer): (TcpStream, Peer), place: Option<OwnedSemaphorePermit>) {
        // An answer is written as a whole: to wait for more would only delay its last packet.
        let _ = socket.set_nodelay(true);
        let leave = Arc::new(Notify::new());
        self.guests.push_back(Arc::downgrade(&leave));
        if self.guests.len() > 2 * self.limits.connections {
            self.guests.retain(|guest| guest.strong_count() > 0);
        }
        let routes = TowerToHyperService::new(self.routes.clone());
        let answers = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            routes.call(request)
        });
        let socket = TokioIo::new(Paced::new(socket, self.limits.pace));
        let connection = self.http.serve_connection(socket, answers);
        tokio::spawn(async move {
            let _place = place;
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                biased;
                ended = connection.as_mut() => ended,
                () = leave.notified() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                let error = &error as &dyn std::error::Error;
                tracing::debug!(error, "a connection was cut");
            }
        });
    }

    /// Asks every connection to end after its present request, and waits for that.
    async fn close(self) {
        for guest in &self.guests {
            if let Some(leave) = guest.upgrade() {
                leave.notify_one();
            }
        }
        let all = u32::try_from(self.limits.connections).unwrap_or(u32::MAX);
        let _ = self.places.acquire_many(all).await;
    }
}
