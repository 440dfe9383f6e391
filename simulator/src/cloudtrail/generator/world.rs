//! The account in which everything happens: drawn once from the seed, so that names recur as they do in a real one.

use crate::random::{Purpose, Random};

/// Where an account's calls come from and go to.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// The account's number.
    pub(super) account: String,
    /// The region where most of it stands.
    pub(super) home: String,
    pub(super) users: Vec<User>,
    pub(super) roles: Vec<Role>,
    pub(super) buckets: Vec<String>,
    pub(super) keys: Vec<String>,
    pub(super) vpcs: Vec<String>,
    pub(super) subnets: Vec<String>,
    pub(super) security_groups: Vec<String>,
    pub(super) instances: Vec<String>,
    /// The name of its trail.
    pub(super) trail: String,
    /// Its organisation's id.
    pub(super) organization: String,
    /// From where the owner works, and from where somebody does who is none.
    pub(super) office: String,
    pub(super) stranger: String,
}

#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) name: &'static str,
    pub(super) id: String,
    pub(super) access_key: String,
    pub(super) address: String,
    pub(super) agent: &'static str,
}

#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) name: &'static str,
    pub(super) id: String,
    /// The session's name; the instance's id where it is empty.
    pub(super) session: &'static str,
    pub(super) agent: &'static str,
}

const USERS: [(&str, &str); 6] = [
    (
        "alice",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/139.0.0.0 Safari/537.36",
    ),
    ("bruno", "aws-cli/2.28.1 md/awscrt#0.27.2 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.4"),
    ("chandra", "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"),
    ("dana", "APN/1.0 HashiCorp/1.0 Terraform/1.12.2 terraform-provider-aws/6.4.0 aws-sdk-go-v2/1.36.5"),
    ("eve", "Boto3/1.39.4 md/Botocore#1.39.4 ua/2.1 os/macos#24.5.0 md/arch#arm64 lang/python#3.12.10"),
    ("build-agent", "aws-sdk-go-v2/1.36.5 ua/2.1 os/linux lang/go#1.24.4 md/GOOS#linux md/GOARCH#amd64"),
];

const ROLES: [(&str, &str, &str); 5] = [
    (
        "DeployPipeline",
        "pipeline-run",
        "aws-cli/2.28.1 ua/2.1 os/linux#6.8.0 lang/python#3.13.4 exec-env/CodeBuild",
    ),
    (
        "WebServer",
        "",
        "aws-sdk-java/2.31.70 md/io#sync md/http#Apache ua/2.1 os/Linux#6.8.0 lang/java#21.0.7",
    ),
    ("OrderFunction", "order-function", "Boto3/1.39.4 md/Botocore#1.39.4 exec-env/AWS_Lambda_python3.13"),
    ("Monitoring", "scraper", "aws-sdk-go-v2/1.36.5 ua/2.1 os/linux lang/go#1.24.4"),
    (
        "Administrator",
        "alice@example.com",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36",
    ),
];

impl World {
    pub(super) fn new(seed: u64, account: &str, home: &str) -> Self {
        let mut random = Random::new(seed, Purpose::World, 0);
        let mut ids = |prefix: &str, count: usize| -> Vec<String> {
            (0..count).map(|_| format!("{prefix}-0{}", random.hex(16))).collect()
        };
        let (vpcs, subnets) = (ids("vpc", 3), ids("subnet", 6));
        let (security_groups, instances) = (ids("sg", 8), ids("i", 24));
        // Addresses of the blocks that RFC 5737 keeps for documents.
        let address = |block: &str, random: &mut Random| format!("{block}.{}", random.between(2, 254));
        let office = address("203.0.113", &mut random);
        let users = USERS.map(|(name, agent)| User {
            name,
            id: format!("AIDA{}", random.capitals(17)),
            access_key: format!("AKIA{}", random.capitals(16)),
            address: if random.chance(0.6) { office.clone() } else { address("198.51.100", &mut random) },
            agent,
        });
        let roles = ROLES.map(|(name, session, agent)| Role {
            name,
            id: format!("AROA{}", random.capitals(17)),
            session,
            agent,
        });
        Self {
            account: account.to_owned(),
            home: home.to_owned(),
            users: users.into(),
            roles: roles.into(),
            buckets: ["logs", "assets", "backups", "reports"]
                .map(|what| format!("example-{what}-{account}"))
                .into(),
            keys: (0..3).map(|_| random.uuid()).collect(),
            vpcs,
            subnets,
            security_groups,
            instances,
            trail: "management-events".to_owned(),
            organization: format!("o-{}", random.hex(10)),
            office,
            stranger: address("192.0.2", &mut random),
        }
    }
}
