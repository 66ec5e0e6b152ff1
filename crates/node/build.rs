//! Gathers the bootstrap modules.

fn main() {
    holdfast_bootstrap::gather("node");
}
