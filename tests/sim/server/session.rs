//! What a logged-in client told the server over one connection, and what the server makes of it.

use std::collections::{BTreeMap, BTreeSet};

use deepstream_wasm::core::protocol::{
    Action, EventAction, Message, PresenceAction, RecordAction, RpcAction,
};

use super::Reaction;
use crate::common::{Random, bare, event, frame};
use crate::kinds::{EVENTS, EVERYONE, PATTERNS, RPCS, Topic, USERS, key_of, subscription_of};

const MILLI: u64 = 1_000;

/// What is refused, by those servers that refuse anything.
const FORBIDDEN: [(usize, &str); 4] =
    [(EVENTS, "n3"), (RPCS, "n3"), (USERS, "n3"), (PATTERNS, "n3")];

/// How a server acknowledges.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Habit {
    Prompt,
    /// Some of it late, and some never.
    Careless,
}

/// What a server does by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Impulse {
    Event,
    Request,
    Pattern,
    Presence,
    /// What nobody asked for.
    Unasked,
}

#[derive(Debug)]
pub(crate) struct Session {
    /// Names the connection, in what only it may be answered.
    socket: usize,
    /// What was subscribed to, and whether that was granted.
    told: BTreeMap<Topic, bool>,
    /// What it was told, and forgot because something else was refused. The client does not know
    /// at once, and the official server overlooks what it is told of these.
    passed_over: BTreeSet<Topic>,
    ids: BTreeSet<(usize, String)>,
    /// Answers that are owed to the server.
    pub(crate) owed: BTreeSet<String>,
    habit: Habit,
    forbids: bool,
    count: u32,
    /// What was found for each pattern.
    found: Vec<(String, String)>,
}

impl Session {
    pub(crate) fn new(socket: usize, random: &mut Random) -> Self {
        Self {
            socket,
            told: BTreeMap::new(),
            passed_over: BTreeSet::new(),
            ids: BTreeSet::new(),
            owed: BTreeSet::new(),
            habit: random.pick(&[Habit::Prompt, Habit::Prompt, Habit::Careless]),
            forbids: random.chance(30),
            count: 0,
            found: Vec::new(),
        }
    }

    /// What the client is subscribed to.
    pub(crate) fn subscriptions(&self) -> BTreeSet<Topic> {
        let granted = self.told.iter().filter(|(_, is_granted)| **is_granted);
        granted.map(|(topic, _)| topic.clone()).collect()
    }

    /// What was asked for and refused.
    pub(crate) fn is_refused(&self, topic: &Topic) -> bool {
        self.told.get(topic) == Some(&false)
    }

    pub(crate) fn on_message(
        &mut self,
        message: &Message<'_>,
        random: &mut Random,
    ) -> Result<Vec<Reaction>, String> {
        if let Some((kind, subscribes, names)) = subscription_of(message)? {
            return self.on_subscription(message, kind, subscribes, names, random);
        }
        let mut reactions = vec![Reaction::Received(key_of(message)?)];
        match message.action {
            Action::Rpc(RpcAction::Request) => reactions.extend(answers_to_rpc(message, random)),
            Action::Presence(PresenceAction::Query | PresenceAction::QueryAll) => {
                let delay = some_delay(random);
                if !random.chance(15) {
                    reactions
                        .push(Reaction::Later(delay, frame(&answer_to_query(message, random))));
                }
            }
            Action::Rpc(RpcAction::Response | RpcAction::RequestError) => self.on_answer(message),
            Action::Rpc(RpcAction::Accept | RpcAction::Reject)
            | Action::Event(EventAction::ListenAccept | EventAction::ListenReject) => {
                self.ensure_own(message)?;
                if message.action != Action::Rpc(RpcAction::Accept) {
                    self.on_answer(message);
                }
            }
            _ => {}
        }
        Ok(reactions)
    }

    fn on_answer(&mut self, message: &Message<'_>) {
        let id = message.correlation_id.as_ref().or(message.subscription.as_ref());
        self.owed.remove(id.map_or("", |id| id.as_ref()));
    }

    /// What means something to one connection must not come over another.
    fn ensure_own(&self, message: &Message<'_>) -> Result<(), String> {
        let id = message.correlation_id.as_ref().or(message.subscription.as_ref());
        let prefix = format!("{}:", self.socket);
        if id.is_some_and(|id| id.starts_with(&prefix)) {
            return Ok(());
        }
        Err(format!("{message:?} leaked onto connection {}", self.socket))
    }

