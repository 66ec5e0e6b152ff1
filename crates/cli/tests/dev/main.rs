//! `holdfast dev` as its users meet it: the real binary, real projects, real HTTP.

mod bank;
mod cache;
mod compiled;
mod disk;
mod errors;
mod examples;
mod facets;
mod harness;
mod life;
mod objects;
mod output;
mod reload;
mod sockets;
mod together;
