//! `routes.vrl` in Vector and the table in trailbell choose the same.

use std::fmt::Write;

use proptest::prelude::*;
use serde_json::{Value, json};
use trailbell::transform::{Input, Outcome, Table, Transform};

use super::super::mapping::PLAIN;
use super::functions::Tables;
use super::program::{Event, Program};

fn action(transform: &Transform, alarm: &str, account: &str) -> Value {
    let message = json!({"AlarmName": alarm, "AWSAccountId": account, "NewStateValue": "ALARM"});
    let envelope = json!({
        "Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": message.to_string(),
    });
    let Outcome::Mapped(mapped) = transform.runner().run(Input::from(envelope)) else { panic!() };
    serde_json::to_value(&mapped[0].action).unwrap()
}

fn routed(program: &Program, action: &Value) -> Value {
    let mut event = Event { value: action.clone().into(), ..Event::empty() };
    program.run(&mut event).unwrap();
    serde_json::from_str(&event.value.to_string()).unwrap()
}

fn assert_same(csv: &str, alarms: &[(String, String)]) {
    let by_trailbell = PLAIN.rebuild().table(Table::from_csv(csv.as_bytes()).unwrap()).build().unwrap();
    let by_vector = Program::compile(&Program::source(&["routes.vrl"]), &Tables::routes(csv)).unwrap();
    for (alarm, account) in alarms {
        let expected = action(&by_trailbell, alarm, account);
        let got = routed(&by_vector, &action(&PLAIN, alarm, account));
        assert_eq!(got, expected, "{alarm} of {account} with\n{csv}");
    }
}

#[test]
fn the_first_line_that_matches_decides_alone() {
    let alarms = ["Root", "RootLogin", "CloudTrailChanges", "svc-composite", "dev-x", "caféteria", "a*b", ""];
    let accounts = ["111122223333", "444455556666", ""];
    let alarms: Vec<(String, String)> = alarms
        .into_iter()
        .flat_map(|alarm| accounts.map(|account| (alarm.to_owned(), account.to_owned())))
        .collect();
    let tables = [
        super::ROUTES.as_str(),
        "alarm\n",
        "alarm,team\n*é*,a\nR*t,b\nroot,c\n,d\n",
        "team,alarm,tags\na, Root , x; y  z\nb,**,;\n",
        "alarm,account,priority\n*,1111*3333,P1\n*a*a*,,P2\n*-*-*,,P4\ndev-*x,*6666,P5\n",
    ];
    for csv in tables {
        assert_same(csv, &alarms);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_patterns_match_alike(
        patterns in prop::collection::vec(("[abé*]{0,5}", "[12*]{0,3}"), 1..5),
        alarms in prop::collection::vec(("[abé]{1,5}", "[12]{0,3}"), 1..6),
    ) {
        let mut csv = "alarm,account,team\n".to_owned();
        for (index, (alarm, account)) in patterns.iter().enumerate() {
            writeln!(csv, "{alarm},{account},team {index}").unwrap();
        }
        assert_same(&csv, &alarms);
    }
}
