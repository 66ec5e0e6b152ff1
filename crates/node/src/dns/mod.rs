//! Names: `dns.lookup` asks as the machine's programs do, the other functions ask its name servers themselves.

mod client;
mod message;

use std::net::IpAddr;

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::io::{Host, promise_from};
use openssl::rand::rand_bytes;

use message::{Failure, Field, Record};

pub(crate) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_dns_lookup", 1, lookup)
        .op("op_node_dns_query", 2, query)
        .op("op_node_dns_host_names", 1, host_names)
}

const SERVERS: &str = "/etc/resolv.conf";
const HOSTS: &str = "/etc/hosts";

/// A file of the machine; nothing if it has none.
async fn read(path: &'static str) -> String {
    let text = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
    text.ok().and_then(Result::ok).unwrap_or_default()
}

/// `(name)` → promise of its addresses, in the system's order; of none if it has none
fn lookup<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(0))?;
    let gate = scope.state::<Host>().output_gate();
    let work = async move {
        gate.await;
        let found = tokio::net::lookup_host((name, 0)).await;
        let mut addresses: Vec<String> = Vec::new();
        for address in found.into_iter().flatten() {
            let address = address.ip().to_string();
            // One for each kind of socket otherwise.
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    };
    promise_from(scope, work, |scope, addresses| {
        texts_to_js(scope, &addresses)
    })
}

fn texts_to_js<'s>(scope: &mut Scope<'s>, texts: &[String]) -> JsResult<'s> {
    let mut list = Vec::with_capacity(texts.len());
    for text in texts {
        list.push(scope.string(text)?);
    }
    scope.array(&list)
}

/// `(name, type)` → promise of records, each `[time to live, field …]`, or of the code of an error
fn query<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(0))?;
    let kind = scope.to_string(args.get(1))?;
    let Some(kind) = message::type_named(&kind) else {
        return Err(scope.throw_type_error(&format!("There are no records of type {kind:?}.")));
    };
    let gate = scope.state::<Host>().output_gate();
    let work = async move {
        gate.await;
        let mut id = [0; 2];
        rand_bytes(&mut id).map_err(|_| Failure::Unreachable)?;
        let config = read(SERVERS).await;
        let servers = client::servers(&config);
        client::query(&servers, u16::from_be_bytes(id), &name, kind).await
    };
    promise_from(scope, work, records_to_js)
}

fn records_to_js<'s>(scope: &mut Scope<'s>, records: Result<Vec<Record>, Failure>) -> JsResult<'s> {
    let records = match records {
        Ok(records) => records,
        Err(failure) => return scope.string(failure.code()),
    };
    let mut list = Vec::with_capacity(records.len());
    for record in &records {
        let mut fields = Vec::with_capacity(record.len());
        for field in record {
            fields.push(match field {
                Field::Number(number) => scope.number(f64::from(*number)),
                Field::Text(text) => scope.string(text)?,
            });
        }
        list.push(scope.array(&fields)?);
    }
    scope.array(&list)
}

/// `(address)` → promise of the names that the machine's own table gives it
fn host_names<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let address = scope.to_string(args.get(0))?;
    let work = async move {
        let table = read(HOSTS).await;
        match address.parse() {
            Ok(address) => names_of(&table, address),
            Err(_) => Vec::new(),
        }
    };
    promise_from(scope, work, |scope, names| texts_to_js(scope, &names))
}

fn names_of(table: &str, address: IpAddr) -> Vec<String> {
    let mut names = Vec::new();
    for line in table.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        if words.next().and_then(|word| word.parse().ok()) == Some(address) {
            names.extend(words.map(str::to_owned));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_machines_table() {
        let table = "127.0.0.1\tlocalhost one # two\n# 127.0.0.1 three\n::1 six\n127.0.0.1 four\n";
        let names = |address: &str| names_of(table, address.parse().unwrap());
        assert_eq!(names("127.0.0.1"), ["localhost", "one", "four"]);
        assert_eq!(names("0:0::1"), ["six"]);
        assert!(names("10.0.0.1").is_empty());
    }
}
