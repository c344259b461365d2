//! Papers: extracts, drawings, registers, certificates and letters as PDF, made from templates, signed.
//!
//! A document is a plain struct ([`Extract`], …). It gives its template a [`Filling`]; the template says what stands where. The same
//! document by the same template gives the same bytes.

mod certificate;
mod document;
mod drawing;
mod extract;
mod filling;
mod flow;
mod letters;
mod map;
mod number;
mod office;
mod paper;
mod receipt;
mod registers;
mod sign;
mod tax_slip;
mod template;

pub use certificate::{
    Certificate, CertificateNote, CertificateNotes, CertifiedHolder, CertifiedParcel, QrFacts,
};
pub use document::{Document, Documents, Issued, is_result};
pub use drawing::Drawing;
pub use extract::{Extract, Holder, certificate};
pub use filling::{Filling, Row, Vocabulary};
pub use map::{Drawn, Map};
pub use number::hex;
pub use office::Office;
pub use paper::Seat;
pub use receipt::{Apology, DossierFacts, PaperIn, Receipt};
pub use registers::{
    BookedCertificate, BookedChange, CadastralPage, CertificateBook, ChangeBook, IndexedParcel,
    ParcelIndex, RegisterHead,
};
pub use sign::{
    KeyAddress, KeyFile, KeyPlace, SignError, Signature, Signer, Signers, Token, TokenAddress, sign,
};
pub use tax_slip::{Payer, SlipFate, TaxSlip, TaxedParcel, TaxedUse};

use std::path::PathBuf;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The typeface cannot be used.
    #[error("the typeface cannot be used: {0}")]
    Typeface(String),
    /// A template cannot be used.
    #[error("the template cannot be used: {0}")]
    Template(String),
    /// A file of the office's folder cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A drawing without a parcel that it is about.
    #[error("there is nothing to draw")]
    NothingToDraw,
    /// A parcel that fits at no scale of its template.
    #[error("{extent_m} m of land fit into the drawing at none of its scales")]
    TooLargeToDraw {
        /// How long or wide.
        extent_m: f64,
    },
    /// Content that does not fit into its place on paper that is printed already.
    #[error("the content is {over_mm:.1} mm too long for its place")]
    TooLong {
        /// By how much.
        over_mm: f64,
    },
    /// A QR code cannot hold its text.
    #[error("the QR code cannot be made: {0}")]
    Code(String),
}
