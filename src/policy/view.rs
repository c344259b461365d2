//! The table applied to a whole record: the one way from what the register knows to what somebody gets.

use super::{Audience, Field, GROUPS, Purpose, Visibility, hides_details, mask, visibility};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The fields that one audience gets for one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    audience: Audience,
    /// Shown or masked; what is absent is hidden.
    fields: BTreeMap<Field, Visibility>,
}

/// A record as somebody gets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shaped {
    /// The members that are left.
    pub data: Map<String, Value>,
    /// The fields that are masked or hidden here, whether the register holds a value for them or not: the list must not
    /// tell that there is a mortgage. What stands here and in `data` is masked.
    pub withheld: Vec<Field>,
    /// The fields that are shown or masked here.
    pub shown: Vec<Field>,
}

impl View {
    /// All that the table allows.
    pub fn of(audience: Audience, purpose: &Purpose) -> Self {
        let fields = Field::ALL
            .iter()
            .map(|&field| (field, visibility(audience, purpose, field)))
            .filter(|&(_, visibility)| visibility != Visibility::Hide)
            .collect();
        Self { audience, fields }
    }

    /// Of this view only these fields.
    #[must_use]
    pub fn limited_to(mut self, fields: &BTreeSet<Field>) -> Self {
        self.fields.retain(|field, _| fields.contains(field));
        self
    }

    /// The fields that are shown or masked.
    pub fn fields(&self) -> impl Iterator<Item = (Field, Visibility)> {
        self.fields.iter().map(|(&field, &shown)| (field, shown))
    }

    /// What becomes of a field.
    pub fn visibility(&self, field: Field) -> Visibility {
        self.fields.get(&field).copied().unwrap_or(Visibility::Hide)
    }

    /// Keeps of a parcel's full record what this view allows, at every depth; a member that is neither a field nor a group
    /// nor a part of the field it stands in is dropped.
    ///
    /// A record without any `land_use` is treated as a defence parcel's: nobody can know that it is not.
    pub fn shape(&self, full: &Map<String, Value>) -> Shaped {
        let view = if self.hides_details_of(full) {
            self.without_details()
        } else {
            self.clone()
        };
        Shaped {
            shown: view.fields().map(|(field, _)| field).collect(),
            data: view.members(full, &[]),
            withheld: Field::ALL
                .iter()
                .copied()
                .filter(|&field| view.visibility(field) != Visibility::Show)
                .collect(),
        }
    }

    fn without_details(&self) -> Self {
        let mut view = self.clone();
        view.fields.retain(|field, _| !field.is_detail());
        view
    }

    fn hides_details_of(&self, full: &Map<String, Value>) -> bool {
        let mut uses = Vec::new();
        collect_land_uses(full, &mut uses);
        if !uses.iter().any(|land_use| names_a_use(land_use)) {
            return hides_details("CQP", self.audience);
        }
        uses.into_iter().any(|land_use| self.is_secret(land_use))
    }

    fn is_secret(&self, land_use: &Value) -> bool {
        match land_use {
            Value::String(text) => text
                .split(|letter: char| !letter.is_alphanumeric())
                .any(|code| hides_details(code, self.audience)),
            Value::Array(rows) => rows.iter().any(|row| self.is_secret(row)),
            Value::Object(row) => row.values().any(|part| self.is_secret(part)),
            _ => false,
        }
    }