    fn on_subscription(
        &mut self,
        message: &Message<'_>,
        kind: usize,
        subscribes: bool,
        names: Vec<String>,
        random: &mut Random,
    ) -> Result<Vec<Reaction>, String> {
        if let Some(id) = &message.correlation_id
            && !self.ids.insert((kind, id.to_string()))
        {
            return Err(format!("{message:?} repeats an id"));
        }
        let mut reactions = Vec::new();
        let mut left = names.clone();
        let mut passed_over = Vec::new();
        for name in names {
            let topic = (kind, name.clone());
            if !subscribes {
                if self.told.remove(&topic).is_none() && !self.passed_over.contains(&topic) {
                    return Err(format!("NOT_SUBSCRIBED: {topic:?}"));
                }
                continue;
            }
            let is_forbidden = self.forbids && FORBIDDEN.contains(&(kind, name.as_str()));
            let earlier = self.told.insert(topic.clone(), !is_forbidden);
            if earlier == Some(true) && !self.passed_over.contains(&topic) {
                return Err(format!("MULTIPLE_SUBSCRIPTIONS: {topic:?}"));
            }
            if is_forbidden {
                reactions.push(refusal(message, kind, name, random));
                // As the official server does: it takes out the last name instead of the refused.
                passed_over.extend(left.pop().map(|last| (kind, last)));
            }
        }
        self.told.retain(|topic, is_granted| !*is_granted || !passed_over.contains(topic));
        self.passed_over.extend(passed_over);
        let is_forgotten = self.habit == Habit::Careless && random.chance(20);
        if !left.is_empty() && !is_forgotten {
            let mut ack = Message::new(message.action);
            ack.is_ack = Some(true);
            ack.correlation_id = message.correlation_id.clone().map(|id| id.into_owned().into());
            ack.name = message.name.clone().map(|name| name.into_owned().into());
            let is_late = self.habit == Habit::Careless && random.chance(20);
            let delay = if is_late { random.between(1_500, 4_000) * MILLI } else { 0 };
            reactions.push(Reaction::Later(delay, frame(&ack)));
        }
        Ok(reactions)
    }

    /// The server does something by itself.
    pub(crate) fn on_impulse(&mut self, impulse: Impulse, random: &mut Random) -> Vec<Reaction> {
        self.count += 1;
        let own = format!("{}:{}", self.socket, self.count);
        let message = match impulse {
            Impulse::Event => {
                let Some(name) = self.some_name(EVENTS, random) else { return Vec::new() };
                let mut message = event(&name, &format!("\"{own}\""));
                message.data = message.data.filter(|_| !random.chance(20));
                message
            }
            Impulse::Request => {
                let Some(name) = self.some_name(RPCS, random) else { return Vec::new() };
                let mut message = bare(RpcAction::Request);
                message.name = Some(name.into());
                message.correlation_id = Some(own.clone().into());
                message.data = random.chance(80).then(|| "1".into());
                self.owed.insert(own);
                message
            }
            Impulse::Pattern if !self.found.is_empty() && random.chance(40) => {
                let at = random.between(0, self.found.len() as u64 - 1) as usize;
                let (pattern, subscription) = self.found.swap_remove(at);
                let mut message = bare(EventAction::SubscriptionForPatternRemoved);
                message.name = Some(pattern.into());
                message.subscription = Some(subscription.into());
                message
            }
            Impulse::Pattern => {
                let Some(pattern) = self.some_name(PATTERNS, random) else { return Vec::new() };
                let mut message = bare(EventAction::SubscriptionForPatternFound);
                self.found.push((pattern.clone(), own.clone()));
                message.name = Some(pattern.into());
                message.subscription = Some(own.into());
                message
            }
            Impulse::Presence => {
                let everyone = self.some_name(EVERYONE, random).is_some() && random.chance(50);
                let user = self.some_name(USERS, random);
                let came = random.chance(50);
                let (action, user) = match (everyone, user) {
                    (true, _) if came => (PresenceAction::PresenceJoinAll, "u".to_owned()),
                    (true, _) => (PresenceAction::PresenceLeaveAll, "u".to_owned()),
                    (false, Some(user)) if came => (PresenceAction::PresenceJoin, user),
                    (false, Some(user)) => (PresenceAction::PresenceLeave, user),
                    (false, None) => return Vec::new(),
                };
                let mut message = bare(action);
                message.name = Some(user.into());
                message
            }
            Impulse::Unasked => unasked(random),
        };
        vec![Reaction::Say(frame(&message))]
    }

    fn some_name(&self, kind: usize, random: &mut Random) -> Option<String> {
        let granted = self.told.iter().filter(|((of, _), granted)| *of == kind && **granted);
        let names = granted.map(|((_, name), _)| name).collect::<Vec<_>>();
        let last = (names.len() as u64).checked_sub(1)?;
        Some(names[random.between(0, last) as usize].clone())
    }
}

