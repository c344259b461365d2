//! Citizens: they follow their dossier, report errors, object to posted lists, rate results.

use super::{Case, DossierError, competent, ground};
use crate::app::{App, Asked, Reader};
use crate::domain::{DossierCode, ParcelId};
use crate::policy::{Area, Duty, Ground, Officer};
use crate::store::{About, Dossier, Message, NoticeRow, Posting, Said, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::net::IpAddr;

/// The longest text, and the longest name or contact.
const TEXT_CHARS: usize = 2000;
const LINE_CHARS: usize = 200;
/// Wrong digits that a dossier takes in a quarter of an hour.
const WRONG_TRIES: u32 = 5;
const QUARTER_S: i64 = 900;
/// Messages in an hour of one sender, about one thing and about all. Many may sit behind one address.
const OF_ONE_ABOUT_ONE: u32 = 5;
const OF_ONE: u32 = 50;
/// Messages in an hour of everybody, about one thing and about all: to object is a right, and nobody takes it from others by being
/// loud.
const ABOUT_ONE: u32 = 500;
const ABOUT_ALL: u32 = 20_000;
const HOUR_S: i64 = 3600;

/// What a citizen says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saying {
    /// In words.
    #[serde(default)]
    pub content: String,
    /// Who.
    #[serde(default)]
    pub name: Option<String>,
    /// How to answer.
    #[serde(default)]
    pub contact: Option<String>,
}

/// How a citizen rates a result: 5 very satisfied, 3 satisfied, 1 not satisfied.
///
/// # Source
/// Decision 766/QĐ-TTg (index of public services).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The last four digits of the telephone or number that the dossier was filed with.
    #[serde(skip_serializing)]
    pub proof: String,
    /// All in all.
    pub score: i16,
    /// Whether it was in time.
    #[serde(default)]
    pub time: Option<i16>,
    /// How the officers were.
    #[serde(default)]
    pub attitude: Option<i16>,
    /// Whether no more papers were asked for than the law has.
    #[serde(default)]
    pub papers: Option<i16>,
    /// In words.
    #[serde(default, skip_serializing)]
    pub content: String,
}

/// A dossier as a citizen follows it.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The dossier; of its persons only who has proved to know them may learn.
    pub case: Case,
    /// What has to be paid, for who has proved to know the applicant.
    pub own: Option<Vec<NoticeRow>>,
}

impl App {
    /// A dossier by its code: where it stands; more with the last four digits of the applicant's telephone or number.
    pub async fn follow_dossier(
        &self,
        code: &DossierCode,
        proof: Option<&str>,
    ) -> Result<Followed, DossierError> {
        let found = self.store.dossier(code).await?;
        let (dossier, pauses) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        let own = match proof {
            None => None,
            Some(proof) => {
                self.check_proof(&dossier, proof)?;
                let mut notices = self.store.notices(dossier.dossier_id).await?;
                notices.retain(|notice| !notice.is_cancelled);
                Some(notices)
            }
        };
        let case = self.case(dossier, pauses).await?;
        Ok(Followed { case, own })
    }

    /// Whether somebody knows the last digits; only so many wrong ones are taken.
    fn check_proof(&self, dossier: &Dossier, proof: &str) -> Result<(), DossierError> {
        let key = format!("proof of {}", dossier.code);
        if self.tries.is_spent(&key, WRONG_TRIES, QUARTER_S) {
            return Err(DossierError::TooMany);
        }
        let digits = |text: &Option<String>| {
            let digits: String = text
                .iter()
                .flat_map(|text| text.chars())
                .filter(char::is_ascii_digit)
                .collect();
            digits
                .len()
                .checked_sub(4)
                .and_then(|from| digits.get(from..).map(str::to_owned))
        };
        let known = [digits(&dossier.phone), digits(&dossier.applicant_no)];
        if known.iter().flatten().any(|known| known == proof) {
            return Ok(());
        }
        self.tries.admit(&key, WRONG_TRIES, QUARTER_S);
        Err(DossierError::WrongProof)
    }

    /// An error on a parcel, as a citizen reports it. Gives its number.
    pub async fn report_error(
        &self,
        parcel: ParcelId,
        saying: &Saying,
        sender: IpAddr,
    ) -> Result<i64, DossierError> {
        check_saying(saying)?;
        let commune = self
            .public_parcel(Asked::Id(parcel), |land| {
                land.parcels.first().map(|parcel| parcel.commune())
            })
            .await?;
        let commune = commune.ok_or(DossierError::NoSuchParcels(vec![parcel]))?;
        self.check_pace(&format!("parcel {parcel}"), sender)?;
        self.say(About::Parcel(parcel), commune.as_str(), saying)
            .await
    }

    /// An objection to a posted list, while it hangs. Gives its number.
    pub async fn object(
        &self,
        posting_id: i64,
        saying: &Saying,
        sender: IpAddr,
    ) -> Result<i64, DossierError> {
        check_saying(saying)?;
        let posting = self.store.posting(posting_id).await?;
        let posting = posting.ok_or(DossierError::NoPosting(posting_id))?;
        if self.store.today().await? > posting.until {
            return Err(DossierError::PostingEnded(posting.until));
        }
        self.check_pace(&format!("posting {posting_id}"), sender)?;
        self.say(About::Posting(posting_id), &posting.commune_code, saying)
            .await
    }

