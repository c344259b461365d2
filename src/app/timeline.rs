//! A parcel's timeline, as somebody may see it.

use super::lineage::seen;
use super::{App, ReadError, Reader};
use crate::domain::{ParcelId, Timeline, TimelineEntry};
use crate::policy::{Audience, Field, Purpose, Visibility, visibility};

/// What is told of the land itself. That somebody's rights have changed is not public.
const LAND: [&str; 5] = ["operation", "parent", "child", "parcel", "land-use"];

impl App {
    /// Everything that the register ever knew of a parcel; `reader` is the officer who asks, none for the public. What an officer
    /// reads of persons is in the ledger before it is answered.
    pub async fn timeline(
        &self,
        id: ParcelId,
        reader: Option<&Reader<'_>>,
    ) -> Result<Option<Timeline>, ReadError> {
        let mut snapshot = self.store.snapshot().await?;
        let Some(parcel) = snapshot.named_parcels(&[id]).await?.pop() else {
            return Ok(None);
        };
        let entries = snapshot.timeline(id).await?;
        let register_position = snapshot.position();
        drop(snapshot);
        if let Some(reader) = reader {
            self.note_reading(reader, &[id], register_position).await?;
            return Ok(Some(Timeline {
                parcel,
                entries,
                register_position,
            }));
        }
        let parcel = seen(parcel, Audience::Public);
        let is_open = parcel.computed_area_m2.is_some();
        let entries = entries.into_iter();
        let entries = entries.filter_map(|entry| public(entry, is_open));
        Ok(Some(Timeline {
            entries: entries.collect(),
            parcel,
            register_position,
        }))
    }
}

/// An entry as the public may see it, if it may see it at all.
fn public(mut entry: TimelineEntry, is_open: bool) -> Option<TimelineEntry> {
    // An operation that did nothing to the land has no fact for everybody.
    let is_of_rights = entry.kind == "operation" && entry.facts.is_empty();
    if !LAND.contains(&&*entry.kind) || is_of_rights {
        return None;
    }
    let of_land = |name: &String| match &**name {
        "code" => shows(Field::LandUse),
        "area_m2" => shows(Field::LegalArea),
        name => name.parse().is_ok_and(shows),
    };
    entry.details.retain(|name, _| is_open && of_land(name));
    if entry.kind == "land-use" && !is_open {
        return None;
    }
    Some(entry)
}

fn shows(field: Field) -> bool {
    visibility(Audience::Public, &Purpose::PUBLIC_INFORMATION, field) == Visibility::Show
}
