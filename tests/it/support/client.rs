//! A server in this process, and its client.

use diaba::app::App;
use diaba::http::{Limits, Server, router, serve};
use diaba::store::Store;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

/// Room enough for every tile of a test.
const TILE_CACHE_BYTES: usize = 64 << 20;

/// A server that follows the change feed, until it is dropped.
pub struct Served {
    pub app: Arc<App>,
    agent: Agent,
    address: String,
    stop: CancellationToken,
    _keys: TempDir,
}

/// A server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub event: String,
    pub id: String,
    pub data: Value,
}

/// The events of one stream, as they come.
pub struct Listening(mpsc::Receiver<Told>);

impl Listening {
    /// The next event; `None` where the stream has ended.
    pub fn next(&self) -> Option<Told> {
        let told = self.0.recv_timeout(Duration::from_secs(20));
        assert_ne!(told, Err(mpsc::RecvTimeoutError::Timeout));
        told.ok()
    }

    fn read(stream: impl Read, told: &mpsc::Sender<Told>) {
        let mut event = Told {
            event: String::new(),
            id: String::new(),
            data: Value::Null,
        };
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            match line.split_once(": ") {
                Some(("event", name)) => name.clone_into(&mut event.event),
                Some(("id", id)) => id.clone_into(&mut event.id),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                _ if line.is_empty() && !event.event.is_empty() => {
                    if told.send(event.clone()).is_err() {
                        return;
                    }
                    event.event.clear();
                }
                _ => {}
            }
        }
    }
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Served {
    pub(super) async fn start(store: Store, limits: Limits) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let app = App::open(store, keys.path(), TILE_CACHE_BYTES)
            .await
            .unwrap();
        app.fill_index().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let routes = router(Server {
            app: Arc::clone(&app),
            metrics,
        });
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, routes, limits, stop.clone()));
        let (following, stopping) = (Arc::clone(&app), stop.clone());
        tokio::spawn(async move { following.follow(stopping).await });
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .new_agent();
        Self {
            app,
            agent,
            address,
            stop,
            _keys: keys,
        }
    }

    /// Scheme, host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A connection of its own, for what a client does not do by itself.
    pub fn connect(&self) -> TcpStream {
        let address = self.address.trim_start_matches("http://");
        TcpStream::connect(address).unwrap()
    }

    /// The answer to a GET.
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    /// The JSON of a GET that must succeed.
    pub fn json(&self, path: &str) -> Value {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    /// The answer to a GET with a bearer token.
    pub fn get_as(&self, token: &str, path: &str) -> Reply {
        self.send(
            "GET",
            path,
            &[("authorization", &format!("Bearer {token}"))],
            None,
        )
    }

    /// The events of a path, read on a thread of its own until the server ends them.
    pub fn listen(&self, path: &str, headers: &[(&str, &str)]) -> Listening {
        let mut request = self.agent.get(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.call().unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || Listening::read(answer.into_body().into_reader(), &sender));
        Listening(receiver)
    }

    /// Any request.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.unwrap();
        Reply {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: answer.body_mut().read_to_vec().unwrap(),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Reply {
    /// A header's text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}
