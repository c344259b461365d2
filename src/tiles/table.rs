//! Numbers for keys, in the order in which they come: the one look-up that a tile does five times a parcel.

/// Keys and their numbers: open addressing, half full at most.
#[derive(Debug, Default)]
pub struct Table {
    slots: Vec<Slot>,
    len: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    /// One more than the key's number; 0 where there is no key.
    number: u32,
}

impl Table {
    /// A table that need not grow for so many keys.
    pub fn for_keys(count: usize) -> Self {
        Self {
            slots: vec![Slot::default(); (2 * count).next_power_of_two()],
            len: 0,
        }
    }

    /// How many keys.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// The number of a key; a new key gets the next, which is the length so far.
    pub fn number(&mut self, key: u64) -> u32 {
        if 2 * self.len as usize >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut place = spread(key) & mask;
        while let Some(slot) = self.slots.get_mut(place) {
            if slot.number == 0 {
                self.len += 1;
                *slot = Slot {
                    key,
                    number: self.len,
                };
                return self.len - 1;
            }
            if slot.key == key {
                return slot.number - 1;
            }
            place = (place + 1) & mask;
        }
        0
    }

    fn grow(&mut self) {
        let size = (4 * self.slots.len()).max(64);
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
        for slot in old.into_iter().filter(|slot| slot.number != 0) {
            let mut place = spread(slot.key) & (size - 1);
            while self.slots.get(place).is_some_and(|held| held.number != 0) {
                place = (place + 1) & (size - 1);
            }
            if let Some(free) = self.slots.get_mut(place) {
                *free = slot;
            }
        }
    }
}

/// Fibonacci hashing: the middle bits of a product with 2⁶⁴ over the golden ratio.
fn spread(key: u64) -> usize {
    usize::try_from(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).unwrap_or(0)
}

/// A text of at most seven bytes as a number of at most 57 bits; another number for every text.
pub fn packed(text: &str) -> Option<u64> {
    let pack = |packed, byte| packed << 8 | u64::from(byte);
    (text.len() <= 7).then(|| text.bytes().fold(1, pack))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_keeps_the_number_that_it_got() {
        let keys = || (0..5000_u64).map(|key| key.pow(2) % 4093 << (key % 3 * 16));
        let (mut table, mut grown) = (Table::for_keys(5000), Table::default());
        let mut seen = Vec::new();
        for key in keys().chain(keys()) {
            let expected = seen
                .iter()
                .position(|known| *known == key)
                .unwrap_or_else(|| {
                    seen.push(key);
                    seen.len() - 1
                });
            assert_eq!(table.number(key) as usize, expected);
            assert_eq!(grown.number(key) as usize, expected);
        }
        assert_eq!(table.len() as usize, seen.len());
    }

    #[test]
    fn texts_are_packed_apart() {
        let texts = ["", "\0", "\0\0", "LUA", "LUC", "ABCDEFG"];
        let packs: std::collections::BTreeSet<_> = texts.iter().map(|text| packed(text)).collect();
        assert_eq!(packs.len(), texts.len());
        assert_eq!(packed("ABCDEFGH"), None);
    }
}
