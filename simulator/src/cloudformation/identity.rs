//! What `Ref` and `Fn::GetAtt` give of a resource: its name, its ARN, its attributes.
//!
//! Resources of the types that are used here get their name as CloudFormation makes it: the one in the template, or
//! `<stack>-<logical id>-<twelve letters and digits>`. Of other types the value is known where it follows from the
//! template (the ARN of a queue with a `QueueName`); else it is a plausible text, marked as known later only.

use super::error::Reason;
use super::kind::ResourceKind;
use super::path::{Path, Scope};
use super::resolved::Resolved;
use super::resolver::{Outcome, Reported, Resolver};
use super::template::Declaration;

/// A type that is left aside but often referred to: the property that names it, its service in ARNs, and what stands
/// before the name there.
struct Neighbour {
    kind: &'static str,
    name_property: &'static str,
    service: &'static str,
    prefix: &'static str,
}

const NEIGHBOURS: [Neighbour; 8] = [
    Neighbour {
        kind: "AWS::CloudTrail::Trail",
        name_property: "TrailName",
        service: "cloudtrail",
        prefix: "trail/",
    },
    Neighbour {
        kind: "AWS::DynamoDB::Table",
        name_property: "TableName",
        service: "dynamodb",
        prefix: "table/",
    },
    Neighbour { kind: "AWS::Events::Rule", name_property: "Name", service: "events", prefix: "rule/" },
    Neighbour { kind: "AWS::IAM::Role", name_property: "RoleName", service: "iam", prefix: "role/" },
    Neighbour { kind: "AWS::Kinesis::Stream", name_property: "Name", service: "kinesis", prefix: "stream/" },
    Neighbour {
        kind: "AWS::Lambda::Function",
        name_property: "FunctionName",
        service: "lambda",
        prefix: "function:",
    },
    Neighbour { kind: "AWS::S3::Bucket", name_property: "BucketName", service: "s3", prefix: "" },
    Neighbour { kind: "AWS::SQS::Queue", name_property: "QueueName", service: "sqs", prefix: "" },
];

/// Types whose `Ref` is an ARN.
const REF_IS_ARN: [&str; 9] = [
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::AutoScaling::ScalingPolicy",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::SSMIncidents::ResponsePlan",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
];

impl<'a> Resolver<'a> {
    /// What `Ref` gives for a parameter, a pseudo parameter or a resource.
    pub(super) fn reference(&self, name: &str, path: &Path<'_>, line: Option<usize>) -> Outcome<Resolved> {
        if let Some(value) =
            self.parameters.get(name).cloned().or_else(|| self.environment.pseudo_parameter(name))
        {
            return Ok(value);
        }
        match self.resource(name, path, line)? {
            Some(declaration) => self.physical_id(declaration),
            None => Ok(self.made_later(name, name)),
        }
    }

    /// What `Fn::GetAtt` gives.
    pub(super) fn attribute(
        &self,
        resource: &str,
        attribute: &str,
        path: &Path<'_>,
        line: Option<usize>,
    ) -> Outcome<Resolved> {
        let Some(declaration) = self.resource(resource, path, line)? else {
            return Ok(self.made_later(resource, &format!("{resource}.{attribute}")));
        };
        let Some(kind) = ResourceKind::of(&declaration.kind) else {
            return self.neighbours_attribute(declaration, attribute);
        };
        match (kind, attribute) {
            (ResourceKind::Topic, "TopicName") | (ResourceKind::TopicPolicy, "Id") => {
                self.resource_name(declaration)
            }
            (ResourceKind::Topic, "TopicArn") => self.arn(declaration, kind),
            (
                ResourceKind::LogGroup
                | ResourceKind::Alarm
                | ResourceKind::CompositeAlarm
                | ResourceKind::Subscription,
                "Arn",
            ) => self.arn(declaration, kind),
            _ => {
                let (kind, attribute) = (declaration.kind.clone(), attribute.to_owned());
                self.fail(path, line, Reason::UnknownAttribute { kind, attribute })
            }
        }
    }

