//! The topic that the receiver listens to.

use trailbell_sim::sns::Topic;

use crate::cli::Failure;

/// The account and the name of the topic, unless it is named.
const ACCOUNT: &str = "123456789012";
const NAME: &str = "attack-kit";

/// The topic of an ARN, which has to be of the region, if both are given.
pub(super) fn topic(arn: Option<&str>, region: Option<&str>, seed: u64) -> Result<Topic, Failure> {
    let Some(arn) = arn else {
        return Ok(Topic::new(region.unwrap_or("us-east-1"), ACCOUNT, NAME, seed)?);
    };
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "sns", of_arn, account, name] = parts[..] else {
        return Err(Failure(format!(
            "--topic-arn \"{arn}\": it has to be such as arn:aws:sns:us-east-1:{ACCOUNT}:{NAME}"
        )));
    };
    if region.is_some_and(|region| region != of_arn) {
        return Err(Failure(format!("--topic-arn \"{arn}\" is not of the region of --region")));
    }
    let topic = Topic::new(of_arn, account, name, seed)?;
    if topic.arn() != arn {
        return Err(Failure(format!("--topic-arn \"{arn}\": in that region it would be {}", topic.arn())));
    }
    Ok(topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_named_by_its_arn_or_its_region() {
        for (arn, region, want) in [
            (None, None, Ok("arn:aws:sns:us-east-1:123456789012:attack-kit")),
            (None, Some("cn-north-1"), Ok("arn:aws-cn:sns:cn-north-1:123456789012:attack-kit")),
            (
                Some("arn:aws:sns:eu-west-1:999999999999:ops"),
                None,
                Ok("arn:aws:sns:eu-west-1:999999999999:ops"),
            ),
            (
                Some("arn:aws:sns:eu-west-1:999999999999:ops"),
                Some("eu-west-1"),
                Ok("arn:aws:sns:eu-west-1:999999999999:ops"),
            ),
            (Some("arn:aws:sns:eu-west-1:999999999999:ops"), Some("us-east-1"), Err("is not of the region")),
            (
                Some("arn:aws:sns:cn-north-1:999999999999:ops"),
                None,
                Err("in that region it would be arn:aws-cn:"),
            ),
            (Some("ops"), None, Err("it has to be such as arn:aws:sns:")),
            (Some("arn:aws:sns:eu-west-1:9:ops"), None, Err("is no account id")),
        ] {
            match (topic(arn, region, 1), want) {
                (Ok(topic), Ok(want)) => assert_eq!(topic.arn(), want),
                (Err(Failure(reason)), Err(want)) => assert!(reason.contains(want), "{reason}"),
                (_, want) => panic!("{arn:?} {region:?}: not {want:?}"),
            }
        }
    }
}
