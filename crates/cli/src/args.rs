//! What can be said on the command line.

use std::fmt;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

/// The most shards that make sense to ask for.
const SHARDS_MAX: u16 = 512;

/// Runs Cloudflare Workers with Durable Objects on your own machine.
#[derive(Debug, Parser)]
#[command(name = "holdfast", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs a project, or several together, and reloads when files change
    Dev(DevOptions),
    /// Looks into the objects of a data folder, in use by a server or not
    Objects(ObjectsOptions),
}

/// The options of `holdfast objects`.
#[derive(Debug, clap::Args)]
pub(crate) struct ObjectsOptions {
    #[command(subcommand)]
    pub(crate) command: ObjectsCommand,

    /// The data folder [default: .holdfast/data here or in a folder above]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data: Option<PathBuf>,

    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What to do with objects. An OBJECT is written CLASS/NAME, or CLASS/ID with the 64 digits of its id.
#[derive(Debug, Subcommand)]
pub(crate) enum ObjectsCommand {
    /// Lists the objects that have data
    List {
        /// Only those of this class
        class: Option<String>,
        /// Only those behind this one in the order of class and id: CLASS/ID
        #[arg(long, value_name = "OBJECT")]
        after: Option<String>,
        /// No more than so many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Shows an object's tables, keys and alarm
    Show {
        #[command(flatten)]
        object: ObjectName,
    },
    /// Runs SQL that reads
    Query {
        #[command(flatten)]
        object: ObjectName,
        /// The statement
        sql: String,
    },
    /// Writes an object's data to an SQLite file
    Export {
        #[command(flatten)]
        object: ObjectName,
        /// A file that does not exist yet
        file: PathBuf,
    },
    /// Replaces an object's data by that of an SQLite file; a running instance is reset
    Import {
        #[command(flatten)]
        object: ObjectName,
        /// The file
        file: PathBuf,
    },
    /// Deletes an object's data, its facets and its alarm; a running instance is reset
    Delete {
        #[command(flatten)]
        object: ObjectName,
    },
}

/// An object, or a facet of it.
#[derive(Debug, Clone, clap::Args, Serialize, Deserialize)]
pub(crate) struct ObjectName {
    /// CLASS/NAME or CLASS/ID
    pub(crate) object: String,

    /// A facet of the object, by its name; given again, a facet of that one
    #[arg(long = "facet", value_name = "NAME")]
    pub(crate) facets: Vec<String>,
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.object)?;
        self.facets
            .iter()
            .try_for_each(|name| write!(f, ", facet {name}"))
    }
}

/// The options of `holdfast dev`.
#[derive(Debug, clap::Args)]
pub(crate) struct DevOptions {
    /// The folder of the project (its wrangler.jsonc, wrangler.json or wrangler.toml is looked for there and
    /// in the folders above), or the file itself. Of several, the first gets the requests; they reach each other by
    /// service bindings and by Durable Object bindings with "script_name"
    #[arg(default_value = ".", value_name = "PROJECT")]
    pub(crate) projects: Vec<PathBuf>,

    /// The port to listen on; 0 takes a free one [default: "dev.port" of the configuration, or 8787]
    #[arg(long, short)]
    pub(crate) port: Option<u16>,

    /// The address or name to listen on [default: "dev.ip" of the configuration, or 127.0.0.1]
    #[arg(long, alias = "ip")]
    pub(crate) host: Option<String>,

    /// The folder that keeps the objects' data [default: .holdfast/data in the (first) project]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// The environment of the configuration to use
    #[arg(long, short, value_name = "NAME")]
    pub(crate) env: Option<String>,

    /// How many threads own objects [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=i64::from(SHARDS_MAX)))]
    pub(crate) shards: Option<u16>,

    /// After how many seconds without requests an object leaves memory
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) idle: u32,

    /// For how many days objects can be taken back by bookmarks; 0 keeps no history
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(crate) history: u16,

    /// How large the history may grow, such as 500MB or 20GB; the oldest goes first [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) history_size: Option<u64>,

    /// Keep running the files as they were at the start
    #[arg(long)]
    pub(crate) no_watch: bool,

    /// The least important output to show
    #[arg(long, value_enum, default_value_t = LogLevel::Info)]
    pub(crate) log_level: LogLevel,
}

/// Bytes: a number with a unit.
fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 4] = [
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
    ];
    let wrong = || "give a number of kB, MB, GB or TB, such as 20GB".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text[digits.len()..].to_ascii_lowercase();
    let bytes = UNITS
        .iter()
        .find(|(name, _)| name.to_ascii_lowercase() == unit)
        .map(|(_, bytes)| *bytes);
    let count: u64 = digits.trim_end().parse().map_err(|_| wrong())?;
    bytes
        .and_then(|bytes| count.checked_mul(bytes))
        .ok_or_else(wrong)
}

/// What is shown of console output, requests and Holdfast's own diagnostics. Errors at start are shown
/// always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum LogLevel {
    /// Everything, Holdfast's own diagnostics among it
    Debug,
    /// Requests, and all console output but console.debug
    Info,
    /// console.warn and console.error
    Warn,
    /// console.error and exceptions
    Error,
    /// Nothing
    None,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn everything_has_a_default() {
        let Command::Dev(options) = Args::parse_from(["holdfast", "dev"]).command else {
            panic!("another command");
        };
        assert_eq!(options.projects, [PathBuf::from(".")]);
        assert_eq!(options.log_level, LogLevel::Info);
        assert!(options.port.is_none() && options.shards.is_none() && !options.no_watch);
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("500MB"), Ok(500_000_000));
        assert_eq!(size("20 gb"), Ok(20_000_000_000));
        for text in ["500", "MB", "-1MB", "1.5GB", "1XB", "99999999999TB", ""] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_shards_make_no_sense() {
        for count in ["0", "513", "-1", "many"] {
            let result = Args::try_parse_from(["holdfast", "dev", "--shards", count]);
            assert!(result.is_err(), "--shards {count}");
        }
    }
}
