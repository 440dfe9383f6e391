//! Patterns that look anywhere in a message: those of terms, and those that are regular expressions.

use crate::literals::{LONG, LiteralId, Literals};
use crate::pattern::{Body, FilterPattern};
use crate::regex::Texts;
use crate::terms::Role;

/// Many such patterns, whose texts are looked for in one pass.
#[derive(Debug, Clone)]
pub(crate) struct Searches {
    searches: Vec<Search>,
    literals: Literals,
}

#[derive(Debug, Clone)]
struct Search {
    /// Its place among the patterns.
    pattern: usize,
    question: Question<LiteralId>,
}

/// What the texts that occur say of a pattern.
#[derive(Debug, Clone)]
enum Question<T> {
    /// All: it matches if each of the first occurs, none of the second, and one of the third if there are any.
    Answered { required: Vec<T>, excluded: Vec<T>, optional: Vec<T> },
    /// It is worth trying only if one of these occurs.
    Needs(Vec<T>),
    /// Nothing.
    Open,
}

impl Searches {
    /// Of the patterns, those that look anywhere; and `more` texts of which is asked elsewhere.
    pub(crate) fn new<'p>(
        patterns: impl Iterator<Item = (usize, &'p FilterPattern)>,
        more: impl IntoIterator<Item = String>,
    ) -> Self {
        let questions: Vec<_> =
            patterns.filter_map(|(place, pattern)| Some((place, question(&pattern.body)?))).collect();
        let texts = questions.iter().flat_map(|(_, question)| question.texts().cloned());
        let literals = Literals::new(texts.chain(more).collect());
        let search = |(pattern, question): (usize, Question<String>)| Search {
            pattern,
            question: question.map(|text| literals.id(text)),
        };
        Self { searches: questions.into_iter().map(search).collect(), literals }
    }

    /// The number of a text, for [`occurs`](Self::find).
    pub(crate) fn literal(&self, text: &str) -> Option<LiteralId> {
        self.literals.id(text)
    }

    /// Looks for all texts.
    pub(crate) fn find(&self, message: &str, occurs: &mut Vec<bool>) {
        self.literals.find(message, occurs);
    }

    /// The places of the patterns that match, given which texts occur.
    pub(crate) fn matches(
        &self,
        patterns: &[FilterPattern],
        message: &str,
        occurs: &[bool],
        mut matched: impl FnMut(usize),
    ) {
        let is_there = |id: &LiteralId| occurs[*id];
        for Search { pattern, question } in &self.searches {
            let is_match = match question {
                Question::Answered { required, excluded, optional } => {
                    required.iter().all(is_there)
                        && !excluded.iter().any(is_there)
                        && (optional.is_empty() || optional.iter().any(is_there))
                }
                Question::Needs(texts) => texts.iter().any(is_there) && patterns[*pattern].matches(message),
                Question::Open => patterns[*pattern].matches(message),
            };
            if is_match {
                matched(*pattern);
            }
        }
    }
}

fn question(body: &Body) -> Option<Question<String>> {
    Some(match body {
        // Nothing is found everywhere, but is no text to look for.
        Body::Terms(terms) if terms.terms.iter().any(|term| term.text.is_empty()) => Question::Open,
        Body::Terms(terms) => {
            let texts = |role: Role| terms.with_role(role).map(|term| term.text.clone()).collect();
            let optional = if terms.is_only_optional() { texts(Role::Optional) } else { Vec::new() };
            Question::Answered { required: texts(Role::Required), excluded: texts(Role::Excluded), optional }
        }
        Body::Regex(regex) => match regex.texts() {
            Some(Texts::Exactly(texts)) => Question::Answered {
                required: Vec::new(),
                excluded: Vec::new(),
                optional: texts.iter().cloned().collect(),
            },
            Some(Texts::Needed(texts)) if texts.iter().all(|text| text.len() >= LONG) => {
                Question::Needs(texts.iter().cloned().collect())
            }
            Some(Texts::Needed(_)) | None => Question::Open,
        },
        Body::Json { .. } | Body::Space(_) => return None,
    })
}

impl Question<String> {
    fn texts(&self) -> impl Iterator<Item = &String> {
        let lists: [&[String]; 3] = match self {
            Self::Answered { required, excluded, optional } => [required, excluded, optional],
            Self::Needs(texts) => [texts, &[], &[]],
            Self::Open => [&[], &[], &[]],
        };
        lists.into_iter().flatten()
    }

    /// The same with the numbers of the texts, of which there is one for each.
    fn map(&self, id: impl Fn(&str) -> Option<LiteralId>) -> Question<LiteralId> {
        let ids = |texts: &[String]| texts.iter().filter_map(|text| id(text)).collect();
        match self {
            Self::Answered { required, excluded, optional } => Question::Answered {
                required: ids(required),
                excluded: ids(excluded),
                optional: ids(optional),
            },
            Self::Needs(texts) => Question::Needs(ids(texts)),
            Self::Open => Question::Open,
        }
    }
}
