/// What is answered, and how.
mod answers;
/// Fields over their limits.
mod fields;
/// What a write does, and when.
mod writes;

use trailbell_sim::pager::Settings;
use trailbell_sim::pager::settings::{FieldPolicies, OverLimit, Switches};

const CREATE: &str = "POST /v2/alerts";

fn switched(change: impl Fn(&mut Switches)) -> impl Fn(&mut Settings) {
    move |settings| change(&mut settings.switches)
}

fn over_limit(policy: OverLimit) -> impl Fn(&mut Settings) {
    switched(move |switches| switches.over_limit = FieldPolicies::all(policy))
}
