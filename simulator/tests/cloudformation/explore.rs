use trailbell_sim::cloudformation::{Environment, Reason, Stack};
fn walk(p: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
    for e in std::fs::read_dir(p).unwrap() {
        let p = e.unwrap().path();
        if p.is_dir() { walk(&p, out) } else { out.push(p) }
    }
}
#[test]
fn explore() {
    let mut files = vec![];
    walk(std::path::Path::new("/work/shared/data/templates"), &mut files);
    files.sort();
    for f in files {
        let text = std::fs::read_to_string(&f).unwrap();
        let mut env = Environment::default();
        let mut r = Stack::read(&text, &env);
        for _ in 0..3 {
            if let Err(e) = &r {
                for e in e.as_slice() {
                    if let Reason::ParameterMissing(p) = &e.reason {
                        env.parameters.insert(p.clone(), "1".into());
                    }
                }
                r = Stack::read(&text, &env);
            }
        }
        let name = f.strip_prefix("/work/shared/data/templates").unwrap().display().to_string();
        match r {
            Ok(s) => {
                let mut m = std::collections::BTreeMap::new();
                for r in &s.resources {
                    *m.entry(r.kind.as_str().rsplit("::").next().unwrap()).or_insert(0) += 1;
                }
                println!(
                    "OK  {name} params={:?} {m:?} left={} notcreated={} notes={:?}",
                    env.parameters.keys().collect::<Vec<_>>(),
                    s.left_aside.len(),
                    s.not_created.len(),
                    s.notes
                );
                for r in &s.resources {
                    for k in &r.known_later {
                        println!("       later {} {} <- {}", r.logical_id, k.property, k.origin);
                    }
                }
            }
            Err(e) => println!(
                "ERR {name} params={:?}\n      {}",
                env.parameters.keys().collect::<Vec<_>>(),
                e.to_string().replace("\n", "\n      ")
            ),
        }
    }
}
