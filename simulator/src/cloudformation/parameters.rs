//! Parameters: their values, and the constraints on them.

mod constraints;

use std::collections::BTreeMap;

use super::environment::Environment;
use super::error::{Reason, TemplateError};
use super::node::Node;
use super::resolved::Resolved;

/// What may stand in a parameter's declaration.
const PROPERTIES: [&str; 11] = [
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
];
/// Parameters that a template may declare (CloudFormation quotas).
const MAX_PARAMETERS: usize = 200;

/// The kinds of values that types have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Number,
    TextList,
    NumberList,
    /// The name of a value in Parameter Store.
    Stored {
        list: bool,
    },
}

/// The value of every parameter, and notes about what could not be checked.
pub(super) struct Parameters {
    pub(super) values: BTreeMap<String, Resolved>,
    pub(super) notes: Vec<String>,
}

/// Settles the value of every declared parameter.
pub(super) fn settle(
    declared: &[(String, Node)],
    environment: &Environment,
) -> Result<Parameters, Vec<TemplateError>> {
    let mut settled = Parameters { values: BTreeMap::new(), notes: Vec::new() };
    let mut problems = Vec::new();
    if declared.len() > MAX_PARAMETERS {
        let reason = Reason::Form(format!("{} parameters, more than {MAX_PARAMETERS}", declared.len()));
        problems.push(TemplateError::at("Parameters", None, reason));
    }
    for name in environment.parameters.keys().filter(|name| !declared.iter().any(|(known, _)| known == *name))
    {
        problems.push(TemplateError::whole(Reason::ParameterUnknown(name.clone())));
    }
    for (name, node) in declared {
        let declaration = Declaration { name, node };
        match declaration.value(environment, &mut settled.notes) {
            Ok(value) => {
                settled.values.insert(name.clone(), value);
            }
            // It names the parameter itself.
            Err(reason @ Reason::ParameterMissing(_)) => {
                problems.push(TemplateError::at("", node.line, reason));
            }
            Err(reason) => problems.push(TemplateError::at(format!("Parameters.{name}"), node.line, reason)),
        }
    }
    if problems.is_empty() { Ok(settled) } else { Err(problems) }
}

struct Declaration<'a> {
    name: &'a str,
    node: &'a Node,
}

impl Declaration<'_> {
    fn value(&self, environment: &Environment, notes: &mut Vec<String>) -> Result<Resolved, Reason> {
        let Some(entries) = self.node.entries() else {
            return Err(Reason::Form("a parameter is a map".into()));
        };
        if let Some((property, _)) =
            entries.iter().find(|(property, _)| !PROPERTIES.contains(&property.as_str()))
        {
            return Err(Reason::Form(format!("invalid template parameter property {property}")));
        }
        let shape = self.shape()?;
        let text = self.given(environment)?;
        if let Shape::Stored { list } = shape {
            return Ok(stored(&text, list, self.name, environment));
        }
        let members: Vec<String> = match shape {
            Shape::TextList | Shape::NumberList if text.is_empty() => Vec::new(),
            Shape::TextList | Shape::NumberList => {
                text.split(',').map(|member| member.trim().to_owned()).collect()
            }
            Shape::Text | Shape::Number | Shape::Stored { .. } => vec![text.clone()],
        };
        for member in &members {
            self.check(member, shape, notes)?;
        }
        Ok(match shape {
            Shape::TextList | Shape::NumberList => {
                Resolved::List(members.into_iter().map(Resolved::Text).collect())
            }
            Shape::Text | Shape::Number | Shape::Stored { .. } => Resolved::Text(text),
        })
    }

    fn shape(&self) -> Result<Shape, Reason> {
        let kind = self.attribute("Type").ok_or_else(|| Reason::Form("a parameter needs a Type".into()))?;
        let ssm = kind.strip_prefix("AWS::SSM::Parameter::Value<").and_then(|rest| rest.strip_suffix('>'));
        Ok(match kind {
            "String" => Shape::Text,
            "Number" => Shape::Number,
            "List<Number>" => Shape::NumberList,
            "CommaDelimitedList" => Shape::TextList,
            _ if ssm.is_some() => Shape::Stored { list: ssm.is_some_and(|of| of.contains("List")) },
            _ if kind.starts_with("List<") && kind.ends_with('>') => Shape::TextList,
            _ if kind.starts_with("AWS::") => Shape::Text,
            _ => return Err(Reason::Form(format!("unrecognized parameter type: {kind}"))),
        })
    }

    fn given(&self, environment: &Environment) -> Result<String, Reason> {
        if let Some(value) = environment.parameters.get(self.name) {
            return Ok(value.clone());
        }
        match self.node.get("Default") {
            None => Err(Reason::ParameterMissing(self.name.to_owned())),
            Some(node) => node
                .scalar()
                .map(str::to_owned)
                .ok_or_else(|| Reason::Form("every Default member must be a string".into())),
        }
    }

    /// One constraint's text; numbers count as text.
    fn attribute(&self, name: &str) -> Option<&str> {
        self.node.get(name).and_then(Node::scalar)
    }
}

