//! Papers are signed by who made them and by the office, with the keys that the server is told of.

use super::{App, PaperError};
use crate::app::AppError;
use crate::documents::{KeyPlace, Seat, SignError, Signature, Signers, is_result, sign};
use crate::domain::{CommuneCode, DossierCode};
use crate::policy::{Audience, Duty, Ground, Officer, Purpose, identity};
use crate::store::{AccessEntry, KnownDocument, SignatureRow, StoreError};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use time::OffsetDateTime;

impl App {
    /// Signs papers with these keys from now on. A key that does not answer is told in the log: it may be put in later.
    pub fn sign_with(&self, signers: Signers) {
        for (whose, place) in signers.all() {
            let opened = place.open();
            let opened = opened.and_then(|signer| signer.check_valid(OffsetDateTime::now_utc()));
            if let Err(error) = opened {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, whose, "a key for signing cannot be used now");
            }
        }
        // Set once, at the start.
        let _ = self.signers.set(signers);
    }

    /// Signs a paper that was handed out: as officer, who made it; as office, an approver who did not. The file must be the paper as it
    /// was handed out, or as it was signed last.
    pub async fn sign_paper(
        &self,
        officer: &Officer,
        (code, seat): (&str, Seat),
        file: Vec<u8>,
    ) -> Result<Vec<u8>, PaperError> {
        let known = self.document_of(code).await?;
        self.check_signer(officer, &known, seat).await?;
        let earlier = self.store.signatures(code).await?;
        if earlier.iter().any(|row| row.seat == seat.name()) {
            return Err(SignError::Signed(seat.name()).into());
        }
        let expected = earlier.last().map_or(&known.sha256, |row| &row.file_sha256);
        if Sha256::digest(&file).as_slice() != &**expected {
            return Err(PaperError::OtherFile(crate::documents::hex(expected)));
        }
        let place = self.key_of(&officer.name, seat)?;
        // A token's library is one for the whole process.
        let one_at_a_time = self.signing.lock().await;
        let agency = self.documents.office().agency.clone();
        let contents = self.contents.clone();
        let signers = self.signers.get();
        let authority = signers.and_then(|signers| signers.timestamps.clone());
        let at = OffsetDateTime::now_utc();
        let signing = tokio::task::spawn_blocking(move || {
            let signer = place.open()?;
            let signature = Signature {
                seat,
                agency: &agency,
                at,
                authority: authority.as_deref(),
            };
            let signed = sign(&file, &signer, &signature)?;
            // The file is durable before the row that names it.
            let kept = contents.put(&signed).map_err(AppError::from)?;
            Ok::<_, PaperError>((signed, kept, signer.name()))
        });
        let (signed, file_sha256, signer) = signing.await.map_err(AppError::from)??;
        drop(one_at_a_time);
        let row = SignatureRow {
            seat: seat.name().to_owned(),
            officer: officer.name.clone(),
            signer,
            file_sha256,
            signed_at: at,
        };
        if !self
            .store
            .note_signature((code, earlier.len()), &row)
            .await?
        {
            return Err(PaperError::SignedMeanwhile);
        }
        Ok(signed)
    }

    /// The signed file of a paper, for officers. The reading is in the ledger before it is answered.
    pub async fn signed_paper(
        self: &Arc<Self>,
        officer: &Officer,
        code: &str,
        request: &str,
    ) -> Result<Vec<u8>, PaperError> {
        let known = self.document_of(code).await?;
        let denial = self.may_at(officer, &known, Duty::Read).await.err();
        let shown = ["document".to_owned()];
        let position = self.store.position().await?;
        let entry = |parcel_id| AccessEntry {
            actor: &officer.name,
            audience: Audience::Officer.name(),
            service: "document",
            purpose: Some(Purpose::REGISTER_KEEPING.as_str()),
            dossier: known.dossier.as_deref(),
            request,
            parcel_id,
            fields: if denial.is_none() { &shown } else { &[] },
            position,
            outcome: if denial.is_none() {
                "answered"
            } else {
                "denied"
            },
        };
        if known.parcels.is_empty() {
            self.store.record_access(&entry(None)).await?;
        }
        for parcel in &known.parcels {
            self.store.record_access(&entry(Some(*parcel))).await?;
        }
        if let Some(denial) = denial {
            return Err(denial);
        }
        let last = self.store.signatures(code).await?.pop();
        let digest = last.ok_or(PaperError::Unsealed)?.file_sha256;
        let contents = self.contents.clone();
        let taken = tokio::task::spawn_blocking(move || contents.take(&digest));
        let file = taken
            .await
            .map_err(AppError::from)?
            .map_err(AppError::from)?;
        let lost = || {
            let what = format!("the signature of paper {code}, whose file is not there");
            AppError::Store(StoreError::Corrupt(what))
        };
        Ok(file.ok_or_else(lost)?)
    }

    /// The signatures on a paper, in order.
    pub async fn signatures(&self, code: &str) -> Result<Vec<SignatureRow>, AppError> {
        Ok(self.store.signatures(code).await?)
    }

    async fn document_of(&self, code: &str) -> Result<KnownDocument, PaperError> {
        let known = self.store.issued_document(code).await?;
        known.ok_or(PaperError::NoSuchDocument)
    }

    async fn may_at(
        &self,
        officer: &Officer,
        known: &KnownDocument,
        duty: Duty,
    ) -> Result<(), PaperError> {
        let commune = &*known.commune;
        let province = match CommuneCode::parse(commune) {
            Ok(_) => self.store.commune_province(commune).await?.flatten(),
            Err(_) => None,
        };
        let province = province.as_deref();
        Ok(officer.may_at(duty, Ground { province, commune })?)
    }

    /// As officer signs who made the paper; as office, an approver who did not.
    async fn check_signer(
        &self,
        officer: &Officer,
        known: &KnownDocument,
        seat: Seat,
    ) -> Result<(), PaperError> {
        let is_maker = identity(&known.officer) == officer.identity();
        let duty = match seat {
            Seat::Officer => Duty::Read,
            Seat::Office => Duty::Approve,
        };
        self.may_at(officer, known, duty).await?;
        match seat {
            Seat::Officer if !is_maker => Err(PaperError::NotTheMaker(known.officer.clone())),
            Seat::Office if is_maker => Err(PaperError::OwnPaper(officer.name.clone())),
            Seat::Officer => Ok(()),
            Seat::Office => self.check_approved(known).await,
        }
    }

    /// The office signs the result of a dossier that is kept here only when it is approved.
    async fn check_approved(&self, known: &KnownDocument) -> Result<(), PaperError> {
        let dossier = known.dossier.as_deref().filter(|_| is_result(&known.kind));
        let Some(code) = dossier.and_then(|code| DossierCode::parse(code).ok()) else {
            return Ok(());
        };
        match self.store.dossier(&code).await? {
            Some((dossier, _)) if !dossier.step.is_approved() => {
                Err(PaperError::NotApproved(code.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn key_of(&self, officer: &str, seat: Seat) -> Result<KeyPlace, PaperError> {
        let signers = self.signers.get();
        let place = signers.and_then(|signers| match seat {
            Seat::Officer => {
                let mut officers = signers.officers.iter();
                let own = officers.find(|(known, _)| identity(known) == identity(officer));
                own.map(|(_, place)| place)
            }
            Seat::Office => signers.office.as_ref(),
        });
        let whose = match seat {
            Seat::Officer => officer,
            Seat::Office => "the office",
        };
        place
            .cloned()
            .ok_or_else(|| PaperError::NoKey(whose.to_owned()))
    }
}
