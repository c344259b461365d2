//! Who asks.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is not an audience.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an audience")]
pub struct AudienceError(String);

macro_rules! audiences {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal),+ $(,)?) => {
        /// Who asks. The door that lets somebody in decides which audience they are; the name is part of agreements.
        ///
        /// # Source
        /// Law 91/2025/QH15 (purpose limitation, minimum data); the audiences of the field policy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Audience { $($(#[doc = $doc])+ $variant),+ }

        impl Audience {
            /// All audiences.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

audiences! {
    /// Nobody known: no login.
    Public "public",
    /// A logged-in citizen, asking about somebody else's parcel: sees what the public sees.
    Citizen "citizen",
    /// A logged-in citizen, asking about an own parcel. The door has checked that it is; what a co-holder of the same
    /// parcel gave is not the asker's own and is asked for as [`Audience::Citizen`].
    Owner "owner",
    /// A person who applies for an extract of one parcel, paid or with the owner's consent.
    Applicant "applicant",
    /// An officer of the land registration office.
    Officer "officer",
    /// The national or a provincial public service portal (*Cổng dịch vụ công*).
    Portal "portal",
    /// The ministry that keeps the national land database.
    Ministry "ministry",
    /// A notary.
    Notary "notary",
    /// A bank that lends on the parcel.
    Bank "bank",
    /// A tax office.
    Tax "tax",
    /// A court.
    Court "court",
    /// A civil-judgment enforcement office.
    Enforcement "enforcement",
    /// An investigating police office.
    Police "police",
    /// An inspectorate.
    Inspection "inspection",
    /// A statistics office: aggregates, which have their own door; of single parcels the public facts.
    Statistics "statistics",
}

impl Audience {
    /// Whether the law opens the register to them against a request number.
    pub fn asks_by_law(self) -> bool {
        matches!(
            self,
            Self::Tax | Self::Court | Self::Enforcement | Self::Police | Self::Inspection
        )
    }
}

impl FromStr for Audience {
    type Err = AudienceError;
    fn from_str(name: &str) -> Result<Self, AudienceError> {
        Self::ALL
            .iter()
            .copied()
            .find(|audience| audience.name() == name)
            .ok_or_else(|| AudienceError(name.to_owned()))
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_audience_is_read_back_from_its_name_and_json_says_the_same() {
        for &audience in Audience::ALL {
            assert_eq!(audience.to_string().parse(), Ok(audience));
            assert_eq!(
                serde_json::to_value(audience).unwrap(),
                serde_json::Value::from(audience.name())
            );
        }
        for name in ["", "Public", "officer ", "root"] {
            assert!(name.parse::<Audience>().is_err(), "{name}");
        }
    }
}
