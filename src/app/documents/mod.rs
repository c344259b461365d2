//! Papers for officers: read by the policy, noted in the ledger, made, and noted as handed out.

mod books;
mod certificate;
mod dossier;
mod drawing;
mod extract;
mod signing;
mod tax_slip;

pub use books::ChangesPart;
pub use certificate::NotesWanted;
pub use dossier::Late;

use super::desk::DeskError;
use super::dossier::DossierError;
use super::{App, AppError, BlankError};
use crate::documents::{Document, DocumentError, Issued, SignError};
use crate::domain::{
    CertificateId, CommuneCode, DossierCode, LandUseFact, ParcelFacts, ParcelId, Position, SheetKey,
};
use crate::policy::{
    Audience, Denial, Duty, Field, Ground, Officer, Purpose, Visibility, hides_land, is_registered,
    visibility,
};
use crate::store::{AccessEntry, IssuedDocument, KnownDocument, ParcelStands, StoreError};
use sha2::{Digest, Sha256};
use time::Date;

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The register failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// No current parcel of that identity.
    #[error("no current parcel has this identity")]
    NoSuchParcel,
    /// No such commune.
    #[error("there is no commune {0}")]
    NoSuchCommune(CommuneCode),
    /// No current parcel in a sheet.
    #[error("no current parcel is in sheet {} of commune {}", .0.sheet_no, .0.commune)]
    NoSuchSheet(SheetKey),
    /// No such entry of what officers did.
    #[error("there is no entry {0}")]
    NoSuchOperation(i64),
    /// An operation that changed no outline, or one that is not known any more.
    #[error("these operations drew no parcel anew")]
    NothingDrawn,
    /// The dossier is not there, or not as its paper needs it.
    #[error(transparent)]
    Dossier(#[from] DossierError),
    /// A dossier that was not received has no receipt.
    #[error("dossier {0} was not received yet")]
    NotReceived(DossierCode),
    /// Nobody apologises for a result that is not late.
    #[error("dossier {0} is not late: its day has not come, or its clock stands")]
    NotLate(DossierCode),
    /// No certificate of a serial.
    #[error("there is no certificate {0}")]
    NoSuchCertificate(String),
    /// A certificate that is not valid any more, or whose parcels have all ended.
    #[error("no certificate {0} is valid and covers a current parcel")]
    CertificateEnded(String),
    /// A certificate of which nobody knows when it was signed.
    #[error("when certificate {0} was signed is not known, and so not its form")]
    Unsigned(String),
    /// A certificate that is not printed as it was issued, for it is not that any more.
    #[error("certificate {serial} is not printed any more: {}", .because.words())]
    NotAsIssued {
        /// Which.
        serial: String,
        /// Why.
        because: ChangedSince,
    },
    /// A day whose form has another number of digits, or is printed no more.
    #[error("no blank of the form of {day} is there for {serial}")]
    NoForm {
        /// The certificate.
        serial: String,
        /// When it was signed.
        day: Date,
    },
    /// A printer that was not measured on a form.
    #[error("how far printer {printer} is off on the form of {form} is not known")]
    PrinterUnknown {
        /// The printer.
        printer: String,
        /// The form.
        form: String,
    },
    /// The book of blanks says otherwise.
    #[error(transparent)]
    Blank(#[from] BlankError),
    /// Nothing was registered on a certificate since its issue, or not so much.
    #[error("nothing of that is to be written on certificate {0}")]
    NothingNoted(String),
    /// No paper of a code.
    #[error("no paper of this office has this code")]
    NoSuchDocument,
    /// A file that is not the paper as it was left last.
    #[error("the file is not the paper as it was left last: that has the SHA-256 {0}")]
    OtherFile(String),
    /// As officer signs who made the paper.
    #[error("{0} made this paper, and signs it as officer")]
    NotTheMaker(String),
    /// As office signs another than who made the paper.
    #[error("{0} made this paper, and does not sign it as office")]
    OwnPaper(String),
    /// The result of a dossier that no approver has agreed to.
    #[error("dossier {0} is not approved, and this is what comes of it")]
    NotApproved(String),
    /// Nobody told the server of a key.
    #[error("the server knows of no key of {0}")]
    NoKey(String),
    /// Somebody else signed the paper meanwhile.
    #[error("the paper was signed meanwhile")]
    SignedMeanwhile,
    /// The paper was not signed yet.
    #[error("the paper is not signed yet")]
    Unsealed,
    /// It cannot be signed.
    #[error(transparent)]
    Signing(#[from] SignError),
    /// The operations cannot be rehearsed, or break rules.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// Not this officer's to read.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// No purpose that papers are handed out for.
    #[error("{0} is no purpose that papers are handed out for")]
    Purpose(String),
    /// The law hides the details of this land from whom the paper is for.
    #[error("the details of this land are not for {0}")]
    Withheld(Audience),
    /// Too large for the drawing.
    #[error(transparent)]
    Document(DocumentError),
}

/// Why a certificate is not what it was issued as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedSince {
    /// Changes were written on it.
    Noted,
    /// The rights that it was issued for are not those that stand on it.
    OtherRights,
    /// No right stands on it.
    NoRight,
    /// It was printed, and what the register says of its land is something else since.
    OtherLand,
}

impl ChangedSince {
    fn words(self) -> &'static str {
        match self {
            Self::Noted => "changes were registered on it since its issue",
            Self::OtherRights => "others hold by it than it was issued to, or in other shares",
            Self::NoRight => "nobody holds by it",
            Self::OtherLand => "it was printed before, and its land or rights have changed since",
        }
    }
}

