//! Messages of the application: in order, once, to a connection that is OPEN, or reported.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Care, Command, DataCommand, Input, Meta, Outgoing, PageEvent};
use deepstream_wasm::core::time::Millis;

use crate::common::{Random, STATES, event, frame};
use crate::harness::{Browser, DETAILS, Harness};

#[test]
fn messages_before_the_connection_are_lost_or_change_their_order() {
    let mut harness = Harness::new();
    harness.send("1");
    harness.opened();
    harness.send("2");
    harness.accept();
    harness.send("3");
    harness.login(DETAILS);
    harness.send("4");
    assert_eq!(harness.delivered(), [""; 0]);
    assert_eq!(harness.client.connection_info(harness.instant()).queued_messages, 4);
    harness.login_ok(None);
    harness.send("5");
    assert_eq!(harness.delivered(), ["1", "2", "3", "4", "5"]);
    let info = harness.client.connection_info(harness.instant());
    assert_eq!((info.queued_messages, info.queued_bytes), (0, 0));
}

#[test]
fn messages_during_a_loss_are_lost() {
    let mut harness = Harness::patient();
    harness.connects();
    harness.send("1");
    harness.advance(2_000);
    for round in 2..10 {
        harness.fails();
        harness.send(&round.to_string());
        harness.advance(0);
        harness.fails();
        harness.advance(2_000);
        harness.connects();
        harness.advance(2_000);
    }
    assert_eq!(harness.delivered(), ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(harness.socket().delivered, ["9"], "and none is sent twice");
}

#[test]
fn messages_of_a_paused_client_are_lost() {
    for state in [State::Pausing, State::Offline] {
        let mut harness = Harness::in_state(state);
        harness.send("1");
        harness.resume();
        harness.advance(0);
        harness.connects();
        assert_eq!(harness.delivered(), ["1"]);
        assert_eq!(harness.errors(), [""; 0]);
    }
}

#[test]
fn a_message_in_a_final_state_is_swallowed() {
    for state in STATES.into_iter().filter(|state| state.is_final()) {
        let mut harness = Harness::in_state(state);
        harness.send("1");
        assert_eq!(harness.reported("IS_CLOSED"), ["1"]);
        assert_eq!(harness.error_events().next().unwrap().topic.name(), "CONNECTION");
        harness.resume();
        harness.advance(0);
        harness.connects();
        assert_eq!(harness.delivered(), [""; 0], "what was reported is not sent");
    }
}

#[test]
fn messages_that_wait_when_it_ends_are_swallowed() {
    let close = |harness: &mut Harness| harness.close();
    let give_up = |harness: &mut Harness| {
        for _ in 0..6 {
            harness.fails();
            harness.advance(180_000);
            if harness.client.state() == State::Error {
                return;
            }
        }
    };
    let endings: [fn(&mut Harness); 2] = [close, give_up];
    for end in endings {
        let mut harness = Harness::with(|options| options.connect_timeout = Millis::FOREVER);
        for name in ["1", "2", "3"] {
            harness.send(name);
        }
        end(&mut harness);
        assert!(harness.client.state().is_final());
        assert_eq!(harness.reported("IS_CLOSED"), ["1", "2", "3"]);
        assert_eq!(harness.client.connection_info(harness.instant()).queued_messages, 0);
    }
}

#[test]
fn the_limit_in_messages_does_not_hold_or_refuses_in_silence() {
    let mut harness = Harness::with(|options| options.max_queued_messages = 2);
    for name in ["1", "2", "3"] {
        harness.send(name);
    }
    assert_eq!(harness.reported("OUTGOING_QUEUE_FULL"), ["3"]);
    let error = harness.error_events().next().unwrap();
    assert_eq!(error.topic.name(), "EVENT", "the topic of the message");
    assert_eq!(error.meta, Meta::Message(Box::new(event("3", "1"))), "the whole of it");
    harness.connects();
    assert_eq!(harness.delivered(), ["1", "2"]);
    for name in ["4", "5", "6", "7"] {
        harness.send(name);
    }
    assert_eq!(harness.delivered(), ["1", "2", "4", "5", "6", "7"]);
}

#[test]
fn the_limit_in_bytes_does_not_hold_or_refuses_in_silence() {
    let one = frame(&event("1", "1")).len();
    let mut harness = Harness::with(|options| options.max_queued_bytes = 2 * one);
    harness.send("1");
    harness.send_with("2", "\"a longer payload\"");
    harness.send("3");
    harness.send("4");
    assert_eq!(harness.reported("OUTGOING_QUEUE_FULL"), ["2", "4"]);
    assert_eq!(harness.client.connection_info(harness.instant()).queued_bytes, 2 * one);
    harness.connects();
    assert_eq!(harness.delivered(), ["1", "3"]);
}

#[test]
fn no_queue_at_all_refuses_what_could_be_sent() {
    let mut harness = Harness::open(|options| {
        options.max_queued_messages = 0;
        options.max_queued_bytes = 0;
    });
    harness.send("1");
    harness.send("2");
    assert_eq!(harness.delivered(), ["1", "2"]);
    harness.fails();
    harness.send("3");
    assert_eq!(harness.reported("OUTGOING_QUEUE_FULL"), ["3"]);
}

/// Calls that come from within one listener: nothing is polled between them.
fn within_a_listener(harness: &mut Harness, commands: Vec<Command>) {
    for command in commands {
        harness.client.handle_input(Input::Command(command), harness.instant());
    }
    harness.page(PageEvent::Offline);
}

fn send(name: &'static str) -> Command {
    Command::Data(DataCommand::Send(Box::new(event(name, "1"))))
}

#[test]
fn what_a_listener_sends_before_it_closes_or_pauses_is_not_sent() {
    for end in [|| Command::Close, || Command::Pause] {
        let mut harness = Harness::open(|_| {});
        within_a_listener(&mut harness, vec![send("1"), send("2"), end()]);
        assert_eq!(harness.delivered(), ["1", "2"]);
        assert_eq!(harness.errors(), [""; 0]);
        assert!(harness.socket().is_closing);
    }
}

#[test]
fn what_a_listener_sends_while_open_is_held_against_the_queue() {
    let mut harness = Harness::open(|options| {
        options.max_queued_messages = 0;
        options.max_queued_bytes = 0;
    });
    within_a_listener(&mut harness, vec![send("1"), send("2"), send("3")]);
    assert_eq!(harness.delivered(), ["1", "2", "3"]);
    assert_eq!(harness.errors(), [""; 0]);
}

#[test]
fn what_a_closing_socket_does_not_take_is_lost() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 2;
    for name in ["1", "2", "3", "4", "5"] {
        harness.send(name);
    }
    assert_eq!(harness.delivered(), ["1", "2"]);
    harness.advance(900);
    harness.fails();
    harness.browser.takes = usize::MAX;
    harness.send("6");
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.socket().delivered, ["3", "4", "5", "6"]);
}

