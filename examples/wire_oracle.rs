//! Answers questions about the wire, a line each, for the tests that ask the official encoder the
//! same ones.
//!
//! - `names`: the numbers and names of all topics and actions, then an empty line.
//! - `binary <hex>`: the message of a binary frame as JSON, and the frame encoded again.
//! - `json <text>`: the message of a text frame as a binary frame.

use std::io::{self, BufRead, Write};

use deepstream_wasm::core::protocol::{Action, Frame, FrameRef, Topic, Transport};

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = match line.split_once(' ') {
            Some(("binary", digits)) => from_binary(digits),
            Some(("json", text)) => from_json(text),
            None if line == "names" => Ok(names()),
            _ => Err("no such question".to_owned()),
        };
        writeln!(out, "{}", answer.unwrap_or_else(|error| format!("error {error}")))?;
    }
    out.flush()
}

fn from_binary(digits: &str) -> Result<String, String> {
    let bytes = from_hex(digits).ok_or("not hexadecimal")?;
    let decoded = Transport::Binary.decode(FrameRef::Binary(&bytes));
    let message = decoded.map_err(|error| error.to_string())?.message;
    let text = Transport::Json.encode(&message);
    let again = Transport::Binary.encode(&message);
    Ok(format!("{}\t{}", to_text(&text), to_text(&again)))
}

fn from_json(text: &str) -> Result<String, String> {
    let decoded = Transport::Json.decode(FrameRef::Text(text));
    let message = decoded.map_err(|error| error.to_string())?.message;
    Ok(to_text(&Transport::Binary.encode(&message)))
}

fn names() -> String {
    let mut lines = String::new();
    for topic in Topic::ALL {
        lines.push_str(&format!("{} {}\n", topic.name(), topic.number()));
        if *topic == Topic::Monitoring {
            continue;
        }
        for action in (0..1000).filter_map(|number| Action::from_number(*topic, number)) {
            lines.push_str(&format!("{} {} {}\n", topic.name(), action.name(), action.number()));
        }
    }
    lines
}

fn to_text(frame: &Frame) -> String {
    match frame {
        Frame::Text(text) => text.clone(),
        Frame::Binary(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = digits.chars().map(|digit| digit.to_digit(16)).collect();
    let pairs = digits?;
    let bytes = pairs.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high << 4 | low).ok(),
        _ => None,
    });
    bytes.collect()
}