impl From<StoreError> for PaperError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl From<DocumentError> for PaperError {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::TooLargeToDraw { .. } | DocumentError::TooLong { .. } => {
                Self::Document(error)
            }
            error => Self::App(error.into()),
        }
    }
}

/// Who asks for a paper, and for whom.
#[derive(Debug, Clone)]
pub struct PaperQuery<'a> {
    /// The officer who makes it.
    pub officer: &'a Officer,
    /// For what.
    pub purpose: &'a str,
    /// The request as it came.
    pub request: &'a str,
}

/// A file for a client.
#[derive(Debug, Clone)]
pub struct PaperFile {
    /// What it is checked by.
    pub code: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A reading for a paper, as the ledger keeps it.
struct Asking<'q> {
    query: &'q PaperQuery<'q>,
    sight: &'q Sight,
    /// What the officer has to be there for.
    duty: Duty,
    position: Position,
    /// Why there is no paper though the officer may ask, where that is known.
    refusal: Option<&'static str>,
}

/// What a reader of papers sees.
struct Sight {
    audience: Audience,
    purpose: Purpose,
}

impl Sight {
    /// For whom papers of a purpose are: what anybody may ask for is for everybody, and so for the public.
    fn of(purpose: &str) -> Result<Self, PaperError> {
        const AUDIENCES: [Audience; 4] = [
            Audience::Public,
            Audience::Officer,
            Audience::Applicant,
            Audience::Owner,
        ];
        let unknown = || PaperError::Purpose(purpose.to_owned());
        let parsed = Purpose::parse(purpose).map_err(|_| unknown())?;
        let audience = AUDIENCES
            .into_iter()
            .find(|audience| is_registered(*audience, &parsed))
            .ok_or_else(unknown)?;
        Ok(Self {
            audience,
            purpose: parsed,
        })
    }

    /// Whether the law hides the details of this land from the reader.
    fn is_withheld(&self, facts: &ParcelFacts) -> bool {
        let codes = facts.land_use.iter().map(|row| &*row.code);
        hides_land(codes, self.audience)
    }

    /// Uses as far as the reader may know them.
    fn uses(&self, uses: Vec<LandUseFact>) -> Vec<LandUseFact> {
        let shown = |row: LandUseFact| LandUseFact {
            origin: row.origin.filter(|_| self.shows(Field::Origin)),
            term: row.term.filter(|_| self.shows(Field::Term)),
            ..row
        };
        uses.into_iter().map(shown).collect()
    }

    /// Whether the reader learns who holds the land and what lies on it.
    fn shows_rights(&self) -> bool {
        self.shows(Field::PartyName) && self.shows(Field::Mortgages)
    }

    fn shows(&self, field: Field) -> bool {
        visibility(self.audience, &self.purpose, field) == Visibility::Show
    }
}

/// The personal fields that papers print, where the reader may see them.
const PRINTED: [Field; 5] = [
    Field::CertificateSerial,
    Field::CertificateEntryNo,
    Field::PartyName,
    Field::PersonalNo,
    Field::Residence,
];

