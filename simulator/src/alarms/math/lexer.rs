//! Text → tokens.

use super::expression::MathError;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Word(String),
    Text(String),
    /// An operator, a bracket or a comma.
    Symbol(&'static str),
    End,
}

impl Token {
    /// As an error says it.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Number(number) => format!("number {number}"),
            Self::Word(word) => format!("`{word}`"),
            Self::Text(text) => format!("text \"{text}\""),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => "end".to_owned(),
        }
    }
}

/// Longer ones first.
const SYMBOLS: [&str; 19] =
    ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", "="];

/// The tokens with the places, from 1, at which they begin; the last one is the end.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, MathError> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&first) = characters.get(at) {
        let start = at;
        let while_is = |from: usize, is: fn(char) -> bool| {
            from + characters.iter().skip(from).take_while(|character| is(**character)).count()
        };
        let token = if first.is_whitespace() {
            at += 1;
            continue;
        } else if first.is_ascii_digit()
            || (first == '.' && characters.get(at + 1).is_some_and(char::is_ascii_digit))
        {
            at = while_is(at, |character| character.is_ascii_digit() || character == '.');
            let exponent = characters.get(at).is_some_and(|character| matches!(character, 'e' | 'E'));
            if exponent && characters.get(at + 1).is_some_and(char::is_ascii_digit) {
                at = while_is(at + 1, |character| character.is_ascii_digit());
            }
            let number: String = characters[start..at].iter().collect();
            let parsed = number.parse::<f64>().ok().filter(|number| number.is_finite());
            Token::Number(parsed.ok_or_else(|| unreadable(&number, start))?)
        } else if first.is_ascii_alphabetic() || first == '_' {
            at = while_is(at, |character| character.is_ascii_alphanumeric() || character == '_');
            Token::Word(characters[start..at].iter().collect())
        } else if first == '"' || first == '\'' {
            let length = characters.iter().skip(at + 1).take_while(|character| **character != first).count();
            at += length + 2;
            if at > characters.len() {
                return Err(MathError::Syntax {
                    found: "end".to_owned(),
                    at,
                    expected: "a closing quotation mark",
                });
            }
            Token::Text(characters[start + 1..at - 1].iter().collect())
        } else {
            let rest: String = characters.iter().skip(at).take(2).collect();
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            let symbol = symbol.ok_or_else(|| unreadable(&first.to_string(), start))?;
            at += symbol.len();
            Token::Symbol(symbol)
        };
        tokens.push((token, start + 1));
    }
    tokens.push((Token::End, characters.len() + 1));
    Ok(tokens)
}

fn unreadable(text: &str, start: usize) -> MathError {
    MathError::Syntax {
        found: format!("`{text}`"),
        at: start + 1,
        expected: "a number, an id, a function or an operator",
    }
}
