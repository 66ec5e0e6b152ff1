//! What processes and the machine used, as Linux tells in `/proc`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

/// The unit of CPU times in `/proc`: user space always sees hundredths of a second on the platforms that
/// either runtime is built for.
const TICK: Duration = Duration::from_millis(10);

fn read(file: &str) -> Result<String> {
    fs::read_to_string(file).with_context(|| {
        format!("cannot read {file} (the process ended, or this system is not Linux)")
    })
}

/// The memory of a process that is in RAM, in bytes.
///
/// # Errors
/// There is no such process.
pub(crate) fn resident_bytes(pid: u32) -> Result<u64> {
    let status = read(&format!("/proc/{pid}/status"))?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"))
        .with_context(|| format!("process {pid} has no VmRSS: it has ended"))?;
    Ok(kib.parse::<u64>()? * 1024)
}

/// CPU time that a process used so far, with all its threads.
///
/// # Errors
/// There is no such process.
pub(crate) fn cpu_of_process(pid: u32) -> Result<Duration> {
    let stat = read(&format!("/proc/{pid}/stat"))?;
    process_ticks(&stat).map(ticks)
}

/// CPU time that everything on this machine used so far, other guests of its host among it.
///
/// # Errors
/// There is no `/proc/stat`.
pub(crate) fn cpu_of_machine() -> Result<Duration> {
    machine_ticks(&read("/proc/stat")?).map(ticks)
}

fn ticks(count: u64) -> Duration {
    TICK * u32::try_from(count).unwrap_or(u32::MAX)
}

/// Fields 14 and 15 of proc_pid_stat(5), `utime` and `stime`. The name before them may contain anything.
fn process_ticks(stat: &str) -> Result<u64> {
    let fields = stat.rsplit_once(") ").context("no name in a stat file")?.1;
    // The first field after the name is the third.
    let times: Vec<&str> = fields.split(' ').skip(14 - 3).take(2).collect();
    sum(&times)
}

/// The columns of the first line: user nice system idle iowait irq softirq steal; then parts of these.
fn machine_ticks(stat: &str) -> Result<u64> {
    let line = stat.lines().next().unwrap_or_default();
    let columns: Vec<&str> = line.split_ascii_whitespace().skip(1).collect();
    let [user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = columns[..] else {
        anyhow::bail!("/proc/stat begins with {line:?}");
    };
    sum(&[user, nice, system, irq, softirq, steal])
}

fn sum(numbers: &[&str]) -> Result<u64> {
    let parsed = numbers.iter().map(|number| number.parse::<u64>());
    Ok(parsed.sum::<Result<u64, _>>()?)
}

/// The kind of file system that a folder is on, such as `ext4`.
///
/// # Errors
/// There is no such folder.
pub(crate) fn filesystem(folder: &Path) -> Result<String> {
    let folder = folder
        .canonicalize()
        .with_context(|| format!("cannot use {}", folder.display()))?;
    filesystem_among(&read("/proc/self/mountinfo")?, &folder)
        .with_context(|| format!("nothing is mounted at {}", folder.display()))
}

/// The innermost mount that has the folder; of several at one place the last one counts.
fn filesystem_among(mounts: &str, folder: &Path) -> Option<String> {
    mounts
        .lines()
        .filter_map(|line| {
            let (place, rest) = line.split_once(" - ")?;
            let point = Path::new(place.split(' ').nth(4)?);
            let kind = rest.split(' ').next()?;
            folder
                .starts_with(point)
                .then(|| (point.components().count(), kind))
        })
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_user_and_system_time() {
        let stat = "12 (a b) c) S 1 2 3 4 5 6 7 8 9 10 700 30 99 99 20 0 1 0\n";
        assert_eq!(process_ticks(stat).unwrap(), 730);
        let stat = "cpu  100 20 3 5000 600 7 8 9 1000 1000\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(machine_ticks(stat).unwrap(), 147);
    }

    #[test]
    fn this_process_uses_memory() {
        let bytes = resident_bytes(std::process::id()).unwrap();
        assert!((1 << 16..1 << 40).contains(&bytes), "{bytes}");
        cpu_of_process(std::process::id()).unwrap();
    }

    #[test]
    fn the_innermost_mount_counts() {
        let mounts = "21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n\
            30 21 0:5 / /tmp rw - tmpfs tmpfs rw\n\
            31 21 0:6 / /tmp/disk rw master:1 - xfs /dev/sdb rw\n";
        let on = |folder| filesystem_among(mounts, Path::new(folder)).unwrap();
        assert_eq!(on("/tmpx"), "ext4");
        assert_eq!(on("/tmp/a/b"), "tmpfs");
        assert_eq!(on("/tmp/disk"), "xfs");
    }
}
