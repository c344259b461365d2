//! The register's vocabulary and its pure rules.
//!
//! Nothing here reads a clock, a file or a database; a value that exists is valid.

mod area;
mod as_of;
mod blank;
mod boundary;
mod burden;
mod dossier;
mod facts;
mod fault;
mod ids;
mod key;
mod law;
mod lineage;
mod names;
mod national_code;
mod operation;
mod parcel;
mod past;
mod right;
mod right_operation;
mod rule;
mod serial;
mod share;
mod stops;
mod text;
mod timeline;
mod unit;

pub use area::Area;
pub use as_of::{AsOf, Moment, Span};
pub use blank::{BlankFate, BlankFault, BlankRange, check_fate};
pub use boundary::{Boundary, GridPoint, Ring};
pub use burden::{Block, Encumbrance, Part, Restriction};
pub use dossier::{
    Calendar, Deadline, DossierCode, DossierCodeError, Move, Pause, Stage, Status, Verb, due_at,
    worked_minutes,
};
pub use facts::{
    BlockFact, Burdens, CommuneFact, EncumbranceFact, LandUseCode, LandUseFact, ParcelFacts,
    RestrictionFact, RightFact,
};
pub use fault::{Fault, FaultCode, Place, Severity, ZoneCode};
pub use ids::{
    BlockId, CertificateId, DossierId, EncumbranceId, IdError, LoadId, ParcelId, PartyId, Position,
    RegisterNo, RestrictionId, Revision, RightId, RightsRevision, SheetId,
};
pub use key::{CommuneCode, KeyError, ParcelKey, SheetKey, parse_number};
pub use law::{CodeList, Law};
pub use lineage::{
    Lineage, NamedParcel, OperationLine, OperationQuery, Step, Succession, Successions, Successor,
    SuccessorCommune,
};
pub use names::{CommuneName, Names};
pub use national_code::{NationalCode, NationalCodeError};
pub use operation::{
    Cut, Ending, LandOperation, Monument, ParcelRef, PointM, RingsM, SheetMove, Survey,
};
pub use parcel::ParcelRecord;
pub use past::{
    CertificateLife, CertificateVersion, Certificates, HeldBy, PartyLife, PartyVersion,
    PrintedParcel, Times, Told,
};
pub use right::{CertificateRecord, LandUseRow, PartyKind, PartyRecord, RightRow};
pub use right_operation::{
    AnnotateCertificate, Blocked, CertificateEnd, ChangeUse, Correct, Document, Encumber, Extend,
    IssueCertificate, LayBlock, Lift, OldCertificate, PartAsked, PartyInformation, PartyRef,
    Printed, Release, Replaced, Restrict, Taker, Transfer, Unblock, WithdrawCertificate,
};
pub use rule::{NewRule, RuleLine};
pub use serial::{
    Serial, is_one_for_ever, is_personal_number, is_tax_number, parse_serial, serial_key,
    tidy_number,
};
pub use share::{Share, ShareError};
pub use stops::Stops;
pub use text::{fold_text, tidy_text};
pub use timeline::{Timeline, TimelineEntry};
pub use unit::{AdministrativeUnit, UnitLevel, Validity};
