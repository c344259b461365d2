//! A small, strict reader of vector tiles, after the specification (2.1) alone.

use std::collections::{BTreeMap, HashSet};

/// A feature with its attributes as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    pub id: Option<u64>,
    pub fields: BTreeMap<String, String>,
    pub kind: u64,
    /// Rings of a polygon, or one point.
    pub rings: Vec<Vec<(i64, i64)>>,
}

pub type Layers = BTreeMap<String, Vec<Feature>>;

/// Reads a tile; panics where it breaks a rule of the specification.
pub fn read(tile: &[u8]) -> Layers {
    let mut layers = BTreeMap::new();
    for (field, content) in fields(tile) {
        assert_eq!(field, 3);
        let (name, features) = layer(content.bytes());
        assert!(!features.is_empty(), "{name} is empty");
        assert!(layers.insert(name, features).is_none(), "a layer twice");
    }
    layers
}

enum Content<'a> {
    Whole(u64),
    Double(f64),
    Bytes(&'a [u8]),
}

impl<'a> Content<'a> {
    fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => panic!("not bytes"),
        }
    }

    fn whole(&self) -> u64 {
        match self {
            Self::Whole(whole) => *whole,
            _ => panic!("not a number"),
        }
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            assert!(shift == 0 || *first != 0, "a varint longer than need be");
            return value;
        }
    }
    unreachable!()
}

fn varints(mut bytes: &[u8]) -> Vec<u64> {
    let mut values = Vec::new();
    while !bytes.is_empty() {
        values.push(varint(&mut bytes));
    }
    values
}

fn fields(mut bytes: &[u8]) -> Vec<(u64, Content<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let content = match key & 7 {
            0 => Content::Whole(varint(&mut bytes)),
            1 => {
                let (double, rest) = bytes.split_first_chunk().unwrap();
                bytes = rest;
                Content::Double(f64::from_le_bytes(*double))
            }
            2 => {
                let length = usize::try_from(varint(&mut bytes)).unwrap();
                let (content, rest) = bytes.split_at(length);
                bytes = rest;
                Content::Bytes(content)
            }
            other => panic!("wire type {other}"),
        };
        fields.push((key >> 3, content));
    }
    fields
}

fn layer(bytes: &[u8]) -> (String, Vec<Feature>) {
    let (mut name, mut extent, mut version) = (String::new(), 0, 0);
    let (mut keys, mut values, mut features) = (Vec::new(), Vec::new(), Vec::new());
    for (field, content) in fields(bytes) {
        match field {
            1 => name = content.text(),
            2 => features.push(content.bytes()),
            3 => keys.push(content.text()),
            4 => values.push(value(content.bytes())),
            5 => extent = content.whole(),
            15 => version = content.whole(),
            other => panic!("field {other}"),
        }
    }
    assert_eq!((extent, version), (4096, 2));
    let distinct: HashSet<_> = values.iter().collect();
    assert_eq!(distinct.len(), values.len(), "a value twice");
    let features: Vec<_> = features
        .iter()
        .map(|bytes| feature(bytes, &keys, &values))
        .collect();
    let ids: Vec<_> = features.iter().filter_map(|feature| feature.id).collect();
    assert_eq!(
        ids.iter().collect::<HashSet<_>>().len(),
        ids.len(),
        "an id twice in {name}"
    );
    (name, features)
}

/// A value with its type.
fn value(bytes: &[u8]) -> String {
    let fields = fields(bytes);
    let [(field, content)] = &fields[..] else {
        panic!("not one value")
    };
    match (field, content) {
        (1, content) => content.text(),
        (3, Content::Double(double)) => format!("{double:?}"),
        (5, content) => content.whole().to_string(),
        (7, content) => (content.whole() == 1).to_string(),
        _ => panic!("value of type {field}"),
    }
}

fn feature(bytes: &[u8], keys: &[String], values: &[String]) -> Feature {
    let mut feature = Feature {
        id: None,
        fields: BTreeMap::new(),
        kind: 0,
        rings: Vec::new(),
    };
    for (field, content) in fields(bytes) {
        match field {
            1 => feature.id = Some(content.whole()),
            2 => {
                for pair in varints(content.bytes()).chunks(2) {
                    let place = |tag: u64| usize::try_from(tag).unwrap();
                    let (key, value) = (&keys[place(pair[0])], &values[place(pair[1])]);
                    feature.fields.insert(key.clone(), value.clone());
                }
            }
            3 => feature.kind = content.whole(),
            4 => feature.rings = geometry(&varints(content.bytes()), feature.kind),
            other => panic!("field {other}"),
        }
    }
    assert!(feature.id.is_none_or(|id| id < 1 << 53));
    assert!(!feature.rings.is_empty());
    feature
}

fn geometry(commands: &[u64], kind: u64) -> Vec<Vec<(i64, i64)>> {
    let mut commands = commands.iter().copied();
    let mut cursor = (0, 0);
    let mut rings = Vec::new();
    while let Some(command) = commands.next() {
        assert_eq!(command, 9, "one MoveTo");
        let mut ring = Vec::new();
        let mut step = |ring: &mut Vec<_>, commands: &mut dyn Iterator<Item = u64>| {
            let mut delta = || {
                let zigzag = commands.next().unwrap();
                (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed()
            };
            cursor = (cursor.0 + delta(), cursor.1 + delta());
            let is_near = |unit: i64| (-64..=4160).contains(&unit);
            assert!(is_near(cursor.0) && is_near(cursor.1), "{cursor:?}");
            ring.push(cursor);
        };
        step(&mut ring, &mut commands);
        if kind == 3 {
            let lines = commands.next().unwrap();
            assert!(lines & 7 == 2 && lines >> 3 >= 2, "LineTo");
            for _ in 0..lines >> 3 {
                step(&mut ring, &mut commands);
            }
            assert_eq!(commands.next(), Some(15), "ClosePath");
            let is_repeated =
                (0..ring.len()).any(|place| ring[place] == ring[(place + 1) % ring.len()]);
            assert!(!is_repeated, "a point twice: {ring:?}");
            assert_ne!(doubled_area(&ring), 0, "no area: {ring:?}");
        }
        rings.push(ring);
    }
    assert!(kind == 1 && rings.len() == 1 || kind == 3 && doubled_area(&rings[0]) > 0);
    rings
}

/// The surveyor's formula as in the specification (4.3.3.3): positive for an outer ring.
pub fn doubled_area(ring: &[(i64, i64)]) -> i64 {
    (0..ring.len())
        .map(|place| (ring[place], ring[(place + 1) % ring.len()]))
        .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
        .sum()
}
