//! The command line, as built: data on standard output, words for people on standard error, and the exit code.

mod check;
mod keys;
mod map;
mod serve;
mod verify;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with files for one command.
struct Desk(TempDir);

/// What a command left.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailbell"));
        command.args(arguments).current_dir(self.path()).env_remove("TRAILBELL_API_KEY");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, "")
    }

    /// With text on standard input.
    fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may end before it is written.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ended {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// One JSON object a line.
    fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// All of it, for a snapshot.
    fn whole(&self) -> String {
        format!("exit code: {}\n--- standard output\n{}--- standard error\n{}", self.code, self.out, self.err)
    }
}

#[test]
fn a_call_that_makes_no_sense_is_code_2() {
    let desk = Desk::new();
    for arguments in [&["nonsense"][..], &[], &["map"], &["verify"], &["keys"], &["serve", "--nonsense"]] {
        let ended = desk.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains("Usage: trailbell"), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn help_and_version_are_code_0() {
    let desk = Desk::new();
    let help = desk.run(&["--help"]);
    assert_eq!(help.code, 0);
    for command in ["serve", "receive", "relay", "map", "verify", "check", "keys"] {
        assert!(help.out.contains(command), "{}", help.out);
        assert_eq!(desk.run(&[command, "--help"]).code, 0);
    }
    assert_eq!(desk.run(&["--version"]).out, format!("trailbell {}\n", env!("CARGO_PKG_VERSION")));
}