/// A value of Parameter Store: given from outside, or known later only.
fn stored(key: &str, list: bool, name: &str, environment: &Environment) -> Resolved {
    let Some(value) = environment.dynamic_references.get(&format!("ssm:{key}")) else {
        return Resolved::later(key, format!("parameter {name} (give --resolve ssm:{key}=VALUE)"));
    };
    if list {
        return Resolved::List(value.split(',').map(|member| Resolved::text(member.trim())).collect());
    }
    Resolved::text(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::cloudformation::source;

    /// One parameter P with the given declaration (YAML flow) and value.
    fn settle_one(declaration: &str, value: Option<&str>) -> Result<Resolved, String> {
        let root = source::read(&format!("P: {declaration}\n")).unwrap();
        let mut environment = Environment::default();
        if let Some(value) = value {
            environment.parameters.insert("P".into(), value.into());
        }
        settle(root.entries().unwrap(), &environment)
            .map(|mut settled| settled.values.remove("P").unwrap())
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    fn list(members: &[&str]) -> Resolved {
        Resolved::List(members.iter().map(|member| Resolved::text(*member)).collect())
    }

    #[test]
    fn values_take_their_types_shape() {
        for (declaration, value, expected) in [
            ("{Type: String}", Some("a"), Resolved::text("a")),
            ("{Type: String, Default: a}", None, Resolved::text("a")),
            ("{Type: String, Default: true}", None, Resolved::text("true")),
            ("{Type: String, Default: ''}", None, Resolved::text("")),
            ("{Type: Number, Default: 1.50}", None, Resolved::text("1.50")),
            ("{Type: 'List<Number>'}", Some("1, 2"), list(&["1", "2"])),
            ("{Type: CommaDelimitedList}", Some(" a ,b,"), list(&["a", "b", ""])),
            ("{Type: CommaDelimitedList}", Some(""), list(&[])),
            ("{Type: 'AWS::EC2::VPC::Id'}", Some("vpc-1"), Resolved::text("vpc-1")),
            ("{Type: 'List<AWS::EC2::Subnet::Id>'}", Some("a,b"), list(&["a", "b"])),
            (
                "{Type: 'AWS::SSM::Parameter::Value<String>', Default: /k}",
                None,
                Resolved::later("/k", "parameter P (give --resolve ssm:/k=VALUE)"),
            ),
        ] {
            assert_eq!(settle_one(declaration, value), Ok(expected), "{declaration} {value:?}");
        }
    }

    #[test]
    fn constraints_are_checked_in_cloudformations_words() {
        for (declaration, value, expected) in [
            ("{Type: String}", None, "Parameters: [P] must have values"),
            ("{Default: a}", None, "a parameter needs a Type"),
            ("{Type: Strin}", Some("a"), "unrecognized parameter type: Strin"),
            ("{Type: String, Foo: 1}", Some("a"), "invalid template parameter property Foo"),
            ("{Type: String, Default: [a]}", None, "every Default member must be a string"),
            ("{Type: String, AllowedValues: [a, 'true', 1]}", Some("b"), "'P' must be one of AllowedValues"),
            (
                "{Type: CommaDelimitedList, AllowedValues: [a]}",
                Some("a,b"),
                "'P' must be one of AllowedValues",
            ),
            ("{Type: String, AllowedPattern: '[a-z]+'}", Some("ab1"), "'P' must match pattern [a-z]+"),
            ("{Type: String, AllowedPattern: 'a|b'}", Some("ab"), "'P' must match pattern a|b"),
            (
                "{Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: lower case only}",
                Some("A"),
                "parameter P failed to satisfy constraint: lower case only",
            ),
            ("{Type: String, MinLength: '3'}", Some("äö"), "must contain at least 3 characters"),
            ("{Type: String, MaxLength: 1}", Some("äö"), "must contain at most 1 characters"),
            ("{Type: Number}", Some("x"), "'P' must be a number"),
            ("{Type: Number}", Some("NaN"), "'P' must be a number"),
            ("{Type: Number, MinValue: 1}", Some("0.5"), "not less than 1"),
            ("{Type: 'List<Number>', MaxValue: 2}", Some("1,3"), "not greater than 2"),
            ("{Type: Number, MinValue: x}", Some("1"), "MinValue has to be a number"),
        ] {
            let error = settle_one(declaration, value).unwrap_err();
            assert!(error.contains(expected), "{declaration} {value:?}: {error}");
        }
        for (declaration, value) in [
            ("{Type: String, AllowedValues: [a, 'true', 1]}", "1"),
            ("{Type: String, AllowedPattern: '[a-z]+'}", "ab"),
            ("{Type: String, MinLength: 2, MaxLength: 2}", "äö"),
            ("{Type: Number, MinValue: 1, MaxValue: 1}", "1"),
        ] {
            assert!(settle_one(declaration, Some(value)).is_ok(), "{declaration} {value}");
        }
    }

    #[test]
    fn a_violation_never_shows_the_value() {
        let error = settle_one("{Type: String, NoEcho: true, MinLength: 40}", Some("s3cret")).unwrap_err();
        assert!(!error.contains("s3cret"), "{error}");
    }

    #[test]
    fn a_pattern_that_only_java_reads_is_noted() {
        let root = source::read("P: {Type: String, AllowedPattern: '(?=a).*', Default: b}").unwrap();
        let settled = settle(root.entries().unwrap(), &Environment::default()).unwrap();
        assert_eq!(settled.notes, ["Parameters.P.AllowedPattern: not checked, this notation is not read"]);
    }

    #[test]
    fn values_for_parameters_that_do_not_exist_are_refused() {
        let environment =
            Environment { parameters: [("Q".into(), "1".into())].into(), ..Environment::default() };
        let errors = settle(&[], &environment).err().unwrap();
        assert_eq!(
            errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["Parameters: [Q] do not exist in the template"]
        );
    }
}
