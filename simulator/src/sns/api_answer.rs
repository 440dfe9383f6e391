//! The query API's answers: XML, to the byte of the recorded ones.

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

/// An answer of the API: `text/xml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAnswer {
    /// HTTP status.
    pub status: u16,
    /// The XML, to the byte of the recorded ones.
    pub body: String,
}

pub(super) fn confirmed(subscription_arn: &str, request_id: &str) -> String {
    format!(
        "<ConfirmSubscriptionResponse xmlns=\"{NAMESPACE}\">
  <ConfirmSubscriptionResult>
    <SubscriptionArn>{subscription_arn}</SubscriptionArn>
  </ConfirmSubscriptionResult>
  <ResponseMetadata>
    <RequestId>{request_id}</RequestId>
  </ResponseMetadata>
</ConfirmSubscriptionResponse>
"
    )
}

pub(super) fn unsubscribed(request_id: &str) -> String {
    format!(
        "<UnsubscribeResponse xmlns=\"{NAMESPACE}\">
  <ResponseMetadata>
    <RequestId>{request_id}</RequestId>
  </ResponseMetadata>
</UnsubscribeResponse>
"
    )
}

pub(super) fn refused(message: &str, request_id: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\">
  <Error>
    <Type>Sender</Type>
    <Code>InvalidParameter</Code>
    <Message>{message}</Message>
  </Error>
  <RequestId>{request_id}</RequestId>
</ErrorResponse>
"
    )
}
