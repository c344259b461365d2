//! The front door: what a client may do to it, while others are served as ever.

use crate::support::{Register, Served, run};
use crate::tiles::some_tile;
use diaba::http::{Limits, Pace};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_mins(1);

async fn behind(limits: Limits) -> (Register, Served, String) {
    let register = Register::demo().await;
    let server = register.serve_within(limits).await;
    let tile = some_tile(&server);
    (register, server, tile)
}

/// Sends a request on a connection of its own and gives the answer up to the end of its head.
fn ask(connection: &mut TcpStream, head: &str) -> String {
    connection.write_all(head.as_bytes()).unwrap();
    connection.set_read_timeout(Some(LONG)).unwrap();
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") && connection.read(&mut byte).unwrap() == 1 {
        answer.push(byte[0]);
    }
    String::from_utf8(answer).unwrap()
}

/// Waits until the server has ended the connection.
fn wait_for_end(connection: &mut TcpStream) {
    connection.set_read_timeout(Some(LONG)).unwrap();
    let mut rest = [0; 4096];
    let end = loop {
        match connection.read(&mut rest) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => break error.kind(),
        }
    };
    assert_eq!(end, ErrorKind::ConnectionReset);
}

fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}

#[test]
fn ten_thousand_open_connections_keep_nobody_from_being_served() {
    run(async {
        // client and server are this process: each connection takes two files, and other tests run meanwhile
        let files = rlimit::increase_nofile_limit(25_000).unwrap();
        let count = usize::try_from(files.saturating_sub(2000) / 2)
            .unwrap()
            .min(10_000);
        let limits = Limits {
            connections: count + 100,
            head_time: LONG,
            ..Limits::default()
        };
        let (_register, server, tile) = behind(limits).await;
        let before_mb = resident_mb();
        let mut connections: Vec<_> = (0..count).map(|_| server.connect()).collect();
        // half of them have begun a request
        for connection in connections.iter_mut().step_by(2) {
            connection.write_all(b"GET / HTTP/1.1\r\nhost: ").unwrap();
        }
        for _ in 0..20 {
            let asked = Instant::now();
            assert_eq!(server.get(&tile).status, 200);
            assert!(asked.elapsed() < Duration::from_secs(5));
        }
        let grown_mb = resident_mb().saturating_sub(before_mb);
        eprintln!("{count} open connections: {grown_mb} MB");
        assert!(grown_mb < 400, "{grown_mb} MB");
        // the idle ones are alive
        for number in [1, count / 2 * 2 - 1] {
            let answer = ask(
                &mut connections[number],
                "HEAD /healthz HTTP/1.1\r\nhost: a\r\n\r\n",
            );
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
    });
}

#[test]
fn a_full_door_asks_the_oldest_to_leave_and_lets_the_next_one_in() {
    run(async {
        let limits = Limits {
            connections: 3,
            head_time: LONG,
            ..Limits::default()
        };
        let register = Register::demo().await;
        let server = register.serve_within(limits).await;
        let mut guests: Vec<_> = (0..3).map(|_| server.connect()).collect();
        let health = "HEAD /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
        for guest in &mut guests {
            assert!(ask(guest, health).starts_with("HTTP/1.1 200"));
        }
        let mut late = server.connect();
        assert!(ask(&mut late, health).starts_with("HTTP/1.1 200"));
        wait_for_end(&mut guests[0]);
        assert!(ask(&mut late, health).starts_with("HTTP/1.1 200"));
    });
}

#[test]
fn a_head_of_megabytes_is_refused_and_others_are_served() {
    run(async {
        let (_register, server, tile) = behind(Limits::default()).await;
        let mut connection = server.connect();
        let start = b"GET / HTTP/1.1\r\nhost: a\r\nx-much: ";
        connection.write_all(start).unwrap();
        connection
            .write_all(&vec![b'a'; 64 * 1024 - start.len()])
            .unwrap();
        let answer = ask(&mut connection, "a");
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");

        let mut connection = server.connect();
        connection.write_all(start).unwrap();
        let piece = vec![b'a'; 1 << 20];
        let sent = (0..64)
            .take_while(|_| connection.write_all(&piece).is_ok())
            .count();
        assert!(sent < 64, "the server took 64 MB of a head");
        assert_eq!(server.get(&tile).status, 200);

        // and a path of as many bytes
        let path = format!("/tiles/{}", "a".repeat(70 * 1024));
        let answer = ask(
            &mut server.connect(),
            &format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"),
        );
        assert!(
            answer.starts_with("HTTP/1.1 414") || answer.starts_with("HTTP/1.1 431"),
            "{answer}"
        );
        assert_eq!(server.get(&tile).status, 200);
    });
}

#[test]
fn a_head_that_does_not_come_in_time_ends_the_connection_and_so_does_idling() {
    run(async {
        let limits = Limits {
            head_time: Duration::from_millis(300),
            ..Limits::default()
        };
        let (_register, server, tile) = behind(limits).await;
        let mut silent = server.connect();
        let mut slow = server.connect();
        slow.write_all(b"GET / HT").unwrap();
        let mut idle = server.connect();
        let answer = ask(&mut idle, "HEAD /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 200"));
        for connection in [&mut silent, &mut slow, &mut idle] {
            wait_for_end(connection);
        }
        assert_eq!(server.get(&tile).status, 200);
    });
}

