//! What was agreed with a client.

use crate::domain::Validity;
use crate::policy::{Audience, Field, Purpose, View, is_kebab_case, is_registered};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;
use time::Date;

/// The longest id of a client or code of a service.
const MAX_BYTES: usize = 128;

/// Why a text is not the name of a client or service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not an id of a client.
    #[error("{0:?} is not a client id: letters, digits and . _ - : / only, 128 at most")]
    Client(String),
    /// Not a code of a service.
    #[error("{0:?} is not a service: lower-case words and digits joined by hyphens, 128 at most")]
    Service(String),
}

macro_rules! name {
    ($(#[doc = $doc:literal])+ $name:ident, $fault:ident, $is_lawful:expr) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads the text.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                let is_lawful: fn(&str) -> bool = $is_lawful;
                if !text.is_empty() && text.len() <= MAX_BYTES && is_lawful(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NameError::$fault(text.to_owned()))
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// The id of a registered client: a word such as `portal-dvcqg`, or the identifier of an X-Road subsystem,
    /// `VN/GOV/000.00.00.G22/dvcqg`.
    ClientId, Client, |text| text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-:/".contains(&byte))
}

name! {
    /// The code of a service that a client may call, such as `parcel-by-code`.
    Service, Service, is_kebab_case
}

/// Why an agreement does not admit a request. The code is stable: it stands in problem types and in the access ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The agreement begins later.
    #[error("the agreement is not yet in force")]
    NotYetInForce,
    /// The agreement has ended.
    #[error("the agreement has ended")]
    Ended,
    /// The service is not part of the agreement.
    #[error("the agreement does not include this service")]
    Service,
    /// The purpose is not part of the agreement.
    #[error("the agreement does not include this purpose")]
    Purpose,
    /// The agreement names a purpose that the policy does not open to such a client.
    #[error("the field policy does not open this purpose to such a client")]
    PurposeNotOpen,
    /// No field is both agreed and allowed.
    #[error("no agreed field may be shown for this purpose")]
    NoField,
}

impl Refusal {
    /// All refusals.
    pub const ALL: &'static [Self] = &[
        Self::NotYetInForce,
        Self::Ended,
        Self::Service,
        Self::Purpose,
        Self::PurposeNotOpen,
        Self::NoField,
    ];

    /// The code, in kebab case.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotYetInForce => "agreement-not-yet-in-force",
            Self::Ended => "agreement-ended",
            Self::Service => "service-not-agreed",
            Self::Purpose => "purpose-not-agreed",
            Self::PurposeNotOpen => "purpose-not-open",
            Self::NoField => "no-field-allowed",
        }
    }
}

/// What one client may ask, for what, until when. It can narrow the field policy, never widen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// With whom.
    pub client: ClientId,
    /// What the client is, for the field policy.
    pub audience: Audience,
    /// What it may ask.
    pub services: BTreeSet<Service>,
    /// What for.
    pub purposes: BTreeSet<Purpose>,
    /// Which fields it needs.
    pub fields: BTreeSet<Field>,
    /// When.
    pub valid: Validity,
    /// How often.
    pub rate_per_minute: NonZeroU32,
}