#[test]
fn what_a_closing_socket_does_not_take_from_a_listener_changes_its_order() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 0;
    within_a_listener(&mut harness, vec![send("1"), send("2"), send("3"), Command::Pause]);
    harness.fails();
    harness.browser.takes = usize::MAX;
    harness.resume();
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.delivered(), ["1", "2", "3"]);
}

#[test]
fn a_listener_fills_a_full_socket_beyond_every_limit() {
    let payload = format!("\"{}\"", "x".repeat(70_000));
    let mut harness = Harness::open(|options| options.max_queued_messages = 1);
    harness.browser.buffered = 2 * 1_024 * 1_024;
    let large = || Command::Data(DataCommand::Send(Box::new(event("1", &payload))));
    within_a_listener(&mut harness, (0..10).map(|_| large()).collect());
    assert_eq!(harness.delivered(), ["1"]);
    assert_eq!(harness.reported("OUTGOING_QUEUE_FULL").len(), 9);
}

#[test]
fn a_closing_socket_that_never_reports_its_end_is_waited_for_for_ever() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 0;
    harness.send("1");
    harness.advance(1_000);
    assert_eq!(harness.timeline(), [(1_000, "RECONNECTING")]);
    harness.browser.takes = usize::MAX;
    harness.connects();
    assert_eq!(harness.delivered(), ["1"]);
}

#[test]
fn a_refused_message_is_forgotten_when_it_ends() {
    let mut harness = Harness::open(|_| {});
    harness.browser.takes = 0;
    harness.send("1");
    harness.send("2");
    harness.close();
    assert_eq!(harness.reported("IS_CLOSED"), ["1", "2"]);
}

#[test]
fn a_message_that_is_refused_after_the_end_is_swallowed_or_sent_after_it() {
    // A shell may hear of the refusal only after the call that ended it.
    let mut harness = Harness::open(|_| {});
    let id = harness.id();
    harness.close();
    let refused = Outgoing { frame: frame(&event("1", "1")), care: Care::Update };
    harness.input(Input::SocketRefused(id, refused));
    assert_eq!(harness.reported("IS_CLOSED"), ["1"]);
    assert_eq!(harness.client.connection_info(harness.instant()).queued_messages, 0);
}

