//! `holdfast dev` as its users meet it: the real binary, real projects, real HTTP.

mod errors;
mod examples;
mod harness;
mod life;
mod output;
mod reload;
