//! The receipt of a dossier with the day of its result (*giấy tiếp nhận hồ sơ và hẹn trả kết quả*), and the letter that puts the day
//! off (*phiếu xin lỗi và hẹn lại ngày trả kết quả*).

use super::document::Document;
use super::filling::{Filling, Vocabulary, row};
use super::number::{day, moment};
use super::office::Office;
use time::{Date, OffsetDateTime};

/// A dossier as its receipt and its letters name it.
#[derive(Debug, Clone)]
pub struct DossierFacts {
    /// Its code.
    pub code: String,
    /// The procedure's name.
    pub procedure: String,
    /// Who filed it.
    pub applicant: String,
    /// Where the applicant lives or sits.
    pub address: Option<String>,
    /// How the applicant is reached.
    pub phone: Option<String>,
    /// The commune, for the place before the date.
    pub commune: String,
    /// When it was received.
    pub received_at: OffsetDateTime,
    /// When its result is due.
    pub due_at: Option<OffsetDateTime>,
}

impl DossierFacts {
    fn fill(&self, filling: &mut Filling) {
        filling.text("dossier", &self.code);
        filling.text("procedure", &self.procedure);
        filling.text("applicant", &self.applicant);
        filling.text("address", self.address.clone().unwrap_or_default());
        filling.text("phone", self.phone.clone().unwrap_or_default());
        filling.text("received", moment(self.received_at));
        filling.text("due", self.due_at.map(moment).unwrap_or_default());
    }
}

/// A receipt.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The day it is of.
    pub day: Date,
    /// The dossier.
    pub dossier: DossierFacts,
    /// The papers that were handed in.
    pub papers: Vec<PaperIn>,
    /// The working days that the procedure takes.
    pub working_days: Option<u32>,
    /// Where the result is handed out.
    pub result_at: String,
    /// The officer who received it.
    pub officer: String,
}

/// A paper that was handed in.
#[derive(Debug, Clone)]
pub struct PaperIn {
    /// What it is.
    pub name: String,
    /// `Bản chính`, `Bản sao`, `Bản điện tử`.
    pub form: String,
    /// How many.
    pub count: u32,
}

impl Document for Receipt {
    const WORDS: Vocabulary = Vocabulary {
        texts: &[
            "agency_above",
            "agency",
            "place",
            "date",
            "code",
            "check_url",
            "officer",
            "dossier",
            "procedure",
            "applicant",
            "address",
            "phone",
            "received",
            "due",
            "working_days",
            "result_at",
        ],
        tables: &[("papers", &["number", "name", "form", "count"])],
        maps: &[],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] =
        &[("receipt", include_str!("templates/receipt.toml"))];

    fn day(&self) -> Date {
        self.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let mut filling = Filling::default();
        office.head(&mut filling, &self.dossier.commune, self.day);
        self.dossier.fill(&mut filling);
        filling.text("officer", &self.officer);
        filling.text(
            "working_days",
            self.working_days
                .map(|days| days.to_string())
                .unwrap_or_default(),
        );
        filling.text("result_at", &self.result_at);
        let papers = (1..).zip(&self.papers).map(|(number, paper): (usize, _)| {
            row([
                ("number", number.to_string()),
                ("name", paper.name.clone()),
                ("form", paper.form.clone()),
                ("count", paper.count.to_string()),
            ])
        });
        filling.tables.insert("papers", papers.collect());
        filling
    }
}

/// A letter that asks pardon for a late result and names a new day.
#[derive(Debug, Clone)]
pub struct Apology {
    /// The day it is of.
    pub day: Date,
    /// The dossier, with the day that was promised.
    pub dossier: DossierFacts,
    /// Why it is late.
    pub reason: String,
    /// The new day.
    pub new_due: Date,
    /// The officer.
    pub officer: String,
}

impl Document for Apology {
    const WORDS: Vocabulary = Vocabulary {
        texts: &[
            "agency_above",
            "agency",
            "place",
            "date",
            "code",
            "check_url",
            "officer",
            "dossier",
            "procedure",
            "applicant",
            "address",
            "phone",
            "received",
            "due",
            "reason",
            "new_due",
        ],
        tables: &[],
        maps: &[],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] =
        &[("apology", include_str!("templates/apology.toml"))];

    fn day(&self) -> Date {
        self.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let mut filling = Filling::default();
        office.head(&mut filling, &self.dossier.commune, self.day);
        self.dossier.fill(&mut filling);
        filling.text("officer", &self.officer);
        filling.text("reason", &self.reason);
        filling.text("new_due", day(self.new_due));
        filling
    }
}
