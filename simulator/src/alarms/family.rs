//! Who is whose child: the order in which composite alarms follow their children.

use std::collections::{BTreeMap, BTreeSet};

/// The relations of all alarms, by their places in the book.
#[derive(Debug, Clone, Default)]
pub(super) struct Family {
    parents: BTreeMap<usize, Vec<usize>>,
    suppressed: BTreeMap<usize, Vec<usize>>,
    rank: BTreeMap<usize, usize>,
    circular: BTreeSet<usize>,
}

impl Family {
    /// `children` has each composite alarm with the alarms that its rule names; `suppressors` each composite alarm with
    /// its suppressor.
    pub(super) fn new(children: &BTreeMap<usize, Vec<usize>>, suppressors: &BTreeMap<usize, usize>) -> Self {
        let mut family = Self::default();
        for (parent, children) in children {
            for child in children {
                family.parents.entry(*child).or_default().push(*parent);
            }
        }
        for (composite, suppressor) in suppressors {
            family.suppressed.entry(*suppressor).or_default().push(*composite);
        }
        for composite in children.keys() {
            if is_own_descendant(*composite, children) {
                family.circular.insert(*composite);
            }
        }
        // Children first: each round settles the composites all of whose children are settled. Alarms of a cycle are
        // not waited for.
        let mut round = 0;
        let mut open: Vec<usize> = children.keys().copied().collect();
        while !open.is_empty() {
            let waits = |composite: &usize| {
                let waits_for = |child: &usize| open.contains(child) && !family.circular.contains(child);
                children.get(composite).is_some_and(|children| children.iter().any(waits_for))
            };
            let (later, settled): (Vec<_>, Vec<_>) = open.iter().partition(|composite| waits(composite));
            family.rank.extend(settled.iter().map(|composite| (*composite, round)));
            if settled.is_empty() {
                family.rank.extend(later.iter().map(|composite| (*composite, round)));
                break;
            }
            open = later;
            round += 1;
        }
        family
    }

    /// The composites whose rule names the alarm.
    pub(super) fn parents(&self, alarm: usize) -> &[usize] {
        self.parents.get(&alarm).map_or(&[], Vec::as_slice)
    }

    /// The composites whose actions the alarm suppresses.
    pub(super) fn suppressed(&self, alarm: usize) -> &[usize] {
        self.suppressed.get(&alarm).map_or(&[], Vec::as_slice)
    }

    /// A composite's place in the order in which they are evaluated: after its children.
    pub(super) fn rank(&self, composite: usize) -> usize {
        self.rank.get(&composite).copied().unwrap_or(0)
    }

    /// Whether an alarm is, by way of others, its own child.
    pub(super) fn is_circular(&self, composite: usize) -> bool {
        self.circular.contains(&composite)
    }
}

fn is_own_descendant(composite: usize, children: &BTreeMap<usize, Vec<usize>>) -> bool {
    let mut open = vec![composite];
    let mut seen = BTreeSet::new();
    while let Some(next) = open.pop() {
        for child in children.get(&next).into_iter().flatten() {
            if *child == composite {
                return true;
            }
            if seen.insert(*child) {
                open.push(*child);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_after_their_children_and_cycles_are_known() {
        // 0 is a metric alarm; 1 and 2 look at it, 3 at both; 4 and 5 look at each other.
        let children =
            BTreeMap::from([(3, vec![1, 2]), (1, vec![0]), (2, vec![0, 1]), (4, vec![5]), (5, vec![4, 0])]);
        let family = Family::new(&children, &BTreeMap::from([(3, 0)]));
        assert_eq!(family.parents(0), [1, 2, 5]);
        assert_eq!(family.suppressed(0), [3]);
        assert!(family.rank(1) < family.rank(2) && family.rank(2) < family.rank(3));
        assert_eq!([1, 3, 4, 5].map(|composite| family.is_circular(composite)), [false, false, true, true]);
    }
}
