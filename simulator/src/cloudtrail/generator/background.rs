//! What happens in an account when nothing happens: services at work all day, people in working hours.
//!
//! The mix follows what an account's trail shows without data events: keys used by CloudTrail, buckets looked at,
//! roles assumed, and the console's `Describe…` calls.

use chrono::{DateTime, Datelike, Timelike, Utc, Weekday};

use super::actor::Actor;
use super::event::{Kind, write};
use super::events;
use super::scene::Scene;
use crate::random::Random;

/// How often a kind of event comes in comparison with the others, and its service, name and variant.
type Share = (u32, &'static str, &'static str, &'static str);

const MACHINES: &[Share] = &[
    (220, "kms", "GenerateDataKey", ""),
    (180, "s3", "GetBucketAcl", "cloudtrail"),
    (170, "sts", "AssumeRole", "ec2"),
    (120, "sts", "AssumeRole", "lambda"),
    (90, "ssm", "UpdateInstanceInformation", ""),
    (80, "kms", "Decrypt", ""),
    (60, "logs", "CreateLogStream", ""),
    (50, "ec2", "DescribeInstances", ""),
    (40, "sts", "AssumeRoleWithWebIdentity", ""),
    (30, "autoscaling", "DescribeAutoScalingGroups", ""),
    (30, "monitoring", "ListMetrics", ""),
    (25, "ec2", "DescribeTags", ""),
    (20, "ecr", "GetAuthorizationToken", ""),
    (15, "dynamodb", "DescribeTable", ""),
    (10, "sts", "AssumeRole", "other-account"),
    (8, "ec2", "DescribeInstances", "throttled"),
    (3, "ec2", "CreateSnapshot", "root-for-a-service"),
];

const PEOPLE: &[Share] = &[
    (120, "ec2", "DescribeInstances", ""),
    (60, "ec2", "DescribeInstanceStatus", ""),
    (60, "ec2", "DescribeVolumes", ""),
    (55, "ec2", "DescribeVpcs", ""),
    (50, "ec2", "DescribeSecurityGroups", ""),
    (45, "ec2", "DescribeAddresses", ""),
    (40, "ec2", "DescribeSubnets", ""),
    (35, "ec2", "DescribeRouteTables", ""),
    (30, "ec2", "DescribeNetworkAcls", ""),
    (25, "ec2", "DescribeInternetGateways", ""),
    (25, "ec2", "DescribeSnapshots", ""),
    (40, "s3", "ListBuckets", ""),
    (30, "s3", "GetBucketLocation", ""),
    (15, "s3", "GetBucketPolicyStatus", "missing"),
    (40, "cloudtrail", "DescribeTrails", ""),
    (35, "cloudtrail", "GetTrailStatus", ""),
    (25, "cloudtrail", "LookupEvents", ""),
    (35, "lambda", "ListFunctions20150331", ""),
    (30, "monitoring", "DescribeAlarms", ""),
    (20, "logs", "DescribeLogGroups", ""),
    (10, "logs", "DescribeMetricFilters", ""),
    (20, "rds", "DescribeDBInstances", ""),
    (20, "elasticloadbalancing", "DescribeLoadBalancers", ""),
    (20, "iam", "ListRoles", ""),
    (15, "iam", "ListUsers", ""),
    (15, "iam", "GetRole", ""),
    (10, "iam", "ListAttachedUserPolicies", ""),
    (10, "iam", "GetAccountSummary", ""),
    (15, "kms", "ListAliases", ""),
    (30, "sts", "GetCallerIdentity", ""),
    (15, "sts", "AssumeRole", ""),
    (8, "sts", "AssumeRoleWithSAML", ""),
    (6, "dynamodb", "DescribeTable", "missing"),
    (10, "signin", "ConsoleLogin", ""),
];

/// Changes and refusals of a working day, some of which are what alarms look for.
const EVERYDAY_CHANGES: &[Share] = &[
    (40, "s3", "HeadBucket", "log-delivery"),
    (14, "ec2", "RunInstances", ""),
    (14, "ec2", "TerminateInstances", ""),
    (6, "ec2", "AuthorizeSecurityGroupIngress", ""),
    (4, "ec2", "RevokeSecurityGroupIngress", ""),
    (6, "iam", "AttachRolePolicy", ""),
    (4, "iam", "CreatePolicyVersion", ""),
    (3, "s3", "PutBucketPolicy", ""),
    (3, "s3", "PutBucketTagging", ""),
    (6, "signin", "ConsoleLogin", "federated"),
    (2, "signin", "ConsoleLogin", "failed"),
];

/// The share of machines at the mean rate; people have the rest of it, spread unevenly.
const MACHINE_SHARE: f64 = 0.6;
/// The share of everyday changes in all events.
const CHANGE_SHARE: f64 = 0.004;

/// How busy people are in each hour of a working day (UTC), in thousandths of the busiest.
const WORKING_DAY: [u32; 24] = [
    40, 30, 25, 25, 30, 60, 150, 400, 800, 950, 1000, 900, 700, 900, 1000, 950, 850, 650, 400, 250, 180, 140,
    100, 60,
];
/// How busy they are on Saturdays and Sundays, in comparison.
const WEEKEND: f64 = 0.15;

/// Events a minute that people make, as a multiple of their mean over a week.
fn activity(time: DateTime<Utc>) -> f64 {
    let sum: u32 = WORKING_DAY.iter().sum();
    let mean_hour = f64::from(sum) / 24.0 * (5.0 + 2.0 * WEEKEND) / 7.0;
    let hour = WORKING_DAY.get(time.hour() as usize).copied().unwrap_or_default();
    let day = if matches!(time.weekday(), Weekday::Sat | Weekday::Sun) { WEEKEND } else { 1.0 };
    f64::from(hour) * day / mean_hour
}

/// A table of kinds to draw from.
struct Mix {
    /// Each kind with the sum of the weights up to and with its own.
    rows: Vec<(u32, &'static Kind)>,
    total: u32,
}

impl Mix {
    fn new(shares: &[Share]) -> Self {
        let mut total = 0;
        let rows = shares
            .iter()
            .filter_map(|(weight, service, name, variant)| {
                total += weight;
                Some((total, events::find(service, name, variant)?))
            })
            .collect();
        Self { rows, total }
    }

    fn draw(&self, random: &mut Random) -> Option<&'static Kind> {
        let drawn = random.below(self.total);
        let place = self.rows.partition_point(|(sum, _)| *sum <= drawn);
        self.rows.get(place).map(|(_, kind)| *kind)
    }
}

/// Draws what happens.
pub(super) struct Background {
    machines: Mix,
    people: Mix,
    changes: Option<Mix>,
    per_minute: f64,
}

impl Background {
    /// `per_minute` events on the average of a week.
    pub(super) fn new(per_minute: f64, everyday_changes: bool) -> Self {
        let changes = everyday_changes.then(|| Mix::new(EVERYDAY_CHANGES));
        Self { machines: Mix::new(MACHINES), people: Mix::new(PEOPLE), changes, per_minute }
    }

    /// The rates of machines and people at `time`, in events a second.
    pub(super) fn rates(&self, time: DateTime<Utc>) -> (f64, f64) {
        let per_second = self.per_minute / 60.0;
        (per_second * MACHINE_SHARE, per_second * (1.0 - MACHINE_SHARE) * activity(time))
    }

    /// One event of a machine or of a person.
    pub(super) fn event(&self, by_machine: bool, scene: &mut Scene<'_>) -> Option<String> {
        let mix = match &self.changes {
            Some(changes) if scene.random.chance(CHANGE_SHARE) => changes,
            _ if by_machine => &self.machines,
            _ => &self.people,
        };
        let kind = mix.draw(&mut scene.random)?;
        let body = (kind.body)(scene);
        let actor = body.actor.clone().unwrap_or_else(|| caller(by_machine, scene));
        Some(write(kind, body, &actor, scene))
    }
}

fn caller(by_machine: bool, scene: &mut Scene<'_>) -> Actor {
    match (by_machine, scene.random.below(20)) {
        (true, 0..=3) => {
            Actor::service_role(scene, "AWSServiceRoleForAutoScaling", "autoscaling.amazonaws.com")
        }
        (true, _) => {
            let place = scene.random.below(4) as usize;
            Actor::role(scene, place)
        }
        (false, 0..=6) => Actor::role(scene, 4),
        (false, 7) => Actor::identity_center(scene),
        (false, 8) => Actor::federated(scene),
        (false, _) => Actor::some_user(scene),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn every_row_names_a_kind() {
        for (_, service, name, variant) in [MACHINES, PEOPLE, EVERYDAY_CHANGES].concat() {
            assert!(events::find(service, name, variant).is_some(), "{service}:{name}/{variant}");
        }
    }

    #[test]
    fn people_work_by_day_and_on_weekdays_and_a_week_has_the_mean_rate() {
        let monday = DateTime::parse_from_rfc3339("2026-09-21T00:00:00Z").unwrap().to_utc();
        let hour = |hours: i64| activity(monday + TimeDelta::hours(hours));
        assert!(hour(10) > 10.0 * hour(2));
        assert!(hour(10) > 5.0 * hour(10 + 5 * 24));
        let mean = (0..7 * 24).map(hour).sum::<f64>() / (7.0 * 24.0);
        assert!((mean - 1.0).abs() < 1e-9, "{mean}");
    }
}
