//! What commands that take a template need beside it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use trailbell_sim::cloudformation::{Environment, Stack, TemplateErrors};

use super::Failure;

/// A template and where it would be deployed.
#[derive(Args)]
pub(super) struct Deployment {
    /// CloudFormation template (JSON, YAML), or a Terraform plan (terraform show -json); - is standard input
    #[arg(value_name = "TEMPLATE")]
    pub(super) template: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Where a template is deployed, and what its author gives from outside.
#[derive(Args)]
pub(super) struct Place {
    /// Value of a parameter; lists are comma-separated; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = pair)]
    parameters: Vec<(String, String)>,
    /// What another stack exports (`Fn::ImportValue`); may be repeated
    #[arg(long = "import", value_name = "NAME=VALUE", value_parser = pair)]
    imports: Vec<(String, String)>,
    /// What a dynamic reference stands for, such as `ssm:/name=VALUE`; may be repeated
    #[arg(long = "resolve", value_name = "REFERENCE=VALUE", value_parser = pair)]
    dynamic_references: Vec<(String, String)>,
    /// Region of the stack
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Account of the stack
    #[arg(long, value_name = "ID", default_value = "123456789012", value_parser = account)]
    account: String,
    /// Name of the stack
    #[arg(long, value_name = "NAME", default_value = "trailbell")]
    stack_name: String,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("has to have the form NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn account(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account { Ok(text.to_owned()) } else { Err("an account has twelve digits".into()) }
}

impl Place {
    /// The environment that the flags describe.
    pub(super) fn environment(&self) -> Environment {
        let map = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<BTreeMap<_, _>>();
        Environment {
            region: self.region.clone(),
            account_id: self.account.clone(),
            stack_name: self.stack_name.clone(),
            notification_arns: Vec::new(),
            parameters: map(&self.parameters),
            imports: map(&self.imports),
            dynamic_references: map(&self.dynamic_references),
        }
    }
}

impl Deployment {
    /// The environment that the flags describe.
    pub(super) fn environment(&self) -> Environment {
        self.place.environment()
    }

    /// The stack, or what is wrong with its template.
    pub(super) fn stack(&self) -> Result<Result<Stack, TemplateErrors>, Failure> {
        Ok(Stack::read(&read(&self.template)?, &self.place.environment()))
    }
}

/// A template's text; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let named = |reason: String| Failure(format!("{}: {reason}", path.display()));
    let mut bytes = Vec::new();
    let result = if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    result.map_err(|error| named(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| named("not UTF-8 text".into()))
}
