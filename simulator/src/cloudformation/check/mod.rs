//! Whether a stack will page, and whether the page will close.
