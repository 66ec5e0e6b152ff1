//! Sockets that are accepted, receive and end, checked against plain lists.

use holdfast_object::sockets::{After, Arrival, Reaction, Tags};
use holdfast_object::{Generation, SocketId, Sockets};

use crate::choices::{Choices, Verdict, must};

const TAGS: [&[&str]; 4] = [&[], &["a"], &["b", "a", "b"], &["a", ""]];
const ASKED: [Option<&str>; 4] = [None, Some("a"), Some("b"), Some("")];
const REQUEST: &str = "ping";
const RESPONSE: &str = "pong";

/// What the model knows of a socket.
struct Known {
    id: SocketId,
    tags: &'static [&'static str],
    generation: Generation,
    under: Under,
    responded_ms: Option<u64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Under {
    Nothing,
    Delivery { last: bool },
    Handling,
}

/// Makes `steps` choices of what happens, and checks every answer. Handles are the sockets' own numbers.
pub(crate) fn run(mut sockets: Sockets<u64>, steps: usize, choices: &mut Choices) -> Verdict {
    let mut known: Vec<Known> = Vec::new();
    let mut gone: Vec<SocketId> = Vec::new();
    let mut accepted = 0;
    let mut responds = false;
    let mut now_ms = 0;
    for step in 0..steps {
        now_ms += 1;
        match choices.of(6) {
            0 => accept(
                &mut sockets,
                &mut known,
                &mut accepted,
                step as u64,
                choices,
            )?,
            1 => receive(&mut sockets, &mut known, responds, now_ms, choices)?,
            2 => deliver(&mut sockets, &mut known, choices)?,
            3 => finish(&mut sockets, &mut known, &mut gone, choices)?,
            4 => {
                responds = !responds;
                let pair = responds.then(|| (REQUEST.to_owned(), RESPONSE.to_owned()));
                sockets.set_auto_response(pair).expect("both are short");
            }
            _ => {
                let handles: Vec<u64> = sockets
                    .disconnect_all()
                    .into_iter()
                    .map(|gone| gone.handle)
                    .collect();
                let expected: Vec<u64> = known.iter().map(|socket| socket.id.0).collect();
                must!(handles == expected, "{handles:?} are cut, not {expected:?}");
                gone.extend(known.drain(..).map(|socket| socket.id));
                responds = false;
            }
        }
        check(&sockets, &known, &gone, responds)?;
    }
    Ok(())
}

fn accept(
    sockets: &mut Sockets<u64>,
    known: &mut Vec<Known>,
    accepted: &mut u64,
    generation: u64,
    choices: &mut Choices,
) -> Verdict {
    let tags = TAGS[choices.of(TAGS.len())];
    let list = Tags::new(tags.iter().map(|tag| (*tag).to_owned())).expect("few and short");
    let number = *accepted;
    *accepted += 1;
    let id = sockets
        .accept(number, list, Generation(generation))
        .expect("there is room");
    must!(id == SocketId(number), "{id:?} is not the next number");
    known.push(Known {
        id,
        tags,
        generation: Generation(generation),
        under: Under::Nothing,
        responded_ms: None,
    });
    Ok(())
}

fn pick<'k>(
    known: &'k mut [Known],
    choices: &mut Choices,
    wanted: impl Fn(Under) -> bool,
) -> Option<&'k mut Known> {
    let mut fitting: Vec<&mut Known> = known
        .iter_mut()
        .filter(|socket| wanted(socket.under))
        .collect();
    if fitting.is_empty() {
        return None;
    }
    let at = choices.of(fitting.len());
    Some(fitting.swap_remove(at))
}

