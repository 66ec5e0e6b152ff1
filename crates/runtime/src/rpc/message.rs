//! What calls carry.

use std::sync::Arc;

use holdfast_web::body::Body;

use super::capability::{Capability, Export, Service};
use crate::message::{Call, CallKind, CallRef};

/// A serialised value with what cannot be serialised.
#[derive(Debug, Default)]
pub(crate) struct Parcel {
    pub(crate) bytes: Vec<u8>,
    /// The bytes are those of a parcel that `js/rpc/pack.js` made, not of the value itself.
    pub(crate) packed: bool,
    /// Numbered as the parcel refers to them.
    pub(crate) externals: Vec<External>,
}

/// What a value refers to outside of itself.
#[derive(Debug)]
pub(crate) enum External {
    Capability(Capability),
    Body(Body),
}

/// A call of a method, or without arguments a read of a property.
#[derive(Debug)]
pub(crate) struct MethodCall {
    /// Names that lead to the method; none means that the target itself is called.
    pub(crate) path: Vec<String>,
    /// An array.
    pub(crate) args: Option<Parcel>,
    /// Calls of the result.
    pub(crate) then: Vec<Pipelined>,
}

/// A call of the result of another.
#[derive(Debug)]
pub(crate) struct Pipelined {
    pub(crate) call: MethodCall,
    pub(crate) from: CallRef,
}

impl MethodCall {
    /// Bytes that it holds in memory while it waits.
    pub(crate) fn bytes(&self) -> u64 {
        let path: usize = self.path.iter().map(String::len).sum();
        let own = path + self.args.as_ref().map_or(0, |args| args.bytes.len());
        own as u64 + self.then.iter().map(|next| next.call.bytes()).sum::<u64>()
    }
}

/// Everybody who waits for what follows from these calls.
pub(crate) fn callers(then: Vec<Pipelined>, into: &mut Vec<CallRef>) {
    for Pipelined { call, from } in then {
        into.push(from);
        callers(call.then, into);
    }
}

/// A call of an export.
#[derive(Debug)]
pub(crate) struct TargetCall {
    /// Held until the call is answered, so that the target outlives it.
    pub(crate) to: Arc<Export>,
    pub(crate) call: MethodCall,
    pub(crate) from: CallRef,
}

/// A call of an entry of the Worker.
#[derive(Debug)]
pub(crate) struct ServiceCall {
    pub(crate) to: Arc<Service>,
    pub(crate) kind: CallKind,
    pub(crate) from: CallRef,
}

/// A call on its way.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Object(Call),
    Service(ServiceCall),
    Target(TargetCall),
}

impl Outgoing {
    pub(crate) fn from(&self) -> CallRef {
        match self {
            Outgoing::Object(call) => call.from,
            Outgoing::Service(call) => call.from,
            Outgoing::Target(call) => call.from,
        }
    }

    /// The method call in it, unless it is a request.
    pub(crate) fn method(&mut self) -> Option<&mut MethodCall> {
        match self {
            Outgoing::Object(Call {
                kind: CallKind::Method(call),
                ..
            })
            | Outgoing::Service(ServiceCall {
                kind: CallKind::Method(call),
                ..
            })
            | Outgoing::Target(TargetCall { call, .. }) => Some(call),
            Outgoing::Object(_) | Outgoing::Service(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::CallId;

    fn call(serial: u64, then: Vec<Pipelined>) -> Pipelined {
        Pipelined {
            call: MethodCall {
                path: vec!["ab".to_owned()],
                args: Some(Parcel {
                    bytes: vec![0; 8],
                    ..Parcel::default()
                }),
                then,
            },
            from: CallRef {
                shard: 0,
                call: CallId { slot: 0, serial },
            },
        }
    }

    #[test]
    fn a_chain_weighs_what_its_calls_weigh() {
        let chain = call(1, vec![call(2, vec![call(3, Vec::new())])]);
        assert_eq!(chain.call.bytes(), 30);
    }

    #[test]
    fn everybody_in_a_tree_of_calls_is_known() {
        let tree = vec![
            call(1, vec![call(2, Vec::new()), call(3, Vec::new())]),
            call(4, Vec::new()),
        ];
        let mut found = Vec::new();
        callers(tree, &mut found);
        let serials: Vec<_> = found.iter().map(|from| from.call.serial).collect();
        assert_eq!(serials, [1, 2, 3, 4]);
    }
}
