//! What citizens say, and the lists that they may object to.

use super::{Became, Store, StoreError};
use crate::domain::ParcelId;
use serde_json::Value;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};

/// A list that hangs for objections.
#[derive(Debug, Clone)]
pub struct Posting {
    /// Its number.
    pub posting_id: i64,
    /// The dossier that it belongs to.
    pub code: String,
    /// Where it hangs.
    pub commune_code: String,
    /// What it says.
    pub content: String,
    /// First day.
    pub posted_on: Date,
    /// Last day for objections.
    pub until: Date,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An error on a parcel.
    Parcel(ParcelId),
    /// A posted list.
    Posting(i64),
    /// The result of a dossier, with a score.
    Dossier(i64, i16),
}

/// A message of a citizen.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// About what.
    pub about: About,
    /// Where that lies.
    pub commune_code: &'a str,
    /// In words.
    pub content: &'a str,
    /// Who says it.
    pub name: Option<&'a str>,
    /// How to answer.
    pub contact: Option<&'a str>,
    /// Scores of single points.
    pub criteria: Option<&'a Value>,
}

/// A message as officers read it.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its number.
    pub citizen_message_id: i64,
    /// `error`, `objection` or `rating`.
    pub kind: String,
    /// Where it is about.
    pub commune_code: String,
    /// Its province then.
    pub province_code: Option<String>,
    /// The communes that took over from it; none while it is there.
    pub became: Vec<String>,
    /// Their provinces, in the same order; empty where it is not known.
    pub provinces: Vec<String>,
    /// The parcel.
    pub parcel_id: Option<i64>,
    /// The posted list.
    pub posting_id: Option<i64>,
    /// The dossier.
    pub dossier: Option<String>,
    /// In words.
    pub content: String,
    /// Who says it.
    pub name: Option<String>,
    /// How to answer.
    pub contact: Option<String>,
    /// 5 very satisfied, 3 satisfied, 1 not satisfied.
    pub score: Option<i16>,
    /// Scores of single points.
    pub criteria: Option<Json<Value>>,
    /// `new`, `accepted`, `rejected` or `spam`.
    pub state: String,
    /// What was answered.
    pub answer: Option<String>,
    /// By whom.
    pub moderated_by: Option<String>,
    /// When it was said.
    pub made_at: OffsetDateTime,
}

impl Message {
    /// The communes that took over from where it is about.
    pub fn became(&self) -> Vec<Became> {
        Became::of((self.became.clone(), self.provinces.clone()))
    }
}

impl Store {
    /// Keeps what a citizen says; gives its number.
    ///
    /// # Errors
    /// [`StoreError::Taken`] for a second rating of a dossier.
    pub async fn say(&self, said: &Said<'_>) -> Result<i64, StoreError> {
        let (kind, parcel, posting, dossier, score) = match said.about {
            About::Parcel(id) => ("error", Some(i64::from(id)), None, None, None),
            About::Posting(id) => ("objection", None, Some(id), None, None),
            About::Dossier(id, score) => ("rating", None, None, Some(id), Some(score)),
        };
        let id = sqlx::query_scalar!(
            "insert into citizen_message (kind, commune_code, parcel_id, posting_id, dossier_id, content, name, contact, score, criteria)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning citizen_message_id",
            kind, said.commune_code, parcel, posting, dossier, said.content, said.name, said.contact, score, said.criteria
        );
        id.fetch_one(&self.pool).await.map_err(|error| {
            match error
                .as_database_error()
                .and_then(|error| error.constraint())
            {
                Some("citizen_message_one_rating") => StoreError::Taken("of a rating".to_owned()),
                _ => error.into(),
            }
        })
    }

    /// A page of the messages of provinces and communes (none for everywhere) in a state, after one.
    pub async fn messages(
        &self,
        areas: Option<&[String]>,
        state: &str,
        after: i64,
    ) -> Result<Vec<Message>, StoreError> {
        let messages = sqlx::query_file_as!(
            Message,
            "src/store/dossier/messages.sql",
            areas,
            state,
            after,
            None::<i64>
        );
        Ok(messages.fetch_all(&self.pool).await?)
    }

    /// One message.
    pub async fn message(&self, id: i64) -> Result<Option<Message>, StoreError> {
        let none: Option<&[String]> = None;
        let message = sqlx::query_file_as!(
            Message,
            "src/store/dossier/messages.sql",
            none,
            "",
            0,
            Some(id)
        );
        Ok(message.fetch_optional(&self.pool).await?)
    }

    /// Judges a message.
    pub async fn moderate(
        &self,
        id: i64,
        (state, answer): (&str, Option<&str>),
        officer: &str,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "update citizen_message set state = $2, answer = $3, moderated_by = $4, moderated_at = clock_timestamp()
             where citizen_message_id = $1",
            id, state, answer, officer
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Hangs a list for objections; gives its number.
    pub async fn post_list(
        &self,
        (dossier_id, commune): (i64, &str),
        content: &str,
        officer: &str,
    ) -> Result<i64, StoreError> {
        let id = sqlx::query_scalar!(
            "insert into posting (dossier_id, commune_code, content, posted_by) values ($1, $2, $3, $4) returning posting_id",
            dossier_id,
            commune,
            content,
            officer
        );
        Ok(id.fetch_one(&self.pool).await?)
    }

    /// The lists that hang in a commune today.
    pub async fn postings(&self, commune: &str) -> Result<Vec<Posting>, StoreError> {
        let postings = sqlx::query_as!(
            Posting,
            "select p.posting_id, d.code, p.commune_code, p.content, p.posted_on, p.until
             from posting p join dossier d on d.dossier_id = p.dossier_id
             where p.commune_code = any (areas_with_old(array[$1])) and today() <= p.until order by p.posting_id",
            commune
        );
        Ok(postings.fetch_all(&self.pool).await?)
    }

    /// A list, whether it still hangs or not.
    pub async fn posting(&self, id: i64) -> Result<Option<Posting>, StoreError> {
        let posting = sqlx::query_as!(
            Posting,
            "select p.posting_id, d.code, p.commune_code, p.content, p.posted_on, p.until
             from posting p join dossier d on d.dossier_id = p.dossier_id where p.posting_id = $1",
            id
        );
        Ok(posting.fetch_optional(&self.pool).await?)
    }
}
