//! Numbers for keys, in the order in which they come: the one look-up that a tile does five times a parcel.

/// Keys and their numbers: open addressing, three quarters full at most. The part that is searched holds numbers only, so that
/// it stays in a processor's nearest memory.
#[derive(Debug, Default)]
pub struct Table {
    /// One more than a key's number; 0 where there is no key.
    slots: Vec<u32>,
    keys: Vec<u64>,
}

impl Table {
    /// Forgets all keys and makes room for so many.
    pub fn clear(&mut self, count: usize) {
        self.keys.clear();
        self.slots.clear();
        if count > 0 {
            self.spread_out((count + count / 3).next_power_of_two());
        }
    }

    /// How many keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The number of a key; a new key gets the next, which is the length so far.
    pub fn number(&mut self, key: u64) -> u32 {
        if 4 * self.keys.len() >= 3 * self.slots.len() {
            self.spread_out((4 * self.slots.len()).max(64));
        }
        let mask = self.slots.len() - 1;
        let mut place = home(key, mask);
        loop {
            let number = self.slots.get(place).copied().unwrap_or(0);
            match (number as usize).checked_sub(1) {
                None => break,
                Some(known) if self.keys.get(known) == Some(&key) => return number - 1,
                Some(_) => place = (place + 1) & mask,
            }
        }
        self.keys.push(key);
        let number = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        if let Some(slot) = self.slots.get_mut(place) {
            *slot = number;
        }
        number - 1
    }

    /// Places all keys anew among so many slots, a power of two.
    fn spread_out(&mut self, size: usize) {
        self.slots.clear();
        self.slots.resize(size.max(64), 0);
        let mask = self.slots.len() - 1;
        for (key, number) in self.keys.iter().zip(1..) {
            let mut place = home(*key, mask);
            while self.slots.get(place).is_some_and(|number| *number != 0) {
                place = (place + 1) & mask;
            }
            if let Some(slot) = self.slots.get_mut(place) {
                *slot = number;
            }
        }
    }
}

/// Fibonacci hashing: the highest bits of a product with 2⁶⁴ over the golden ratio.
fn home(key: u64, mask: usize) -> usize {
    let product = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(product >> (mask as u64).leading_zeros()).unwrap_or(0)
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
        let keys = || (0..5000_u64).map(|key| (key.pow(2) % 4093) << (key % 3 * 16));
        let (mut table, mut grown) = (Table::default(), Table::default());
        table.number(7);
        table.clear(5000);
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
        assert_eq!(table.len(), seen.len());
    }

    #[test]
    fn texts_are_packed_apart() {
        let texts = ["", "\0", "\0\0", "LUA", "LUC", "ABCDEFG"];
        let packs: std::collections::BTreeSet<_> = texts.iter().map(|text| packed(text)).collect();
        assert_eq!(packs.len(), texts.len());
        assert_eq!(packed("ABCDEFGH"), None);
    }
}
