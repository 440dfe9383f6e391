//! Which alerts are listed: the parameters of the list.

use url::form_urlencoded;

/// What of the alerts is listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct View {
    /// In the list's query language, as it was typed. An empty one shows what is open first.
    pub(super) query: String,
    /// Of this account alone.
    pub(super) account: Option<String>,
    /// How many alerts come before the page.
    pub(super) offset: u32,
}

impl View {
    /// Reads decoded parameters; the error is a sentence.
    pub(super) fn parse<'a>(
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, String> {
        let mut view = Self::default();
        for (name, value) in parameters {
            match name {
                "query" => value.clone_into(&mut view.query),
                "account" => view.account = Some(value).filter(|name| !name.is_empty()).map(str::to_owned),
                "offset" => {
                    let offset = value.parse();
                    view.offset =
                        offset.map_err(|_| format!("offset is a number from 0 on, not \"{value}\""))?;
                }
                _ => {
                    return Err(format!(
                        "there is no parameter \"{name}\" here, but query, account and offset"
                    ));
                }
            }
        }
        Ok(view)
    }

    /// Its parameters, without those that are as usual.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'static str, String)> {
        let query = Some(self.query.clone()).filter(|query| !query.is_empty());
        let offset = (self.offset > 0).then(|| self.offset.to_string());
        [("query", query), ("account", self.account.clone()), ("offset", offset)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
    }

    /// Where it is.
    pub(super) fn href(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(self.parameters()).finish();
        if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
    }

    /// The same list from another alert on.
    pub(super) fn at(&self, offset: u32) -> Self {
        Self { offset, ..self.clone() }
    }

    /// Another query of the same account, from its start.
    pub(super) fn asking(&self, query: &str) -> Self {
        Self { query: query.to_owned(), account: self.account.clone(), offset: 0 }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(query: &str) -> Result<View, String> {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        View::parse(pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))
    }

    #[test]
    fn a_view_leads_back_to_itself() {
        for (query, href) in [
            ("", "/"),
            ("query=&account=", "/"),
            ("offset=0", "/"),
            ("query=status%3A+open&offset=50", "/?query=status%3A+open&offset=50"),
            ("account=a%26b", "/?account=a%26b"),
        ] {
            let view = parse(query).unwrap();
            assert_eq!(view.href(), href);
            assert_eq!(parse(href.trim_start_matches(['/', '?'])), Ok(view));
        }
        assert_eq!(parse("offset=-1").unwrap_err(), "offset is a number from 0 on, not \"-1\"");
        assert!(parse("sort=count").unwrap_err().starts_with("there is no parameter \"sort\""));
    }
}
