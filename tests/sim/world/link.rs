//! The sockets, what is at their other end, and the link between.

use std::collections::VecDeque;

use deepstream_wasm::core::io::{Closure, Input, SocketId};
use deepstream_wasm::core::protocol::{Frame, FrameRef, Transport};

use super::trouble::Happening;
use super::{MILLI, SECOND, World};
use crate::common::decode;
use crate::server::{HEARTBEAT, Mood, OTHER, Peer, Reaction};

/// A socket of the browser, with what is at its other end.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) id: SocketId,
    pub(super) is_redirected: bool,
    pub(super) is_open: bool,
    /// Nothing more is heard of it.
    pub(super) is_over: bool,
    /// The browser knows that it ends: it takes no messages.
    pub(super) is_closing: bool,
    /// The link under it carries nothing, perhaps never again.
    pub(super) is_mute: bool,
    pub(super) peer: Option<Peer>,
    /// When what was sent last arrives: a link keeps the order.
    pub(super) up: u64,
    pub(super) down: u64,
    pub(super) buffered: u64,
    /// What was sent while the link carried nothing: a link that is picked up again delivers it.
    held: Vec<Frame>,
    pub(super) held_down: Vec<Frame>,
    /// What the socket was given and the server has not seen yet: its length, and its number where it
    /// is a message of the application.
    pending: VecDeque<(u64, Option<u32>)>,
    /// Whether it was given something when it was no longer open, which nobody counts.
    has_forgotten: bool,
}

impl World {
    pub(super) fn dial(&mut self, id: SocketId, url: &str) {
        let index = self.sockets.len();
        self.sockets.push(Socket {
            id,
            is_redirected: url == OTHER,
            is_open: false,
            is_over: false,
            is_closing: false,
            is_mute: self.is_dark,
            peer: None,
            up: self.now,
            down: self.now,
            buffered: 0,
            held: Vec::new(),
            held_down: Vec::new(),
            pending: VecDeque::new(),
            has_forgotten: false,
        });
        if self.mood == Mood::Down && !self.is_dark {
            let at = self.now + self.random.between(0, 50) * MILLI;
            self.schedule(at, Happening::Closes(index, Closure::BROKEN));
            return;
        }
        let at = self.now + 2 * self.travel();
        self.schedule(at, Happening::Opens(index));
        // Chromium gives up after four minutes.
        let at = self.now + 240 * SECOND;
        if self.is_dark {
            self.schedule(at, Happening::Closes(index, Closure::BROKEN));
        }
    }

    pub(super) fn send(&mut self, index: usize, frame: Frame, number: Option<u32>) {
        let at = self.now + self.travel();
        let socket = &mut self.sockets[index];
        socket.up = socket.up.max(at);
        let at = socket.up;
        if socket.is_closing {
            socket.has_forgotten = true;
        } else {
            socket.pending.push_back((frame.len() as u64, number));
            self.schedule(at, Happening::ToServer(index, frame));
        }
    }

    pub(super) fn index(&self, id: SocketId) -> usize {
        self.sockets.iter().rposition(|socket| socket.id == id).expect("it was dialled")
    }

    pub(super) fn cut(&mut self) -> Result<(), String> {
        for index in 0..self.sockets.len() {
            self.drops(index);
        }
        Ok(())
    }

    /// How much of what it was given a socket had not sent when it died, and which messages: the last
    /// ones, of which the first may have left in part.
    pub(super) fn unsent(&mut self, index: usize) -> (u64, Vec<u32>) {
        let pending = self.sockets[index].pending.iter().copied().collect::<Vec<_>>();
        if self.sockets[index].has_forgotten || pending.is_empty() || self.random.chance(50) {
            return (0, Vec::new());
        }
        let unsent = self.random.between(1, pending.len() as u64) as usize;
        let unsent = &pending[pending.len() - unsent..];
        let bytes = unsent.iter().map(|(length, _)| length).sum::<u64>();
        let numbers = unsent.iter().filter_map(|(_, number)| *number).collect();
        (bytes - self.random.between(0, unsent[0].0 - 1), numbers)
    }

    /// The server's end is gone. What is under way to it is lost; the browser hears of it, if the
    /// link carries anything.
    pub(super) fn drops(&mut self, index: usize) {
        let late = self.random.between(0, 40) * MILLI;
        let socket = &mut self.sockets[index];
        if socket.peer.take().is_none() && socket.is_open || socket.is_over || socket.is_mute {
            return;
        }
        socket.is_closing = true;
        let at = socket.down.max(self.now) + late;
        self.schedule(at, Happening::Closes(index, Closure::BROKEN));
    }

    pub(super) fn opens(&mut self, index: usize) -> Result<(), String> {
        let socket = &mut self.sockets[index];
        if socket.is_over || socket.is_mute || socket.is_closing {
            return Ok(());
        }
        socket.is_open = true;
        socket.peer = Some(Peer::new(socket.is_redirected, index, self.now));
        let id = socket.id;
        self.schedule(self.now + HEARTBEAT, Happening::Tick(index));
        self.oracle.on_opened(id);
        self.input(Input::SocketOpened(id))
    }

    pub(super) fn arrives(&mut self, index: usize, frame: &Frame) -> Result<(), String> {
        let socket = &mut self.sockets[index];
        if socket.is_mute || !socket.held.is_empty() {
            socket.held.push(frame.clone());
            return Ok(());
        }
        socket.pending.pop_front();
        let Some(peer) = &mut socket.peer else {
            // The server knows nothing of this connection, and says so.
            self.schedule(self.now, Happening::Closes(index, Closure::BROKEN));
            return Ok(());
        };
        socket.buffered = 0;
        let reactions = peer.on_message(&decode(frame), self.mood, &mut self.random, self.now)?;
        self.react(index, reactions)
    }

    pub(super) fn deliver_held(&mut self, index: usize) -> Result<(), String> {
        for frame in std::mem::take(&mut self.sockets[index].held) {
            self.arrives(index, &frame)?;
        }
        for frame in std::mem::take(&mut self.sockets[index].held_down) {
            self.happen(Happening::ToClient(index, frame))?;
        }
        Ok(())
    }

    /// The browser hands a frame to the page.
    pub(super) fn receives(&mut self, index: usize, frame: &Frame) -> Result<(), String> {
        let id = self.sockets[index].id;
        let decoded = Transport::Binary.decode(frame.into()).ok();
        let message = decoded.map(|decoded| decoded.message);
        self.oracle.on_frame(id, message.as_ref(), self.now);
        self.input(Input::SocketFrame(id, FrameRef::from(frame)))
    }

    pub(super) fn react(&mut self, index: usize, reactions: Vec<Reaction>) -> Result<(), String> {
        for reaction in reactions {
            match reaction {
                Reaction::Say(frame) => {
                    let at = self.now + self.travel();
                    let socket = &mut self.sockets[index];
                    socket.down = socket.down.max(at);
                    let at = socket.down;
                    self.schedule(at, Happening::ToClient(index, frame));
                }
                Reaction::Later(after, frame) => {
                    self.schedule(self.now + after, Happening::Says(index, frame));
                }
                Reaction::Received(key) => {
                    self.count("received");
                    self.oracle.on_received(self.sockets[index].id, key)?;
                }
                Reaction::Drop(after) => self.schedule(self.now + after, Happening::Drops(index)),
            }
        }
        Ok(())
    }

    pub(super) fn travel(&mut self) -> u64 {
        self.latency / 2 + self.random.between(0, self.latency)
    }
}
