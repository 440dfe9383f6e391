//! What an event is drawn from: the account, the moment, and chance.

use chrono::{DateTime, Utc};

use super::world::World;
use crate::random::Random;

pub(super) struct Scene<'w> {
    pub(super) world: &'w World,
    pub(super) random: Random,
    pub(super) time: DateTime<Utc>,
    pub(super) region: String,
}

impl<'w> Scene<'w> {
    pub(super) fn new(world: &'w World, random: Random, time: DateTime<Utc>) -> Self {
        Self { world, random, time, region: world.home.clone() }
    }

    pub(super) fn pick<T>(&mut self, options: &'w [T]) -> &'w T {
        self.random.pick(options)
    }

    /// A new id as EC2 gives them: `acl-0` and 16 hex digits.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}-0{}", self.random.hex(16))
    }

    pub(super) fn vpc(&mut self) -> &'w str {
        let some: &'w String = self.pick(&self.world.vpcs);
        some
    }

    pub(super) fn security_group(&mut self) -> &'w str {
        let some: &'w String = self.pick(&self.world.security_groups);
        some
    }

    pub(super) fn instance(&mut self) -> &'w str {
        let some: &'w String = self.pick(&self.world.instances);
        some
    }

    pub(super) fn bucket(&mut self) -> &'w str {
        let some: &'w String = self.pick(&self.world.buckets);
        some
    }

    pub(super) fn user_name(&mut self) -> &'w str {
        self.pick(&self.world.users).name
    }

    pub(super) fn role_name(&mut self) -> &'w str {
        self.pick(&self.world.roles).name
    }

    pub(super) fn key_arn(&mut self) -> String {
        let key = self.pick(&self.world.keys);
        format!("arn:aws:kms:{}:{}:key/{key}", self.region, self.world.account)
    }

    /// The ARN of something of IAM's in this account.
    pub(super) fn iam_arn(&self, what: &str) -> String {
        format!("arn:aws:iam::{}:{what}", self.world.account)
    }

    pub(super) fn trail_arn(&self) -> String {
        format!("arn:aws:cloudtrail:{}:{}:trail/{}", self.region, self.world.account, self.world.trail)
    }

    /// The moment as Java programs write it: `Sep 22, 2026, 7:21:07 PM`.
    pub(super) fn java_time(&self) -> String {
        self.time.format("%b %-d, %Y, %-I:%M:%S %p").to_string()
    }
}
