//! holdfast-runtime