#[test]
fn who_takes_an_answer_byte_by_byte_is_cut_and_others_are_served() {
    run(async {
        let limits = Limits {
            pace: Pace {
                least_bytes: 256 * 1024,
                each: Duration::from_millis(500),
            },
            ..Limits::default()
        };
        let (_register, server, tile) = behind(limits).await;
        let count = 2000;
        let whole = count * server.get(&tile).body.len();
        assert!(
            whole > 32 << 20,
            "the system's own buffers must not hold it: {whole} bytes"
        );
        let mut slow = server.connect();
        let request = format!("GET {tile} HTTP/1.1\r\nhost: a\r\n\r\n").repeat(count);
        slow.write_all(request.as_bytes()).unwrap();
        slow.set_read_timeout(Some(LONG)).unwrap();
        let (started, mut byte) = (Instant::now(), [0]);
        while started.elapsed() < Duration::from_secs(3) && slow.read(&mut byte).is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // what the system had taken for it is still there, and no more comes
        let (mut rest, mut piece) = (0, vec![0; 256 * 1024]);
        while let Ok(bytes @ 1..) = slow.read(&mut piece) {
            rest += bytes;
        }
        assert!(rest < whole / 2, "{rest} of {whole} bytes came");
        assert_eq!(server.get(&tile).status, 200);
    });
}

#[test]
fn who_takes_it_slowly_but_steadily_gets_everything() {
    run(async {
        let limits = Limits {
            pace: Pace {
                least_bytes: 1024,
                each: Duration::from_secs(2),
            },
            ..Limits::default()
        };
        let (_register, server, tile) = behind(limits).await;
        let count = 400;
        let one = format!("GET {tile} HTTP/1.1\r\nhost: a\r\n\r\n");
        let last = format!("GET {tile} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let body_bytes = server.get(&tile).body.len();
        let mut steady = server.connect();
        steady
            .write_all(format!("{}{last}", one.repeat(count - 1)).as_bytes())
            .unwrap();
        let mut piece = vec![0; 256 * 1024];
        let mut taken_bytes = 0;
        loop {
            match steady.read(&mut piece).unwrap() {
                0 => break,
                bytes => taken_bytes += bytes,
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(taken_bytes > count * body_bytes, "{taken_bytes} bytes");
    });
}

#[test]
fn a_request_keeps_its_clients_id_if_that_is_one_and_gets_another_if_not() {
    run(async {
        let (_register, server, _) = behind(Limits::default()).await;
        let id_of = |sent: &str| {
            let reply = server.send("GET", "/healthz", &[("x-request-id", sent)], None);
            reply.header("x-request-id").to_owned()
        };
        assert_eq!(id_of("a-1.b_2"), "a-1.b_2");
        for odd in ["two words", &"a".repeat(200)] {
            let given = id_of(odd);
            assert!(!given.is_empty() && given != *odd, "{given}");
        }
        let own = || server.get("/healthz").header("x-request-id").to_owned();
        assert_ne!(own(), own());
    });
}
