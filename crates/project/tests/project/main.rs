//! Whole projects, loaded from temporary folders.

mod common;
mod commonjs;
mod config;
mod errors;
mod graph;
mod resolve;
mod speed;
mod together;
mod typescript;
