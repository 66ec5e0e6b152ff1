//! How much a shard keeps, to see that nothing is left behind.

use std::rc::Rc;
use std::sync::mpsc as blocking;

use holdfast_engine::Alive;

use crate::context::Context;
use crate::core::Core;
use crate::message::Message;
use crate::node::Control;

/// The entries of a shard's tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Census {
    /// Requests to Workers, and calls of their entries, that have not ended.
    pub events: usize,
    /// Objects that are known.
    pub objects: usize,
    /// Those of them that have an instance.
    pub instances: usize,
    /// Contexts that exist; those that have ended and that something still refers to are among them.
    pub contexts: usize,
    /// Contexts that others know by number, as they have exported something.
    pub exporters: usize,
    /// Functions, targets and other values that others may call.
    pub exports: usize,
    /// Stubs of others' exports.
    pub imports: usize,
    /// Calls under way, where they were made.
    pub calls: usize,
    /// Calls under way, where they are answered.
    pub serving: usize,
    /// What the engine keeps.
    pub engine: Alive,
}

/// Collects garbage and counts, on each of `shards`. In the time in between, a shard may hear of what others have let
/// go of: the counts come to rest only when nothing is under way.
pub(crate) fn take(shards: &[tokio::sync::mpsc::UnboundedSender<Message>]) -> Vec<Census> {
    let ask = |shard: &tokio::sync::mpsc::UnboundedSender<Message>| {
        let (answer, answered) = blocking::channel();
        let _ = shard.send(Message::Control(Control::Census(answer)));
        // A shard that has stopped keeps nothing.
        answered.recv().unwrap_or_default()
    };
    shards.iter().map(ask).collect()
}

impl Core {
    /// Collects garbage, and counts what is left.
    pub(crate) fn census(&self) -> Census {
        self.runtime.shrink();
        let events = self.events.borrow();
        let objects = self.objects.borrow();
        let instances: Vec<Rc<Context>> = objects
            .values()
            .filter_map(|object| object.context())
            .collect();
        let mut census = Census {
            events: events.len(),
            objects: objects.len(),
            instances: instances.len(),
            contexts: self.programs.shares(),
            exporters: self.rpc.contexts.borrow().len(),
            calls: self.calls.borrow().len(),
            engine: self.runtime.alive(),
            ..Census::default()
        };
        let events = events.iter().filter_map(|(_, event)| event.upgrade());
        for context in instances.into_iter().chain(events) {
            let (exports, imports) = context.rpc.counts();
            census.exports += exports;
            census.imports += imports;
            census.serving += context.rpc.serving.borrow().len();
            census.serving += context
                .instance()
                .map_or(0, |instance| instance.calls.borrow().len());
        }
        census
    }
}
