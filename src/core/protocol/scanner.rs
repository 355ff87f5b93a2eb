//! JSON text, a value at a time: where each begins and ends, and the texts of strings.
//!
//! Accepts what `JSON.parse` accepts. Builds no tree, and does not recurse.

use std::borrow::Cow;

use super::error::DecodeError;

/// Walks over JSON text, a value at a time.
pub(super) struct Scanner<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    /// Takes the bracket that opens an array or an object.
    pub(super) fn begin(&mut self, open: u8) -> Result<(), DecodeError> {
        self.space();
        self.expect(open)
    }

    /// The text of the next value.
    ///
    /// Nesting is kept on the heap, a byte a level, since JavaScript accepts any depth.
    pub(super) fn value(&mut self) -> Result<&'a str, DecodeError> {
        let mut open = Vec::new();
        self.space();
        let start = self.offset;
        loop {
            self.space();
            match self.peek() {
                Some(b'{') => {
                    self.bump();
                    if self.item(true, b'}')? {
                        self.key()?;
                        open.push(b'}');
                        continue;
                    }
                }
                Some(b'[') => {
                    self.bump();
                    if self.item(true, b']')? {
                        open.push(b']');
                        continue;
                    }
                }
                Some(b'"') => self.string().map(|_| ())?,
                Some(b't') => self.literal("true")?,
                Some(b'f') => self.literal("false")?,
                Some(b'n') => self.literal("null")?,
                _ => self.number()?,
            }
            loop {
                let Some(&close) = open.last() else {
                    return self.since(start);
                };
                if self.item(false, close)? {
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                }
                open.pop();
            }
        }
    }

    /// Whether a further item follows in an array or an object; takes what stands before it, or
    /// the bracket that closes.
    pub(super) fn item(&mut self, first: bool, close: u8) -> Result<bool, DecodeError> {
        self.space();
        if first {
            return Ok(!self.eat(close));
        }
        if self.eat(b',') {
            return Ok(true);
        }
        self.expect(close).map(|()| false)
    }

    /// The key of the next item of an object.
    pub(super) fn key(&mut self) -> Result<Cow<'a, str>, DecodeError> {
        self.space();
        let key = self.string()?;
        self.space();
        self.expect(b':')?;
        Ok(unescape(key))
    }

    /// What stands between the quotes of the next string.
    fn string(&mut self) -> Result<&'a str, DecodeError> {
        self.expect(b'"')?;
        let start = self.offset;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let text = self.since(start)?;
                    self.bump();
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.bump();
                    match self.peek() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.bump(),
                        Some(b'u') => {
                            self.bump();
                            for _ in 0..4 {
                                match self.peek() {
                                    Some(digit) if digit.is_ascii_hexdigit() => self.bump(),
                                    _ => return Err(self.invalid()),
                                }
                            }
                        }
                        _ => return Err(self.invalid()),
                    }
                }
                None | Some(..b' ') => return Err(self.invalid()),
                Some(_) => self.bump(),
            }
        }
    }

    fn number(&mut self) -> Result<(), DecodeError> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), DecodeError> {
        let start = self.offset;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.bump();
        }
        if self.offset == start { Err(self.invalid()) } else { Ok(()) }
    }

    fn literal(&mut self, word: &str) -> Result<(), DecodeError> {
        word.bytes().try_for_each(|byte| self.expect(byte))
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.bump();
        }
    }

    pub(super) fn end(&mut self) -> Result<(), DecodeError> {
        self.space();
        if self.peek().is_some() { Err(self.invalid()) } else { Ok(()) }
    }

    fn expect(&mut self, byte: u8) -> Result<(), DecodeError> {
        if self.eat(byte) { Ok(()) } else { Err(self.invalid()) }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.bump();
        }
        there
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn bump(&mut self) {
        self.offset = self.offset.saturating_add(1);
    }

    fn since(&self, start: usize) -> Result<&'a str, DecodeError> {
        self.text.get(start..self.offset).ok_or(self.invalid())
    }

    fn invalid(&self) -> DecodeError {
        DecodeError::InvalidJson { offset: self.offset }
    }
}

/// The text that a JSON string stands for.
pub(super) fn string(value: &str) -> Option<Cow<'_, str>> {
    value.strip_prefix('"')?.strip_suffix('"').map(unescape)
}

/// The text between the quotes of a JSON string that is known to be well formed.
fn unescape(escaped: &str) -> Cow<'_, str> {
    if !escaped.contains('\\') {
        return Cow::Borrowed(escaped);
    }
    let mut text = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut characters = escape.chars();
        let character = characters.next();
        rest = characters.as_str();
        match character {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => {
                let (character, after) = unescape_unicode(rest);
                text.push(character);
                rest = after;
            }
            Some(other) => text.push(other),
            None => {}
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character that stands after `\u`, and what follows it.
///
/// JavaScript's strings may hold half of a surrogate pair; a Rust string cannot.
fn unescape_unicode(digits: &str) -> (char, &str) {
    let Some((unit, after)) = utf16_unit(digits) else {
        return (char::REPLACEMENT_CHARACTER, digits);
    };
    if let Ok(character) = char::try_from(u32::from(unit)) {
        return (character, after);
    }
    if let Some((second, after)) = after.strip_prefix("\\u").and_then(utf16_unit)
        && let Some(Ok(character)) = char::decode_utf16([unit, second]).next()
    {
        return (character, after);
    }
    (char::REPLACEMENT_CHARACTER, after)
}

fn utf16_unit(digits: &str) -> Option<(u16, &str)> {
    let (digits, after) = digits.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).ok()?, after))
}
