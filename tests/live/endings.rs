//! RPCs when the connection ends, or has ended: each is told, and none is sent later.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::Closure;
use deepstream_wasm::core::options::AttemptLimit;
use deepstream_wasm::core::protocol::ConnectionAction;

use crate::common::{STATES, bare};
use crate::harness::Harness;

/// `offlineBufferTimeout`.
const LIMBO: u64 = 2_000;

#[test]
fn a_request_in_some_state_waits_in_vain_or_not_at_all() {
    for state in STATES.into_iter().filter(|state| *state != State::AwaitingConnection) {
        let mut harness = Harness::in_state(state);
        let ticket = harness.make("c1");
        let waits = !state.is_final() && !matches!(state, State::Pausing | State::Offline);
        if waits {
            harness.assert_pending(ticket);
        } else {
            harness.assert_offline(ticket);
            assert_eq!(harness.errors(), [""; 0], "{state:?}: the refusal is enough");
        }
    }
}

#[test]
fn a_request_that_waits_when_it_ends_is_never_settled() {
    let pause = |harness: &mut Harness| harness.pause();
    let close = |harness: &mut Harness| harness.close();
    let give_up = |harness: &mut Harness| harness.fails();
    let be_denied = |harness: &mut Harness| {
        harness.opened();
        harness.receives(&bare(ConnectionAction::Reject));
    };
    let endings: [fn(&mut Harness); 4] = [pause, close, give_up, be_denied];
    for end in endings {
        let mut harness = Harness::with(|options| {
            options.max_reconnect_attempts = AttemptLimit::At(1);
        });
        harness.connects();
        harness.closes_cleanly();
        harness.advance(0);
        let ticket = harness.make("c1");
        harness.assert_pending(ticket);
        end(&mut harness);
        harness.advance(0);
        harness.assert_offline(ticket);
        harness.resume();
        harness.advance(0);
        harness.connects();
        assert_eq!(harness.messages(), [""; 0], "it is not sent when nobody waits");
    }
}

#[test]
fn a_resumed_client_has_no_limbo() {
    let mut harness = Harness::in_state(State::Offline);
    harness.advance(10_000);
    harness.resume();
    harness.advance(1);
    let ticket = harness.make("c1");
    harness.advance(LIMBO - 2);
    harness.assert_pending(ticket);
    harness.advance(1);
    harness.assert_offline(ticket);
}

#[test]
fn a_request_under_way_at_a_loss_is_left_pending_or_sent_again() {
    let closures = [
        Closure::BROKEN,
        Closure { code: 1000, failed: false, was_clean: true, unsent: 0 },
        Closure { unsent: 1_000, ..Closure::BROKEN },
    ];
    for closure in closures {
        let mut harness = Harness::open(|_| {});
        let ticket = harness.make("c1");
        harness.closes(closure);
        harness.assert_offline(ticket);
        harness.advance(0);
        harness.connects();
        harness.advance(10_000);
        assert_eq!(harness.messages(), [""; 0]);
    }
}

#[test]
fn a_request_under_way_when_a_call_ends_it_is_left_pending() {
    for end in [Harness::pause, Harness::close] {
        let mut harness = Harness::open(|_| {});
        let ticket = harness.make("c1");
        end(&mut harness);
        harness.assert_offline(ticket);
    }
}

#[test]
fn a_request_that_finds_no_room_is_lost_or_waits() {
    let mut harness = Harness::open(|options| options.max_queued_messages = 2);
    harness.closes_cleanly();
    harness.advance(0);
    let kept = harness.make("c1");
    harness.send("1");
    let refused = harness.make("c2");
    harness.assert_refused(refused, "OUTGOING_QUEUE_FULL");
    assert_eq!(harness.errors(), [""; 0], "who asked is told");
    harness.connects();
    assert_eq!(harness.messages(), ["RPC REQUEST #c1 add = 1", "EVENT EMIT 1 = 1"]);
    harness.assert_pending(kept);
}

#[test]
fn a_request_while_open_is_held_against_the_queue() {
    let mut harness = Harness::open(|options| options.max_queued_messages = 0);
    harness.make("c1");
    harness.ask_for_all();
    assert_eq!(harness.messages(), ["RPC REQUEST #c1 add = 1", "PRESENCE QUERY_ALL"]);
}
