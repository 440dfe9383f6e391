//! The Subject: `ALARM: "root-login" in EU (Ireland)`.

use super::super::change::StateChange;
use super::super::region::region_display_name;

/// How many characters a Subject may have.
const MOST_CHARACTERS: usize = 100;

pub(super) fn subject(change: &StateChange) -> String {
    of(change.to.value.as_str(), change.name(), region_display_name(&change.home.region))
}

/// The name gives way where it is too long: the quotation marks and the region stay (recorded).
fn of(state: &str, name: &str, region: &str) -> String {
    let name = ascii(name);
    let room = MOST_CHARACTERS.saturating_sub(state.chars().count() + region.chars().count() + 8);
    let name = if name.chars().count() > room {
        let kept: String = name.chars().take(room.saturating_sub(3)).collect();
        format!("{kept}...")
    } else {
        name
    };
    format!("{state}: \"{name}\" in {region}")
}

/// Each run of characters that are not ASCII becomes one `_` (recorded).
fn ascii(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut in_run = false;
    for character in name.chars() {
        if character.is_ascii() {
            out.push(character);
        } else if !in_run {
            out.push('_');
        }
        in_run = !character.is_ascii();
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REGION: &str = "US East (N. Virginia)";

    #[test]
    fn a_long_name_is_cut_and_what_is_not_ascii_is_one_underscore() {
        assert_eq!(of("ALARM", "a", REGION), "ALARM: \"a\" in US East (N. Virginia)");
        assert_eq!(of("ALARM", "Sesión 界界 x", REGION), "ALARM: \"Sesi_n _ x\" in US East (N. Virginia)");
        assert_eq!(of("ALARM", &"x".repeat(66), REGION).len(), 100);
        let cut = of("ALARM", &"x".repeat(67), REGION);
        assert_eq!(cut, format!("ALARM: \"{}...\" in {REGION}", "x".repeat(63)));
    }

    proptest! {
        #[test]
        fn a_subject_is_ascii_and_short_and_ends_with_the_region(name in "\\PC{1,255}") {
            for state in ["OK", "ALARM", "INSUFFICIENT_DATA"] {
                let subject = of(state, &name, REGION);
                prop_assert!(subject.is_ascii() && subject.len() <= 100);
                prop_assert!(subject.ends_with("\" in US East (N. Virginia)"));
            }
        }
    }
}
