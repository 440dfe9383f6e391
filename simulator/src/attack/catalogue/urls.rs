//! URLs that lead elsewhere, written with names in braces.

use std::net::IpAddr;

use crate::attack::forge::Forge;
use crate::attack::setup::names;

/// Puts in `{host}` for SNS's host, `{trap}` for an address and port that must not be called, `{port}` for that port,
/// `{decimal}`, `{hexadecimal}` and `{mapped}` for that address in other spellings, and the names that resemble SNS's.
pub(super) fn fill(forge: &Forge, url: &str) -> String {
    let trap = forge.trap();
    let (decimal, hexadecimal, mapped) = match trap.ip() {
        IpAddr::V4(ip) => {
            let number = u32::from(ip);
            (number.to_string(), format!("{number:#x}"), format!("[{}]", ip.to_ipv6_mapped()))
        }
        // It has one spelling.
        IpAddr::V6(ip) => (format!("[{ip}]"), format!("[{ip}]"), format!("[{ip}]")),
    };
    let names = names(forge.host());
    url.replace("{host}", forge.host())
        .replace("{trap}", &trap.to_string())
        .replace("{port}", &trap.port().to_string())
        .replace("{decimal}", &decimal)
        .replace("{hexadecimal}", &hexadecimal)
        .replace("{mapped}", &mapped)
        .replace("{elsewhere}", &names.elsewhere)
        .replace("{prefixed}", &names.prefixed)
        .replace("{suffixed}", &names.suffixed)
        .replace("{below}", &names.below)
        .replace("{bucket}", names.bucket)
        .replace("{buckets}", names.buckets)
}
