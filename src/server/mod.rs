//! The doors of `trailbell serve`: glue between SNS, the mapping and the pager. No rules live here.

mod fetch;
mod metrics;
mod signing_certificates;
mod tls;
