//! Dossiers through HTTP: due times are worked out by hand on the calendar of 2026.

mod absences;
mod bearer;
mod citizens;
mod intake;
mod ledger;
mod merged;
mod papers;
mod plan;
mod printed;
mod roles;
mod steps;
mod tax;
mod together;

use crate::support::{Folder, Register, Reply, Served, square};
use diaba::app::issue_token;
use diaba::policy::Officer;
use diaba::store::Identity;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

pub const CODE: &str = "H29.3-260212-0001";

/// An officer at a server.
pub struct Clerk<'a> {
    pub server: &'a Served,
    pub token: String,
}

/// Squares 1 to `count` of one sheet, 400 m² each, all of the party "Một".
pub async fn row_of(count: i32) -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    let squares = (1..=count).map(|number| square(number).with("DienTichPhapLy", 400.0));
    let mut rows = "Mã xã,Số tờ,Số thửa,Tên chủ,Số CCCD,Tỷ lệ,Mục đích,Diện tích\n".to_owned();
    for number in 1..=count {
        rows += &format!("99001,1,{number},Một,999099000001,1,ONT,400\n");
    }
    register
        .load(&[
            folder.parcels("row.geojson", &squares.collect::<Vec<_>>()),
            folder.write("rows.csv", &rows),
        ])
        .await;
    register
}

/// What is filed: a split, in person, received on Thursday 12 February 2026 at 10:00.
pub fn filed(parcels: &[i64]) -> Value {
    json!({
        "procedure": "1.012784.H29", "commune": "99001", "channel": 1,
        "applicant": { "name": "Nguyễn Văn Một", "no": "999099000001", "phone": "0900001234" },
        "summary": "Tách thửa", "parcels": parcels, "received_at": "2026-02-12T10:00:00+07:00"
    })
}

impl<'a> Clerk<'a> {
    /// With roles and areas, separated by spaces; no areas for everywhere.
    pub async fn with(
        register: &Register,
        server: &'a Served,
        name: &str,
        roles: &str,
        areas: &str,
    ) -> Self {
        let areas: Vec<&str> = areas.split_whitespace().collect();
        let officer = Officer {
            name: name.to_owned(),
            roles: roles
                .split_whitespace()
                .map(|role| role.parse().unwrap())
                .collect(),
            areas: (!areas.is_empty())
                .then(|| areas.iter().map(|area| area.parse().unwrap()).collect()),
        };
        let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
        let token = issue_token(&register.store, &Identity::Officer(officer), tomorrow)
            .await
            .unwrap();
        Self { server, token }
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![
            ("authorization", &*bearer),
            ("content-type", "application/json"),
        ];
        all.extend_from_slice(headers);
        let body = body.to_string();
        self.server.send(
            method,
            path,
            &all,
            (!matches!(method, "GET" | "DELETE")).then_some(body.as_bytes()),
        )
    }

    /// The JSON of a request that must succeed.
    pub fn does(&self, method: &str, path: &str, body: &Value) -> Value {
        let reply = self.send(method, path, &[], body);
        assert!(reply.status < 300, "{method} {path}: {}", reply.text());
        reply.json()
    }

    /// The status and code of a request that must fail.
    pub fn fails(&self, method: &str, path: &str, body: &Value) -> (u16, String) {
        let reply = self.send(method, path, &[], body);
        assert!(reply.status >= 400, "{method} {path}: {}", reply.text());
        (
            reply.status,
            reply.json()["code"].as_str().unwrap().to_owned(),
        )
    }

    pub fn step(&self, code: &str, verb: &str, body: &Value) -> Value {
        self.does(
            "POST",
            &format!("/api/v1/dossiers/{code}/steps/{verb}"),
            body,
        )
    }

    pub fn step_fails(&self, code: &str, verb: &str, body: &Value) -> (u16, String) {
        self.fails(
            "POST",
            &format!("/api/v1/dossiers/{code}/steps/{verb}"),
            body,
        )
    }

    pub fn dossier(&self, code: &str) -> Value {
        self.does("GET", &format!("/api/v1/dossiers/{code}"), &Value::Null)
    }

    pub fn parcel(&self, number: i32) -> Value {
        self.does(
            "GET",
            &format!("/api/v1/communes/99001/sheets/1/parcels/{number}"),
            &Value::Null,
        )
    }

    pub fn id(&self, number: i32) -> i64 {
        self.parcel(number)["parcel_id"].as_i64().unwrap()
    }
}

/// An absence of some days around now, as it is given.
pub fn absence(delegate: &str, (days_ago, days): (i64, i64)) -> Value {
    let today = OffsetDateTime::now_utc();
    let moment = |days: i64| (today + Duration::days(days)).format(&Rfc3339).unwrap();
    json!({ "delegate": delegate, "from": moment(-days_ago), "until": moment(days), "reason": "nghỉ phép" })
}

/// A refusal as tests compare it.
pub fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
