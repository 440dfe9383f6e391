//! AWS's subset of regular expressions, translated for the `regex` crate, which knows no backtracking.
//!
//! Allowed are letters, digits, blanks, `: _ # = @ / ; , -`, the operators `^ $ ? [ ] { } | \ * + .`, the classes
//! `\d \D \s \S \w \W`, `\xhh`, and an operator or allowed symbol after a backslash for itself. There are no groups.
//! `\d`, `\s` and `\w` are ASCII; `.` is any character, the newline too; `^` and `$` are the two ends of the text.
//! Source: Supported regular expressions syntax, CloudWatch Logs User Guide.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

use regex_syntax::hir::Hir;

/// Bytes of compiled program. AWS's limit is not known; this one keeps `%a{1000}{1000}%` from eating the memory.
const SIZE_LIMIT: usize = 1 << 20;

/// A regular expression, looked for anywhere in a text.
#[derive(Debug, Clone)]
pub(crate) struct Regex {
    /// Between the percent signs.
    source: String,
    translated: String,
    regex: regex::Regex,
    /// The least bytes of a match: shorter texts need not be tried.
    least: usize,
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// The expression has only allowed characters, but means nothing, or too much.
#[derive(Debug)]
pub(crate) struct NotCompiled;

/// Whether a character may stand between the percent signs at all.
pub(crate) fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || is_symbol(character) || is_operator(character)
}

fn is_symbol(character: char) -> bool {
    matches!(character, ' ' | ':' | '_' | '#' | '=' | '@' | '/' | ';' | ',' | '-')
}

fn is_operator(character: char) -> bool {
    matches!(character, '^' | '$' | '?' | '[' | ']' | '{' | '}' | '|' | '\\' | '*' | '+' | '.')
}

impl Regex {
    pub(crate) fn new(source: &str) -> Result<Self, NotCompiled> {
        let translated = translate(source)?;
        let regex = regex::RegexBuilder::new(&translated)
            .dot_matches_new_line(true)
            .size_limit(SIZE_LIMIT)
            .build()
            .map_err(|_| NotCompiled)?;
        let hir = hir(&translated).ok_or(NotCompiled)?;
        let least = hir.properties().minimum_len().unwrap_or(0);
        Ok(Self { source: source.to_owned(), translated, regex, least })
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        text.len() >= self.least && self.regex.is_match(text)
    }

    /// Texts of which every match starts with one, each of at least `length` bytes; none if there is no such set, or
    /// if it is large.
    pub(crate) fn prefixes(&self, length: usize) -> Option<Vec<String>> {
        let hir = hir(&self.translated)?;
        let prefixes = regex_syntax::hir::literal::Extractor::new().limit_total(16).extract(&hir);
        let texts: Option<Vec<String>> = prefixes
            .literals()?
            .iter()
            .map(|literal| String::from_utf8(literal.as_bytes().to_vec()).ok())
            .collect();
        texts.filter(|texts| texts.iter().all(|text| text.len() >= length))
    }
}

fn hir(translated: &str) -> Option<Hir> {
    regex_syntax::ParserBuilder::new().dot_matches_new_line(true).build().parse(translated).ok()
}

/// The same expression in the syntax of the `regex` crate, every literal as an escape.
fn translate(source: &str) -> Result<String, NotCompiled> {
    let mut out = String::with_capacity(4 * source.len());
    let mut rest = source.chars().peekable();
    // Whether something stands before that a repetition can repeat.
    let mut repeatable = false;
    while let Some(character) = rest.next() {
        repeatable = match character {
            '^' | '$' | '|' => {
                out.push(character);
                false
            }
            '*' | '+' | '?' | '{' => {
                if !repeatable {
                    return Err(NotCompiled);
                }
                if character == '{' {
                    repetition(&mut rest, &mut out)?;
                } else {
                    out.push(character);
                }
                // A question mark makes it lazy, which changes no verdict.
                rest.next_if_eq(&'?');
                false
            }
            '.' => {
                out.push('.');
                true
            }
            '[' => {
                class(&mut rest, &mut out)?;
                true
            }
            '\\' => {
                match escape(&mut rest)? {
                    Escape::Character(character) => literal(&mut out, character)?,
                    Escape::Class(members, false) => write!(out, "[{members}]").map_err(|_| NotCompiled)?,
                    Escape::Class(members, true) => write!(out, "[^{members}]").map_err(|_| NotCompiled)?,
                }
                true
            }
            '}' => return Err(NotCompiled),
            // A `]` that closes nothing stands for itself, here as elsewhere.
            character => {
                literal(&mut out, character)?;
                true
            }
        };
    }
    Ok(out)
}

fn literal(out: &mut String, character: char) -> Result<(), NotCompiled> {
    write!(out, "\\x{{{:x}}}", u32::from(character)).map_err(|_| NotCompiled)
}

/// After `{`: `m}`, `m,}`, `,n}` or `m,n}`.
fn repetition(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), NotCompiled> {
    let least = count(rest)?;
    let closing = rest.next();
    match (least, closing) {
        (Some(count), Some('}')) => write!(out, "{{{count}}}"),
        (least, Some(',')) => {
            let most = count(rest)?;
            if rest.next() != Some('}') {
                return Err(NotCompiled);
            }
            let least_or_none = least.unwrap_or(0);
            match most {
                Some(most) if least_or_none <= most => write!(out, "{{{least_or_none},{most}}}"),
                None if least.is_some() => write!(out, "{{{least_or_none},}}"),
                _ => return Err(NotCompiled),
            }
        }
        _ => return Err(NotCompiled),
    }
    .map_err(|_| NotCompiled)
}

