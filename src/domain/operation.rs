//! Operations of the land office (*biến động*), as an officer asks for them.

use super::right_operation::{
    AnnotateCertificate, ChangeUse, Correct, Encumber, Extend, IssueCertificate, LayBlock, Lift,
    PartyInformation, Release, Restrict, Transfer, Unblock, WithdrawCertificate,
};
use super::{EncumbranceId, LandUseRow, ParcelId, RestrictionId, SheetKey};
use serde::{Deserialize, Serialize};

/// A parcel that an operation acts on: of the register, or made by an operation before it in the same list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParcelRef {
    /// By its id.
    Id(ParcelId),
    /// What an operation made.
    #[serde(rename_all = "kebab-case")]
    Made {
        /// The operation, from 0.
        operation: usize,
        /// Which of the parcels that it made, from 0.
        child: usize,
    },
}

/// A point as officers write it: metres east and north in the sheet's zone.
pub type PointM = (f64, f64);

/// A boundary as officers write it: rings, the outer one first, closed or not.
pub type RingsM = Vec<Vec<PointM>>;

/// A monument (*mốc*) that a cut goes through.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Monument {
    /// By its coordinates.
    At(PointM),
    /// On an edge of the parcel's boundary, so far from where the edge begins.
    OnEdge {
        /// The vertex that the edge begins with, from 0, as the parcel's boundary is told.
        vertex: usize,
        /// The ring, from 0; the outer one where it is not said.
        #[serde(default)]
        ring: usize,
        /// How far along the edge.
        distance_m: f64,
    },
}

/// How a parcel is cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Cut {
    /// Along a drawn line.
    #[serde(rename = "line_m")]
    Line(Vec<PointM>),
    /// From monument to monument.
    Points(Vec<Monument>),
    /// A strip of the same width along an edge, such as an access path.
    Strip {
        /// The vertex that the edge begins with, from 0, as the parcel's boundary is told.
        vertex: usize,
        /// How wide.
        width_m: f64,
    },
    /// Into given areas by parallel cuts; what is left comes last.
    Areas {
        /// A way that the cuts run parallel to; the first part is the leftmost of who walks it.
        along_m: [PointM; 2],
        /// The areas.
        areas_m2: Vec<f64>,
    },
    /// Into equal parts by parallel cuts.
    Equal {
        /// A way that the cuts run parallel to; the first part is the leftmost of who walks it.
        along_m: [PointM; 2],
        /// How many.
        parts: usize,
    },
}

/// A parcel's boundary as surveyed anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// Which parcel of the register.
    pub parcel: ParcelId,
    /// Its boundary in its sheet's zone.
    pub rings_m: RingsM,
}

/// Why land stops being a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The State takes it back (*thu hồi*).
    Recovery,
    /// Water takes it (*sạt lở*).
    Erosion,
}

impl Ending {
    /// The word in the register.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Erosion => "erosion",
        }
    }
}

/// A sheet that gets another number or commune with all its parcels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetMove {
    /// As it was.
    pub from: SheetKey,
    /// As it is from now on.
    pub to: SheetKey,
    /// Old and new numbers of parcels; the others keep theirs.
    #[serde(default)]
    pub numbers: Vec<(i32, i32)>,
}

