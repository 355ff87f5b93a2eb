//! An application that answers a state with a call, before what the state begins with.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Closure, Command, Event, Input, Output, SocketId, Ticket};
use deepstream_wasm::core::options::{AttemptLimit, Options};
use deepstream_wasm::core::protocol::{AuthAction, ConnectionAction};
use deepstream_wasm::core::time::Instant;

use crate::common::{Client, bare, frame};

/// The states that are announced when `command` is given within the announcement of `at`.
fn states_when_answered(at: State, command: fn() -> Command) -> Vec<State> {
    let now = Instant::from_millis(0);
    let options = Options { max_reconnect_attempts: AttemptLimit::At(0), ..Options::default() };
    let mut client = Client::new("a.b", options, now).unwrap();
    client.handle_input(Input::Command(Command::Login(Ticket(0), "{}".to_owned())), now);
    let Some(Output::OpenSocket(id, _)) = client.poll_output(now) else {
        panic!("nothing is dialled")
    };

    let mut states = Vec::new();
    for happening in 0..4 {
        happen(&mut client, id, happening, now);
        while let Some(output) = client.poll_output(now) {
            if let Output::Event(Event::StateChanged(state)) = output {
                states.push(state);
                if state == at {
                    client.handle_input(Input::Command(command()), now);
                }
            }
        }
        if states.contains(&at) {
            break;
        }
    }
    states
}

fn happen(client: &mut Client, id: SocketId, happening: usize, now: Instant) {
    let accept = frame(&bare(ConnectionAction::Accept));
    let granted = frame(&bare(AuthAction::AuthSuccessful));
    let input = match happening {
        0 => Input::SocketOpened(id),
        1 => Input::SocketFrame(id, (&accept).into()),
        2 => Input::SocketFrame(id, (&granted).into()),
        _ => Input::SocketClosed(id, Closure::BROKEN),
    };
    client.handle_input(input, now);
}

#[test]
fn a_client_that_is_closed_in_a_listener_goes_on_to_the_next_state_first() {
    use State::{
        AwaitingAuthentication, AwaitingConnection, Challenging, Closed, Closing, Reconnecting,
    };
    let before = |state| {
        let states = states_when_answered(state, || Command::Close);
        let at = states.iter().position(|it| *it == state).unwrap();
        states[at + 1..].to_vec()
    };
    assert_eq!(before(AwaitingConnection), [Closing]);
    assert_eq!(before(Challenging), [Closing]);
    assert_eq!(before(AwaitingAuthentication), [Closing]);
    assert_eq!(before(Reconnecting), [Closing, Closed]);
}

#[test]
fn a_client_that_is_paused_in_a_listener_gives_up_instead() {
    let states = states_when_answered(State::Reconnecting, || Command::Pause);
    assert_eq!(states[states.len() - 3..], [State::Reconnecting, State::Pausing, State::Offline]);
}

#[test]
fn a_listener_that_takes_long_costs_the_attempt() {
    let mut client = Client::new("a.b", Options::default(), Instant::from_millis(0)).unwrap();
    let opened = Instant::from_millis(10);
    let Some(Output::OpenSocket(id, _)) = client.poll_output(opened) else {
        panic!("nothing is dialled")
    };
    client.handle_input(Input::SocketOpened(id), opened);
    assert!(matches!(client.poll_output(opened), Some(Output::Event(_))));
    let much_later = Instant::from_millis(60_000);
    while client.poll_output(much_later).is_some() {}
    assert_eq!(client.poll_timeout(), Some(Instant::from_millis(70_000)));
}

#[test]
fn a_login_in_a_listener_is_sent_twice() {
    let login = || Command::Login(Ticket(1), "{}".to_owned());
    let states = states_when_answered(State::AwaitingAuthentication, login);
    let logins = states.iter().filter(|state| **state == State::Authenticating).count();
    assert_eq!(logins, 1);
}
