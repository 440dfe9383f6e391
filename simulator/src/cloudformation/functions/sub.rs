//! `Fn::Sub`: a text with `${…}` in it.

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Literal(&'a str),
    /// What stands in `${…}`: a name, or a name and an attribute.
    Variable(&'a str),
}

/// Why a text is refused.
pub(crate) const BAD_NAME: &str =
    "variable names must contain only alphanumeric characters, underscores, periods, and colons";

/// Takes a text apart. `${!Name}` is the literal `${Name}`; a `${` that never closes is literal, too.
///
/// # Errors
/// The name that CloudFormation would refuse.
pub(crate) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, &str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        literal(&mut pieces, before);
        if let Some(escaped) = name.strip_prefix('!') {
            pieces.extend([Piece::Literal("${"), Piece::Literal(escaped), Piece::Literal("}")]);
        } else if is_name(name) {
            pieces.push(Piece::Variable(name));
        } else {
            return Err(name);
        }
        rest = behind;
    }
    literal(&mut pieces, rest);
    Ok(pieces)
}

fn literal<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str) {
    if !text.is_empty() {
        pieces.push(Piece::Literal(text));
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:".contains(&byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn show(text: &str) -> Result<String, String> {
        let pieces = pieces(text).map_err(str::to_owned)?;
        Ok(pieces.iter().fold(String::new(), |shown, piece| match piece {
            Piece::Literal(text) => shown + text,
            Piece::Variable(name) => shown + "<" + name + ">",
        }))
    }

    #[test]
    fn only_names_in_braces_are_variables() {
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("${A}", "<A>"),
            ("a${A}b${B.C.D}c", "a<A>b<B.C.D>c"),
            ("${AWS::Region}", "<AWS::Region>"),
            ("$${A}", "$<A>"),
            ("${!A}", "${A}"),
            ("${!}", "${}"),
            ("{ ($.eventName = \"x\") && ($.a[0] = 1) }", "{ ($.eventName = \"x\") && ($.a[0] = 1) }"),
            ("${A", "${A"),
            ("$ {A}", "$ {A}"),
        ] {
            assert_eq!(show(text), Ok(expected.to_owned()), "{text}");
        }
        for (text, name) in
            [("${}", ""), ("${ A }", " A "), ("${A-B}", "A-B"), ("${${A}}", "${A"), ("${ä}", "ä")]
        {
            assert_eq!(show(text), Err(name.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_texts_without_variables_come_back(text in ".*") {
            if let Ok(pieces) = pieces(&text)
                && !text.contains("${")
            {
                let joined: String = pieces.iter().map(|piece| match piece {
                    Piece::Literal(text) | Piece::Variable(text) => *text,
                }).collect();
                prop_assert_eq!(joined, text);
            }
        }

        #[test]
        fn a_text_built_of_pieces_is_taken_apart_again(
            parts in prop::collection::vec(("[^$]{0,8}", "[A-Za-z0-9_.:]{1,8}"), 0..6)
        ) {
            let text = parts.iter().fold(String::new(), |text, (literal, name)| text + literal + "${" + name + "}");
            let names: Vec<_> = pieces(&text).unwrap().into_iter().filter_map(|piece| match piece {
                Piece::Variable(name) => Some(name.to_owned()),
                Piece::Literal(_) => None,
            }).collect();
            prop_assert_eq!(names, parts.into_iter().map(|(_, name)| name).collect::<Vec<_>>());
        }
    }
}
