//! EC2's security groups (CIS 4.10).

use super::super::event::{Body, Kind};
use super::super::json::{Json, Object};
use super::super::scene::Scene;
use super::ec2;

pub(in super::super) const KINDS: &[Kind] = &[
    Kind::write("ec2", "AuthorizeSecurityGroupIngress", |scene| office_rule(scene).body(scene)),
    Kind::write("ec2", "AuthorizeSecurityGroupEgress", |scene| office_rule(scene).body(scene)),
    Kind::write("ec2", "RevokeSecurityGroupIngress", |scene| office_rule(scene).body(scene)),
    Kind::write("ec2", "RevokeSecurityGroupEgress", |scene| office_rule(scene).body(scene)),
    Kind::write("ec2", "CreateSecurityGroup", create),
    Kind::write("ec2", "DeleteSecurityGroup", |scene| {
        let group = scene.security_group();
        ec2(scene, Object::new().text("groupId", group))
    }),
    Kind::write("ec2", "ModifySecurityGroupRules", modify),
    Kind::write("ec2", "AuthorizeSecurityGroupIngress", |scene| OPEN_SSH.body(scene)).variant("world"),
];

/// A rule for TCP.
pub(in super::super) struct Rule {
    pub(in super::super) port: u32,
    pub(in super::super) block: String,
}

/// SSH from everywhere.
const OPEN_SSH: Rule = Rule { port: 22, block: String::new() };

fn office_rule(scene: &mut Scene<'_>) -> Rule {
    let port = *scene.random.pick(&[443, 5432, 6379, 8443]);
    Rule { port, block: format!("{}/32", scene.world.office) }
}

impl Rule {
    pub(in super::super) fn body(&self, scene: &mut Scene<'_>) -> Body {
        let block = if self.block.is_empty() { "0.0.0.0/0" } else { &self.block };
        let group = scene.security_group();
        let permission = Object::new()
            .text("ipProtocol", "tcp")
            .number("fromPort", self.port)
            .number("toPort", self.port)
            .json("groups", Object::new())
            .json("ipRanges", Json::items([Object::new().text("cidrIp", block).into()]))
            .json("ipv6Ranges", Object::new())
            .json("prefixListIds", Object::new());
        let request =
            Object::new().text("groupId", group).json("ipPermissions", Json::items([permission.into()]));
        ec2(scene, request)
    }
}

fn create(scene: &mut Scene<'_>) -> Body {
    let (vpc, group) = (scene.vpc(), scene.id("sg"));
    let name = format!("web-{}", scene.random.hex(4));
    let request =
        Object::new().text("groupName", &name).text("groupDescription", "web servers").text("vpcId", vpc);
    let response =
        Object::new().text("requestId", &scene.random.uuid()).flag("_return", true).text("groupId", &group);
    Body::request(request).response(response)
}

fn modify(scene: &mut Scene<'_>) -> Body {
    let (group, rule) = (scene.security_group(), scene.id("sgr"));
    let wanted = Object::new()
        .text("IpProtocol", "tcp")
        .number("FromPort", 443)
        .number("ToPort", 443)
        .text("CidrIpv4", &format!("{}/32", scene.world.office));
    let changed =
        Object::new().text("SecurityGroupRuleId", &rule).number("tag", 1).json("SecurityGroupRule", wanted);
    let request = Object::new().text("GroupId", group).json("SecurityGroupRule", changed);
    let response = Object::new()
        .text("xmlns", "http://ec2.amazonaws.com/doc/2016-11-15/")
        .text("requestId", &scene.random.uuid())
        .flag("return", true);
    Body::request(Object::new().json("ModifySecurityGroupRulesRequest", request))
        .response(Object::new().json("ModifySecurityGroupRulesResponse", response))
}
