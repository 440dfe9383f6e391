//! `trailbell serve` or `relay` as a process, watched from outside through `/proc`.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::support::Result;

/// The server. It is killed when it is dropped.
pub(crate) struct Serve {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

/// How long a start may take: compiling the programs is most of it.
const START_PATIENCE: Duration = Duration::from_secs(20);
const START_STEP: Duration = Duration::from_millis(20);

impl Serve {
    /// Starts it with this configuration, beside which `authority.pem` lies, and waits until it listens.
    pub(crate) async fn start(command: &str, config: &str, authority_pem: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (config_file, log_file) = (folder.path().join("trailbell.toml"), folder.path().join("log.jsonl"));
        fs::write(&config_file, config)?;
        fs::write(folder.path().join("authority.pem"), authority_pem)?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_trailbell"))
            .args([command, "--log-format", "json", "--config"])
            .arg(&config_file)
            .stdin(Stdio::null())
            .stderr(File::create(&log_file)?)
            .spawn()?;
        let mut waited = Duration::ZERO;
        while waited < START_PATIENCE && child.try_wait()?.is_none() {
            if let Some(address) = listening(&fs::read_to_string(&log_file)?) {
                return Ok(Self { child, address, _folder: folder });
            }
            tokio::time::sleep(START_STEP).await;
            waited += START_STEP;
        }
        let _ = child.kill();
        Err(format!("the server did not start: {}", fs::read_to_string(&log_file)?).into())
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The memory that it has in RAM, in megabytes.
    pub(crate) fn resident_mb(&self) -> Result<f64> {
        self.status_mb("VmRSS:")
    }

    /// The most that it ever had.
    pub(crate) fn peak_resident_mb(&self) -> Result<f64> {
        self.status_mb("VmHWM:")
    }

    /// The processor time that it has taken.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        Cpu::read(format!("/proc/{}/stat", self.child.id()).into())
    }

    fn status_mb(&self, name: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line in status")?;
        let kibibytes: u32 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(f64::from(kibibytes) * 1024.0 / 1e6)
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the line that says so.
fn listening(log: &str) -> Option<SocketAddr> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let line = lines.into_iter().find(|line| line["message"] == "listening")?;
    line["address"].as_str()?.parse().ok()
}

/// Processor time of a process, in the kernel's hundredths of a second.
#[derive(Clone, Copy)]
pub(crate) struct Cpu(u32);

impl Cpu {
    /// That of the load generator and the stand-in.
    pub(crate) fn of_this_process() -> Result<Self> {
        Self::read("/proc/self/stat".into())
    }

    /// From here to there, in microseconds for each of `count`.
    pub(crate) fn microseconds_until(self, later: Self, count: usize) -> f64 {
        f64::from(later.0 - self.0) * 10_000.0 / u32::try_from(count).map_or(1.0, f64::from)
    }

    /// Fields 14 and 15 of proc(5)'s `stat`, counted after the command's name in parentheses.
    fn read(path: PathBuf) -> Result<Self> {
        let stat = fs::read_to_string(path)?;
        let (_, fields) = stat.rsplit_once(')').ok_or("no name in stat")?;
        let times = fields.split_ascii_whitespace().skip(11).take(2).map(str::parse::<u32>);
        Ok(Self(times.sum::<std::result::Result<u32, _>>()?))
    }
}
