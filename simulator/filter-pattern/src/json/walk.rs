//! Walks the text of an event once, along the tree of selectors.
//!
//! What no selector leads into is only checked and skipped. The recursion is as deep as the longest selector.

use std::borrow::Cow;
use std::ops::Range;

use super::found::{Found, Raw};
use super::nesting::MAX_NESTING;
use super::reader::{NotJson, Reader};
use super::string::RawString;
use super::tree::{NodeId, ROOT, Tree};

/// Room for walks, reused for event after event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Room {
    /// The nodes that the open values stand at. A selector has one wildcard at most, so they are few.
    active: Vec<NodeId>,
    /// For each node when its member last occurred.
    occurrences: Vec<Occurrence>,
    /// Counts objects, so that occurrences in other objects are told apart.
    object: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Occurrence {
    object: usize,
    from: usize,
    to: usize,
}

/// Finds the values in a text that must be one JSON object.
pub(crate) fn walk(text: &str, tree: &Tree, room: &mut Room, found: &mut Found) -> Result<(), NotJson> {
    found.clear(tree.selectors());
    room.active.clear();
    room.active.push(ROOT);
    if room.occurrences.len() != tree.nodes() {
        room.occurrences = vec![Occurrence::default(); tree.nodes()];
    }
    let mut walk = Walk { reader: Reader::new(text), tree, room, found, nesting: 0 };
    walk.reader.skip_blanks();
    if walk.reader.peek() != b'{' {
        return Err(NotJson);
    }
    walk.value(0..1)?;
    walk.reader.skip_blanks();
    let unicode_escapes = walk.reader.has_unicode_escapes();
    let is_whole = walk.reader.is_at_end();
    found.set_unicode_escapes(unicode_escapes);
    if is_whole { Ok(()) } else { Err(NotJson) }
}

struct Walk<'w, 'e> {
    reader: Reader<'e>,
    tree: &'w Tree,
    room: &'w mut Room,
    found: &'w mut Found,
    nesting: usize,
}

impl Walk<'_, '_> {
    /// A value that stands at the active nodes of a range, which is not empty.
    fn value(&mut self, nodes: Range<usize>) -> Result<(), NotJson> {
        match self.reader.peek() {
            b'"' => {
                self.reader.advance();
                let string = self.reader.string()?;
                self.record(nodes, &Raw::String(string));
            }
            b'{' => {
                self.record(nodes.clone(), &Raw::Object);
                let nodes_there = self.room.active.get(nodes.clone()).unwrap_or_default();
                if nodes_there.iter().any(|&node| self.tree.node(node).leads_on()) {
                    self.nested(|walk| walk.object(nodes))?;
                } else {
                    self.reader.skip_value(self.nesting)?;
                }
            }
            b'[' => {
                let from = self.found.mark();
                self.record(nodes.clone(), &Raw::Array { has_null: false });
                let to = self.found.mark();
                if self.nested(|walk| walk.array(nodes))? {
                    self.found.set_null(from..to);
                }
            }
            b'n' => {
                self.reader.word("null")?;
                self.record(nodes, &Raw::Null);
            }
            b't' => {
                self.reader.word("true")?;
                self.record(nodes, &Raw::Boolean(true));
            }
            b'f' => {
                self.reader.word("false")?;
                self.record(nodes, &Raw::Boolean(false));
            }
            _ => {
                let number = self.reader.number()?;
                self.record(nodes, &Raw::Number(number));
            }
        }
        Ok(())
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, NotJson>) -> Result<T, NotJson> {
        if self.nesting >= MAX_NESTING {
            return Err(NotJson);
        }
        self.nesting += 1;
        let result = read(self)?;
        self.nesting -= 1;
        Ok(result)
    }

    fn record(&mut self, nodes: Range<usize>, raw: &Raw) {
        for &node in self.room.active.get(nodes).unwrap_or_default() {
            if let Some(selector) = self.tree.node(node).selector {
                self.found.push(selector, raw.clone());
            }
        }
    }

    fn object(&mut self, nodes: Range<usize>) -> Result<(), NotJson> {
        self.reader.advance();
        self.reader.skip_blanks();
        if self.reader.take(b'}') {
            return Ok(());
        }
        self.room.object += 1;
        let object = self.room.object;
        loop {
            let raw_name = self.reader.name()?;
            let from = self.found.mark();
            if let Some((children, named)) = self.member(nodes.clone(), raw_name) {
                let active = children.start;
                self.value(children)?;
                self.room.active.truncate(active);
                let records = from..self.found.mark();
                // The last of several members of one name counts.
                match named {
                    Some(node) => {
                        if let Some(earlier) = self.occurrence(node, object, records) {
                            self.found.override_records(earlier);
                        }
                    }
                    None => self.found.push_member(object, raw_name, records),
                }
            } else {
                self.reader.skip_value(self.nesting)?;
            }
            self.reader.skip_blanks();
            if self.reader.take(b'}') {
                return Ok(());
            }
            self.reader.expect(b',')?;
            self.reader.skip_blanks();
        }
    }

    /// Makes the nodes active that a member leads to; the range of them, and one to which only its name leads.
    #[inline]
    fn member(&mut self, nodes: Range<usize>, raw_name: RawString) -> Option<(Range<usize>, Option<NodeId>)> {
        let name = if raw_name.escaped {
            self.reader.text_of(raw_name)
        } else {
            Cow::Borrowed(self.reader.slice(raw_name.start..raw_name.end))
        };
        self.children(nodes, |tree, node| tree.node(node).member(&name))
    }

    #[inline]
    fn children(
        &mut self,
        nodes: Range<usize>,
        child: impl Fn(&Tree, NodeId) -> Option<NodeId>,
    ) -> Option<(Range<usize>, Option<NodeId>)> {
        let start = self.room.active.len();
        let mut named = None;
        for index in nodes {
            let node = *self.room.active.get(index)?;
            if let Some(child) = child(self.tree, node) {
                named = Some(child);
                self.room.active.push(child);
            }
            self.room.active.extend(self.tree.node(node).any);
        }
        let children = start..self.room.active.len();
        (!children.is_empty()).then_some((children, named))
    }

    /// Notes what a member led to; what an earlier member of the same name and object led to.
    #[inline]
    fn occurrence(&mut self, member: NodeId, object: usize, records: Range<usize>) -> Option<Range<usize>> {
        let occurrence = self.room.occurrences.get_mut(member)?;
        let earlier =
            std::mem::replace(occurrence, Occurrence { object, from: records.start, to: records.end });
        (earlier.object == object).then_some(earlier.from..earlier.to)
    }

    /// Whether null is an element.
    fn array(&mut self, nodes: Range<usize>) -> Result<bool, NotJson> {
        self.reader.advance();
        self.reader.skip_blanks();
        let mut has_null = false;
        if self.reader.take(b']') {
            return Ok(has_null);
        }
        let mut index = 0;
        loop {
            has_null |= self.reader.peek() == b'n';
            if let Some((children, _)) =
                self.children(nodes.clone(), |tree, node| tree.node(node).element(index))
            {
                let active = children.start;
                self.value(children)?;
                self.room.active.truncate(active);
            } else {
                self.reader.skip_value(self.nesting)?;
            }
            index += 1;
            self.reader.skip_blanks();
            if self.reader.take(b']') {
                return Ok(has_null);
            }
            self.reader.expect(b',')?;
            self.reader.skip_blanks();
        }
    }
}
