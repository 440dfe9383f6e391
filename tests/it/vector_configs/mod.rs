//! The Vector configurations of `vrl/`, proved without a Vector.

mod functions;
mod program;

use functions::Tables;
use program::Program;

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
