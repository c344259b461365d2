//! Counts the features of a GeoJSON file, beside GDAL, so that none is passed over.

use super::kind::unreadable;
use crate::domain::{Fault, FaultCode};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use std::{fmt, fs::File, io::BufReader, path::Path};

#[derive(Deserialize)]
struct Collection {
    r#type: Option<String>,
    features: Option<Length>,
}

struct Length(u64);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counter;
        impl<'de> Visitor<'de> for Counter {
            type Value = u64;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<u64, A::Error> {
                let mut count = 0;
                while elements.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(count)
            }
        }
        deserializer.deserialize_seq(Counter).map(Length)
    }
}

/// The number of features, in one pass with little memory.
///
/// # Errors
/// `file-unreadable` with line and column where the JSON breaks; `file-not-what-its-name-says` for JSON of another kind.
pub(super) fn count_features(path: &Path) -> Result<u64, Fault> {
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let collection: Collection = serde_json::from_reader(BufReader::with_capacity(1 << 16, file))
        .map_err(|error| unreadable(format!("is broken JSON: {error}")))?;
    match collection {
        Collection {
            r#type: Some(of_type),
            features: Some(Length(count)),
        } if of_type == "FeatureCollection" => Ok(count),
        _ => Err(Fault::new(
            FaultCode::FileNotWhatItsNameSays,
            "is JSON but not a GeoJSON feature collection",
        )),
    }
}
