//! What must hold for any bytes at all. Shared by the properties and the fuzzer.

use deepstream_wasm::core::protocol::{DecodeError, Decoded, FrameRef, Message, Transport};

/// Reads the bytes as a frame of either transport. What can be read must survive being sent on.
pub(crate) fn check(bytes: &[u8]) {
    if let Ok(decoded) = decode(Transport::Binary, FrameRef::Binary(bytes)) {
        assert!(decoded.surplus < bytes.len(), "nothing was read");
        check_message(Transport::Binary, &decoded.message);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(mut decoded) = decode(Transport::Json, FrameRef::Text(text)) {
        // JSON always says whether a message is an acknowledgement.
        decoded.message.is_ack.get_or_insert(false);
        check_message(Transport::Json, &decoded.message);
    }
}

/// Reads a frame, which must not cost more memory than the frame gives reason for.
fn decode(transport: Transport, frame: FrameRef<'_>) -> Result<Decoded<'_>, DecodeError> {
    let length = match frame {
        FrameRef::Binary(bytes) => bytes.len(),
        FrameRef::Text(text) => text.len(),
    } as u64;
    let mut decoded = None;
    let cost = allocation_counter::measure(|| decoded = Some(transport.decode(frame)));
    let bound = length * PER_BYTE + CONSTANT;
    let total = cost.bytes_total;
    assert!(total <= bound, "{total} bytes were allocated for a frame of {length}");
    decoded.expect("it was measured")
}

fn check_message(transport: Transport, message: &Message<'_>) {
    let frame = transport.encode(message);
    let again = transport.decode(FrameRef::from(&frame)).expect("our own frame is unreadable");
    assert_eq!(&again.message, message, "changed by being sent on");
    assert_eq!(again.surplus, 0, "our own frame has a surplus");
}

/// What a byte of a frame may cost in bytes of memory, everything counted that was ever allocated.
/// Two bytes can be an empty name with its version, of 32 bytes, and a vector that doubles has
/// allocated almost four times what its last element but half of them needed.
const PER_BYTE: u64 = 64;

/// A vector begins with room for four.
const CONSTANT: u64 = 256;
