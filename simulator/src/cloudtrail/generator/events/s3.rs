//! S3's buckets (CIS 4.8), their policies first of all.

use super::super::event::{Body, Kind};
use super::super::json::{Json, Object};
use super::super::scene::Scene;

pub(in super::super) const KINDS: &[Kind] = &[
    Kind::write("s3", "PutBucketPolicy", |scene| put_policy(scene, false)),
    Kind::write("s3", "PutBucketPolicy", |scene| put_policy(scene, true)).variant("public"),
    Kind::write("s3", "DeleteBucketPolicy", |scene| bucket(scene, "policy", None)),
    Kind::write("s3", "PutBucketAcl", |scene| {
        let canned = Json::list([Json::text("private")]);
        bucket(scene, "acl", Some(("x-amz-acl", canned)))
    }),
    Kind::write("s3", "PutBucketCors", |scene| {
        let rule = Object::new()
            .json("AllowedMethod", Json::list([Json::text("GET")]))
            .json("AllowedOrigin", Json::list([Json::text("https://www.example.com")]));
        bucket(scene, "cors", Some(("CORSConfiguration", Object::new().json("CORSRule", rule).into())))
    }),
    Kind::write("s3", "DeleteBucketCors", |scene| bucket(scene, "cors", None)),
    Kind::write("s3", "PutBucketLifecycle", |scene| {
        let rule = Object::new()
            .text("ID", "expire")
            .text("Status", "Enabled")
            .json("Expiration", Object::new().number("Days", 365));
        bucket(scene, "lifecycle", Some(("LifecycleConfiguration", Object::new().json("Rule", rule).into())))
    }),
    Kind::write("s3", "DeleteBucketLifecycle", |scene| bucket(scene, "lifecycle", None)),
    Kind::write("s3", "PutBucketReplication", |scene| {
        let target = Object::new().text("Bucket", "arn:aws:s3:::example-replica");
        let rule = Object::new().text("Status", "Enabled").json("Destination", target);
        bucket(
            scene,
            "replication",
            Some(("ReplicationConfiguration", Object::new().json("Rule", rule).into())),
        )
    }),
    Kind::write("s3", "DeleteBucketReplication", |scene| bucket(scene, "replication", None)),
    // Not in CIS's list, though they open or close a bucket as well.
    Kind::write("s3", "PutBucketPublicAccessBlock", |scene| {
        let blocks = ["RestrictPublicBuckets", "BlockPublicPolicy", "BlockPublicAcls", "IgnorePublicAcls"]
            .iter()
            .fold(Object::new(), |blocks, name| blocks.flag(name, true));
        bucket(scene, "publicAccessBlock", Some(("PublicAccessBlockConfiguration", blocks.into())))
    }),
    Kind::write("s3", "DeleteBucketPublicAccessBlock", |scene| bucket(scene, "publicAccessBlock", None)),
    Kind::write("s3", "DeleteBucketEncryption", |scene| bucket(scene, "encryption", None)),
    Kind::write("s3", "CreateBucket", |scene| bucket(scene, "", None)),
    Kind::write("s3", "DeleteBucket", |scene| bucket(scene, "", None)),
    // Near misses.
    Kind::read("s3", "GetBucketPolicy", |scene| bucket(scene, "policy", None)),
    Kind::read("s3", "GetBucketAcl", |scene| bucket(scene, "acl", None)),
    Kind::write("s3", "PutBucketTagging", |scene| bucket(scene, "tagging", None)),
];

/// A call about a bucket, with what S3 alone adds to its events.
pub(in super::super) fn bucket(scene: &mut Scene<'_>, query: &str, body: Option<(&str, Json)>) -> Body {
    let name = scene.bucket();
    let mut request = Object::new();
    if let Some((key, body)) = body {
        request = request.json(key, body);
    }
    request =
        request.text("bucketName", name).text("Host", &format!("{name}.s3.{}.amazonaws.com", scene.region));
    if !query.is_empty() {
        request = request.text(query, "");
    }
    let additional = Object::new()
        .text("SignatureVersion", "SigV4")
        .text("CipherSuite", "TLS_AES_128_GCM_SHA256")
        .number("bytesTransferredIn", scene.random.below(800))
        .text("AuthenticationMethod", "AuthHeader")
        .text("x-amz-id-2", &scene.random.characters(b"ABCDEFGHabcdefgh0123456789+/", 75))
        .number("bytesTransferredOut", 0);
    Body::request(request).additional(additional).resource(
        scene,
        "AWS::S3::Bucket",
        &format!("arn:aws:s3:::{name}"),
    )
}

fn put_policy(scene: &mut Scene<'_>, public: bool) -> Body {
    let principal = if public {
        Json::text("*")
    } else {
        Object::new().text("AWS", &scene.iam_arn("role/OrderFunction")).into()
    };
    let statement = Object::new()
        .text("Sid", "Read")
        .text("Effect", "Allow")
        .json("Principal", principal)
        .text("Action", "s3:GetObject")
        .text("Resource", &format!("arn:aws:s3:::{}/*", scene.world.buckets[1]));
    let policy =
        Object::new().text("Version", "2012-10-17").json("Statement", Json::list([statement.into()]));
    bucket(scene, "policy", Some(("bucketPolicy", policy.into())))
}