    /// The members of an object that are fields of this view, groups of such, or the given parts.
    fn members(&self, object: &Map<String, Value>, parts: &[&str]) -> Map<String, Value> {
        object
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), self.member(name, value, parts)?)))
            .collect()
    }

    fn member(&self, name: &str, value: &Value, parts: &[&str]) -> Option<Value> {
        if let Ok(field) = name.parse::<Field>() {
            return match self.visibility(field) {
                Visibility::Show => self.within(value, field.parts()),
                Visibility::Mask => masked(field, value),
                Visibility::Hide => None,
            };
        }
        if GROUPS.contains(&name) {
            return self.group(value);
        }
        let is_part = parts.contains(&name);
        is_part.then(|| self.within(value, &[])).flatten()
    }

    /// A shown value: scalars stay, objects are judged again.
    fn within(&self, value: &Value, parts: &[&str]) -> Option<Value> {
        match value {
            Value::Object(object) => self.row(object, parts),
            Value::Array(items) => Some(
                items
                    .iter()
                    .filter_map(|item| self.within(item, parts))
                    .collect(),
            ),
            scalar => Some(scalar.clone()),
        }
    }

    /// A group's value: nothing but objects.
    fn group(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Object(object) => self.row(object, &[]),
            Value::Array(rows) => {
                let rows: Vec<Value> = rows.iter().filter_map(|row| self.group(row)).collect();
                (!rows.is_empty()).then(|| rows.into())
            }
            _ => None,
        }
    }

    fn row(&self, object: &Map<String, Value>, parts: &[&str]) -> Option<Value> {
        let members = self.members(object, parts);
        (!members.is_empty()).then(|| members.into())
    }
}

/// The masked form; nothing stays nothing, and what has no text is dropped.
fn masked(field: Field, value: &Value) -> Option<Value> {
    match value {
        Value::Null => Some(Value::Null),
        Value::String(text) => Some(mask(field, text).into()),
        Value::Number(number) => Some(mask(field, &number.to_string()).into()),
        Value::Array(items) => Some(
            items
                .iter()
                .filter_map(|item| masked(field, item))
                .collect(),
        ),
        Value::Bool(_) | Value::Object(_) => None,
    }
}

fn collect_land_uses<'full>(object: &'full Map<String, Value>, uses: &mut Vec<&'full Value>) {
    for (name, value) in object {
        if name == Field::LandUse.name() {
            uses.push(value);
        } else {
            collect_from(value, uses);
        }
    }
}

fn collect_from<'full>(value: &'full Value, uses: &mut Vec<&'full Value>) {
    match value {
        Value::Object(object) => collect_land_uses(object, uses),
        Value::Array(items) => items.iter().for_each(|item| collect_from(item, uses)),
        _ => {}
    }
}

