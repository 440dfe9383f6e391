//! Queries at random.

use proptest::prelude::*;

use super::*;

/// A condition on the sample and whether it holds, put together at random.
fn expression() -> impl Strategy<Value = (String, bool)> {
    let leaf = prop_oneof![
        Just(("status: open".to_owned(), true)),
        Just(("status:closed".to_owned(), false)),
        Just(("count >= 6".to_owned(), false)),
        Just(("message: US East \\(N. Virginia".to_owned(), true)),
        Just(("tag: (x OR cloudtrail)".to_owned(), true)),
        Just(("\"no such text\"".to_owned(), false)),
    ];
    leaf.prop_recursive(6, 24, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|(text, is)| (format!("NOT ({text})"), !is)),
            (inner.clone(), inner.clone()).prop_map(|((a, x), (b, y))| (format!("({a}) AND ({b})"), x && y)),
            (inner.clone(), inner.clone()).prop_map(|((a, x), (b, y))| (format!("({a}) ({b})"), x && y)),
            (inner.clone(), inner).prop_map(|((a, x), (b, y))| (format!("({a}) or ({b})"), x || y)),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused_at_a_place(
        text in prop_oneof![
            any::<String>(),
            r#"((status|tag|count|alias|x)( ?[:<>]=? ?)?|AND|or|NOT|[()"*\\é ]|open|5| ){0,40}"#,
        ],
    ) {
        match Query::parse(&text) {
            Ok(query) => { query.matches(&sample()); }
            Err(error) => {
                prop_assert!(text.get(error.span()).is_some(), "{:?} {:?}", error.span(), text);
                prop_assert_eq!(error.to_string().lines().count(), 3);
            }
        }
    }

    #[test]
    fn logic_is_as_in_a_model((text, holds) in expression()) {
        prop_assert_eq!(finds(&text), holds, "{}", text);
    }

    #[test]
    fn a_quoted_value_finds_itself(value in ".{1,40}") {
        let quoted = value.replace('\\', r"\\").replace('"', "\\\"");
        let alert = Sample { texts: vec![(Text::Alias, "x"), (Text::Tag, Box::leak(value.into_boxed_str()))], ..sample() };
        let query = Query::parse(&format!("tag: \"{quoted}\"")).unwrap();
        prop_assert!(query.matches(&alert));
    }
}
