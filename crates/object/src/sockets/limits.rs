//! Limits on what a program sets for all its sockets.

/// Most bytes of the request, and of the response, of an automatic response.
pub(super) const AUTO_RESPONSE_BYTES_MAX: usize = 2_048;

/// The longest time that a handler can be given: seven days, in ms.
pub(super) const EVENT_TIMEOUT_MS_MAX: u32 = 604_800_000;

/// An automatic response that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AutoResponseError {
    /// Its request.
    #[error(
        "Request cannot be larger than {AUTO_RESPONSE_BYTES_MAX} bytes. A request of size {0} was provided."
    )]
    Request(usize),
    /// Its response.
    #[error(
        "Response cannot be larger than {AUTO_RESPONSE_BYTES_MAX} bytes. A response of size {0} was provided."
    )]
    Response(usize),
}

/// A time that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Event timeout should not exceed {EVENT_TIMEOUT_MS_MAX} ms.")]
pub struct TimeoutError;

pub(super) fn check_auto_response(request: &str, response: &str) -> Result<(), AutoResponseError> {
    if request.len() > AUTO_RESPONSE_BYTES_MAX {
        return Err(AutoResponseError::Request(request.len()));
    }
    if response.len() > AUTO_RESPONSE_BYTES_MAX {
        return Err(AutoResponseError::Response(response.len()));
    }
    Ok(())
}

pub(super) fn check_timeout(ms: u32) -> Result<(), TimeoutError> {
    if ms > EVENT_TIMEOUT_MS_MAX {
        return Err(TimeoutError);
    }
    Ok(())
}
