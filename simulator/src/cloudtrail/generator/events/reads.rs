//! What happens all day in an account: calls that read, and services at work.

use chrono::TimeDelta;

use super::super::actor::Actor;
use super::super::event::{Body, Kind};
use super::super::json::{Json, Object};
use super::super::scene::Scene;
use super::s3::bucket;

pub(in super::super) const KINDS: &[Kind] = &[
    Kind::read("ec2", "DescribeInstances", filtered),
    Kind::read("ec2", "DescribeInstanceStatus", filtered),
    Kind::read("ec2", "DescribeSecurityGroups", filtered),
    Kind::read("ec2", "DescribeVolumes", filtered),
    Kind::read("ec2", "DescribeVpcs", filtered),
    Kind::read("ec2", "DescribeSubnets", filtered),
    Kind::read("ec2", "DescribeRouteTables", filtered),
    Kind::read("ec2", "DescribeNetworkAcls", filtered),
    Kind::read("ec2", "DescribeInternetGateways", filtered),
    Kind::read("ec2", "DescribeTags", filtered),
    Kind::read("ec2", "DescribeAddresses", filtered),
    Kind::read("ec2", "DescribeSnapshots", filtered),
    Kind::read("ec2", "DescribeInstances", |scene| {
        filtered(scene).failed("Client.RequestLimitExceeded", "Request limit exceeded.")
    })
    .variant("throttled"),
    Kind::read("s3", "ListBuckets", |scene| {
        Body::request(Object::new().text("Host", &format!("s3.{}.amazonaws.com", scene.region)))
    }),
    Kind::read("s3", "GetBucketLocation", |scene| bucket(scene, "location", None)),
    Kind::read("s3", "GetBucketAcl", |scene| {
        bucket(scene, "acl", None).by(Actor::service("cloudtrail.amazonaws.com"))
    })
    .variant("cloudtrail"),
    Kind::read("s3", "GetBucketPolicyStatus", |scene| {
        bucket(scene, "policyStatus", None).failed("NoSuchBucketPolicy", "The bucket policy does not exist")
    })
    .variant("missing"),
    Kind::read("s3", "HeadBucket", |scene| {
        bucket(scene, "", None)
            .failed("AccessDenied", "Access Denied")
            .by(Actor::service("delivery.logs.amazonaws.com"))
    })
    .variant("log-delivery"),
    Kind::read("sts", "GetCallerIdentity", Body::none),
    Kind::read("sts", "AssumeRole", |scene| {
        let role = scene.role_name();
        assume(scene, role).by(Actor::service("ec2.amazonaws.com"))
    })
    .variant("ec2"),
    Kind::read("sts", "AssumeRole", |scene| {
        assume(scene, "OrderFunction").by(Actor::service("lambda.amazonaws.com"))
    })
    .variant("lambda"),
    Kind::read("sts", "AssumeRole", |scene| assume(scene, "Monitoring")),
    Kind::read("sts", "AssumeRole", |scene| {
        let actor = Actor::other_account(scene);
        assume(scene, "Monitoring").by(actor)
    })
    .variant("other-account"),
    Kind::read("sts", "AssumeRoleWithSAML", |scene| {
        let actor = Actor::saml(scene);
        assume(scene, "Administrator").by(actor)
    }),
    Kind::read("sts", "AssumeRoleWithWebIdentity", |scene| {
        let actor = Actor::web_identity(scene);
        assume(scene, "OrderFunction").by(actor)
    }),
    Kind::read("kms", "Decrypt", with_key),
    Kind::read("kms", "GenerateDataKey", |scene| {
        with_key(scene).by(Actor::service("cloudtrail.amazonaws.com"))
    }),
    Kind::read("kms", "ListAliases", Body::none),
    Kind::write("logs", "CreateLogStream", |scene| {
        let stream = format!("{}/[$LATEST]{}", scene.time.format("%Y/%m/%d"), scene.random.hex(32));
        let request =
            Object::new().text("logGroupName", "/aws/lambda/order-function").text("logStreamName", &stream);
        let actor = Actor::role(scene, 2);
        Body::request(request).by(actor)
    }),
    Kind::read("logs", "DescribeLogGroups", Body::none),
    Kind::read("logs", "DescribeMetricFilters", Body::none),
    Kind::read("monitoring", "DescribeAlarms", Body::none),
    Kind::read("monitoring", "ListMetrics", Body::none),
    Kind::read("cloudtrail", "DescribeTrails", Body::none),
    Kind::read("cloudtrail", "LookupEvents", |_| Body::request(Object::new().number("maxResults", 50))),
    Kind::read("iam", "ListUsers", Body::none),
    Kind::read("iam", "ListRoles", Body::none),
    Kind::read("iam", "GetAccountSummary", Body::none),
    Kind::read("iam", "ListAttachedUserPolicies", |scene| {
        let user = scene.user_name();
        Body::request(Object::new().text("userName", user))
    }),
    Kind::read("iam", "GetRole", |scene| {
        let role = scene.role_name();
        Body::request(Object::new().text("roleName", role))
    }),
    Kind::read("lambda", "ListFunctions20150331", Body::none),
    Kind::read("rds", "DescribeDBInstances", Body::none),
    Kind::read("elasticloadbalancing", "DescribeLoadBalancers", Body::none),
    Kind::read("autoscaling", "DescribeAutoScalingGroups", Body::none),
    Kind::read("dynamodb", "DescribeTable", |_| Body::request(Object::new().text("tableName", "orders"))),
    Kind::read("dynamodb", "DescribeTable", |_| {
        Body::request(Object::new().text("tableName", "order"))
            .failed("ResourceNotFoundException", "Requested resource not found: Table: order not found")
    })
    .variant("missing"),
    Kind::read("config", "DescribeConfigurationRecorders", Body::none),
    Kind::write("ssm", "UpdateInstanceInformation", |scene| {
        let instance = scene.instance();
        let request = Object::new()
            .text("instanceId", instance)
            .text("agentVersion", "3.3.2299.0")
            .text("agentStatus", "Active")
            .text("platformType", "Linux")
            .text("platformName", "Amazon Linux")
            .text("platformVersion", "2023");
        let actor = Actor::role(scene, 1);
        Body::request(request).by(actor)
    }),
    Kind::read("ecr", "GetAuthorizationToken", Body::none),
    Kind::read("organizations", "DescribeOrganization", Body::none),
    Kind::write("ec2", "CreateSnapshot", |scene| {
        let actor = Actor::root_for_a_service(scene, "dlm.amazonaws.com");
        Body::request(Object::new().text("volumeId", &scene.id("vol"))).by(actor)
    })
    .variant("root-for-a-service"),
];