#[test]
fn a_full_socket_is_fed_on_and_heartbeats_queue_behind_the_messages() {
    let payload = format!("\"{}\"", "x".repeat(32 * 1_024));
    let mut harness = Harness::open(|options| options.heartbeat_interval = Millis::new(1_000));
    harness.browser = Browser { buffered: 2 * 1_024 * 1_024, ..harness.browser };
    for name in ["1", "2", "3", "4", "5"] {
        harness.send_with(name, &payload);
    }
    assert_eq!(harness.delivered(), ["1", "2"], "measured after every 64 KiB");
    assert_eq!(harness.measured, [0]);
    harness.advance(80);
    assert_eq!(harness.measured, [0, 20, 40, 60, 80]);
    assert_eq!(harness.delivered(), ["1", "2"]);
    harness.browser.buffered = 512 * 1_024;
    harness.advance(20);
    assert_eq!(harness.delivered(), ["1", "2", "3", "4", "5"]);
    assert_eq!(harness.measured.len(), 7);
    harness.advance(900);
    assert_eq!(harness.pings(), [5, 1_000]);
}

#[test]
fn a_hidden_page_leaves_a_drained_socket_empty() {
    let payload = format!("\"{}\"", "x".repeat(70_000));
    let mut harness = Harness::open(|_| {});
    harness.browser.buffered = 2 * 1_024 * 1_024;
    for name in ["1", "2"] {
        harness.send_with(name, &payload);
    }
    harness.browser.buffered = 0;
    // Timers do not run, messages come.
    harness.receives(&event("x", "1"));
    harness.run_timers();
    assert_eq!(harness.delivered(), ["1", "2"]);
}

#[test]
fn the_queue_of_a_full_socket_has_no_limit() {
    let payload = format!("\"{}\"", "x".repeat(70_000));
    let mut harness = Harness::open(|options| options.max_queued_messages = 1);
    harness.browser.buffered = 2 * 1_024 * 1_024;
    for name in ["1", "2", "3"] {
        harness.send_with(name, &payload);
    }
    assert_eq!(harness.delivered(), ["1"]);
    assert_eq!(harness.reported("OUTGOING_QUEUE_FULL"), ["3"]);
    // The next socket is another one, and empty.
    harness.browser.buffered = 0;
    harness.advance(10);
    harness.fails();
    harness.advance(0);
    harness.connects();
    assert_eq!(harness.delivered(), ["1", "2"]);
}

/// Against a model: whatever happens, each message is delivered once and in order, or waits, or is
/// reported.
#[test]
fn a_message_is_lost_or_doubled_in_some_order_of_events() {
    for seed in 0..400 {
        let mut random = Random::new(seed);
        let limit = random.between(1, 6) as usize;
        let mut harness = Harness::with(|options| {
            options.max_queued_messages = limit;
            options.max_reconnect_attempts = deepstream_wasm::core::options::AttemptLimit::Never;
        });
        let mut waiting = std::collections::VecDeque::new();
        let mut delivered = Vec::new();
        let mut full = Vec::new();
        let mut closed = Vec::new();
        // A socket that refused a message is on its way out: only the next one takes any.
        let mut takes_any = true;
        for name in 0..60 {
            match random.between(0, 9) {
                0 if harness.socket().is_alive => {
                    harness.fails();
                    takes_any = true;
                }
                1 => {
                    harness.browser.takes = usize::MAX;
                    if !harness.socket().is_alive && !harness.client.state().is_final() {
                        harness.advance(200_000);
                    }
                    if harness.socket().is_alive && !harness.socket().is_open {
                        harness.connects();
                    }
                }
                2 => harness.advance(random.between(0, 3_000)),
                3 if harness.client.state() == State::Open => {
                    harness.browser.takes = random.between(0, 2) as usize;
                }
                4 if random.chance(10) => {
                    harness.close();
                    closed.extend(waiting.drain(..));
                    takes_any = true;
                }
                5 if harness.client.state() == State::Closed => {
                    harness.resume();
                    harness.advance(0);
                }
                _ => {
                    let takes = harness.browser.takes;
                    let name = name.to_string();
                    let state = harness.client.state();
                    harness.send(&name);
                    if state.is_final() {
                        closed.push(name);
                    } else if state == State::Open && takes_any {
                        takes_any = takes > 0;
                        if takes_any { delivered.push(name) } else { waiting.push_back(name) }
                    } else if waiting.len() >= limit {
                        full.push(name);
                    } else {
                        waiting.push_back(name);
                    }
                }
            }
            takes_any |= harness.client.state() != State::Open;
            if harness.client.state() == State::Open && takes_any && harness.browser.takes > 0 {
                delivered.extend(waiting.drain(..));
            }
            let info = harness.client.connection_info(harness.instant());
            assert_eq!(info.queued_messages, waiting.len(), "seed {seed}");
        }
        assert_eq!(harness.delivered(), delivered, "seed {seed}");
        assert_eq!(harness.reported("OUTGOING_QUEUE_FULL"), full, "seed {seed}");
        assert_eq!(harness.reported("IS_CLOSED"), closed, "seed {seed}");
    }
}
