//! Rule → tokens.

use super::super::state::AlarmState;

/// The kinds of tokens, in the order in which AWS lists what could stand somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    End,
    Open,
    Close,
    Comma,
    Not,
    And,
    Or,
    AtLeast,
    Number,
    Percentage,
    Truth(bool),
    State(AlarmState),
    Unquoted,
    Quoted,
}

/// A token, where it begins (characters from 0), and its text; for a quoted name what is quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: usize,
    pub(super) text: String,
}

/// All tokens; the last one is the end.
pub(super) fn tokens(rule: &str) -> Vec<Token> {
    let characters: Vec<char> = rule.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&first) = characters.get(at) {
        let start = at;
        at += 1;
        let (kind, text) = match first {
            _ if first.is_whitespace() => continue,
            '(' => (Kind::Open, "(".to_owned()),
            ')' => (Kind::Close, ")".to_owned()),
            ',' => (Kind::Comma, ",".to_owned()),
            '"' => {
                let (text, end) = quoted(&characters, start);
                at = end;
                match text {
                    Some(text) => (Kind::Quoted, text),
                    None => (Kind::Unquoted, characters[start..].iter().collect()),
                }
            }
            _ => {
                let is_part = |character: &char| {
                    !character.is_whitespace() && !matches!(character, '(' | ')' | ',' | '"')
                };
                at = start + characters[start..].iter().take_while(|character| is_part(character)).count();
                let text: String = characters[start..at].iter().collect();
                (word(&text), text)
            }
        };
        tokens.push(Token { kind, at: start, text });
    }
    tokens.push(Token { kind: Kind::End, at: characters.len(), text: "<EOF>".to_owned() });
    tokens
}

/// What stands between quotation marks, and where it ends; a backslash takes the next character as it is. `None` where
/// the closing mark is missing.
fn quoted(characters: &[char], start: usize) -> (Option<String>, usize) {
    let mut text = String::new();
    let mut at = start + 1;
    while let Some(&character) = characters.get(at) {
        at += 1;
        match character {
            '"' => return (Some(text), at),
            '\\' => {
                text.extend(characters.get(at));
                at += 1;
            }
            _ => text.push(character),
        }
    }
    (None, characters.len())
}

fn word(text: &str) -> Kind {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text {
        "NOT" => Kind::Not,
        "AND" => Kind::And,
        "OR" => Kind::Or,
        "AT_LEAST" => Kind::AtLeast,
        "TRUE" => Kind::Truth(true),
        "FALSE" => Kind::Truth(false),
        _ if is_number(text) => Kind::Number,
        _ if text.strip_suffix('%').is_some_and(is_number) => Kind::Percentage,
        _ => text.parse().map_or(Kind::Unquoted, Kind::State),
    }
}
