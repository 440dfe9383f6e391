//! Patterns that look anywhere in a message: those of terms, and those that are regular expressions.

use crate::literals::{LiteralId, Literals, rarity};
use crate::pattern::{Body, FilterPattern};
use crate::regex::Texts;
use crate::terms::{Role, Terms};

/// The least bytes of a text whose absence saves running an expression.
const WORTHWHILE: usize = 3;

/// Many such patterns, whose texts are looked for together.
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

/// What is asked of a message before a pattern is tried, or in its place.
#[derive(Debug, Clone)]
enum Question<T> {
    /// It matches exactly if one of these occurs.
    Any(Vec<T>),
    /// It matches exactly if none of these occurs.
    None(Vec<T>),
    /// It is worth trying only if one of these occurs.
    Needs(Vec<T>),
    /// Nothing.
    Open,
}

impl Searches {
    /// Of numbered patterns, those that look anywhere; and `more` texts that somebody else asks for.
    pub(crate) fn new<'p>(
        patterns: impl Iterator<Item = (usize, &'p FilterPattern)>,
        more: impl IntoIterator<Item = String>,
    ) -> Self {
        let questions: Vec<_> =
            patterns.filter_map(|(place, pattern)| Some((place, Question::of(&pattern.body)?))).collect();
        let texts = questions.iter().flat_map(|(_, question)| question.texts()).cloned();
        let literals = Literals::new(texts.chain(more).collect());
        let search = |(pattern, question): (usize, Question<String>)| Search {
            pattern,
            question: question.numbered(&literals),
        };
        Self { searches: questions.into_iter().map(search).collect(), literals }
    }

    /// The number of a text among those that [`find`](Self::find) looks for.
    pub(crate) fn literal(&self, text: &str) -> Option<LiteralId> {
        self.literals.id(text)
    }

    /// Says for each text whether it occurs.
    pub(crate) fn find(&self, message: &str, occurs: &mut Vec<bool>) {
        self.literals.find(message, occurs);
    }

    /// Calls with the places of the patterns that match, given which texts occur.
    pub(crate) fn matches(
        &self,
        patterns: &[FilterPattern],
        message: &str,
        occurs: &[bool],
        mut matched: impl FnMut(usize),
    ) {
        let any = |texts: &[LiteralId]| texts.iter().any(|&text| occurs[text]);
        for Search { pattern, question } in &self.searches {
            let is_match = match question {
                Question::Any(texts) => any(texts),
                Question::None(texts) => !any(texts),
                Question::Needs(texts) => any(texts) && patterns[*pattern].matches(message),
                Question::Open => patterns[*pattern].matches(message),
            };
            if is_match {
                matched(*pattern);
            }
        }
    }
}

impl Question<String> {
    fn of(body: &Body) -> Option<Self> {
        Some(match body {
            Body::Terms(terms) => Self::of_terms(terms),
            Body::Regex(regex) => match regex.texts() {
                Some(Texts::Exactly(texts)) => Self::Any(texts.iter().cloned().collect()),
                Some(Texts::Needed(texts)) if texts.iter().all(|text| text.len() >= WORTHWHILE) => {
                    Self::Needs(texts.iter().cloned().collect())
                }
                Some(Texts::Needed(_)) | None => Self::Open,
            },
            Body::Json { .. } | Body::Space(_) => return None,
        })
    }

    fn of_terms(terms: &Terms) -> Self {
        // The empty text is found everywhere, and can not be looked for.
        if terms.terms.iter().any(|term| term.text.is_empty()) || terms.terms.is_empty() {
            return Self::Open;
        }
        let texts = |role: Role| terms.with_role(role).map(|term| term.text.clone()).collect::<Vec<String>>();
        if terms.is_only_optional() {
            return Self::Any(texts(Role::Optional));
        }
        let (required, excluded) = (texts(Role::Required), texts(Role::Excluded));
        if required.len() == 1 && excluded.is_empty() {
            return Self::Any(required);
        }
        match required.into_iter().max_by_key(|text| rarity(text)) {
            Some(rarest) => Self::Needs(vec![rarest]),
            None => Self::None(excluded),
        }
    }

    fn texts(&self) -> &[String] {
        match self {
            Self::Any(texts) | Self::None(texts) | Self::Needs(texts) => texts,
            Self::Open => &[],
        }
    }

    fn numbered(&self, literals: &Literals) -> Question<LiteralId> {
        let ids = |texts: &[String]| texts.iter().filter_map(|text| literals.id(text)).collect();
        match self {
            Self::Any(texts) => Question::Any(ids(texts)),
            Self::None(texts) => Question::None(ids(texts)),
            Self::Needs(texts) => Question::Needs(ids(texts)),
            Self::Open => Question::Open,
        }
    }
}
