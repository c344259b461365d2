//! Identifiers that never change.
//!
//! An id carries the number of its register in the bits above 2⁴⁰ and a serial below, so that a look-up by id touches one
//! partition, and stays below 2⁵³, so that browsers and vector tiles carry it exactly.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How many bits of an id the serial takes.
pub const SERIAL_BITS: u32 = 40;

/// Why a number is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The register number is not in 1..=4095.
    #[error("register number {0} is not between 1 and 4095")]
    Register(i64),
    /// The serial is not in 1..2⁴⁰, or the id carries no register.
    #[error("{0} is not an id of this register")]
    Id(i64),
}

/// Our own stable number of a register, 1 to 4095.
///
/// A register is what one province held when it was opened; official codes are reused and merged, this number never is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct RegisterNo(u16);

impl RegisterNo {
    /// The smallest id of this register, and one past the largest: the bounds of its partitions.
    pub fn id_range(self) -> std::ops::Range<i64> {
        let first = i64::from(self.0) << SERIAL_BITS;
        first..first + (1 << SERIAL_BITS)
    }
}

impl TryFrom<i64> for RegisterNo {
    type Error = IdError;
    fn try_from(number: i64) -> Result<Self, IdError> {
        match u16::try_from(number) {
            Ok(no @ 1..=4095) => Ok(Self(no)),
            _ => Err(IdError::Register(number)),
        }
    }
}

impl From<RegisterNo> for i64 {
    fn from(register: RegisterNo) -> Self {
        Self::from(register.0)
    }
}

impl fmt::Display for RegisterNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

macro_rules! id {
    ($(#[doc = $doc:literal] $name:ident),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name(i64);

        impl $name {
            /// The register that the id belongs to.
            pub fn register(self) -> RegisterNo {
                RegisterNo(u16::try_from(self.0 >> SERIAL_BITS).unwrap_or(u16::MAX))
            }
        }

        impl TryFrom<i64> for $name {
            type Error = IdError;
            fn try_from(id: i64) -> Result<Self, IdError> {
                let serial = id & ((1 << SERIAL_BITS) - 1);
                RegisterNo::try_from(id >> SERIAL_BITS).map_err(|_| IdError::Id(id))?;
                if serial == 0 { Err(IdError::Id(id)) } else { Ok(Self(id)) }
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )+};
}

id! {
    /// A parcel (*thửa đất*), for all its life.
    ParcelId,
    /// A cadastral map sheet (*tờ bản đồ*).
    SheetId,
    /// A person or organisation (*người sử dụng đất*).
    PartyId,
    /// A right of one party in one parcel (*quyền sử dụng đất*).
    RightId,
    /// A certificate (*Giấy chứng nhận*).
    CertificateId,
    /// A procedure dossier (*hồ sơ thủ tục*).
    DossierId,
}

macro_rules! number {
    ($(#[doc = $doc:literal] $name:ident),+ $(,)?) => {$(
        #[doc = $doc]
        ///
        /// It lies in the partition of its parcel, so any number above 0 is one: whoever writes by plain SQL may choose.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name(i64);

        impl TryFrom<i64> for $name {
            type Error = IdError;
            fn try_from(id: i64) -> Result<Self, IdError> {
                if id > 0 { Ok(Self(id)) } else { Err(IdError::Id(id)) }
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )+};
}

number! {
    /// A mortgage or lease, the same on all parcels that it lies on.
    EncumbranceId,
    /// A restriction (*hạn chế*), the same on all parcels that it lies on.
    RestrictionId,
    /// A block (*ngăn chặn*), the same on all parcels that it lies on.
    BlockId,
}

/// One run of `diaba load`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LoadId(pub i64);

/// A place in the register's own order of commits: gap-free, and the same for every reader. 0 is the empty register.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Position(pub i64);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The number of a version of one parcel, party, right or certificate, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Revision(pub i32);

/// Grows with every change of a parcel's rights, uses and all that lies on it, of its holders' particulars and of its certificates.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct RightsRevision(pub i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_id_stays_below_two_to_the_53() {
        let last = RegisterNo::try_from(4095).unwrap().id_range().end - 1;
        assert!(last < 1 << 53);
        assert_eq!(
            ParcelId::try_from(last).unwrap().register(),
            RegisterNo::try_from(4095).unwrap()
        );
    }

    #[test]
    fn an_id_without_register_or_serial_is_refused() {
        for id in [
            0,
            1,
            -1,
            1 << SERIAL_BITS,
            4096 << SERIAL_BITS | 1,
            i64::MIN,
            i64::MAX,
        ] {
            assert_eq!(ParcelId::try_from(id), Err(IdError::Id(id)));
        }
        assert!(RegisterNo::try_from(0).is_err());
    }
}
