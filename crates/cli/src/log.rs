//! Lines on the terminal: requests, console output, and what is wrong.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::time::Duration;

use anstyle::Style;
use holdfast_server::RequestLog;
use holdfast_web::io::Level;
use http::{Method, StatusCode};

use crate::args::LogLevel;
use crate::style::{Colours, FAINT, GREEN, RED, YELLOW};

/// Writes to standard output what the Worker does. Each call writes whole lines at once, so that those of
/// different threads do not mix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) level: LogLevel,
    pub(crate) colours: Colours,
}

impl Output {
    pub(crate) fn new(level: LogLevel) -> Output {
        Output {
            level,
            colours: Colours::of(&io::stdout()),
        }
    }

    pub(crate) fn shows_requests(&self) -> bool {
        self.level <= LogLevel::Info
    }

    pub(crate) fn print(&self, text: impl Display) {
        // Where nobody reads any more (`holdfast dev | head`), the server runs on.
        writeln!(io::stdout().lock(), "{text}").ok();
    }
}

impl Output {
    /// A line of the program's output.
    pub(crate) fn console(&self, level: Level, source: &str, text: &str) {
        let (least, label, style) = match level {
            Level::Debug => (LogLevel::Debug, "debug", FAINT),
            Level::Log => (LogLevel::Info, "log", Style::new()),
            Level::Info => (LogLevel::Info, "info", GREEN),
            Level::Warn => (LogLevel::Warn, "warn", YELLOW),
            Level::Error => (LogLevel::Error, "error", RED),
        };
        if self.level <= least {
            self.print(ConsoleLine {
                label,
                style,
                source,
                text,
                colours: self.colours,
            });
        }
    }
}

struct ConsoleLine<'a> {
    label: &'static str,
    style: Style,
    source: &'a str,
    text: &'a str,
    colours: Colours,
}

impl Display for ConsoleLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:5} ", self.colours.paint(self.style, self.label))?;
        if !self.source.is_empty() {
            let source = format_args!("{}:", self.source).to_string();
            write!(f, "{} ", self.colours.paint(FAINT, source))?;
        }
        let mut lines = self.text.split('\n');
        f.write_str(lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| write!(f, "\n      {line}"))
    }
}

impl RequestLog for Output {
    fn request(&self, method: &Method, path: &str, status: Option<StatusCode>, took: Duration) {
        let took = self.colours.paint(FAINT, Took(took));
        match status {
            Some(status) => {
                let style = match status.as_u16() {
                    500.. => RED,
                    400.. => YELLOW,
                    _ => GREEN,
                };
                self.print(format_args!(
                    "{method} {path} {} {took}",
                    self.colours.paint(style, status.as_str())
                ));
            }
            None => self.print(format_args!(
                "{method} {path} {} {took}",
                self.colours.paint(FAINT, "(client left)")
            )),
        }
    }
}

struct Took(Duration);

impl Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.as_secs_f64() * 1e3;
        match ms {
            ..0.95 => write!(f, "{ms:.1}ms"),
            ..9_999.5 => write!(f, "{ms:.0}ms"),
            _ => write!(f, "{:.1}s", ms / 1e3),
        }
    }
}

/// What is wrong, by how bad it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Problem {
    Warning,
    Error,
}

/// Writes a message to standard error.
pub(crate) fn problem(problem: Problem, text: impl Display) {
    let colours = Colours::of(&io::stderr());
    let label = match problem {
        Problem::Warning => colours.paint(YELLOW.bold(), "warning:"),
        Problem::Error => colours.paint(RED.bold(), "error:"),
    };
    writeln!(io::stderr().lock(), "{label} {text}").ok();
}

/// Lets Holdfast's own diagnostics reach standard error.
pub(crate) fn show_diagnostics(level: LogLevel) {
    use tracing_subscriber::filter::LevelFilter;
    let level = match level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Info | LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::None => LevelFilter::OFF,
    };
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(false)
        .without_time()
        .with_max_level(level)
        .init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let took = |micros| Took(Duration::from_micros(micros)).to_string();
        assert_eq!(took(40), "0.0ms");
        assert_eq!(took(420), "0.4ms");
        assert_eq!(took(999), "1ms");
        assert_eq!(took(3_100), "3ms");
        assert_eq!(took(9_999_400), "9999ms");
        assert_eq!(took(9_999_600), "10.0s");
    }

    #[test]
    fn console_output_says_where_it_comes_from_and_stays_together() {
        let line = |source, text| {
            ConsoleLine {
                label: "warn",
                style: YELLOW,
                source,
                text,
                colours: Colours::NONE,
            }
            .to_string()
        };
        assert_eq!(line("Room", "careful"), "warn  Room: careful");
        assert_eq!(line("", "a\n    at b"), "warn  a\n          at b");
    }
}
