//! Land operations (*biến động*), as an officer asks for them.

use super::{LandUseRow, ParcelId, SheetKey};
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

/// One land operation.
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
}

impl LandOperation {
    /// The code of the change as the registers print it (*loại biến động*).
    ///
    /// # Source
    /// The list of changes of the cadastral registers: TN split or merge, TD parcel information, TH recovery by the State, SA
    /// erosion, DH administrative unit.
    pub fn code(&self) -> &'static str {
        match self {
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
        }
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
