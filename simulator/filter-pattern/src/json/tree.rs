//! The selectors of any number of conditions as one tree.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::path::{Path, Step};

pub(crate) type NodeId = usize;
pub(crate) type SelectorId = usize;

/// Look-ups only: what an event holds cannot fill it, so the fixed seed is no danger.
pub(crate) type Table<V> = HashMap<Box<str>, V, FixedState>;

/// The node of the whole event.
pub(crate) const ROOT: NodeId = 0;

#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    members: Table<NodeId>,
    /// Bit n is set if a member's name has n bytes (modulo 64): most names of an event are turned away by it.
    lengths: u64,
    elements: Vec<(usize, NodeId)>,
    pub(crate) any: Option<NodeId>,
    /// The selector that ends here.
    pub(crate) selector: Option<SelectorId>,
}

impl Node {
    #[inline]
    pub(crate) fn member(&self, name: &str) -> Option<NodeId> {
        if self.lengths >> (name.len() % 64) & 1 == 0 {
            return None;
        }
        self.members.get(name).copied()
    }

    /// Whether a selector leads through here into an object.
    #[inline]
    pub(crate) fn leads_on(&self) -> bool {
        self.lengths != 0 || self.any.is_some()
    }

    pub(crate) fn element(&self, index: usize) -> Option<NodeId> {
        self.elements.iter().find(|(wanted, _)| *wanted == index).map(|&(_, node)| node)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    selectors: usize,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::default()], selectors: 0 }
    }

    /// The number of a selector. Equal selectors have one number.
    pub(crate) fn add(&mut self, path: &Path) -> SelectorId {
        let mut node = ROOT;
        for step in &path.steps {
            let next = self.nodes.len();
            let parent = &mut self.nodes[node];
            node = match step {
                Step::Member(name) => {
                    parent.lengths |= 1 << (name.len() % 64);
                    *parent.members.entry(name.as_str().into()).or_insert(next)
                }
                Step::Element(index) => parent.element(*index).unwrap_or_else(|| {
                    parent.elements.push((*index, next));
                    next
                }),
                Step::Any => *parent.any.get_or_insert(next),
            };
            if node == next {
                self.nodes.push(Node::default());
            }
        }
        let selectors = &mut self.selectors;
        *self.nodes[node].selector.get_or_insert_with(|| {
            *selectors += 1;
            *selectors - 1
        })
    }

    #[inline]
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    pub(crate) fn nodes(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn selectors(&self) -> usize {
        self.selectors
    }
}
