//! Signed answers for registered clients: admitted by an agreement, shaped by the policy, in the ledger before they leave.

use super::land::find;
use super::{App, AppError, Asked};
use crate::domain::{AsOf, Burdens, ParcelId, Position, RightFact, Validity};
use crate::policy::{Audience, Field, Purpose};
use crate::share::{self, Agreement, Answer, ClientId, Refusal, Request, Service};
use crate::store::{AccessEntry, AgreementRow, StoredParcel};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;

/// Longest dossier code that is taken.
const MAX_DOSSIER_BYTES: usize = 64;

/// What a client asks.
#[derive(Debug, Clone)]
pub struct PortalQuery {
    /// Who, by its token.
    pub client_id: String,
    /// Which parcel.
    pub asked: Asked,
    /// For what.
    pub purpose: String,
    /// Under which dossier.
    pub dossier: String,
    /// The request as it came.
    pub request: Request,
}

/// Why a client gets no answer.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// The client has no agreement.
    #[error("no agreement is in force with this client")]
    NoAgreement,
    /// The agreement does not reach so far.
    #[error("{0}")]
    Refused(Refusal),
    /// The purpose or dossier cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// More requests in a minute than agreed.
    #[error("more requests in this minute than were agreed; try again in the next")]
    TooMany,
    /// No current parcel of that identity.
    #[error("no current parcel has this identity")]
    NoSuchParcel,
    /// The register failed.
    #[error(transparent)]
    App(#[from] AppError),
}

impl PortalError {
    /// The stable code, in problems and in the ledger.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAgreement => "no-agreement",
            Self::Refused(refusal) => refusal.code(),
            Self::Unreadable(_) => "bad-parameter",
            Self::TooMany => "too-many-requests",
            Self::NoSuchParcel => "no-such-parcel",
            Self::App(_) => "internal",
        }
    }
}

/// Requests of each client in the current minute.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<String, (i64, u32)>>);

impl Rates {
    fn admit(&self, client_id: &str, limit: NonZeroU32, now: OffsetDateTime) -> bool {
        let minute = now.unix_timestamp().div_euclid(60);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (counted, count) = counts.entry(client_id.to_owned()).or_insert((minute, 0));
        if *counted != minute {
            (*counted, *count) = (minute, 0);
        }
        *count = count.saturating_add(1);
        *count <= limit.get()
    }
}

/// What is known of a query when it ends, for its row in the ledger.
#[derive(Default)]
struct Trace {
    audience: Option<Audience>,
    parcel_id: Option<ParcelId>,
    fields: Vec<String>,
    position: Position,
}

impl App {
    /// A signed answer (JWS compact serialisation). Each query, answered or refused, is one row in the ledger.
    pub async fn portal_answer(&self, query: &PortalQuery) -> Result<String, PortalError> {
        let mut trace = Trace::default();
        let answer = self.answer(query, &mut trace).await;
        let (purpose, dossier) = (for_ledger(&query.purpose), for_ledger(&query.dossier));
        let entry = AccessEntry {
            actor: &query.client_id,
            audience: trace.audience.map_or("unknown", Audience::name),
            service: SERVICE,
            purpose: Some(&purpose),
            dossier: Some(&dossier),
            request: &query.request.line(),
            parcel_id: trace.parcel_id,
            fields: &trace.fields,
            position: trace.position,
            outcome: answer
                .as_ref()
                .map_or_else(PortalError::code, |_| "answered"),
        };
        let entry_no = self
            .store
            .record_access(&entry)
            .await
            .map_err(AppError::from)?;
        let answer = Answer {
            jti: Some(entry_no.to_string()),
            ..answer?
        };
        share::sign(&self.key, &answer).map_err(|error| PortalError::Unreadable(error.to_string()))
    }