impl App {
    /// The document of a code, for whoever holds it.
    pub async fn issued_document(&self, code: &str) -> Result<Option<KnownDocument>, AppError> {
        Ok(self.store.issued_document(code).await?)
    }

    /// Notes a reading for a paper in the ledger, before anything of it leaves: one of each place and parcel. Who may not do it in one of
    /// them is denied all; who is entitled to nothing learns nothing, not even why there is no such paper.
    async fn note(
        &self,
        asking: &Asking<'_>,
        about: &[(&str, Option<ParcelId>)],
    ) -> Result<(), PaperError> {
        let officer = asking.query.officer;
        let mut denial = officer.may(asking.duty).err();
        for (commune, _) in about {
            let province = self.store.commune_province(commune).await?.flatten();
            let province = province.as_deref();
            let ground = Ground { province, commune };
            denial = denial.or(officer.may_at(asking.duty, ground).err());
        }
        let is_answered = denial.is_none() && asking.refusal.is_none();
        let shown = PRINTED.iter();
        let shown = shown.filter(|field| is_answered && asking.sight.shows(**field));
        let fields: Vec<String> = shown.map(|field| field.name().to_owned()).collect();
        let refusal = asking.refusal.unwrap_or("answered");
        let entry = |parcel_id| AccessEntry {
            actor: &officer.name,
            audience: asking.sight.audience.name(),
            service: "document",
            purpose: Some(asking.sight.purpose.as_str()),
            dossier: None,
            request: asking.query.request,
            parcel_id,
            fields: &fields,
            position: asking.position,
            outcome: if denial.is_some() { "denied" } else { refusal },
        };
        if about.is_empty() {
            self.store.record_access(&entry(None)).await?;
        }
        for (_, parcel_id) in about {
            self.store.record_access(&entry(*parcel_id)).await?;
        }
        match denial {
            Some(denial) => Err(denial.into()),
            None => Ok(()),
        }
    }

    /// Makes a paper, and notes that it was handed out.
    async fn issue<D: Document + Send + 'static>(
        self: &std::sync::Arc<Self>,
        document: D,
        about: About<'_>,
    ) -> Result<PaperFile, PaperError> {
        let made = self.made(document).await?;
        self.noted(made, about).await
    }

    /// Makes a paper apart from what answers.
    async fn made<D: Document + Send + 'static>(
        self: &std::sync::Arc<Self>,
        document: D,
    ) -> Result<Made, PaperError> {
        let (kind, issued_on) = (document.template().to_owned(), document.day());
        let app = std::sync::Arc::clone(self);
        let making = tokio::task::spawn_blocking(move || app.documents.issue(&document));
        Ok(Made {
            issued: making.await.map_err(AppError::from)??,
            kind,
            issued_on,
        })
    }

    /// Notes that a paper was handed out.
    async fn noted(&self, made: Made, about: About<'_>) -> Result<PaperFile, PaperError> {
        let Made {
            issued: Issued { code, bytes },
            kind,
            issued_on,
        } = made;
        let document = IssuedDocument {
            code: code.clone(),
            kind,
            subject: about.subject,
            commune: about.commune,
            parcels: about.parcels,
            certificate_id: about.certificate_id,
            dossier: about.dossier,
            officer: about.officer.to_owned(),
            issued_on,
            position: about.position,
            sha256: Sha256::digest(&bytes).to_vec(),
        };
        self.store.issue(&document).await?;
        Ok(PaperFile { code, bytes })
    }

    async fn paper_day(&self) -> Result<Date, PaperError> {
        Ok(self.store.today().await?)
    }
}

/// A paper that nobody has yet.
struct Made {
    issued: Issued,
    kind: String,
    issued_on: Date,
}

/// What is noted of a paper.
struct About<'a> {
    /// What it is about, in words that everybody may read.
    subject: String,
    /// The commune's code.
    commune: String,
    /// The parcels that it shows, as they stand.
    parcels: Vec<ParcelStands>,
    /// The certificate that it is printed on.
    certificate_id: Option<CertificateId>,
    /// The dossier whose paper it is.
    dossier: Option<String>,
    officer: &'a str,
    position: Position,
}
