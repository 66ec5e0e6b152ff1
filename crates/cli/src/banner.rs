//! What is shown once the server is up: where, what, and where its data is.

use std::fmt::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use holdfast_project::{Config, DurableObjectClass, Project};

use crate::style::{BOLD, Colours, FAINT, GREEN};

/// The longest value of a variable that is shown whole, in characters.
const VALUE_CHARS_MAX: usize = 48;

pub(crate) struct Banner<'a> {
    /// The first gets the requests.
    pub(crate) projects: Vec<&'a Project>,
    pub(crate) addr: SocketAddr,
    pub(crate) data: &'a Path,
    /// Whether saving a file reloads.
    pub(crate) watching: bool,
    pub(crate) colours: Colours,
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Banner {
            projects,
            addr,
            data,
            watching,
            colours,
        } = self;
        let version = env!("CARGO_PKG_VERSION");
        let names: Vec<_> = projects
            .iter()
            .map(|project| &*project.config.name)
            .collect();
        let shown = colours.paint(BOLD, names.join(", "));
        writeln!(f, "holdfast {version} runs {shown}")?;
        writeln!(f)?;
        writeln!(f, "  {}", colours.paint(GREEN, Url(*addr)))?;
        writeln!(f)?;
        for project in projects {
            let config = &project.config;
            if names.len() > 1 {
                writeln!(f, "  {}", colours.paint(BOLD, &config.name))?;
            }
            table(f, *colours, &bindings(config, &names))?;
            let path = config.config_path.display();
            writeln!(f, "  {} {path}", colours.paint(FAINT, "config"))?;
            if names.len() > 1 {
                writeln!(f)?;
            }
        }
        writeln!(f, "  {} {}", colours.paint(FAINT, "data  "), data.display())?;
        let hint = if *watching {
            "saving a file reloads; "
        } else {
            ""
        };
        writeln!(
            f,
            "  {}",
            colours.paint(FAINT, format_args!("{hint}Ctrl-C stops"))
        )
    }
}

/// Where a client on this machine finds the server.
struct Url(SocketAddr);

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ip = match self.0.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        write!(f, "http://{}", SocketAddr::new(ip, self.0.port()))?;
        if self.0.ip().is_unspecified() {
            f.write_str(" (and every other address of this machine)")?;
        }
        Ok(())
    }
}

/// Name, kind, what it is.
type Row = [String; 3];

/// `running` has the names of all Workers that run.
fn bindings(config: &Config, running: &[&str]) -> Vec<Row> {
    let of = |worker: &str| match worker {
        own if own == config.name => None,
        there if running.contains(&there) => Some(format!(" of {there}")),
        missing => Some(format!(" of {missing}, which is not running")),
    };
    let objects = config.durable_objects.iter().map(|binding| {
        let place = binding.script_name.as_deref().and_then(of);
        let is_it = |class: &&DurableObjectClass| class.class_name == binding.class_name;
        let made = config
            .classes
            .iter()
            .find(is_it)
            .filter(|_| place.is_none());
        let storage = match made {
            Some(class) if class.sqlite => " (sqlite)",
            _ => "",
        };
        [
            binding.name.clone(),
            "Durable Object".to_owned(),
            format!(
                "{}{}{storage}",
                binding.class_name,
                place.unwrap_or_default()
            ),
        ]
    });
    let services = config.services.iter().map(|binding| {
        let place = of(&binding.service).unwrap_or_else(|| " of this Worker".to_owned());
        [
            binding.name.clone(),
            "service".to_owned(),
            format!("{}{place}", binding.entrypoint),
        ]
    });
    let vars = config.vars.iter().map(|(name, value)| {
        if config.secrets.contains(name) {
            [name.clone(), "secret".to_owned(), "(hidden)".to_owned()]
        } else {
            [name.clone(), "var".to_owned(), short(&value.to_string())]
        }
    });
    objects.chain(services).chain(vars).collect()
}

fn short(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn table(f: &mut fmt::Formatter<'_>, colours: Colours, rows: &[Row]) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    for [name, kind, what] in rows {
        writeln!(
            f,
            "  env.{name:first$}  {:second$}  {what}",
            colours.paint(FAINT, kind)
        )?;
    }
    f.write_char('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_can_be_opened() {
        let url = |addr: &str| Url(addr.parse().unwrap()).to_string();
        assert_eq!(url("127.0.0.1:8787"), "http://127.0.0.1:8787");
        assert_eq!(url("[::1]:80"), "http://[::1]:80");
        assert_eq!(
            url("0.0.0.0:1"),
            "http://127.0.0.1:1 (and every other address of this machine)"
        );
        assert_eq!(
            url("[::]:1"),
            "http://[::1]:1 (and every other address of this machine)"
        );
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(short("äöü"), "äöü");
        let cut = short(&"ä".repeat(100));
        assert_eq!(cut, format!("{}…", "ä".repeat(VALUE_CHARS_MAX)));
    }
}