/// Whether a `land_use` member says anything.
fn names_a_use(land_use: &Value) -> bool {
    match land_use {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(rows) => rows.iter().any(names_a_use),
        Value::Object(row) => row.values().any(names_a_use),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(land_use: &str) -> Map<String, Value> {
        let record = json!({
            "parcel_id": 1_099_511_627_777_i64, "commune": "28210", "sheet_no": 4, "parcel_no": 17,
            "legal_area_m2": 143.5, "address": "Thôn 1",
            "land_use": [{"code": land_use, "area_m2": 143.5, "origin": "CNQ-CTT", "term": "lâu dài"}],
            "geometry": {"type": "Polygon", "coordinates": [[[105.1, 20.9], [105.2, 20.9], [105.1, 21.0], [105.1, 20.9]]],
                "surveyor": "Lê Văn B"},
            "rights": [{
                "share": "1/2", "note": "calls himself An", "999099001234": {"share": "1/2"},
                "party": {"party_kind": "individual", "party_name": "Nguyễn Văn An", "personal_no": "999099001234",
                    "birth_year": 1970, "residence": "Thôn 2", "phone": "0900000000"},
                "certificate": {"certificate_serial": "AA 00000001", "certificate_entry_no": null},
            }],
            "mortgages": [{"party_name": "Ngân hàng X"}],
            "internal_note": "ask again",
        });
        record.as_object().unwrap().clone()
    }

    fn shape(audience: Audience, purpose: &str, record: &Map<String, Value>) -> Shaped {
        View::of(audience, &Purpose::parse(purpose).unwrap()).shape(record)
    }

    #[test]
    fn the_public_gets_the_land_and_not_even_the_number_of_holders() {
        let shaped = shape(Audience::Public, "public-information", &record("ONT"));
        assert_eq!(
            Value::from(shaped.data),
            json!({
                "parcel_id": 1_099_511_627_777_i64, "commune": "28210", "sheet_no": 4, "parcel_no": 17,
                "legal_area_m2": 143.5, "address": "Thôn 1", "land_use": [{"code": "ONT", "area_m2": 143.5}],
                "geometry": {"type": "Polygon",
                    "coordinates": [[[105.1, 20.9], [105.2, 20.9], [105.1, 21.0], [105.1, 20.9]]]},
            })
        );
        assert!(shaped.withheld.contains(&Field::PartyName));
        assert!(!shaped.withheld.contains(&Field::LandUse));
    }

    #[test]
    fn the_portal_gets_the_holder_with_the_number_masked_and_nothing_the_table_does_not_know() {
        let shaped = shape(Audience::Portal, "dossier-handling", &record("ONT"));
        assert_eq!(
            shaped.data["rights"],
            json!([{
                "share": "1/2",
                "party": {"party_kind": "individual", "party_name": "Nguyễn Văn An", "personal_no": "********1234"},
                "certificate": {"certificate_serial": "AA 00000001", "certificate_entry_no": null},
            }])
        );
        assert_eq!(
            shaped.withheld,
            [
                Field::PersonalNo,
                Field::BirthYear,
                Field::Residence,
                Field::BlockReason,
                Field::Mortgages,
                Field::Leases
            ]
        );
        let text = Value::from(shaped.data).to_string();
        for secret in [
            "Lê Văn B",
            "himself",
            "999099",
            "0900",
            "ask again",
            "Ngân hàng",
        ] {
            assert!(!text.contains(secret), "{secret}");
        }
    }

    #[test]
    fn the_list_of_withheld_fields_does_not_tell_what_the_register_holds() {
        let mut without = record("ONT");
        without.remove("mortgages");
        without.remove("rights");
        for audience in [Audience::Public, Audience::Notary, Audience::Portal] {
            for purpose in ["public-information", "dossier-handling", "notarisation"] {
                assert_eq!(
                    shape(audience, purpose, &without).withheld,
                    shape(audience, purpose, &record("ONT")).withheld
                );
            }
        }
    }

    #[test]
    fn a_limit_takes_away_and_never_adds() {
        let purpose = Purpose::PUBLIC_INFORMATION;
        let wanted = BTreeSet::from([Field::SheetNo, Field::LandUse, Field::PartyName]);
        let view = View::of(Audience::Portal, &purpose).limited_to(&wanted);
        assert_eq!(
            Value::from(view.shape(&record("ONT")).data),
            json!({"sheet_no": 4, "land_use": [{"code": "ONT", "area_m2": 143.5}]})
        );
    }

    #[test]
    fn a_defence_parcel_shows_the_public_where_it_lies_and_the_court_all() {
        for land_use in ["CQP", "ONT+CAN"] {
            let names: Vec<String> =
                shape(Audience::Public, "public-information", &record(land_use))
                    .data
                    .into_iter()
                    .map(|(name, _)| name)
                    .collect();
            assert_eq!(
                names,
                ["commune", "geometry", "parcel_id", "parcel_no", "sheet_no"]
            );
            let court = shape(Audience::Court, "adjudication", &record(land_use));
            assert_eq!(court.data["land_use"][0]["code"], land_use);
            assert_eq!(court.withheld, []);
        }
    }

    #[test]
    fn a_record_that_does_not_say_its_use_is_treated_as_a_defence_parcel() {
        let mut silent = record("ONT");
        silent.remove("land_use");
        let shaped = shape(Audience::Portal, "dossier-handling", &silent);
        assert!(!shaped.data.contains_key("rights"));
        assert!(shaped.withheld.contains(&Field::Address));
    }
}
