//! Whole projects, loaded from temporary folders.

mod common;
mod commonjs;
mod config;
mod errors;
mod graph;
mod replaced;
mod resolve;
mod slips;
mod speed;
mod together;
mod translations;
mod typescript;