    async fn answer(&self, query: &PortalQuery, trace: &mut Trace) -> Result<Answer, PortalError> {
        let now = OffsetDateTime::now_utc();
        let row = self
            .store
            .agreement(&query.client_id)
            .await
            .map_err(AppError::from)?
            .ok_or(PortalError::NoAgreement)?;
        let agreement = agreement_of(&row).map_err(PortalError::Unreadable)?;
        trace.audience = Some(agreement.audience);
        if !self
            .rates
            .admit(&query.client_id, agreement.rate_per_minute, now)
        {
            return Err(PortalError::TooMany);
        }
        let purpose = Purpose::parse(&query.purpose)
            .map_err(|error| PortalError::Unreadable(error.to_string()))?;
        let is_dossier = !query.dossier.is_empty()
            && query.dossier.len() <= MAX_DOSSIER_BYTES
            && query
                .dossier
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-/".contains(&byte));
        if !is_dossier {
            return Err(PortalError::Unreadable(
                "dossier must be given: letters, digits, dots, hyphens, slashes, 64 at most"
                    .to_owned(),
            ));
        }
        let service =
            Service::parse(SERVICE).map_err(|error| PortalError::Unreadable(error.to_string()))?;
        let day = self.store.today().await.map_err(AppError::from)?;
        let view = agreement
            .admit(&service, &purpose, day)
            .map_err(PortalError::Refused)?;
        let mut snapshot = self.store.snapshot().await.map_err(AppError::from)?;
        trace.position = snapshot.position();
        let stored = find(&mut snapshot, query.asked, AsOf::default())
            .await
            .map_err(AppError::from)?
            .ok_or(PortalError::NoSuchParcel)?;
        let rights = snapshot
            .rights(stored.facts.parcel_id, AsOf::default())
            .await
            .map_err(AppError::from)?;
        let burdens = snapshot
            .burdens(stored.facts.parcel_id, AsOf::default())
            .await
            .map_err(AppError::from)?;
        let rights_revision = snapshot.rights_revision(stored.facts.parcel_id).await;
        let rights_revision = rights_revision.map_err(AppError::from)?;
        trace.parcel_id = Some(stored.facts.parcel_id);
        let mut record = record(&stored, &rights, &burdens);
        record.insert("rights_revision".to_owned(), json!(rights_revision));
        let shaped = view.shape(&record);
        trace.fields = shaped
            .shown
            .iter()
            .map(|field| field.name().to_owned())
            .collect();
        Ok(Answer {
            iss: self.register_name.clone(),
            aud: agreement.client,
            iat: now.unix_timestamp(),
            jti: None,
            purpose,
            dossier: query.dossier.clone(),
            request: query.request.clone(),
            register_position: snapshot.position(),
            recorded_at: snapshot.reached_at(),
            data: shaped.data,
            withheld: shaped
                .withheld
                .into_iter()
                .map(|field| field.name().to_owned())
                .collect(),
        })
    }
}

/// A text as the ledger can hold it: PostgreSQL's texts have no zero character.
fn for_ledger(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The one service so far: a parcel by one of its names.
const SERVICE: &str = "parcel";

/// Everything that the register knows of a parcel, before the policy.
fn record(stored: &StoredParcel, rights: &[RightFact], burdens: &Burdens) -> Map<String, Value> {
    let mut record = match json!(stored.facts) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let rings: Vec<Vec<[f64; 2]>> = stored
        .geographic
        .iter()
        .map(|ring| ring.iter().map(|(lon, lat)| [*lon, *lat]).collect())
        .collect();
    record.insert(
        "geometry".to_owned(),
        json!({ "type": "Polygon", "coordinates": rings }),
    );
    record.insert("rights".to_owned(), json!(rights));
    if let Value::Object(members) = json!(burdens) {
        record.extend(members);
    }
    record
}

/// Reads a stored agreement; its names must be those of the policy.
pub fn agreement_of(row: &AgreementRow) -> Result<Agreement, String> {
    fn each<T: Ord, E: std::fmt::Display>(
        texts: &[String],
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<BTreeSet<T>, String> {
        texts
            .iter()
            .map(|text| parse(text).map_err(|error| error.to_string()))
            .collect()
    }
    let rate = u32::try_from(row.rate_per_minute)
        .ok()
        .and_then(NonZeroU32::new);
    Ok(Agreement {
        client: ClientId::parse(&row.client_id).map_err(|error| error.to_string())?,
        audience: row
            .audience
            .parse()
            .map_err(|error: crate::policy::AudienceError| error.to_string())?,
        services: each(&row.services, Service::parse)?,
        purposes: each(&row.purposes, Purpose::parse)?,
        fields: each(&row.fields, str::parse::<Field>)?,
        valid: Validity {
            from: row.valid_from,
            until: row.valid_until,
        },
        rate_per_minute: rate.ok_or("the rate must be 1 or more a minute")?,
    })
}
