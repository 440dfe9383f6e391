//! EC2's instances.

use super::super::event::{Body, Kind};
use super::super::json::{Json, Object};
use super::super::scene::Scene;
use super::ec2;

pub(in super::super) const KINDS: &[Kind] = &[
    Kind::write("ec2", "RunInstances", |scene| run(scene, "t3.medium")),
    Kind::write("ec2", "RunInstances", |scene| run(scene, "m7i.4xlarge")).variant("4xlarge"),
    Kind::write("ec2", "RunInstances", |scene| run(scene, "g6.8xlarge")).variant("8xlarge"),
    // The published template looks for `*.4xlarge` and `*.8xlarge`, so these are none of its large ones.
    Kind::write("ec2", "RunInstances", |scene| run(scene, "c7i.24xlarge")).variant("24xlarge"),
    Kind::write("ec2", "RunInstances", |scene| run(scene, "m7i.2xlarge")).variant("2xlarge"),
    Kind::write("ec2", "StartInstances", |scene| change(scene, ("pending", 0), ("stopped", 80))),
    Kind::write("ec2", "StopInstances", |scene| change(scene, ("stopping", 64), ("running", 16))),
    Kind::write("ec2", "TerminateInstances", |scene| change(scene, ("shutting-down", 32), ("running", 16))),
    Kind::write("ec2", "RebootInstances", |scene| {
        let instance = scene.instance();
        ec2(
            scene,
            Object::new()
                .json("instancesSet", Json::items([Object::new().text("instanceId", instance).into()])),
        )
    }),
    Kind::write("ec2", "ModifyInstanceAttribute", |scene| {
        let request = Object::new()
            .text("instanceId", scene.instance())
            .json("disableApiTermination", Object::new().flag("value", true));
        ec2(scene, request)
    }),
];

fn run(scene: &mut Scene<'_>, instance_type: &str) -> Body {
    let (image, instance, key) = (scene.id("ami"), scene.id("i"), "operations");
    let (subnet, group) = (scene.pick(&scene.world.subnets), scene.security_group());
    let zone = format!("{}a", scene.region);
    let count = scene.random.between(1, 2);
    let wanted = Object::new()
        .text("imageId", &image)
        .text("keyName", key)
        .number("minCount", 1)
        .number("maxCount", count);
    let request = Object::new()
        .json("instancesSet", Json::items([wanted.into()]))
        .json("groupSet", Json::items([Object::new().text("groupId", group).into()]))
        .text("instanceType", instance_type)
        .json("blockDeviceMapping", Object::new())
        .text("availabilityZone", &zone)
        .json("monitoring", Object::new().flag("enabled", false))
        .text("subnetId", subnet)
        .flag("disableApiTermination", false)
        .text("clientToken", &scene.random.uuid());
    let made = Object::new()
        .text("instanceId", &instance)
        .text("imageId", &image)
        .json("instanceState", Object::new().number("code", 0).text("name", "pending"))
        .text("keyName", key)
        .text("instanceType", instance_type)
        .json("placement", Object::new().text("availabilityZone", &zone).text("tenancy", "default"))
        .text("subnetId", subnet);
    let response = Object::new()
        .text("requestId", &scene.random.uuid())
        .text("reservationId", &scene.id("r"))
        .text("ownerId", &scene.world.account)
        .json("groupSet", Object::new())
        .json("instancesSet", Json::items([made.into()]));
    Body::request(request).response(response)
}

fn change(scene: &mut Scene<'_>, now: (&str, u32), before: (&str, u32)) -> Body {
    let instance = scene.instance();
    let state = |(name, code): (&str, u32)| Object::new().number("code", code).text("name", name);
    let named = Object::new().text("instanceId", instance);
    let changed = named.clone().json("currentState", state(now)).json("previousState", state(before));
    let response = Object::new()
        .text("requestId", &scene.random.uuid())
        .json("instancesSet", Json::items([changed.into()]));
    Body::request(Object::new().json("instancesSet", Json::items([named.into()]))).response(response)
}
