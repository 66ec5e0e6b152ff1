use holdfast_storage::*;
fn main() { let p = std::env::args().nth(1).unwrap(); let d = Database::new(Location::File(p.into()), Options::default());
 d.kv_put("k", b"v").unwrap(); eprintln!("-- commit 1"); d.commit().unwrap(); for i in 0..3 { eprintln!("-- put"); d.kv_put("k", &[i]).unwrap(); d.commit().unwrap(); } eprintln!("-- close"); d.close(); eprintln!("-- get"); d.kv_get("k").unwrap(); eprintln!("-- end"); }
