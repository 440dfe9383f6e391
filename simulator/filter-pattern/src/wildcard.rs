//! Texts in which `*` stands for any run of characters, the empty one too. Nothing else is special.

/// A text with wildcards, such as `AccessDenied*` or `*.4xlarge`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wildcard {
    text: String,
    /// The first and the last star.
    stars: Option<(usize, usize)>,
}

impl Wildcard {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let stars = text.find('*').zip(text.rfind('*'));
        Self { text, stars }
    }

    /// The text, if there is no wildcard in it.
    pub(crate) fn exact(&self) -> Option<&str> {
        self.stars.is_none().then_some(&self.text)
    }

    /// What stands between the wildcards.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.text.split('*')
    }

    /// Whether the whole of `text` fits. Takes time in proportion to both lengths at worst.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some((first, last)) = self.stars else {
            return self.text == text;
        };
        let Some(mut text) = text.strip_prefix(&self.text[..first]) else {
            return false;
        };
        let suffix = &self.text[last + 1..];
        // The leftmost occurrence of each part leaves most to those that follow, so none is ever taken back.
        let middle = if first < last { self.text[first + 1..last].split('*') } else { "".split('*') };
        for part in middle.filter(|part| !part.is_empty()) {
            match text.split_once(part) {
                Some((_, after)) => text = after,
                None => return false,
            }
        }
        text.ends_with(suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::Wildcard;

    #[test]
    fn a_star_stands_for_any_run_and_all_else_for_itself() {
        let cases = [
            ("Alpha", "Alpha", true),
            ("Alpha", "Alphabet", false),
            ("", "", true),
            ("", "x", false),
            ("*", "", true),
            ("*", "x", true),
            ("Alpha*", "Alpha", true),
            ("Alpha*", "xAlpha", false),
            ("*Alpha", "xAlpha", true),
            ("*Alpha", "Alphabet", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "ba", false),
            ("a*a", "a", false),
            ("ab*ba", "aba", false),
            ("a**b", "ab", true),
            ("a?b", "a?b", true),
            ("a?b", "a*b", false),
            ("é*", "étage", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Wildcard::new(pattern).matches(text), expected, "{pattern} on {text}");
        }
    }
}
