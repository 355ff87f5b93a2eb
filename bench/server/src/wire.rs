//! As much of deepstream's binary protocol as the load server speaks.

pub const CONNECTION: u64 = 2;
pub const AUTH: u64 = 3;
pub const EVENT: u64 = 4;

pub const PING: u64 = 2;
pub const CHALLENGE: u64 = 5;
pub const AUTH_REQUEST: u64 = 2;
pub const EMIT: u64 = 2;
pub const SUBSCRIBE: u64 = 3;

pub const PONG_FRAME: &[u8] = &[6, 0x10, 2, 0x1a, 2, 8, 3];
pub const ACCEPT_FRAME: &[u8] = &[6, 0x10, 2, 0x1a, 2, 8, 4];
pub const AUTH_SUCCESSFUL_FRAME: &[u8] = &[6, 0x10, 3, 0x1a, 2, 8, 3];

const DATA: u64 = 2;
const CORRELATION_ID: u64 = 3;
const IS_ACK: u64 = 5;
const NAME: u64 = 6;

/// A message, as far as it is looked at. The texts are those of topic EVENT.
#[derive(Debug, Default, PartialEq)]
pub struct Message<'a> {
    pub topic: u64,
    pub action: u64,
    pub name: &'a [u8],
    pub data: &'a [u8],
    pub correlation_id: &'a [u8],
}

impl<'a> Message<'a> {
    /// `None` where the frame is no message.
    pub fn decode(frame: &'a [u8]) -> Option<Self> {
        let mut frame = Reader(frame);
        let mut envelope = Reader(frame.delimited()?);
        let mut message = Self::default();
        while let Some((number, value)) = envelope.field() {
            match (number, value) {
                (2, Value::Number(topic)) => message.topic = topic,
                (3, Value::Bytes(bytes)) => message.decode_fields(Reader(bytes)),
                _ => return None,
            }
        }
        Some(message)
    }

    fn decode_fields(&mut self, mut reader: Reader<'a>) {
        while let Some((number, value)) = reader.field() {
            match (number, value) {
                (1, Value::Number(action)) => self.action = action,
                (DATA, Value::Bytes(bytes)) => self.data = bytes,
                (CORRELATION_ID, Value::Bytes(bytes)) => self.correlation_id = bytes,
                (NAME, Value::Bytes(bytes)) => self.name = bytes,
                _ => {}
            }
        }
    }
}

/// The frame of an event. `data` is JSON.
pub fn event(name: &[u8], data: &[u8]) -> Vec<u8> {
    let mut inner = vec![8, EMIT as u8];
    write_bytes(&mut inner, DATA, data);
    write_bytes(&mut inner, NAME, name);
    frame(&inner)
}

/// The answer to a subscription.
pub fn subscribed(correlation_id: &[u8]) -> Vec<u8> {
    let mut inner = vec![8, SUBSCRIBE as u8];
    write_bytes(&mut inner, CORRELATION_ID, correlation_id);
    inner.extend([(IS_ACK << 3) as u8, 1]);
    frame(&inner)
}

fn frame(inner: &[u8]) -> Vec<u8> {
    let mut envelope = vec![0x10, EVENT as u8];
    write_bytes(&mut envelope, 3, inner);
    let mut frame = Vec::with_capacity(envelope.len() + 5);
    write_varint(&mut frame, envelope.len());
    frame.extend(envelope);
    frame
}

fn write_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    out.push((number << 3 | 2) as u8);
    write_varint(out, bytes.len());
    out.extend(bytes);
}

fn write_varint(out: &mut Vec<u8>, mut value: usize) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            2 => Value::Bytes(self.delimited()?),
            _ => return None,
        };
        Some((key >> 3, value))
    }

    fn delimited(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.varint()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_it_was_written() {
        let data = vec![b'7'; 300];
        let frame = event(b"news", &data);
        let message = Message::decode(&frame).unwrap();
        assert_eq!((message.topic, message.action), (EVENT, EMIT));
        assert_eq!((message.name, message.data), (b"news".as_slice(), data.as_slice()));
    }

    #[test]
    fn what_is_cut_off_is_no_message() {
        let frame = event(b"news", b"1");
        assert_eq!(Message::decode(&frame[..frame.len() - 1]), None);
    }
}
