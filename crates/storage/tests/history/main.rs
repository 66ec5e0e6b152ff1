//! Point-in-time recovery.

mod disk;
mod interrupted;
mod keeping;
mod model;
mod node;
mod sessions;
