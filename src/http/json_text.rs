//! JSON written into one buffer, member by member, without a tree in between.

use std::ops::Range;

/// What holds values.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// An object of members.
    Object,
    /// A list of values.
    List,
}

/// JSON being written. Commas come by themselves.
#[derive(Debug, Default)]
pub struct JsonText(Vec<u8>);

impl JsonText {
    /// Nothing yet, with room for so many bytes.
    pub fn with_capacity(size_bytes: usize) -> Self {
        Self(Vec::with_capacity(size_bytes))
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Separates a value from the one before, where there is one.
    fn comma(&mut self) {
        if !matches!(self.0.last(), None | Some(b'{' | b'[' | b':' | b',')) {
            self.0.push(b',');
        }
    }

    /// Begins an object or a list.
    pub fn begin(&mut self, kind: Kind) {
        self.comma();
        self.0.push(match kind {
            Kind::Object => b'{',
            Kind::List => b'[',
        });
    }

    /// Ends it.
    pub fn end(&mut self, kind: Kind) {
        self.0.push(match kind {
            Kind::Object => b'}',
            Kind::List => b']',
        });
    }

    /// The name of a member, which holds nothing that JSON escapes; its value follows.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.comma();
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        self
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.comma();
        let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
        // Looking at all bytes is quicker than stopping at the first.
        let escaped = text.bytes().filter(|byte| is_escaped(*byte)).count();
        if escaped == 0 {
            self.0.push(b'"');
            self.0.extend_from_slice(text.as_bytes());
            self.0.push(b'"');
        } else {
            self.0
                .extend(serde_json::Value::from(text).to_string().bytes());
        }
    }

    /// A text, or null.
    pub fn text_or_null(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// Any value.
    pub fn value(&mut self, value: &serde_json::Value) {
        self.comma();
        self.0.extend(value.to_string().bytes());
    }

    /// Null.
    pub fn null(&mut self) {
        self.comma();
        self.0.extend_from_slice(b"null");
    }

    /// A whole number.
    pub fn whole(&mut self, number: impl Into<i64>) {
        let number = number.into();
        self.comma();
        if number < 0 {
            self.0.push(b'-');
        }
        self.digits(number.unsigned_abs());
    }

    /// A whole number, or null.
    pub fn whole_or_null(&mut self, number: Option<impl Into<i64>>) {
        match number {
            Some(number) => self.whole(number),
            None => self.null(),
        }
    }

    /// A number of tenths.
    pub fn tenths(&mut self, number: u64) {
        self.comma();
        self.digits(number / 10);
        self.0.extend_from_slice(&[b'.', digit(number % 10)]);
    }

    /// A number of thousandths, with three decimals.
    pub fn thousandths(&mut self, number: i64) {
        self.decimals::<4>(number);
    }

    /// A number of billionths, with nine decimals.
    pub fn billionths(&mut self, number: i64) {
        self.decimals::<10>(number);
    }

    /// A number with a point and one decimal less than `TAIL`, which is in groups of three.
    fn decimals<const TAIL: usize>(&mut self, number: i64) {
        self.comma();
        if number < 0 {
            self.0.push(b'-');
        }
        let mut rest = number.unsigned_abs();
        let mut tail = [b'.'; TAIL];
        let (groups, _) = tail[1..].as_chunks_mut::<3>();
        for group in groups.iter_mut().rev() {
            let thousandths = rest % 1000;
            rest /= 1000;
            *group = [thousandths / 100, thousandths / 10 % 10, thousandths % 10].map(digit);
        }
        self.digits(rest);
        self.0.extend_from_slice(&tail);
    }

    fn digits(&mut self, mut number: u64) {
        let mut digits = [b'0'; 20];
        let mut first = digits.len();
        while let Some(place) = first.checked_sub(1) {
            digits[place] = digit(number % 10);
            first = place;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.0.extend_from_slice(&digits[first..]);
    }

    /// What is written meanwhile, so that it can be written [again](Self::again).
    pub fn span(&mut self, write: impl FnOnce(&mut Self)) -> Range<usize> {
        self.comma();
        let start = self.0.len();
        write(self);
        start..self.0.len()
    }

    /// What stands in a span, once more.
    pub fn again(&mut self, span: Range<usize>) {
        self.comma();
        self.0.extend_from_within(span);
    }
}

fn digit(number: u64) -> u8 {
    b'0' + u8::try_from(number % 10).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn written(write: impl FnOnce(&mut JsonText)) -> String {
        let mut json = JsonText::default();
        write(&mut json);
        String::from_utf8(json.into_bytes()).unwrap()
    }

    #[test]
    fn commas_stand_between_values_and_nowhere_else() {
        let text = written(|json| {
            json.begin(Kind::Object);
            json.name("a").begin(Kind::List);
            json.end(Kind::List);
            json.name("b").begin(Kind::List);
            json.begin(Kind::Object);
            json.name("c").null();
            json.end(Kind::Object);
            let span = json.span(|json| json.whole(1));
            json.again(span);
            json.text(",");
            json.text("");
            json.end(Kind::List);
            json.name("d").begin(Kind::Object);
            json.end(Kind::Object);
            json.end(Kind::Object);
        });
        assert_eq!(text, r#"{"a":[],"b":[{"c":null},1,1,",",""],"d":{}}"#);
    }

    #[test]
    fn a_span_takes_no_comma_with_it() {
        let text = written(|json| {
            json.begin(Kind::List);
            json.whole(0);
            let span = json.span(|json| json.whole(1));
            json.begin(Kind::List);
            json.again(span);
            json.end(Kind::List);
            json.end(Kind::List);
        });
        assert_eq!(text, "[0,1,[1]]");
    }

    #[test]
    fn numbers_have_the_decimals_that_they_have() {
        assert_eq!(
            written(|json| json.billionths(106_693_612_244)),
            "106.693612244"
        );
        assert_eq!(
            written(|json| json.billionths(-500_000_000)),
            "-0.500000000"
        );
        assert_eq!(written(|json| json.billionths(7)), "0.000000007");
        assert_eq!(
            written(|json| json.thousandths(1_192_000_020)),
            "1192000.020"
        );
        assert_eq!(written(|json| json.thousandths(-1)), "-0.001");
        assert_eq!(written(|json| json.tenths(1822)), "182.2");
        assert_eq!(written(|json| json.tenths(0)), "0.0");
        assert_eq!(written(|json| json.whole(i64::MIN)), "-9223372036854775808");
        assert_eq!(written(|json| json.whole(0)), "0");
    }

    proptest! {
        #[test]
        fn every_text_and_every_number_is_read_back(text in any::<String>(), number in any::<i64>()) {
            let back = written(|json| {
                json.begin(Kind::List);
                json.text(&text);
                json.whole(number);
                json.end(Kind::List);
            });
            prop_assert_eq!(serde_json::from_str::<Value>(&back).unwrap(), json!([text, number]));
        }
    }
}
