use holdfast_storage::*;
use std::time::Instant;
fn rss() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .find(|l| l.starts_with("VmRSS"))
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    std::fs::create_dir_all(&dir).unwrap();
    let n = 1000;
    let dbs: Vec<_> = (0..n)
        .map(|i| {
            Database::new(
                Location::File(format!("{dir}/{i}.sqlite").into()),
                Options::default(),
            )
        })
        .collect();
    let base = rss();
    let t = Instant::now();
    for d in &dbs {
        d.exec(
            "CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b TEXT)",
            vec![],
        )
        .unwrap();
        d.exec("INSERT INTO t VALUES(NULL,'hello')", vec![])
            .unwrap();
        d.kv_put("k", b"v").unwrap();
        d.commit().unwrap();
    }
    println!(
        "create+commit {:?}/db; rss per open db {} KiB",
        t.elapsed() / n,
        (rss() - base) / n as u64
    );
    for d in &dbs {
        d.kv_get("k").unwrap();
        let c = d
            .exec("SELECT * FROM t WHERE a=?", vec![SqlValue::Integer(1)])
            .unwrap();
        c.next().unwrap();
    }
    println!("after more statements {} KiB", (rss() - base) / n as u64);
    let t = Instant::now();
    for d in &dbs {
        assert!(d.close_if_idle());
    }
    println!("close {:?}/db", t.elapsed() / n);

    println!("after close {} KiB/db", (rss() - base) / n as u64);
    let t = Instant::now();
    for d in &dbs {
        d.kv_get("k").unwrap();
    }
    println!(
        "reopen+get {:?}/db; rss {} KiB",
        t.elapsed() / n,
        (rss() - base) / n as u64
    );
    let d = &dbs[0];
    let m = 100_000u32;
    let t = Instant::now();
    for _ in 0..m {
        d.kv_get_with("k", |v| v.len()).unwrap();
    }
    println!("kv_get {:?}", t.elapsed() / m);
    let t = Instant::now();
    for i in 0..m {
        d.kv_put(if i % 2 == 0 { "k" } else { "l" }, b"value")
            .unwrap();
    }
    println!("kv_put {:?}", t.elapsed() / m);
    d.commit().unwrap();
    let t = Instant::now();
    for _ in 0..m {
        let c = d
            .exec("SELECT * FROM t WHERE a=?", vec![SqlValue::Integer(1)])
            .unwrap();
        c.next_with(|r| r.len()).unwrap();
    }
    println!("select by pk {:?}", t.elapsed() / m);
    let t = Instant::now();
    for _ in 0..m {
        d.exec(
            "INSERT INTO t VALUES(NULL,?)",
            vec![SqlValue::Text("hello".into())],
        )
        .unwrap();
    }
    println!("insert {:?}", t.elapsed() / m);
    d.commit().unwrap();
    let t = Instant::now();
    let c = d.exec("SELECT * FROM t", vec![]).unwrap();
    let mut k = 0;
    while c
        .next_with(|r| match r.get(1) {
            ValueRef::Text(t) => t.len(),
            _ => 0,
        })
        .unwrap()
        .is_some()
    {
        k += 1
    }
    println!("scan row {:?}", t.elapsed() / k);
    let t = Instant::now();
    for _ in 0..m {
        let c = d
            .exec("SELECT * FROM t WHERE a=?", vec![SqlValue::Integer(1)])
            .unwrap();
        c.next_with(|r| r.len()).unwrap();
        c.rows_read();
        c.rows_written();
    }
    println!("select by pk + counts {:?}", t.elapsed() / m);
    let t = Instant::now();
    for i in 0..20000 {
        d.kv_put("k", if i % 2 == 0 { b"a" } else { b"b" }).unwrap();
        d.rollback_implicit();
    }
    println!("begin+put+rollback {:?}", t.elapsed() / 20000);
    let t = Instant::now();
    for i in 0..500 {
        d.kv_put("k", if i % 2 == 0 { b"a" } else { b"b" }).unwrap();
        d.commit().unwrap();
    }
    println!("put+commit {:?}", t.elapsed() / 500);
}
