//! Each function with what it gives, and with what it refuses.

use serde_json::{Value, json};
use trailbell_sim::cloudformation::{Environment, Stack};

/// A template with a topic whose display name is the value under test.
fn template(value: &str) -> String {
    format!(
        r#"
Parameters:
  Name: {{Type: String, Default: alarms}}
  Count: {{Type: Number, Default: 1.50}}
  Names: {{Type: CommaDelimitedList, Default: "a, b"}}
  Empty: {{Type: String, Default: ""}}
Mappings:
  Regions:
    us-east-1: {{Short: use1, Zones: [a, b], Number: 3}}
Conditions:
  Holds: !Equals [!Ref Name, alarms]
  Fails: !Not [!Condition Holds]
  Both: !And [!Condition Holds, !Condition Fails]
  Any: !Or [!Condition Fails, !Equals [!Join ["", [a, lar, ms]], !Ref Name]]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: {value}
  Other:
    Type: AWS::SNS::Topic
    Properties: {{TopicName: !Sub "${{Name}}-other"}}
  Fifo:
    Type: AWS::SNS::Topic
    Properties: {{FifoTopic: "true"}}
  Missing: {{Type: AWS::SNS::Topic, Condition: Fails}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {{AlarmName: high}}
  Composite: {{Type: AWS::CloudWatch::CompositeAlarm}}
  Filter: {{Type: AWS::Logs::MetricFilter, Properties: {{FilterPattern: ""}}}}
  Group: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: /trail}}}}
  Subscription: {{Type: AWS::SNS::Subscription, Properties: {{TopicArn: !Ref Other, Protocol: email}}}}
  Queue: {{Type: AWS::SQS::Queue, Properties: {{QueueName: audit}}}}
  Unnamed: {{Type: AWS::SQS::Queue}}
  Function: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: !Sub "${{Queue.QueueName}}-fn"}}}}
  Bucket: {{Type: AWS::S3::Bucket, Properties: {{BucketName: logs}}}}
  Role: {{Type: AWS::IAM::Role, Properties: {{RoleName: r}}}}
"#
    )
}

fn display_name(value: &str, environment: &Environment) -> Result<Value, String> {
    let stack = Stack::read(&template(value), environment).map_err(|errors| errors.to_string())?;
    let topic = stack.resources.iter().find(|resource| resource.logical_id == "Topic").unwrap();
    Ok(topic.properties.get("DisplayName").cloned().unwrap_or(Value::Null))
}