fn some_delay(random: &mut Random) -> u64 {
    match random.between(0, 9) {
        0..=5 => 0,
        6..=8 => random.between(0, 3_000) * MILLI,
        _ => random.between(0, 20_000) * MILLI,
    }
}

/// Answers that a query or an RPC may get.
fn answer_to_query(query: &Message<'_>, random: &mut Random) -> Message<'static> {
    let is_all = query.action == Action::Presence(PresenceAction::QueryAll);
    let mut answer = if random.chance(10) {
        let action =
            random.pick(&[PresenceAction::MessageDenied, PresenceAction::MessagePermissionError]);
        let mut answer = bare(action);
        answer.original_action = Some(query.action.number());
        answer.is_error = Some(true);
        answer
    } else if is_all {
        let mut answer = bare(PresenceAction::QueryAllResponse);
        answer.names = vec![random.next().to_string().into()];
        answer
    } else {
        let mut answer = bare(PresenceAction::QueryResponse);
        answer.data = Some("{\"u\":true}".into());
        answer
    };
    answer.correlation_id = query.correlation_id.clone().map(|id| id.into_owned().into());
    answer
}

fn answers_to_rpc(request: &Message<'_>, random: &mut Random) -> Vec<Reaction> {
    let answer = |action: RpcAction, data: Option<&str>| {
        let mut answer = bare(action);
        answer.correlation_id = request.correlation_id.clone().map(|id| id.into_owned().into());
        answer.name = request.name.clone().map(|name| name.into_owned().into());
        answer.data = data.map(|data| data.to_owned().into());
        frame(&answer)
    };
    let delay = some_delay(random);
    let later = |frame| Reaction::Later(delay, frame);
    let mut answers = Vec::new();
    if random.chance(50) {
        answers.push(Reaction::Say(answer(RpcAction::Accept, None)));
    }
    match random.between(0, 11) {
        0..=2 => answers.push(later(answer(RpcAction::Response, Some("[1]")))),
        3 => answers.push(later(answer(RpcAction::Response, None))),
        4 => answers.push(later(answer(RpcAction::RequestError, Some("\"no\"")))),
        5 => {
            let data = random.pick(&[None, Some("null")]);
            answers.push(later(answer(RpcAction::RequestError, data)));
        }
        6 => answers.push(later(answer(RpcAction::NoRpcProvider, None))),
        7 => answers.push(later(answer(RpcAction::ResponseTimeout, None))),
        8 => {
            let mut denied = bare(RpcAction::MessageDenied);
            denied.correlation_id = request.correlation_id.clone().map(|id| id.into_owned().into());
            denied.original_action = Some(RpcAction::Request.number());
            denied.is_error = Some(true);
            answers.push(later(frame(&denied)));
        }
        9 => {
            // The JavaScript client hangs on these.
            let action = random.pick(&[
                RpcAction::MultipleAccept,
                RpcAction::InvalidRpcCorrelationId,
                RpcAction::AcceptTimeout,
            ]);
            answers.push(later(answer(action, None)));
        }
        10 => {
            answers.push(later(answer(RpcAction::Response, Some("1"))));
            answers.push(later(answer(RpcAction::Response, Some("2"))));
        }
        _ => {}
    }
    answers
}

/// Of a single name with some delay; of one of several before the acknowledgement of the others.
fn refusal(message: &Message<'_>, kind: usize, name: String, random: &mut Random) -> Reaction {
    let action: Action = match kind {
        EVENTS => EventAction::MessageDenied.into(),
        PATTERNS => EventAction::InvalidListenRegex.into(),
        RPCS => RpcAction::MessageDenied.into(),
        _ => PresenceAction::MessageDenied.into(),
    };
    let mut denied = bare(action);
    denied.original_action = Some(message.action.number());
    denied.is_error = Some(true);
    denied.name = Some(name.into());
    denied.correlation_id = message.correlation_id.clone().map(|id| id.into_owned().into());
    let is_bulk = denied.correlation_id.is_some();
    Reaction::Later(if is_bulk { 0 } else { some_delay(random) }, frame(&denied))
}

fn unasked(random: &mut Random) -> Message<'static> {
    match random.between(0, 2) {
        0 => bare(RecordAction::Head),
        1 => bare(EventAction::ListenAccept),
        _ => {
            let mut answer = bare(RpcAction::Response);
            answer.correlation_id = Some("nobody's".into());
            answer
        }
    }
}