    /// A citizen's rating of what came of a dossier, once.
    pub async fn rate(&self, code: &DossierCode, rating: &Rating) -> Result<i64, DossierError> {
        let scores = [
            Some(rating.score),
            rating.time,
            rating.attitude,
            rating.papers,
        ];
        let mut faults = Vec::new();
        if !scores
            .iter()
            .flatten()
            .all(|score| matches!(score, 1 | 3 | 5))
        {
            faults.push(
                "scores are 5 (very satisfied), 3 (satisfied) or 1 (not satisfied)".to_owned(),
            );
        }
        if rating.content.chars().count() > TEXT_CHARS || rating.content.contains('\0') {
            faults.push(format!("content has at most {TEXT_CHARS} characters"));
        }
        if !faults.is_empty() {
            return Err(DossierError::Unreadable(faults));
        }
        let found = self.store.dossier(code).await?;
        let (dossier, _) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        self.check_proof(&dossier, &rating.proof)?;
        if dossier.status.is_open() {
            return Err(DossierError::NotDone(code.clone()));
        }
        let criteria = serde_json::to_value(rating).unwrap_or(Value::Null);
        let said = Said {
            about: About::Dossier(dossier.dossier_id, rating.score),
            commune_code: &dossier.commune_code,
            content: &rating.content,
            name: None,
            contact: None,
            criteria: Some(&criteria),
        };
        match self.store.say(&said).await {
            Err(StoreError::Taken(_)) => Err(DossierError::RatedAlready(code.clone())),
            said => Ok(said?),
        }
    }

    async fn say(&self, about: About, commune: &str, saying: &Saying) -> Result<i64, DossierError> {
        let said = Said {
            about,
            commune_code: commune,
            content: &saying.content,
            name: saying.name.as_deref(),
            contact: saying.contact.as_deref(),
            criteria: None,
        };
        Ok(self.store.say(&said).await?)
    }

    /// Nobody floods the officers.
    fn check_pace(&self, about: &str, sender: IpAddr) -> Result<(), DossierError> {
        let admit = |key: &str, limit| self.tries.admit(key, limit, HOUR_S);
        // What is refused to one sender does not count for the others.
        let is_slow = admit(&format!("{about} of {sender}"), OF_ONE_ABOUT_ONE)
            && admit(&format!("messages of {sender}"), OF_ONE)
            && admit(about, ABOUT_ONE)
            && admit("messages", ABOUT_ALL);
        if is_slow {
            Ok(())
        } else {
            Err(DossierError::TooMany)
        }
    }

    /// Hangs a list of a dossier for objections, fifteen days long. Gives its number.
    pub async fn post_list(
        &self,
        officer: &Officer,
        code: &DossierCode,
        content: &str,
    ) -> Result<i64, DossierError> {
        if content.trim().is_empty()
            || content.chars().count() > 20 * TEXT_CHARS
            || content.contains('\0')
        {
            let fault = format!("content has 1 to {} characters", 20 * TEXT_CHARS);
            return Err(DossierError::Unreadable(vec![fault]));
        }
        let found = self.store.dossier(code).await?;
        let (dossier, _) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        officer.may_at(Duty::Post, ground(&dossier, officer))?;
        let about = (dossier.dossier_id, &*dossier.commune_code);
        Ok(self.store.post_list(about, content, &officer.name).await?)
    }

    /// The lists that hang in a commune today.
    pub async fn postings(&self, commune: &str) -> Result<Vec<Posting>, DossierError> {
        Ok(self.store.postings(commune).await?)
    }

    /// What citizens said in an officer's area. The reading is in the ledger before it is answered.
    pub async fn messages(
        &self,
        reader: &Reader<'_>,
        state: &str,
        after: i64,
    ) -> Result<Vec<Message>, DossierError> {
        check_state(state, true)?;
        let officer = reader.officer;
        let may = officer.may(Duty::Moderate).and(officer.may(Duty::Read));
        self.note_dossier(reader, None, (may, &["name", "contact"]))
            .await?;
        let areas = officer.areas.as_ref();
        let areas = areas.map(|areas| areas.iter().map(Area::to_string).collect::<Vec<_>>());
        Ok(self.store.messages(areas.as_deref(), state, after).await?)
    }

    /// Judges what a citizen said.
    pub async fn moderate(
        &self,
        officer: &Officer,
        id: i64,
        (state, answer): (&str, Option<&str>),
    ) -> Result<(), DossierError> {
        check_state(state, false)?;
        if answer.is_some_and(|answer| answer.chars().count() > TEXT_CHARS || answer.contains('\0'))
        {
            let fault = format!("answer has at most {TEXT_CHARS} characters");
            return Err(DossierError::Unreadable(vec![fault]));
        }
        let message = self.store.message(id).await?;
        let message = message.ok_or(DossierError::NoMessage(id))?;
        let own = Ground {
            province: message.province_code.as_deref(),
            commune: &message.commune_code,
        };
        let became = message.became();
        officer.may_at(Duty::Moderate, competent(own, &became, officer))?;
        Ok(self
            .store
            .moderate(id, (state, answer), &officer.name)
            .await?)
    }
}

fn check_state(state: &str, may_be_new: bool) -> Result<(), DossierError> {
    let is_state =
        matches!(state, "accepted" | "rejected" | "spam") || may_be_new && state == "new";
    if is_state {
        return Ok(());
    }
    Err(DossierError::Unreadable(vec![
        "state is accepted, rejected or spam".to_owned(),
    ]))
}

fn check_saying(saying: &Saying) -> Result<(), DossierError> {
    let mut faults = Vec::new();
    if saying.content.trim().is_empty()
        || saying.content.chars().count() > TEXT_CHARS
        || saying.content.contains('\0')
    {
        faults.push(format!("content has 1 to {TEXT_CHARS} characters"));
    }
    let lines = [&saying.name, &saying.contact];
    if lines
        .into_iter()
        .flatten()
        .any(|line| line.chars().count() > LINE_CHARS || line.chars().any(char::is_control))
    {
        faults.push(format!(
            "name and contact have at most {LINE_CHARS} characters"
        ));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(DossierError::Unreadable(faults))
    }
}
