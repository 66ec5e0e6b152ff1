//! A bank whose server is killed again and again, under load: no confirmed transfer is lost, no money appears or
//! disappears.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::harness::{DEADLINE, Holdfast, Project, Server};

const KILLS: usize = 50;
const CLIENTS: usize = 8;
/// Transfers that are confirmed before the next kill.
const CONFIRMED_BETWEEN_KILLS: usize = 40;
const BRANCHES: usize = 12;
const OPENING_BALANCE: i64 = 1_000;

const CONFIG: &str = r#"{
    "name": "bank", "main": "src/index.js", "compatibility_date": "2026-04-01",
    "durable_objects": { "bindings": [{ "name": "BRANCH", "class_name": "Branch" }] },
    "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Branch"] }]
}"#;

/// A branch keeps its balance in SQL and counts transfers in keys, both in one transaction; the other branch is
/// credited by a call, which the output gate holds until the debit is durable.
const CODE: &str = r#"
import { DurableObject } from "cloudflare:workers";

export class Branch extends DurableObject {
    constructor(ctx, env) {
        super(ctx, env);
        this.sql = ctx.storage.sql;
        this.sql.exec("CREATE TABLE IF NOT EXISTS balance (one INTEGER PRIMARY KEY CHECK (one = 1), amount INTEGER NOT NULL)");
        this.sql.exec("CREATE TABLE IF NOT EXISTS moves (id TEXT, kind TEXT, amount INTEGER, peer TEXT, PRIMARY KEY (id, kind))");
        this.sql.exec("INSERT OR IGNORE INTO balance VALUES (1, 1000)");
    }
    move(id, kind, amount, peer) {
        const known = this.sql.exec("SELECT 1 FROM moves WHERE id = ? AND kind = ?", id, kind).toArray();
        if (known.length > 0) return;
        this.sql.exec("INSERT INTO moves VALUES (?, ?, ?, ?)", id, kind, amount, peer);
        this.sql.exec("UPDATE balance SET amount = amount + ?", kind === "in" ? amount : -amount);
        const count = this.ctx.storage.kv.get("count") ?? 0;
        this.ctx.storage.kv.put("count", count + 1);
    }
    async transfer(id, amount, peer) {
        this.move(id, "out", amount, peer);
        await this.env.BRANCH.getByName(peer).credit(id, amount, this.ctx.id.name);
    }
    credit(id, amount, peer) {
        this.move(id, "in", amount, peer);
    }
    report() {
        const [{ amount }] = this.sql.exec("SELECT amount FROM balance").toArray();
        return {
            amount,
            count: this.ctx.storage.kv.get("count") ?? 0,
            moves: this.sql.exec("SELECT id, kind, amount FROM moves").toArray(),
            check: this.sql.exec("PRAGMA quick_check").toArray()[0].quick_check,
        };
    }
}

export default {
    async fetch(request, env) {
        const [, what, from, to, id, amount] = new URL(request.url).pathname.split("/");
        const branch = env.BRANCH.getByName(from);
        if (what === "transfer") {
            await branch.transfer(id, Number(amount), to);
            return new Response("done");
        }
        return Response.json(await branch.report());
    },
};
"#;

/// A request whose answer may never come. True: it came, and said so.
fn confirmed(server: &Server, path: &str) -> bool {
    let asked = (|| {
        let mut stream = TcpStream::connect(&server.host)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            server.host
        );
        stream.write_all(head.as_bytes())?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok::<_, std::io::Error>(text)
    })();
    asked.is_ok_and(|text| text.starts_with("HTTP/1.1 200") && text.ends_with("done"))
}

/// Transfers from all clients until told to stop; the confirmed ones are written down.
fn load(
    server: &Server,
    round: usize,
    stop: &Arc<AtomicBool>,
    ledger: &Arc<Mutex<HashMap<String, i64>>>,
    count: &Arc<AtomicUsize>,
) -> Vec<thread::JoinHandle<()>> {
    (0..CLIENTS)
        .map(|client| {
            let (server, stop) = (server.clone(), Arc::clone(stop));
            let (ledger, count) = (Arc::clone(ledger), Arc::clone(count));
            thread::spawn(move || {
                for n in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let from = (client * 7 + n * 5 + round) % BRANCHES;
                    let to = (from + 1 + (n * 3 + client) % (BRANCHES - 1)) % BRANCHES;
                    let id = format!("{round}-{client}-{n}");
                    let amount = (n % 9 + 1) as i64;
                    let path = format!("/transfer/branch-{from}/branch-{to}/{id}/{amount}");
                    if confirmed(&server, &path) {
                        ledger.lock().unwrap().insert(id, amount);
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect()
}

#[test]
fn no_confirmed_transfer_is_lost_and_no_money_either_however_often_it_is_killed() {
    let project = Project::new(&[("wrangler.jsonc", CONFIG), ("src/index.js", CODE)]);
    let data = tempfile::tempdir().unwrap();
    let ledger = Arc::default();
    for round in 0..KILLS {
        let mut holdfast = Holdfast::dev(project.path(), data.path(), &["--log-level", "error"]);
        let server = holdfast.ready();
        let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let clients = load(&server, round, &stop, &ledger, &count);
        while count.load(Ordering::Relaxed) < CONFIRMED_BETWEEN_KILLS {
            assert!(
                clients.iter().any(|client| !client.is_finished()),
                "nobody transfers any more"
            );
            thread::yield_now();
        }
        // In the middle of whatever the server is doing just now.
        holdfast.signal("KILL");
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().unwrap();
        }
        assert!(!holdfast.end().status.success());
    }

    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    let (mut total, mut out, mut credited) = (0, HashMap::new(), HashMap::new());
    for branch in 0..BRANCHES {
        let report = server.get(&format!("/report/branch-{branch}")).body;
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["check"], "ok");
        let moves = report["moves"].as_array().unwrap();
        assert_eq!(report["count"].as_u64().unwrap() as usize, moves.len());
        let mut sum = OPENING_BALANCE;
        for a_move in moves {
            let id = a_move["id"].as_str().unwrap().to_owned();
            let amount = a_move["amount"].as_i64().unwrap();
            if a_move["kind"] == "in" {
                sum += amount;
                credited.insert(id, amount);
            } else {
                sum -= amount;
                out.insert(id, amount);
            }
        }
        assert_eq!(report["amount"].as_i64().unwrap(), sum, "branch {branch}");
        total += sum;
    }
    let ledger = ledger.lock().unwrap();
    assert!(ledger.len() >= KILLS * CONFIRMED_BETWEEN_KILLS);
    for (id, amount) in &*ledger {
        assert_eq!(out.get(id), Some(amount), "the debit of {id} was confirmed");
        assert_eq!(
            credited.get(id),
            Some(amount),
            "the credit of {id} was confirmed"
        );
    }
    // A credit reveals its debit, so there is none without; a debit whose credit did not happen is under way.
    let mut under_way = 0;
    for (id, amount) in &out {
        if !credited.contains_key(id) {
            under_way += amount;
        }
    }
    assert!(credited.keys().all(|id| out.contains_key(id)));
    assert_eq!(total + under_way, BRANCHES as i64 * OPENING_BALANCE);
}