fn filtered(scene: &mut Scene<'_>) -> Body {
    let filter = Object::new()
        .text("name", "vpc-id")
        .json("valueSet", Json::items([Object::new().text("value", scene.vpc()).into()]));
    Body::request(Object::new().number("maxResults", 100).json("filterSet", Json::items([filter.into()])))
}

fn assume(scene: &mut Scene<'_>, role: &str) -> Body {
    let arn = scene.iam_arn(&format!("role/{role}"));
    let session = format!("session-{}", scene.random.hex(8));
    let expires = (scene.time + TimeDelta::hours(1)).format("%b %-d, %Y, %-I:%M:%S %p").to_string();
    let credentials = Object::new()
        .text("accessKeyId", &format!("ASIA{}", scene.random.capitals(16)))
        .text(
            "sessionToken",
            &format!("IQoJb3JpZ2luX2Vj{}", scene.random.characters(b"ABCDEFabcdef0123456789+/", 200)),
        )
        .text("expiration", &expires);
    let user = Object::new()
        .text("assumedRoleId", &format!("AROA{}:{session}", scene.random.capitals(17)))
        .text("arn", &format!("arn:aws:sts::{}:assumed-role/{role}/{session}", scene.world.account));
    Body::request(Object::new().text("roleArn", &arn).text("roleSessionName", &session))
        .response(Object::new().json("credentials", credentials).json("assumedRoleUser", user))
        .resource(scene, "AWS::IAM::Role", &arn)
}

fn with_key(scene: &mut Scene<'_>) -> Body {
    let key = scene.key_arn();
    let context = Object::new().text("aws:s3:arn", &format!("arn:aws:s3:::{}", scene.bucket()));
    let request = Object::new()
        .json("encryptionContext", context)
        .text("keyId", &key)
        .text("encryptionAlgorithm", "SYMMETRIC_DEFAULT");
    Body::request(request).resource(scene, "AWS::KMS::Key", &key)
}