#[test]
fn functions_give_what_cloudformation_gives() {
    let environment = Environment {
        imports: [("net-Vpc".to_owned(), "vpc-1".to_owned())].into(),
        dynamic_references: [("ssm:/name".to_owned(), "stored".to_owned())].into(),
        ..Environment::default()
    };
    for (value, expected) in [
        // Ref
        ("!Ref Name", json!("alarms")),
        ("{Ref: Name}", json!("alarms")),
        ("!Ref Count", json!("1.50")),
        ("!Ref Names", json!(["a", "b"])),
        ("!Ref AWS::Region", json!("us-east-1")),
        ("!Ref AWS::AccountId", json!("123456789012")),
        ("!Ref AWS::Partition", json!("aws")),
        ("!Ref AWS::URLSuffix", json!("amazonaws.com")),
        ("!Ref AWS::NoValue", Value::Null),
        ("!Ref AWS::NotificationARNs", json!([])),
        ("!Ref Other", json!("arn:aws:sns:us-east-1:123456789012:alarms-other")),
        ("!Ref Alarm", json!("high")),
        ("!Ref Group", json!("/trail")),
        ("!Ref Bucket", json!("logs")),
        ("!Ref Queue", json!("https://sqs.us-east-1.amazonaws.com/123456789012/audit")),
        // Fn::GetAtt
        ("!GetAtt Other.TopicName", json!("alarms-other")),
        ("!GetAtt [Other, TopicArn]", json!("arn:aws:sns:us-east-1:123456789012:alarms-other")),
        ("{'Fn::GetAtt': Other.TopicName}", json!("alarms-other")),
        ("!GetAtt [Other, !Sub 'Topic${Empty}Name']", json!("alarms-other")),
        ("!GetAtt Alarm.Arn", json!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:high")),
        ("!GetAtt Group.Arn", json!("arn:aws:logs:us-east-1:123456789012:log-group:/trail:*")),
        ("!GetAtt Queue.Arn", json!("arn:aws:sqs:us-east-1:123456789012:audit")),
        ("!GetAtt Function.Arn", json!("arn:aws:lambda:us-east-1:123456789012:function:audit-fn")),
        ("!GetAtt Bucket.Arn", json!("arn:aws:s3:::logs")),
        ("!GetAtt Role.Arn", json!("arn:aws:iam::123456789012:role/r")),
        // Fn::Sub
        ("!Sub '${Name} in ${AWS::Region}'", json!("alarms in us-east-1")),
        ("!Sub ['${Name}-${X}', {X: !Ref Count}]", json!("alarms-1.50")),
        ("!Sub ['${Name}', {Name: other}]", json!("other")),
        ("!Sub '${Other.TopicName} ${!Name} ${'", json!("alarms-other ${Name} ${")),
        ("!Sub '{ $.a = 1 }'", json!("{ $.a = 1 }")),
        // Fn::Join, Fn::Split, Fn::Select
        ("!Join ['-', [a, !Ref Name, 1, true]]", json!("a-alarms-1-true")),
        ("!Join [',', !Ref Names]", json!("a,b")),
        ("!Join ['', [a, !If [Fails, b, !Ref AWS::NoValue], c]]", json!("ac")),
        ("!Split ['|', 'a||b']", json!(["a", "", "b"])),
        ("!Select [1, !Ref Names]", json!("b")),
        ("!Select ['0', [x, y]]", json!("x")),
        ("!Select [5, !Split [':', !GetAtt Queue.Arn]]", json!("audit")),
        // Fn::FindInMap
        ("!FindInMap [Regions, !Ref AWS::Region, Short]", json!("use1")),
        ("!FindInMap [Regions, us-east-1, Zones]", json!(["a", "b"])),
        ("!FindInMap [Regions, us-east-1, Number]", json!("3")),
        // Fn::If
        ("!If [Holds, a, b]", json!("a")),
        ("!If [Fails, a, b]", json!("b")),
        ("!If [Both, a, !If [Any, c, d]]", json!("c")),
        ("!If [Fails, a, !Ref AWS::NoValue]", Value::Null),
        ("[a, !If [Fails, b, !Ref AWS::NoValue]]", json!(["a"])),
        // A branch that is not taken may name what is not created.
        ("!If [Fails, !Ref Missing, kept]", json!("kept")),
        // What comes from outside
        ("!ImportValue net-Vpc", json!("vpc-1")),
        ("{'Fn::ImportValue': !Sub 'net-${Vpc}'}".replace("${Vpc}", "Vpc").leak(), json!("vpc-1")),
        ("'{{resolve:ssm:/name}}'", json!("stored")),
        ("!Join ['', ['<{{resolve:', 'ssm:/name}}>']]", json!("<stored>")),
        // The rest
        ("!Base64 hello", json!("aGVsbG8=")),
        ("!Select [0, !GetAZs '']", json!("us-east-1a")),
        ("{a: {b: [!Ref Name]}}", json!({"a": {"b": ["alarms"]}})),
        ("1.5", json!(1.5)),
        ("007", json!("007")),
        ("true", json!(true)),
        ("2010-09-09", json!("2010-09-09")),
    ] {
        assert_eq!(display_name(value, &environment), Ok(expected), "{value}");
    }
}

#[test]
fn errors_name_the_resource_and_the_path() {
    let place = "Resources.Topic.Properties.DisplayName";
    for (value, path, reason) in [
        ("!Ref Nothing", ".Ref", "unresolved resource dependency [Nothing]: no parameter or resource"),
        (
            "!Ref Missing",
            ".Ref",
            "unresolved resource dependency [Missing]: not created, as its condition Fails is false",
        ),
        ("!Ref [a]", ".Ref", "Ref takes a name"),
        ("!GetAtt Nothing.Arn", ".Fn::GetAtt", "unresolved resource dependency [Nothing]"),
        ("!GetAtt Other.Arn", ".Fn::GetAtt", "AWS::SNS::Topic has no attribute Arn"),
        ("!GetAtt Filter.Arn", ".Fn::GetAtt", "AWS::Logs::MetricFilter has no attribute Arn"),
        ("!GetAtt Name.Arn", ".Fn::GetAtt", "Name is a parameter, and only resources have attributes"),
        ("!GetAtt Other", ".Fn::GetAtt", "Fn::GetAtt takes a resource's name and an attribute"),
        ("!Sub '${Nothing}'", ".Fn::Sub", "unresolved resource dependency [Nothing]"),
        ("!Sub '${a b}'", ".Fn::Sub", "Fn::Sub refuses ${a b}: variable names must contain only"),
        ("!Sub '${Names}'", ".Fn::Sub", "Fn::Sub cannot put Names into a text"),
        ("!Sub [a, b, c]", ".Fn::Sub", "Fn::Sub takes a text, or a text and a map"),
        ("!Join [',', a]", ".Fn::Join", "Fn::Join takes a delimiter and a list"),
        ("!Join [[], [a]]", ".Fn::Join", "Fn::Join takes a delimiter that is a text"),
        ("!Join [',', [[a]]]", ".Fn::Join", "one of its members is no text"),
        ("!Split ['', a]", ".Fn::Split", "takes a delimiter that is not empty"),
        ("!Split [',', [a]]", ".Fn::Split.1", "Fn::Split takes a delimiter and a text"),
        ("!Select [2, !Ref Names]", ".Fn::Select", "cannot select nonexistent value at index 2"),
        ("!Select [x, !Ref Names]", ".Fn::Select", "takes an index from 0"),
        (
            "!FindInMap [Regions, eu-west-1, Short]",
            ".Fn::FindInMap",
            "unable to get mapping for Regions::eu-west-1::Short",
        ),
        ("!FindInMap [Regions, us-east-1]", ".Fn::FindInMap", "takes a mapping's name and two keys"),
        ("!If [Unknown, a, b]", ".Fn::If", "unresolved condition dependency Unknown"),
        ("!If [Holds, a]", ".Fn::If", "Fn::If takes a condition's name and two values"),
        ("!Equals [a, b]", ".Fn::Equals", "Fn::Equals belongs into Conditions"),
        (
            "!ImportValue net-Vpc",
            ".Fn::ImportValue",
            "what another stack exports as \"net-Vpc\" is not in the template (give --import net-Vpc=VALUE)",
        ),
        (
            "'{{resolve:ssm:/x}}'",
            "",
            "the value of {{resolve:ssm:/x}} is not in the template (give --resolve ssm:/x=VALUE)",
        ),
        ("!Length [a]", ".Fn::Length", "Fn::Length needs Transform: AWS::LanguageExtensions"),
        ("!Cidr [a, 1, 1]", ".Fn::Cidr", "Fn::Cidr is not worked out here"),
        ("{'Fn::Foo': a}", ".Fn::Foo", "unknown function Fn::Foo"),
        ("{'Fn::Sub': a, b: c}", ".Fn::Sub", "Fn::Sub has to stand alone in its map"),
        ("!Transform {Name: AWS::Include}", ".Fn::Transform", "Fn::Transform makes parts of the template"),
        ("~", "", "'null' values are not allowed in templates"),
    ] {
        let error = display_name(value, &Environment::default()).unwrap_err();
        assert!(error.starts_with(&format!("{place}{path}, line 19: ")), "{value}: {error}");
        assert!(error.contains(reason), "{value}: {error}");
    }
}

#[test]
fn several_errors_are_told_at_once() {
    let error =
        display_name("[!GetAtt Other.X, !Select [9, !Ref Names], !ImportValue y]", &Environment::default());
    assert_eq!(error.unwrap_err().lines().count(), 3);
}

fn problems(template: &str) -> String {
    Stack::read(template, &Environment::default()).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn circles_are_found() {
    let circle = "Resources:\n  A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref B}}\n  \
                  B: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt A.TopicName}}\n  \
                  C: {Type: AWS::SNS::Topic, DependsOn: A}\n  D: {Type: AWS::SNS::Topic}\n";
    assert_eq!(problems(circle), "Resources: circular dependency between resources: [A, B]");
    let circle = "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources: {T: {Type: AWS::SNS::Topic}}\n";
    assert!(problems(circle).contains("circular dependency between conditions: [A]"), "{}", problems(circle));
}

#[test]
fn long_chains_end_with_an_error_and_not_with_the_stack() {
    let names = (0..400).fold(String::new(), |text, i| {
        let next = i + 1;
        text + &format!(
            "  T{i}: {{Type: AWS::SNS::Topic, Properties: {{TopicName: !GetAtt T{next}.TopicName}}}}\n"
        )
    });
    let error = problems(&format!("Resources:\n{names}  T400: {{Type: AWS::SNS::Topic}}\n"));
    assert!(error.contains("depend on each other more than 150 deep"), "{}", error.lines().next().unwrap());
    let conditions = (0..2_000).fold(String::new(), |text, i| {
        let next = i + 1;
        text + &format!("  C{i}: !Not [!Condition C{next}]\n")
    });
    let error = problems(&format!(
        "Conditions:\n{conditions}  C2000: !Equals [a, a]\nResources: {{T: {{Type: AWS::SNS::Topic}}}}\n"
    ));
    assert!(error.contains("depend on each other more than 150 deep"), "{}", error.lines().next().unwrap());
}

#[test]
fn the_form_of_a_template_is_checked() {
    let many = (0..501).fold(String::new(), |text, i| text + &format!("  T{i}: {{Type: AWS::SNS::Topic}}\n"));
    for (template, expected) in [
        ("{}", "no template: it has no section Resources"),
        ("[]", "no template: its top level is not a map of sections"),
        ("Resources: {}", "Resources, line 1: at least one Resources member must be defined"),
        ("Resources: {T: {Type: AWS::SNS::Topic}}\nFoo: 1", "Foo, line 2: invalid template property Foo"),
        (
            "Resources: {T: {Type: AWS::SNS::Topic, Foo: 1}}",
            "Resources.T, line 1: invalid template resource property Foo",
        ),
        ("Resources: {T-1: {Type: AWS::SNS::Topic}}", "a resource's name consists of letters and digits"),
        ("Resources: {T: {}}", "every Resources object must contain a Type member"),
        (
            "Resources: {T: {Type: AWS::SNS::Topic, DependsOn: U}}",
            "Resources.T.DependsOn, line 1: unresolved resource dependency [U]",
        ),
        (
            "Resources: {T: {Type: AWS::SNS::Topic, Condition: C}}",
            "Resources.T.Condition, line 1: unresolved condition dependency C",
        ),
        (
            "AWSTemplateFormatVersion: 2010-09-10\nResources: {T: {Type: AWS::SNS::Topic}}",
            "only 2010-09-09 is valid",
        ),
        (
            "Transform: Own\nResources: {T: {Type: AWS::SNS::Topic}}",
            "the macro \"Own\" rewrites the template",
        ),
        (
            "Conditions: {C: !Equals [!Ref T, a]}\nResources: {T: {Type: AWS::SNS::Topic}}",
            "T is a resource, and resources cannot be referred to in Conditions",
        ),
        (
            "Conditions: {C: !Or [!Equals [a, a]]}\nResources: {T: {Type: AWS::SNS::Topic}}",
            "Fn::Or takes two to ten conditions",
        ),
        ("Conditions: {C: maybe}\nResources: {T: {Type: AWS::SNS::Topic}}", "a condition is one of"),
        (
            "Outputs: {O: {Description: x}}\nResources: {T: {Type: AWS::SNS::Topic}}",
            "every Outputs member must contain a Value object",
        ),
        (
            &format!("Resources:\n{many}"),
            "Resources: 501 members, more than the 500 that CloudFormation takes",
        ),
        (
            &format!("Resources: {{T: {{Type: {}}}}}", "x".repeat(1_000_000)),
            "more than the 1000000 that CloudFormation takes",
        ),
    ] {
        let error = problems(template);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn what_is_known_later_matters_where_it_decides() {
    let template = |property: &str| {
        format!(
            "Resources:\n  Made: {{Type: AWS::SQS::Queue}}\n  Alarm:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      {property}\n"
        )
    };
    for property in
        ["Dimensions: [{Name: QueueName, Value: !GetAtt Made.QueueName}]", "AlarmActions: [!GetAtt Made.Arn]"]
    {
        let stack = Stack::read(&template(property), &Environment::default()).unwrap();
        let origins: Vec<_> =
            stack.resources[0].known_later.iter().map(|later| later.origin.as_str()).collect();
        assert_eq!(origins.len(), 1, "{property}");
        assert!(origins[0].starts_with("Made."), "{origins:?}");
    }
    for property in ["Threshold: !GetAtt Made.QueueName", "TreatMissingData: !Sub 'x${Made}'"] {
        let error = problems(&template(property));
        assert!(
            error.contains("which is known only after deployment, and decides what happens here"),
            "{error}"
        );
        assert!(error.starts_with("Resources.Alarm.Properties."), "{error}");
    }
}

#[test]
fn what_is_left_aside_may_depend_on_anything() {
    let template = "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n  Server:\n    Type: AWS::EC2::Instance\n    \
                    Properties: {ImageId: !ImportValue image, SubnetId: !Select [0, !Cidr [!Ref AWS::Region, 1, 1]]}\n\
                    Outputs:\n  Image: {Value: !ImportValue image}\n  Topic: {Value: !GetAtt Topic.TopicName, Export: {Name: t}}\n";
    let stack = Stack::read(template, &Environment::default()).unwrap();
    assert_eq!(stack.left_aside[0].kind, "AWS::EC2::Instance");
    assert_eq!(stack.outputs[0].value, None);
    assert_eq!(stack.outputs[1].value, Some(json!(stack.resources[0].name)));
    assert_eq!(stack.outputs[1].export, Some(json!("t")));
    // What is wrong in it is wrong all the same.
    assert!(
        problems(&template.replace("!ImportValue image,", "!Select [1, [a]],")).contains("Resources.Server.")
    );
}

#[test]
fn language_extensions_that_need_no_expansion_work() {
    let template = "Transform: AWS::LanguageExtensions\nParameters: {N: {Type: String, Default: Topic}}\n\
                    Mappings: {M: {a: {b: c}}}\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      \
                    DisplayName: !Join ['/', [!Length [a, b], !FindInMap [M, x, y, {DefaultValue: d}], !ToJsonString {k: 1}]]\n  \
                    Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref {'Fn::Sub': '${N}'}]}}\n";
    let stack = Stack::read(template, &Environment::default()).unwrap();
    assert_eq!(stack.resources[0].properties["DisplayName"], json!("2/d/{\"k\":1}"));
    assert_eq!(stack.resources[1].properties["AlarmActions"], json!([stack.resources[0].physical_id]));
}

#[test]
fn generated_names_have_cloudformations_form_and_are_filled_in() {
    let stack =
        Stack::read(&template("x"), &Environment { stack_name: "ops".into(), ..Environment::default() })
            .unwrap();
    let by_id = |id: &str| stack.resources.iter().find(|resource| resource.logical_id == id).unwrap();
    let topic = by_id("Topic");
    let suffix = topic.name.strip_prefix("ops-Topic-").unwrap();
    assert!(suffix.len() == 12 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{suffix}");
    assert_eq!(topic.properties["TopicName"], json!(topic.name));
    assert!(by_id("Fifo").name.strip_suffix(".fifo").is_some());
    assert_eq!(by_id("Filter").properties["FilterName"], json!(by_id("Filter").name));
    assert_eq!(by_id("Filter").arn, None);
    let subscription = by_id("Subscription").arn.clone().unwrap();
    assert!(subscription.starts_with("arn:aws:sns:us-east-1:123456789012:alarms-other:"), "{subscription}");
    let stored =
        Stack::read(&template("x"), &Environment { stack_name: "ops".into(), ..Environment::default() });
    assert_eq!(stored.as_ref(), Ok(&stack), "the same input gives the same stack");
}
