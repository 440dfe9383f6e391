//! What attackers and careless owners do, as a series of events.

use chrono::TimeDelta;

use super::actor::Actor;
use super::scene::Scene;

/// A story: what happens in which second, and who does it.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) name: &'static str,
    /// A sentence for people.
    pub(super) about: &'static str,
    pub(super) by: fn(&mut Scene<'_>) -> Actor,
    /// Seconds from its beginning, service, name and variant of the event.
    pub(super) steps: &'static [Step],
}

pub(super) type Step = (i64, &'static str, &'static str, &'static str);

impl Story {
    /// The time from its first event to its last.
    pub(super) fn length(&self) -> TimeDelta {
        TimeDelta::seconds(self.steps.last().map_or(0, |step| step.0))
    }
}

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "root-login",
        about: "the account's owner signs in without MFA and makes an access key",
        by: Actor::root,
        steps: &[
            (0, "signin", "ConsoleLogin", "root-no-mfa"),
            (25, "iam", "GetAccountSummary", ""),
            (70, "iam", "CreateAccessKey", ""),
        ],
    },
    // CloudTrail delivers these out of order over a quarter of an hour: of three wrong passwords, three are seldom
    // within the five minutes that an alarm looks at; of ten they are always.
    Story {
        name: "failed-logins",
        about: "ten wrong passwords within three minutes, then a sign-in without MFA",
        by: Actor::thief,
        steps: &[
            (0, "signin", "ConsoleLogin", "unknown-user"),
            (14, "signin", "ConsoleLogin", "failed"),
            (31, "signin", "ConsoleLogin", "failed"),
            (45, "signin", "ConsoleLogin", "failed"),
            (58, "signin", "ConsoleLogin", "failed"),
            (77, "signin", "ConsoleLogin", "failed"),
            (94, "signin", "ConsoleLogin", "failed"),
            (112, "signin", "ConsoleLogin", "failed"),
            (130, "signin", "ConsoleLogin", "failed"),
            (147, "signin", "ConsoleLogin", "failed"),
            (165, "signin", "ConsoleLogin", "no-mfa"),
        ],
    },
    Story {
        name: "trail-stopped",
        about: "a stolen key stops the trail and deletes it",
        by: Actor::thief,
        steps: &[
            (0, "sts", "GetCallerIdentity", ""),
            (12, "cloudtrail", "DescribeTrails", ""),
            (19, "cloudtrail", "GetTrailStatus", ""),
            (33, "cloudtrail", "StopLogging", ""),
            (80, "cloudtrail", "DeleteTrail", ""),
        ],
    },
    Story {
        name: "security-group-opened",
        about: "SSH is opened to the whole world",
        by: Actor::thief,
        steps: &[
            (0, "ec2", "DescribeInstances", ""),
            (9, "ec2", "DescribeSecurityGroups", ""),
            (41, "ec2", "AuthorizeSecurityGroupIngress", "world"),
        ],
    },
    Story {
        name: "policy-attached",
        about: "a new user with an access key gets administrator's rights",
        by: Actor::thief,
        steps: &[
            (0, "iam", "ListUsers", ""),
            (14, "iam", "CreateUser", ""),
            (22, "iam", "CreateAccessKey", ""),
            (35, "iam", "AttachUserPolicy", "administrator"),
            (61, "iam", "PutUserPolicy", ""),
        ],
    },
    Story {
        name: "network-changes",
        about: "a private network is opened: access list, gateway, route and peering",
        by: Actor::thief,
        steps: &[
            (0, "ec2", "DescribeVpcs", ""),
            (20, "ec2", "CreateNetworkAclEntry", ""),
            (44, "ec2", "CreateInternetGateway", ""),
            (52, "ec2", "AttachInternetGateway", ""),
            (75, "ec2", "CreateRoute", ""),
            (110, "ec2", "CreateVpcPeeringConnection", ""),
        ],
    },
    Story {
        name: "large-instances",
        about: "large instances are started, as by miners",
        by: Actor::thief,
        steps: &[
            (0, "ec2", "RunInstances", "8xlarge"),
            (6, "ec2", "RunInstances", "8xlarge"),
            (13, "ec2", "RunInstances", "4xlarge"),
            (18, "ec2", "RunInstances", "24xlarge"),
        ],
    },
    Story {
        name: "bucket-made-public",
        about: "a bucket's public access block goes and its policy lets everybody read",
        by: Actor::thief,
        steps: &[
            (0, "s3", "ListBuckets", ""),
            (17, "s3", "GetBucketPolicy", ""),
            (29, "s3", "DeleteBucketPublicAccessBlock", ""),
            (36, "s3", "PutBucketPolicy", "public"),
        ],
    },
    Story {
        name: "key-deletion",
        about: "a key is disabled and its deletion scheduled",
        by: Actor::thief,
        steps: &[
            (0, "kms", "ListAliases", ""),
            (26, "kms", "DisableKey", ""),
            (40, "kms", "ScheduleKeyDeletion", ""),
        ],
    },
    Story {
        name: "config-stopped",
        about: "AWS Config stops to record, and its delivery channel goes",
        by: Actor::thief,
        steps: &[
            (0, "config", "DescribeConfigurationRecorders", ""),
            (15, "config", "StopConfigurationRecorder", ""),
            (28, "config", "DeleteDeliveryChannel", ""),
        ],
    },
    Story {
        name: "denied-calls",
        about: "a stolen key with few rights is tried out",
        by: Actor::thief,
        steps: &[
            (0, "sts", "GetCallerIdentity", ""),
            (3, "iam", "ListUsers", "denied"),
            (5, "secretsmanager", "GetSecretValue", "denied"),
            (8, "ec2", "TerminateInstances", "denied"),
            (11, "cloudtrail", "StopLogging", "denied"),
        ],
    },
    Story {
        name: "organization-left",
        about: "the account leaves its organisation, and with it the organisation's guards",
        by: Actor::root,
        steps: &[
            (0, "signin", "ConsoleLogin", "root"),
            (40, "organizations", "DescribeOrganization", ""),
            (95, "organizations", "LeaveOrganization", ""),
        ],
    },
    Story {
        name: "near-misses",
        about: "looks like trouble and is none: nothing here is for an alarm of the published template",
        by: |scene| Actor::role(scene, 4),
        steps: &[
            (0, "signin", "ConsoleLogin", ""),
            (20, "cloudtrail", "GetTrailStatus", ""),
            (40, "ec2", "DescribeSecurityGroups", ""),
            (60, "ec2", "AssociateRouteTable", ""),
            (80, "ec2", "ModifyInstanceAttribute", ""),
            (100, "s3", "GetBucketPolicy", ""),
            (120, "s3", "GetBucketPolicyStatus", "missing"),
            (140, "iam", "TagPolicy", ""),
            (160, "kms", "CancelKeyDeletion", ""),
            (180, "ec2", "DescribeInstances", "throttled"),
            (200, "config", "StartConfigurationRecorder", ""),
            (220, "ec2", "CreateNatGateway", ""),
        ],
    },
];
