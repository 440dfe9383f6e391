//! Who made a call.

use serde_json::value::RawValue;

use super::members::members;
use super::record::EventTime;

members! {
    /// The caller, as [CloudTrail describes it][identity].
    ///
    /// [identity]: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    UserIdentity {
        /// `Root`, `IAMUser`, `AssumedRole`, `Role`, `FederatedUser`, `SAMLUser`, `WebIdentityUser`, `AWSAccount`,
        /// `AWSService`, `IdentityCenterUser`, `Directory` or `Unknown`.
        kind "type": String,
        /// The unique id of the caller, of a role with `:session` behind it.
        principal_id "principalId": String,
        /// The caller's name.
        arn "arn": String,
        /// The caller's account.
        account_id "accountId": String,
        /// The access key that signed the call; may be empty.
        access_key_id "accessKeyId": String,
        /// Of users; of `Root` where the account has an alias.
        user_name "userName": String,
        /// The session of temporary credentials.
        session_context "sessionContext": SessionContext,
        /// The service that called for the user.
        invoked_by "invokedBy": String,
        /// Who delegated to that service.
        invoked_by_delegate "invokedByDelegate": Box<RawValue>,
        /// The user of the Identity Center for whom the call was made.
        on_behalf_of "onBehalfOf": Box<RawValue>,
        /// The Identity Center's id of the credential.
        credential_id "credentialId": String,
        /// Who identified the user of a `WebIdentityUser` or `SAMLUser`.
        identity_provider "identityProvider": String,
    }
}

members! {
    /// The session of temporary credentials.
    SessionContext {
        /// Who gave the credentials.
        session_issuer "sessionIssuer": SessionIssuer,
        /// Of web identities.
        web_id_federation_data "webIdFederationData": Box<RawValue>,
        /// When and how the session began.
        attributes "attributes": SessionAttributes,
        /// The original user of a chain of roles.
        source_identity "sourceIdentity": String,
        /// `1.0` or `2.0`: the version of the instance metadata service.
        ec2_role_delivery "ec2RoleDelivery": String,
        /// Of root sessions in member accounts.
        assumed_root "assumedRoot": Box<RawValue>,
    }
}

members! {
    /// Who gave temporary credentials.
    SessionIssuer {
        /// Such as `Role`.
        kind "type": String,
        /// The issuer's unique id.
        principal_id "principalId": String,
        /// The issuer's name.
        arn "arn": String,
        /// The issuer's account.
        account_id "accountId": String,
        /// The role's short name.
        user_name "userName": String,
    }
}

members! {
    /// When and how a session began.
    SessionAttributes {
        /// When the credentials were issued.
        creation_date "creationDate": EventTime,
        /// `"true"` or `"false"`: a string.
        mfa_authenticated "mfaAuthenticated": String,
    }
}
