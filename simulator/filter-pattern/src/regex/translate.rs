//! AWS's subset of regular expressions, translated for the `regex` crate, which knows no backtracking.
//!
//! Allowed are letters, digits, blanks, `: _ # = @ / ; , -`, the operators `^ $ ? [ ] { } | \ * + .`, the classes
//! `\d \D \s \S \w \W`, `\xhh`, and an operator or allowed symbol after a backslash for itself. There are no groups.
//! `\d`, `\s` and `\w` are ASCII; `.` is any character, the newline too; `^` and `$` are the two ends of the text.
//! Source: Supported regular expressions syntax, CloudWatch Logs User Guide.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

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

/// The same expression in the syntax of the `regex` crate, every literal as an escape.
pub(super) fn translate(source: &str) -> Result<String, NotCompiled> {
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
