//! The intrinsic functions' own rules, apart from looking names up.

pub(super) mod list;
pub(super) mod sub;
