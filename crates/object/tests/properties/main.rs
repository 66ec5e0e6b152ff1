//! What must hold for the state machines of this crate, whatever happens in whatever order.
//!
//! Each machine has a *world*: a small simulated driver that makes choices, reports what happened, and
//! checks every decision against a plain model. The same world is run in two ways: through all choices
//! up to a small depth (`explore`), and through long random choices (`proptest`). With the `sabotage`
//! feature, mistakes are planted in the machines, and the worlds must notice each of them.

mod choices;

mod alarm_runs_at_least_once_and_alone;
mod alarm_world;
mod failure_table;
mod ids_are_those_of_workerd;
mod input_gate_admits_what_the_model_admits;
mod input_gate_rules;
mod input_gate_world;
mod lifecycle_rules;
mod lifecycle_world;
mod no_output_before_its_write_is_durable;
mod one_live_instance;
mod output_gate_world;
mod sockets_keep_their_lists;
mod sockets_world;

#[cfg(feature = "sabotage")]
mod planted_mistakes_are_caught;
