//! `Fn::Join`, `Fn::Split` and `Fn::Select`.

use super::super::error::Reason;
use super::super::resolved::Resolved;

/// Single values put together with a delimiter between them. A list in the list counts as its members.
///
/// # Errors
/// Where something in the list is no single value.
pub(crate) fn join(delimiter: &str, list: &Resolved) -> Result<Resolved, Reason> {
    let one = [list.clone()];
    let items = match list {
        Resolved::List(items) => items.as_slice(),
        // A list that is known only later, such as a resource's attribute.
        Resolved::Later { .. } => one.as_slice(),
        _ => return Err(Reason::arguments("Fn::Join", "takes a delimiter and a list")),
    };
    let mut texts = Vec::with_capacity(items.len());
    let mut origin = None;
    for item in items {
        let Some((text, from)) = item.single() else {
            return Err(Reason::arguments(
                "Fn::Join",
                "takes a list of texts; one of its members is no text",
            ));
        };
        texts.push(text);
        origin = origin.or(from);
    }
    Ok(Resolved::of(texts.join(delimiter), origin.map(str::to_owned)))
}

/// A text cut at every delimiter: two in a row give an empty text.
pub(crate) fn split(delimiter: &str, text: &str, origin: Option<&str>) -> Result<Resolved, Reason> {
    if delimiter.is_empty() {
        return Err(Reason::arguments("Fn::Split", "takes a delimiter that is not empty"));
    }
    let part = |part: &str| Resolved::of(part.to_owned(), origin.map(str::to_owned));
    Ok(Resolved::List(text.split(delimiter).map(part).collect()))
}

/// The member at a zero-based index. Of what is known only later, whatever is there.
pub(crate) fn select(index: &str, list: &Resolved) -> Result<Resolved, Reason> {
    let position: usize =
        index.parse().map_err(|_| Reason::arguments("Fn::Select", "takes an index from 0"))?;
    let items = match list {
        Resolved::List(items) => items,
        Resolved::Later { .. } => return Ok(list.clone()),
        _ => return Err(Reason::arguments("Fn::Select", "takes an index and a list")),
    };
    if let Some(item) = items.get(position) {
        return Ok(item.clone());
    }
    let later = items.iter().find(|item| matches!(item, Resolved::Later { .. }));
    later.cloned().ok_or_else(|| {
        Reason::arguments("Fn::Select", &format!("cannot select nonexistent value at index {position}"))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn list(members: &[&str]) -> Resolved {
        Resolved::List(members.iter().map(|member| Resolved::text(*member)).collect())
    }

    #[test]
    fn delimiters_stand_between() {
        assert_eq!(join(",", &list(&["a", "", "b"])), Ok(Resolved::text("a,,b")));
        assert_eq!(join(",", &list(&[])), Ok(Resolved::text("")));
        let mixed = Resolved::List(vec![Resolved::Number("1.0".into()), Resolved::Bool(true)]);
        assert_eq!(join("-", &mixed), Ok(Resolved::text("1.0-true")));
        assert!(join(",", &Resolved::List(vec![list(&["a"])])).is_err());
        assert!(join(",", &Resolved::text("a")).is_err());
        let later = Resolved::List(vec![Resolved::text("a"), Resolved::later("q", "Queue.Arn")]);
        assert_eq!(join(":", &later), Ok(Resolved::later("a:q", "Queue.Arn")));
    }

    #[test]
    fn delimiters_divide() {
        assert_eq!(split("|", "a||c|", None), Ok(list(&["a", "", "c", ""])));
        assert_eq!(split("::", "", None), Ok(list(&[""])));
        assert!(split("", "a", None).is_err());
    }

    #[test]
    fn members_are_counted_from_zero() {
        assert_eq!(select("1", &list(&["a", "b"])), Ok(Resolved::text("b")));
        for index in ["2", "-1", "x", "1.0", ""] {
            assert!(select(index, &list(&["a", "b"])).is_err(), "{index}");
        }
        // `!Select [1, !Split ["/", !GetAtt LoadBalancer.LoadBalancerName]]`
        let later = Resolved::List(vec![Resolved::later("name", "LoadBalancer.LoadBalancerName")]);
        assert_eq!(select("1", &later), Ok(Resolved::later("name", "LoadBalancer.LoadBalancerName")));
    }

    proptest! {
        #[test]
        fn split_undoes_join(members in prop::collection::vec("[^|]{0,6}", 1..8)) {
            let members: Vec<_> = members.iter().map(String::as_str).collect();
            let Resolved::Text(joined) = join("|", &list(&members)).unwrap() else { panic!("no text") };
            prop_assert_eq!(split("|", &joined, None).unwrap(), list(&members));
        }

        #[test]
        fn join_undoes_split(text in ".*", delimiter in ".{1,3}") {
            let parts = split(&delimiter, &text, None).unwrap();
            prop_assert_eq!(join(&delimiter, &parts).unwrap(), Resolved::text(text));
        }

        #[test]
        fn select_gives_the_member(members in prop::collection::vec(".{0,4}", 1..8), index in 0_usize..10) {
            let texts: Vec<_> = members.iter().map(String::as_str).collect();
            let selected = select(&index.to_string(), &list(&texts)).ok();
            prop_assert_eq!(selected, members.get(index).map(Resolved::text));
        }
    }
}