/// One operation on land, or on the rights in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LandOperation {
    /// *Tách thửa*: one parcel becomes several.
    Split {
        /// Which.
        parcel: ParcelRef,
        /// How.
        by: Cut,
        /// The uses of each part, where the parcel has several.
        #[serde(default)]
        uses: Vec<Vec<LandUseRow>>,
        /// The mortgages and leases of each part; all on all parts that they can lie on, where nothing is said.
        #[serde(default)]
        encumbrances: Vec<Vec<EncumbranceId>>,
        /// The restrictions of each part; all on all parts that they can lie on, where nothing is said.
        #[serde(default)]
        restrictions: Vec<Vec<RestrictionId>>,
    },
    /// *Hợp thửa*: neighbours become one parcel.
    Merge {
        /// Which.
        parcels: Vec<ParcelRef>,
    },
    /// The boundary between two neighbours is drawn anew; they stay the parcels that they are.
    Adjust {
        /// Which.
        parcels: [ParcelRef; 2],
        /// The new boundary between them.
        line_m: Vec<PointM>,
    },
    /// *Đo đạc lại*: parcels get the boundaries that a new survey found; they stay the parcels that they are.
    Resurvey {
        /// Each parcel with its boundary; parcels whose common boundary moved are surveyed together.
        surveys: Vec<Survey>,
    },
    /// A parcel is registered where there was none.
    RegisterFirst {
        /// The sheet that it gets the next number of.
        sheet: SheetKey,
        /// Its boundary in the sheet's zone.
        rings_m: RingsM,
        /// The main use by the map.
        #[serde(default)]
        land_use: Option<String>,
        /// Where it lies.
        #[serde(default)]
        address: Option<String>,
    },
    /// The parcel ends and has no successor. Where only a part does, the parcel is split before, in the same list.
    Retire {
        /// Which.
        parcel: ParcelRef,
        /// Why.
        because: Ending,
    },
    /// All parcels of a sheet get a new sheet number, and new numbers where the officer says so. Committed alone.
    RenumberSheet {
        /// The sheet.
        sheet: SheetKey,
        /// Its number from now on.
        new_sheet_no: i32,
        /// Old and new numbers of parcels; the others keep theirs.
        #[serde(default)]
        numbers: Vec<(i32, i32)>,
    },
    /// *Thay đổi đơn vị hành chính*: the sheets of communes become sheets of new ones. Committed alone.
    MergeCommunes {
        /// Every sheet that has parcels, of every commune that ends.
        sheets: Vec<SheetMove>,
    },
    /// *Chuyển nhượng, tặng cho, thừa kế, chuyển đổi, góp vốn*.
    Transfer(Transfer),
    /// *Thế chấp*.
    Mortgage(Encumber),
    /// *Xóa đăng ký thế chấp*.
    Discharge(Release),
    /// *Cho thuê, cho thuê lại*.
    Lease(Encumber),
    /// *Xóa cho thuê*.
    EndLease(Release),
    /// *Ngăn chặn*.
    Block(LayBlock),
    /// *Giải tỏa ngăn chặn*.
    Unblock(Unblock),
    /// *Hạn chế*, *quyền đối với thửa đất liền kề*.
    Restrict(Restrict),
    /// *Xóa hạn chế*.
    Lift(Lift),
    /// *Chuyển mục đích sử dụng đất*.
    ChangeUse(ChangeUse),
    /// *Gia hạn*.
    Extend(Extend),
    /// *Cấp, cấp đổi, cấp lại Giấy chứng nhận*.
    IssueCertificate(IssueCertificate),
    /// *Thu hồi Giấy chứng nhận*.
    WithdrawCertificate(WithdrawCertificate),
    /// *Xác nhận thay đổi trên Giấy chứng nhận*.
    AnnotateCertificate(AnnotateCertificate),
    /// *Đính chính*.
    Correct(Correct),
    /// *Thay đổi thông tin người sử dụng đất*.
    PartyInformation(PartyInformation),
}

impl LandOperation {
    /// The code of the change as the registers print it (*loại biến động*): what is asked for, else the usual one. None for what no
    /// code stands for.
    ///
    /// # Source
    /// The list of changes of the cadastral registers; which codes are in force, and for which kinds, is data (`change_type`).
    pub fn code(&self) -> Option<&str> {
        let usual = match self {
            Self::Split { .. } | Self::Merge { .. } => "TN",
            Self::Adjust { .. }
            | Self::Resurvey { .. }
            | Self::RegisterFirst { .. }
            | Self::RenumberSheet { .. } => "TD",
            Self::Retire { because, .. } => match because {
                Ending::Recovery => "TH",
                Ending::Erosion => "SA",
            },
            Self::MergeCommunes { .. } => "DH",
            Self::Transfer(transfer) => &transfer.by,
            Self::Mortgage(mortgage) => mortgage.by.as_deref().unwrap_or("TC"),
            Self::Discharge(_) => "XC",
            Self::Lease(lease) => lease.by.as_deref().unwrap_or("CT"),
            Self::EndLease(_) => "XT",
            Self::Restrict(restrict) => restrict.by.as_deref().unwrap_or("HC"),
            Self::Lift(_) => "HC",
            Self::ChangeUse(_) => "CM",
            Self::Extend(_) => "GH",
            Self::IssueCertificate(issue) => match &issue.by {
                Some(by) => by,
                None if issue.replaces.is_empty() => return None,
                None => "CL",
            },
            Self::AnnotateCertificate(annotate) => &annotate.by,
            Self::Correct(_) => "SN",
            Self::PartyInformation(_) => "DT",
            Self::Block(_) | Self::Unblock(_) | Self::WithdrawCertificate(_) => return None,
        };
        Some(usual)
    }