impl Agreement {
    /// Admits a request for a service and purpose on a day, with the fields that are both agreed and allowed.
    ///
    /// # Errors
    /// The first reason that applies, in the order of [`Refusal::ALL`].
    pub fn admit(&self, service: &Service, purpose: &Purpose, day: Date) -> Result<View, Refusal> {
        if day < self.valid.from {
            return Err(Refusal::NotYetInForce);
        }
        if !self.valid.contains(day) {
            return Err(Refusal::Ended);
        }
        if !self.services.contains(service) {
            return Err(Refusal::Service);
        }
        if !self.purposes.contains(purpose) {
            return Err(Refusal::Purpose);
        }
        if !is_registered(self.audience, purpose) {
            return Err(Refusal::PurposeNotOpen);
        }
        let view = View::of(self.audience, purpose).limited_to(&self.fields);
        if view.fields().next().is_none() {
            return Err(Refusal::NoField);
        }
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Visibility;
    use serde_json::json;
    use time::macros::date;

    fn agreement() -> Agreement {
        serde_json::from_value(json!({
            "client": "portal-dvcqg",
            "audience": "portal",
            "services": ["parcel-by-code"],
            "purposes": ["dossier-handling", "public-information", "lending"],
            "fields": ["sheet_no", "party_name", "personal_no", "mortgages"],
            "valid": {"from": json!(date!(2026-01-01)), "until": json!(date!(2027-01-01))},
            "rate_per_minute": 600,
        }))
        .unwrap()
    }

    fn admit(service: &str, purpose: &str, day: Date) -> Result<View, Refusal> {
        let service = Service::parse(service).unwrap();
        agreement().admit(&service, &Purpose::parse(purpose).unwrap(), day)
    }

    #[test]
    fn a_client_gets_the_fields_that_are_both_agreed_and_allowed() {
        let fields = |purpose| -> Vec<(Field, Visibility)> {
            let view = admit("parcel-by-code", purpose, date!(2026 - 12 - 31)).unwrap();
            view.fields().collect()
        };
        assert_eq!(
            fields("dossier-handling"),
            [
                (Field::SheetNo, Visibility::Show),
                (Field::PartyName, Visibility::Show),
                (Field::PersonalNo, Visibility::Mask),
            ]
        );
        assert_eq!(
            fields("public-information"),
            [(Field::SheetNo, Visibility::Show)]
        );
    }

    #[test]
    fn every_request_beyond_the_agreement_is_refused_with_its_own_code() {
        let day = date!(2026 - 06 - 01);
        for (service, purpose, day, code) in [
            (
                "parcel-by-code",
                "dossier-handling",
                date!(2025 - 12 - 31),
                "agreement-not-yet-in-force",
            ),
            (
                "parcel-by-code",
                "dossier-handling",
                date!(2027 - 01 - 01),
                "agreement-ended",
            ),
            (
                "parcel-by-owner",
                "dossier-handling",
                day,
                "service-not-agreed",
            ),
            ("parcel-by-code", "adjudication", day, "purpose-not-agreed"),
            ("parcel-by-code", "lending", day, "purpose-not-open"),
        ] {
            assert_eq!(admit(service, purpose, day).unwrap_err().code(), code);
        }
        let mut narrow = agreement();
        narrow.fields = BTreeSet::from([Field::Mortgages]);
        let refusal = narrow.admit(
            &Service::parse("parcel-by-code").unwrap(),
            &Purpose::DOSSIER_HANDLING,
            day,
        );
        assert_eq!(refusal.unwrap_err().code(), "no-field-allowed");
        let codes: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        assert_eq!(codes.len(), 6);
    }

    #[test]
    fn an_agreement_that_names_an_unknown_field_or_audience_is_not_one() {
        let lawful = serde_json::to_value(agreement()).unwrap();
        assert_eq!(
            serde_json::from_value::<Agreement>(lawful.clone()).unwrap(),
            agreement()
        );
        for (member, value) in [
            ("fields", json!(["owner"])),
            ("audience", json!("everybody")),
            ("purposes", json!(["*"])),
            ("client", json!("a b")),
            ("rate_per_minute", json!(0)),
            ("all", json!(true)),
        ] {
            let mut unlawful = lawful.clone();
            unlawful[member] = value;
            assert!(
                serde_json::from_value::<Agreement>(unlawful).is_err(),
                "{member}"
            );
        }
    }

    #[test]
    fn a_client_may_be_named_by_its_x_road_identifier() {
        let xroad = "VN/GOV/000.00.00.G22/dvcqg";
        assert_eq!(ClientId::parse(xroad).unwrap().as_str(), xroad);
        for text in ["", "a b", "a\n", "ngân-hàng", "a\"b"] {
            assert!(ClientId::parse(text).is_err(), "{text:?}");
        }
    }
}
