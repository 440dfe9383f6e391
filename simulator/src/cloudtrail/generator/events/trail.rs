//! CloudTrail's own configuration (CIS 4.5), AWS Config's (4.9) and KMS's keys (4.7).

use super::super::event::{Body, Kind};
use super::super::json::{Json, Object};
use super::super::scene::Scene;

pub(in super::super) const KINDS: &[Kind] = &[
    Kind::write("cloudtrail", "CreateTrail", trail),
    Kind::write("cloudtrail", "UpdateTrail", trail),
    Kind::write("cloudtrail", "DeleteTrail", named),
    Kind::write("cloudtrail", "StartLogging", named),
    Kind::write("cloudtrail", "StopLogging", named),
    Kind::write("cloudtrail", "PutEventSelectors", |scene| {
        let selector = Object::new()
            .text("readWriteType", "WriteOnly")
            .flag("includeManagementEvents", true)
            .json("dataResources", Json::list([]))
            .json("excludeManagementEventSources", Json::list([]));
        let request = Object::new()
            .text("trailName", &scene.world.trail)
            .json("eventSelectors", Json::list([selector.into()]));
        Body::request(request.clone()).response(request.text("trailARN", &scene.trail_arn()))
    }),
    Kind::read("cloudtrail", "GetTrailStatus", named),
    Kind::write("config", "StopConfigurationRecorder", |_| {
        Body::request(Object::new().text("configurationRecorderName", "default"))
    }),
    Kind::write("config", "StartConfigurationRecorder", |_| {
        Body::request(Object::new().text("configurationRecorderName", "default"))
    }),
    Kind::write("config", "PutConfigurationRecorder", |scene| {
        let group = Object::new().flag("allSupported", true).flag("includeGlobalResourceTypes", true);
        let recorder = Object::new()
            .text("name", "default")
            .text(
                "roleARN",
                &scene.iam_arn("role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
            )
            .json("recordingGroup", group);
        Body::request(Object::new().json("configurationRecorder", recorder))
    }),
    Kind::write("config", "PutDeliveryChannel", |scene| {
        let channel = Object::new().text("name", "default").text("s3BucketName", &scene.world.buckets[0]);
        Body::request(Object::new().json("deliveryChannel", channel))
    }),
    Kind::write("config", "DeleteDeliveryChannel", |_| {
        Body::request(Object::new().text("deliveryChannelName", "default"))
    }),
    Kind::write("kms", "DisableKey", key),
    Kind::write("kms", "ScheduleKeyDeletion", |scene| {
        let key = scene.key_arn();
        let request = Object::new().text("keyId", &key).number("pendingWindowInDays", 7);
        let response = Object::new()
            .text("keyId", &key)
            .text("deletionDate", &scene.java_time())
            .text("keyState", "PendingDeletion")
            .number("pendingWindowInDays", 7);
        Body::request(request).response(response).resource(scene, "AWS::KMS::Key", &key)
    }),
    Kind::write("kms", "EnableKey", key),
    Kind::write("kms", "CancelKeyDeletion", key),
];

fn named(scene: &mut Scene<'_>) -> Body {
    Body::request(Object::new().text("name", &scene.trail_arn()))
}

fn trail(scene: &mut Scene<'_>) -> Body {
    let settings = Object::new()
        .text("name", &scene.world.trail)
        .text("s3BucketName", &scene.world.buckets[0])
        .flag("includeGlobalServiceEvents", true)
        .flag("isMultiRegionTrail", true);
    let request = settings.clone().flag("enableLogFileValidation", true).flag("isOrganizationTrail", false);
    let response = settings
        .text("trailARN", &scene.trail_arn())
        .flag("logFileValidationEnabled", true)
        .flag("isOrganizationTrail", false);
    Body::request(request).response(response)
}

fn key(scene: &mut Scene<'_>) -> Body {
    let key = scene.key_arn();
    let named = Object::new().text("keyId", &key);
    Body::request(named.clone()).response(named).resource(scene, "AWS::KMS::Key", &key)
}
