//! Intrinsic functions applied to their arguments.

use super::error::Reason;
use super::functions::{list, sub};
use super::node::Node;
use super::path::Path;
use super::resolved::Resolved;
use super::resolver::{Outcome, Reported, Resolver};

impl Resolver<'_> {
    pub(super) fn reference_call(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let Some(name) = self.name(argument, path)? else {
            return self.fail(path, argument.line, Reason::arguments("Ref", "takes a name"));
        };
        self.reference(&name, path, argument.line)
    }

    pub(super) fn get_att(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        if let Some([resource, attribute]) = argument.items()
            && let Some(resource) = self.name(resource, path)?
        {
            let value = self.value(attribute, &path.index(1))?;
            if let Some((attribute, None)) = value.single() {
                return self.attribute(&resource, attribute, path, argument.line);
            }
        } else if let Some((resource, attribute)) = argument.text().and_then(|text| text.split_once('.')) {
            return self.attribute(resource, attribute, path, argument.line);
        }
        self.fail(
            path,
            argument.line,
            Reason::arguments("Fn::GetAtt", "takes a resource's name and an attribute"),
        )
    }

    /// A name of a resource or parameter: as written or, with the language extensions, worked out.
    pub(super) fn name(&self, node: &Node, path: &Path<'_>) -> Outcome<Option<String>> {
        if node.entries().is_none() || !self.template.has_language_extensions() {
            return Ok(node.text().map(str::to_owned));
        }
        let value = self.value(node, path)?;
        Ok(value.single().filter(|(_, origin)| origin.is_none()).map(|(text, _)| text.to_owned()))
    }

    pub(super) fn sub(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let (text, variables) = match (argument.text(), argument.items()) {
            (Some(text), _) => (text, &[] as &[(String, Node)]),
            (None, Some([text, map])) if text.text().is_some() && map.entries().is_some() => {
                (text.text().unwrap_or_default(), map.entries().unwrap_or_default())
            }
            (None, Some([text])) if text.text().is_some() => (text.text().unwrap_or_default(), &[] as &[_]),
            _ => {
                return self.fail(
                    path,
                    argument.line,
                    Reason::arguments("Fn::Sub", "takes a text, or a text and a map"),
                );
            }
        };
        let pieces = match sub::pieces(text) {
            Ok(pieces) => pieces,
            Err(name) => {
                let reason = Reason::arguments("Fn::Sub", &format!("refuses ${{{name}}}: {}", sub::BAD_NAME));
                return self.fail(path, argument.line, reason);
            }
        };
        let (mut result, mut origin, mut failed) = (String::new(), None, false);
        for piece in pieces {
            match piece {
                sub::Piece::Literal(literal) => result.push_str(literal),
                sub::Piece::Variable(name) => match self.variable(name, variables, path, argument.line) {
                    Ok((text, from)) => {
                        result.push_str(&text);
                        origin = origin.or(from);
                    }
                    Err(Reported) => failed = true,
                },
            }
        }
        if failed { Err(Reported) } else { self.finished(&result, origin, argument, path) }
    }

    fn variable(
        &self,
        name: &str,
        variables: &[(String, Node)],
        path: &Path<'_>,
        line: Option<usize>,
    ) -> Outcome<(String, Option<String>)> {
        let value = match (variables.iter().find(|(known, _)| known == name), name.split_once('.')) {
            (Some((key, node)), _) => self.value(node, &path.index(1).key(key))?,
            (None, Some((resource, attribute))) => self.attribute(resource, attribute, path, line)?,
            (None, None) => self.reference(name, path, line)?,
        };
        match value.single() {
            Some((text, origin)) => Ok((text.to_owned(), origin.map(str::to_owned))),
            None => self.fail(
                path,
                line,
                Reason::arguments("Fn::Sub", &format!("cannot put {name} into a text: it is none")),
            ),
        }
    }

    /// The two arguments of a function.
    fn pair<'n>(
        &self,
        argument: &'n Node,
        path: &Path<'_>,
        function: &str,
        expected: &str,
    ) -> Outcome<(&'n Node, &'n Node)> {
        match argument.items() {
            Some([first, second]) => Ok((first, second)),
            _ => self.fail(path, argument.line, Reason::arguments(function, expected)),
        }
    }

    /// A value that has to be a single one.
    fn single(
        &self,
        node: &Node,
        path: &Path<'_>,
        function: &str,
        expected: &str,
    ) -> Outcome<(String, Option<String>)> {
        let value = self.value(node, path)?;
        match value.single() {
            Some((text, origin)) => Ok((text.to_owned(), origin.map(str::to_owned))),
            None => self.fail(path, node.line, Reason::arguments(function, expected)),
        }
    }

    pub(super) fn join(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let (delimiter, members) = self.pair(argument, path, "Fn::Join", "takes a delimiter and a list")?;
        let Some(delimiter) = delimiter.scalar() else {
            return self.fail(
                path,
                argument.line,
                Reason::arguments("Fn::Join", "takes a delimiter that is a text"),
            );
        };
        let members = self.value(members, &path.index(1))?;
        match list::join(delimiter, &members) {
            Ok(Resolved::Text(text)) => self.finished(&text, None, argument, path),
            Ok(joined) => Ok(joined),
            Err(reason) => self.fail(path, argument.line, reason),
        }
    }

    pub(super) fn split(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let expected = "takes a delimiter and a text";
        let (delimiter, text) = self.pair(argument, path, "Fn::Split", expected)?;
        let (text, origin) = self.single(text, &path.index(1), "Fn::Split", expected)?;
        let delimiter = delimiter.scalar().unwrap_or_default();
        list::split(delimiter, &text, origin.as_deref())
            .or_else(|reason| self.fail(path, argument.line, reason))
    }

    pub(super) fn select(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let expected = "takes an index and a list";
        let (index, members) = self.pair(argument, path, "Fn::Select", expected)?;
        let index = self.single(index, &path.index(0), "Fn::Select", expected)?.0;
        let members = self.value(members, &path.index(1))?;
        list::select(&index, &members).or_else(|reason| self.fail(path, argument.line, reason))
    }

    pub(super) fn find_in_map(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let expected = "takes a mapping's name and two keys";
        let (keys, default) = match argument.items() {
            Some(keys @ [_, _, _]) => (keys, None),
            Some([keys @ .., default])
                if keys.len() == 3
                    && default.get("DefaultValue").is_some()
                    && self.template.has_language_extensions() =>
            {
                (keys, default.get("DefaultValue"))
            }
            _ => return self.fail(path, argument.line, Reason::arguments("Fn::FindInMap", expected)),
        };
        let mut names = Vec::with_capacity(3);
        for (index, key) in keys.iter().enumerate() {
            let (text, origin) = self.single(key, &path.index(index), "Fn::FindInMap", expected)?;
            if let Some(origin) = origin {
                return self.fail(path, argument.line, Reason::KnownLater { origin });
            }
            names.push(text);
        }
        let [map, first, second] = names.as_slice() else { return Err(Reported) };
        let found = self.template.mappings.iter().find(|(name, _)| name == map);
        match (found.and_then(|(_, map)| map.get(first)?.get(second)), default) {
            (Some(value), _) => self.literal(value, path),
            (None, Some(default)) => self.value(default, &path.index(3)),
            (None, None) => self.fail(path, argument.line, Reason::UnknownMapping(names.join("::"))),
        }
    }

    /// What a mapping holds: texts and lists of them, no functions (checked when the template was read).
    fn literal(&self, node: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let item = |node: &Node| node.scalar().map_or(Resolved::Null, Resolved::text);
        match node.items() {
            Some(items) => Ok(Resolved::List(items.iter().map(item).collect())),
            None => self.finished(node.scalar().unwrap_or_default(), None, node, path),
        }
    }

    pub(super) fn import(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let (name, _) = self.single(argument, path, "Fn::ImportValue", "takes the name of an export")?;
        if let Some(value) = self.environment.imports.get(&name) {
            return Ok(Resolved::text(value));
        }
        let what = format!("what another stack exports as {name:?}");
        self.fail(path, argument.line, Reason::Outside { what, flag: format!("--import {name}=VALUE") })
    }

    pub(super) fn base64(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        use base64::Engine as _;
        let (text, origin) = self.single(argument, path, "Fn::Base64", "takes a text")?;
        Ok(Resolved::of(base64::engine::general_purpose::STANDARD.encode(text), origin))
    }

    pub(super) fn availability_zones(&self, argument: &Node, path: &Path<'_>) -> Outcome<Resolved> {
        let (region, _) = self.single(argument, path, "Fn::GetAZs", "takes a region, or an empty text")?;
        let region = if region.is_empty() { &self.environment.region } else { &region };
        let zone = |letter| Resolved::later(format!("{region}{letter}"), format!("the zones of {region}"));
        Ok(Resolved::List(["a", "b", "c"].map(zone).into()))
    }

    pub(super) fn language_extension(
        &self,
        name: &str,
        argument: &Node,
        path: &Path<'_>,
    ) -> Outcome<Resolved> {
        if !self.template.has_language_extensions() {
            let reason = Reason::Form(format!("{name} needs Transform: AWS::LanguageExtensions"));
            return self.fail(path, argument.line, reason);
        }
        let value = self.value(argument, path)?;
        if name == "Fn::ToJsonString" {
            let mut origin = None;
            let json = value.to_json(&mut Vec::new(), &mut |_, from| origin = Some(from.to_owned()));
            return Ok(Resolved::of(json.to_string(), origin));
        }
        match value {
            Resolved::List(items) => Ok(Resolved::Number(items.len().to_string())),
            _ => self.fail(path, argument.line, Reason::arguments("Fn::Length", "takes a list")),
        }
    }
}
