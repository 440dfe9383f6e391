//! Conditions joined with `&&` and `||`.

/// A condition, or several joined.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression<C> {
    Condition(C),
    /// Joined with `&&`; two or more.
    All(Vec<Self>),
    /// Joined with `||`; two or more.
    Any(Vec<Self>),
}

impl<C> Expression<C> {
    pub(crate) fn all(mut parts: Vec<Self>) -> Option<Self> {
        if parts.len() > 1 { Some(Self::All(parts)) } else { parts.pop() }
    }

    pub(crate) fn any(mut parts: Vec<Self>) -> Option<Self> {
        if parts.len() > 1 { Some(Self::Any(parts)) } else { parts.pop() }
    }

    /// Stops at the first condition that decides.
    pub(crate) fn holds(&self, test: &mut impl FnMut(&C) -> bool) -> bool {
        match self {
            Self::Condition(condition) => test(condition),
            Self::All(parts) => parts.iter().all(|part| part.holds(test)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(test)),
        }
    }

    /// Every condition, in the order in which it is written.
    pub(crate) fn for_each<'e>(&'e self, visit: &mut impl FnMut(&'e C)) {
        match self {
            Self::Condition(condition) => visit(condition),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.for_each(visit)),
        }
    }
}

/// Builds an expression from left to right, with brackets kept on a heap and not on the call stack.
#[derive(Debug)]
pub(crate) struct Builder<C> {
    open: Vec<Level<C>>,
}

/// What stands between two brackets so far: alternatives, the last of which is still open.
#[derive(Debug)]
struct Level<C> {
    alternatives: Vec<Expression<C>>,
    conjunction: Vec<Expression<C>>,
}

impl<C> Builder<C> {
    pub(crate) fn new() -> Self {
        let mut builder = Self { open: Vec::new() };
        builder.open();
        builder
    }

    /// After `(`.
    pub(crate) fn open(&mut self) {
        self.open.push(Level { alternatives: Vec::new(), conjunction: Vec::new() });
    }

    /// After `)`: false if it closes nothing, or if nothing stands in it.
    pub(crate) fn close(&mut self) -> bool {
        let inner = if self.open.len() > 1 { self.open.pop().and_then(Level::finish) } else { None };
        match (inner, self.open.last_mut()) {
            (Some(inner), Some(level)) => {
                level.conjunction.push(inner);
                true
            }
            _ => false,
        }
    }

    pub(crate) fn condition(&mut self, condition: C) {
        if let Some(level) = self.open.last_mut() {
            level.conjunction.push(Expression::Condition(condition));
        }
    }

    /// After `||`. (After `&&` there is nothing to do: it binds more tightly.)
    pub(crate) fn or(&mut self) {
        if let Some(level) = self.open.last_mut() {
            level.end_conjunction();
        }
    }

    /// The whole, unless a bracket is still open or nothing was said.
    pub(crate) fn finish(mut self) -> Option<Expression<C>> {
        let top = self.open.pop()?;
        if self.open.is_empty() { top.finish() } else { None }
    }
}

impl<C> Level<C> {
    fn end_conjunction(&mut self) {
        self.alternatives.extend(Expression::all(std::mem::take(&mut self.conjunction)));
    }

    fn finish(mut self) -> Option<Expression<C>> {
        self.end_conjunction();
        Expression::any(self.alternatives)
    }
}