    /// Its kind, as the JSON says it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Split { .. } => "split",
            Self::Merge { .. } => "merge",
            Self::Adjust { .. } => "adjust",
            Self::Resurvey { .. } => "resurvey",
            Self::RegisterFirst { .. } => "register-first",
            Self::Retire { .. } => "retire",
            Self::RenumberSheet { .. } => "renumber-sheet",
            Self::MergeCommunes { .. } => "merge-communes",
            Self::Transfer(_) => "transfer",
            Self::Mortgage(_) => "mortgage",
            Self::Discharge(_) => "discharge",
            Self::Lease(_) => "lease",
            Self::EndLease(_) => "end-lease",
            Self::Block(_) => "block",
            Self::Unblock(_) => "unblock",
            Self::Restrict(_) => "restrict",
            Self::Lift(_) => "lift",
            Self::ChangeUse(_) => "change-use",
            Self::Extend(_) => "extend",
            Self::IssueCertificate(_) => "issue-certificate",
            Self::WithdrawCertificate(_) => "withdraw-certificate",
            Self::AnnotateCertificate(_) => "annotate-certificate",
            Self::Correct(_) => "correct",
            Self::PartyInformation(_) => "party-information",
        }
    }

    /// Whether it leaves the ground as it is and is about rights.
    pub fn is_about_rights(&self) -> bool {
        !matches!(
            self,
            Self::Split { .. }
                | Self::Merge { .. }
                | Self::Adjust { .. }
                | Self::Resurvey { .. }
                | Self::RegisterFirst { .. }
                | Self::Retire { .. }
                | Self::RenumberSheet { .. }
                | Self::MergeCommunes { .. }
        )
    }

    /// How many parcels it asks for, as far as that is known before the ground is looked at.
    pub fn parts(&self) -> usize {
        match self {
            Self::Split {
                by: Cut::Equal { parts, .. },
                ..
            } => *parts,
            Self::Split {
                by: Cut::Areas { areas_m2, .. },
                ..
            } => areas_m2.len() + 1,
            _ => 2,
        }
    }

    /// The parcels that it acts on.
    pub fn parcels(&self) -> Vec<ParcelRef> {
        match self {
            Self::Split { parcel, .. } | Self::Retire { parcel, .. } => vec![*parcel],
            Self::Merge { parcels } => parcels.clone(),
            Self::Adjust { parcels, .. } => parcels.to_vec(),
            Self::Resurvey { surveys } => surveys
                .iter()
                .map(|survey| ParcelRef::Id(survey.parcel))
                .collect(),
            Self::Transfer(transfer) => transfer.parcels.clone(),
            Self::Mortgage(encumber) | Self::Lease(encumber) => encumber.parcels.clone(),
            Self::Discharge(release) | Self::EndLease(release) => release.parcels.clone(),
            Self::Block(block) => block.parcels.clone(),
            Self::Unblock(unblock) => unblock.parcels.clone(),
            Self::Restrict(restrict) => restrict.parcels.clone(),
            Self::Lift(lift) => lift.parcels.clone(),
            Self::ChangeUse(change) => change.parcels.to_vec(),
            Self::Extend(extend) => extend.parcels.clone(),
            Self::IssueCertificate(issue) => issue.parcels.clone(),
            Self::WithdrawCertificate(withdraw) => withdraw.parcels.clone(),
            Self::AnnotateCertificate(annotate) => annotate.parcels.clone(),
            Self::Correct(correct) => correct.parcels.clone(),
            Self::PartyInformation(information) => information.parcels.clone(),
            Self::RegisterFirst { .. }
            | Self::RenumberSheet { .. }
            | Self::MergeCommunes { .. } => Vec::new(),
        }
    }

    /// The sheets that it moves with all their parcels; none for an operation on single parcels.
    pub fn sheet_moves(&self) -> Option<Vec<SheetMove>> {
        match self {
            Self::RenumberSheet {
                sheet,
                new_sheet_no,
                numbers,
            } => Some(vec![SheetMove {
                from: *sheet,
                to: SheetKey {
                    commune: sheet.commune,
                    sheet_no: *new_sheet_no,
                },
                numbers: numbers.clone(),
            }]),
            Self::MergeCommunes { sheets } => Some(sheets.clone()),
            _ => None,
        }
    }
}
