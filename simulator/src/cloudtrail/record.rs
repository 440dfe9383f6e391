//! One CloudTrail record with its fields typed.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::identity::UserIdentity;
use super::members::members;

/// A point in time as CloudTrail writes it: `2026-09-22T19:21:07Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventTime(pub DateTime<Utc>);

impl fmt::Display for EventTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Serialize for EventTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = Self(DateTime::parse_from_rfc3339(&text).map_err(serde::de::Error::custom)?.to_utc());
        // Another spelling (`z`, an offset) is odd, so that it is written back as it was.
        if time.to_string() == text {
            Ok(time)
        } else {
            Err(serde::de::Error::custom("not as CloudTrail writes it"))
        }
    }
}

members! {
    /// A resource that an event is about.
    Resource {
        /// The account that owns it.
        account_id "accountId": String,
        /// Its CloudFormation type, such as `AWS::S3::Bucket`.
        kind "type": String,
        /// Its name.
        arn "ARN": String,
        /// Where a call concerns every resource below a prefix.
        arn_prefix "ARNPrefix": String,
    }
}

members! {
    /// The TLS connection of a call. Absent for calls that a service makes.
    TlsDetails {
        /// Such as `TLSv1.3`.
        tls_version "tlsVersion": String,
        /// Such as `TLS_AES_128_GCM_SHA256`.
        cipher_suite "cipherSuite": String,
        /// The host name that the client asked for.
        client_provided_host_header "clientProvidedHostHeader": String,
    }
}

members! {
    /// A CloudTrail record: the fields of [the reference][contents], in the order in which CloudTrail writes them.
    ///
    /// What a record holds besides is kept in `others`. `to_string` writes it back.
    ///
    /// [contents]: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    Record {
        /// Version of the record's form, `major.minor`.
        event_version "eventVersion": String,
        /// Who made the call.
        user_identity "userIdentity": UserIdentity,
        /// When the call was completed.
        event_time "eventTime": EventTime,
        /// The service, such as `ec2.amazonaws.com`.
        event_source "eventSource": String,
        /// The API action.
        event_name "eventName": String,
        /// The region's code. Global services log in `us-east-1`.
        aws_region "awsRegion": String,
        /// An IP address, a service's DNS name, or `AWS Internal`.
        source_ip_address "sourceIPAddress": String,
        /// What made the call, at most 1 KB.
        user_agent "userAgent": String,
        /// The service's error, on failure only.
        error_code "errorCode": String,
        /// The error in words, on failure only.
        error_message "errorMessage": String,
        /// The call's arguments, at most 100 KB.
        request_parameters "requestParameters": Box<RawValue>,
        /// The answer, at most 100 KB; null for calls that read.
        response_elements "responseElements": Box<RawValue>,
        /// What is in neither of them, at most 28 KB.
        additional_event_data "additionalEventData": Box<RawValue>,
        /// The id that the service gave the request.
        request_id "requestID": String,
        /// A UUID: the key by which copies of one event are known.
        event_id "eventID": String,
        /// Whether the call changes nothing.
        read_only "readOnly": bool,
        /// What the event is about.
        resources "resources": Vec<Resource>,
        /// `AwsApiCall`, `AwsServiceEvent`, `AwsConsoleAction`, `AwsConsoleSignIn`, ...
        event_type "eventType": String,
        /// The API's version, of some services.
        api_version "apiVersion": String,
        /// Whether it is a management event.
        management_event "managementEvent": bool,
        /// The account that got the event.
        recipient_account_id "recipientAccountId": String,
        /// The same for the copies of one event in several accounts.
        shared_event_id "sharedEventID": String,
        /// The VPC endpoint that was called through.
        vpc_endpoint_id "vpcEndpointId": String,
        /// The endpoint's owner.
        vpc_endpoint_account_id "vpcEndpointAccountId": String,
        /// `Management`, `Data`, `NetworkActivity` or `Insight`.
        event_category "eventCategory": String,
        /// What a service did by itself, at most 100 KB.
        service_event_details "serviceEventDetails": Box<RawValue>,
        /// Why an event came late or changed.
        addendum "addendum": Box<RawValue>,
        /// Of an edge device.
        edge_device_details "edgeDeviceDetails": Box<RawValue>,
        /// Conditions and tags, in event data stores.
        event_context "eventContext": Box<RawValue>,
        /// The connection.
        tls_details "tlsDetails": TlsDetails,
        /// `"true"`, a string, where the credentials are a console session's.
        session_credential_from_console "sessionCredentialFromConsole": String,
    }
}

impl Record {
    /// Reads a record from its JSON text. Only text that is no JSON object is refused.
    pub fn parse(text: &str) -> Result<Self, RecordError> {
        serde_json::from_str(text).map_err(RecordError)
    }
}

/// As compact JSON: known fields in CloudTrail's order, then all others.
impl fmt::Display for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// A text that is no CloudTrail record.
#[derive(Debug, thiserror::Error)]
#[error("no CloudTrail record: {0}")]
pub struct RecordError(#[source] serde_json::Error);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn again(text: &str) -> String {
        Record::parse(text).unwrap().to_string()
    }

    #[test]
    fn fields_are_typed() {
        let record = Record::parse(
            r#"{"eventTime":"2026-09-22T19:21:07Z","eventName":"StopLogging","readOnly":false,
                "userIdentity":{"type":"Root","accountId":"123456789012"},
                "resources":[{"accountId":"123456789012","type":"AWS::CloudTrail::Trail","ARN":"arn:x"}]}"#,
        )
        .unwrap();
        assert_eq!(record.event_time.get().unwrap().to_string(), "2026-09-22T19:21:07Z");
        assert_eq!(record.event_name.text(), Some("StopLogging"));
        assert_eq!(record.read_only.get(), Some(&false));
        assert_eq!(record.user_identity.get().unwrap().kind.text(), Some("Root"));
        assert_eq!(record.resources.get().unwrap()[0].arn.text(), Some("arn:x"));
        assert!(record.error_code.is_absent());
    }

    #[test]
    fn members_that_are_not_known_are_kept_untouched_and_in_order() {
        let text = r#"{"eventName":"X","zeta":{"b": 1.0,"a":[1e2]},"alpha":"é"}"#;
        assert_eq!(again(text), text);
        let text = r#"{"userIdentity":{"type":"IAMUser","sessionContext":{"newer":1},"newest":[true]}}"#;
        assert_eq!(again(text), text);
    }

    #[test]
    fn odd_types_and_nulls_are_kept() {
        let text = r#"{"eventTime":"{{time}}","errorCode":null,"readOnly":"true","resources":{"items":[]}}"#;
        let record = Record::parse(text).unwrap();
        assert!(matches!(record.event_time, crate::cloudtrail::Field::Odd(_)));
        assert!(matches!(record.error_code, crate::cloudtrail::Field::Null));
        assert_eq!(record.read_only.get(), None);
        assert_eq!(record.to_string(), text);
    }

    #[test]
    fn the_last_of_two_equal_names_counts() {
        let record = Record::parse(r#"{"eventName":"A","eventName":"B"}"#).unwrap();
        assert_eq!(record.event_name.text(), Some("B"));
        assert_eq!(record.to_string(), r#"{"eventName":"B"}"#);
    }

    #[test]
    fn only_an_object_is_a_record() {
        for text in ["", "[]", "1", "\"a\"", "{\"a\":1", "{} {}", "{'a':1}"] {
            assert!(Record::parse(text).is_err(), "{text}");
        }
    }
}
