//! The Vector configurations of `vrl/`, proved without a Vector.

mod config;
mod functions;
mod program;
mod runner;

use config::Config;
use functions::Tables;
use program::Program;

const SHIPPED: [&str; 4] = ["vector-relay.yaml", "vector-sqs.yaml", "vector-direct.yaml", "vector-kafka.yaml"];

#[test]
fn the_tests_of_each_configuration_pass() {
    for name in SHIPPED {
        let t = std::time::Instant::now();
        let problems = runner::run(&Config::shipped(name));
        assert!(problems.is_empty(), "{name}\n{}", problems.join("\n"));
        println!("{name} {:?}", t.elapsed());
    }
}

#[test]
fn compiles() {
    let tables = Tables::routes(&std::fs::read_to_string(program::folder().join("routes.csv")).unwrap());
    for files in [&["settings.vrl"][..], &["envelope.vrl"], &["routes.vrl"], &["request.vrl"]] {
        let source = Program::source(files);
        for kinds in program::kinds() {
            if let Err(error) = Program::compile_for(&source, &functions::oldest(), &tables, kinds.clone()) {
                panic!("{files:?} with {kinds:?}: {error}");
            }
        }
    }
}
