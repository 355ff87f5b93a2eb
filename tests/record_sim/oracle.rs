//! What must hold when all is quiet again.

use deepstream_wasm::core::connection::State;
use deepstream_wasm::core::io::{Outcome, Reason};
use deepstream_wasm::core::record::{Document, Path};

use crate::page::{Page, Place, Strategy, Write};
use crate::world::{Node, World, is_synced};

pub(crate) fn check(world: &World) -> Result<(), String> {
    if !world.server.is_idle() {
        return Err("the server is busy".to_owned());
    }
    for node in &world.nodes {
        let about = |problem: String| format!("client {}: {problem}", node.page.index);
        if node.client.state() != State::Open {
            return Err(about(format!("is {:?}", node.client.state())));
        }
        agrees(world, node).map_err(about)?;
        is_settled(world, node).map_err(about)?;
        for (at, write) in node.page.writes.iter().enumerate() {
            is_accounted_for(world, &node.page, at, write)
                .map_err(|problem| about(format!("{problem}: {}", told(write))))?;
        }
    }
    Ok(())
}

/// What it holds is what the server has, and what it told of.
fn agrees(world: &World, node: &Node) -> Result<(), String> {
    for opened in node.page.opened.iter().filter(|it| !it.is_gone && it.references > 0) {
        let name = opened.name;
        let record = node.client.record(opened.id).ok_or(format!("{name} is not there"))?;
        if record.is_gone() {
            return Err(format!("{name} is gone, and nobody was told"));
        }
        if !record.is_ready() {
            return Err(format!("{name} is not ready"));
        }
        let Some((version, data)) = world.server.record(name) else {
            return Err(format!("the server has no {name}: {record:?}"));
        };
        if record.version() == Some(*version) && world.server.generation(name) > 0 {
            // It may have come to the same version anew, which a client that was away can't tell.
            continue;
        }
        // The server answers with the data of after a write, and the version of before: whoever wrote it
        // without having the record open is not told of it otherwise.
        let is_set = |write: &Write| write.is_closed && write.name == name;
        let is_server_wrong =
            record.version() < Some(*version) && node.page.writes.iter().any(is_set);
        if is_server_wrong {
            continue;
        }
        if record.version() != Some(*version) || record.data().0 != *data {
            return Err(format!(
                "{name} is {:?} {} and not {version} {data}",
                record.version(),
                record.data().stringify()
            ));
        }
        if opened.shadow.as_ref() != Some(record.data()) {
            return Err(format!("of {name} was told {:?}, not {:?}", opened.shadow, record.data()));
        }
        if !is_synced(&node.client, opened.id) {
            return Err(format!("{name} is not in step: {record:?}"));
        }
    }
    Ok(())
}

/// Every call was answered, once.
fn is_settled(world: &World, node: &Node) -> Result<(), String> {
    if !node.page.merges.is_empty() {
        return Err("a merge is not answered".to_owned());
    }
    for (ticket, outcomes) in &node.page.settled {
        if outcomes.len() != 1 {
            let write = node.page.writes.iter().find(|it| it.ticket == Some(*ticket));
            return Err(format!("{ticket:?} was settled as {outcomes:?}: {:?}", write.map(told)));
        }
    }
    if world.climate.is_gentle && !world.climate.manners.sets_data {
        let failures = node.page.failures.values().sum::<usize>();
        if failures > 0 {
            return Err(format!("{:?} failed, and nothing was to", node.page.failures));
        }
    }
    Ok(())
}

/// Nothing was lost in silence, or lied about.
fn is_accounted_for(world: &World, page: &Page, at: usize, write: &Write) -> Result<(), String> {
    let seen = world.server.seen.get(write.name);
    let was_seen = |text: &String| seen.is_some_and(|seen| seen.contains(text));
    let later = || page.writes[at + 1..].iter().filter(|later| later.name == write.name);
    let is_superseded = |place: &Place, text: &String| {
        let is_covered = |by: &Place| {
            let is_removed = by.path.text() == format!("removed.{text}");
            is_removed || overlap(&by.path, &place.leaf) && !is_list(by, place)
        };
        later().any(|later| later.at.iter().any(is_covered)) || is_self_superseded(write, place)
    };
    let is_merged = page.custom.get(write.name).copied().unwrap_or_default() > write.merges;
    // What became of a part of what was written is the merge strategy's affair.
    let is_mixed =
        |place: &&Place| is_merged && page.strategy == Strategy::Custom && place.path != place.leaf;
    let lost = write.at.iter().filter(|place| {
        place.text.as_ref().is_some_and(|text| !was_seen(text) && !is_superseded(place, text))
    });
    let lost = lost
        .filter(|place| !is_mixed(place))
        .filter_map(|place| place.text.clone())
        .collect::<Vec<_>>();
    let outcome = write.ticket.and_then(|ticket| page.settled.get(&ticket)?.first());
    match outcome {
        None => {
            let failures = page.failures.get(write.name).copied().unwrap_or_default();
            // A server that dies may take such a message along, which nobody can tell.
            if !lost.is_empty() && failures <= write.failures && !write.is_closed {
                return Err(format!("{lost:?} is lost in silence"));
            }
        }
        Some(Outcome::Accepted(_)) => {
            let is_merged = is_merged && page.strategy == Strategy::Custom;
            if !lost.is_empty() && !is_merged {
                return Err(format!("{lost:?} was accepted, and is nowhere"));
            }
        }
        Some(Outcome::Refused(reason)) => {
            if world.climate.is_gentle && !world.climate.manners.sets_data {
                return Err(format!("it was refused: {reason:?}"));
            }
            let texts = write.at.iter().filter_map(|place| place.text.as_ref());
            let is_denied = *reason == Reason::Unexplained("MESSAGE_DENIED");
            // What the server lost is no longer there.
            let is_kept = world.server.generation(write.name) == 0 && !write.is_unsure;
            if is_denied && is_kept && texts.clone().any(was_seen) {
                return Err("it was refused, and is there".to_owned());
            }
            if is_denied && !world.climate.manners.is_denied {
                return Err("nothing is denied here".to_owned());
            }
        }
        Some(other) => return Err(format!("{other:?} is no outcome of a write")),
    }
    Ok(())
}

fn told(write: &Write) -> String {
    let places = write.at.iter();
    let places = places.map(|place| format!("{} {:?}", place.path.text(), place.text));
    let places = places.collect::<Vec<_>>().join(", ");
    format!("{} at {places}, {:?}", write.name, write.ticket)
}

/// Whether a write replaces at a place what it put there itself.
fn is_self_superseded(write: &Write, place: &Place) -> bool {
    let mut rest = write.at.iter().skip_while(|it| it.path != place.path).skip(1);
    rest.any(|later| overlap(&later.path, &place.leaf))
}

/// Whether a write at `over` makes a difference to what is at `leaf`.
fn overlap(over: &Path, leaf: &Path) -> bool {
    over.steps().starts_with(leaf.steps()) || leaf.steps().starts_with(over.steps())
}

/// An entry that is added to a list does not take another's place.
fn is_list(by: &Place, place: &Place) -> bool {
    by.path.text().starts_with("entries.") && place.path.text().is_empty()
        || by.path.text().starts_with("removed.") && place.path.text().is_empty()
}