    fn resource(&self, name: &str, path: &Path<'_>, line: Option<usize>) -> Outcome<Option<&'a Declaration>> {
        if path.scope == Scope::Parameters && self.template.resource(name).is_some() {
            let reason = format!("{name} is a resource, and resources cannot be referred to in Conditions");
            return self.fail(path, line, Reason::Misplaced(reason));
        }
        self.created(name, path, line)
    }

    /// The physical id: what `Ref` gives.
    pub(super) fn physical_id(&self, declaration: &Declaration) -> Outcome<Resolved> {
        match ResourceKind::of(&declaration.kind) {
            Some(kind @ (ResourceKind::Topic | ResourceKind::Subscription)) => self.arn(declaration, kind),
            Some(_) => self.resource_name(declaration),
            None => self.neighbours_id(declaration),
        }
    }

    /// The ARN of a resource of a type that is used here. Metric filters and topic policies have none.
    pub(super) fn arn(&self, declaration: &Declaration, kind: ResourceKind) -> Outcome<Resolved> {
        let environment = self.environment;
        if kind == ResourceKind::Subscription {
            let path = Path::section("Resources", Scope::Resources);
            let topic = match declaration.property("TopicArn") {
                Some(node) => {
                    self.value(node, &path.key(&declaration.logical_id).key("Properties").key("TopicArn"))?
                }
                None => Resolved::text(environment.arn("sns", &declaration.logical_id)),
            };
            let Some((topic, origin)) = topic.single() else { return Err(Reported) };
            let arn = format!("{topic}:{}", environment.uuid(&declaration.logical_id));
            return Ok(Resolved::of(arn, origin.map(str::to_owned)));
        }
        let name = self.resource_name(declaration)?;
        let Some((name, origin)) = name.single() else { return Err(Reported) };
        let arn = match kind {
            ResourceKind::Alarm | ResourceKind::CompositeAlarm => {
                environment.arn("cloudwatch", &format!("alarm:{name}"))
            }
            ResourceKind::LogGroup => environment.arn("logs", &format!("log-group:{name}:*")),
            ResourceKind::Topic
            | ResourceKind::Subscription
            | ResourceKind::MetricFilter
            | ResourceKind::TopicPolicy => environment.arn("sns", name),
        };
        Ok(Resolved::of(arn, origin.map(str::to_owned)))
    }

    /// The name of a resource of a type that is used here: as the template has it, or generated.
    pub(super) fn resource_name(&self, declaration: &Declaration) -> Outcome<Resolved> {
        let property = ResourceKind::of(&declaration.kind).and_then(ResourceKind::name_property);
        let given = self.given_name(declaration, property)?;
        Ok(given.unwrap_or_else(|| {
            let suffix = if declaration.is_fifo() { ".fifo" } else { "" };
            Resolved::Text(self.generated(&declaration.logical_id) + suffix)
        }))
    }

    fn generated(&self, logical_id: &str) -> String {
        format!("{}-{logical_id}-{}", self.environment.stack_name, self.environment.suffix(logical_id))
    }

    /// The name in the template, if it has one. Worked out once: names can depend on names.
    fn given_name(&self, declaration: &Declaration, property: Option<&str>) -> Outcome<Option<Resolved>> {
        let Some((property, node)) =
            property.and_then(|property| Some((property, declaration.property(property)?)))
        else {
            return Ok(None);
        };
        let known = self.names.borrow().get(&declaration.logical_id).cloned();
        let path = Path::section("Resources", Scope::Resources);
        let path = path.key(&declaration.logical_id);
        let path = path.key("Properties");
        let path = path.key(property);
        let value = match known {
            Some(Some(outcome)) => outcome?,
            Some(None) => {
                let names = declaration.logical_id.clone();
                return self.fail(&path, node.line, Reason::Circular { what: "resources", names });
            }
            None => {
                self.names.borrow_mut().insert(declaration.logical_id.clone(), None);
                let outcome = self.value(node, &path);
                self.names.borrow_mut().insert(declaration.logical_id.clone(), Some(outcome.clone()));
                outcome?
            }
        };
        match value.single() {
            Some((text, origin)) => Ok(Some(Resolved::of(text.to_owned(), origin.map(str::to_owned)))),
            None if value == Resolved::NoValue => Ok(None),
            None => self.fail(&path, node.line, Reason::Form("a name has to be a text".into())),
        }
    }

    fn neighbours_name(&self, declaration: &Declaration, neighbour: Option<&Neighbour>) -> Resolved {
        let property = neighbour.map(|neighbour| neighbour.name_property);
        // Why it cannot be known is a problem of a resource that is left aside: of no importance here.
        let given = self.given_name(declaration, property).ok().flatten();
        given.unwrap_or_else(|| {
            Resolved::later(self.generated(&declaration.logical_id), &declaration.logical_id)
        })
    }

    fn neighbours_id(&self, declaration: &Declaration) -> Outcome<Resolved> {
        if REF_IS_ARN.contains(&declaration.kind.as_str()) {
            let mut parts = declaration.kind.split("::").skip(1).map(str::to_lowercase);
            let (service, what) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let name = self.generated(&declaration.logical_id);
            let arn = self.environment.arn(&service, &format!("{what}/{name}"));
            return Ok(Resolved::later(arn, &declaration.logical_id));
        }
        if declaration.kind == "AWS::SQS::Queue" {
            return self.neighbours_attribute(declaration, "QueueUrl");
        }
        Ok(self.neighbours_name(declaration, neighbour(&declaration.kind)))
    }

    fn neighbours_attribute(&self, declaration: &Declaration, attribute: &str) -> Outcome<Resolved> {
        let neighbour = neighbour(&declaration.kind);
        let name = self.neighbours_name(declaration, neighbour);
        let Some((name, origin)) = name.single() else { return Err(Reported) };
        let origin = origin.map(|origin| format!("{origin}.{attribute}"));
        let environment = self.environment;
        if let Some(Neighbour { service, prefix, name_property, .. }) = neighbour {
            if attribute == *name_property {
                return Ok(Resolved::of(name.to_owned(), origin));
            }
            match (attribute, *service) {
                ("Arn", "iam") => {
                    let arn = format!(
                        "arn:{}:iam::{}:{prefix}{name}",
                        environment.partition(),
                        environment.account_id
                    );
                    return Ok(Resolved::of(arn, origin));
                }
                ("Arn", "s3") => {
                    return Ok(Resolved::of(format!("arn:{}:s3:::{name}", environment.partition()), origin));
                }
                ("Arn", service) => {
                    return Ok(Resolved::of(environment.arn(service, &format!("{prefix}{name}")), origin));
                }
                ("QueueUrl", "sqs") => {
                    let suffix = if environment.region.starts_with("cn-") {
                        "amazonaws.com.cn"
                    } else {
                        "amazonaws.com"
                    };
                    let (region, account) = (&environment.region, &environment.account_id);
                    return Ok(Resolved::of(
                        format!("https://sqs.{region}.{suffix}/{account}/{name}"),
                        origin,
                    ));
                }
                _ => {}
            }
        }
        let origin = format!("{}.{attribute}", declaration.logical_id);
        if attribute.ends_with("Arn") {
            let service = declaration.kind.split("::").nth(1).unwrap_or_default().to_lowercase();
            return Ok(Resolved::later(environment.arn(&service, name), origin));
        }
        Ok(Resolved::later(format!("{name}-{}", attribute.replace('.', "-")), origin))
    }

    /// A resource that the serverless transform makes.
    fn made_later(&self, logical_id: &str, origin: &str) -> Resolved {
        Resolved::later(self.generated(logical_id), origin)
    }
}

impl Declaration {
    /// Whether a topic's name has to end in `.fifo`.
    fn is_fifo(&self) -> bool {
        self.property("FifoTopic").and_then(super::node::Node::scalar) == Some("true")
    }
}

fn neighbour(kind: &str) -> Option<&'static Neighbour> {
    NEIGHBOURS.iter().find(|neighbour| neighbour.kind == kind)
}
