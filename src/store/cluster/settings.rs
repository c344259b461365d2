//! The texts that configure the cluster; written anew at each start, so that an upgrade takes effect.

use super::USER;
use super::layout::PORT;
use std::fs;

const MAP: &str = "diaba";
const KIB_PER_MIB: u64 = 1024;

/// The name of our settings file, which `postgresql.conf` includes.
pub(super) const SETTINGS_FILE: &str = "diaba.conf";

/// Who may connect: over the unix socket, as the role `diaba`, whom the operating system vouches for.
pub(super) fn hba() -> String {
    format!("# Written by diaba at each start.\nlocal all {USER} peer map={MAP}\n")
}

/// Which operating-system users are the role `diaba`: the one that the cluster runs as, and root.
pub(super) fn ident(cluster_user: &str) -> String {
    format!(
        "# Written by diaba at each start.\n{MAP} \"{cluster_user}\" {USER}\n{MAP} root {USER}\n"
    )
}

/// Our settings; the office's own go into `postgresql.conf` after the line that includes these.
pub(super) fn settings(socket_dir: &str, memory_mib: u64) -> String {
    let shared_mib = (memory_mib / 8).clamp(64, 1024);
    let cache_mib = (memory_mib / 2).max(shared_mib);
    let maintenance_mib = (memory_mib / 32).clamp(64, 512);
    format!(
        "# Written by diaba at each start; settings of your own go below the include in postgresql.conf.
listen_addresses = ''
unix_socket_directories = '\"{socket_dir}\"'
port = {PORT}
fsync = on
wal_level = replica
max_wal_size = 2GB
checkpoint_timeout = 15min
shared_buffers = {shared_mib}MB
effective_cache_size = {cache_mib}MB
maintenance_work_mem = {maintenance_mib}MB
work_mem = 16MB
jit = off
# A statement over a register locks each partition and its indexes.
max_locks_per_transaction = 256
# The log names no person: neither the values of a row that a constraint refuses nor the statement.
log_error_verbosity = terse
log_min_error_statement = panic
logging_collector = off
log_destination = stderr
log_line_prefix = '%m [%p] %q%u@%d '
"
    )
}

/// The memory that this process may count on: the machine's, or its control group's if that is less.
///
/// # Units
/// Mebibytes; 2048 where the system does not tell.
pub(super) fn memory_mib() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let kib = text
            .lines()
            .find_map(|line| line.strip_prefix("MemTotal:"))?;
        Some(kib.trim().strip_suffix(" kB")?.parse::<u64>().ok()? / KIB_PER_MIB)
    });
    let group = fs::read_to_string("/sys/fs/cgroup/memory.max")
        .ok()
        .and_then(|text| Some(text.trim().parse::<u64>().ok()? / KIB_PER_MIB / KIB_PER_MIB));
    machine.into_iter().chain(group).min().unwrap_or(2048)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_grow_with_the_machine_up_to_one_gibibyte() {
        for (memory_mib, buffers) in [
            (256, "64MB"),
            (2048, "256MB"),
            (8192, "1024MB"),
            (262_144, "1024MB"),
        ] {
            let text = settings("/run", memory_mib);
            assert!(
                text.contains(&format!("shared_buffers = {buffers}\n")),
                "{memory_mib}"
            );
        }
    }
}
