//! The published template of the integration, unmodified: its alerts open, and nothing ever closes them.

use chrono::TimeDelta;

use super::{Journey, Scheme};
use crate::real_data;

#[tokio::test]
async fn its_alerts_stay_open_and_the_next_alarm_is_counted_on_them() {
    let file = "templates/opsgenie-integration/\
                cloudtrail_CloudWatch_Alarms_for_CloudTrail_API_Activity_OpsGenie.json";
    let Some(folder) = real_data::folder() else { return };
    let template = std::fs::read_to_string(folder.join(file)).unwrap();
    let journey = Journey::start(&template, Scheme::Https).await;
    for expected in [1, 2] {
        journey.happen("StopLogging", 1);
        journey.pass(TimeDelta::hours(1)).await;
        let alerts = journey.alerts_of("CloudTrailChanges");
        assert_eq!(alerts.len(), 1);
        assert_eq!((alerts[0].is_open(), alerts[0].count), (true, expected));
    }
}