fn receive(
    sockets: &mut Sockets<u64>,
    known: &mut [Known],
    responds: bool,
    now_ms: u64,
    choices: &mut Choices,
) -> Verdict {
    let Some(socket) = pick(known, choices, |under| under == Under::Nothing) else {
        return Ok(());
    };
    let arrival = [
        Arrival::Text(REQUEST),
        Arrival::Text("ping "),
        Arrival::Binary,
        Arrival::Last,
    ][choices.of(4)];
    let closing = choices.of(2) == 1;
    let expected = match arrival {
        Arrival::Text(REQUEST) if responds && closing => Reaction::Ignore,
        Arrival::Text(REQUEST) if responds => {
            socket.responded_ms = Some(now_ms);
            Reaction::Respond(RESPONSE.to_owned())
        }
        _ => {
            socket.under = Under::Delivery {
                last: arrival == Arrival::Last,
            };
            Reaction::Deliver
        }
    };
    let reaction = sockets.arrived(socket.id, arrival, closing, now_ms);
    must!(
        reaction.as_ref() == Some(&expected),
        "{arrival:?} leads to {reaction:?}, not to {expected:?}"
    );
    Ok(())
}

fn deliver(sockets: &mut Sockets<u64>, known: &mut [Known], choices: &mut Choices) -> Verdict {
    let Some(socket) = pick(known, choices, |under| {
        matches!(under, Under::Delivery { .. })
    }) else {
        return Ok(());
    };
    let last = socket.under == Under::Delivery { last: true };
    let after = sockets.delivered(socket.id);
    let (expected, under) = if last {
        (After::Over, Under::Handling)
    } else {
        (After::Receive, Under::Nothing)
    };
    socket.under = under;
    must!(
        after == Some(expected),
        "after its delivery: {after:?}, not {expected:?}"
    );
    Ok(())
}

fn finish(
    sockets: &mut Sockets<u64>,
    known: &mut Vec<Known>,
    gone: &mut Vec<SocketId>,
    choices: &mut Choices,
) -> Verdict {
    let Some(id) = pick(known, choices, |under| under == Under::Handling).map(|socket| socket.id)
    else {
        return Ok(());
    };
    let at = known.iter().position(|socket| socket.id == id);
    let socket = known.remove(at.expect("it was picked from these"));
    let left = sockets.finished(id);
    must!(
        left.as_ref().map(|left| (left.handle, left.generation)) == Some((id.0, socket.generation)),
        "{left:?} is gone"
    );
    gone.push(id);
    Ok(())
}

fn check(sockets: &Sockets<u64>, known: &[Known], gone: &[SocketId], responds: bool) -> Verdict {
    must!(
        sockets.len() == known.len(),
        "{} sockets, not {}",
        sockets.len(),
        known.len()
    );
    for tag in ASKED {
        let listed = known.iter().filter(|socket| {
            socket.under != Under::Handling && tag.is_none_or(|tag| socket.tags.contains(&tag))
        });
        let mut expected: Vec<SocketId> = listed.map(|socket| socket.id).collect();
        if tag.is_none() {
            expected.reverse();
        }
        let list = sockets.list(tag);
        must!(
            list == expected,
            "by tag {tag:?}: {list:?}, not {expected:?}"
        );
    }
    for socket in known {
        let tags: Vec<&str> = sockets
            .tags(socket.id)
            .map(|tags| tags.iter().collect())
            .unwrap_or_default();
        let mut expected: Vec<&str> = Vec::new();
        for tag in socket.tags {
            if !expected.contains(tag) {
                expected.push(tag);
            }
        }
        must!(tags == expected, "tags {tags:?}, not {expected:?}");
        let responded = sockets.auto_responded_ms(socket.id);
        must!(
            responded == socket.responded_ms,
            "it responded at {responded:?}"
        );
    }
    for id in gone {
        must!(
            sockets.handle(*id).is_none() && sockets.tags(*id).is_none(),
            "{id:?} is still known"
        );
    }
    let pair = sockets.auto_response();
    must!(
        pair == responds.then_some((REQUEST, RESPONSE)),
        "the automatic response is {pair:?}"
    );
    Ok(())
}