fn count(rest: &mut Peekable<Chars<'_>>) -> Result<Option<u32>, NotCompiled> {
    let mut digits = String::new();
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    if digits.is_empty() { Ok(None) } else { digits.parse().map(Some).map_err(|_| NotCompiled) }
}

enum Escape {
    Character(char),
    /// Members in the syntax of a class, and whether it is all others that are meant.
    Class(&'static str, bool),
}

/// After the backslash.
fn escape(rest: &mut Peekable<Chars<'_>>) -> Result<Escape, NotCompiled> {
    const DIGIT: &str = "0-9";
    const SPACE: &str = r"\t\n\x0B\x0C\r\x20";
    const WORD: &str = "0-9A-Z_a-z";
    Ok(match rest.next().ok_or(NotCompiled)? {
        'd' => Escape::Class(DIGIT, false),
        'D' => Escape::Class(DIGIT, true),
        's' => Escape::Class(SPACE, false),
        'S' => Escape::Class(SPACE, true),
        'w' => Escape::Class(WORD, false),
        'W' => Escape::Class(WORD, true),
        'x' => {
            let mut digit = || rest.next().and_then(|digit| digit.to_digit(16)).ok_or(NotCompiled);
            let code = 16 * digit()? + digit()?;
            Escape::Character(char::from_u32(code).ok_or(NotCompiled)?)
        }
        character if is_operator(character) || is_symbol(character) => Escape::Character(character),
        _ => return Err(NotCompiled),
    })
}

/// After `[`, up to and with `]`. A `]` that stands first is a member.
fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), NotCompiled> {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut first = true;
    loop {
        let member = match rest.next().ok_or(NotCompiled)? {
            ']' if !first => break,
            '\\' => escape(rest)?,
            character => Escape::Character(character),
        };
        first = false;
        match member {
            // `[^\D]` is `[0-9]`: nested classes say it without special cases.
            Escape::Class(members, true) => write!(out, "[^{members}]").map_err(|_| NotCompiled)?,
            Escape::Class(members, false) => write!(out, "[{members}]").map_err(|_| NotCompiled)?,
            Escape::Character(from) => {
                literal(out, from)?;
                let mut ahead = rest.clone();
                if ahead.next() == Some('-') && ahead.peek().is_some_and(|&next| next != ']') {
                    rest.next();
                    let to = match rest.next().ok_or(NotCompiled)? {
                        '\\' => escape(rest)?,
                        character => Escape::Character(character),
                    };
                    let Escape::Character(to) = to else {
                        return Err(NotCompiled);
                    };
                    out.push('-');
                    literal(out, to)?;
                }
            }
        }
    }
    out.push(']');
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Regex;

    #[test]
    fn matches_what_the_guide_says() {
        let cases = [
            ("AUTHORIZED", "[ERROR 401] UNAUTHORIZED REQUEST", true),
            ("^[hc]at", "that", false),
            ("[hc]at$", "hats", false),
            ("colou?r", "colour", true),
            ("gra|ey", "grey", true),
            ("a{3,5}", "aa", false),
            ("^a{,2}$", "aaa", false),
            ("^a{2,}$", "aaa", true),
            (r"10\.10\.0\.1", "10010,051", false),
            (r"\x28", "(", true),
            (r"^\w+$", "é", false),
            (r"^\s$", "\n", true),
            ("^a.b$", "a\nb", true),
            (r"^[^\D5]+$", "1234", true),
            (r"^[^\D5]+$", "12345", false),
            (r"^[\w-]+$", "a-b", true),
            ("^[]a]+$", "]a", true),
            ("^[[]$", "[", true),
            ("^[a--]$", "x", false),
            (r"^[+\--]+$", "-+", true),
            ("^a*?b$", "aab", true),
            ("a]", "a]", true),
            ("x;y,z:#=@/ -_", "x;y,z:#=@/ -_", true),
        ];
        for (source, text, expected) in cases {
            // A range that runs backwards is refused; its row only says that it does not match.
            assert_eq!(
                Regex::new(source).is_ok_and(|regex| regex.is_match(text)),
                expected,
                "{source} on {text}"
            );
        }
    }

    #[test]
    fn refuses_what_means_nothing_or_too_much() {
        for source in [
            "[abc",
            "[]",
            "*a",
            "a**",
            "a{",
            "a{}",
            "a{,}",
            "a{2,1}",
            "a}",
            r"\",
            r"\b",
            r"\1",
            r"\x4",
            "[z-a]",
            r"[a-\d]",
            "a{9999}{9999}",
            "a{99999}",
        ] {
            assert!(Regex::new(source).is_err(), "{source}");
        }
    }

    #[test]
    fn knows_how_every_match_starts() {
        let prefixes = |source: &str| Regex::new(source).unwrap().prefixes(3);
        assert_eq!(prefixes("ERROR|WARN"), Some(vec!["ERROR".to_owned(), "WARN".to_owned()]));
        assert_eq!(prefixes(r"10\.10\.0\.1"), Some(vec!["10.10.0.1".to_owned()]));
        assert_eq!(prefixes(".at"), None);
        assert_eq!(prefixes("[a-z]at"), None);
        assert_eq!(prefixes("ab+"), None, "too short");
    }
}
