//! Land operations (*biến động*), as an officer asks for them.

use super::{LandUseRow, ParcelId};
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

/// How a parcel is cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Cut {
    /// Along a drawn line.
    #[serde(rename = "line_m")]
    Line(Vec<PointM>),
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
}

impl LandOperation {
    /// The code of the change as the registers print it (*loại biến động*).
    ///
    /// # Source
    /// The list of changes of the cadastral registers: TN split or merge, TD parcel information.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Split { .. } | Self::Merge { .. } => "TN",
            Self::Adjust { .. } => "TD",
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
    pub fn parcels(&self) -> &[ParcelRef] {
        match self {
            Self::Split { parcel, .. } => std::slice::from_ref(parcel),
            Self::Merge { parcels } => parcels,
            Self::Adjust { parcels, .. } => parcels,
        }
    }
}
